"""What the suite of `training` brings beside the learner's work: no answers, only instruments.

Visible tests use it, so learners may read it.
"""

import torch
from torch import nn


def squared_error():
    """A criterion: the mean squared error."""
    return nn.functional.mse_loss


class Descent:
    """An optimizer for all parameters of a model, without a memory."""

    def __init__(self, model, lr):
        self.model, self.lr = model, lr

    def zero_grad(self, set_to_none=True):
        self.model.zero_grad(set_to_none)

    def step(self):
        moved = [p for p in self.model.parameters() if p.grad is not None]
        if moved:
            torch._foreach_add_([p.data for p in moved], [p.grad for p in moved], alpha=-self.lr)


def descent(model, lr):
    return Descent(model, lr)


class Story:
    """An epoch that writes the next row of numbers into the parameters of the model."""

    def __init__(self, rows):
        self.rows, self.epoch = rows, 0

    def __call__(self, model):
        row = self.rows[self.epoch % len(self.rows)]
        self.epoch += 1
        with torch.no_grad():
            for p in model.parameters():
                p.copy_(row[: p.numel()].reshape(p.shape))
                row = row[p.numel() :]


def story(rows):
    return Story(rows)


class Distance:
    """Measures how far off the model is at these rows, at most."""

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __call__(self, model):
        return (model(self.x).detach() - self.y).abs().max().item()


def distance(x, y):
    return Distance(x, y)


class Parabola(nn.Module):
    """a x² + x. It has no parameters."""

    def __init__(self, a):
        super().__init__()
        self.register_buffer("a", a.clone())

    def forward(self, x):
        return self.a * x * x + x


def parabola(a):
    return Parabola(a)
