"""Slopes beside the right ones, and a graph of computation with the gradients in it."""

import torch

from grader.suite import recorded
from grader.suite.pictures import curves, graph

AXIS = torch.linspace(-3, 3, 25)
BATCHES = [torch.tensor([[1.0, 2.0], [2.0, 3.0], [0.5, 0.0]]), torch.tensor([[2.0, -1.0]])]
COLUMN = [k / 2 for k in range(-6, 7)]


@recorded
def over_all_rows():
    """The gradient of the mean over all rows of BATCHES, for each w of COLUMN."""
    rows = torch.cat(BATCHES)
    return [(2 * (rows[:, 0] * w - rows[:, 1]) * rows[:, 0]).mean().item() for w in COLUMN]


def accumulate_(student, reference):
    right, yours = over_all_rows(), []
    loss = student.bring("rig_autograd").line_error()
    for number in COLUMN:
        w = student.parameter(torch.tensor([number]))
        student.accumulate_(loss, w, list(BATCHES))
        yours.append(w.grad)
    title = "w.grad after accumulate_, for batches of 3 rows and of 1"
    return curves(title, "w", "w.grad", COLUMN, yours, right)


def round_through(student, reference):
    x = AXIS.clone().requires_grad_()
    y = student.round_through(x)
    values = curves("round_through(x)", "x", "y", AXIS, y, AXIS.round())
    if not isinstance(y, torch.Tensor) or not y.requires_grad or y.is_leaf or not x.is_leaf:
        return values
    (y * AXIS).sum().backward()
    title = "what comes back to x where x itself arrives at y"
    return values, curves(title, "x", "x.grad", AXIS, x.grad, AXIS)


def two_layer_gradients(student, reference):
    x, y = torch.tensor([[-1.0], [0.5], [2.0]]), torch.tensor([[1.0], [0.0], [2.0]])
    given = [torch.tensor([[w]]) for w in COLUMN]
    rest = torch.tensor([0.25]), torch.tensor([[1.5]]), torch.tensor([-0.5])
    right = [reference.two_layer_gradients(x, y, w1, *rest) for w1 in given]
    yours = [student.two_layer_gradients(x, y, w1, *rest) for w1 in given]
    return tuple(
        curves(
            f"{name} as w1 moves and all else stays",
            "w1",
            name,
            COLUMN,
            [gradients[part] for gradients in yours],
            [gradients[part] for gradients in right],
        )
        for part, name in enumerate(("dw1", "db1", "dw2", "db2"))
    )


COMPUTED = (
    ("a = 2", (), 48.0),
    ("b = 3", (), 28.0),
    ("c = a * b", (0, 1), 14.0),
    ("d = c + a", (2, 0), 6.0),
    ("y = c * d", (2, 3), 1.0),
)
PROGRAM = "; ".join(made for made, sources, _ in COMPUTED if sources)


def Scalar(student, reference):
    rig = student.bring("rig_autograd")
    once = rig.run(f"{PROGRAM}; y.backward()", a=2.0, b=3.0)
    drawn = computed(".grad after y.backward()", once, 1)
    if drawn is None:
        twice = rig.run(f"{PROGRAM}; y.backward(); y.backward()", a=2.0, b=3.0)
        drawn = computed(".grad after y.backward(), twice", twice, 2)
    return drawn


def computed(title, got, times):
    return graph(
        title,
        *((made, sources, got[made[0]][1], times * right) for made, sources, right in COMPUTED),
    )
