"""Hidden suite of `sgd`: formulas and plain loops of its own are what it judges by.

Where a common mistake gives numbers of its own, a result is compared with those too: the learner
then reads what happened instead of a guess. Such numbers are worked out only after a failure.
Formulas and loops are `@recorded`: they are the answers in another dress.
"""

import random
from itertools import chain, permutations, repeat

import numpy as np
import torch
from torch import Tensor

from grader.suite import (
    as_like,
    assert_raises,
    assert_same,
    assert_unchanged,
    defaults_of,
    exercise,
    fail,
    points,
    recorded,
    rehearsed,
    unpack,
    visible,
)

ACCUMULATES = (
    "backward() adds to .grad. Clear the gradients in every step, or each step follows the sum of "
    "all gradients so far."
)
STILL = (
    "w and b do not move. Gradients that are cleared before the step are gone, and a step that "
    "makes new tensors leaves the old ones as they were."
)
CUT = "detach(), .data, item(), no_grad() and a new torch.tensor(...) cut the graph."
FROM_ZERO = (
    "From w = 0 and b = 0, the first step leads to w = 2 lr x.T @ y / N and b = 2 lr times the "
    "mean of y, both in the dtype of x."
)
LATER_STEPS = "One step leads to the right place. The steps after it lead elsewhere."
FIRST_LOSS = "The first loss is the one at w = 0 and b = 0, the mean of y * y, before any step."
BEFORE = "Note loss.item() before the step, not after it."
GROWING = "The losses grow from step to step: the steps are too long, or lead uphill."
HALVED = "This is the way of half the loss: with (error**2).mean(), nothing is divided by 2."
SUMMED = "This is the way of the sum of the squares: the loss is their mean."
BY_BATCH_SIZE = (
    "The sum of the gradients is divided by batch_size. A batch with fewer rows is divided by "
    "their own number; the mean of the loss does that by itself."
)
ONE_FOR_EACH = "One loss for each step, and no others."
ONE_STEP = "This is one step over all rows: each batch takes its own."
FORBIDDEN = ("torch.optim", "torch.nn.functional", "torch.nn.modules", "torch.nn.utils")
BORROWED = {"mse_loss", "linear", "_fused_sgd"}
PRODUCT = "x @ w is a matrix product, (N, D) times (D, 1); b is added to every row."
CHAIN = (
    "The chain rule takes two steps: how the loss changes with each prediction, one number for "
    "each row; then how each prediction changes with w, and with b."
)
NEW_TENSOR = (
    "p is as it was. `p = p - lr * p.grad` makes a new tensor; change p itself, with "
    "`p -= lr * p.grad` under torch.no_grad()."
)
THE_STEP = "The step is `p -= lr * p.grad`, and nothing else."
LOOSE = {"rtol": 1e-4, "atol": 1e-5}


def by_hand(function):
    """The function, whose first call must do without torch.nn and torch.optim."""

    def watched(*args, **kwargs):
        seen = function.observe(*args, **kwargs)
        modules = [m for m in sorted(seen.modules) if m.startswith(FORBIDDEN)]
        operators = [name.strip("_") for name in seen.operations if name.strip("_") in BORROWED]
        if modules or operators:
            fail(
                "it must be written by hand",
                expected="tensor operations of your own",
                got=f"{(modules + operators)[0]} ran",
                likely="No torch.nn and no torch.optim in this unit: write the formula yourself.",
            )
        return seen.value

    # Watching takes ten times as long, and whoever borrows does so in every call.
    ways = chain([watched], repeat(function))
    return lambda *args, **kwargs: next(ways)(*args, **kwargs)


def leaf(tensor, grad=None):
    tensor = tensor.detach().requires_grad_()
    tensor.grad = grad
    return tensor


def freeze(parameter, grad):
    """A parameter of `student` that learns no more, with a gradient from before."""
    parameter.grad = grad
    parameter.requires_grad_(False)
    return parameter


def whole(rng, *shape, dtype=torch.float32):
    """Whole numbers, easy to read and to work with on paper."""
    return rng.integers(1, 10, *shape).to(dtype)


def problem(numbers, n, d, **options):
    """Rows and targets of a regression, and a w and b to begin with."""
    return [numbers(*shape, **options) for shape in ((n, d), (n, 1), (d, 1), (1,))]


def gradients(x, y, w, b):
    """The slopes of the mean squared error, and the loss itself, by formula."""
    error = x @ w + b - y
    return 2 * x.T @ error / len(x), 2 * error.mean(dim=0), (error**2).mean().item()


def descend(x, y, lr, batches, *, accumulate=False, w_moves=True, b_moves=True, scale=1.0, by=0):
    """Gradient descent from zero over the given batches of rows; also the loss before each step.

    The options are mistakes: gradients that are not cleared, a parameter that takes no step,
    another scale of the loss, a sum over the rows that is divided by a fixed number.
    """
    w, b = torch.zeros_like(x[:1].T), torch.zeros_like(y[0])
    sum_w, sum_b, losses = w, b, []
    for rows in batches:
        times = scale * len(x[rows]) / by if by else scale
        dw, db, loss = (times * part for part in gradients(x[rows], y[rows], w, b))
        sum_w, sum_b = (sum_w + dw, sum_b + db) if accumulate else (dw, db)
        w, b = w - lr * sum_w * w_moves, b - lr * sum_b * b_moves
        losses.append(loss)
    return w, b, losses


def walked(x, y, lr, steps, **mistake):
    """Full-batch descent: w, b and the losses by name."""
    return dict(zip("w b losses".split(), descend(x, y, lr, [...] * steps, **mistake), strict=True))


