"""Hidden suite of `bughunt`: every test fails for the program that learners are given.

rig_bughunt.py is for all tests, rig_bughunt_modules.py for hidden ones alone. Formulas and loops
are `@recorded`: they are the answers in another dress.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor

from grader.suite import (
    as_like,
    assert_form,
    assert_same,
    exercise,
    fail,
    points,
    recorded,
    rehearsed,
    unpack,
    visible,
)

LOOSE = {"rtol": 1e-4, "atol": 1e-5}
SINGLE_PRECISION = {"rtol": 1e-6, "atol": 1e-7}  # of losses in float64, wherever they were kept
VIEW = (
    "view() and reshape() keep the numbers in the order in which they lie in memory, and break "
    "the rows elsewhere. transpose() exchanges two axes."
)
AXES = "Only the last two axes change places: image n stays image n."
PAIRS = (
    "(N, 1) and (N,) broadcast to (N, N): every prediction is compared with every target. Give "
    "both one shape: prediction.reshape(-1) and target.reshape(-1)."
)
CUT = "detach(), .data, item(), no_grad() and a new torch.tensor(...) cut the graph."
TARGET_SHAPES = "Here target is (N, 1), as prediction is: both shapes of a target must work."
ONE_SIDED = (
    "This is a one-sided difference: f was asked on one side of x only. Ask it at the same "
    "distance on both sides, and divide by the distance between the two."
)
NOISE = (
    "A float32 has 7 digits, too few for a step of 1e-6: what comes out is rounding. Make x "
    "float64 before you add h."
)
CLOSE = (
    "Close, but not to a millionth, as a central difference with h = 1e-6 in float64 is. Yours "
    "differs in one of these three."
)
ACCUMULATES = "backward() adds to the gradients: clear them in every step, before it."
FIRST_STEP_ONLY = (
    "This is where the first step leads: after it, nothing moved. `w = w - ...` makes a new "
    "tensor, whose .grad no backward() fills. Change w itself, with `w -= ...` under "
    "torch.no_grad()."
)
STILL = "w and b are still 0: gradients that are cleared before the step are gone."
UPHILL = "The gradient points uphill: subtract it."
SUMMED = "This follows the sum of the squared errors: take their mean."
HALVED = "This follows half of the mean squared error: nothing is to be halved."
REGISTER = (
    "A module registers what is assigned to it directly: a parameter, a layer, an nn.Sequential, "
    "an nn.ModuleList. Plain tensors, and layers in a plain Python list, stay unknown to it."
)
NO_RETURN = "forward gives None: it ends without `return`."
ROWS = "(N, out): a row for each row of x, and a column for each output, even where it is only one."
FROZEN = "requires_grad = False freezes a parameter: here, all of them learn."
LESS = "A number that is frozen or not registered, or that no layer has, is missing here."
RANDOM = (
    "Something in forward is random: dropout, or a layer that is made anew in each call. Layers "
    "are made once, in __init__."
)
SHARED = "Each Line has numbers of its own: make them in __init__, for this Line alone."
PASSES = "Run the model once in each epoch, on all rows, and use what it gave for everything."
UNTOUCHED = "Measuring leaves the parameters alone: whether they are trained, and their gradients."
EVAL = "Call model.eval() first: it changes the mode of the model and of all modules inside."
RESTORE = (
    "Remember model.training before you call model.eval(), and set that mode again afterwards: "
    "model.train(was_training)."
)
INSIDE = (
    "model.training = ... sets the mode of one module. model.train(was_training) sets it in all "
    "modules inside as well, as model.eval() does."
)


@exercise("transpose_images")
class TestTransposeImages:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_rows_become_columns(self, student, reference, device, rng):
        """result[n, j, i] is images[n, i, j], for any shape, also for one image."""
        n, height, width = rng.sizes(3, 2, 5)
        for shape in ((n, height, width), (1, 2, 3), (2, 3, 3)):
            images = rng.integers(0, 100, *shape).float()
            expected, mistakes = reference.transpose_images(images), axes_gone_wrong(images)
            assert_same(student.transpose_images(images), expected, mistakes=mistakes)

    @points(1)
    def test_any_memory(self, student, device, rng):
        """It works in float64, for images that are not contiguous, and for none."""
        for images in (
            rng.normal(3, 2, 4, dtype=torch.float64),
            rng.normal(4, 2, 3, dtype=torch.float64).transpose(0, 2),
            rng.normal(2, 3, 4)[:, ::2, 1:],
            rng.normal(2, 3, 1),
            rng.normal(1, 1, 3),
            rng.normal(0, 2, 3),
        ):
            expected = images.permute(0, 2, 1).contiguous()
            mistakes = axes_gone_wrong(images)
            assert_same(student.transpose_images(images), expected, mistakes=mistakes)


@recorded
def axes_gone_wrong(images):
    """What mistakes with the axes give."""
    n, height, width = images.shape
    yield images.reshape(n, width, height), VIEW
    yield images, "These are the images as they came."
    yield images.permute(2, 1, 0), f"All axes are reversed. {AXES}"
    yield images.permute(1, 0, 2), f"The first two axes have changed places. {AXES}"
    yield images.permute(2, 0, 1), f"The axes have moved round. {AXES}"


def errors_of(rng, n, dtype=torch.float32, more=0.0):
    """A prediction and a target as a column, with a good error in each row."""
    prediction = rng.integers(-9, 10, n, 1).to(dtype)
    error = rng.integers(1, 4, n, 1).to(dtype)
    return prediction, prediction + error + more


@exercise("mean_squared_error")
class TestMeanSquaredError:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_mean_over_the_rows(self, student, device, rng):
        """It is the mean over the N rows, for a target (N,) as well as (N, 1)."""
        n = rng.integer(3, 6)
        single, double = torch.float32, torch.float64
        for rows, dtype, more in ((n, single, 0.0), (2, double, 0.1), (1, single, 0.0)):
            prediction, column = errors_of(rng, rows, dtype, more)
            expected, mistakes = squares(prediction, column), squares_gone_wrong(prediction, column)
            for target, likely in ((column[:, 0], None), (column, TARGET_SHAPES)):
                got = student.mean_squared_error(prediction, target)
                assert_same(got, expected, mistakes=mistakes, likely=likely)

    @points(1)
    def test_gradient(self, student, device, rng):
        """Gradients flow back: the slope is 2 (prediction - target) / N."""
        for rows, dtype in ((rng.integer(2, 6), torch.float32), (3, torch.float64)):
            prediction, column = errors_of(rng, rows, dtype)
            prediction.requires_grad_()
            error = (prediction - column).detach()
            got = student.mean_squared_error(prediction, column[:, 0].clone())
            mistakes = squares_gone_wrong(prediction.detach(), column)
            assert_same(got, (error**2).mean(), mistakes=mistakes)
            check_flow(got)
            got.backward()
            assert_same(prediction.grad, 2 * error / rows, what="the gradient of prediction")
        perfect = rng.normal(2, 1).requires_grad_()
        student.mean_squared_error(perfect, perfect.detach()[:, 0].clone()).backward()
        likely = "Where the error is 0, a root has no slope: leave it out."
        expected = torch.zeros_like(perfect)
        what = "the gradient of a perfect prediction"
        assert_same(perfect.grad, expected, likely=likely, what=what)


@recorded
def squares(prediction, column):
    """The mean of the squared errors."""
    return ((prediction - column) ** 2).mean()


@recorded
def squares_gone_wrong(prediction, column):
    """What mistakes with the mean give."""
    squared = (prediction - column) ** 2
    yield ((prediction - column.T) ** 2).mean(), PAIRS
    yield ((prediction - column.T) ** 2).sum() / len(column), PAIRS
    yield squared.sum(), "This is the sum of the squares: take their mean."
    yield squared.mean().sqrt(), "This is the square root of the mean: leave the root out."
    yield squared.mean() / 2, "This is half of the mean: nothing is to be halved."
    if len(column) > 1:
        words = "The sum is divided by N - 1. The mean divides it by N."
        yield squared.sum() / (len(column) - 1), words
    yield (prediction - column).abs().mean(), "These are the absolute errors: square them."
    words = "Square each error first; in the mean of the errors, those above and below cancel."
    yield (prediction - column).mean() ** 2, words


def check_flow(got):
    if not (isinstance(got, Tensor) and got.requires_grad):
        fail(
            "gradients must flow through the result",
            expected="a result with requires_grad = True",
            got="a result with requires_grad = False",
            likely=CUT,
        )


class Curve:
    """A function of a 0-dim tensor, in the dtype in which it is asked; it remembers where that was,
    and what it was asked with instead of such a tensor."""

    def __init__(self, function):
        self.function, self.places, self.misused = function, [], None

    def __call__(self, x):
        if not isinstance(x, Tensor):
            self.misused = f"a {type(x).__name__}"
            x = torch.as_tensor(x, dtype=torch.float64)
        elif x.ndim > 0:
            self.misused = f"a tensor of shape {tuple(x.shape)}"
        self.places += x.detach().flatten().tolist()
        return self.function(x.detach())


@recorded
def slopes_gone_wrong(f, x):
    """What comes out where all numbers stay in float32."""
    up, down = f(x + 1e-6), f(x - 1e-6)
    for found in ((up - f(x)) / 1e-6, (up - down) / 2e-6, (f(x) - down) / 1e-6):
        yield found.item(), NOISE


def check_slope(student, function, x, right):
    """The slope of a function at x is right to a millionth."""
    f, at = Curve(function), x.item()
    mistakes = slopes_gone_wrong(function, x.clone())
    got = student.slope(f, x)
    if f.misused:
        fail(
            "f was asked with something else than a 0-dim tensor",
            expected="f(x), where x is a 0-dim float64 tensor",
            got=f"f(x), where x is {f.misused}",
            likely="Keep x a tensor without axes, as it came: x.double() is one in float64.",
        )
    number = as_like(got, right)
    off = abs(number - right) if isinstance(number, float) else math.nan
    places = f.places or [at - 1, at + 1]
    one_sided = min(places) >= at or max(places) <= at
    close = off < 0.01 * max(1, abs(right))
    likely = None if not close else ONE_SIDED if one_sided else CLOSE
    assert_same(got, right, mistakes=mistakes, likely=likely, rtol=1e-6, atol=1e-6)


@exercise("slope")
class TestSlope:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_steep_and_winding_curves(self, student, device, rng):
        """The slope of a steep or winding curve is right to a millionth, as a float."""
        for x in rng.uniform(0.5, 1.5, 2):
            at = x.item()
            check_slope(student, lambda x: (3 * x).exp(), x, 3 * math.exp(3 * at))
        # The cosine of 50 x is near 1 here: where it is near 0, a large h does not show.
        for x in rng.uniform(0.115, 0.135, 2):
            right = 50 * math.cos(50 * x.item())
            check_slope(student, lambda x: (50 * x).sin(), x, right)

    @points(1)
    def test_bowls(self, student, device, rng):
        """At the bottom of a bowl the slope is 0, and in a tilted bowl that of the tilt."""
        for x in (rng.uniform(1, 2), rng.uniform(-2, -1), torch.zeros((), device=device)):
            at, tilt = x.item(), rng.uniform(0.2, 0.5).item()
            check_slope(student, lambda x, at=at: 50 * (x - at) ** 2, x, 0.0)
            check_slope(student, lambda x, a=at, t=tilt: t * x - 20 * (x - a) ** 2, x, tilt)


def points_of_a_line(rng, n, dtype=torch.float32):
    x = rng.uniform(0.5, 2, n, 1, dtype=dtype)
    x[1::2] *= -1
    return x, rng.uniform(1, 3, n, 1, dtype=dtype)


def descend_line(x, y, lr, steps, *, accumulate=False, scale=1.0, moves=None):
    """Gradient descent from zero by formula: w and b by name.

    The options are mistakes: gradients that add up, another scale of the loss, only so many steps.
    """
    w, b = torch.zeros_like(x[:1]), torch.zeros_like(y[0])
    sum_w, sum_b = w, b
    for _ in range(steps if moves is None else moves):
        slope = scale * 2 * (x @ w + b - y) / len(x)
        dw, db = x.T @ slope, slope.sum(dim=0)
        sum_w, sum_b = (sum_w + dw, sum_b + db) if accumulate else (dw, db)
        w, b = w - lr * sum_w, b - lr * sum_b
    return {"w": w, "b": b}


@recorded
def descent(x, y, lr, steps):
    """Where gradient descent leads: w and b by name."""
    return descend_line(x, y, lr, steps)


@recorded
def descents_gone_wrong(part, x, y, lr, steps):
    """What mistakes with fit_line make of w or b."""
    run = x, y, lr, steps
    yield descend_line(*run, accumulate=True)[part], ACCUMULATES
    yield descend_line(*run, moves=1)[part], FIRST_STEP_ONLY
    yield descend_line(*run, moves=0)[part], STILL
    yield descend_line(x, y, -lr, steps)[part], UPHILL
    yield descend_line(*run, scale=len(x))[part], SUMMED
    yield descend_line(*run, scale=0.5)[part], HALVED
    for moves in (steps - 1, steps + 1):
        words = f"This is where {moves} steps lead, and {steps} are asked for."
        yield descend_line(*run, moves=moves)[part], words


def check_fit(student, x, y, lr, steps, **tolerance):
    """Where it ends is right; what it returned."""
    run = x, y, lr, steps
    expected = descent(*run)
    mistakes = {part: descents_gone_wrong(part, *run) for part in expected}
    result = unpack(student.fit_line(x, y, lr=lr, steps=steps), "w", "b")
    for (part, right), got in zip(expected.items(), result, strict=True):
        assert_same(got, right, mistakes=mistakes[part], what=part, **tolerance)
    return result


@exercise("fit_line")
class TestFitLine:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_each_step_counts(self, student, device, rng):
        """After two steps and more, w and b are where gradient descent leads."""
        for n, steps in ((rng.integer(3, 6), 3), (1, 2), (4, rng.integer(4, 7))):
            check_fit(student, *points_of_a_line(rng, n), 0.1, steps, **LOOSE)

    @points(1)
    def test_many_steps_in_double(self, student, device, rng):
        """In float64 it is as exact, and many steps find the line through the points."""
        check_fit(student, *points_of_a_line(rng, 3, torch.float64), 0.05, 3)
        check_fit(student, *points_of_a_line(rng, 3, torch.float64), 1.5, 3)  # far too large
        x, _ = points_of_a_line(rng, 4, torch.float64)
        y = rng.normal(1, 1, dtype=torch.float64) * x + rng.normal(1, dtype=torch.float64)
        check_fit(student, x, y, 0.1, 60)

    @points(1)
    def test_no_graph_is_left(self, student, device, rng):
        """w and b come back without a graph."""
        result = check_fit(student, *points_of_a_line(rng, 3), 0.1, 3, **LOOSE)
        for name, got in zip("wb", result, strict=True):
            if isinstance(got, Tensor) and got.requires_grad:
                fail(
                    f"{name} must come back without a graph",
                    expected="requires_grad = False",
                    got="requires_grad = True",
                    likely="detach() gives the same numbers without the graph behind them.",
                )


def check_output(model, x, outputs):
    """What the model makes of `x`: a tensor of shape (N, outputs)."""
    y = model(x)
    likely = NO_RETURN if y is None else ROWS if isinstance(y, Tensor) else None
    return assert_form(y, x.new_zeros(len(x), outputs), likely=likely, what="the output").detach()


def check_numbers(rig, model, expected):
    """So many numbers are registered, and trained."""
    registered = rig.registered(model)
    count = sum(math.prod(shape) for shape, is_trained in registered if is_trained)
    if count != expected:
        frozen = count < expected == sum(math.prod(shape) for shape, _ in registered)
        likely = FROZEN if frozen else REGISTER if count == 0 else LESS
        fail(
            "the registered, trained numbers do not add up",
            expected=f"{expected} numbers that are registered and require a gradient",
            got=f"{count} of them",
            likely=likely if count < expected else None,
        )


def check_taught(modules, model, x, y, lr):
    """Takes one step of training."""
    if not modules.taught(model, x, y, lr):
        fail(
            "gradients must flow through the model",
            expected="an output with requires_grad = True",
            got="an output with requires_grad = False",
            likely="detach(), .data, no_grad() and a new torch.tensor(...) in forward cut the "
            "graph.",
        )


def filled(rig, model, device, dtype=torch.float32):
    """Gives the two numbers of a Line these values: w and b, whichever comes first."""
    rig.to_device(model, device)
    numbers = torch.tensor([2.0, -3.0], dtype=dtype, device=device)
    rig.set_parameters(model, numbers)
    start = check_output(model, numbers.new_zeros(1, 1), 1)
    return numbers.flip(0) if (start - numbers[0]).abs() < 0.5 else numbers


@exercise("Line")
class TestLine:
    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_line(self, student, device, rng):
        """It maps each row x to x w + b, with its two registered numbers w and b."""
        rig = student.bring("rig_bughunt")
        model = student.Line()
        check_numbers(rig, model, 2)
        w, b = filled(rig, model, device)
        for n in (rng.integer(2, 5), 1, 0):
            x = rng.normal(n, 1)
            mistakes = (
                (x * w, "b is left out: it is added to each row."),
                ((x * w + b).relu(), "A line has no ReLU: negative numbers must come out too."),
            )
            assert_same(check_output(model, x, 1), x * w + b, mistakes=mistakes, **LOOSE)

    @points(1)
    def test_trained_numbers(self, student, device, rng):
        """w is (1, 1), b is (1,), and a step of training moves both, also in float64."""
        rig, modules = student.bring("rig_bughunt"), student.bring("rig_bughunt_modules")
        model, other = student.Line(), student.Line()
        filled(rig, model, device)
        rig.set_parameters(other, torch.tensor([9.0]))
        if any(bool((p == 9).any()) for p in rig.trained(model)):
            expected = "two Lines with numbers of their own"
            fail("two Lines must not share", expected=expected, got="the same", likely=SHARED)
        for dtype in (torch.float32, torch.float64):
            model = modules.in_double(model) if dtype is torch.float64 else model
            check_numbers(rig, model, 2)
            w, b = filled(rig, model, device, dtype)
            trained = rig.trained(model)
            shapes = [tuple(p.shape) for n in (w, b) for p in trained if (p == n).any()]
            if len(shapes) == 2 and shapes != [(1, 1), (1,)]:
                expected, got = "w (1, 1) and b (1,)", "w {} and b {}".format(*shapes)
                fail("w and b have other shapes", expected=expected, got=got)
            x, y = points_of_a_line(rng, 3, dtype)
            check_taught(modules, model, x, y, 0.1)
            slope = 2 * (x * w + b - y) / len(x)
            w, b = w - 0.1 * (slope * x).sum(), b - 0.1 * slope.sum()
            likely = "One step on the mean squared error, with lr = 0.1, was taken before."
            got = check_output(model, x, 1)
            assert_same(got, x * w + b, likely=likely, what="the output", **LOOSE)


@recorded
def equal_weights(x, c, sizes):
    """The output of a net if each of its weights and biases is `c`."""
    return by_hand(x, c, sizes, range(1, len(sizes) - 1))


def by_hand(x, c, sizes, relus):
    """The same with a ReLU after the layers with the numbers `relus`; 0 stands for the input."""
    for k, size in enumerate(sizes):
        if k > 0:
            x = (c * (x.sum(dim=1, keepdim=True) + 1)).expand(-1, size)
        x = x.clamp(min=0) if k in relus else x
    return x


@recorded
def relus_gone_wrong(x, c, sizes):
    """The output of a net with its ReLUs in wrong places."""
    last = len(sizes) - 1
    words = "There is a ReLU after the last layer: negative numbers must be able to come out."
    yield by_hand(x, c, sizes, range(1, last + 1)), words
    words = "There is no ReLU between the layers: together they are one linear layer."
    yield by_hand(x, c, sizes, ()), words
    words = "The only ReLU comes after the last layer. It stands between two layers."
    yield by_hand(x, c, sizes, (last,)), words
    words = "There is a ReLU before the first layer: it cuts the negative inputs."
    yield by_hand(x, c, sizes, range(last)), words
    words = "There is a ReLU after the first layer alone. It stands between each two layers."
    yield by_hand(x, c, sizes, (1,)), words


@exercise("Net")
class TestNet:
    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_relu_between_layers(self, student, device, rng):
        """There is a ReLU between each two layers, and none after the last."""
        rig = student.bring("rig_bughunt")
        first, *more = rng.sizes(3, 2, 5)
        # Rows with sums below -1 and above it: the first layer is on one side of 0, or the other.
        # One is so large that no other bound, as of relu6, is out of reach.
        sides = rng.uniform(0, 2, 1, first), rng.uniform(9, 11, 1, first)
        x = torch.cat([*sides, rng.uniform(-3, -1, 2, first)])
        # Widths may be alike, and a layer inside may be as wide as the last.
        for sizes in ([first, more[0], 1], [first, 2, 2, 2], [first, 2]):
            model = student.Net(sizes)
            check_numbers(rig, model, sum((a + 1) * b for a, b in pairwise(sizes)))
            rig.to_device(model, device)
            for c, rows in ((0.5, x), (-0.5, x), (-0.5, x[:1]), (-0.5, x[:0])):
                if rows is x:
                    rig.set_parameters(model, torch.tensor([c], device=device))
                expected = equal_weights(rows, c, sizes)
                mistakes = relus_gone_wrong(rows, c, sizes)
                got = check_output(model, rows, sizes[-1])
                for _ in range(0 if torch.allclose(got, expected, **LOOSE) else 5):
                    again = check_output(model, rows, sizes[-1])
                    if not torch.allclose(got, again, **LOOSE):
                        message = "a second call with the same input gives another output"
                        fail(message, expected=got, got=again, likely=RANDOM)
                assert_same(got, expected, mistakes=mistakes, **LOOSE)

    @points(1)
    def test_all_layers_are_trained(self, student, device, rng):
        """A step of training moves all of its layers, also in float64."""
        rig, modules = student.bring("rig_bughunt"), student.bring("rig_bughunt_modules")
        first, *more = rng.sizes(3, 2, 5)
        for sizes, dtype in (
            ([first, *more, 2], torch.float32),
            ([1, more[0], 1], torch.float64),
            ([first, 1], torch.float64),
        ):
            model = student.Net(sizes)
            check_numbers(rig, model, sum((a + 1) * b for a, b in pairwise(sizes)))
            rig.to_device(model, device)
            model = modules.in_double(model) if dtype is torch.float64 else model
            rig.set_parameters(model, torch.tensor([0.25], dtype=dtype, device=device))
            # All is above 0 here, so that no ReLU shows, wherever it stands.
            x = rng.uniform(0.5, 1, 3, first if sizes[0] > 1 else 1, dtype=dtype)
            y = rng.uniform(2, 3, 3, sizes[-1], dtype=dtype)
            check_output(model, x, sizes[-1])
            check_taught(modules, model, x, y, 0.01)
            likely = "One step on the mean squared error, with lr = 0.01, was taken before."
            expected = after_a_step(x, y, sizes, 0.01)
            got = check_output(model, x, sizes[-1])
            assert_same(got, expected, likely=likely, what="the output", **LOOSE)


def after_a_step(x, y, sizes, lr):
    """The output of such a net, whose numbers are all 0.25, after a step of training."""
    leaves = [
        torch.full(shape, 0.25, dtype=x.dtype, device=x.device, requires_grad=True)
        for a, b in pairwise(sizes)
        for shape in ((b, a), (b,))
    ]

    def output(leaves):
        out = x
        for weight, bias in zip(leaves[::2], leaves[1::2], strict=True):
            out = out @ weight.T + bias
        return out

    slopes = torch.autograd.grad(((output(leaves) - y) ** 2).mean(), leaves)
    return output([p.detach() - lr * s for p, s in zip(leaves, slopes, strict=True)])


@exercise("loss")
class TestLoss:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_mean_cross_entropy(self, student, device, rng):
        """It is the mean of the cross-entropies of the rows, for any N and C."""
        n, classes = rng.sizes(2, 2, 6)
        for rows, c, reach, dtype in (
            (n, classes, 3, torch.float32),
            (1, 3, 3, torch.float64),
            (3, classes, 20, torch.float32),
            (2, 1, 3, torch.float32),
        ):
            logits = rng.uniform(-reach, reach, rows, c, dtype=dtype)
            # The last class may be the target of no row.
            targets = rng.integers(0, c - 1 if rows == 1 else c, rows)
            if dtype == torch.float32 and reach == 3:  # here it is
                targets[-1] = c - 1
            if reach == 20:  # the right class has a probability of e^-40
                logits[0, :2], targets[0] = torch.tensor([-20.0, 20.0]), 0
            expected = cross_entropy(logits, targets)
            mistakes = entropies_gone_wrong(logits, targets)
            assert_same(student.loss(logits, targets), expected, mistakes=mistakes)

    @points(1)
    def test_gradient(self, student, device, rng):
        """Gradients flow back: a logit has the slope (probability - 1 or 0) / N."""
        for rows, c, reach, dtype in ((3, 2, 2, torch.float32), (2, 4, 20, torch.float64)):
            logits = rng.uniform(-reach, reach, rows, c, dtype=dtype).requires_grad_()
            targets = rng.integers(0, c, rows)
            there = logits.detach()
            mistakes = entropies_gone_wrong(there, targets)
            got = student.loss(logits, targets)
            assert_same(got, cross_entropy(there, targets), mistakes=mistakes)
            check_flow(got)
            got.backward()
            right = (there.softmax(dim=1) - torch.eye(c, device=device)[targets]) / rows
            assert_same(logits.grad, right.to(dtype), what="the gradient of logits", **LOOSE)


@recorded
def cross_entropy(logits, targets):
    """The mean of -log softmax(logits) at the targets."""
    return entropies(logits, targets).mean()


def entropies(logits, targets):
    return logits.logsumexp(dim=1) - logits.gather(1, targets[:, None])[:, 0]


@recorded
def entropies_gone_wrong(logits, targets):
    """What mistakes with the loss give."""
    words = "Softmax was taken twice: cross_entropy has one inside, and wants the logits."
    yield entropies(logits.softmax(dim=1), targets).mean(), words
    words = "log_softmax does no harm to cross_entropy, but along dim=0 it mixes the rows."
    yield entropies(logits.log_softmax(dim=0), targets).mean(), words
    words = "cross_entropy wants the logits as they are, without softmax, here along dim=0."
    yield entropies(logits.softmax(dim=0), targets).mean(), words
    right = entropies(logits, targets)
    yield right.sum(), "This is the sum over the rows: take the mean."
    yield right, "This is the loss of each row: take the mean."
    yield -right.mean(), "The sign is wrong: the loss is the mean of -log(probability)."
    log_p = logits.log_softmax(dim=1)
    words = "This takes the columns of all targets from every row. Row n has one target only."
    yield -log_p[:, targets].mean(), words
    words = "nll_loss wants log-probabilities, not logits. cross_entropy wants logits."
    yield -logits.gather(1, targets[:, None]).mean(), words
    p = logits.softmax(dim=1).gather(1, targets[:, None])
    words = "nll_loss wants log-probabilities: this takes the probabilities without a log."
    yield -p.mean(), words
    words = (
        "Something is added to the probability before the logarithm, or it is clamped, so that a "
        "small one counts too little. log_softmax needs neither."
    )
    for least in (1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6):
        yield -(p + least).log().mean(), words
        yield -p.clamp(least, 1 - least).log().mean(), words
        yield -p.clamp(min=least).log().mean(), words


def run_of(rng, n, dtype=torch.float32, outputs=None):
    """Rows and targets, and a weight and a bias to begin with."""
    inputs, several = rng.sizes(2, 2, 5)
    outputs = outputs or several
    shapes = (n, inputs), (n, outputs), (outputs, inputs), (outputs,)
    return [rng.normal(*shape, dtype=dtype) for shape in shapes]


def trained_line(
    x,
    y,
    weight,
    bias,
    epochs,
    *,
    lr=0.1,
    accumulate=False,
    before=0.0,
    early=False,
    signs=False,
    decay=0.0,
    scale=1.0,
):
    """Training of a linear layer by formula: weight, bias, loss before each step.

    The options are mistakes: gradients that add up, to what was there `before`; steps that come
    before the slopes of their epoch; another scale of the loss. With `signs` or `decay` the
    optimizer takes another kind of step.
    """
    losses = []
    dw, db = torch.full_like(weight, before), torch.full_like(bias, before)
    for _ in range(epochs):
        error = x @ weight.T + bias - y
        losses.append(scale * (error**2).mean().item())
        slope = scale * 2 * error / error.numel()
        kept = (dw, db) if accumulate else (0 * weight, 0 * bias)
        late = dw, db
        dw, db = kept[0] + slope.T @ x, kept[1] + slope.sum(dim=0)
        step = late if early else (dw, db)
        step = [part.sign() for part in step] if signs else step
        step = [part + decay * p for part, p in zip(step, (weight, bias), strict=True)]
        weight, bias = weight - lr * step[0], bias - lr * step[1]
    return weight, bias, losses


@recorded
def trained_right(x, y, weight, bias, epochs):
    """The weight and the bias that training leads to, and the loss before each step."""
    return trained_line(x, y, weight, bias, epochs)


EARLY = (
    "The step comes before backward(), so it takes the slopes of the epoch before, if there are "
    "any. First backward(), then step()."
)
NO_STEP = (
    "Nothing moves from epoch to epoch: step() is missing or stands outside the loop, or the "
    "gradients are cleared between backward() and step()."
)
AFTER = "Note the loss before the step, not after it."


@recorded
def trainings_gone_wrong(part, x, y, weight, bias, epochs):
    """What mistakes with train make of the weight, the bias or the losses: part 0, 1 or 2."""
    yield from slips(part, x, y, weight, bias, epochs)


def slips(part, x, y, weight, bias, epochs, **options):
    run = x, y, weight, bias, epochs
    yield trained_line(*run, accumulate=True, **options)[part], ACCUMULATES
    yield trained_line(*run, accumulate=True, early=True, **options)[part], EARLY
    yield trained_line(*run, early=True, **options)[part], EARLY
    yield trained_line(*run, **{**options, "lr": 0.0})[part], NO_STEP
    yield trained_line(*run, scale=y.numel(), **options)[part], SUMMED
    yield trained_line(*run, scale=0.5, **options)[part], HALVED
    if part == 2:
        yield trained_line(x, y, weight, bias, epochs + 1, **options)[part][1:], AFTER


def check_trained(rig, model, expected, mistakes, **tolerance):
    """The parameters of a model are as expected; `mistakes` gives those of each by its number."""
    for k, (got, right) in enumerate(zip(rig.trained(model), expected, strict=True)):
        what = f"{'the weight' if k % 2 == 0 else 'the bias'} of the model"
        assert_same(got, right, mistakes=mistakes(k), what=what, **tolerance)


@exercise("train")
class TestTrain:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_losses_before_each_step(self, student, device, rng):
        """It returns the loss of each epoch before its step, as floats."""
        rig = student.bring("rig_bughunt")
        for n, outputs, epochs, dtype, tolerance in (
            (4, None, rng.integer(3, 6), torch.float32, LOOSE),
            (3, 1, 2, torch.float64, SINGLE_PRECISION),
            (1, 2, 1, torch.float32, LOOSE),
        ):
            x, y, weight, bias = run_of(rng, n, dtype, outputs)
            run = x, y, weight, bias, epochs
            (_, _, expected), mistakes = trained_right(*run), trainings_gone_wrong(2, *run)
            model = rig.linear(weight, bias)
            losses = student.train(model, rig.optimizer(model, 0.1), x, y, epochs)
            likely = length_of(losses, expected)
            what = "losses"
            assert_same(losses, expected, mistakes=mistakes, likely=likely, what=what, **tolerance)

    @points(1)
    def test_one_step_an_epoch(self, student, device, rng):
        """Each epoch is one step of the optimizer, along that epoch's slopes alone."""
        rig, modules = student.bring("rig_bughunt"), student.bring("rig_bughunt_modules")
        # Far from the targets the slopes are large. On them there are none, but there is decay.
        for n, far, kind, epochs in (
            (4, 1.0, {}, 3),
            (1, 100.0, {}, 2),
            (3, 1.0, {"signs": True}, 2),
            (3, 0.0, {"decay": 0.5}, 2),
        ):
            x, y, weight, bias = run_of(rng, n, torch.float64)
            y = far * y if far else x @ weight.T + bias
            run = x, y, weight, bias, epochs
            model = rig.linear(weight, bias)
            student.train(model, rig.optimizer(model, 0.1, **kind), x, y, epochs)
            expected = trained_line(*run, **kind)[:2]
            mistakes = lambda k, run=run, kind=kind: slips(k, *run, **kind)  # noqa: E731
            check_trained(rig, model, expected, mistakes)
        # So many rows that whoever takes them in batches takes more than one step.
        x, _, *first = run_of(rng, 130)
        second = rng.normal(2, len(first[0])), rng.normal(2)
        y, start = rng.normal(130, 2), [*first, *second]
        model = modules.network(rig.linear(*first), rig.linear(*second))
        student.train(model, rig.optimizer(model, 0.05), x, y, 3)
        expected = trained_network(x, y, start, 0.05, 3)
        added = trained_network(x, y, start, 0.05, 3, accumulate=True)
        mistakes = lambda k: [(added[k], ACCUMULATES), (start[k], NO_STEP)]  # noqa: E731
        check_trained(rig, model, expected, mistakes, **LOOSE)

    @points(1)
    def test_training_mode_and_old_gradients(self, student, device, rng):
        """It works in training mode, and gradients from before do not count."""
        rig, modules = student.bring("rig_bughunt"), student.bring("rig_bughunt_modules")
        x, y, weight, bias = run_of(rng, 4)
        run = x, y, weight, bias, 3
        for old in (100.0, torch.nan):
            model = rig.linear(weight, bias)
            modules.leave_gradients(model, old)
            student.train(model, rig.optimizer(model, 0.1), x, y, 3)
            words = "The model came with gradients: clear them before the first backward(), too."

            def mistakes(k, old=old, words=words):
                for early in (False, True):
                    added = trained_line(*run, accumulate=True, before=old, early=early)
                    yield added[k], words
                yield from slips(k, *run)

            check_trained(rig, model, trained_line(*run)[:2], mistakes, **LOOSE)
        model = modules.two_faced(rig.linear(weight, bias))
        modules.set_mode(model, False)
        student.train(model, rig.optimizer(model, 0.1), x, y, 3)
        # This model gives the sine of its linear output while it is trained.
        expected = trained_network(x, y, [weight, bias], 0.1, 3)

        def mistakes(k):
            words = "The model ran in evaluation mode: call model.train() before the first epoch."
            yield trained_line(*run)[k], words

        check_trained(rig, model, expected, mistakes, **LOOSE)
        passes = len(modules.graphs(model))
        if passes != 3:
            expected, got = "3 passes in 3 epochs", f"{passes} passes"
            fail("the model must run once in each epoch", expected=expected, got=got, likely=PASSES)


