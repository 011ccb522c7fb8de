"""Lines through points, how their losses fall, and slopes beside the right ones."""

import torch

from grader.suite.pictures import curves, first_of, line, numbers, plot

X = torch.tensor([[-2.0], [-1.6], [-1.1], [-0.5], [-0.1], [0.4], [0.8], [1.3], [1.7], [2.0]])
NOISE = torch.tensor([[0.3], [-0.2], [0.1], [-0.3], [0.2], [0.1], [-0.3], [0.3], [-0.1], [-0.1]])
Y = 1.5 * X - 1 + NOISE
STEPS = 30
AXIS = [k / 4 for k in range(-12, 13)]


def predict(student, reference):
    x, w, b = torch.linspace(-2, 2, 9).reshape(-1, 1), torch.tensor([[1.5]]), torch.tensor([-1.0])
    right = reference.predict(x, w, b)
    yours = student.predict(x, w, b)
    return curves("predict(x, w=[[1.5]], b=[-1])", "x", "prediction", x, yours, right)


def mse(student, reference):
    y_true = torch.zeros(4, 1)
    predictions = [torch.tensor([[p], [0.0], [0.0], [0.0]]) for p in AXIS]
    right = [reference.mse(y_pred, y_true) for y_pred in predictions]
    yours = [student.mse(y_pred, y_true) for y_pred in predictions]
    title = "mse of four predictions, one of them off by e"
    return curves(title, "e", "mse", AXIS, yours, right)


def mse_gradients(student, reference):
    w, b = torch.tensor([[0.5]]), torch.tensor([0.5])
    asked = [(torch.tensor([[p]]), b) for p in AXIS], [(w, torch.tensor([p])) for p in AXIS]
    drawn = []
    for part, (name, moved) in enumerate((("dw", "w"), ("db", "b"))):
        right = [reference.mse_gradients(X, Y, *given)[part] for given in asked[part]]
        drawn.append((part, name, moved, right))
    return tuple(
        curves(
            f"{name} as {moved} moves and all else stays",
            moved,
            name,
            AXIS,
            [first_of(student.mse_gradients(X, Y, *given), part) for given in asked[part]],
            right,
        )
        for part, name, moved, right in drawn
    )


def fitted(title, student, right):
    """How the losses fall, and where the line ends up."""
    got = student()
    yours = [first_of(got, part) for part in range(3)]
    ends = torch.tensor([[-2.0], [2.0]])
    lines = [height(w, b, ends) for w, b, _ in (yours, right)]
    losses = curves(
        f"losses of {title}", "steps", "loss", range(4 * STEPS), yours[2], right[2], y_log=True
    )
    line_drawn = None
    if lines[0] and lines[1] and max(abs(a - b) for a, b in zip(*lines, strict=True)) > 0.05:
        line_drawn = plot(
            f"The line of {title}",
            "x",
            "y",
            line("data", "data", X, Y, points=True),
            line("right", "right", ends, lines[1]),
            line("yours", "yours", ends, lines[0]),
        )
    return losses, line_drawn


def height(w, b, at):
    """A line of that slope at these places; None if there is no such line."""
    slope, start = numbers(w), numbers(b)
    if slope is None or start is None or len(slope) != 1 or len(start) != 1:
        return None
    return [slope[0] * x + start[0] for x in at.flatten().tolist()]


def fit(student, reference):
    right = reference.fit(X, Y, 0.1, STEPS)
    return fitted(
        f"fit(x, y, lr=0.1, steps={STEPS})",
        lambda: student.fit(X.clone(), Y.clone(), 0.1, STEPS),
        right,
    )


def fit_minibatch(student, reference):
    right = reference.fit_minibatch(X, Y, 0.05, STEPS, 4)
    return fitted(
        f"fit_minibatch(x, y, lr=0.05, epochs={STEPS}, batch_size=4)",
        lambda: student.fit_minibatch(X.clone(), Y.clone(), 0.05, STEPS, 4),
        right,
    )