@recorded
def walk(x, y, lr, steps):
    """Where `fit` ends: w, b and the losses by name."""
    return walked(x, y, lr, steps)


def walk_row_by_row(x, y, lr, steps):
    """As `walked`, but each row of a step takes a step of its own."""
    w, b = torch.zeros_like(x[:1].T), torch.zeros_like(y[0])
    losses = []
    for _ in range(steps):
        losses.append(gradients(x, y, w, b)[2])
        for row, target in zip(x.split(1), y.split(1), strict=True):
            dw, db, _ = gradients(row, target, w, b)
            w, b = w - lr * dw, b - lr * db
    return {"w": w, "b": b, "losses": losses}


@recorded
def walks_gone_wrong(part, x, y, lr, steps):
    """What common mistakes make of w, b or the losses of `fit`, and what to say about each."""
    if part == "b":  # w is right if b is looked at
        yield torch.zeros_like(y[0]), "b does not move: it takes the step as w does."
    yield walked(x, y, lr, steps, w_moves=False, b_moves=False)[part], STILL
    yield walked(x, y, lr, steps, accumulate=True)[part], ACCUMULATES
    yield walked(x, y, -lr, steps)[part], "The gradient points uphill: subtract it."
    words = "b does not move: it takes the step as w does."
    yield walked(x, y, lr, steps, b_moves=False)[part], words
    yield walked(x, y, lr, steps, w_moves=False)[part], "w does not move."
    yield walked(x, y, lr, steps, scale=0.5)[part], HALVED
    if len(x) > 1:
        yield walked(x, y, lr, steps, scale=float(len(x)))[part], SUMMED
    words = "Each step goes over all rows at once; here every row takes a step of its own."
    yield walk_row_by_row(x, y, lr, steps)[part], words
    for other in (0.1, 0.01, 0.001):
        words = "lr is 0.1 if nothing else is said." if lr == 0.1 else "lr is not used."
        yield walked(x, y, other, steps)[part], words
    if part == "losses":
        yield walked(x, y, lr, steps + 1)[part][1:], BEFORE


def check_graph(value):
    if isinstance(value, Tensor) and not value.requires_grad:
        fail(
            "gradients must flow through the result",
            expected="requires_grad = True",
            got="requires_grad = False",
            likely=CUT,
        )


def check_gradients(expected, **leaves):
    """Each named leaf has received its gradient."""
    for (name, tensor), gradient in zip(leaves.items(), expected, strict=True):
        if tensor.grad is None:
            fail(
                f"no gradient reaches {name}",
                expected=gradient,
                got=f"{name}.grad is None",
                likely=CUT,
            )
        assert_same(tensor.grad, gradient, what=f"{name}.grad")


def check_line(w, b, expected, *, mistakes=None, likely, **tolerance):
    """`mistakes` gives those of w or b by its name."""
    for name, got, there in zip("wb", (w, b), expected, strict=False):
        known = mistakes(name) if mistakes else ()
        assert_same(got, there, mistakes=known, likely=likely, what=name, **tolerance)


def check_detached(**results):
    for name, tensor in results.items():
        if isinstance(tensor, Tensor) and tensor.requires_grad:
            fail(
                f"{name} must come back detached",
                expected=f"{name}.requires_grad = False",
                got=f"{name}.requires_grad = True",
                likely="The training is over: return w.detach() and b.detach().",
            )


def check_losses(losses, expected, *, mistakes=(), each="step", first=FIRST_LOSS, **tolerance):
    likely = of_losses(losses, expected, each, first, tolerance)
    assert_same(losses, expected, mistakes=mistakes, likely=likely, what="losses", **tolerance)


def of_losses(losses, expected, each, first, tolerance):
    """What is certain of losses that are not what they should be."""
    losses = as_like(losses, expected)
    if not isinstance(losses, list) or not all(isinstance(loss, float) for loss in losses):
        return None
    if len(losses) != len(expected):
        count = len(expected)
        said = f"One loss for each {each}, and there {'is' if count == 1 else 'are'} {count} here"
        fewer = len(losses) < count
        return f"{said}, also where the losses do not fall any more." if fewer else f"{said}."
    if losses[-1] > 10 * abs(losses[0]) and not expected[-1] > expected[0]:
        return GROWING
    pairs = torch.tensor([losses, expected], dtype=torch.float64)
    wrong = ~torch.isclose(*pairs, tolerance.get("rtol", 1e-9), tolerance.get("atol", 1e-10))
    k = int(wrong.int().argmax())
    if k == 0:
        return first
    if len(set(losses[k - 1 :])) == 1:
        return f"From number {k - 1} on the losses are all the same: every {each} is taken."
    return f"The losses are right up to number {k - 1}: the {each} after that one leads elsewhere."


def check_step(p, before, grad, lr, *, stuck=NEW_TENSOR, likely=THE_STEP):
    """p has moved from `before` by -lr * grad; `stuck` is said where it has not moved at all."""
    known = steps_gone_wrong(before, grad, lr, stuck)
    assert_same(p.detach(), step(before, grad, lr), mistakes=known, likely=likely, what="p")


@recorded
def step(before, grad, lr):
    """Where the step leads."""
    return before - lr * grad


@recorded
def steps_gone_wrong(before, grad, lr, stuck):
    """Where mistakes lead in one step."""
    yield before, stuck
    yield before + lr * grad, "The gradient points uphill: subtract it."
    yield before - grad, "lr is missing: the step is lr * p.grad."


