# test_patches_must_cover_the_image_exactly: your own line raises it: raise ValueError(...) instead


def patchify(images, size):
    if size < 1 or images.shape[2] % size or images.shape[3] % size:
        raise RuntimeError(f"input.size cannot unfold {size}")
    return (
        images.unfold(2, size, size)
        .unfold(3, size, size)
        .permute(0, 2, 3, 1, 4, 5)
        .flatten(3)
        .flatten(1, 2)
    )
