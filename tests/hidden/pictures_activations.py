"""The curve of each activation over the right one, then its slope; near 0 and far from it."""

import torch

from grader.suite import recorded
from grader.suite.pictures import curves

NEAR, FAR = 6, 1000
HALF = 60  # how many numbers there are on either side of 0


def inputs(end, *, zero=True):
    """From -end to end; without 0, where a kink has many right slopes."""
    if zero:
        return torch.arange(-HALF, HALF + 1) / HALF * end
    return (torch.arange(-HALF, HALF) + 0.5) / (HALF - 0.5) * end


@recorded
def right_slope(name, x, *options):
    """By autograd, in float64."""
    x = x.double().requires_grad_()
    getattr(torch.nn.functional, name)(x, *options).sum().backward()
    return x.grad


def slope(function, x, *options):
    x = x.clone().requires_grad_()
    function(x, *options).sum().backward()
    return x.grad


def pictures(name, student, reference, *options, zero=True):
    """The first of the four that shows a difference."""
    ranges = [(end, inputs(end, zero=zero)) for end in (NEAR, FAR)]
    right = [getattr(reference, name)(x, *options) for _, x in ranges]
    right_slopes = [right_slope(name, x, *options) for _, x in ranges]
    function, label = getattr(student, name), ", ".join(["x", *map(str, options)])
    drawn = []
    for (end, x), y in zip(ranges, right, strict=True):
        title = f"{name}({label}) for x from -{end} to {end}"
        got = function(x.clone(), *options)
        drawn.append(curves(title, "x", f"{name}(x)", x, got, y, difference=True))
    if any(drawn):
        return drawn[0] or drawn[1]
    for (end, x), y in zip(ranges, right_slopes, strict=True):
        title = f"The gradient of {name}({label}) for x from -{end} to {end}"
        got = slope(function, x, *options)
        drawn.append(curves(title, "x", "gradient", x, got, y, difference=True))
    return drawn[2] or drawn[3]


def sigmoid(student, reference):
    return pictures("sigmoid", student, reference)


def tanh(student, reference):
    return pictures("tanh", student, reference)


def relu(student, reference):
    return pictures("relu", student, reference, zero=False)


def leaky_relu(student, reference):
    return pictures("leaky_relu", student, reference, 0.25, zero=False)


def elu(student, reference):
    return pictures("elu", student, reference, 2.0, zero=False)


def shares(function, row, dim):
    """The share of the first entry of each row, or of each column."""
    if dim == 0:
        return function(row.T.contiguous(), 0)[0]
    return function(row, dim)[:, 0]


def softmax(student, reference):
    drawn, label = [], "share of a"
    for end, dim in ((NEAR, 1), (NEAR, 0), (FAR, 1)):
        a = inputs(end)
        rows = torch.stack([a, torch.zeros_like(a), torch.ones_like(a)], dim=1)
        right = shares(reference.softmax, rows, dim)
        shape = "rows (a, 0, 1), dim=1" if dim else "columns (a, 0, 1), dim=0"
        title = f"softmax of {shape}: the share of a, from -{end} to {end}"
        drawn.append((title, a, rows, dim, right))
    found = (
        curves(title, "a", label, a, shares(student.softmax, rows, dim), right, difference=True)
        for title, a, rows, dim, right in drawn
    )
    return next((picture for picture in found if picture), None)