@exercise("predict")
class TestPredict:
    @visible
    @points(1)
    def test_straight_line(self, student, device, rng):
        """It is x w + b, of shape (N, 1), whatever N and D, in float32 and float64."""
        n, d = rng.sizes(2, 2, 6)
        square = problem(lambda *shape: whole(rng, *shape), 2, 2)
        predict = by_hand(student.predict)
        square[0][0, 1] = square[0][1, 0] % 9 + 1  # x is not its own transpose
        for x, _, w, b in (
            square,
            problem(rng.normal, n, d),
            problem(rng.normal, 1, 3, dtype=torch.float64),
            problem(rng.normal, 4, 1),
        ):
            expected, mistakes = line(x, w, b), lines_gone_wrong(x, w, b)
            got = predict(x, w, b)
            assert_same(got, expected, mistakes=mistakes, likely=PRODUCT)

    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_gradients_flow(self, student, device, rng):
        """Gradients flow through it to x, w and b."""
        x, _, w, b = (leaf(t) for t in problem(rng.normal, 2, rng.integer(3, 5)))
        g = rng.normal(len(x), 1)
        expected, slopes = line(x, w, b), slopes_of_the_line(x, w, g)
        y = by_hand(student.predict)(x, w, b)
        y = assert_same(y, expected, mistakes=lines_gone_wrong(x, w, b), likely=PRODUCT)
        check_graph(y)
        y.backward(g)
        check_gradients(slopes, x=x, w=w, b=b)


@recorded
def line(x, w, b):
    """The line at each row of x."""
    return ((x * w[:, 0]).sum(dim=1, keepdim=True) + b).detach()


@recorded
def slopes_of_the_line(x, w, g):
    """The gradients of x, w and b where g is that of the line."""
    return (g @ w.T).detach(), (x.T @ g).detach(), g.sum(dim=0)


@recorded
def lines_gone_wrong(x, w, b):
    """What mistakes with predict give."""
    by_entry = "* multiplies entry by entry. x @ w also adds up the products of each row."
    yield x @ w, "b is missing: it is added to every row of x @ w."
    yield x @ (w + b), "b is added to every row of x @ w, not to w."
    yield x * w.T + b, by_entry
    if len(x) == len(w):
        yield x * w + b, by_entry
    if len(x) > 1:
        yield (x @ w + b).T, "This is a row, (1, N). x @ w + b is a column, (N, 1)."
        yield (x @ w).T + b, "This is a row, (1, N). x @ w + b is a column, (N, 1)."


@exercise("mse")
class TestMse:
    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_mean_of_squares(self, student, device, rng):
        """It is the mean of the squared errors, 0-dim, by hand, and gradients flow through it."""
        errors = torch.tensor([[1.0], [-2.0], [4.0]], device=device)[rng.permutation(3)]
        targets, mse = whole(rng, 3, 1), by_hand(student.mse)
        for y_pred, y_true in (
            (targets + errors, targets),
            (rng.normal(1, 1, dtype=torch.float64), rng.normal(1, 1, dtype=torch.float64)),
        ):
            y_pred = leaf(y_pred)
            expected, slope = mean_of_squares(y_pred, y_true)
            loss = mse(y_pred, y_true)
            known = means_gone_wrong(y_pred, y_true)
            loss = assert_same(loss, expected, mistakes=known, likely=MEAN)
            check_graph(loss)
            loss.backward()
            check_gradients([slope], y_pred=y_pred)

    @visible
    @points(1)
    def test_shapes_must_agree(self, student, device, rng):
        """Two shapes that differ are a ValueError, even where they would broadcast."""
        n = rng.integer(3, 6)
        column, row = whole(rng, n, 1), whole(rng, n)
        mse = by_hand(student.mse)
        for y in (column, row):
            assert_same(mse(y, y.clone()), torch.zeros((), device=device))
        for y_pred, y_true in (
            (column, whole(rng, 1, 1)),
            (column, row),
            (row, column),
            (column, whole(rng, 1, n)),
            (column, whole(rng, n, 2)),
        ):
            assert_raises(
                ValueError,
                lambda a=y_pred, b=y_true: mse(a, b),
                mentions=(tuple(y_pred.shape), tuple(y_true.shape)),
                likely="Shapes that differ may broadcast without a word: (N, 1) minus (N,) is "
                "(N, N). Compare the whole shapes first.",
            )


MEAN = "Square the error of each row, and take the mean of the squares."


@recorded
def mean_of_squares(y_pred, y_true):
    """The mean squared error of a column, and its gradient."""
    error = (y_pred - y_true).detach()
    return sum(e**2 for e in error[:, 0]) / len(error), 2 * error / len(error)


@recorded
def means_gone_wrong(y_pred, y_true):
    """What mistakes with mse give."""
    error = (y_pred - y_true).detach()
    squares = error**2
    yield squares.sum(), "This is the sum of the squares: divide it by their number."
    yield squares.mean() / 2, "This is half of the mean: nothing is to be halved."
    yield squares.mean().sqrt(), "This is the square root of the mean: leave the root out."
    yield error.abs().mean(), "These are the absolute errors: square them instead."
    yield error.mean() ** 2, "Square each error before you take the mean, or they cancel."
    yield error.mean(), "This is the mean of the errors: square each of them first."


