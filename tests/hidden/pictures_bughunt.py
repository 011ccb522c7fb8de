"""Where pixels go, a slope along a curve, and lines that learn."""

import math

import torch

from grader.suite import recorded
from grader.suite.pictures import curves, first_of, grid, line, numbers, plot

X = torch.tensor([[-2.0], [-1.4], [-0.9], [-0.3], [0.2], [0.8], [1.5], [2.0]])
NOISE = torch.tensor([[0.3], [-0.2], [0.2], [-0.3], [0.2], [0.1], [-0.4], [0.1]])
Y = 1.5 * X - 1 + NOISE
STEPS = 8


def transpose_images(student, reference):
    images = torch.arange(12).reshape(2, 2, 3)
    right = reference.transpose_images(images)
    title = "transpose_images(images): two images of 2 rows and 3 columns"
    return grid(title, images, student.transpose_images(images), right)


def slope(student, reference):
    at = torch.linspace(-1, 1, 33)
    right = [10 * math.cos(10 * x) for x in at.tolist()]
    yours = [student.slope(lambda x: (10 * x).sin(), x) for x in at]
    return curves("slope of sin(10 x)", "x", "slope", at, yours, right)


@recorded
def ways():
    """The slope w and the height b of the line after each number of steps."""
    w, b, found = 0.0, 0.0, []
    x, y = X.double(), Y.double()
    for _ in range(STEPS):
        error = x * w + b - y
        w, b = w - 0.2 * (error * x).mean().item(), b - 0.2 * error.mean().item()
        found.append((w, b))
    return found


def fit_line(student, reference):
    right = ways()[1:]
    yours = [student.fit_line(X.clone(), Y.clone(), 0.1, k) for k in range(2, STEPS + 1)]
    drawn = [
        curves(
            f"{name} of fit_line(x, y, lr=0.1, steps)",
            "steps",
            name,
            range(2, STEPS + 1),
            [(numbers(first_of(got, part)) or [math.nan])[0] for got in yours],
            [there[part] for there in right],
        )
        for part, name in enumerate("wb")
    ]
    ends = torch.tensor([[-2.0], [2.0]])
    slope_there, height_there = (numbers(first_of(yours[-1], part)) for part in (0, 1))
    if not slope_there or not height_there or drawn == [None, None]:
        return tuple(drawn)
    w, b = right[-1]
    line_drawn = plot(
        f"The line after {STEPS} steps",
        "x",
        "y",
        line("data", "data", X, Y, points=True),
        line("right", "right", ends, [w * x + b for x in (-2, 2)]),
        line("yours", "yours", ends, [slope_there[0] * x + height_there[0] for x in (-2, 2)]),
    )
    return (*drawn, line_drawn)
