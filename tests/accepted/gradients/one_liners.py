"""One expression each, where Python lets one."""

import torch


def _refuse(**bad):
    raise ValueError(bad)


derivative = lambda f, x, h=1e-6: (f(x + h) - f(x - h)) / (2 * h) if h > 0 else _refuse(h=h)

_steps = lambda x, h: torch.eye(x.numel(), dtype=torch.double, device=x.device) * h

gradient = lambda f, x, h=1e-6: torch.tensor(
    [
        (float(f(x + s.view(x.shape))) - float(f(x - s.view(x.shape)))) / (2 * h)
        for s in _steps(x, h)
    ],
    dtype=torch.double,
    device=x.device,
).view(x.shape)

jacobian = lambda f, x, h=1e-6: torch.stack(
    [(f(x + s) - f(x - s)) / (h + h) for s in _steps(x, h)], 1
)

gradient_check = lambda f, grad_f, x, h=1e-6, tol=1e-6: (
    lambda a, n: bool(((a - n).abs() <= tol * torch.maximum(a.abs(), n.abs()).clamp(min=1)).all())
)(grad_f(x).double(), gradient(f, x, h))


def descend(f, x0, lr, steps, h=1e-6):
    lr > 0 <= steps or _refuse(lr=lr, steps=steps)
    xs = [x0.double()]
    [xs.append(xs[-1] - lr * gradient(f, xs[-1], h)) for _ in range(steps)]
    return xs[-1].to(x0, copy=True), [*map(float, map(f, xs))]
