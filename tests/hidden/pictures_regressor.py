"""What models make of their inputs, how their losses fall, and predictions against the truth."""

import torch
from torch import nn

from grader.suite import recorded
from grader.suite.pictures import curves, line, look_same, plot

X = torch.linspace(-3, 3, 13).reshape(-1, 1)
WEIGHT, BIAS = torch.tensor([[0.4]]), torch.tensor([-0.5])
TARGET = torch.tensor([2.1, -1.3, 0.7, -0.2, 1.9, 0.4, -0.6, 1.2, -1.8, 0.1, 1.5, -0.9, 2.6])
Y = (TARGET / 3 + X.flatten()).reshape(-1, 1)
LR, EPOCHS = 0.05, 30


@recorded
def equal_numbers(widths, number):
    """The output of layers whose weights and biases all are `number`, for each row of X."""
    layers = []
    for k in range(len(widths) - 1):
        layers += [nn.ReLU()] * (k > 0) + [nn.Linear(widths[k], widths[k + 1])]
    model = nn.Sequential(*layers)
    with torch.no_grad():
        for p in model.parameters():
            p.fill_(number)
        return model(X)


def model_curve(name, student, make, number, right):
    model = make()
    student.bring("rig_regressor").set_parameters(model, torch.tensor([number]))
    title = f"{name} with all weights and biases {number}"
    return curves(title, "x", "model(x)", X, model(X), right)


def LinearRegressor(student, reference):
    right = equal_numbers([1, 1], -0.5)
    make = student.LinearRegressor
    return model_curve("LinearRegressor(1)", student, lambda: make(1), -0.5, right)


def MLPRegressor(student, reference):
    cases = [([2], -0.5), ([3, 2], 0.5)]
    right = [equal_numbers([1, *hidden, 1], number) for hidden, number in cases]
    make = student.MLPRegressor
    return tuple(
        model_curve(f"MLPRegressor(1, {hidden})", student, lambda h=hidden: make(1, h), number, y)
        for (hidden, number), y in zip(cases, right, strict=True)
    )


@recorded
def trained():
    """The losses, and what the model gives at the end."""
    weight, bias, losses = WEIGHT.clone(), BIAS.clone(), []
    for _ in range(EPOCHS):
        leaves = [p.detach().requires_grad_() for p in (weight, bias)]
        loss = ((X @ leaves[0].T + leaves[1] - Y) ** 2).mean()
        losses.append(loss.item())
        weight, bias = (
            p.detach() - LR * slope
            for p, slope in zip(leaves, torch.autograd.grad(loss, leaves), strict=True)
        )
    return losses, X @ weight.T + bias


def train(student, reference):
    right_losses, right = trained()
    model = student.bring("rig_regressor").linear(WEIGHT, BIAS)
    losses = student.train(model, X, Y, LR, EPOCHS)
    title = f"losses of train(model, x, y, lr={LR}, epochs={EPOCHS})"
    return (
        curves(title, "epoch", "loss", range(2 * EPOCHS), losses, right_losses, y_log=True),
        against_truth("What the model gives after train", model(X), right, Y),
    )


def predict(student, reference):
    model = student.bring("rig_regressor").two_faced(torch.tensor([[1.0]]), torch.tensor([0.0]))
    title = "predict of a model that gives its input back in evaluation mode alone"
    return against_truth(title, student.predict(model, X), X, X)


def against_truth(title, yours, right, truth):
    """A point for each row: what is true across, what is predicted up."""
    if look_same(yours, right):
        return None
    return plot(
        title,
        "true y",
        "predicted y",
        line("right", "right", truth, right, points=True),
        line("yours", "yours", truth, yours, points=True),
    )