def length_of(losses, expected):
    """What is certain of a list of another length."""
    found = as_like(losses, expected)
    if isinstance(found, list) and len(found) != len(expected):
        return f"One loss for each epoch, and there are {len(expected)} here."
    return None


def trained_network(x, y, parameters, lr, epochs, *, accumulate=False):
    """The parameters after training of layers with a sine after each but the last, or the only
    one; by autograd."""
    kept = [torch.zeros_like(p) for p in parameters]
    for _ in range(epochs):
        leaves = [p.detach().requires_grad_() for p in parameters]
        out = (x @ leaves[0].T + leaves[1]).sin()
        out = out @ leaves[2].T + leaves[3] if leaves[2:] else out
        slopes = torch.autograd.grad(((out - y) ** 2).mean(), leaves)
        kept = [k + s for k, s in zip(kept, slopes, strict=True)] if accumulate else slopes
        parameters = [(p - lr * s).detach() for p, s in zip(leaves, kept, strict=True)]
    return parameters


def batches_of(rng, *lengths, dtype=torch.float32):
    """A linear layer's weight and bias, and batches of so many rows that it gets quite wrong."""
    inputs, outputs = rng.sizes(2, 2, 5)
    weight, bias = rng.normal(outputs, inputs, dtype=dtype), rng.normal(outputs, dtype=dtype)
    xs = [rng.normal(n, inputs, dtype=dtype) for n in lengths]
    errors = [k + 1 + rng.uniform(0, 1, n, outputs, dtype=dtype) for k, n in enumerate(lengths)]
    ys = [x @ weight.T + bias + error for x, error in zip(xs, errors, strict=True)]
    return weight, bias, list(zip(xs, ys, strict=True))


