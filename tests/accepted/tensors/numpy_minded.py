"""NumPy does the work, torch is the wrapping."""

import numpy as np
import torch


def summary(x):
    a = x.cpu().numpy()
    return {
        "shape": a.shape,
        "dim": a.ndim,
        "numel": a.size,
        "dtype": x.dtype,
        "min": a.min().item() if a.size else None,
        "max": a.max().item() if a.size else None,
    }


def as_floats(data):
    if isinstance(data, torch.Tensor):
        return torch.from_numpy(np.array(data.cpu(), dtype=np.float32)).to(data.device)
    return torch.from_numpy(np.array(data, dtype="f4"))


def from_array(array, copy):
    return torch.from_numpy(np.array(array, copy=True) if copy else array)


def to_numpy(x):
    return np.array(x.detach().cpu())


def with_positions(x):
    a = x.cpu().numpy()
    place = np.arange(a.shape[1], dtype=a.dtype)[None, :, None] / a.shape[1]
    return torch.from_numpy((a + place).astype(a.dtype)).to(x.device)


def round_to_int(x):
    a = x.cpu().numpy()
    if not np.isfinite(a).all():
        raise ValueError("not finite: %s" % a[~np.isfinite(a)])
    return torch.from_numpy(np.asarray(np.rint(a)).astype(np.int64)).to(x.device)


def counts(labels, classes):
    a = labels.cpu().numpy()
    found = np.zeros(classes, dtype=np.int64)
    outside = np.setdiff1d(a, np.arange(classes))
    if outside.size:
        raise ValueError("labels %s are not among %d classes" % (outside, classes))
    np.add.at(found, a, 1)
    return torch.from_numpy(found).to(labels.device)


def set_where_(x, rows, column, value):
    mask = rows.cpu().numpy()
    if mask.dtype != np.bool_ or mask.shape != (x.shape[0],):
        raise ValueError("need a mask of %d bools, not %s %s" % (len(x), mask.dtype, mask.shape))
    for n in np.flatnonzero(mask).tolist():
        x[n, column] = value
    return x


def swap_columns_(x, i, j):
    order = np.arange(x.shape[1])
    order[[i, j]] = order[[j, i]]
    x[:] = x[:, torch.from_numpy(order)]
    return x


def random_integers(low, high, shape, seed):
    if not low < high:
        raise ValueError("low >= high: %d >= %d" % (low, high))
    drawn = np.random.default_rng(seed).integers(low, high, size=shape)
    return torch.as_tensor(np.asarray(drawn), dtype=torch.int64)
