"""Checks first, states saved and put back, numbers one by one only where it must be."""

import numpy as np
import torch


def summary(x):
    smallest = largest = None
    if 0 not in x.shape:
        smallest, largest = x.amin().tolist(), x.amax().tolist()
    return {
        "shape": tuple(int(size) for size in x.shape),
        "dim": int(x.dim()),
        "numel": int(x.numel()),
        "dtype": x.dtype,
        "min": smallest,
        "max": largest,
    }


def as_floats(data):
    match data:
        case torch.Tensor():
            return data.to(dtype=torch.float32, copy=True)
        case np.ndarray():
            return torch.tensor(data).to(torch.float32)
        case bool() | int() | float():
            return torch.full((), float(data), dtype=torch.float32)
        case _:
            return torch.tensor(np.array(data, dtype=np.float64), dtype=torch.float32)


def from_array(array, copy):
    tensor = torch.from_numpy(array)
    return tensor.detach().clone() if copy else tensor


def to_numpy(x):
    array = np.empty(tuple(x.shape), dtype=torch.empty(0, dtype=x.dtype).numpy().dtype)
    array[...] = x.detach().cpu().numpy()
    return array


def with_positions(x):
    tokens = x.size(1)
    result = x.clone()
    for t in range(tokens):
        result[:, t] += t / tokens
    return result


def round_to_int(x):
    if bool(torch.any(torch.isfinite(x) == False)):
        raise ValueError(f"round_to_int got nan or inf in a tensor of shape {tuple(x.shape)}")
    whole = x.trunc()
    rest = x - whole
    away = (rest.abs() > 0.5) | ((rest.abs() == 0.5) & (whole % 2 != 0))
    return whole.long() + away * rest.sign().long()


def counts(labels, classes):
    for end, wrong in (("low", labels < 0), ("high", labels > classes - 1)):
        if wrong.any():
            raise ValueError(f"a label is too {end}: {labels[wrong.nonzero()[0, 0]]}")
    return torch.nn.functional.one_hot(labels, classes).sum(0)


def set_where_(x, rows, column, value):
    expected = (torch.bool, (x.shape[0],))
    found = (rows.dtype, tuple(rows.shape))
    if found != expected:
        raise ValueError(f"expected {expected}, found {found}")
    chosen = x[:, column]
    chosen[rows] = value
    return x


def swap_columns_(x, i, j):
    kept = x[:, i].clone()
    x[:, i] = x[:, j]
    x[:, j] = kept
    return x


def random_integers(low, high, shape, seed):
    if high <= low:
        raise ValueError(f"{high} <= {low}")
    state = np.random.get_state()
    try:
        np.random.seed(seed)
        return torch.from_numpy(np.array(np.random.randint(low, high, shape, dtype=np.int64)))
    finally:
        np.random.set_state(state)