@recorded
def error_of(batches, weight, bias):
    """The mean squared error of a linear layer over all entries of all batches."""
    return torch.cat([(x @ weight.T + bias - y) ** 2 for x, y in batches]).mean().item()


@recorded
def errors_gone_wrong(batches, weight, bias):
    """What mistakes with validate give."""
    squared = [(x @ weight.T + bias - y) ** 2 for x, y in batches]
    means = torch.stack([part.mean() for part in squared])
    whole = torch.cat(squared)
    words = (
        "This is the mean of the means of the batches: a row of a short batch counts more than "
        "one of a long batch. Add up the squares, and divide by the number of entries."
    )
    yield means.mean().item(), words
    yield means.sum().item(), "This is the sum of the means of the batches."
    words = (
        "The means of the batches are divided by the number of rows. Add up the squares instead."
    )
    yield (means.sum() / len(whole)).item(), words
    yield whole.sum().item(), "This is the sum of the squares: divide it by their number."
    words = "The squares are divided by the number of rows: there are several entries in each row."
    yield whole.sum(dim=1).mean().item(), words
    words = "The sum is divided by the number of batches: divide it by the number of entries."
    yield (whole.sum() / len(batches)).item(), words
    yield whole.sqrt().mean().item(), "These are the absolute errors: square them instead."
    yield means[-1].item(), "This is the error of the last batch alone."
    yield means[0].item(), "This is the error of the first batch alone."
    yield whole.mean().sqrt().item(), "This is the square root of the mean: leave the root out."


