"""Hidden suite of `sgd`: formulas and plain loops of its own are what it judges by."""

from itertools import permutations

import torch
from torch import Tensor

from grader.suite import assert_raises, assert_same, assert_unchanged, exercise, fail, points

ACCUMULATES = (
    "backward() adds to .grad. Clear the gradients in every step, or each step follows the sum of "
    "all gradients so far."
)
MEAN = "The loss is the mean of the squared errors, so the sum is divided by their number."
CUT = "detach(), .data, item(), no_grad() and a new torch.tensor(...) cut the graph."
FROM_ZERO = (
    "From w = 0 and b = 0, the first step leads to w = 2 lr x.T @ y / N and b = 2 lr times the "
    "mean of y, both in the dtype of x."
)
NEW_TENSOR = (
    "`p = p - lr * p.grad` makes a new tensor and leaves the old one as it was. Change p itself, "
    "with `p -= lr * p.grad` under torch.no_grad()."
)
LOOSE = {"rtol": 1e-4, "atol": 1e-5}


def unpack(value, *names):
    """The parts of a result, whether they came as a tuple or as a list."""
    expected = f"({', '.join(names)})"
    if not isinstance(value, (tuple, list)) or len(value) != len(names):
        fail(f"it must return {expected}", expected=expected, got=value)
    return value


def leaf(tensor, grad=None):
    tensor = tensor.detach().requires_grad_()
    tensor.grad = grad
    return tensor


def problem(rng, n, d, dtype=torch.float32):
    """Rows and targets of a regression, and a w and b to begin with."""
    shapes = ((n, d), (n, 1), (d, 1), (1,))
    return [rng.normal(*shape, dtype=dtype) for shape in shapes]


def gradients(x, y, w, b):
    """The slopes of the mean squared error, and the loss itself, by formula."""
    error = x @ w + b - y
    return 2 * x.T @ error / len(x), 2 * error.mean(dim=0), (error**2).mean().item()


def descend(x, y, lr, batches):
    """Gradient descent from zero over the given batches of rows; also the loss before each step."""
    w, b = torch.zeros_like(x[:1].T), torch.zeros_like(y[0])
    losses = []
    for rows in batches:
        dw, db, loss = gradients(x[rows], y[rows], w, b)
        w, b = w - lr * dw, b - lr * db
        losses.append(loss)
    return w, b, losses


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
        assert_same(tensor.grad, gradient)


def check_line(w, b, expected, *, likely, **tolerance):
    assert_same(w, expected[0], likely=likely, **tolerance)
    assert_same(b, expected[1], likely=likely, **tolerance)


def check_detached(**results):
    for name, tensor in results.items():
        if isinstance(tensor, Tensor) and tensor.requires_grad:
            fail(
                f"{name} must come back detached",
                expected=f"{name}.requires_grad = False",
                got=f"{name}.requires_grad = True",
                likely="The training is over: return w.detach() and b.detach().",
            )


def check_step(p, before, step, likely="The step is `p -= lr * p.grad`: minus, and no more."):
    """p has moved from `before` by `step`."""
    stuck = torch.equal(p.detach(), before) and bool(torch.as_tensor(step).any())
    assert_same(p.detach(), before + step, likely=NEW_TENSOR if stuck else likely)


@exercise("predict")
class TestPredict:
    @points(1)
    def test_straight_line(self, student, device, rng):
        """It is x w + b, of shape (N, 1), whatever N and D, in float32 and float64."""
        sizes = (*rng.sizes(2, 2, 6), torch.float32), (1, 3, torch.float64), (4, 1, torch.float32)
        for n, d, dtype in sizes:
            x, _, w, b = problem(rng, n, d, dtype)
            expected = torch.stack([(row * w[:, 0]).sum() + b[0] for row in x]).unsqueeze(1)
            assert_same(
                student.predict(x, w, b),
                expected,
                likely="x @ w is a matrix product, (N, D) times (D, 1); b is added to every row.",
            )

    @points(1)
    def test_gradients_flow(self, student, device, rng):
        """Gradients flow through it to x, w and b."""
        x, _, w, b = (leaf(t) for t in problem(rng, *rng.sizes(2)))
        g = rng.normal(len(x), 1)
        y = student.predict(x, w, b)
        assert_same(y, x @ w + b)
        check_graph(y)
        (y * g).sum().backward()  # y.backward(g) would import half of torch
        expected = (g @ w.T).detach(), (x.T @ g).detach(), g.sum(dim=0)
        check_gradients(expected, x=x, w=w, b=b)


