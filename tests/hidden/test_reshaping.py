"""Hidden suite of `reshaping`: where every number must land, and when it may not move in memory.

Each expected tensor is cut from the input with slices and put together with `stack` and `cat`, so
that it shares no idea with the exercise. Where a common mistake gives a tensor of its own, the
result is compared with that too: the learner then reads what happened instead of a guess. Both
are `@recorded`, as they tell how to do the exercises.
"""

from functools import partial
from math import prod

import torch

from grader.suite import (
    assert_raises,
    assert_same,
    assert_unchanged,
    assert_view,
    exercise,
    fail,
    points,
    recorded,
    rehearsed,
    visible,
)

COPIED = "clone(), contiguous(), stack() and float() copy; view, transpose and permute do not."
REREAD = (
    "view and reshape keep the numbers in reading order and only move the line breaks. "
    "To move an axis, use transpose or permute."
)


def counted(rng, *shape):
    """Consecutive numbers in reading order from a random start, so that no two are equal."""
    start = rng.integer(0, 100)
    return torch.arange(start, start + prod(shape), device=rng.device).reshape(shape)


def equal(got, tensor):
    return (
        isinstance(got, torch.Tensor)
        and got.shape == tensor.shape
        and got.device == tensor.device
        and bool((got == tensor).all())
    )


@exercise("flatten_batch")
class TestFlattenBatch:
    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_rows_are_flattened_without_a_copy(self, student, device, rng):
        """Each sample becomes one row; a contiguous input is not copied."""
        for shape in ((2, 3, 2), rng.sizes(2), rng.sizes(5)):
            x = counted(rng, *shape)
            before, expected = x.clone(), sample_by_sample(x)
            got = student.flatten_batch(x)
            assert_same(got, expected, mistakes=flattened_wrongly(before))
            assert_unchanged(x, before)
            assert_view(got, x, likely=COPIED)

    @points(1)
    def test_any_memory_order_and_any_batch_size(self, student, device, rng):
        """Inputs that are not contiguous, batches of one and empty batches work too."""
        n, a, b = rng.sizes(3)
        x = counted(rng, 2, n + 1, a, b).permute(1, 3, 2, 0)[1:]
        before, expected = x.clone(), sample_by_sample(x)
        assert_same(student.flatten_batch(x), expected)
        assert_unchanged(x, before)
        one = rng.normal(1, a, b, dtype=torch.float64)
        assert_same(student.flatten_batch(one), one[0].flatten()[None])
        assert_same(student.flatten_batch(one[:0]), one.new_zeros(0, a * b))
        assert_same(student.flatten_batch(one[:, :0]), one.new_zeros(1, 0))


@recorded
def sample_by_sample(x):
    """Each sample of x as one row."""
    return torch.stack([sample.flatten() for sample in x])


@recorded
def flattened_wrongly(x):
    """What mistakes with flatten_batch give."""
    yield x.flatten(), "The first axis stays: only the axes after it are joined."
    words = "All axes but the first are joined, not all but the last."
    yield x.reshape(-1, x.shape[-1]), words


@exercise("swap_first_two")
class TestSwapFirstTwo:
    @visible
    @points(1)
    def test_axes_move_and_memory_does_not(self, student, device, rng):
        """The first two axes change places, the rest stay, nothing is copied."""
        for shape in ((2, 3, 2), (3, 3), rng.sizes(5, 2, 7), (0, 1, 3)):
            x = counted(rng, *shape)
            before, expected = x.clone(), second_axis_first(x)
            got = student.swap_first_two(x)
            assert_same(got, expected, mistakes=swapped_wrongly(before))
            assert_view(got, x, likely=COPIED)
            assert_unchanged(x, before)

    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_one_axis_is_not_enough(self, student, device, rng):
        """Fewer than two axes are a ValueError."""
        x = rng.normal(1, rng.integer(2, 9))
        expected = second_axis_first(x)
        assert_same(student.swap_first_two(x), expected)
        row = rng.normal(rng.integer(3, 9))
        likely = "There are no two axes to swap: look at x.dim() first."
        assert_raises(
            ValueError,
            partial(student.swap_first_two, row),
            mentions=(1, len(row), tuple(row.shape)),
            likely=likely,
        )
        assert_raises(ValueError, partial(student.swap_first_two, row[0]), likely=likely)


@recorded
def second_axis_first(x):
    """x with its first two axes in the other order."""
    return torch.stack([x[:, b] for b in range(x.shape[1])])


