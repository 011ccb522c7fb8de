"""torch.autograd.grad instead of backward; foreach operations for the steps."""

import torch
from torch import Tensor


def predict(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.addmm(b, x, w)


def mse(y_pred: Tensor, y_true: Tensor) -> Tensor:
    if y_pred.size() != y_true.size():
        raise ValueError(f"{y_pred.size()} is not {y_true.size()}")
    return (y_pred - y_true).square().mean()


@torch.inference_mode()
def mse_gradients(x: Tensor, y: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    residual = torch.addmm(b, x, w).sub_(y).mul_(2 / y.numel())
    return x.mT.mm(residual), residual.sum(0)


def sgd_step_(params, lr: float) -> None:
    params = [p for p in params if p.grad is not None]
    if params:
        with torch.no_grad():
            torch._foreach_add_(params, [p.grad for p in params], alpha=-lr)


def zero_grads_(params) -> None:
    grads = [p.grad for p in params if p.grad is not None]
    if grads:
        torch._foreach_zero_(grads)


def _descend(x, y, lr, batches, losses):
    w, b = x.new_zeros(x.size(1), 1).requires_grad_(), x.new_zeros(1).requires_grad_()
    for rows in batches:
        loss = mse(predict(x[rows], w, b), y[rows])
        w.grad, b.grad = torch.autograd.grad(loss, (w, b))
        losses.append(float(loss))
        sgd_step_((w, b), lr)
    return w.requires_grad_(False), b.requires_grad_(False)


def fit(x: Tensor, y: Tensor, lr: float = 0.1, steps: int = 1000):
    losses: list[float] = []
    return (*_descend(x, y, lr, [slice(None)] * steps, losses), losses)


def fit_minibatch(x: Tensor, y: Tensor, lr: float, epochs: int, batch_size: int, seed: int = 0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        orders = [torch.randperm(len(x)) for _ in range(epochs)]
    batches = [order.split(batch_size) for order in orders]
    losses: list[float] = []
    w, b = _descend(x, y, lr, [rows for batch in batches for rows in batch], losses)
    sizes = [len(batch) for batch in batches]
    per_epoch = torch.tensor(losses, dtype=torch.float64).split(sizes)
    return w, b, [part.mean().item() for part in per_epoch]
