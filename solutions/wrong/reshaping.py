"""Known wrong answers to the exercises of `reshaping`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It must lose points, and
what the learner then reads must help. Like a learner's file, this one may use the whole unit.
"""

from math import prod

import torch
import torch.nn.functional as F


def flatten_batch__all_axes(x):
    """The batch axis stays: each sample becomes a row of its own."""
    return x.flatten()


def flatten_batch__by_view(x):
    """view never copies, so it gives up where the memory order does not allow the joined axis.
    reshape copies there, and only there."""
    return x.view(x.shape[0], x.shape[1:].numel())


def flatten_batch__width_left_open(x):
    """With no rows, any width would fit the -1. Work the width out."""
    return x.reshape(x.shape[0], -1)


def flatten_batch__rows_left_open(x):
    """With empty rows, any number of them would fit the -1. x.shape[0] is known."""
    return x.reshape(-1, x.shape[1:].numel())


def flatten_batch__last_axis_kept(x):
    """All axes but the first are joined. This joins all but the last."""
    return x.reshape(-1, x.shape[-1])


def flatten_batch__always_copied(x):
    """The result is a copy, though a contiguous x needs none. clone, stack and cat always copy;
    reshape only where it has to."""
    return x.clone().reshape(x.shape[0], x.shape[1:].numel())


def flatten_batch__three_axes(x):
    """There may be two axes, or five. x.shape[1:] holds all of them but the first."""
    n, a, b = x.shape
    return x.reshape(n, a * b)


def flatten_batch__memory_order(x):
    """The rows are read in the order of the axes, not in the order in which the numbers happen
    to lie in memory."""
    width = x.shape[1:].numel()
    return x.as_strided((x.shape[0], width), (width, 1))


def swap_first_two__by_reshape(x):
    """reshape moves the line breaks, never an axis. The shape is right, the contents are not."""
    if x.dim() < 2:
        raise ValueError(f"too few axes: {tuple(x.shape)}")
    return x.reshape(x.shape[1], x.shape[0], *x.shape[2:])


def swap_first_two__by_t(x):
    """t() is for matrices. transpose(0, 1) takes any number of axes."""
    if x.dim() < 2:
        raise ValueError(f"too few axes: {tuple(x.shape)}")
    return x.t()


def swap_first_two__two_axes_named(x):
    """permute wants to hear of every axis. transpose(0, 1) leaves the others alone."""
    if x.dim() < 2:
        raise ValueError(f"too few axes: {tuple(x.shape)}")
    return x.permute(1, 0)


def swap_first_two__all_reversed(x):
    """Reversing all axes is a swap of the first two only if there are two."""
    if x.dim() < 2:
        raise ValueError(f"too few axes: {tuple(x.shape)}")
    return x.permute(*reversed(range(x.dim())))


def swap_first_two__last_two(x):
    """-1 and -2 count from the end: they name the last two axes."""
    if x.dim() < 2:
        raise ValueError(f"too few axes: {tuple(x.shape)}")
    return x.transpose(-1, -2)


def swap_first_two__copied(x):
    """contiguous() and stack copy every number. transpose describes the same memory anew."""
    if x.dim() < 2:
        raise ValueError(f"too few axes: {tuple(x.shape)}")
    return x.transpose(0, 1).contiguous()


def swap_first_two__error_of_torch(x):
    """With one axis, torch raises an IndexError about dimensions. ValueError was asked for."""
    return x.transpose(0, 1)


def swap_first_two__input_swapped_too(x):
    """A name that ends in _ works in place: it turns the input itself around.
    transpose does not."""
    if x.dim() < 2:
        raise ValueError(f"too few axes: {tuple(x.shape)}")
    return x.transpose_(0, 1)


def swap_first_two__matrices_only(x):
    """Two axes are the fewest. Where there are more, the first two change places as well."""
    if x.dim() != 2:
        raise ValueError(f"not a matrix: {tuple(x.shape)}")
    return x.t()


def swap_first_two__empty_refused(x):
    """A tensor without entries has axes as well: (0, 3) becomes (3, 0)."""
    if x.dim() < 2 or x.numel() == 0:
        raise ValueError(f"nothing to swap: {tuple(x.shape)}")
    return x.transpose(0, 1)


