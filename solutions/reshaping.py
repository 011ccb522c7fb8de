"""Reshaping: one memory, many shapes.

A tensor is a row of numbers in memory and a rule for reading it. The rule is two tuples: the
sizes say how long each axis is, the strides say how many numbers to skip for one step along it.

    x = torch.arange(6).view(2, 3)          memory:  0 1 2 3 4 5

    x             sizes (2, 3)  strides (3, 1)     x[i, j] is number 3*i + 1*j
                  0 1 2
                  3 4 5

    x.T           sizes (3, 2)  strides (1, 3)     same numbers, strides swapped
                  0 3
                  1 4
                  2 5

    x.view(3, 2)  sizes (3, 2)  strides (2, 1)     same numbers, a new line every two
                  0 1
                  2 3
                  4 5

None of the three copies anything. They are views of one memory, and a write through one shows
in the others. So they cost next to nothing, whether there are six numbers or six billion.

The trap: `x.T` and `x.view(3, 2)` have the same shape and different contents. `view` keeps the
numbers in reading order and only moves the line breaks, so it can never swap two axes. Try it
anyway, and you get no error, just the right shape full of numbers in the wrong places.

    to swap axes                                  transpose, permute
    to split an axis, or join two neighbours      view, reshape

After a swap, reading order no longer follows memory: the tensor is not contiguous. `view` may
then be unable to join two axes, and says so. `reshape` makes the one copy that it takes.

Most of this unit is one recipe: split an axis, move the pieces, join them again.

Replace each `raise NotImplementedError(...)` below with your code. Check your work with

    grade reshaping
"""

import torch


def flatten_batch(x: torch.Tensor) -> torch.Tensor:
    """Flatten all axes but the first: `(N, *rest)` to `(N, prod(rest))`.

    `x` has two or more axes. If it is contiguous, the result is a view of it; if it is not, the
    values must still be right. A batch of N = 0 rows keeps its width: `(0, 3, 4)` to `(0, 12)`.

    >>> flatten_batch(torch.arange(12).reshape(2, 3, 2)).tolist()
    [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]
    """
    # BEGIN SOLUTION
    # The width is spelled out, as a -1 has no answer when the batch is empty.
    return x.reshape(x.shape[0], x.shape[1:].numel())
    # END SOLUTION


def swap_first_two(x: torch.Tensor) -> torch.Tensor:
    """Swap the first two axes: `(A, B, *rest)` to `(B, A, *rest)`.

    The result is a view: axes move, memory does not.

    Raises ValueError, with the shape in its message, if `x` has fewer than two axes.

    >>> swap_first_two(torch.tensor([[1, 2, 3], [4, 5, 6]])).tolist()
    [[1, 4], [2, 5], [3, 6]]
    """
    # BEGIN SOLUTION
    if x.dim() < 2:
        raise ValueError(f"need at least 2 axes, got {x.dim()}: shape {tuple(x.shape)}")
    return x.transpose(0, 1)
    # END SOLUTION


def channels_first(images: torch.Tensor) -> torch.Tensor:
    """Move the channels of a batch of images forward: `(N, H, W, C)` to `(N, C, H, W)`.

    Image files keep the colours of a pixel together; PyTorch's layers want one plane per colour.
    The result is a view.

    >>> one_row = torch.tensor([[[[1, 2, 3], [4, 5, 6]]]])  # two pixels of three colours
    >>> channels_first(one_row).tolist()
    [[[[1, 4]], [[2, 5]], [[3, 6]]]]
    """
    # BEGIN SOLUTION
    return images.permute(0, 3, 1, 2)
    # END SOLUTION