@exercise("mse_gradients")
class TestMseGradients:
    @visible
    @rehearsed(calls=3)
    @points(2)
    def test_slopes_of_the_loss(self, student, device, rng):
        """dw and db are the slopes of the mean squared error, shaped like w and b."""
        mse_gradients = by_hand(student.mse_gradients)
        for x, y, w, b in (
            problem(lambda *shape: whole(rng, *shape), 2, 3),
            problem(rng.normal, *rng.sizes(2, 2, 6)),
            # 2 / 3 and 2 / 5 in float32 are other numbers.
            problem(rng.normal, rng.choice((3, 5)), 4, dtype=torch.float64),
            problem(rng.normal, 1, 2, dtype=torch.float64),
            problem(rng.normal, 3, 1),
        ):
            dw, db = slopes_of_the_loss(x, y, w, b)
            check_slopes(mse_gradients(x, y, w, b), dw, db, x, y, w, b)

    @points(1)
    def test_closed_form(self, student, device, rng):
        """It works from a formula: no backward pass runs, and the inputs stay as they are."""
        x, y, w, b = problem(rng.normal, 3, 4)
        expected = gradients(x, y, w, b)[:2]
        before = [t.clone() for t in (x, y, w, b)]
        rig = student.bring("rig_sgd")
        rig.watch_backward()
        try:
            seen = student.mse_gradients.observe(x, y, w, b)
        except RuntimeError as error:
            if "saved tensor hooks" not in str(error):  # how torch.func refuses to be watched
                raise
            seen = None
        finally:
            passes = rig.backward_passes()
        if passes or seen is None:
            fail(
                "the formula must do without autograd",
                expected="no backward pass",
                got="a backward pass" if passes else "no result",
                likely="Derive the slopes on paper: the chain rule from the loss to the "
                "prediction, and from there to w and to b.",
            )
        check_slopes(seen.value, *expected, *before)
        for t, old in zip((x, y, w, b), before, strict=True):
            assert_unchanged(t, old)
        tools = [name for name in sorted(seen.modules) if name.startswith(DIFFERENTIATES)]
        if tools:
            fail(
                "the formula must do without autograd",
                expected="tensor operations of your own",
                got=f"{tools[0]} ran",
                likely="Derive the slopes on paper: forward mode is automatic as well.",
            )


DIFFERENTIATES = ("torch._functorch.eager_transforms", "torch.autograd.forward_ad")  # vmap is not


def check_slopes(result, dw, db, x, y, w, b):
    got = unpack(result, "dw", "db")
    assert_same(got[0], dw, mistakes=slopes_gone_wrong(x, y, w, b), likely=CHAIN, what="dw")
    assert_same(got[1], db, mistakes=bias_slopes_gone_wrong(x, y, w, b), likely=CHAIN, what="db")


@recorded
def slopes_of_the_loss(x, y, w, b):
    """The gradients of w and b, as autograd finds them."""
    w, b = leaf(w), leaf(b)
    ((x @ w + b - y) ** 2).mean().backward()
    return w.grad, b.grad


@recorded
def slopes_gone_wrong(x, y, w, b):
    """What mistakes with mse_gradients make of dw."""
    right, bias, _ = gradients(x, y, w, b)
    yield bias, "This is db: dw comes first, then db."
    yield right / 2, "The slope of e * e is 2 * e: a factor 2 is missing."
    yield right * len(x), "The loss is a mean: divide by the number of rows."
    yield -right, "The error is prediction - y, not y - prediction."
    yield right / x.shape[1], "Divide by the number of rows of x, not by that of all its entries."
    yield gradients(x, y, w, 0 * b)[0], "The error is x @ w + b - y: b is missing in it."


@recorded
def bias_slopes_gone_wrong(x, y, w, b):
    """What mistakes with mse_gradients make of db."""
    right = gradients(x, y, w, b)[1]
    yield 2 * (x @ w + b - y) / len(x), "b is used in every row: add up its slopes over the rows."
    yield right / 2, "The slope of e * e is 2 * e: a factor 2 is missing."
    yield right * len(x), "The loss is a mean: divide by the number of rows."
    yield right / x.shape[1], "Divide by the number of rows of x, not by that of all its entries."


