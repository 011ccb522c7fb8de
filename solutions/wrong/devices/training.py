"""Device mistakes with `training`, each with what sets it right.

`EXERCISE__slug` takes the place of EXERCISE in an otherwise right unit. It gets full marks on the
CPU and would fail on a GPU: a rehearsal tells so, and the learner reads the sentence.
"""

import copy
import math

import torch
from torch import nn


def _order(x, fraction, seed):
    if not 0 < fraction < 1:
        raise ValueError(f"fraction {fraction}")
    count = round(fraction * len(x))
    if count in (0, len(x)):
        raise ValueError(f"fraction {fraction} of {len(x)} rows")
    return torch.randperm(len(x), generator=torch.Generator().manual_seed(seed)), count


def split__rows_numbered_on_the_cpu(x, y, fraction, seed=0):
    """torch.randperm(len(x), generator=torch.Generator().manual_seed(seed)) is made on the CPU; x
    is on the rehearsal device (as it would be on a GPU): say device=x.device.
    """
    order, count = _order(x, fraction, seed)
    train, val = order[count:], order[:count]
    return (
        x.index_select(0, train),
        y.index_select(0, train),
        x.index_select(0, val),
        y.index_select(0, val),
    )


def split__left_on_the_cpu(x, y, fraction, seed=0):
    """x.cpu() is a copy on the CPU, and the result has to be where the arguments are, on a GPU as
    on the CPU: make it with device=x.device, or bring it there with .to(x.device).
    """
    order, count = _order(x, fraction, seed)
    x, y = x.cpu(), y.cpu()
    return x[order[count:]], y[order[count:]], x[order[:count]], y[order[:count]]


def _spread(x):
    deviation = x.std(dim=0, correction=0)
    return torch.where(deviation > 0, deviation, 1.0)


class Standardize__numbers_on_the_cpu(nn.Module):
    """x.cpu() is a copy on the CPU, and what it meets is on the rehearsal device (as it would be on
    a GPU): leave it where it is.
    """

    def __init__(self, x):
        super().__init__()
        x = x.cpu()
        self.register_buffer("mean", x.mean(dim=0))
        self.register_buffer("deviation", _spread(x))

    def forward(self, x):
        return (x - self.mean) / self.deviation


class Standardize__into_zeros(nn.Module):
    """torch.zeros(x.shape, dtype=x.dtype) is made on the CPU, and the result has to be where the
    arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it there with
    .to(x.device).
    """

    def __init__(self, x):
        super().__init__()
        self.register_buffer("mean", x.mean(dim=0))
        self.register_buffer("deviation", _spread(x))

    def forward(self, x):
        result = torch.zeros(x.shape, dtype=x.dtype)
        result[:] = (x - self.mean) / self.deviation
        return result


class _Layers(nn.Module):
    def __init__(self, in_features, hidden, classes):
        super().__init__()
        self.first = nn.Linear(in_features, hidden)
        self.second = nn.Linear(hidden, classes)

    def forward(self, x):
        return self.second(self.first(x).relu())


class Classifier__zeros_of_the_cpu(_Layers):
    """torch.zeros(x.shape, dtype=x.dtype) is made on the CPU; x is on the rehearsal device (as it
    would be on a GPU): say device=x.device.
    """

    def forward(self, x):
        x = self.first(x)
        return self.second(torch.maximum(x, torch.zeros(x.shape, dtype=x.dtype)))


class Classifier__scale_is_no_buffer(_Layers):
    """torch.ones(classes) stays on the CPU when model.to(device) moves parameters and buffers (to a
    GPU as to the rehearsal device): keep it as one, self.register_buffer("name", tensor).
    """

    def __init__(self, in_features, hidden, classes):
        super().__init__(in_features, hidden, classes)
        self.scale = torch.ones(classes)

    def forward(self, x):
        return self.scale * super().forward(x)


def _checked(logits, targets):
    if targets.dtype != torch.int64 or targets.shape != logits.shape[:1]:
        raise ValueError(f"{targets.dtype} of shape {tuple(targets.shape)}")


def cross_entropy__one_hot_of_the_cpu(logits, targets):
    """torch.eye(logits.shape[1], dtype=logits.dtype) is made on the CPU; targets is on the
    rehearsal device (as it would be on a GPU): say device=targets.device.
    """
    _checked(logits, targets)
    one_hot = torch.eye(logits.shape[1], dtype=logits.dtype)[targets]
    return (logits.logsumexp(dim=1) - (one_hot * logits).sum(dim=1)).mean()