@exercise("mse")
class TestMse:
    @points(1)
    def test_mean_of_squares(self, student, device, rng):
        """It is the mean of the squared errors, 0-dim, by hand, and gradients flow through it."""
        for n, dtype in ((1, torch.float32), (rng.integer(3, 7), torch.float64)):
            y_pred, y_true = leaf(rng.normal(n, 1, dtype=dtype)), rng.normal(n, 1, dtype=dtype)
            loss = student.mse(y_pred, y_true)
            error = (y_pred - y_true).detach()
            assert_same(loss, sum(e**2 for e in error[:, 0]) / n, likely=MEAN)
            check_graph(loss)
            loss.backward()
            check_gradients([2 * error / n], y_pred=y_pred)
        seen = student.mse.observe(y_pred.detach(), y_true)
        if "mse_loss" in seen.operations:
            fail(
                "it must be computed by hand",
                expected="subtraction, squares, a mean",
                got="torch's own mse_loss",
                likely="No torch.nn in this unit: write the formula with tensor operations.",
            )

    @points(1)
    def test_shapes_must_agree(self, student, device, rng):
        """Two shapes that differ are a ValueError, even where they would broadcast."""
        n = rng.integer(3, 6)
        column, row = rng.normal(n, 1), rng.normal(n)
        for y in (column, row):
            assert_same(student.mse(y, y.clone()), torch.zeros((), device=device))
        for y_pred, y_true in ((column, row), (row, column), (column, rng.normal(1, 1))):
            assert_raises(
                ValueError,
                lambda a=y_pred, b=y_true: student.mse(a, b),
                mentions=(tuple(y_pred.shape), tuple(y_true.shape)),
                likely="(N, 1) minus (N,) broadcasts to (N, N) without a word. Compare the whole "
                "shapes first, not only their lengths.",
            )


@exercise("mse_gradients")
class TestMseGradients:
    @points(2)
    def test_slopes_of_the_loss(self, student, device, rng):
        """dw and db are the slopes of the mean squared error, shaped like w and b."""
        for n, d, dtype in (
            (*rng.sizes(2, 2, 6), torch.float32),
            (*rng.sizes(2, 2, 6), torch.float64),
            (1, 2, torch.float64),
            (3, 1, torch.float32),
        ):
            x, y, w, b = problem(rng, n, d, dtype)
            dw, db = unpack(student.mse_gradients(x, y, w, b), "dw", "db")
            w_leaf, b_leaf = leaf(w), leaf(b)
            ((x @ w_leaf + b_leaf - y) ** 2).mean().backward()
            likely = "d loss / d prediction is 2 * (prediction - y) / N: a 2, a mean, this sign."
            assert_same(dw, w_leaf.grad, likely=likely)
            assert_same(db, b_leaf.grad, likely=f"{likely} b adds up over all rows.")

    @points(1)
    def test_closed_form(self, student, device, rng):
        """It works from a formula: no backward pass runs, and the inputs stay as they are."""
        x, y, w, b = problem(rng, *rng.sizes(2))
        expected = gradients(x, y, w, b)
        before = [t.clone() for t in (x, y, w, b)]
        rig = student.bring("rig_sgd")
        rig.watch_backward()
        try:
            result = student.mse_gradients(x, y, w, b)
        except RuntimeError as error:
            if "saved tensor hooks" not in str(error):  # how torch.func refuses to be watched
                raise
            result = None
        finally:
            passes = rig.backward_passes()
        if passes or result is None:
            fail(
                "the formula must do without autograd",
                expected="no backward pass",
                got="a backward pass" if passes else "no result",
                likely="Derive the slopes on paper: the chain rule from the loss to the "
                "prediction, and from there to w and to b.",
            )
        dw, db = unpack(result, "dw", "db")
        assert_same(dw, expected[0])
        assert_same(db, expected[1])
        for t, old in zip((x, y, w, b), before, strict=True):
            assert_unchanged(t, old)