@recorded
def swapped_wrongly(x):
    """What mistakes with swap_first_two give."""
    if x.shape[0] == x.shape[1]:
        yield x, "x came back as it was. Axes of one size change places, too."
    yield x.reshape(x.shape[1], x.shape[0], *x.shape[2:]), REREAD
    yield x.permute(*reversed(range(x.ndim))), "The axes after the first two stay."
    yield x.transpose(-1, -2), "-1 and -2 count from the end: use axes 0 and 1."


@exercise("channels_first")
class TestChannelsFirst:
    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_channels_stand_before_the_rows(self, student, device, rng):
        """Channel c of pixel (h, w) is found at [n, c, h, w]."""
        for shape in ((1, 2, 3, 2), (2, 3, 3, 3), (0, 4, 2, 3)):
            assert_planes(student, counted(rng, *shape).float())
        assert_planes(student, counted(rng, 1, 1, 3, 1))

    @points(1)
    def test_the_pixels_are_not_copied(self, student, device, rng):
        """The result is a view of the images."""
        for images in (
            rng.integers(0, 256, *rng.sizes(4)).to(torch.uint8),
            rng.normal(*rng.sizes(4), dtype=torch.float64).transpose(1, 2),
        ):
            got = assert_planes(student, images)
            assert_view(got, images, likely=COPIED)


def assert_planes(student, images):
    before, expected = images.clone(), planes(images)
    got = student.channels_first(images)
    assert_same(got, expected, mistakes=planes_gone_wrong(before))
    assert_unchanged(images, before)
    return got


@recorded
def planes(images):
    """The images with a plane for each channel."""
    return torch.stack([images[..., c] for c in range(images.shape[3])], dim=1)


@recorded
def planes_gone_wrong(images):
    """What mistakes with channels_first give."""
    n, height, width, channels = images.shape
    unmoved = "The images are as they came. Axes of one size change places, too."
    words = unmoved if height == width == channels else REREAD
    yield images.reshape(n, channels, height, width), words
    yield (
        images.transpose(1, 3),
        "Swapping axes 1 and 3 leaves the width before the height. permute moves all at once.",
    )
    yield (
        images.permute(0, 2, 3, 1),
        "permute takes, for each new axis, the old axis that comes there; the channels are "
        "axis 3, and (0, 2, 3, 1) moves axis 1 to the end.",
    )


@exercise("infer_shape")
class TestInferShape:
    @visible
    @points(1)
    def test_minus_one_becomes_the_size_that_fits(self, student, rng):
        """A -1 becomes the size that fits; a shape without -1 stays as it is."""
        sizes, numel = rng.sizes(3), rng.integer(20, 90)
        assert_shape(student.infer_shape(prod(sizes), (sizes[0], -1, sizes[2])), sizes)
        assert_shape(student.infer_shape(numel, (-1,)), (numel,))
        assert_shape(student.infer_shape(prod(sizes), sizes), sizes)
        assert_shape(student.infer_shape(0, (-1, 3)), (0, 3))
        assert_shape(student.infer_shape(0, (4, 0)), (4, 0))
        assert_shape(student.infer_shape(1, ()), ())

    @visible
    @points(1)
    def test_impossible_sizes_are_refused(self, student, rng):
        """A second -1, or a size below -1, is a ValueError."""
        a, b = rng.sizes(2, 3, 7)
        assert_shape(student.infer_shape(a * b, (a, -1)), (a, b))
        shape = (-1, a, -1)  # the product is a, and so it is with 1 for each -1
        assert_raises(
            ValueError,
            partial(student.infer_shape, a, shape),
            mentions=(shape, -1, 2),
            likely="Count the -1 first: with two of them there are many answers.",
        )
        for shape, bad in [
            ((-2, -2), -2),
            ((-b, -1), -b),
            ((a, -1, -b), -b),
        ]:
            assert_raises(
                ValueError,
                partial(student.infer_shape, abs(prod(shape)), shape),
                mentions=(shape, bad),
                likely="Look at each size on its own: two negative sizes have a positive product.",
            )

    @points(1)
    def test_sizes_that_do_not_fit_are_refused(self, student, rng):
        """Sizes that do not fit `numel`, or a 0 beside the -1, are a ValueError."""
        a, b = rng.sizes(2, 3, 7)
        numel = a * b
        assert_shape(student.infer_shape(numel, (-1, b)), (a, b))
        for shape in [(a, b + 1), (a,), (), (0, b)]:
            assert_raises(
                ValueError,
                partial(student.infer_shape, numel, shape),
                mentions=(shape, numel, prod(shape)),
                likely="Without a -1 the sizes must multiply to numel exactly.",
            )
        for shape in [(numel - 1, -1), (2 * a, -1, b)]:
            assert_raises(
                ValueError,
                partial(student.infer_shape, numel, shape),
                mentions=(shape, numel, -prod(shape)),
                likely="The known sizes must divide numel: numel % known tells.",
            )
        for count, shape in [(0, (0, -1)), (numel, (-1, a, 0))]:
            assert_raises(
                ValueError,
                partial(student.infer_shape, count, shape),
                mentions=(shape, count, 0, -1),
                likely="0 times any size is 0, so nothing says what the -1 should be.",
            )


