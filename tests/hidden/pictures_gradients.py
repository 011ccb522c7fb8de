"""How large the error is for each step h, and how descent goes."""

import math

import torch

from grader.suite.pictures import curves, first_of, largest_error

STEPS = [10 ** (-k / 2) for k in range(2, 24, 2)]
TITLE = "The error of {} for each step h: bends on the right, rounding on the left"


def errors(function, f, x, right):
    return [largest_error(function(f, x, h), right) for h in STEPS]


def error_curves(name, student, reference, f, x, right):
    expected = errors(getattr(reference, name), f, x, right)
    got = errors(getattr(student, name), f, x, right)
    title = TITLE.format(name)
    return curves(title, "h", "largest error", STEPS, got, expected, x_log=True, y_log=True)


def derivative(student, reference):
    return error_curves("derivative", student, reference, math.exp, 1.0, math.e)


def gradient(student, reference):
    x = torch.tensor([[1.0], [2.0]])
    right = x.double().exp()
    return error_curves("gradient", student, reference, lambda x: x.exp().sum(), x, right)


def jacobian(student, reference):
    def f(x):
        return torch.stack([x[0] * x[1], x[0].exp(), x[1].sin()])

    x = torch.tensor([1.0, 2.0])
    right = torch.tensor([[2.0, 1.0], [math.e, 0.0], [0.0, math.cos(2.0)]], dtype=torch.float64)
    return error_curves("jacobian", student, reference, f, x, right)


def descend(student, reference):
    def f(x):
        return ((x - 1) ** 2 * torch.tensor([1.0, 3.0], dtype=x.dtype)).sum()

    x0, lr, steps = torch.tensor([4.0, -1.0]), 0.1, 12
    right = first_of(reference.descend(f, x0, lr, steps), 1)
    yours = first_of(student.descend(f, x0.clone(), lr, steps), 1)
    title = f"history of descend with lr={lr}"
    return curves(title, "steps taken", "f(x)", range(2 * steps), yours, right)