def channels_first__by_reshape(images):
    """reshape moves the line breaks, never an axis: the colours end up mixed."""
    n, height, width, channels = images.shape
    return images.reshape(n, channels, height, width)


def channels_first__one_swap(images):
    """Swapping axes 1 and 3 brings the channels forward, but also the width before the height."""
    return images.transpose(1, 3)


def channels_first__other_direction(images):
    """permute lists, for each new axis, the old one that comes there. (0, 2, 3, 1) is the way
    back."""
    return images.permute(0, 2, 3, 1)


def channels_first__copied(images):
    """contiguous() and stack copy every pixel. permute describes the same memory anew, and layers
    take it as it is."""
    return images.permute(0, 3, 1, 2).contiguous()


def channels_first__stacked(images):
    """contiguous() and stack copy every pixel. permute describes the same memory anew, and layers
    take it as it is."""
    return torch.stack(images.unbind(-1), dim=1)


def channels_first__one_image(images):
    """There is a batch axis in front: the channels are axis 3, and they go to axis 1."""
    return images.permute(2, 0, 1)


def channels_first__colours_reversed(images):
    """The channels move as they are: channel 0 stays channel 0."""
    return images.permute(0, 3, 1, 2).flip(1)


def channels_first__scaled(images):
    """Division makes floats, and other numbers. The pixels stay as they are: only axes move."""
    moved = images.permute(0, 3, 1, 2)
    return moved / 255 if images.dtype == torch.uint8 else moved


def infer_shape__left_to_torch(numel, shape):
    """torch says no with a RuntimeError. The rule is to be written out, and to say no with a
    ValueError."""
    return tuple(torch.empty(numel).view(shape).shape)


