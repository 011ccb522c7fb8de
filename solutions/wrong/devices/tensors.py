"""Device mistakes with `tensors`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It gets full marks on the
CPU and would fail on a GPU: a rehearsal tells so, and the learner reads the sentence.
"""

import numpy as np
import torch


def _facts(x, low, high):
    return {
        "shape": tuple(x.shape),
        "dim": x.dim(),
        "numel": x.numel(),
        "dtype": x.dtype,
        "min": low,
        "max": high,
    }


def summary__by_numpy(x):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    array = x.numpy()
    ends = (array.min().item(), array.max().item()) if array.size else (None, None)
    return _facts(x, *ends)


def summary__picked_by_a_mask_of_the_cpu(x):
    """torch.arange(len(flat)) is made on the CPU; flat is on the rehearsal device (as it would be
    on a GPU): say device=flat.device.
    """
    flat = x.flatten()
    if len(flat) == 0:
        return _facts(x, None, None)
    low = high = flat[:1]
    for k in range(len(flat)):
        here = torch.arange(len(flat)) == k
        low = torch.where(here, flat, low).min().reshape(1)
        high = torch.where(here, flat, high).max().reshape(1)
    return _facts(x, low.item(), high.item())


def as_floats__by_numpy(data):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    array = data.numpy() if isinstance(data, torch.Tensor) else data
    return torch.from_numpy(np.array(array, dtype=np.float32))


def as_floats__left_on_the_cpu(data):
    """data.cpu() is a copy on the CPU, and the result has to be where the arguments are, on a GPU
    as on the CPU: make it with device=x.device, or bring it there with .to(x.device).
    """
    if isinstance(data, torch.Tensor):
        return data.cpu().to(torch.float32, copy=True)
    return torch.tensor(data, dtype=torch.float32)


def as_floats__into_an_empty(data):
    """torch.empty(data.shape, dtype=torch.float32) is made on the CPU, and the result has to be
    where the arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it there
    with .to(x.device).
    """
    if not isinstance(data, torch.Tensor):
        return torch.tensor(data, dtype=torch.float32)
    made = torch.empty(data.shape, dtype=torch.float32)
    return made.copy_(data)


def to_numpy__without_cpu(x):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    return x.detach().numpy().copy()


def to_numpy__array_of_a_tensor(x):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    return np.array(x.detach())


def with_positions__range_of_the_cpu(x):
    """torch.arange(tokens, dtype=x.dtype) is made on the CPU; x is on the rehearsal device (as it
    would be on a GPU): say device=x.device.
    """
    tokens = x.shape[1]
    return x + torch.arange(tokens, dtype=x.dtype).unsqueeze(1) / tokens


def with_positions__to_is_not_in_place(x):
    """torch.arange(tokens, dtype=x.dtype) is made on the CPU. tensor.to(device) does not move it,
    but makes a copy there (on a GPU as on the rehearsal device): keep the copy, tensor =
    tensor.to(device).
    """
    tokens = x.shape[1]
    place = torch.arange(tokens, dtype=x.dtype)
    place.to(x.device)
    return x + place.unsqueeze(1) / tokens


def with_positions__from_numpy(x):
    """torch.from_numpy(np.arange(tokens) / tokens) is on the CPU, as all of NumPy is, and what it
    meets is on the rehearsal device (as it would be on a GPU): move it there, .to(x.device).
    """
    tokens = x.shape[1]
    place = torch.from_numpy(np.arange(tokens) / tokens).to(x.dtype)
    return x + place[:, None]


def _check_finite(x):
    odd = x[~x.isfinite()]
    if odd.numel() > 0:
        raise ValueError(f"there is no whole number next to {odd[0].item()}")


def round_to_int__entries_on_the_cpu(x):
    """torch.tensor(numbers, dtype=torch.int64) is made on the CPU, and the result has to be where
    the arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it there with
    .to(x.device).
    """
    _check_finite(x)
    numbers = [round(number) for number in x.flatten().tolist()]
    return torch.tensor(numbers, dtype=torch.int64).reshape(x.shape)


def round_to_int__long_tensor(x):
    """x.round().type(torch.LongTensor) is a copy on the CPU, and the result has to be where the
    arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it there with
    .to(x.device).
    """
    _check_finite(x)
    return x.round().type(torch.LongTensor)


def round_to_int__by_numpy(x):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    _check_finite(x)
    return torch.from_numpy(np.asarray(np.rint(x.numpy())).astype(np.int64))


def _check_labels(labels, classes):
    outside = labels[(labels < 0) | (labels >= classes)]
    if len(outside) > 0:
        raise ValueError(f"there are {classes} classes, and no label {outside[0].item()}")


def counts__into_zeros(labels, classes):
    """torch.zeros(classes, dtype=torch.int64) is made on the CPU, and the result has to be where
    the arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it there with
    .to(x.device).
    """
    _check_labels(labels, classes)
    found = torch.zeros(classes, dtype=torch.int64)
    for label in labels.tolist():
        found[label] += 1
    return found


def counts__classes_numbered_on_the_cpu(labels, classes):
    """torch.arange(classes) is made on the CPU; labels is on the rehearsal device (as it would be
    on a GPU): say device=labels.device.
    """
    _check_labels(labels, classes)
    return (labels[:, None] == torch.arange(classes)).sum(dim=0)


def counts__ones_of_the_cpu(labels, classes):
    """torch.ones(len(labels), dtype=torch.int64) is made on the CPU; labels is on the rehearsal
    device (as it would be on a GPU): say device=labels.device.
    """
    _check_labels(labels, classes)
    found = torch.zeros(classes, dtype=torch.int64, device=labels.device)
    return found.index_add_(0, labels, torch.ones(len(labels), dtype=torch.int64))


def _check_mask(x, rows):
    if rows.dtype != torch.bool or rows.shape != x.shape[:1]:
        mask = f"{rows.dtype} of shape {tuple(rows.shape)}"
        raise ValueError(f"the mask must be bool, one for each of {len(x)} rows, not {mask}")


def set_where___rows_numbered_on_the_cpu(x, rows, column, value):
    """torch.arange(len(x)) is made on the CPU; rows is on the rehearsal device (as it would be on a
    GPU): say device=rows.device.
    """
    _check_mask(x, rows)
    for n in torch.arange(len(x))[rows].tolist():
        x[n, column] = value
    return x


def set_where___values_of_the_cpu(x, rows, column, value):
    """torch.full((len(x),), value, dtype=x.dtype) is made on the CPU; rows is on the rehearsal
    device (as it would be on a GPU): say device=rows.device.
    """
    _check_mask(x, rows)
    values = torch.full((len(x),), value, dtype=x.dtype)
    x[:, column] = torch.where(rows, values, x[:, column])
    return x


def set_where___by_numpy(x, rows, column, value):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    _check_mask(x, rows)
    for n in np.flatnonzero(rows.numpy()).tolist():
        x[n, column] = value
    return x


def swap_columns___order_of_the_cpu(x, i, j):
    """torch.arange(x.shape[1]) is made on the CPU; x is on the rehearsal device (as it would be on
    a GPU): say device=x.device.
    """
    order = torch.arange(x.shape[1])
    order[i], order[j] = order[j].clone(), order[i].clone()
    return x.copy_(x.index_select(1, order))


def swap_columns___by_numpy(x, i, j):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    array = x.numpy()
    array[:, [i, j]] = array[:, [j, i]]
    return x
