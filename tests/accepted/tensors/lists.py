"""Plain Python on lists, tensors at the two ends."""

import collections
import itertools
import math
import random

import numpy as np
import torch


def _flat(data):
    if isinstance(data, list):
        return list(itertools.chain.from_iterable(map(_flat, data)))
    return [data]


def _shape(data):
    if not isinstance(data, list):
        return ()
    shapes = {_shape(item) for item in data}
    if len(shapes) > 1:
        raise ValueError(f"ragged: {shapes}")
    return (len(data), *(shapes.pop() if shapes else ()))


def summary(x):
    numbers = _flat(x.tolist())
    return {
        "shape": tuple(x.shape),
        "dim": x.dim(),
        "numel": len(numbers),
        "dtype": x.dtype,
        "min": min(numbers, default=None),
        "max": max(numbers, default=None),
    }


def as_floats(data):
    device, shape = "cpu", None
    if isinstance(data, torch.Tensor):
        device = data.device
    if isinstance(data, (torch.Tensor, np.ndarray)):
        shape, data = tuple(data.shape), data.tolist()
    shape = _shape(data) if shape is None else shape
    numbers = [float(number) for number in _flat(data)]
    return torch.tensor(numbers, dtype=torch.float32, device=device).reshape(shape)


def from_array(array, copy):
    shared = torch.as_tensor(array)
    return shared.clone() if copy else shared


def to_numpy(x):
    names = {torch.bool: "?", torch.float32: "f4", torch.float64: "f8", torch.uint8: "u1"}
    return np.array(x.tolist(), dtype=names.get(x.dtype, "i8")).reshape(tuple(x.shape))


def with_positions(x):
    tokens = x.shape[1]
    parts = [x[:, t : t + 1] + t / tokens for t in range(tokens)]
    return torch.cat(parts, dim=1)


def round_to_int(x):
    numbers = _flat(x.tolist())
    odd = [number for number in numbers if not math.isfinite(number)]
    if odd:
        raise ValueError(f"{odd} among {len(numbers)} entries")
    rounded = [round(number) for number in numbers]
    return torch.tensor(rounded, dtype=torch.int64, device=x.device).view(x.shape)


def counts(labels, classes):
    found = collections.Counter(labels.tolist())
    unknown = sorted(found.keys() - set(range(classes)))
    if unknown:
        raise ValueError("unknown labels", unknown)
    return torch.tensor([found[k] for k in range(classes)]).to(labels.device)


def set_where_(x, rows, column, value):
    if rows.dtype is not torch.bool or [*rows.shape] != [len(x)]:
        raise ValueError(f"mask of {rows.dtype}, {rows.shape}")
    for row, meant in zip(x, rows.tolist()):
        if meant:
            row[column] = value
    return x


def swap_columns_(x, i, j):
    for row in x:
        row[i], row[j] = row[j].item(), row[i].item()
    return x


def random_integers(low, high, shape, seed):
    if high <= low:
        raise ValueError(f"no numbers in range({low}, {high})")
    dice = random.Random(seed)
    drawn = [low + int(dice.random() * (high - low)) for _ in range(math.prod(shape))]
    return torch.tensor(drawn, dtype=torch.long).reshape(shape)
