"""Device mistakes with `autograd`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It gets full marks on the
CPU and would fail on a GPU: a rehearsal tells so, and the learner reads the sentence.
"""

import torch


def snapshot__by_numpy(x):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    return torch.tensor(x.detach().numpy())


def snapshot__into_an_empty(x):
    """torch.empty(x.shape, dtype=x.dtype) is made on the CPU, and the result has to be where the
    arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it there with
    .to(x.device).
    """
    taken = torch.empty(x.shape, dtype=x.dtype)
    with torch.no_grad():
        return taken.copy_(x)


def snapshot__left_on_the_cpu(x):
    """x.detach().clone().cpu() is a copy on the CPU, and the result has to be where the arguments
    are, on a GPU as on the CPU: make it with device=x.device, or bring it there with .to(x.device).
    """
    return x.detach().clone().cpu()


def leaf__by_numpy(x, dtype):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    return torch.tensor(x.detach().numpy(), dtype=dtype, requires_grad=True)


def leaf__of_a_list(x, dtype):
    """torch.tensor(x.tolist(), dtype=dtype) is made on the CPU, and the result has to be where the
    arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it there with
    .to(x.device).
    """
    values = torch.tensor(x.tolist(), dtype=dtype).reshape(x.shape)
    return values.requires_grad_()


def leaf__to_the_cpu(x, dtype):
    """x.detach().to("cpu", dtype, copy=True) is a copy on the CPU, and the result has to be where
    the arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it there with
    .to(x.device).
    """
    return x.detach().to("cpu", dtype, copy=True).requires_grad_()


def without_graph__x_taken_to_the_cpu(f, x):
    """x.cpu() is a copy on the CPU, and what it meets is on the rehearsal device (as it would be on
    a GPU): leave it where it is.
    """
    with torch.no_grad():
        return f(x.cpu())


def without_graph__left_on_the_cpu(f, x):
    """f(x).cpu() is a copy on the CPU, and the result has to be where the arguments are, on a GPU
    as on the CPU: make it with device=x.device, or bring it there with .to(x.device).
    """
    with torch.no_grad():
        return f(x).cpu()


def without_graph__by_numpy(f, x):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    with torch.no_grad():
        return torch.tensor(f(x).numpy())


def _slope(f, point):
    y = f(point)
    if y.numel() != 1:
        raise ValueError(f"f(x) must have one entry, but its shape is {tuple(y.shape)}")
    if not y.requires_grad:
        return torch.zeros_like(point)
    return torch.autograd.grad(y, point, materialize_grads=True)[0]


def gradient_of__at_a_point_of_the_cpu(f, x):
    """torch.tensor(x.tolist(), dtype=x.dtype) is made on the CPU, and what it meets is on the
    rehearsal device (as it would be on a GPU): make it there, as with device=x.device.
    """
    point = torch.tensor(x.tolist(), dtype=x.dtype).reshape(x.shape)
    return _slope(f, point.requires_grad_())


def gradient_of__left_on_the_cpu(f, x):
    """_slope(f, x.detach().requires_grad_()).cpu() is a copy on the CPU, and the result has to be
    where the arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it there
    with .to(x.device).
    """
    return _slope(f, x.detach().requires_grad_()).cpu()


def gradient_of__x_by_numpy(f, x):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    return _slope(f, torch.tensor(x.detach().numpy(), requires_grad=True))


def accumulate___shares_of_the_cpu(loss, w, batches):
    """torch.tensor([len(batch) for batch in batches], dtype=w.dtype) is made on the CPU; losses is
    on the rehearsal device (as it would be on a GPU): say device=losses.device.
    """
    w.grad = None
    rows = torch.tensor([len(batch) for batch in batches], dtype=w.dtype)
    losses = torch.stack([loss(w, batch) for batch in batches])
    mean = (losses * rows / rows.sum()).sum()
    mean.backward()
    return mean.item()


def accumulate___gradient_of_the_cpu(loss, w, batches):
    """A gradient lies on the device of its tensor: torch.zeros_like(p) is made there,
    torch.zeros(p.shape) is made on the CPU.
    """
    w.grad = torch.zeros(w.shape, dtype=w.dtype)
    return _added_up(loss, w, batches)


def accumulate___mean_by_numpy(loss, w, batches):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    w.grad = None
    rows, mean = sum(len(batch) for batch in batches), 0.0
    for batch in batches:
        share = loss(w, batch) * (len(batch) / rows)
        share.backward()
        mean += float(share.detach().numpy())
    return mean


def _added_up(loss, w, batches):
    rows, mean = sum(len(batch) for batch in batches), 0.0
    for batch in batches:
        share = loss(w, batch) * (len(batch) / rows)
        share.backward()
        mean += share.item()
    return mean


def round_through__rounded_by_numpy(x):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    rounded = torch.tensor(x.detach().numpy().round())
    return x + (rounded - x.detach())


def round_through__difference_of_the_cpu(x):
    """torch.zeros(x.shape, dtype=x.dtype) is made on the CPU; x is on the rehearsal device (as it
    would be on a GPU): say device=x.device.
    """
    rest = torch.zeros(x.shape, dtype=x.dtype)
    rest.copy_((torch.round(x) - x).detach())
    return x + rest


def round_through__left_on_the_cpu(x):
    """(x + (torch.round(x) - x).detach()).cpu() is a copy on the CPU, and the result has to be
    where the arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it there
    with .to(x.device).
    """
    return (x + (torch.round(x) - x).detach()).cpu()


def _slopes(x, w2, hidden, on, error):
    d_out = 2 * error / error.numel()
    d_before = (d_out @ w2.T) * on
    return x.T @ d_before, d_before.sum(dim=0), hidden.T @ d_out, d_out.sum(dim=0)


def two_layer_gradients__zeros_of_the_cpu(x, y, w1, b1, w2, b2):
    """torch.zeros(before.shape, dtype=x.dtype) is made on the CPU; before is on the rehearsal
    device (as it would be on a GPU): say device=before.device.
    """
    before = x @ w1 + b1
    hidden = torch.maximum(before, torch.zeros(before.shape, dtype=x.dtype))
    return _slopes(x, w2, hidden, hidden > 0, hidden @ w2 + b2 - y)


def two_layer_gradients__ones_of_the_cpu(x, y, w1, b1, w2, b2):
    """torch.ones(len(x), dtype=x.dtype) is made on the CPU; d_before is on the rehearsal device (as
    it would be on a GPU): say device=d_before.device.
    """
    hidden = (x @ w1 + b1).clamp(min=0)
    d_out = 2 * (hidden @ w2 + b2 - y) / y.numel()
    d_before = (d_out @ w2.T) * (hidden > 0)
    ones = torch.ones(len(x), dtype=x.dtype)
    return x.T @ d_before, ones @ d_before, hidden.T @ d_out, ones @ d_out


def two_layer_gradients__mask_by_numpy(x, y, w1, b1, w2, b2):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    hidden = (x @ w1 + b1).clamp(min=0)
    on = torch.from_numpy(hidden.numpy() > 0)
    return _slopes(x, w2, hidden, on, hidden @ w2 + b2 - y)
