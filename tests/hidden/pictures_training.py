"""Losses of training and validation, where the best epoch is, borders of classes, and curves."""

import torch

from grader.suite import recorded
from grader.suite.pictures import curves, first_of, line, look_same, numbers, plot

AXIS = [k / 4 for k in range(-16, 17)]
X = torch.tensor([[0.6], [-1.7], [1.9], [-0.4], [1.1], [-1.2], [0.1]])
LOSSES = [1.9, 1.1, 0.7, 0.5, 0.62, 0.8, 1.05, 1.3]
EPOCHS = len(LOSSES)
ROWS = torch.tensor([[0.0, 0.0, offset] for offset in LOSSES])


def cross_entropy(student, reference):
    """The loss of one row as the logit of its class grows."""
    target = torch.tensor([0])
    logits = [torch.tensor([[z, 0.0]]) for z in AXIS]
    right = [reference.cross_entropy(z, target) for z in logits]
    yours = [student.cross_entropy(z, target) for z in logits]
    title = "cross_entropy of the logits [z, 0] if class 0 is right"
    return curves(title, "z", "loss", AXIS, yours, right)


@recorded
def class_one(points):
    """The logit of class 1 at these points."""
    hidden = (-0.5 * (points + 1)).clamp(min=0)
    return -0.5 * (3 * hidden + 1)


def Classifier(student, reference):
    points = torch.tensor([[x] for x in AXIS])
    right = class_one(points)
    model, rig = student.Classifier(1, 3, 2), student.bring("rig_regressor")
    rig.set_parameters(model, torch.tensor([-0.5]))
    yours = model(points)
    if not isinstance(yours, torch.Tensor) or yours.shape != (len(AXIS), 2):
        return None
    title = "a logit of Classifier(1, 3, 2) with all weights and biases -0.5"
    return curves(title, "x", "logit", AXIS, yours[:, 1], right)


@recorded
def moved_by_momentum():
    """Where a marble is on the slope 1 after each of 12 steps, with lr = 0.1 and beta = 0.9."""
    there, v, path = 0.0, 0.0, []
    for _ in range(12):
        v = 0.9 * v + 1.0
        there -= 0.1 * v
        path.append(there)
    return path


def Momentum(student, reference):
    right, yours = moved_by_momentum(), []
    p = student.parameter(torch.tensor([0.0]))
    optimizer = student.Momentum([p], 0.1)
    for _ in right:
        p.grad = torch.tensor([1.0])
        optimizer.step()
        yours.append(p.value)
    title = "Momentum([p], lr=0.1): p where the gradient is always 1"
    return curves(title, "steps", "p", range(1, 13), yours, right)


@recorded
def losses_of_epochs(batches, lr, epochs):
    """The mean loss over the rows in each epoch."""
    weight, bias, losses = torch.zeros(1, 1), torch.zeros(1), []
    for _ in range(epochs):
        total = 0.0
        for x, y in batches:
            error = x @ weight.T + bias - y
            total += (error**2).sum().item()
            slope = 2 * error / len(x)
            weight, bias = weight - lr * slope.T @ x, bias - lr * slope.sum(dim=0)
        losses.append(total / sum(len(x) for x, _ in batches))
    return losses


def run_epoch(student, reference):
    """How the loss falls from epoch to epoch."""
    training, rig = student.bring("rig_training"), student.bring("rig_regressor")
    y = 1.5 * X - 1
    batches = [(X[:3], y[:3]), (X[3:6], y[3:6]), (X[6:], y[6:])]
    right = losses_of_epochs(batches, 0.05, 15)
    model, criterion = rig.linear(torch.zeros(1, 1), torch.zeros(1)), training.squared_error()
    optimizer = training.descent(model, 0.05)
    yours = [student.run_epoch(model, batches, criterion, optimizer) for _ in right]
    title = "the losses of 15 epochs of run_epoch, with batches of 3, 3 and 1 rows"
    return curves(title, "epoch", "loss", range(15), yours, right, y_log=True)


def fit_best(student, reference):
    """The validation losses, and the epoch whose model is left."""
    training, rig = student.bring("rig_training"), student.bring("rig_regressor")
    model = rig.linear(torch.zeros(1, 2), torch.zeros(1))
    zero = torch.zeros(1, 2)
    result = student.fit_best(
        model, training.story(ROWS), training.distance(zero, torch.zeros(1, 1)), EPOCHS
    )
    left, best = numbers(model(zero).detach()), LOSSES.index(min(LOSSES))
    if left is None or len(left) != 1 or look_same(left, [min(LOSSES)]):
        return None
    there = [k for k, loss in enumerate(LOSSES) if abs(loss - left[0]) < 1e-3]
    named = numbers(first_of(result, 0)) or (0.0,)
    at = there[0] if there else named[0]
    return plot(
        "fit_best: the validation losses, and which model is left",
        "epoch",
        "validation loss",
        line("validation losses", "data", range(EPOCHS), LOSSES),
        line("right: the best epoch", "right", [best], [LOSSES[best]], points=True),
        line("yours: the model that is left", "yours", [at], left, points=True),
    )


def curve(student, reference):
    """The points in the order in which plt.plot would join them."""
    training, a = student.bring("rig_training"), torch.tensor(1.0)
    right = drawn()
    result = student.curve(training.parabola(a), X.clone())
    xs, ys = first_of(result, 0), first_of(result, 1)
    if look_same(xs, right[0]) and look_same(ys, right[1]):
        return None
    return plot(
        "plt.plot(*curve(model, x))",
        "x",
        "model(x)",
        line("right", "right", *right),
        line("yours", "yours", xs, ys),
    )


@recorded
def drawn():
    """x in order, and what the model makes of it."""
    xs = sorted(X.flatten().tolist())
    return xs, [x * x + x for x in xs]
