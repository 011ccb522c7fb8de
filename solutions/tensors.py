"""Tensors: numbers in memory, and who else can see it.

A tensor is a block of numbers, all of one type, and a shape to read them in.

    x = torch.tensor([[1.0, 2.0, 3.0],        x.shape    (2, 3)          x.dim()    2
                      [4.0, 5.0, 6.0]])       x.dtype    torch.float32   x.numel()  6
                                              x.device   cpu

The dtype says how each number is written down, and that has its price:

    float32     7 digits, 4 bytes      what models compute in
    float64     16 digits, 8 bytes     what Python and NumPy compute in
    int64       whole numbers          labels, counts, positions
    bool        True and False         masks: which entries are meant

A new tensor of floats is float32 and lies on the CPU, unless you say otherwise. Beside an x, do:
`torch.zeros(3, dtype=x.dtype, device=x.device)`. On the way to int64, fractions are cut off.

Most surprises with tensors are questions of memory: is this a copy, or the same numbers under
another name? Who writes into the one then changes the other.

    the same memory    torch.from_numpy(a)   x.numpy()   x.detach()   x[1:3]   x[:, 0]   x.T
    a copy             torch.tensor(a)       x.clone()   x[mask]      x[[0, 2]]
    it depends         x.to(...), x.float(), torch.as_tensor(a): a copy only where they have to

On the left of `=`, an index writes into x itself: `x[mask] = 0` does. Of two indices in a row,
`x[mask][0] = 0`, only the last one writes. If the first makes a copy, as a mask does, the write
goes into that copy: no error, no effect.

In `x + y` the axes are lined up from the last one on, and an axis that is missing, or has size 1,
is repeated: `(T,)` beside `(N, T, D)` meets D. To meet T it must be `(T, 1)`: y.unsqueeze(1).

Random numbers come from a generator. All of a program shares one unless you make your own, which
begins with a seed: the same seed, the same numbers.

    >>> generator = torch.Generator().manual_seed(5)
    >>> torch.randint(0, 10, (3,), generator=generator).shape
    torch.Size([3])

Not everything you read about this is true. Many notes say that `torch.Tensor(3)` is the tensor of
a 3. Try it: with a capital T, a number is a size, and you get three numbers, whatever they are.

    >>> torch.tensor(3), torch.Tensor(3).shape
    (tensor(3), torch.Size([3]))

Many notes say that `from_numpy` and `.numpy()` convert, as if the result were a new thing. Try it:

    >>> array = np.zeros(3)
    >>> x = torch.from_numpy(array)
    >>> array[0] = 7
    >>> x.tolist()
    [7.0, 0.0, 0.0]

Many notes say `x.to(torch.float64)`, and go on with x as if x had changed. Try it: nothing happens
to x. What you want is what comes back.

    >>> x = torch.ones(2)
    >>> x.to(torch.float64).dtype, x.dtype
    (torch.float64, torch.float32)

Many notes say that `x.size(1)` is the first axis of x. Try it: axes are counted from 0.

    >>> torch.zeros(2, 3).size(1)
    3

Replace each `raise NotImplementedError(...)` below with your code. Check your work with

    grade tensors
"""

from typing import Any

import numpy as np
import torch


def summary(x: torch.Tensor) -> dict[str, Any]:
    """Describe `x` in a dict with exactly these keys:

        shape      a tuple of ints; x.shape will do
        dim        the number of axes
        numel      the number of entries
        dtype      such as torch.float32
        min, max   the smallest and the largest entry: a Python int where `x` holds integers,
                   a float where it holds floats; None if there are no entries

    The numbers are exact: on the way through another dtype, long ones would lose digits. `x` has a
    float dtype and no NaN, or an integer dtype.

    >>> summary(torch.tensor([[1.5, -2.0, 0.25]]))
    {'shape': (1, 3), 'dim': 2, 'numel': 3, 'dtype': torch.float32, 'min': -2.0, 'max': 1.5}
    """
    # BEGIN SOLUTION
    empty = x.numel() == 0
    return {
        "shape": tuple(x.shape),
        "dim": x.dim(),
        "numel": x.numel(),
        "dtype": x.dtype,
        "min": None if empty else x.min().item(),
        "max": None if empty else x.max().item(),
    }
    # END SOLUTION


def as_floats(data: float | list[Any] | np.ndarray | torch.Tensor) -> torch.Tensor:
    """Return `data` as a float32 tensor of the same shape, in memory of its own.

    `data` is a number, a nested list of numbers, a NumPy array or a tensor. A number becomes a
    tensor without axes that holds it. True and False become 1 and 0. A tensor stays on its
    device. The result is float32 whatever `torch.get_default_dtype()` says.

    Raises ValueError if the rows of a list are not equally long; torch's or NumPy's own will do.

    >>> as_floats(3)
    tensor(3.)
    >>> as_floats([[1, 2], [3, 4]])
    tensor([[1., 2.],
            [3., 4.]])
    """
    # BEGIN SOLUTION
    if isinstance(data, torch.Tensor):
        return data.detach().to(torch.float32, copy=True)
    return torch.tensor(data, dtype=torch.float32)
    # END SOLUTION


def from_array(array: np.ndarray, copy: bool) -> torch.Tensor:
    """Return a tensor of the shape, the dtype and the numbers of a NumPy array.

    If `copy` is False, the two share memory: a write into either one shows in the other. If it is
    True, they do not. `array` has at least one axis and one entry.

    >>> array = np.array([1.0, 2.0])
    >>> shared, own = from_array(array, copy=False), from_array(array, copy=True)
    >>> array[0] = 9
    >>> shared.tolist(), own.tolist()
    ([9.0, 2.0], [1.0, 2.0])
    """
    # BEGIN SOLUTION
    return torch.tensor(array) if copy else torch.from_numpy(array)
    # END SOLUTION


