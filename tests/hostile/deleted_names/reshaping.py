"""Names that are in the source, and nowhere else."""


def infer_shape(numel, shape):
    return shape


def flatten_batch(x):
    return x


del infer_shape, flatten_batch
__all__ = ["infer_shape"]
globals()["swap_first_two "] = lambda x: x
if False:

    def channels_first(images):
        return images.permute(0, 3, 1, 2)