def assert_shape(got, expected):
    assert_same(tuple(got) if isinstance(got, torch.Size) else got, expected)


@exercise("split_heads")
class TestSplitHeads:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_heads_take_neighbouring_features(self, student, device, rng):
        """Each head takes its own block of D // heads neighbouring features."""
        assert_blocks(student, counted(rng, 1, 3, 4), 2)
        n, tokens, heads, width = rng.sizes(4, 2, 6)
        x = rng.normal(n, tokens, heads * width)
        expected, mistakes = blocks(x, heads), blocks_gone_wrong(x, heads)
        assert_same(student.split_heads(x, heads=heads), expected, mistakes=mistakes)

    @points(1)
    def test_any_number_of_heads_and_any_batch_size(self, student, device, rng):
        """One head, one feature per head, one sample or none: the rule is the same."""
        tokens, features = rng.integer(2, 5), rng.choice((6, 8, 12))
        x = rng.normal(3, tokens, features, dtype=torch.float64)
        other = rng.normal(tokens, 3, features).transpose(0, 1)
        for part, heads in ((x, 1), (x[1:2], features), (x[:0], 2), (other, 2)):
            assert_blocks(student, part, heads)

    @visible
    @points(1)
    def test_heads_must_divide_the_features(self, student, device, rng):
        """Heads below 1, or that do not divide D, are a ValueError."""
        features = rng.choice((6, 10, 12))
        x = rng.normal(2, 3, features)
        assert_blocks(student, x, 1)
        for heads in (4 if features != 12 else 5, 2 * features, 0, -2):
            assert_raises(
                ValueError,
                partial(student.split_heads, x, heads),
                mentions=(heads, features, tuple(x.shape)),
                likely="Check heads < 1 first: 0 cannot divide, and -2 divides D without a rest."
                if heads < 1
                else "D % heads must be 0, or some features would belong to no head.",
            )


def assert_blocks(student, x, heads):
    before, expected = x.clone(), blocks(x, heads)
    got = student.split_heads(x, heads)
    assert_same(got, expected, mistakes=blocks_gone_wrong(before, heads))
    assert_unchanged(x, before)


@recorded
def blocks(x, heads):
    """For each head its block of the features."""
    width = x.shape[2] // heads
    return torch.stack([x[:, :, h * width : (h + 1) * width] for h in range(heads)], dim=1)


@recorded
def blocks_gone_wrong(x, heads):
    """What mistakes with split_heads give."""
    n, tokens, features = x.shape
    width = features // heads
    yield (
        x.reshape(n, heads, tokens, width),
        "One view to (N, heads, T, D // heads) cuts through the tokens. Split D into "
        "(heads, D // heads) where it stands, then swap the token and the head axis.",
    )
    yield (
        x.reshape(n, tokens, heads, width),
        "The split is right. Now swap the token axis and the head axis.",
    )
    yield (
        x.reshape(n, tokens, width, heads).permute(0, 3, 1, 2),
        "The features were dealt out in turn. Each head takes a block of neighbours: "
        "split D into (heads, D // heads), not (D // heads, heads).",
    )


@exercise("merge_heads")
class TestMergeHeads:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_each_token_gets_its_blocks_side_by_side(self, student, device, rng):
        """The blocks of all heads stand side by side again, head 0 first."""
        for shape in ((1, 2, 3, 2), rng.sizes(4, 2, 6)):
            assert_merged(student, counted(rng, *shape).float())

    @points(1)
    def test_it_undoes_split_heads(self, student, device, rng):
        """What split_heads took apart comes back, though it is not contiguous."""
        n, tokens, heads, width = rng.sizes(4, 2, 6)
        whole = rng.normal(n, tokens, heads * width, dtype=torch.float64)
        split = whole.reshape(n, tokens, heads, width).transpose(1, 2)
        got = assert_merged(student, split)
        assert_same(got, whole)

    @points(1)
    def test_any_number_of_heads_and_any_batch_size(self, student, device, rng):
        """One head, one feature per head, one sample or none: the rule is the same."""
        tokens, heads, width = rng.sizes(3)
        x = rng.normal(2, heads, tokens, width)
        for part in (x[:, :1, :1], x[:1, :, :, :1], x[:0]):
            assert_merged(student, part)