def to_numpy(x: torch.Tensor) -> np.ndarray:
    """Return a NumPy array of the shape, the dtype and the numbers of `x`, in memory of its own.

    `x` may have no axes, require a gradient, be not contiguous, or live on another device.

    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> array = to_numpy(x)
    >>> array[0] = 9
    >>> x.tolist()
    [1.0, 2.0]
    """
    # BEGIN SOLUTION
    return x.detach().cpu().numpy().copy()
    # END SOLUTION


def with_positions(x: torch.Tensor) -> torch.Tensor:
    """Tell each token its place: return `x[n, t, d] + t / T` for `x` of shape `(N, T, D)`.

    `x` is float and T at least 1. The result is a new tensor on the device of `x`, in its dtype
    and to its precision.

    >>> with_positions(torch.zeros(1, 4, 2)).tolist()
    [[[0.0, 0.0], [0.25, 0.25], [0.5, 0.5], [0.75, 0.75]]]
    """
    # BEGIN SOLUTION
    tokens = x.shape[1]
    positions = torch.arange(tokens, dtype=x.dtype, device=x.device) / tokens
    return x + positions.unsqueeze(1)
    # END SOLUTION


def round_to_int(x: torch.Tensor) -> torch.Tensor:
    """Round each entry to the nearest whole number; return an int64 tensor of the same shape.

    Halves go to the even neighbour, as `torch.round` does. `x` is float, and its finite entries
    are below 2**63 in size.

    Raises ValueError if an entry is NaN or infinite, with what it is, "nan" or "inf", in its
    message.

    >>> round_to_int(torch.tensor([0.5, 1.5, 2.4, -2.6])).tolist()
    [0, 2, 2, -3]
    """
    # BEGIN SOLUTION
    odd = x[~x.isfinite()]
    if odd.numel() > 0:
        raise ValueError(f"there is no whole number next to {odd[0].item()}")
    return x.round().long()
    # END SOLUTION


def counts(labels: torch.Tensor, classes: int) -> torch.Tensor:
    """Count how often each label occurs: int64 `(N,)` to int64 `(classes,)`.

    The labels are 0 to `classes - 1`; N may be 0, `classes` is at least 1.

    Raises ValueError for a label outside, with that label in its message.

    >>> counts(torch.tensor([2, 0, 2, 2]), classes=4).tolist()
    [1, 0, 3, 0]
    """
    # BEGIN SOLUTION
    outside = labels[(labels < 0) | (labels >= classes)]
    if len(outside) > 0:
        raise ValueError(f"there are {classes} classes, and no label {outside[0].item()}")
    return torch.bincount(labels, minlength=classes)
    # END SOLUTION


def set_where_(x: torch.Tensor, rows: torch.Tensor, column: int, value: float) -> torch.Tensor:
    """In the rows that the mask names, write `value` into one column, in place; return `x` itself.

    `x` is `(N, D)`, perhaps a view that is not contiguous; `rows` is a bool mask `(N,)`; `column`
    is 0 to D - 1. All other entries stay as they are, NaN and infinite ones included.

    Raises ValueError if the mask is not bool, or not `(N,)`; the message holds its dtype or shape.

    >>> x = torch.zeros(3, 2)
    >>> set_where_(x, torch.tensor([True, False, True]), column=1, value=5.0).tolist()
    [[0.0, 5.0], [0.0, 0.0], [0.0, 5.0]]
    >>> x[0].tolist()
    [0.0, 5.0]
    """
    # BEGIN SOLUTION
    if rows.dtype != torch.bool or rows.shape != x.shape[:1]:
        mask = f"{rows.dtype} of shape {tuple(rows.shape)}"
        raise ValueError(f"the mask must be bool, one for each of {len(x)} rows, not {mask}")
    x[rows, column] = value
    return x
    # END SOLUTION


def swap_columns_(x: torch.Tensor, i: int, j: int) -> torch.Tensor:
    """Exchange columns `i` and `j` of `x (N, D)` in place, and return `x` itself.

    `x` may be a view that is not contiguous. Negative numbers count from the end. If both name the
    same column, nothing changes.

    >>> x = torch.tensor([[1, 2, 3], [4, 5, 6]])
    >>> swap_columns_(x, 0, -1).tolist()
    [[3, 2, 1], [6, 5, 4]]
    """
    # BEGIN SOLUTION
    x[:, [i, j]] = x[:, [j, i]]
    return x
    # END SOLUTION


def random_integers(low: int, high: int, shape: tuple[int, ...], seed: int) -> torch.Tensor:
    """Return an int64 tensor of random integers from `low` to `high - 1`, all equally likely.

    The entries are drawn independently, also from wide ranges, up to 2**50 numbers, and far from 0.
    `shape` is a tuple, perhaps `()`. `seed` is an int from 0 to 2**32 - 1: the same arguments give
    the same numbers, another seed gives others. The global random state (of torch, of NumPy, and of
    Python's `random`) is left alone.

    Raises ValueError, with the value of `low` or `high` in its message, if `high <= low`.

    >>> dice = random_integers(1, 7, (2, 3), seed=0)
    >>> dice.shape, 1 <= dice.min() and dice.max() <= 6
    (torch.Size([2, 3]), tensor(True))
    """
    # BEGIN SOLUTION
    if high <= low:
        raise ValueError(f"there are no integers from {low} to {high} - 1")
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(low, high, shape, generator=generator)
    # END SOLUTION