@exercise("sgd_step_")
class TestSgdStep:
    @points(1)
    def test_step_downhill(self, student, device, rng):
        """Each p becomes p - lr * p.grad; the result is None."""
        for dtype in (torch.float32, torch.float64):
            lr = rng.uniform(0.1, 0.9).item()
            shapes = (), rng.sizes(1), rng.sizes(2)
            params = [
                leaf(rng.normal(*s, dtype=dtype), rng.normal(*s, dtype=dtype)) for s in shapes
            ]
            before = [p.detach().clone() for p in params]
            steps = [-lr * p.grad for p in params]
            result = student.sgd_step_(params, lr)
            for p, old, step in zip(params, before, steps, strict=True):
                check_step(p, old, step)
            assert_same(result, None, likely="It changes params in place; there is no result.")

    @points(1)
    def test_same_leaf_in_its_own_memory(self, student, device, rng):
        """Each p stays the same leaf in its own memory: whoever shares it sees the step."""
        memory, g = rng.normal(6), rng.normal(4)
        before = memory.clone()
        p = leaf(memory[1:5], g.clone())
        student.sgd_step_([p], 0.5)
        check_step(p, before[1:5], -0.5 * g)
        likely = (
            "`p.data = p.data - ...` puts p into new memory, and an optimizer or a view that knows "
            "the old one misses the step. Use `-=`, under torch.no_grad()."
        )
        if student.rebound(p):
            fail(
                "p must stay the same leaf in the same memory",
                expected="p changed in place",
                got="p in new memory, or no longer a leaf",
                likely=likely,
            )
        before[1:5] -= 0.5 * g
        assert_same(memory, before, likely=likely)

    @points(1)
    def test_missing_gradients_are_skipped(self, student, device, rng):
        """A p without a gradient is skipped, and the others still take their step."""
        params = [leaf(rng.normal(2)) for _ in range(4)]
        for p in params[1::2]:
            p.grad = rng.normal(2)
        before = [p.detach().clone() for p in params]
        steps = [0 if p.grad is None else -0.5 * p.grad for p in params]
        student.sgd_step_(params, 0.5)
        for p, old, step in zip(params, before, steps, strict=True):
            likely = (
                "Each p with a gradient takes its step, also after one without: no return here."
            )
            assert_same(p.detach(), old + step, likely=likely)

    @points(1)
    def test_gradients_are_left_alone(self, student, device, rng):
        """The gradients stay as they are, so that the same step can be taken again."""
        p, g = leaf(rng.normal(3)), rng.normal(3)
        p.grad = g.clone()
        start = p.detach().clone()
        for k in (1, 2):
            student.sgd_step_([p], 0.25)
            likely = "Each step is lr * p.grad and nothing else: no memory of earlier steps."
            check_step(p, start, -0.25 * k * g, likely)
            likely = "`p -= lr * p.grad` leaves p.grad as it is; clearing it is for zero_grads_."
            if p.grad is None:
                fail("p.grad must stay", expected=g, got="p.grad is None", likely=likely)
            assert_same(p.grad, g, likely=likely)


@exercise("zero_grads_")
class TestZeroGrads:
    @points(1)
    def test_backward_starts_from_nothing(self, student, device, rng):
        """Gradients become None or zero, so the next backward starts from nothing."""
        params = [leaf(t, torch.ones_like(t)) for t in (rng.normal(*rng.sizes(2)), rng.normal())]
        before = [p.detach().clone() for p in params]
        result = student.zero_grads_(params)
        for p, old in zip(params, before, strict=True):
            if p.grad is not None:
                likely = "Assign to p.grad, or zero it in place with p.grad.zero_()."
                assert_same(p.grad, torch.zeros_like(p), likely=likely)
            assert_unchanged(p.detach(), old, likely="Only the gradient is cleared, never p.")
            c = torch.full_like(p, 3.0)
            (c * p).sum().backward()
            assert_same(p.grad, c, likely=ACCUMULATES)
        assert_same(result, None, likely="It changes params in place; there is no result.")

    @points(1)
    def test_missing_gradients(self, student, device, rng):
        """A p that has no gradient yet is no obstacle for the others."""
        params = [leaf(rng.normal(2)) for _ in range(3)]
        params[1].grad = rng.normal(2)
        student.zero_grads_(params)
        for p in params:
            grad = torch.zeros_like(p) if p.grad is None else p.grad
            likely = "Go on to the next p where a gradient is None, and clear all the others."
            assert_same(grad, torch.zeros_like(p), likely=likely)


