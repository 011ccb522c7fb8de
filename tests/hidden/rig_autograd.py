"""What the suite of `autograd` brings beside the learner's code: functions that autograd can
follow, and programs with Scalars. Visible tests use it, so it holds no answers.
"""

import autograd
import torch
from torch.autograd.graph import saved_tensors_hooks


class Sines:
    """a * sin(x). `a` is a parameter; counts its calls, and notes whether they were recorded."""

    def __init__(self, a):
        self.a = torch.nn.Parameter(a.clone())
        self.calls, self.recorded = 0, False

    def __call__(self, x):
        y = self.value(x)
        self.calls += 1
        self.recorded |= y.requires_grad
        return y

    def value(self, x):
        return self.a * x.sin()


class SumOfSines(Sines):
    """The sum of a * sin(x), as a tensor of one entry in the shape that is asked for."""

    def __init__(self, a, shape):
        super().__init__(a)
        self.shape = shape

    def value(self, x):
        return super().value(x).sum().reshape(self.shape)


class Constant(Sines):
    """A number that does not depend on x, and on a parameter only if so asked."""

    def __init__(self, a, of_parameter):
        super().__init__(a)
        self.of_parameter = of_parameter

    def value(self, x):
        total = self.a.sum()
        return total if self.of_parameter else torch.full_like(total, 2.0)


def sines(a):
    return Sines(a)


def sum_of_sines(a, shape=()):
    return SumOfSines(a, shape)


def constant(a, of_parameter):
    return Constant(a, of_parameter)


class LineError:
    """The mean of (row . w - target)^2; a target is the last of its row. Keeps the batches."""

    def __init__(self):
        self.batches = []

    def __call__(self, w, batch):
        self.batches.append(batch.clone())
        return ((batch[:, :-1] @ w - batch[:, -1]) ** 2).mean()


def line_error():
    return LineError()


def where_nothing_is_recorded(x, y, w1, b1, w2, b2):
    """two_layer_gradients, where no graph can be made; None if it needs one."""
    packed = []

    def pack(tensor):
        packed.append(True)
        return tensor

    try:
        with saved_tensors_hooks(pack, lambda tensor: tensor), torch.inference_mode():
            result = autograd.two_layer_gradients(x, y, w1, b1, w2, b2)
    except RuntimeError:
        return None
    if packed:
        return None
    if not isinstance(result, (tuple, list)):
        return result
    copies = [p.clone() if isinstance(p, torch.Tensor) else p for p in result]
    return copies if isinstance(result, list) else tuple(copies)


def run(program, **values):
    """Run a program with Scalars of these values: the `.data` and the `.grad` of each of them."""
    names = {name: autograd.Scalar(value) for name, value in values.items()}
    exec(program, {}, names)
    return {name: [node.data, node.grad] for name, node in names.items()}