def assert_merged(student, x):
    before, expected = x.clone(), side_by_side(x)
    got = student.merge_heads(x)
    assert_same(got, expected, mistakes=merged_wrongly(before))
    assert_unchanged(x, before)
    return got


@recorded
def side_by_side(x):
    """For each token its blocks of all heads in a row."""
    return torch.cat([x[:, h] for h in range(x.shape[1])], dim=-1)


@recorded
def merged_wrongly(x):
    """What mistakes with merge_heads give."""
    n, heads, tokens, width = x.shape
    yield (
        x.reshape(n, tokens, heads * width),
        "Joining the axes as they stand mixes the tokens. First swap the head and the token "
        "axis, so that heads and features are neighbours.",
    )
    yield (
        x.permute(0, 2, 3, 1).reshape(n, tokens, heads * width),
        "The head and the feature axis are exchanged: the heads go outside, "
        "and the features of one head stay together.",
    )
    yield x.transpose(1, 2), "The swap is right. Now join the last two axes."
    yield (
        x.flatten(1, 2),
        "The blocks of a token go side by side, along the features; here the tokens of each "
        "head follow those of the one before.",
    )


@exercise("patchify")
class TestPatchify:
    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_patches_come_in_reading_order(self, student, device, rng):
        """Patches come row by row, each flattened as (C, size, size)."""
        # Small enough to be shown whole: two patches, an order of patches, the order inside one.
        small = ((1, 1, 2, 4, 2), (1, 1, 2, 3, 1), (1, 2, 2, 2, 2))
        side, rows, columns, channels = rng.sizes(4)
        for *shape, size in small:
            images = counted(rng, *shape).float()  # not every way of cutting knows integers
            assert_patches(student, images, size)
        images = rng.normal(2, channels, rows * side, columns * side)
        expected, mistakes = patches(images, side), patches_gone_wrong(images, side)
        assert_same(student.patchify(images, size=side), expected, mistakes=mistakes)

    @points(1)
    def test_any_patch_size_and_any_batch_size(self, student, device, rng):
        """Patches of one pixel or of a whole image, one image or none: the same rule."""
        images = rng.normal(2, rng.integer(2, 4), 4, 4, dtype=torch.float64)
        other = rng.normal(2, 2, 6, 3).permute(0, 3, 1, 2)
        for part, size in ((images, 1), (images[:1], 4), (images[:0], 2), (other, 2)):
            assert_patches(student, part, size)

    @points(1)
    def test_patches_must_cover_the_image_exactly(self, student, device, rng):
        """A size below 1, or one that does not divide H and W, is a ValueError."""
        size = rng.integer(2, 5)
        images = rng.normal(2, 1, size, size)
        assert_patches(student, images, size)
        for height, width, wrong in [
            (2 * size, 3 * size + 1, size),
            (3 * size + 1, 2 * size, size),
            (6, 12, 12),
            (9, 4, 6),
            (4, 4, 0),
            (4, 4, -2),
        ]:
            images = rng.normal(1, 2, height, width)
            assert_raises(
                ValueError,
                partial(student.patchify, images, wrong),
                mentions=(wrong, height, width, tuple(images.shape)),
                likely="Check size < 1 first: 0 cannot divide, and -2 divides 4 without a rest."
                if wrong < 1
                else "Both H % size and W % size must be 0, or pixels would be left over.",
            )


def assert_patches(student, images, size):
    before, expected = images.clone(), patches(images, size)
    got = student.patchify(images, size)
    assert_same(got, expected, mistakes=patches_gone_wrong(before, size))
    assert_unchanged(images, before)


@recorded
def patches(images, size):
    """The patches of each image, row by row, each of them flat."""
    return cut(images, size)