@exercise("sgd_step_")
class TestSgdStep:
    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_step_downhill(self, student, device, rng):
        """Each p becomes p - lr * p.grad; the result is None."""
        sgd_step_ = by_hand(student.sgd_step_)
        # Gradients so large that whoever clips them does so here; then thirds, that float32 rounds.
        drawn = torch.float64, rng.uniform(0.1, 0.9).item(), 1, 3
        for dtype, lr, slope, part in ((torch.float32, 0.5, 1000, 1), drawn):
            shapes = (2,), (), rng.sizes(2, 2, 4)
            pairs = [[whole(rng, *s, dtype=dtype) for _ in range(2)] for s in shapes]
            pairs.append([whole(rng, 3, 2, dtype=dtype).T for _ in range(2)])
            params = [leaf(p / part, slope * grad) for p, grad in pairs]
            before = [(p.detach().clone(), p.grad.clone()) for p in params]
            result = sgd_step_(params, lr)
            for p, (old, grad) in zip(params, before, strict=True):
                check_step(p, old, grad, lr)
            assert_same(result, None, likely="It changes params in place; there is no result.")

    @points(1)
    def test_same_leaf_in_its_own_memory(self, student, device, rng):
        """Each p stays the same leaf in its own memory: whoever shares it sees the step."""
        memory, g = whole(rng, 6), whole(rng, 4)
        before = memory.clone()
        p = leaf(memory[1:5], g.clone())
        sgd_step_ = by_hand(student.sgd_step_)
        sgd_step_([p], 0.5)
        check_step(p, before[1:5], g, 0.5)
        before[1:5] -= 0.5 * g
        stayed = torch.equal(memory, before)
        if student.rebound(p) or not stayed:
            moved = (
                "`p.data = p.data - ...` puts p into new memory, and an optimizer or a view that "
                "knows the old one misses the step. Use `-=`, under torch.no_grad()."
            )
            changed = (
                "p must require a gradient afterwards, as before, and have no grad_fn. With `-=` "
                "under torch.no_grad(), nothing else is needed."
            )
            fail(
                "p must stay the same leaf in the same memory",
                expected="p changed in place",
                got="p no longer a leaf that learns" if stayed else "p in new memory",
                likely=changed if stayed else moved,
            )
        frozen = freeze(student.parameter(g), 0 * g)
        sgd_step_([frozen], 0.5)
        if frozen.get("requires_grad"):
            fail(
                "a frozen p must stay frozen",
                expected="requires_grad = False, as it came",
                got="requires_grad = True",
                likely="requires_grad is not ours to change: torch.no_grad() needs no such switch.",
            )

    @points(1)
    def test_missing_gradients_are_skipped(self, student, device, rng):
        """A p without a gradient is skipped, and the others still take their step."""
        likely = "Where p.grad is None, leave p alone: continue with the next one."
        after_none = "This p comes after one without a gradient: skip that one, and go on."
        before_none = "This p has a gradient, and takes its step, though another p has none."
        sgd_step_ = by_hand(student.sgd_step_)
        for missing in (1, 0):
            params = [leaf(whole(rng, 2), whole(rng, 2)) for _ in range(3)]
            params[missing].grad = None
            before = [(p.detach().clone(), p.grad) for p in params]
            sgd_step_(params, 0.5)
            for k, (p, (old, grad)) in enumerate(zip(params, before, strict=True)):
                if k == missing:
                    what = "the p without a gradient"
                    assert_same(p.detach(), old, likely=likely, what=what)
                else:
                    stuck = after_none if k > missing else before_none
                    check_step(p, old, grad, 0.5, stuck=stuck)

    @points(1)
    def test_gradients_are_left_alone(self, student, device, rng):
        """The gradients stay as they are, so that the same step can be taken again."""
        p, g = leaf(whole(rng, 3)), whole(rng, 3)
        g[0] = -g[1:].sum()  # a gradient whose sum is 0 still leads somewhere
        sgd_step_ = by_hand(student.sgd_step_)
        p.grad = g.clone()
        for again in (False, True):
            before = p.detach().clone()
            sgd_step_([p], 0.25)
            memory = "This second step differs from the first: each is lr * p.grad and no more."
            check_step(p, before, g, 0.25, likely=memory if again else THE_STEP)
            likely = "`p -= lr * p.grad` only reads p.grad. Clearing it is for zero_grads_."
            if p.grad is None:
                fail("p.grad must stay", expected=g, got="p.grad is None", likely=likely)
            scaled = "`p.grad *= lr` changes p.grad itself. lr * p.grad is a new tensor."
            mistakes = (0.25 * g, scaled), (0 * g, likely)
            assert_same(p.grad, g, mistakes=mistakes, likely=likely, what="p.grad")


NAN = (
    "Arithmetic does not clear NaN: 0 * NaN and NaN - NaN are NaN, and so are 0 * inf and "
    "inf - inf. Set the gradient to None, or fill it with zeros."
)
NOT_FINITE = (
    "This gradient holds NaN or inf, and is to be cleared like any other. Does a comparison leave "
    "it out? Or does the loop end too early?"
)
CLEAR = "Set p.grad to None, or zero it in place with p.grad.zero_()."


@exercise("zero_grads_")
class TestZeroGrads:
    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_backward_starts_from_nothing(self, student, device, rng):
        """Gradients become None or zero, so the next backward starts from nothing."""
        shapes = (2,), (), (2, 1)
        params = [leaf(whole(rng, *shape), whole(rng, *shape)) for shape in shapes]
        params[2].grad[1] = torch.nan
        double = {"dtype": torch.float64}
        params.append(leaf(whole(rng, 2, **double), whole(rng, 2, **double)))
        params[3].grad[0] = torch.inf
        before = [p.detach().clone() for p in params]
        result = by_hand(student.zero_grads_)(params)
        if any(student.rebound(p) for p in params):
            fail(
                "p must stay the leaf that it was",
                expected="p that requires a gradient, in its own memory",
                got="p that no longer learns, or in new memory",
                likely="Only p.grad is cleared. requires_grad and p itself stay as they are.",
            )
        likely = CLEAR
        for p, old in zip(params, before, strict=True):
            assert_same(p.detach(), old, likely="Only the gradient is cleared, never p.", what="p")
            if p.grad is not None:
                zeros = torch.zeros_like(p)
                nan = torch.full_like(p, torch.nan)
                known = [(torch.where(p.grad.isnan(), nan, zeros), NAN)]
                said = likely if p.grad.isfinite().all() else NOT_FINITE
                assert_same(p.grad, zeros, mistakes=known, likely=said, what="p.grad")
            c = torch.full_like(p, 3.0)
            (c * p).sum().backward()
            assert_same(p.grad, c, likely=ACCUMULATES, what="p.grad after the next backward")
            likely = "The gradients before this one are cleared: does the loop end too early?"
        assert_same(result, None, likely="It changes params in place; there is no result.")

    @points(1)
    def test_missing_gradients(self, student, device, rng):
        """A p that has no gradient yet is no obstacle for the others."""
        after_none = "This p comes after one without a gradient: go on after that one."
        zero_grads_ = by_hand(student.zero_grads_)
        for missing in (1, 0):
            params = [leaf(whole(rng, 2), whole(rng, 2)) for _ in range(3)]
            params[missing].grad = None
            zero_grads_(params)
            for k, p in enumerate(params):
                grad = torch.zeros_like(p) if p.grad is None else p.grad
                likely = after_none if k > missing else CLEAR
                assert_same(grad, torch.zeros_like(p), likely=likely, what="p.grad")
        likely = "A frozen p may hold a gradient from before it was frozen: that is cleared too."
        what = "the gradient of a p with requires_grad = False"
        old = whole(rng, 2)
        frozen = freeze(student.parameter(old), old)
        zero_grads_([frozen])
        left = frozen.grad
        assert_same(0 * old if left is None else left, 0 * old, likely=likely, what=what)


