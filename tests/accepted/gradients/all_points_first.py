"""First all points, then all calls of f, then all differences at once."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

DEFAULT_STEP = 1e-6
POSITIVE = "{name} must be positive, but it is {value}"


def _positive(**named: float) -> None:
    for name, value in named.items():
        if value <= 0:
            raise ValueError(POSITIVE.format(name=name, value=value))


def derivative(f: Callable[[float], float], x: float, h: float = DEFAULT_STEP) -> float:
    _positive(h=h)
    values = list(map(f, [x - h, x + h]))
    return (values[1] - values[0]) / (2 * h)


def _neighbours(x: Tensor, h: float) -> Tensor:
    """(2, numel, *shape): all points above, then all points below."""
    n = x.numel()
    points = x.to(torch.float64).expand(2, n, *x.shape).contiguous().clone()
    moved = points.view(2, n, n).diagonal(dim1=1, dim2=2)
    moved[0] += h
    moved[1] -= h
    return points


def gradient(f, x: Tensor, h: float = DEFAULT_STEP) -> Tensor:
    _positive(h=h)
    values = [float(f(point)) for point in _neighbours(x, h).flatten(0, 1)]
    above, below = torch.tensor(values, dtype=torch.float64, device=x.device).chunk(2)
    return ((above - below) / (2 * h)).reshape(x.shape)


def jacobian(f, x: Tensor, h: float = DEFAULT_STEP) -> Tensor:
    above, below = (torch.stack(list(map(f, points)), -1) for points in _neighbours(x, h))
    return above.sub(below).div(2 * h)


def gradient_check(
    f, grad_f, x: Tensor, h: float = DEFAULT_STEP, tol: float = DEFAULT_STEP
) -> bool:
    a, n = grad_f(x.clone()).to(torch.float64), gradient(f, x, h)
    worst = torch.max((a - n).abs() / torch.max(torch.max(a.abs(), n.abs()), torch.ones_like(a)))
    return float(worst) <= tol


def _heights(f, points: Iterator[Tensor], end: list[Tensor]) -> Iterator[float]:
    for x in points:
        end[:] = [x]
        yield float(f(x))


def _descent(f, x: Tensor, lr: float, steps: int, h: float) -> Iterator[Tensor]:
    yield x
    for _ in range(steps):
        x = torch.add(x, gradient(f, x, h), alpha=-lr)
        yield x


def descend(f, x0: Tensor, lr: float, steps: int, h: float = DEFAULT_STEP):
    _positive(lr=lr)
    if steps < 0:
        raise ValueError(f"{steps=}")
    end: list[Tensor] = []
    history = list(_heights(f, _descent(f, x0.double(), lr, steps, h), end))
    return end[0].to(x0.dtype), history
