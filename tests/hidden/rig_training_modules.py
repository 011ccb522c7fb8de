"""What only hidden tests of `training` bring along."""

import torch
from torch import nn


class Shared:
    """A leaf in the middle of memory that somebody else looks at as well."""

    def __init__(self, memory):
        self.memory = memory.clone()
        self.leaf = self.memory[1:-1].requires_grad_()


def shared(memory):
    return Shared(memory)


def leaves_of(owners):
    """A generator, as `model.parameters()` is one: empty after one walk through it."""
    yield from (owner.leaf for owner in owners)


def one_after_the_other(things):
    """A generator: without a length, and empty after one walk through it."""
    yield from things


def in_float(module):
    return module.float()


def freeze_bias(model):
    """Freeze the last parameter of a model."""
    list(model.parameters())[-1].requires_grad_(False)


def parameters_of(module):
    """The names of all parameters, the frozen ones too; afterwards each number is another one."""
    found = []
    for name, p in module.named_parameters():
        found.append(name)
        p.data.add_(1)
    return found


def load(module, other):
    """Give `module` what `other` saves; did it save anything?"""
    saved = {name: value.clone() for name, value in other.state_dict().items()}
    module.load_state_dict(saved)
    return len(saved) > 0


class Passes(nn.Module):
    """A linear layer whose output grows with each pass."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer
        self.register_buffer("passes", torch.zeros((), dtype=torch.int64))

    def forward(self, x):
        self.passes.add_(1)
        return self.layer(x) + 0.5 * self.passes


def passes(layer):
    return Passes(layer)


class Weighted:
    """A criterion that tells prediction from target and rows from entries, counts more from call to
    call, and is negative."""

    def __init__(self):
        self.calls = 0

    def __call__(self, prediction, target):
        self.calls += 1
        entries = prediction.exp() - prediction * target - 1e4
        return self.calls * entries.reshape(len(entries), -1).sum(dim=1).mean()


def weighted():
    return Weighted()


class Buffered(nn.Module):
    """x * weight + shift + count: a parameter, and a buffer of floats and one of integers."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros((), dtype=torch.float64))
        self.register_buffer("shift", torch.zeros((), dtype=torch.float64))
        self.register_buffer("count", torch.zeros((), dtype=torch.int64))

    def forward(self, x):
        return x * self.weight + self.shift + self.count


def buffered():
    return Buffered()


class BufferedStory:
    """An epoch that writes the next row of numbers into the parameter and the buffers."""

    def __init__(self, rows):
        self.rows, self.epoch = rows, 0

    def __call__(self, model):
        weight, shift, count = self.rows[self.epoch % len(self.rows)]
        self.epoch += 1
        with torch.no_grad():
            model.weight.copy_(weight)
            model.shift.copy_(shift)
            model.count.copy_(count.long())


def buffered_story(rows):
    return BufferedStory(rows)


def to(module, device):
    return module.to(device)


def place(owner):
    """The memory, the leaf in it, and whether that still learns."""
    leaf = owner.leaf
    return owner.memory.detach().clone(), leaf.detach().clone(), leaf.is_leaf and leaf.requires_grad


def slope(owner, weights):
    """What stands in .grad after one more backward pass."""
    (owner.leaf * weights).sum().backward()
    return owner.leaf.grad.clone()


@torch.no_grad()
def answers(model, x, rows):
    """What the model makes of `x` with each of these rows of numbers as what is trained."""
    found = []
    for row in rows:
        for p in model.parameters():
            if p.requires_grad:
                p.copy_(row[: p.numel()].reshape(p.shape))
                row = row[p.numel() :]
        found.append(model(x))
    return torch.stack(found)