@exercise("validate")
class TestValidate:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_mean_over_all_entries(self, student, device, rng):
        """It is the mean squared error over all entries of all batches, as a float."""
        rig = student.bring("rig_bughunt")
        for lengths, dtype in (
            ((3, 1), torch.float32),
            ((rng.integer(2, 4), 4, 1), torch.float64),
            ((1,), torch.float32),
        ):
            weight, bias, batches = batches_of(rng, *lengths, dtype=dtype)
            expected = error_of(batches, weight, bias)
            mistakes = errors_gone_wrong(batches, weight, bias)
            got = student.validate(rig.linear(weight, bias), batches)
            tolerance = LOOSE if dtype is torch.float32 else SINGLE_PRECISION
            assert_same(got, expected, mistakes=mistakes, **tolerance)

    @points(1)
    def test_leaves_no_mark(self, student, device, rng):
        """It takes one pass in evaluation mode, without a graph, and restores the mode."""
        rig, modules = student.bring("rig_bughunt"), student.bring("rig_bughunt_modules")
        for training in (True, False):
            weight, bias, batches = batches_of(rng, 1, 3)
            model = modules.two_faced(rig.linear(weight, bias))
            modules.set_mode(model, training)
            modules.leave_gradients(model, 1.0)
            modules.freeze_bias(model)
            states = modules.states(model)
            lines = [x @ weight.T + bias for x, _ in batches]
            squared = [(line - y) ** 2 for line, (_, y) in zip(lines, batches, strict=True)]
            sines = [(line.sin() - y) ** 2 for line, (_, y) in zip(lines, batches, strict=True)]
            got = student.validate(model, modules.stream(batches))
            mistakes = [
                (torch.cat(sines).mean().item(), EVAL),
                (sum(part.mean().item() for part in sines) / 2, EVAL),
                *errors_gone_wrong(batches, weight, bias),
            ]
            expected = torch.cat(squared).mean().item()
            assert_same(got, expected, mistakes=mistakes, **LOOSE)
            check_no_graph(modules, model)
            check_mode(modules, model, training, batches[0][0], lines[0])
            if modules.states(model) != states:
                fail(
                    "the model must be left as it was",
                    expected="parameters trained or frozen, and with gradients, as before",
                    got="a parameter that has changed in this",
                    likely=UNTOUCHED,
                )


def check_no_graph(modules, model):
    """No pass through the model has recorded one; there was a pass."""
    graphs = modules.graphs(model)
    if graphs == [] or any(graphs):
        fail(
            "no graph must be recorded",
            expected="an output that requires no gradient",
            got="an output that requires a gradient" if graphs else "a model that never ran",
            likely="model.eval() does not stop autograd, and item() and detach() come too late: "
            "run the model under torch.no_grad().",
        )


def check_mode(modules, model, training, x, line):
    """All of the model is in the mode in which it came: it has two faces to tell."""
    face = torch.allclose(model(x).detach(), line.sin() if training else line, **LOOSE)
    modes = modules.modes(model)
    if not face or modes != [training] * len(modes):
        name = {True: "training mode", False: "evaluation mode"}
        inside = ", in a module inside" * (modes[:1] == [training])
        fail(
            f"a model that comes in {name[training]} must leave in it",
            expected=name[training],
            got=f"{name[not training]}{inside}",
            likely=INSIDE if inside else RESTORE,
        )