@exercise("fit")
class TestFit:
    @points(1)
    def test_losses_before_each_step(self, student, device, rng):
        """losses holds the loss before each step, as floats; the first is the mean of y squared."""
        x, y, _, _ = problem(rng, 6, 2)
        for steps in (1, rng.integer(4, 7)):
            _, _, losses = unpack(student.fit(x, y, lr=0.1, steps=steps), "w", "b", "losses")
            expected = descend(x, y, 0.1, [slice(None)] * steps)[2]
            first = "Note loss.item() before the step: at w = 0 and b = 0 it is the mean of y * y."
            assert_same(losses, expected, likely=first if steps == 1 else ACCUMULATES, **LOOSE)

    @points(1)
    def test_steps_from_zero(self, student, device, rng):
        """Each step follows the gradient of that step alone, from w = 0, b = 0; lr is 0.1."""
        for n, d, dtype in ((*rng.sizes(2, 2, 6), torch.float32), (1, 1, torch.float64)):
            x, y, _, _ = problem(rng, n, d, dtype)
            for options in ({"steps": 1}, {"steps": 5}, {"steps": 3, "lr": 0.02}):
                w, b, _ = unpack(student.fit(x, y, **options), "w", "b", "losses")
                lr, steps = options.get("lr", 0.1), options["steps"]
                expected = descend(x, y, lr, [slice(None)] * steps)
                tolerance = LOOSE if dtype is torch.float32 else {}
                likely = FROM_ZERO if steps == 1 else ACCUMULATES
                check_line(w, b, expected, likely=likely, **tolerance)
                check_detached(w=w, b=b)

    @points(1)
    def test_reaches_least_squares(self, student, device, rng):
        """With enough steps it finds the least-squares line."""
        # All eight corners of a cube: the columns are orthogonal, so least squares is a mean.
        signs = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0], dtype=torch.float64)] * 3)
        x = signs[rng.permutation(8)].to(device)
        y = rng.normal(8, 1, dtype=torch.float64)
        w, b, _ = unpack(student.fit(x, y, lr=0.4, steps=20), "w", "b", "losses")
        best = x.T @ y / 8, y.mean(dim=0)
        check_line(w, b, best, likely=ACCUMULATES, rtol=1e-6, atol=1e-6)


