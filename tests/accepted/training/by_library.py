"""With torch's own tools, where they are allowed."""

import torch
from torch import nn
from torch.utils.data import TensorDataset, random_split


def split(x, y, fraction, seed=0):
    count = round(fraction * len(x)) if 0 < fraction < 1 else 0
    if not 1 <= count <= len(x) - 1:
        raise ValueError(f"fraction {fraction} with {len(x)} rows")
    generator = torch.Generator().manual_seed(seed)
    parts = random_split(TensorDataset(x, y), [len(x) - count, count], generator)
    (x_train, y_train), (x_val, y_val) = (p.dataset[torch.tensor(p.indices)] for p in parts)
    return x_train, y_train, x_val, y_val


class Standardize(nn.Module):
    def __init__(self, x):
        super().__init__()
        variance, mean = torch.var_mean(x, dim=0, correction=0, keepdim=True)
        self.mean = nn.Buffer(mean)
        self.var = nn.Buffer(variance)

    def forward(self, x):
        return (x - self.mean) / self.var.sqrt().add(1e-8)


class Classifier(nn.Module):
    def __init__(self, in_features, hidden, classes):
        super().__init__()
        self.layers = nn.ModuleDict(
            {"in": nn.Linear(in_features, hidden), "out": nn.Linear(hidden, classes)}
        )

    def forward(self, x):
        return self.layers["out"](nn.functional.relu(self.layers["in"](x)))


def cross_entropy(logits, targets):
    if targets.dtype != torch.long or targets.shape != (len(logits),):
        raise ValueError(f"targets: {targets.dtype}, {targets.shape}")
    one_hot = nn.functional.one_hot(targets, logits.shape[1]).to(logits)
    return (logits.logsumexp(1) - (logits * one_hot).sum(1)).mean()


def accuracy(logits, targets):
    if len(logits) < 1 or targets.shape != torch.Size([len(logits)]):
        raise ValueError(f"{logits.shape}, {targets.shape}")
    top = torch.topk(logits, 1, dim=1).indices.squeeze(1)
    return torch.eq(top, targets).sum().item() / targets.numel()


class Momentum:
    def __init__(self, params, lr, beta=0.9):
        self.params, self.lr, self.beta = list(params), lr, beta
        self.state = {}

    @torch.no_grad()
    def step(self):
        moving = [p for p in self.params if p.grad is not None]
        velocities = [self.state.setdefault(p, torch.zeros_like(p)) for p in moving]
        if moving:
            torch._foreach_mul_(velocities, self.beta)
            torch._foreach_add_(velocities, [p.grad for p in moving])
            torch._foreach_add_(moving, velocities, alpha=-self.lr)

    def zero_grad(self, set_to_none=True):
        for p in self.params:
            p.grad = None if set_to_none else torch.zeros_like(p)


def run_epoch(model, batches, criterion, optimizer):
    model.train()
    total, seen = torch.zeros((), dtype=torch.float64), 0
    for x, y in batches:
        prediction = model(x)
        loss = criterion(prediction, y)
        model.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.detach().cpu() * y.size(0)
        seen += y.size(0)
    model.eval()
    return (total / seen).item()


def fit_best(model, run, validate, epochs):
    if epochs <= 0:
        raise ValueError(f"epochs must be positive: {epochs}")
    losses, best, kept = [], None, None
    for epoch in range(epochs):
        run(model)
        losses.append(validate(model))
        order = torch.tensor(losses, dtype=torch.float64).nan_to_num(
            nan=torch.inf, posinf=torch.inf
        )
        lowest = int(order.argmin())
        if lowest == epoch or best is None:
            best, kept = epoch, {k: v.detach().clone() for k, v in model.state_dict().items()}
    model.load_state_dict(kept)
    return best, losses


@torch.inference_mode()
def curve(model, x):
    was_training = model.training
    xs, order = torch.sort(x.detach().squeeze(1))
    ys = model.eval()(x.detach()).squeeze(1)[order]
    model.train(was_training)
    return xs.cpu().numpy(), ys.cpu().numpy()
