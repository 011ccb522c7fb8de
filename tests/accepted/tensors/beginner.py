# my tensors, step by step
import random

import numpy
import torch


def summary(x):
    result = {}
    result["shape"] = x.shape
    result["dim"] = len(x.shape)
    number = 1
    for size in x.shape:
        number = number * size
    result["numel"] = number
    result["dtype"] = x.dtype
    result["min"] = None
    result["max"] = None
    for entry in x.flatten():
        value = entry.item()
        if result["min"] is None or value < result["min"]:
            result["min"] = value
        if result["max"] is None or value > result["max"]:
            result["max"] = value
    return result


def as_floats(data):
    if type(data) == torch.Tensor:
        copy = data.clone()
        copy = copy.to(torch.float32)
        return copy
    elif type(data) == numpy.ndarray:
        copy = data.copy()
        copy = torch.from_numpy(copy)
        copy = copy.to(torch.float32)
        return copy
    else:
        return torch.tensor(data, dtype=torch.float32)


def from_array(array, copy):
    if copy == True:
        new_array = array.copy()
        return torch.from_numpy(new_array)
    else:
        return torch.from_numpy(array)


def to_numpy(x):
    x = x.detach()
    x = x.clone()
    x = x.cpu()
    return x.numpy()


def with_positions(x):
    N = x.shape[0]
    T = x.shape[1]
    D = x.shape[2]
    result = torch.zeros(N, T, D, dtype=x.dtype, device=x.device)
    for n in range(N):
        for t in range(T):
            for d in range(D):
                result[n, t, d] = x[n, t, d] + t / T
    return result


def round_to_int(x):
    for entry in x.flatten():
        value = entry.item()
        if value != value:
            raise ValueError("there is a NaN in x")
        if value == float("inf") or value == -float("inf"):
            raise ValueError("there is an infinity in x: " + str(value))
    rounded = torch.round(x)
    return rounded.to(torch.int64)


def counts(labels, classes):
    result = []
    for k in range(classes):
        result.append(0)
    for label in labels:
        label = label.item()
        if label < 0 or label >= classes:
            raise ValueError("wrong label: " + str(label))
        result[label] = result[label] + 1
    return torch.tensor(result, device=labels.device)


def set_where_(x, rows, column, value):
    if rows.dtype != torch.bool:
        raise ValueError("rows must be bool but it is " + str(rows.dtype))
    if len(rows.shape) != 1:
        raise ValueError("rows has the shape " + str(rows.shape))
    if len(rows) != len(x):
        raise ValueError("x has " + str(len(x)) + " rows")
    for n in range(len(x)):
        if rows[n]:
            x[n, column] = value
    return x


def swap_columns_(x, i, j):
    for n in range(x.shape[0]):
        old = x[n, i].item()
        x[n, i] = x[n, j]
        x[n, j] = old
    return x


def random_integers(low, high, shape, seed):
    if low >= high:
        raise ValueError(f"low is {low} and high is {high}")
    generator = random.Random(seed)
    how_many = 1
    for size in shape:
        how_many = how_many * size
    numbers = []
    for _ in range(how_many):
        numbers.append(generator.randint(low, high - 1))
    return torch.tensor(numbers, dtype=torch.int64).reshape(shape)
