"""Checks, context managers, and a step that two programs share."""

from contextlib import contextmanager

import torch
from torch import Tensor, nn, optim
from torch.nn import functional


def transpose_images(images: Tensor) -> Tensor:
    if images.dim() != 3:
        raise ValueError(f"expected (N, H, W), got {tuple(images.shape)}")
    return torch.swapaxes(images, -1, -2).contiguous()


def mean_squared_error(prediction: Tensor, target: Tensor) -> Tensor:
    if target.ndim == 1:
        target = target[:, None]
    if prediction.shape != target.shape:
        raise ValueError(f"{tuple(prediction.shape)} and {tuple(target.shape)}")
    return functional.mse_loss(prediction, target)


def slope(f, x: Tensor) -> float:
    with torch.no_grad():
        step = torch.full_like(x, 1e-6, dtype=torch.float64)
        left, right = x.double() - step, x.double() + step
        return ((f(right) - f(left)) / (right - left)).item()


def _step(parameters, loss, take):
    for p in parameters:
        p.grad = None
    loss.backward()
    take()


def fit_line(x: Tensor, y: Tensor, lr: float, steps: int) -> tuple[Tensor, Tensor]:
    w = nn.Parameter(torch.zeros(1, 1, dtype=x.dtype, device=x.device))
    b = nn.Parameter(torch.zeros(1, dtype=x.dtype, device=x.device))

    @torch.no_grad()
    def take():
        for p in (w, b):
            p.copy_(p - lr * p.grad)

    for _ in range(steps):
        _step((w, b), functional.mse_loss(x @ w + b, y), take)
    return w.data, b.data


class Line(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_parameter("w", nn.Parameter(torch.empty(1, 1)))
        self.register_parameter("b", nn.Parameter(torch.empty(1)))
        nn.init.normal_(self.w)
        nn.init.zeros_(self.b)

    def forward(self, x: Tensor) -> Tensor:
        return torch.addmm(self.b, x, self.w)


class Net(nn.Module):
    def __init__(self, sizes) -> None:
        super().__init__()
        first, *others = (nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:], strict=True))
        self.body = nn.Sequential(first, *(nn.Sequential(nn.ReLU(), o) for o in others))

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x)


def loss(logits: Tensor, targets: Tensor) -> Tensor:
    return nn.CrossEntropyLoss()(logits, targets)


def train(model: nn.Module, optimizer: optim.Optimizer, x, y, epochs: int) -> list[float]:
    losses: list[Tensor] = []
    with mode(model, True):
        for _ in range(epochs):
            losses.append(functional.mse_loss(model(x), y))
            _step(model.parameters(), losses[-1], optimizer.step)
    return torch.tensor([one.item() for one in losses], dtype=torch.float64).tolist()


@contextmanager
def mode(model: nn.Module, training: bool):
    before = {module: module.training for module in model.modules()}
    model.train(training)
    try:
        yield
    finally:
        for module, was in before.items():
            module.training = was


def validate(model: nn.Module, batches) -> float:
    with mode(model, False), torch.no_grad():
        parts = [((model(x) - y).square().sum(), y.numel()) for x, y in batches]
    sums, counts = zip(*parts, strict=True)
    return (torch.stack(sums).sum() / sum(counts)).item()