def infer_shape__without_any_check(numel, shape):
    """A division always gives some number. Whether the sizes fit has to be asked first."""
    known = prod(size for size in shape if size != -1)
    return tuple(numel // known if size == -1 else size for size in shape)


def infer_shape__rounded_down(numel, shape):
    """// drops the remainder. Only if there is none do the sizes multiply to numel."""
    if shape.count(-1) > 1 or min(shape, default=1) < -1 or (0 in shape and -1 in shape):
        raise ValueError(f"bad shape {shape}")
    if -1 not in shape:
        if prod(shape) != numel:
            raise ValueError(f"{shape} does not hold {numel}")
        return shape
    return tuple(numel // -prod(shape) if size == -1 else size for size in shape)


def infer_shape__as_float(numel, shape):
    """/ gives a float, even where nothing is left over. Sizes are integers: use //."""
    if shape.count(-1) > 1 or min(shape, default=1) < -1 or (0 in shape and -1 in shape):
        raise ValueError(f"bad shape {shape}")
    known = abs(prod(shape))
    if (-1 in shape and numel % known) or (-1 not in shape and known != numel):
        raise ValueError(f"{shape} does not fit {numel}")
    return tuple(numel / known if size == -1 else size for size in shape)


def infer_shape__minus_one_in_the_product(numel, shape):
    """The -1 stands for an unknown size. It has no place in the product of the known ones."""
    if shape.count(-1) > 1:
        raise ValueError(f"two -1 in {shape}")
    if -1 not in shape:
        return shape
    return tuple(numel // prod(shape) if size == -1 else size for size in shape)


def infer_shape__product_alone(numel, shape):
    """Two negative sizes have a positive product. Each size has to be looked at on its own."""
    if shape.count(-1) > 1:
        raise ValueError(f"two -1 in {shape}")
    if -1 in shape:
        known = -prod(shape)
        if known == 0 or numel % known:
            raise ValueError(f"{shape} does not divide {numel}")
        return tuple(numel // known if size == -1 else size for size in shape)
    if prod(shape) != numel:
        raise ValueError(f"{shape} does not hold {numel}")
    return shape


def infer_shape__zero_beside_the_unknown(numel, shape):
    """0 times any size is 0, so a 0 beside the -1 leaves it open. That is an error to report,
    not a division to run into."""
    if shape.count(-1) > 1 or min(shape, default=1) < -1:
        raise ValueError(f"bad shape {shape}")
    known = abs(prod(shape))
    if -1 not in shape:
        if known != numel:
            raise ValueError(f"{shape} does not hold {numel}")
        return shape
    if numel % known:
        raise ValueError(f"{shape} does not divide {numel}")
    return tuple(numel // known if size == -1 else size for size in shape)


def infer_shape__no_axes_refused(numel, shape):
    """The product of no sizes is 1: () is the shape of one element, as torch.tensor(3) has it."""
    if shape.count(-1) > 1 or min(shape, default=1) < -1 or (0 in shape and -1 in shape):
        raise ValueError(f"bad shape {shape}")
    known = abs(prod(shape))
    if not shape or (-1 in shape and numel % known) or (-1 not in shape and known != numel):
        raise ValueError(f"{shape} does not fit {numel}")
    return tuple(numel // known if size == -1 else size for size in shape)


def infer_shape__no_elements_refused(numel, shape):
    """0 elements have a shape, too: beside a 3, the size that fits is 0."""
    known = prod(size for size in shape if size != -1)
    if shape.count(-1) > 1 or min(shape, default=1) < -1 or (-1 in shape and numel * known == 0):
        raise ValueError(f"bad shape {shape}")
    if (-1 in shape and numel % known) or (-1 not in shape and known != numel):
        raise ValueError(f"{shape} does not fit {numel}")
    return tuple(numel // known if size == -1 else size for size in shape)


def infer_shape__silent_error(numel, shape):
    """An error is read by somebody who has to find the cause. Its message must hold the shape."""
    if shape.count(-1) > 1 or min(shape, default=1) < -1 or (0 in shape and -1 in shape):
        raise ValueError("invalid shape")
    known = abs(prod(shape))
    if (-1 in shape and numel % known) or (-1 not in shape and known != numel):
        raise ValueError("sizes do not fit")
    return tuple(numel // known if size == -1 else size for size in shape)


def split_heads__by_view_alone(x, heads):
    """Splitting D and moving the new axis are two steps. One view to the final shape cuts
    through the tokens."""
    n, tokens, features = x.shape
    if heads < 1 or features % heads:
        raise ValueError(f"cannot split {features} into {heads}")
    return x.reshape(n, heads, tokens, features // heads)


def split_heads__without_the_swap(x, heads):
    """The split axis stands after the tokens. It still has to move before them."""
    n, tokens, features = x.shape
    if heads < 1 or features % heads:
        raise ValueError(f"cannot split {features} into {heads}")
    return x.reshape(n, tokens, heads, features // heads)


def split_heads__dealt_in_turn(x, heads):
    """Split into (D // heads, heads), the features are dealt like cards. Each head takes a block
    of neighbours: (heads, D // heads)."""
    n, tokens, features = x.shape
    if heads < 1 or features % heads:
        raise ValueError(f"cannot split {features} into {heads}")
    return x.reshape(n, tokens, features // heads, heads).permute(0, 3, 1, 2)


def split_heads__batch_behind_the_heads(x, heads):
    """stack puts its new axis first unless it is told where. The batch comes before the heads."""
    if heads < 1 or x.shape[-1] % heads:
        raise ValueError(f"cannot split {x.shape[-1]} into {heads}")
    return torch.stack(x.chunk(heads, dim=-1))


def split_heads__tokens_left_open(x, heads):
    """In an empty batch every size would fit the -1. The shape of x tells them all."""
    n, _, features = x.shape
    if heads < 1 or features % heads:
        raise ValueError(f"cannot split {features} into {heads}")
    return x.reshape(n, -1, heads, features // heads).transpose(1, 2)


def split_heads__error_of_torch(x, heads):
    """Neither reshape nor chunk checks for you: torch raises a RuntimeError, or nothing at all.
    ValueError with `heads` was asked for."""
    n, tokens, features = x.shape
    return x.reshape(n, tokens, heads, features // heads).transpose(1, 2)


def split_heads__size_for_number(x, heads):
    """Here each block has `heads` features. There are to be `heads` blocks, so of D // heads:
    that is the size, which split takes; chunk takes the number."""
    if heads < 1 or x.shape[-1] % heads:
        raise ValueError(f"cannot split {x.shape[-1]} into {heads}")
    return torch.stack(x.split(heads, dim=-1), dim=1)


def split_heads__width_for_number(x, heads):
    """Here each block has `heads` features. There are to be `heads` blocks, so of D // heads:
    that is the size, which split takes; chunk takes the number."""
    n, tokens, features = x.shape
    if heads < 1 or features % heads:
        raise ValueError(f"cannot split {features} into {heads}")
    return x.reshape(n, tokens, features // heads, heads).transpose(1, 2)


def split_heads__blocks_joined(x, heads):
    """cat joins the blocks along an axis that there is already. stack makes a new one, for the
    heads."""
    if heads < 1 or x.shape[-1] % heads:
        raise ValueError(f"cannot split {x.shape[-1]} into {heads}")
    return torch.cat(x.chunk(heads, dim=-1), dim=1)


def split_heads__joined_with_the_batch(x, heads):
    """The batch and the heads stay two axes, N and heads. Here they are joined."""
    n, tokens, features = x.shape
    if heads < 1 or features % heads:
        raise ValueError(f"cannot split {features} into {heads}")
    moved = x.reshape(n, tokens, heads, features // heads).transpose(1, 2)
    return moved.reshape(n * heads, tokens, features // heads)


def split_heads__one_feature_refused(x, heads):
    """D heads of one feature each are heads as well: D divides itself."""
    n, tokens, features = x.shape
    if heads < 1 or features % heads or heads == features:
        raise ValueError(f"cannot split {features} into {heads}")
    return x.reshape(n, tokens, heads, features // heads).transpose(1, 2)


def split_heads__zero_divides(x, heads):
    """features % 0 is an error of its own, and -2 divides 6. Ask for heads < 1 first."""
    n, tokens, features = x.shape
    if features % heads != 0:
        raise ValueError(f"cannot split {features} into {heads}")
    return x.reshape(n, tokens, heads, features // heads).transpose(1, 2)


def split_heads__leftovers_dropped(x, heads):
    """Features that do not fit are not to be dropped. That is an error to report."""
    if heads < 1:
        raise ValueError(f"heads must be positive, got {heads}")
    n, tokens, features = x.shape
    width = features // heads
    return x[..., : heads * width].reshape(n, tokens, heads, width).transpose(1, 2)


def merge_heads__by_reshape_alone(x):
    """The heads stand before the tokens. They have to move beside the features before the two
    can be joined."""
    n, heads, tokens, width = x.shape
    return x.reshape(n, tokens, heads * width)


def merge_heads__by_view(x):
    """After a swap the axes are not in memory order, and view refuses. reshape copies."""
    n, heads, tokens, width = x.shape
    return x.transpose(1, 2).view(n, tokens, heads * width)


def merge_heads__features_outside(x):
    """The features of one head stay together: the heads are the outer of the two joined axes."""
    n, heads, tokens, width = x.shape
    return x.permute(0, 2, 3, 1).reshape(n, tokens, heads * width)


def merge_heads__not_joined(x):
    """The swap is half of the way. The last two axes are still to be joined."""
    return x.transpose(1, 2)


def merge_heads__averaged(x):
    """Merging keeps all numbers. Nothing is added up."""
    return x.mean(dim=1)


def merge_heads__added_up(x):
    """Merging keeps all numbers. Nothing is added up."""
    return x.sum(dim=1)


def merge_heads__width_left_open(x):
    """In an empty batch every size would fit the -1. The shape of x tells them all."""
    n, _, tokens, _ = x.shape
    return x.transpose(1, 2).reshape(n, tokens, -1)


def merge_heads__along_the_tokens(x):
    """cat along the tokens makes the sequence longer. The blocks go side by side, along the
    features."""
    return torch.cat(x.unbind(1), dim=1)


def patchify__by_reshape_alone(images, size):
    """A reshape cuts the rows of the image into pieces, not the image into squares."""
    n, channels, height, width = images.shape
    if size < 1 or height % size or width % size:
        raise ValueError(f"{size} does not divide {height} and {width}")
    return images.reshape(n, (height // size) * (width // size), channels * size * size)


def patchify__column_by_column(images, size):
    """The patches are read as a text is: along a row first."""
    n, channels, height, width = images.shape
    if size < 1 or height % size or width % size:
        raise ValueError(f"{size} does not divide {height} and {width}")
    split = images.reshape(n, channels, height // size, size, width // size, size)
    return split.permute(0, 4, 2, 1, 3, 5).reshape(n, -1, channels * size * size)


def patchify__channels_last(images, size):
    """Inside a patch the channels come first: (C, size, size)."""
    n, channels, height, width = images.shape
    if size < 1 or height % size or width % size:
        raise ValueError(f"{size} does not divide {height} and {width}")
    rows, columns = height // size, width // size
    split = images.reshape(n, channels, rows, size, columns, size)
    moved = split.permute(0, 2, 4, 3, 5, 1)
    return moved.reshape(n, rows * columns, channels * size * size)


def patchify__transposed_patches(images, size):
    """Inside a patch the rows come before the columns, as in the image."""
    n, channels, height, width = images.shape
    if size < 1 or height % size or width % size:
        raise ValueError(f"{size} does not divide {height} and {width}")
    rows, columns = height // size, width // size
    split = images.reshape(n, channels, rows, size, columns, size)
    moved = split.permute(0, 2, 4, 1, 5, 3)
    return moved.reshape(n, rows * columns, channels * size * size)


def patchify__channels_outside(images, size):
    """unfold leaves the channels outside the patches. They have to move inside before the axes
    are joined."""
    n, channels, height, width = images.shape
    if size < 1 or height % size or width % size:
        raise ValueError(f"{size} does not divide {height} and {width}")
    tiles = images.unfold(2, size, size).unfold(3, size, size)
    patches = (height // size) * (width // size)
    return tiles.reshape(n, patches, channels * size * size)


def patchify__left_as_unfold_gives_it(images, size):
    """unfold puts the patches last. A transpose brings them before the pixels."""
    if size < 1 or images.shape[2] % size or images.shape[3] % size:
        raise ValueError(f"{size} does not divide {tuple(images.shape)}")
    return F.unfold(images, size, stride=size)


def patchify__edges_dropped(images, size):
    """unfold leaves out what does not fill a whole patch, without a word. A size that does not
    divide both sides is an error."""
    if size < 1:
        raise ValueError(f"size must be positive, got {size}")
    n, channels, _, _ = images.shape
    tiles = images.unfold(2, size, size).unfold(3, size, size)
    rows, columns = tiles.shape[2:4]
    moved = tiles.permute(0, 2, 3, 1, 4, 5)
    return moved.reshape(n, rows * columns, channels * size * size)


def patchify__without_steps(images, size):
    """range(H // size) counts the patches: the first row of patch r is r * size, not r."""
    _, _, height, width = images.shape
    if size < 1 or height % size or width % size:
        raise ValueError(f"{size} does not divide {height} and {width}")
    return torch.stack(
        [
            images[:, :, top : top + size, left : left + size].flatten(1)
            for top in range(height // size)
            for left in range(width // size)
        ],
        dim=1,
    )


def patchify__sliding(images, size):
    """unfold's last argument is the step from one patch to the next: size, or they overlap."""
    _, _, height, width = images.shape
    if size < 1 or height % size or width % size:
        raise ValueError(f"{size} does not divide {height} and {width}")
    tiles = images.unfold(2, size, 1).unfold(3, size, 1)
    return tiles.permute(0, 2, 3, 1, 4, 5).flatten(1, 2).flatten(2)


def patchify__height_and_width_exchanged(images, size):
    """The shape is (N, C, H, W): the height comes before the width."""
    n, channels, width, height = images.shape
    if size < 1 or height % size or width % size:
        raise ValueError(f"{size} does not divide {height} and {width}")
    rows, columns = height // size, width // size
    split = images.reshape(n, channels, rows, size, columns, size)
    moved = split.permute(0, 2, 4, 1, 3, 5)
    return moved.reshape(n, rows * columns, channels * size * size)


def patchify__last_ones_forgotten(images, size):
    """range(0, H - size, size) ends before the last patch. range(0, H, size) is right where size
    divides H."""
    _, _, height, width = images.shape
    if size < 1 or height % size or width % size:
        raise ValueError(f"{size} does not divide {height} and {width}")
    tops, lefts = range(0, height - size, size), range(0, width - size, size)
    return torch.stack(
        [
            images[:, :, top : top + size, left : left + size].flatten(1)
            for top in tops
            for left in lefts
        ],
        dim=1,
    )


def patchify__square_images(images, size):
    """Images need not be square: rows and columns of patches are counted apart."""
    n, channels, height, width = images.shape
    if size < 1 or height % size or width % size:
        raise ValueError(f"{size} does not divide {height} and {width}")
    grid = height // size
    split = images.reshape(n, channels, grid, size, grid, size)
    moved = split.permute(0, 2, 4, 1, 3, 5)
    return moved.reshape(n, grid * grid, channels * size * size)


def set_block___of_a_copy(x, index, value):
    """In place means that x itself changes. The copy that was changed here is another tensor."""
    y = x.clone()
    y[index] = value
    return y


def set_block___without_return(x, index, value):
    """x is to be returned, so that calls can be chained, as in x.fill_(1).add_(2)."""
    x[index] = value


def set_block___block_returned(x, index, value):
    """x itself is to be returned, not the part of it that was written."""
    x[index] = value
    return x[index]


def set_block___name_rebound(x, index, value):
    """Nothing reached x: `block = value` only moves a name, == compares, and indexing with a list
    makes a copy. x[index] = value writes into x."""
    block = x[index]
    block = value  # noqa: F841
    return x


def set_block___copy_by_list_index(x, index, value):
    """Nothing reached x: `block = value` only moves a name, == compares, and indexing with a list
    makes a copy. x[index] = value writes into x."""
    rows = torch.arange(len(x))[index].reshape(-1)
    x[rows].copy_(torch.as_tensor(value))
    return x


def set_block___numbers_only(x, index, value):
    """fill_ takes one number. copy_ and x[index] = value take a tensor that broadcasts, too."""
    x[index].fill_(value)
    return x


def set_block___by_differences(x, index, value):
    """NaN plus or minus anything is NaN: what x held is to be overwritten, not made up for."""
    x[index] += value - x[index]
    return x


def set_block___through_float(x, index, value):
    """float32 keeps 7 digits of the value, and float(...) 16. x[index] = value takes as many as x
    holds."""
    x[index] = torch.as_tensor(value, dtype=torch.float32).to(x.dtype)
    return x


def set_block___value_as_tensor(x, index, value):
    """float32 keeps 7 digits of the value, and float(...) 16. x[index] = value takes as many as x
    holds."""
    x[index] = torch.as_tensor(value)
    return x


def set_block___end_taken_at_its_word(x, index, value):
    """A slice may end behind the last row, and then it ends with the last row. x[index] = value
    knows that, as index.indices(len(x)) does."""
    if not isinstance(index, slice):
        x[index] = value
        return x
    start, stop, step = index.indices(len(x))
    if index.stop is not None and index.stop > stop:
        stop = index.stop
    x[list(range(start, stop, step))] = value
    return x


def set_block___row_by_row(x, index, value):
    """A value with one row fills every row of the block, and value[k] is there for k = 0 alone.
    x[index] = value broadcasts."""
    rows = range(len(x))[index]
    for k, row in enumerate([rows] if isinstance(rows, int) else rows):
        whole = isinstance(value, torch.Tensor) and value.dim() == x.dim()
        x[row] = value[k] if whole else value
    return x


def set_block___value_as_float(x, index, value):
    """float32 keeps 7 digits of the value, and float(...) 16. x[index] = value takes as many as x
    holds."""
    x[index] = value if isinstance(value, torch.Tensor) else float(value)
    return x


def set_block___elsewhere(x, index, value):
    """x.data = ... puts x into other memory: whoever looks at the old memory sees no change. Write
    into x itself, with an index to the left of =."""
    made = x.clone()
    made[index] = value
    x.data = made
    return x


def set_block___all_of_it(x, index, value):
    """x[:] is all of x. Only the rows that `index` selects are to be written."""
    x[:] = value
    return x


def flatten_batch__rows_stacked(x):
    """The result is a copy, though a contiguous x needs none. clone, stack and cat always copy;
    reshape only where it has to."""
    return torch.stack([row.reshape(-1) for row in x])


def swap_first_two__sizes_for_axes(x):
    """permute takes the numbers of the axes, 0, 1, 2 ..., and x.shape holds their sizes.
    transpose(0, 1) needs only two of them."""
    if x.dim() < 2:
        raise ValueError(f"too few axes: {tuple(x.shape)}")
    return x.permute(1, 0, *x.shape[2:])


def split_heads__chunk_does_not_check(x, heads):
    """Neither reshape nor chunk checks for you: torch raises a RuntimeError, or nothing at all.
    ValueError with `heads` was asked for."""
    return torch.stack(x.chunk(heads, dim=-1), dim=1)