def cross_entropy__left_on_the_cpu(logits, targets):
    """(logits.logsumexp(dim=1) - of_target).mean().cpu() is a copy on the CPU, and the result has
    to be where the arguments are, on a GPU as on the CPU: make it with device=x.device, or bring it
    there with .to(x.device).
    """
    _checked(logits, targets)
    of_target = logits.gather(1, targets.unsqueeze(1)).squeeze(1)
    return (logits.logsumexp(dim=1) - of_target).mean().cpu()


def accuracy__by_numpy(logits, targets):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    if len(logits) == 0 or targets.shape != logits.shape[:1]:
        raise ValueError(f"{tuple(logits.shape)} and {tuple(targets.shape)}")
    return float((logits.detach().numpy().argmax(axis=1) == targets.numpy()).mean())


def accuracy__answers_on_the_cpu(logits, targets):
    """logits.argmax(dim=1).cpu() is a copy on the CPU, and what it meets is on the rehearsal device
    (as it would be on a GPU): leave it where it is.
    """
    if len(logits) == 0 or targets.shape != logits.shape[:1]:
        raise ValueError(f"{tuple(logits.shape)} and {tuple(targets.shape)}")
    return (logits.argmax(dim=1).cpu() == targets).double().mean().item()


class _Moves:
    def __init__(self, params, lr, beta=0.9):
        self.params, self.lr, self.beta = list(params), lr, beta
        self.velocities = [torch.zeros_like(p) for p in self.params]

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    @torch.no_grad()
    def step(self):
        for p, v in zip(self.params, self.velocities, strict=True):
            if p.grad is not None:
                v.mul_(self.beta).add_(p.grad)
                p -= self.lr * v


class Momentum__v_of_the_cpu(_Moves):
    """torch.zeros(p.shape, dtype=p.dtype) is made on the CPU; p is on the rehearsal device (as it
    would be on a GPU): say device=p.device.
    """

    def __init__(self, params, lr, beta=0.9):
        super().__init__(params, lr, beta)
        self.velocities = [torch.zeros(p.shape, dtype=p.dtype) for p in self.params]


class Momentum__by_numpy(_Moves):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""

    def step(self):
        for p, v in zip(self.params, self.velocities, strict=True):
            if p.grad is not None:
                v.mul_(self.beta).add_(p.grad)
                array = p.detach().numpy()
                array -= self.lr * v.numpy()


def _trained(model, batches, criterion, optimizer, number):
    model.train()
    total, rows = 0.0, 0
    for x, y in batches:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += number(loss) * len(x)
        rows += len(x)
    return total / rows


def run_epoch__losses_by_numpy(model, batches, criterion, optimizer):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    return _trained(model, batches, criterion, optimizer, lambda x: float(x.detach().numpy()))


def run_epoch__batches_taken_to_the_cpu(model, batches, criterion, optimizer):
    """x.cpu() is a copy on the CPU, and what it meets is on the rehearsal device (as it would be on
    a GPU): leave it where it is.
    """
    batches = ((x.cpu(), y.cpu()) for x, y in batches)
    return _trained(model, batches, criterion, optimizer, lambda loss: loss.item())


def _fit(model, run, validate, epochs, keep):
    if epochs < 1:
        raise ValueError(f"epochs = {epochs}")
    best, losses, state = 0, [], None
    for epoch in range(epochs):
        run(model)
        losses.append(validate(model))
        low = losses[best]
        if epoch == 0 or losses[-1] < low or (math.isnan(low) and not math.isnan(losses[-1])):
            best, state = epoch, keep(model)
    return best, losses, state


def fit_best__state_by_numpy(model, run, validate, epochs):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""

    def keep(model):
        return {name: v.numpy().copy() for name, v in model.state_dict().items()}

    best, losses, state = _fit(model, run, validate, epochs, keep)
    model.load_state_dict({name: torch.as_tensor(v) for name, v in state.items()})
    return best, losses


def fit_best__model_moved(model, run, validate, epochs):
    """model.cpu() is a copy on the CPU, and what it meets is on the rehearsal device (as it would
    be on a GPU): leave it where it is.
    """
    best, losses, state = _fit(
        model.cpu(), run, validate, epochs, lambda model: copy.deepcopy(model.state_dict())
    )
    model.load_state_dict(state)
    return best, losses


def _predicted(model, x):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        y = model(x)
    model.train(was_training)
    return y


def curve__numpy_without_cpu(model, x):
    """NumPy only knows the memory of the CPU: x.cpu().numpy()."""
    xs = x.detach().sort(dim=0).values
    return xs[:, 0].numpy(), _predicted(model, xs)[:, 0].numpy()


def curve__x_taken_to_the_cpu(model, x):
    """One tensor is on the CPU, another on a GPU. Make new tensors where x is, device=x.device, or
    move one: y.to(x.device).
    """
    xs = x.detach().cpu().sort(dim=0).values
    return xs[:, 0].numpy(), _predicted(model, xs)[:, 0].cpu().numpy()