@recorded
def patches_gone_wrong(images, size):
    """What mistakes with patchify give."""
    right = cut(images, size)
    n, channels, height, width = images.shape
    split = images.reshape(n, channels, height // size, size, width // size, size)
    yield images.reshape(right.shape), REREAD
    yield (
        split.permute(0, 4, 2, 1, 3, 5).reshape(right.shape),
        "The patches come column by column. Put the row of patches before the column.",
    )
    yield (
        split.permute(0, 2, 4, 3, 5, 1).reshape(right.shape),
        "Here the channels come last inside a patch. The order is (C, size, size).",
    )
    yield (
        split.permute(0, 2, 4, 1, 5, 3).reshape(right.shape),
        "Every patch is transposed. Inside it, too, the numbers come row by row.",
    )
    yield (
        images.unfold(2, size, size).unfold(3, size, size).reshape(right.shape),
        "The channels stand before the patches, so a patch is filled from one channel alone. "
        "Move them behind the rows and columns of patches first.",
    )
    yield (
        right.transpose(1, 2),
        "The patch axis stands last, as unfold leaves it. Swap the last two axes.",
    )


def cut(images, size):
    height, width = images.shape[2:]
    return torch.stack(
        [
            images[:, :, top : top + size, left : left + size].flatten(1)
            for top in range(0, height, size)
            for left in range(0, width, size)
        ],
        dim=1,
    )


@exercise("set_block_")
class TestSetBlock:
    @visible
    @points(1)
    def test_the_block_is_written_in_place(self, student, device, rng):
        """x[index] holds the value afterwards, and every other entry is as before."""
        number = rng.integer(100, 999)
        undefined = rng.normal(3, 2, 2)
        undefined[1] = torch.nan
        for x, index, value in [
            (counted(rng, 3, 2), rng.integer(0, 3), number),
            (counted(rng, 5), -2, 2**53 + 2 * number + 1),  # no float64 is equal to it
            (counted(rng, 4, 2), -1, number),
            (counted(rng, 3, 2), slice(0, 0), number),
            (rng.normal(2, 6, dtype=torch.float64).T, slice(None, None, 2), number + 0.1),
            (counted(rng, 4, 2, 2), slice(-3, -1), -counted(rng, 1, 2, 2)),
            (counted(rng, 3, 2), slice(1, 9), -counted(rng, 2, 2)),
            (undefined, 1, rng.normal(2, 2)),
        ]:
            assert_written(student, x, index, value)

    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_small_values_broadcast_and_x_comes_back(self, student, device, rng):
        """A value of fewer axes fills the whole block; what comes back is x itself."""
        for x, index, value in [
            (counted(rng, 3, 2), slice(1, 3), -counted(rng, 2)),
            (rng.normal(5, 2, dtype=torch.float64), slice(2, None), rng.normal(3, 1).double()),
            (counted(rng, 3, 2, 4), 2, -counted(rng, 4)),
            (rng.normal(4, 2), slice(0, 4), rng.normal()),
            (rng.normal(3, 4), -3, 7.5),
        ]:
            got = assert_written(student, x, index, value)
            if got is not x:
                fail(
                    "what comes back is not x itself",
                    expected=x,
                    got="None" if got is None else got,
                    likely="Write into x, then return x: neither a copy of it nor the block.",
                )


def assert_written(student, x, index, value):
    memory, before = x[:], x.clone()
    expected, outside = written(x, index, value), entries_outside(x, index)
    given = value.clone() if isinstance(value, torch.Tensor) else value
    got = student.set_block_(x, index, value)
    if isinstance(value, torch.Tensor):
        assert_unchanged(value, given)
    likely = None
    if equal(x, before):
        likely = "x is as it was: nothing went into it. x[index] = value writes into x itself."
        if index == -1:
            likely = "x is as it was. -1 names the last entry; slice(-1, 0) is empty."
    elif x.shape == before.shape and not torch.equal(x[outside], before[outside]):
        likely = "Entries outside x[index] have changed too. Only x[index] is to be written."
    assert_same(x, expected, likely=likely, what="x")
    assert_same(memory, expected, mistakes=[(before, MOVED)], what="the memory of x")
    return got


MOVED = "x lies in other memory now: `x.data = ...` and x.set_(...) move it, they do not write."


@recorded
def written(x, index, value):
    """x with the value in its place, as NumPy writes it."""
    array = x.cpu().numpy().copy()
    array[index] = value.cpu().numpy() if isinstance(value, torch.Tensor) else value
    return torch.from_numpy(array).to(x.device)


@recorded
def entries_outside(x, index):
    """Which entries of the first axis are outside the index: a mask."""
    outside = torch.ones(len(x), dtype=torch.bool, device=x.device)
    outside[index] = False
    return outside
