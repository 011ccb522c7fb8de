"""The gradient is a Jacobian of one row; a class holds the stencil."""

import dataclasses
import itertools

import torch


@dataclasses.dataclass
class CentralDifference:
    h: float = 1e-6

    def __post_init__(self):
        if self.h <= 0:
            raise ValueError(f"{self} has no width")

    def points(self, x):
        """x + h and x - h for each entry, one row each."""
        steps = self.h * torch.eye(x.numel(), dtype=torch.float64, device=x.device)
        return itertools.chain.from_iterable(zip(x + steps, x - steps, strict=True))

    def __call__(self, values):
        values = torch.stack(list(values)).double()
        return (values[0::2] - values[1::2]) / (2 * self.h)


def derivative(f, x, h=1e-6):
    stencil = CentralDifference(h)
    point = torch.tensor([x], dtype=torch.float64)
    values = (torch.tensor(f(p.item()), dtype=torch.float64) for p in stencil.points(point))
    return stencil(values).item()


def jacobian(f, x, h=1e-6):
    stencil = CentralDifference(h)
    return stencil(f(point) for point in stencil.points(x.double())).mT


def gradient(f, x, h=1e-6):
    def row(flat):
        y = f(flat.reshape(x.shape))
        return torch.as_tensor(y, dtype=torch.float64, device=x.device).reshape(1)

    return jacobian(row, x.double().reshape(-1), h).reshape(x.shape)


def gradient_check(f, grad_f, x, h=1e-6, tol=1e-6):
    a = grad_f(x).double()
    n = gradient(f, x, h)
    bounds = tol * torch.clamp(torch.max(a.abs(), n.abs()), min=1.0)
    # the negation of "some error is above its bound" would let NaN through
    return torch.le(torch.abs(a - n), bounds).all().item()


class Walk:
    def __init__(self, f, start, lr, h):
        self.f, self.x, self.lr, self.h = f, start, lr, h
        self.history = [self.height]

    @property
    def height(self):
        value = self.f(self.x)
        return value.item() if torch.is_tensor(value) else value

    def step(self):
        self.x.sub_(gradient(self.f, self.x, self.h), alpha=self.lr)
        self.history.append(self.height)


def descend(f, x0, lr, steps, h=1e-6):
    for name, value, fine in (("lr", lr, lr > 0), ("steps", steps, steps >= 0)):
        if not fine:
            raise ValueError(f"{name}={value}")
    walk = Walk(f, x0.detach().clone().to(torch.float64), lr, h)
    for _ in range(steps):
        walk.step()
    return walk.x.to(dtype=x0.dtype), walk.history