@exercise("fit")
class TestFit:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_losses_before_each_step(self, student, device, rng):
        """losses holds the loss before each step, as floats; the first is the mean of y squared."""
        x, y = rng.integers(1, 4, 3, 1).float(), whole(rng, 3, 1)
        fit = by_hand(student.fit)
        for steps in (1, rng.integer(4, 7)):
            run = x, y, 0.05, steps
            expected, known = walk(*run)["losses"], walks_gone_wrong("losses", *run)
            _, _, losses = unpack(fit(x, y, lr=0.05, steps=steps), "w", "b", "losses")
            check_losses(losses, expected, mistakes=known, **LOOSE)
        # Nothing is left to do from the first step on, and every step is taken all the same.
        w, b, losses = unpack(fit(x, 0 * y, lr=0.05, steps=25), "w", "b", "losses")
        likely = (
            "y is 0 here, so w = 0 and b = 0 are right from the start. There are 25 losses still."
        )
        assert_same(losses, [0.0] * 25, likely=likely, what="losses")
        check_line(w, b, (torch.zeros_like(x[:1].T), torch.zeros_like(y[0])), likely=likely)
        # The longer the steps, the higher the losses, and every step is taken all the same.
        *there, heights = walk(x, y, 0.5, 12).values()
        w, b, losses = unpack(fit(x, y, lr=0.5, steps=12), "w", "b", "losses")
        check_losses(losses, heights, **LOOSE)
        likely = "Where the losses grow, too, w and b are those after the last step."
        check_line(w, b, there, likely=likely, **LOOSE)
        losses = as_like(unpack(fit(x, y, 1e4, 15), "w", "b", "losses")[2], [])
        likely = "All steps are taken, also where the losses become infinite."
        assert_same(len(losses), 15, likely=likely, what="the number of losses")

    @points(1)
    def test_steps_from_zero(self, student, device, rng):
        """Each step follows the gradient of that step alone, from w = 0, b = 0; lr is 0.1."""
        fit = by_hand(student.fit)
        ways = {"steps": 1}, {"steps": 5}, {"steps": 3, "lr": 0.02}
        for n, d, dtype, asked in (
            (*rng.sizes(2, 2, 5), torch.float32, ways),
            (1, 1, torch.float64, ways[:2]),
        ):
            x, y, _, _ = problem(rng.normal, n, d, dtype=dtype)
            tolerance = LOOSE if dtype is torch.float32 else {}
            for options in asked:
                lr, steps = options.get("lr", 0.1), options["steps"]
                run = x, y, lr, steps
                *there, heights = walk(*run).values()
                w, b, losses = unpack(fit(x, y, **options), "w", "b", "losses")
                check_line(
                    w,
                    b,
                    there,
                    mistakes=lambda part, run=run: walks_gone_wrong(part, *run),
                    likely=FROM_ZERO if steps == 1 else LATER_STEPS,
                    **tolerance,
                )
                check_detached(w=w, b=b)
                check_losses(losses, heights, **tolerance)

    @points(1)
    def test_reaches_least_squares(self, student, device, rng):
        """Enough steps find the least-squares line; the default is 1000 steps."""
        # All corners of a cube: the columns are orthogonal, so least squares is a mean.
        signs = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0], dtype=torch.float64)] * 3)
        for options in ({"lr": 0.3, "steps": 20}, {}):
            # 1000 steps take long: they are taken only where the definition does not tell of them.
            if not options and defaults_of(student.fit) == (0.1, 1000):
                continue
            x = signs[rng.permutation(8)].to(device)
            y = rng.normal(8, 1, dtype=torch.float64)
            lr, steps = options.get("lr", 0.1), options.get("steps", 1000)
            w, b, losses = unpack(student.fit(x, y, **options), "w", "b", "losses")
            check_line(
                w,
                b,
                (x.T @ y / len(x), y.mean(dim=0)),
                mistakes=lambda part, run=(x, y, lr, steps): walks_gone_wrong(part, *run),
                likely="For this x, the least-squares line has w = x.T @ y / N and b = mean of y.",
                rtol=1e-6,
                atol=1e-6,
            )
            default = "Unless the caller says how many, fit takes 1000 steps: steps=1000."
            losses = as_like(losses, [])
            got = len(losses) if isinstance(losses, list) else losses
            if "steps" in options:
                fewer = isinstance(got, int) and got < steps
                default = "All steps are taken, also where little changes any more."
                default = default if fewer else ONE_FOR_EACH
            assert_same(got, steps, likely=default, what="the number of losses")


ONE_BATCH = (
    "One batch of all rows makes each epoch one step of fit, whatever their order: every row once, "
    "and each row of x with its row of y."
)
AND_GROWS = "Here the losses grow, and all 12 epochs are run the same."
FOUND_NO_ORDER = (
    "No order of the rows leads here. 5 rows and batch_size = 2 make batches of 2, 2 and 1 rows; "
    "x and y go in the same order; each step takes the mean over its batch."
)


