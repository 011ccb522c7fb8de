"""Device mistakes with `gradients`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It gets full marks on the
CPU and would fail on a GPU: a rehearsal tells so, and the learner reads the sentence.
"""

# ruff: noqa: F821  the functions of the unit stand above these when they run

import torch


def _slope(f, above, below, h):
    return (float(f(above)) - float(f(below))) / (2 * h)


def gradient__slopes_on_the_cpu(f, x, h=1e-6):
    """torch.zeros(point.numel(), dtype=torch.float64) is made on the CPU, and the result has to be
    where the arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it there
    with .to(x.device).
    """
    point = x.detach().to(torch.float64).flatten()
    slopes = torch.zeros(point.numel(), dtype=torch.float64)
    for i in range(point.numel()):
        step = torch.zeros_like(point)
        step[i] = h
        above, below = (point + step).reshape(x.shape), (point - step).reshape(x.shape)
        slopes[i] = _slope(f, above, below, h)
    return slopes.reshape(x.shape)


def gradient__step_on_the_cpu(f, x, h=1e-6):
    """torch.zeros(point.numel(), dtype=torch.float64) is made on the CPU; point is on the rehearsal
    device (as it would be on a GPU): say device=point.device.
    """
    point = x.detach().to(torch.float64)
    slopes = []
    for i in range(point.numel()):
        step = torch.zeros(point.numel(), dtype=torch.float64)
        step[i] = h
        step = step.reshape(point.shape)
        slopes.append(_slope(f, point + step, point - step, h))
    return torch.tensor(slopes, dtype=torch.float64, device=x.device).reshape(x.shape)


def jacobian__steps_on_the_cpu(f, x, h=1e-6):
    """torch.eye(point.numel(), dtype=torch.float64) is made on the CPU; point is on the rehearsal
    device (as it would be on a GPU): say device=point.device.
    """
    point = x.detach().to(torch.float64)
    columns = []
    for step in h * torch.eye(point.numel(), dtype=torch.float64):
        columns.append((f(point + step) - f(point - step)).to(torch.float64) / (2 * h))
    return torch.stack(columns, dim=1)


def jacobian__entries_on_the_cpu(f, x, h=1e-6):
    """torch.tensor(slopes, dtype=torch.float64) is made on the CPU, and the result has to be where
    the arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it there with
    .to(x.device).
    """
    point = x.detach().to(torch.float64)
    slopes = []
    for j in range(point.numel()):
        step = torch.zeros_like(point)
        step[j] = h
        slopes.append(((f(point + step) - f(point - step)) / (2 * h)).tolist())
    return torch.tensor(slopes, dtype=torch.float64).T


def gradient_check__ones_of_the_cpu(f, grad_f, x, h=1e-6, tol=1e-6):
    """torch.ones(a.shape, dtype=torch.float64) is made on the CPU; x is on the rehearsal device (as
    it would be on a GPU): say device=x.device.
    """
    point = x.detach().to(torch.float64)
    a, n = grad_f(point).to(torch.float64), gradient(f, point, h)
    ones = torch.ones(a.shape, dtype=torch.float64)
    scale = torch.maximum(torch.maximum(a.abs(), n.abs()), ones)
    return bool(((a - n).abs() / scale <= tol).all())


def gradient_check__by_numpy(f, grad_f, x, h=1e-6, tol=1e-6):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    point = x.detach().to(torch.float64)
    a, n = grad_f(point).numpy(), gradient(f, point, h).numpy()
    return bool((abs(a - n) <= tol * abs(a).clip(1, None).clip(abs(n))).all())


def descend__from_numpy(f, x0, lr, steps, h=1e-6):
    """torch.from_numpy(x0.detach().cpu().numpy().astype("float64")) is on the CPU, as all of NumPy
    is, and what it meets is on the rehearsal device (as it would be on a GPU): move it there,
    .to(x.device).
    """
    _check(lr, steps)
    x = torch.from_numpy(x0.detach().cpu().numpy().astype("float64"))
    history = [float(f(x))]
    for _ in range(steps):
        x = x - lr * gradient(f, x, h)
        history.append(float(f(x)))
    return x.to(x0.dtype), history


def descend__rates_on_the_cpu(f, x0, lr, steps, h=1e-6):
    """torch.full(x0.shape, lr, dtype=torch.float64) is made on the CPU; x0 is on the rehearsal
    device (as it would be on a GPU): say device=x0.device.
    """
    _check(lr, steps)
    x = x0.detach().to(torch.float64)
    rates = torch.full(x0.shape, lr, dtype=torch.float64)
    history = [float(f(x))]
    for _ in range(steps):
        x = x - rates * gradient(f, x, h)
        history.append(float(f(x)))
    return x.to(x0.dtype), history


def _check(lr, steps):
    if lr <= 0 or steps < 0:
        raise ValueError(f"lr = {lr}, steps = {steps}")