@exercise("fit_minibatch")
class TestFitMinibatch:
    @points(1)
    def test_one_batch_is_fit(self, student, device, rng):
        """With all rows in one batch, it takes the steps of fit."""
        n, d = rng.sizes(2, 3, 7)
        x, y, _, _ = problem(rng, n, d)
        expected = descend(x, y, 0.1, [slice(None)] * 4)
        for batch_size in (n, n + 3):
            result = student.fit_minibatch(x, y, lr=0.1, epochs=4, batch_size=batch_size)
            w, b, losses = unpack(result, "w", "b", "losses")
            short = "A batch may have fewer rows than batch_size; it is still one step an epoch."
            likely = ACCUMULATES if batch_size == n else short
            check_line(w, b, expected, likely=likely, **LOOSE)
            check_detached(w=w, b=b)
            likely = "One float for each epoch: the mean of the losses before the steps."
            assert_same(losses, expected[2], likely=likely, **LOOSE)

    @points(1)
    def test_every_row_once_an_epoch(self, student, device, rng):
        """An epoch uses every row once, in some order, the last short batch included."""
        x, y, _, _ = problem(rng, 5, 2, torch.float64)
        before = x.clone(), y.clone()
        result = student.fit_minibatch(x, y, lr=0.2, epochs=1, batch_size=2)
        w, b, losses = unpack(result, "w", "b", "losses")
        assert_unchanged(x, before[0], likely="Shuffle the row numbers, not x itself.")
        assert_unchanged(y, before[1], likely="Shuffle the row numbers, not y itself.")
        runs = [descend(x, y, 0.2, batches) for batches in orders_of_five()]
        # Which of the orders it was shows in w; whichever it was, b and the losses must fit to it.
        column = as_column(w, x)
        nearest = min(runs, key=lambda run: (run[0] - column).abs().max().nan_to_num(1e9).item())
        likely = (
            "No order of the rows leads here. 5 rows and batch_size = 2 make batches of 2, 2 and 1 "
            "rows; x and y go in the same order; each step takes the mean over its batch."
        )
        check_line(w, b, nearest, likely=likely, rtol=1e-6, atol=1e-6)
        by_batch = sum(nearest[2]) / 3
        by_row = sum(loss * n for loss, n in zip(nearest[2], (2, 2, 1), strict=True)) / 5
        weighted = plain(losses) and abs(by_row - losses[0]) < abs(by_batch - losses[0])
        likely = "For each epoch, one float: the mean of its batch losses, each before its step."
        expected = [by_row if weighted else by_batch]
        assert_same(losses, expected, likely=likely, rtol=1e-6, atol=1e-6)

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
            fail(
                "each row must be used once an epoch",
                expected="16 rows an epoch, in a batch of 15 and one of 1",
                got=w,
                likely="The last batch, here of a single row, counts too. Take a permutation of "
                "the row numbers and cut it into pieces.",
            )
        if counts.max() == epochs:
            fail(
                "the order must change from epoch to epoch",
                expected="another row alone in the last batch",
                got="the same row alone in the last batch of all 8 epochs",
                likely="Draw a new permutation inside the loop over the epochs, and make the "
                "generator once, before it: a new one with the same seed repeats the order.",
            )

    @points(1)
    def test_seed_decides_alone(self, student, device, rng):
        """The same seed gives the same result, and the global random state is left alone."""
        x, y, _, _ = problem(rng, 8, 2)
        rig = student.bring("rig_sgd")
        rig.seed(1)
        untouched = rig.draw(device)

        def run(**options):
            result = student.fit_minibatch(x.clone(), y.clone(), 0.1, 2, 3, **options)
            w, b, losses = unpack(result, "w", "b", "losses")
            return [w, b, losses]

        rig.seed(1)
        first = run(seed=0)
        likely = (
            "Whoever draws random numbers after you must not notice. torch.manual_seed and a plain "
            "randperm change the global state; use a torch.Generator of your own."
        )
        assert_same(rig.draw(device), untouched, likely=likely)
        rig.seed(2)
        likely = "Take every random number from a generator that starts from seed, by default 0."
        assert_same(run(), first, likely=likely, **LOOSE)
        if not (as_column(first[0], x) - as_column(run(seed=1)[0], x)).abs().max() > 1e-5:
            fail(
                "another seed must give another order",
                expected="other numbers for seed = 1 than for seed = 0",
                got=first[0],
                likely="Start the generator from seed, and take the order from it.",
            )


def as_column(w, x):
    """w, or zeros if it is nothing of the kind."""
    zeros = torch.zeros(x.shape[1], 1, dtype=x.dtype, device=x.device)
    return w.detach().to(zeros) if isinstance(w, Tensor) and w.shape == zeros.shape else zeros


def plain(losses):
    """Is it a list of floats, as far as its first entry tells?"""
    return isinstance(losses, list) and bool(losses) and isinstance(losses[0], float)


def orders_of_five():
    """Every way to deal five rows into batches of 2, 2 and 1; order within a batch is no matter."""
    for rows in permutations(range(5)):
        if rows[0] < rows[1] and rows[2] < rows[3]:
            yield list(rows[:2]), list(rows[2:4]), [rows[4]]