@exercise("fit_minibatch")
class TestFitMinibatch:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_one_batch_is_fit(self, student, device, rng):
        """With all rows in one batch, it takes the steps of fit."""
        n, d = rng.sizes(2, 3, 6)
        fit_minibatch = by_hand(student.fit_minibatch)
        # In the second run the losses grow, and every epoch has its whole step all the same.
        growing = rng.uniform(0.5, 1.5, n, 1), n + 3, 1.0, 12
        for x, batch_size, lr, epochs in ((rng.normal(n, d), n, 0.1, 3), growing):
            y = rng.normal(n, 1)
            w, b, losses = walk(x, y, lr, epochs).values()
            options = {"lr": lr, "epochs": epochs, "batch_size": batch_size}
            got = unpack(fit_minibatch(x, y, **options), "w", "b", "losses")
            run = x, y, batch_size, lr, epochs
            check_line(
                *got[:2],
                (w, b),
                mistakes=lambda part, run=run: batches_gone_wrong(part, *run),
                likely=ONE_BATCH if epochs == 3 else f"{ONE_BATCH} {AND_GROWS}",
                **LOOSE,
            )
            check_detached(w=got[0], b=got[1])
            known = batches_gone_wrong("losses", *run)
            check_losses(got[2], losses, mistakes=known, each="epoch", **LOOSE)

    @points(1)
    def test_every_row_once_an_epoch(self, student, device, rng):
        """An epoch uses every row once, in some order, the last short batch included."""
        x, y, _, _ = problem(rng.normal, 5, 2, dtype=torch.float64)
        before = x.clone(), y.clone()
        result = by_hand(student.fit_minibatch)(x, y, lr=0.2, epochs=1, batch_size=2)
        w, b, losses = unpack(result, "w", "b", "losses")
        assert_unchanged(x, before[0], likely="Shuffle the row numbers, not x itself.")
        assert_unchanged(y, before[1], likely="Shuffle the row numbers, not y itself.")
        # Which of the orders it was shows in w; whichever it was, b and the losses must fit to it.
        orders = list(orders_of_five())
        away = (after_an_epoch(x, y, 0.2, orders) - as_column(w, x)).abs().amax(dim=(1, 2))
        nearest = descend(x, y, 0.2, orders[int(away.nan_to_num(1e9).argmin())])
        mistakes = {"w": epochs_gone_wrong(x, y), "b": ()}.get
        check_line(w, b, nearest, mistakes=mistakes, likely=FOUND_NO_ORDER)
        by_batch = sum(nearest[2]) / 3
        by_row = sum(loss * n for loss, n in zip(nearest[2], (2, 2, 1), strict=True)) / 5
        first = as_like(losses, [0.0])
        weighted = plain(first) and abs(by_row - first[0]) < abs(by_batch - first[0])
        mistakes = (
            ([sum(nearest[2])], "This is the sum of the batch losses: divide it by their number."),
            ([nearest[2][-1]], "This is the loss of the last batch: take the mean of all."),
            (
                [gradients(x, y, *nearest[:2])[2]],
                "This is the loss after the epoch: note each before its step.",
            ),
            (nearest[2], "These are the losses of the batches: take their mean."),
        )
        likely = "For each epoch, one float: the mean of its batch losses, each before its step."
        expected = [by_row if weighted else by_batch]
        assert_same(losses, expected, mistakes=mistakes, likely=likely, what="losses")
        result = student.fit_minibatch(x, 0 * y, lr=0.2, epochs=10, batch_size=5)
        losses = unpack(result, "w", "b", "losses")[2]
        likely = (
            "y is 0 here, so w = 0 and b = 0 are right from the start. Every epoch has its loss."
        )
        assert_same(losses, [0.0] * 10, likely=likely, what="losses")

    @points(1)
    def test_new_order_each_epoch(self, student, device, rng):
        """Each epoch walks through the rows in a new random order."""
        # Row i alone moves w[i]. With batches of 15 and of 1 and a tiny lr, it moves by
        # 2 lr y[i] in an epoch in which it is the odd one out, and by a 15th of it otherwise.
        n, epochs, lr = 16, 8, 1e-9
        x = torch.eye(n, dtype=torch.float64, device=device)
        y = rng.uniform(1, 2, n, 1, dtype=torch.float64)
        result = student.fit_minibatch(x.clone(), y.clone(), lr, epochs, batch_size=n - 1)
        w, _, _ = unpack(result, "w", "b", "losses")
        moved = as_column(w, x) / (2 * lr * y)
        alone = ((moved - epochs / 15) * 15 / 14).nan_to_num(-1)
        counts = alone.round()
        if (alone - counts).abs().max() > 1e-3 or counts.min() < 0 or counts.sum() != epochs:
            shared = (
                round((epochs / moved.mean()).item()) if moved.max() - moved.min() < 1e-3 else 0
            )
            said = {15: BY_BATCH_SIZE, 30: f"{HALVED} {BY_BATCH_SIZE}", 16: ONE_STEP}.get(shared)
            fail(
                "the rows are not all used once an epoch, or not as much as they should",
                expected="in each epoch, a row moves w by 1 where it is alone, by 1/15 among 15",
                got=f"8 epochs move w by {[round(m, 2) for m in moved[:, 0].tolist()]}",
                likely=said,
            )
        if counts.max() == epochs:
            fail(
                "the order must change from epoch to epoch",
                expected="another row alone in the last batch",
                got="the same row alone in its batch in all 8 epochs",
                likely="Each epoch deals all rows into new batches.",
            )

    @points(1)
    def test_seed_decides_alone(self, student, device, rng):
        """The same seed gives the same result, and the global random state is left alone."""
        x, y, _, _ = problem(rng.normal, 12, 2)
        rig = student.bring("rig_sgd")
        untouched = next_numbers(1, device)

        def run(epochs=2, **options):
            result = student.fit_minibatch(x.clone(), y.clone(), 0.1, epochs, 3, **options)
            return list(unpack(result, "w", "b", "losses"))

        rig.seed(1, device)
        first = run(seed=0)
        for source, before, after in zip(SOURCES, untouched, rig.draw(device), strict=True):
            if before != after:
                fail(
                    "the global random state was changed",
                    expected=f"the next {source} gives {before:.6g}",
                    got=f"the next {source} gives {after:.6g}",
                    likely=GLOBAL_STATE,
                )
        rig.seed(2, device)
        likely = "Take every random number from a generator that starts from seed."
        if defaults_of(student.fit_minibatch) == (0,):
            assert_same(run(), first, likely=likely, **LOOSE)
        else:
            assert_same(run(seed=0), first, likely=likely, **LOOSE)
            assert_same(run(), first, likely="seed is 0 if nothing else is said.", **LOOSE)
        one, other = (as_column(run(epochs=1, seed=seed)[0], x) for seed in (0, 4))
        if not (one - other).abs().max() > 1e-5:
            fail(
                "another seed must give another order, in the first epoch too",
                expected="after one epoch, other numbers for seed = 4 than for seed = 0",
                got="the same numbers for both",
                likely="Start the generator from seed, and take the order of every epoch from it.",
            )


