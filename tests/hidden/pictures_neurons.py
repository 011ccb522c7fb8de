"""Neurons as curves, the lines that perceptrons draw between points, and what networks give."""

import torch

from grader.suite.pictures import curves, first_of, line, numbers, plot

ALONG = torch.linspace(-3, 3, 25)
# One side of x2 = 1 - x1 and the other; learned in a few epochs.
ONES = torch.tensor([[2.0, 1.0], [1.0, 3.0], [3.0, 2.0], [2.0, 3.0]])
ZEROS = torch.tensor([[-1.0, 1.0], [0.0, -1.0], [1.0, -2.0], [-2.0, -1.0]])
X = torch.stack([ZEROS, ONES], dim=1).reshape(-1, 2)
Y = torch.tensor([0, 1] * 4)
LAYERS = [
    (torch.tensor([[1.0], [-2.0], [1.5]]), torch.tensor([0.5, 1.0, -1.0])),
    (torch.tensor([[1.0, 1.0, -1.0], [0.5, -1.0, 1.0]]), torch.tensor([0.5, -0.5])),
    (torch.tensor([[1.5, -1.0]]), torch.tensor([-1.0])),
]


def neuron(student, reference):
    w, b = torch.tensor([2.0]), torch.tensor(-1.0)
    right = [reference.neuron(x.reshape(1), w, b, torch.tanh) for x in ALONG]
    yours = [student.neuron(x.reshape(1), w, b, torch.tanh) for x in ALONG]
    title = "neuron([x], w=[2], b=-1, activation=tanh)"
    return curves(title, "x", "output", ALONG, yours, right)


def perceptron(student, reference):
    w, b = torch.tensor([1.0]), torch.tensor(-1.0)
    right = reference.perceptron(ALONG.unsqueeze(1), w, b)
    yours = student.perceptron(ALONG.unsqueeze(1).clone(), w, b)
    return curves("perceptron(x, w=[1], b=-1)", "x", "answer", ALONG, yours, right)


def train_perceptron(student, reference):
    right = [reference.train_perceptron(X, Y, epochs) for epochs in (1, 2, 8)]
    yours = [student.train_perceptron(X.clone(), Y.clone(), epochs) for epochs in (1, 2, 8)]
    return tuple(
        between_points(f"The line after {epochs} epoch{'s' * (epochs > 1)}", got, there)
        for epochs, got, there in zip((1, 2, 8), yours, right, strict=True)
    )


def between_points(title, got, there):
    """The learner's line and the right one among the points; None if they look the same."""
    lines = [border(first_of(result, 0), first_of(result, 1)) for result in (got, there)]
    if lines[0] is None or lines[1] is None or close(*lines):
        return None
    return plot(
        title,
        "x1",
        "x2",
        line("y = 1", "data", ONES[:, 0], ONES[:, 1], points=True),
        line("y = 0", "difference", ZEROS[:, 0], ZEROS[:, 1], points=True),
        line("right", "right", *lines[1]),
        line("yours", "yours", *lines[0]),
    )


def border(w, b, reach=4.0):
    """Where w·x + b = 0 crosses the square from -reach to reach: the x1 and the x2 of its ends."""
    weights, start = numbers(w), numbers(b)
    if weights is None or start is None or len(weights) != 2 or len(start) != 1:
        return None
    (w1, w2), c = weights, start[0]
    ends = []
    for edge in (-reach, reach):
        if w2:
            ends.append((edge, -(w1 * edge + c) / w2))
        if w1:
            ends.append((-(w2 * edge + c) / w1, edge))
    inside = sorted({(x, y) for x, y in ends if abs(x) <= reach and abs(y) <= reach})
    if len(inside) < 2:
        return None
    return [inside[0][0], inside[-1][0]], [inside[0][1], inside[-1][1]]


def close(one, other):
    return all(
        abs(a - b) < 0.05
        for p, q in zip(one, other, strict=True)
        for a, b in zip(p, q, strict=True)
    )


def mlp(student, reference):
    x = ALONG.unsqueeze(1)
    right = [reference.mlp(x, LAYERS[:count], torch.relu)[:, 0] for count in (2, 3)]
    yours = [student.mlp(x.clone(), LAYERS[:count], torch.relu) for count in (2, 3)]
    return tuple(
        curves(f"mlp of {count} layers, with relu", "x", "first output", ALONG, first(got), there)
        for count, got, there in zip((2, 3), yours, right, strict=True)
    )


def first(output):
    """The first column, if there is one."""
    return output[:, 0] if isinstance(output, torch.Tensor) and output.ndim == 2 else output


def merge_linear(student, reference):
    weight, bias = reference.merge_linear(LAYERS)
    got = student.merge_linear([(weight.clone(), bias.clone()) for weight, bias in LAYERS])
    slope, start = numbers(first_of(got, 0)), numbers(first_of(got, 1))
    if slope is None or start is None or not len(slope) == len(start) == 1:
        return None
    right = ALONG * weight.item() + bias.item()
    yours = ALONG * slope[0] + start[0]
    return curves("Three layers merged into one line", "x", "output", ALONG, yours, right)


def is_right(layers):
    """High at two corners and low at the others. All that passes between layers is 0 or 1."""
    for corner in ((0, 0), (0, 1), (1, 0), (1, 1)):
        fires = torch.tensor(corner) == 1
        for weight, bias in layers:
            output = weight[:, fires].sum(dim=1) + bias
            fires = output > 0
        if not (output if sum(corner) == 1 else -output) >= 0.1:
            return False
    return True


def xor_layers(student, reference):
    """The line of each neuron of the first layer between the corners of the square."""
    layers = student.xor_layers()
    if is_right(layers):
        return None
    layer = first_of(layers, 0)
    weight, bias = first_of(layer, 0), first_of(layer, 1)
    if not isinstance(weight, torch.Tensor) or weight.ndim != 2 or weight.shape[1] != 2:
        return None
    if numbers(bias) is None or len(numbers(bias)) != len(weight):
        return None
    lines = [
        (k, border(row, start, reach=2.0))
        for k, (row, start) in enumerate(zip(weight[:4], numbers(bias), strict=False))
    ]
    return plot(
        "The lines of the first layer: each neuron is 1 on one side of its own",
        "x1",
        "x2",
        line("to be high", "data", [0, 1], [1, 0], points=True),
        line("to be low", "difference", [0, 1], [0, 1], points=True),
        *(line(f"neuron {k}", "yours", *ends) for k, ends in lines if ends is not None),
    )