def infer_shape(numel: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return `shape` with its -1, if there is one, replaced by the size that fits.

    This is the rule behind `x.view(2, -1)`: the sizes multiply to `numel`, the number of elements.
    For one element, `()` fits.

    Raises ValueError, with the shape in its message, if
      - there are two or more -1, or a size below -1;
      - the sizes do not multiply to `numel`, or the known ones do not divide it;
      - a 0 stands beside the -1: any size would fit there, so there is no answer.

    >>> infer_shape(12, (2, -1))
    (2, 6)
    >>> infer_shape(12, (3, 4))
    (3, 4)
    """
    # BEGIN SOLUTION
    known = 1
    for size in shape:
        if size < -1:
            raise ValueError(f"a size below -1 in shape {shape}")
        if size != -1:
            known *= size

    if shape.count(-1) > 1:
        raise ValueError(f"only one size can be -1, got shape {shape}")
    if -1 not in shape:
        if known != numel:
            raise ValueError(f"shape {shape} holds {known} elements, not {numel}")
        return shape
    if known == 0:
        raise ValueError(f"the -1 beside a 0 could be any size in shape {shape}")
    if numel % known != 0:
        raise ValueError(f"shape {shape} does not divide {numel} elements")
    return tuple(numel // known if size == -1 else size for size in shape)
    # END SOLUTION


def split_heads(x: torch.Tensor, heads: int) -> torch.Tensor:
    """Deal the features out to attention heads: `(N, T, D)` to `(N, heads, T, D // heads)`.

    Each head takes a block of neighbours: feature `d` goes to head `d // (D // heads)`.

    Raises ValueError, with `heads` in its message, if `heads` is below 1 or does not divide D.

    Source: Vaswani et al., Attention Is All You Need (2017), section 3.2.2.

    >>> x = torch.tensor([[[0, 1, 2, 3], [4, 5, 6, 7]]])  # T = 2 tokens of D = 4 features
    >>> split_heads(x, heads=2).tolist()
    [[[[0, 1], [4, 5]], [[2, 3], [6, 7]]]]
    """
    # BEGIN SOLUTION
    batch, tokens, features = x.shape
    if heads < 1 or features % heads != 0:
        raise ValueError(f"cannot split {features} features into {heads} equal heads")
    return x.reshape(batch, tokens, heads, features // heads).transpose(1, 2)
    # END SOLUTION


def merge_heads(x: torch.Tensor) -> torch.Tensor:
    """Undo `split_heads`: `(N, heads, T, d)` to `(N, T, heads * d)`.

    `x` may be the result of `split_heads`, whose axes are not in memory order.

    >>> x = torch.tensor([[[[0, 1], [4, 5]], [[2, 3], [6, 7]]]])
    >>> merge_heads(x).tolist()
    [[[0, 1, 2, 3], [4, 5, 6, 7]]]
    """
    # BEGIN SOLUTION
    batch, heads, tokens, width = x.shape
    return x.transpose(1, 2).reshape(batch, tokens, heads * width)
    # END SOLUTION


def patchify(images: torch.Tensor, size: int) -> torch.Tensor:
    """Cut images into square patches: `(N, C, H, W)` to `(N, patches, C * size * size)`.

    There are `(H // size) * (W // size)` patches. They come row by row, as you would read them,
    and each is flattened in the order `(C, size, size)`.

    Raises ValueError, with `size` in its message, if `size` is below 1 or does not divide both
    H and W.

    Source: Dosovitskiy et al., An Image is Worth 16x16 Words (2021), section 3.1.

    >>> image = torch.arange(8.0).reshape(1, 1, 2, 4)  # 0 1 2 3
    >>> patchify(image, size=2).tolist()               # 4 5 6 7
    [[[0.0, 1.0, 4.0, 5.0], [2.0, 3.0, 6.0, 7.0]]]
    """
    # Give every axis a name before you move it: which row of patches, which row inside a patch?
    # BEGIN SOLUTION
    batch, channels, height, width = images.shape
    if size < 1 or height % size != 0 or width % size != 0:
        raise ValueError(f"cannot cut {height} by {width} pixels into patches of size {size}")
    rows, columns = height // size, width // size
    split = images.reshape(batch, channels, rows, size, columns, size)
    moved = split.permute(0, 2, 4, 1, 3, 5)  # (batch, rows, columns, channels, size, size)
    return moved.reshape(batch, rows * columns, channels * size * size)
    # END SOLUTION


def set_block_(x: torch.Tensor, index: int | slice, value: float | torch.Tensor) -> torch.Tensor:
    """Write `value` into `x[index]`, in place, and return `x` itself.

    `index` selects along the first axis. `value` is a number, or a tensor that broadcasts to the
    shape of `x[index]`. The underscore at the end of the name is PyTorch's sign for "in place".

    >>> x = torch.zeros(3, 2)
    >>> set_block_(x, slice(0, 2), torch.tensor([5.0, 6.0])).tolist()
    [[5.0, 6.0], [5.0, 6.0], [0.0, 0.0]]
    >>> x[0].tolist()
    [5.0, 6.0]
    """
    # BEGIN SOLUTION
    x[index] = value
    return x
    # END SOLUTION