def next_numbers(seed, device):
    """What every global source gives after `rig.seed`, if nobody draws in between."""
    here = torch.Generator().manual_seed(seed)
    on_device = here if device == "cpu" else torch.Generator(device).manual_seed(seed)
    python, numbers = random.Random(seed), np.random.RandomState(seed)
    for _ in range(2):  # the rig draws once itself
        following = [
            torch.rand((), generator=on_device, device=device).item(),
            torch.rand((), generator=here).item(),
            python.random(),
            numbers.random_sample(),
        ]
    return following


GLOBAL_STATE = (
    "Whoever draws random numbers after you must not notice. torch.manual_seed, random.seed and "
    "np.random.seed change the global state, and so does drawing from it, as a plain randperm "
    "does; torch.Generator().manual_seed(seed) keeps to itself."
)
SOURCES = "torch.rand on this device", "torch.rand(())", "random.random()", "np.random.random()"


@recorded
def batches_gone_wrong(part, x, y, batch_size, lr, epochs):
    """For one batch of all rows: what mistakes make of w or b."""
    if batch_size > len(x):
        short = "A batch may have fewer rows than batch_size; it is still one step an epoch."
        yield walked(x, y, lr, epochs, w_moves=False, b_moves=False)[part], short
        yield walked(x, y, lr, epochs, by=batch_size)[part], BY_BATCH_SIZE
        halved = walked(x, y, lr, epochs, by=2 * batch_size)[part]
        yield halved, f"{HALVED} {BY_BATCH_SIZE}"
    if part != "losses":
        words = "This is where one step leads: w and b begin at 0 once, before the first epoch."
        yield walked(x, y, lr, 1)[part], words
    yield from walks_gone_wrong(part, x, y, lr, epochs)


def epochs_gone_wrong(x, y):
    """For five rows in batches of two: what mistakes make of w, over all orders of the rows."""
    for batches in orders_of_five():
        dropped = "The last, short batch is missing: 5 rows make batches of 2, 2 and 1."
        yield descend(x, y, 0.2, batches[:2])[0], dropped
        yield descend(x, y, 0.2, batches, by=2)[0], BY_BATCH_SIZE
        yield descend(x, y, 0.2, batches, by=4)[0], f"{HALVED} {BY_BATCH_SIZE}"
        yield descend(x, y, 0.2, batches, scale=0.5)[0], HALVED
        kept = "Clear the gradients after each batch: backward() adds to them."
        yield descend(x, y, 0.2, batches, accumulate=True)[0], kept
    yield descend(x, y, 0.2, [...])[0], ONE_STEP


def as_column(w, x):
    """w, or zeros if it is nothing of the kind."""
    zeros = torch.zeros(x.shape[1], 1, dtype=x.dtype, device=x.device)
    column = as_like(w, zeros)
    fits = isinstance(column, Tensor) and column.shape == zeros.shape
    return column.detach().to(zeros) if fits else zeros


def plain(losses):
    """Is it a list of floats, as far as its first entry tells?"""
    return isinstance(losses, list) and bool(losses) and isinstance(losses[0], float)


def after_an_epoch(x, y, lr, orders):
    """The w that each of these orders leads to, all of them at once."""
    w, b = x.new_zeros(len(orders), x.shape[1], 1), x.new_zeros(len(orders), 1, 1)
    for batch in zip(*orders, strict=True):
        rows = torch.tensor(batch, device=x.device)
        error = x[rows] @ w + b - y[rows]
        w = w - lr * 2 * x[rows].mT @ error / rows.shape[1]
        b = b - lr * 2 * error.mean(dim=1, keepdim=True)
    return w


def orders_of_five():
    """Every way to deal five rows into batches of 2, 2 and 1; order within a batch is no matter."""
    for rows in permutations(range(5)):
        if rows[0] < rows[1] and rows[2] < rows[3]:
            yield list(rows[:2]), list(rows[2:4]), [rows[4]]
