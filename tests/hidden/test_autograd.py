"""Hidden suite of `autograd`: functions that autograd can follow live beside the work, in rigs.

rig_autograd.py is for all tests, rig_autograd_within.py for hidden ones alone. What comes out is
compared with formulas of the judge's own; those that are answers in another dress are `@recorded`.
"""

import torch
from torch import Tensor

from grader.suite import (
    as_like,
    assert_raises,
    assert_same,
    assert_unchanged,
    exercise,
    fail,
    points,
    recorded,
    rehearsed,
    unpack,
    visible,
)

FLOATS = torch.float32, torch.float64
SHARED = (
    "x has changed meanwhile, and so did this: both lie in the same memory. detach(), .data, "
    "numpy() and contiguous() copy nothing, or only where they have to. clone() does."
)
IN_GRAPH = "clone() copies the numbers, and is recorded like any other operation. detach() is not."
INFERENCE = (
    "A tensor made under torch.inference_mode() can never take part in a graph again. "
    "torch.no_grad() records nothing either, and leaves ordinary tensors."
)


def forms(rng):
    """Tensors of many forms: of both dtypes, not contiguous, of one entry, of none."""
    return [
        rng.normal(3),
        rng.normal(2, 3, dtype=torch.float64),
        rng.normal(3, 2).T,
        rng.normal(4, 2, dtype=torch.float64)[::2],
        rng.normal(dtype=torch.float64),
        rng.normal(1),
        rng.normal(0, 3),
        rng.normal(2, 0, dtype=torch.float64),
    ]


def unless_near(got, expected, likely):
    """`likely`, but not of what is wrong in its last digits alone: it would be no reason."""
    if isinstance(got, (float, Tensor)):
        left, right = (torch.as_tensor(value).detach().double() for value in (got, expected))
        if left.shape == right.shape and torch.allclose(left, right, 1e-3, 1e-6):
            return None
    return likely


def wanting(x):
    x = 1 * x
    x.requires_grad = True
    return x


def check_apart(value, likely, what=""):
    """It has no graph."""
    if isinstance(value, Tensor) and value.requires_grad:
        fail(
            f"{what or 'the result'} must not require a gradient",
            expected="requires_grad = False",
            got="requires_grad = True",
            likely=likely,
        )


def check_untouched(student, x, before):
    """The call has left x as it was, and the same leaf."""
    assert_unchanged(x.detach(), before)
    if student.rebound(x):
        fail(
            "x itself was changed: whether it requires a gradient, or where it lies in memory",
            expected=f"x with requires_grad = {x.requires_grad} in its own memory, as before",
            got="x with another requires_grad, or in other memory",
            likely="requires_grad_(), detach_() and x.data = ... change x itself, which belongs to "
            "the caller. Work on another tensor.",
        )


@exercise("snapshot")
class TestSnapshot:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_values_as_they_were(self, student, device, rng):
        """Later changes of x in place do not show."""
        for x in (*forms(rng), rng.integers(-9, 10, 2, 3)):
            before = x.clone()
            taken = student.snapshot(x)
            taken = assert_same(taken, before, likely="The values are those of x.")
            check_untouched(student, x, before)
            x += 1
            check_kept(taken, before)

    @points(1)
    def test_without_a_past(self, student, device, rng):
        """Of a leaf or a result, too, it has no past, and later graphs can use it."""
        for before in (rng.normal(2, 2), rng.normal(3, dtype=torch.float64)):
            x = wanting(before)
            taken = assert_same(student.snapshot(x), before)
            check_apart(taken, IN_GRAPH, "the snapshot")
            check_untouched(student, x, before)
            with torch.no_grad():
                x += 1
            check_kept(taken, before)
        rig = student.bring("rig_autograd_within")
        for kind in ("result", "leaf", "plain"):
            x, old = rng.normal(2, 3), rng.normal(2, 3)
            held = rig.held(kind, x, old)
            parts = "taken", "wants", "slope", "again", "kept"
            taken, requires_grad, slope, again, kept = unpack(rig.snapshot(held), *parts)
            check_kept(taken, x)
            likely = "x has changed since the last snapshot: take its values anew in each call."
            assert_same(again, x + 1, likely=likely, what="a second snapshot, after x += 1,")
            known = [(x + 1, "Both snapshots are one tensor. Make a new one in each call.")]
            assert_same(kept, x, mistakes=known, what="the first snapshot, after a second one,")
            if requires_grad:
                check_apart(wanting(x), IN_GRAPH, "the snapshot")
            check_usable(slope, x)
            check_past(rig, held, kind, old, rng.normal(2, 3))


def check_kept(taken, before):
    """x += 1 has not changed what the snapshot holds."""
    what = "the snapshot, after x += 1,"
    assert_same(taken, before, mistakes=[(before + 1, SHARED)], what=what)


def check_usable(slope, tensor, likely=INFERENCE):
    """A later graph can use the tensor; `slope` is what came back through one."""
    if slope is None:
        fail(
            "a later graph cannot use the result",
            expected="a tensor that can take part in a computation with gradients",
            got="an error of torch in that computation",
            likely=likely,
        )
    assert_same(slope, tensor, what="a gradient that has come back through the result")


def check_past(rig, held, kind, old, weights):
    """x still is what it was to autograd: one more backward pass through it adds `weights`."""
    got = rig.gradient_after(held, weights)
    if kind == "plain":
        if got is not None:
            fail(
                "x requires a gradient now, or has one",
                expected="x.requires_grad = False, x.grad = None, as before",
                got="another backward pass through x fills x.grad",
                likely="x belongs to the caller. x.detach() is another tensor, with the same "
                "values: that one may require a gradient, and have one.",
            )
        return
    whose = "x.grad" if kind == "leaf" else "the .grad of the leaf that x was computed from"
    if got is None:
        fail(
            f"{whose} was there before, and is gone",
            expected=old + weights,
            got=None,
            likely="What the caller has in .grad belongs to the caller.",
        )
    if got.numel() and torch.equal(got, old):
        fail(
            "x does not require a gradient any more",
            expected=f"one more backward pass through x adds to {whose}",
            got="it adds nothing",
            likely="requires_grad_(False) and detach_() change x itself, which belongs to the "
            "caller. x.detach() is another tensor.",
        )
    cleared = "The gradient that was in it is gone. Do not touch x at all: work on another tensor."
    assert_same(
        got,
        old + weights,
        mistakes=[(weights, cleared)],
        likely="It held another gradient before the call, and must hold it afterwards. backward() "
        "adds to the .grad of every leaf that it reaches.",
        what=f"{whose}, after one more backward pass,",
    )


@exercise("leaf")
class TestLeaf:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_collects_gradients(self, student, device, rng):
        """It is a leaf with these values in that dtype, and requires a gradient."""
        for x in forms(rng):
            for dtype in rng.shuffled(FLOATS):
                before = x.clone()
                made = student.leaf(x, dtype)
                check_untouched(student, x, before)
                assert_same(made, x.to(dtype), likely="The values are those of x.")
                check_leaf(made)

    @points(1)
    def test_leaves_x_alone(self, student, device, rng):
        """It shares nothing with x, also where x requires a gradient or is a result."""
        rig = student.bring("rig_autograd_within")
        for kind in ("plain", "leaf", "result"):
            for x in (rng.normal(2, 3), rng.normal(1, dtype=torch.float64)):
                old, weights, again = (rng.normal(*x.shape).to(x.dtype) for _ in range(3))
                for dtype in rng.shuffled(FLOATS):
                    given = x.clone() if kind == "plain" else wanting(x)
                    made = student.leaf(given, dtype)
                    check_untouched(student, given, x)
                    assert_same(made, x.to(dtype), likely="The values of x.")
                    check_leaf(made)
                    held = rig.held(kind, x, old)
                    answer = rig.leaf(held, dtype, weights.to(dtype))
                    check_kept_apart(answer, weights.to(dtype), (x + 1).to(dtype))
                    check_past(rig, held, kind, old, again)


NEW = "backward makes the gradient. Until then .grad is None, and is left so."


def check_leaf(made):
    """It is a leaf that requires a gradient, and has none yet."""
    if isinstance(made, Tensor) and not (made.requires_grad and made.is_leaf):
        result = made.requires_grad
        fail(
            "it must be a leaf that requires a gradient",
            expected="is_leaf = True, requires_grad = True",
            got=f"is_leaf = {made.is_leaf}, requires_grad = {made.requires_grad}",
            likely="It was computed from a tensor that requires a gradient, which makes it a "
            "result: clone() and to(dtype) are recorded. Ask for gradients in the last step."
            if result
            else "requires_grad_(), in the last step, asks for gradients.",
        )
    if isinstance(made, Tensor) and made.grad is not None:
        fail("a new leaf has no gradient yet", expected=".grad = None", got=made.grad, likely=NEW)


def check_kept_apart(answer, weights, later):
    """What rig.leaf tells: of the gradient, of what x, changed in place, did to the leaf, and of
    another leaf then."""
    before, after, moved, again = unpack(answer, "before", "after", "moved", "again")
    if before is not None:
        fail("a new leaf has no gradient yet", expected=".grad = None", got=before, likely=NEW)
    if after is None:
        fail(
            "backward does not fill its .grad",
            expected=weights,
            got=None,
            likely="Only a leaf gets a .grad. What clone() or to(dtype) make of a tensor that "
            "requires a gradient is a result: leave the graph first.",
        )
    assert_same(after, weights, what=".grad after backward")
    assert_same(moved, torch.zeros_like(weights), likely=SHARED, what="the change by x += 1")
    likely = "x has changed since the last leaf was made: take its values anew in each call."
    assert_same(again, later, likely=likely, what="a second leaf, after x += 1,")


@exercise("without_graph")
class TestWithoutGraph:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_nothing_is_recorded(self, student, device, rng):
        """It returns f(x), with one call of f, and nothing is recorded while f runs."""
        rig = student.bring("rig_autograd")
        for k, x in enumerate(forms(rng)):
            a = rng.normal(*x.shape).to(x.dtype)
            f, before, expected = rig.sines(a), 1 * x, a * x.sin()
            x = wanting(x) if k % 2 else x
            got = assert_same(student.without_graph(f, x), expected, likely=F_OF_X)
            check_calls(f.get("calls"))
            check_untouched(student, x, before)
            check_not_recorded(f)
            check_apart(got, "Nothing was recorded, and requires_grad_() came afterwards.")

    @points(1)
    def test_only_while_f_runs(self, student, device, rng):
        """Later graphs can use the result; recording goes on, also if f raises."""
        rig, within = student.bring("rig_autograd"), student.bring("rig_autograd_within")
        for dtype in FLOATS:
            x, a = rng.normal(2, 3, dtype=dtype), rng.normal(2, 3, dtype=dtype)
            f = rig.sines(a)
            if assert_same(student.without_graph(f, x), a * x.sin(), likely=F_OF_X).requires_grad:
                check_not_recorded(f)
            check_usable(within.without_graph(rig.sines(a), x), a * x.sin())
        for after in within.after_errors(x):
            error, raised, recorded, calls = unpack(after, "error", "raised", "recorded", "calls")
            if raised != error:
                fail(
                    "an error that f raises must come out as it is",
                    expected=f"what f raised: {error}",
                    got=f"{raised}" if raised else "no error",
                    likely="Whoever calls has to know. Neither catch the error nor raise another, "
                    "and do not return in `finally`, which drops it.",
                )
            if not recorded:
                fail(
                    f"f raised {error}, and torch records no gradients any more",
                    expected="torch.is_grad_enabled() is True, as before",
                    got="torch.is_grad_enabled() is False",
                    likely="After an error the lines below f(x) do not run. "
                    "`with torch.no_grad():` ends with its block in any case, and so does "
                    "`finally`.",
                )
            if calls != 1:
                fail(
                    "f is to be called once, also where it raises",
                    expected="1 call",
                    got=f"{calls} calls",
                    likely="What has gone wrong is for the caller to try again, or not.",
                )


F_OF_X = "It is f(x), as f gives it: a * sin(x) here."
NO_GRAD = (
    "f works with a parameter of its own, so detach() before it does not help, and after it comes "
    "too late: run f inside `with torch.no_grad():`."
)


def check_not_recorded(f):
    if f.get("recorded"):
        fail(
            "f was recorded while it ran",
            expected="no graph, as under torch.no_grad()",
            got="f(x) = a * sin(x), inside f, requires a gradient",
            likely=NO_GRAD,
        )


def check_calls(calls):
    if calls != 1:
        likely = "Call f once, and keep what it gives." if calls else "Call f."
        fail("f is to be called once", expected="1 call", got=f"{calls} calls", likely=likely)


@exercise("gradient_of")
class TestGradientOf:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_slopes(self, student, device, rng):
        """It is df/dx, shaped like x, without a graph, and takes one call of f."""
        rig = student.bring("rig_autograd")
        shapes = rng.shuffled([(), (1,), (1, 1)] * 3)
        for k, x in enumerate(forms(rng)):
            a = rng.normal(*x.shape).to(x.dtype)
            f = rig.sum_of_sines(a, shapes[k])
            before, slope = 1 * x, a * x.cos()
            x = wanting(x) if k % 2 else x
            mistakes = [
                (a * before.sin(), "This is f(x), or its terms, not its slope."),
                (2 * slope, "Each slope counts twice: backward ran twice, and adds up."),
            ]
            try:
                got = student.gradient_of(f, x)
            except ValueError:
                fail(
                    "it raised ValueError, and f(x) has one entry",
                    expected=slope,
                    got=f"ValueError, for f(x) of shape {shapes[k]}",
                    likely=f"{shapes[k]} has one entry, too: y.numel() counts the entries.",
                )
            check_some(got, slope)
            likely = (
                "f(x) is the sum of a * sin(x), a being a parameter of f, so the slope is "
                f"a * cos(x). {SLOPES}"
            )
            got = assert_same(got, slope, mistakes=mistakes, likely=likely)
            check_apart(got, DIFFERENTIABLE)
            check_calls(f.get("calls"))
            check_untouched(student, x, before)

    @points(1)
    def test_nothing_else_changes(self, student, device, rng):
        """No .grad changes, of x or in f, nor x.requires_grad, even if it raises."""
        rig, within = student.bring("rig_autograd"), student.bring("rig_autograd_within")
        x, a = rng.normal(3, dtype=torch.float64), rng.normal(3, dtype=torch.float64)
        check_some(student.gradient_of(rig.sum_of_sines(a), x), a * x.cos())
        for kind in ("leaf", "plain", "result"):
            x, a, old, others = (rng.normal(2, 2, dtype=torch.float64) for _ in range(4))
            given = x if kind == "plain" else wanting(x)
            student.gradient_of(rig.sum_of_sines(a), given)
            f, held = rig.sum_of_sines(a), within.held(kind, x, old)
            within.set_gradient(f, others)
            got = within.gradient_of(f, held)
            check_some(got, a * x.cos())
            known = [(a * x.cos() + old, HELD_BEFORE)]
            assert_same(got, a * x.cos(), mistakes=known, likely=SLOPES, what="the gradient")
            check_past(within, held, kind, old, rng.normal(2, 2, dtype=torch.float64))
            check_others(within, f, others)
            assert_same(within.values(held), x, what="x")
            f, held = rig.sines(a), within.held(kind, x, old)
            within.set_gradient(f, others)
            if not within.refuses(f, held):
                # Once more, for the report to show the call.
                assert_raises(
                    ValueError, lambda f=f, x=given: student.gradient_of(f, x), likely=MANY
                )
                expected, got = "ValueError", "a result, or another error"
                fail("no ValueError was raised", expected=expected, got=got, likely=MANY)
            check_past(within, held, kind, old, rng.normal(2, 2, dtype=torch.float64))
            check_others(within, f, others)
        held = within.held("plain", x, old)
        within.broken_in(held)
        check_past(within, held, "plain", old, rng.normal(2, 2, dtype=torch.float64))

    @visible
    @points(1)
    def test_what_f_gives(self, student, device, rng):
        """Zeros if f(x) ignores x; ValueError unless it has exactly one entry."""
        rig = student.bring("rig_autograd")
        x, a = rng.normal(2, 3), rng.normal(2, 3)
        slope = a * x.cos()
        got = student.gradient_of(rig.sum_of_sines(a), 1 * x)
        check_some(got, slope)
        assert_same(got, slope, likely=SLOPES)
        for of_parameter in rng.shuffled([True, False]):
            for given in (1 * x, wanting(x.double())):
                f = rig.constant(a.to(given.dtype), of_parameter)
                got = student.gradient_of(f, given)
                zeros = torch.zeros_like(given)
                likely = "f(x) is the same for every x: the slope at each entry of x is 0."
                got = assert_same(got, zeros, likely=likely)
                check_apart(got, "The slope is 0 everywhere: a tensor of zeros, without a graph.")
        for shape in ((1, 3), (2, 1), (0,)):
            f, many = rig.sines(rng.normal(*shape)), rng.normal(*shape)
            assert_raises(
                ValueError,
                lambda f=f, many=many: student.gradient_of(f, many),
                mentions=(shape, many.numel()),
                likely=MANY,
            )


DIFFERENTIABLE = (
    "create_graph=True and torch.func.grad record how the gradient came about, for a second "
    "derivative. Leave the first out; detach() takes the graph from what is there."
)
SLOPES = "torch.autograd.grad(y, x) gives the slopes of one entry y at every entry of x."
MANY = (
    "f(x) has several entries here, or none. Each has slopes of its own: look at y.numel() before "
    "you differentiate."
)
HELD_BEFORE = (
    "This is the gradient plus what x.grad held before. Differentiate with respect to another "
    "tensor, x.detach().requires_grad_()."
)


def check_some(got, slope):
    if got is None:
        fail(
            "it returns None",
            expected=slope,
            got=None,
            likely="A .grad is None where no backward pass has arrived: in x, if f was given "
            "another tensor; in results, such as x.clone() of an x that requires a gradient; and "
            "everywhere, if item() has cut the way. (backward() returns None, too, and so does a "
            "function without return.)",
        )


def check_others(rig, f, others):
    """The parameter of f has the gradient that it had before."""
    assert_same(
        rig.gradient_in(f),
        others,
        likely="f works with a parameter that has a .grad of its own, and backward() adds to it. "
        "torch.autograd.grad(y, x) returns what you ask for, and touches no .grad.",
        what="the .grad of a parameter that f uses",
    )


@exercise("accumulate_")
class TestAccumulate:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_gradient_over_all_rows(self, student, device, rng):
        """w.grad is the gradient of the mean over all rows, short batches included."""
        rig = student.bring("rig_autograd")
        for sizes, d, dtype in batch_sizes(rng):
            w, batches = line_data(rng, sizes, d, dtype)
            expected, mistakes = over_rows(w, batches), accumulated_wrongly(w, batches)
            p, loss = student.parameter(w), rig.line_error()
            student.accumulate_(loss, p, list(batches))
            check_gradient(p.grad, expected[0], mistakes)

    @points(1)
    def test_mean_loss(self, student, device, rng):
        """It returns the mean over all rows, a float; loss is called once a batch."""
        rig = student.bring("rig_autograd")
        for sizes, d, dtype in batch_sizes(rng):
            w, batches = line_data(rng, sizes, d, dtype)
            expected, mistakes = over_rows(w, batches)[1], means_gone_wrong(w, batches)
            loss = rig.line_error()
            got = student.accumulate_(loss, student.parameter(w), list(batches))
            tolerance = {"rtol": 1e-5} if dtype is torch.float32 else {}
            likely = unless_near(got, expected, "Each batch counts in proportion to its rows.")
            assert_same(got, expected, mistakes=mistakes, likely=likely, **tolerance)
            check_batches(loss.get("batches"), batches)
            if any(student.rebound(batch) for batch in batches):
                fail(
                    "a batch was changed: whether it requires a gradient, or where it lies",
                    expected="batches with requires_grad = False in their own memory, as before",
                    got="a batch with requires_grad = True, or in other memory",
                    likely="Only w needs a gradient. The batches belong to the caller.",
                )

    @points(1)
    def test_same_leaf(self, student, device, rng):
        """What was in w.grad does not count; w stays the same leaf in its memory."""
        rig, within = student.bring("rig_autograd"), student.bring("rig_autograd_within")
        for sizes, old in (((2, 1), 5.0), ((3,), float("nan"))):
            w, batches = line_data(rng, sizes, 2, torch.float64)
            expected, p = over_rows(w, batches), student.parameter(w)
            p.grad, alias = torch.full_like(w, old), within.start_of(p)
            student.accumulate_(rig.line_error(), p, list(batches))
            check_gradient(p.grad, expected[0], left_over(w, batches, old))
            assert_same(p.value, w, likely="Only the gradient is wanted here, no step.", what="w")
            elsewhere = rng.normal(2, dtype=torch.float64)
            within.write_(alias, elsewhere)
            again = within.gradient_by(rig.line_error(), p, batches[0])
            expected = over_rows(elsewhere, batches[:1])[0]
            likely = (
                "It is computed from new values, written into the memory that w had before your "
                "call. w must still lie there, and be a leaf that requires a gradient."
            )
            assert_same(again, expected, likely=likely, what="a later gradient of w")


def batch_sizes(rng):
    """How many rows the batches have, how many entries w, and their dtype."""
    long, short, middle = rng.sizes(3, 2, 6)
    many = rng.shuffled([long, 1, middle])
    return (
        ([2, 1], 3, torch.float32),
        (many, 2, torch.float32),
        ([short], 1, torch.float64),
        ([1, 1], 2, torch.float64),
    )


def line_data(rng, sizes, d, dtype):
    """A w, and batches of so many rows: d numbers and a target each."""
    w = rng.normal(d, dtype=dtype)
    return w, [k + rng.normal(n, d + 1, dtype=dtype) for k, n in enumerate(sizes)]


def of_each_batch(w, batches):
    """For each batch: the gradient of its mean, its mean, its number of rows."""
    found = []
    for batch in batches:
        error = batch[:, :-1] @ w - batch[:, -1]
        gradient = 2 * batch[:, :-1].T @ error / len(batch)
        found.append((gradient, (error**2).mean().item(), len(batch)))
    return found


@recorded
def over_rows(w, batches):
    """The gradient of the mean over all rows, and that mean."""
    found = of_each_batch(w, batches)
    rows = sum(n for _, _, n in found)
    return sum(n * g for g, _, n in found) / rows, sum(n * m for _, m, n in found) / rows


@recorded
def accumulated_wrongly(w, batches):
    """What mistakes with accumulate_ leave in w.grad."""
    found = of_each_batch(w, batches)
    rows, last = sum(n for _, _, n in found), found[-1]
    words = "Here each batch counts as much as any other. A batch counts by its number of rows."
    if len({n for _, _, n in found}) > 1:
        yield sum(g for g, _, _ in found) / len(found), words
    if len(found) > 1:
        words = "These are the gradients of the batches, added up, each as if it had all the rows."
        yield sum(g for g, _, _ in found), words
        yield last[0], "This is the gradient of the last batch alone: let them add up."
        words = "This is the share of the last batch alone: let them add up."
        yield last[0] * last[2] / rows, words
        words = (
            "Each backward follows all that was added up so far, so the first batches count "
            "several times. Call it on each share alone, or once on the sum."
        )
        yield sum((len(found) - k) * n * g for k, (g, _, n) in enumerate(found)) / rows, words
        yield found[0][0], "This is the gradient of the first batch alone: let them add up."
    if rows > 1:
        yield (
            sum(n * g for g, _, n in found),
            "This is the sum over the rows: divide by their number.",
        )


def means_gone_wrong(w, batches):
    """What mistakes with accumulate_ return."""
    found = of_each_batch(w, batches)
    means, rows = [m for _, m, _ in found], sum(n for _, _, n in found)
    if len({n for _, _, n in found}) > 1:
        words = "This is the mean of the means. A short batch counts less than a long one."
        yield sum(means) / len(means), words
    if len(found) > 1:
        yield sum(means), "This is the sum of the batches' means: weigh each by its rows."
        yield means[-1], "This is the loss of the last batch alone."
        words = "This is the share of the last batch alone."
        yield means[-1] * found[-1][2] / rows, words
    if rows > 1:
        words = "This is the sum over all rows: divide it by their number."
        yield sum(m * n for _, m, n in found), words


def left_over(w, batches, old):
    """What w.grad holds where what was there before still counts."""
    words = "5 was in w.grad before the call, and is still in the sum. Clear it first."
    right = over_rows(w, batches)[0]
    if old == old:
        yield right + old, words
    else:
        words = (
            "NaN was in w.grad before the call, and whatever is computed with NaN is NaN. Set it "
            "to None, or to 0."
        )
        yield torch.full_like(w, old), words


def check_gradient(got, expected, mistakes):
    if got is None:
        fail(
            "w.grad is None",
            expected=expected,
            got=None,
            likely="No gradient has stayed in w.grad. backward() brings it there, for each batch, "
            "if loss was given this very w; what is cleared after that is gone.",
        )
    likely = "Add up the gradients of the batches, each weighed by its share of the rows."
    assert_same(got, expected, mistakes=mistakes, likely=likely, what="w.grad")


def check_batches(seen, batches):
    """loss saw each batch once, in any order."""
    left = [batch for batch in seen if isinstance(batch, Tensor)] if isinstance(seen, list) else []
    sizes = [len(batch) for batch in left]
    for batch in batches:
        same = [k for k, b in enumerate(left) if b.shape == batch.shape and torch.equal(b, batch)]
        if not same:
            break
        del left[same[0]]
    else:
        if not left:
            return
    fail(
        "loss is called once for each batch, with that batch",
        expected=f"calls with {[len(batch) for batch in batches]} rows, in any order",
        got=f"calls with {sizes} rows",
        likely="All rows at once might not fit into memory, which is why they come in batches; and "
        "each call costs time.",
    )


@exercise("round_through")
class TestRoundThrough:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_values_and_gradient(self, student, device, rng):
        """It is torch.round(x), and the gradient that arrives goes on to x."""
        for dtype in FLOATS:
            x = 5 * rng.normal(2, 3, dtype=dtype)
            x[0, 0] /= 50  # small and large ones
            check_rounded(student, x, rng.normal(2, 3, dtype=dtype))

    @points(1)
    def test_any_x(self, student, device, rng):
        """Halves, large numbers, none: it requires a gradient just if x does."""
        whole = rng.integers(-6, 6, 8)
        for x in (
            whole + 0.5,
            whole.double() - 0.5,
            large(rng).T,
            rng.normal(),
            rng.uniform(1e308, 1.7e308, 1, dtype=torch.float64),  # twice as much is infinite
            rng.normal(0),
        ):
            check_rounded(student, x, rng.normal(*x.shape).to(x.dtype))
            got = assert_same(student.round_through(x), torch.round(x), likely=ROUND)
            check_apart(got, "x requires no gradient here, so the result has no reason to.")


def large(rng):
    """Numbers that float32 and int32 do not hold."""
    numbers = [[1e10, 3.3, 2.0**24 + 1.4], [-(2.0**40) - 0.3, -3.3, 0.5 - 2.0**-54]]
    return rng.normal(2, 3, dtype=torch.float64).copy_(torch.tensor(numbers, dtype=torch.float64))


ROUND = "torch.round rounds to the nearest whole number, and halves to the even one."


def is_whole(numbers):
    return isinstance(numbers, Tensor) and torch.equal(numbers, numbers.round())


def check_rounded(student, before, weights):
    """The values, and that the gradient of the result is the gradient of x."""
    x = wanting(before)
    y = student.round_through(x)
    likely = None if is_whole(y) and not is_whole(2 * before) else ROUND
    y = assert_same(y, torch.round(before), mistakes=rounded_wrongly(before), likely=likely)
    check_untouched(student, x, before)
    if not y.requires_grad:
        fail(
            "no gradient flows from the result to x",
            expected="requires_grad = True, as x has it",
            got="requires_grad = False",
            likely="detach() around all of it cuts the way back to x. Only what rounding adds to "
            "x is to be a constant.",
        )
    if y.is_leaf:
        fail(
            "no gradient reaches x: the result is a leaf, and was computed from nothing",
            expected="a result, computed from x",
            got="is_leaf = True",
            likely="requires_grad_() makes a new leaf, from which no way leads back to x.",
        )
    (y * weights).sum().backward()
    if x.grad is None:
        fail(
            "no gradient reaches x",
            expected=weights,
            got="x.grad is None",
            likely="The result was computed from x, but nothing came back: the backward of a "
            "Function returns the gradient that belongs to x.",
        )
    zero = "The slope of torch.round is 0. Only what rounding adds to x is to be a constant."
    ones = "A gradient of 1 goes back whatever arrives. Pass on what backward is given."
    mistakes = [
        (0 * weights, zero),
        (torch.ones_like(weights), ones),
        (2 * weights, "The gradient comes through twice: x stands in the result twice."),
    ]
    assert_same(x.grad, weights, mistakes=mistakes, likely=THROUGH, what="x.grad")


THROUGH = "The gradient of x is that of the result, entry by entry, as if y were x."


def rounded_wrongly(x):
    """What other ways of rounding give."""
    yield x, "These are the values of x, not rounded."
    yield x + x.round(), "x + round(x) counts x twice: what rounding adds to x is round(x) - x."
    if ((x - x.floor()) == 0.5).all():
        return  # whatever comes out, it says no more than that halves go another way
    yield x.trunc(), "trunc, int() and long() cut the digits off. Round to the nearest."
    yield x.floor(), "floor rounds down. Round to the nearest."
    yield x.ceil(), "ceil rounds up. Round to the nearest."


NAMES = "dw1", "db1", "dw2", "db2"


@exercise("two_layer_gradients")
class TestTwoLayerGradients:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_second_layer(self, student, device, rng):
        """dw2 and db2 are the slopes at the second layer, found by hand."""
        rig = student.bring("rig_autograd")
        for sizes, dtype in layer_sizes(rng):
            check_slopes(student, rig, layers(rng, *sizes, dtype), NAMES[2:])

    @points(1)
    def test_first_layer(self, student, device, rng):
        """dw1 and db1 are the slopes at the first layer, found by hand."""
        rig = student.bring("rig_autograd")
        for sizes, dtype in layer_sizes(rng):
            check_slopes(student, rig, layers(rng, *sizes, dtype), NAMES[:2])

    @points(1)
    def test_units_on_and_off(self, student, device, rng):
        """All four are right where units are off or on for all rows; inputs stay."""
        rig = student.bring("rig_autograd")
        for dtype, shift in ((torch.float32, -20.0), (torch.float64, 20.0), (torch.float64, 0.0)):
            x, y, w1, b1, w2, b2 = layers(rng, *rng.sizes(4, 2, 6), dtype)
            network = x, y, w1, b1 + shift, w2, b2
            before = [t.clone() for t in network]
            check_slopes(student, rig, network, NAMES)
            for t, old in zip(network, before, strict=True):
                assert_unchanged(t, old)


def layer_sizes(rng):
    """Sizes (N, D, H, K), each with a dtype: few, all different, all equal, and of one."""
    n, d, h, k = rng.sizes(4, 2, 6)
    return (
        ((3, 1, 2, 4), torch.float32),
        ((n, d, h, k), torch.float64),
        ((3, 3, 3, 3), torch.float32),
        ((1, d, 2, k), torch.float64),
        ((n, 1, 1, 1), torch.float64),
    )


def layers(rng, n, d, h, k, dtype):
    """x, y and the parameters: units are on for some rows, and none is near the kink of relu.
    Predictions are too large in one place and too small in the next."""
    shapes = (n, d), (n, k), (h, d), (h,), (h, k), (k,)
    x, y, w1, b1, w2, b2 = (rng.normal(*shape, dtype=dtype) for shape in shapes)
    w1 = w1.T  # not contiguous
    b1 = b1 - (x @ w1 + b1).mean(dim=0)
    while (x @ w1 + b1).abs().min() < 1e-3:
        b1 = b1 + 0.1
    signs = 1 - 2 * (torch.arange(n * k, device=y.device) % 2).to(dtype).reshape(n, k)
    return x, y + 10 * signs, w1, b1, w2, b2


def check_slopes(student, rig, network, names):
    """These of the four are right, and are found where nothing is recorded, too."""
    expected = by_autograd(*network)
    known = {name: slopes_gone_wrong(name, *network) for name in names}
    seen = student.two_layer_gradients.observe(*network)
    result = unpack(seen.value, *NAMES)
    for name, got, there in zip(NAMES, result, expected, strict=True):
        if name in names:
            likely = unless_near(got, there, CHAIN[name])
            assert_same(got, there, mistakes=known[name], likely=likely, what=name)
    if borrowed := [m for m in sorted(seen.modules) if m.startswith(AUTOMATIC)]:
        fail(
            "it must be written by hand",
            expected="tensor operations of your own",
            got=f"{borrowed[0]} ran",
            likely=BY_HAND,
        )
    again = rig.where_nothing_is_recorded(*network)
    if again is None:
        fail(
            "it must run where torch records nothing",
            expected="four gradients under torch.inference_mode()",
            got="an error, or a graph",
            likely=BY_HAND,
        )
    for name, got, there in zip(NAMES, unpack(again, *NAMES), expected, strict=True):
        if name in names:
            assert_same(got, there, what=f"{name}, under torch.inference_mode(),")


AUTOMATIC = (  # vmap is not
    "torch._functorch.eager_transforms",
    "torch.autograd.functional",
    "torch.autograd.forward_ad",
)
BY_HAND = (
    "By hand, without backward() or anything else that differentiates: derive each slope on paper, "
    "from the loss back to w1, and write down the formulas."
)
CHAIN = {
    "dw2": "The slope at w2 is a.T @ d: a is what goes into the second layer, d the slope of the "
    "loss at what comes out of it.",
    "db2": "b2 is added to every row: its slope is the sum over the rows of d, the slope of the "
    "loss at what comes out of the second layer. If it is a sum already, d is wrong.",
    "dw1": "The slope goes back through w2, then through relu, which stops it where its input was "
    "negative, and then x.T @ it is that of w1.",
    "db1": "b1 is added to every row: its slope is the sum over the rows of the slopes before "
    "relu. If it is a sum already, those slopes are wrong.",
}


def by_autograd(x, y, *parameters):
    """The four gradients; not by hand."""
    leaves = [wanting(p) for p in parameters]
    w1, b1, w2, b2 = leaves
    loss = (((x @ w1 + b1).relu() @ w2 + b2 - y) ** 2).mean()
    return torch.autograd.grad(loss, leaves)


@recorded
def slopes_gone_wrong(name, x, y, w1, b1, w2, b2):
    """What mistakes make of one of the four."""
    before = x @ w1 + b1
    hidden, on = before.clamp(min=0), (before > 0).to(x.dtype)
    d = 2 * (hidden @ w2 + b2 - y) / y.numel()
    back = d @ w2.T
    right = {
        "dw1": x.T @ (back * on),
        "db1": (back * on).sum(0),
        "dw2": hidden.T @ d,
        "db2": d.sum(0),
    }[name]
    yield right / 2, "The square brings down a 2, and it is missing."
    yield -right, "The error is the prediction minus y; here the sign is turned."
    if y.shape[1] > 1:
        words = "The mean goes over all N * K entries of y, not over its N rows alone."
        yield right * y.shape[1], words
    if y.numel() > 1:
        yield right * y.numel(), "These are the slopes of the sum; the loss is the mean."
    if name.startswith("db") and len(x) > 1:
        yield right / len(x), "A bias enters every row: add its slopes up over the rows."
    yield from {
        "dw1": (
            (x.T @ back, OPEN),
            (x.T @ (back * hidden), "The slope of relu is 1 where it is on, not its value."),
            (x.T @ back.clamp(min=0), FORWARD),
        ),
        "db1": (
            (back.sum(0), OPEN),
            ((back * hidden).sum(0), "The slope of relu is 1 where it is on, not its value."),
            (back.clamp(min=0).sum(0), FORWARD),
        ),
        "dw2": ((before.T @ d, "What goes into the second layer has been through relu."),),
        "db2": (),
    }[name]


OPEN = (
    "Going back, relu stops the slope where its input was not positive. Here it lets all through."
)
FORWARD = "relu stops a slope by the sign of its input going forward, not by that of the slope."


@exercise("Scalar")
class TestScalar:
    @visible
    @points(1)
    def test_each_operation(self, student, device, rng):
        """Each operation gives its number and slopes, with numbers on either side."""
        student.Scalar.get("__init__")
        rig = student.bring("rig_autograd")
        a, b = (rng.uniform(0.5, 2, dtype=torch.float64).item() for _ in range(2))
        got = plain(rig, "y = a * b; c = y + a; y.backward()", a=a, b=b)
        slope = as_like(got["a"][1], b)
        if slope == b + 1:
            likely = LATER
        else:
            likely = PRODUCT if slope else None  # if nothing has arrived, it is not the product
        check_program(got, "a * b", likely, a=a, b=b)
        likely = "y does not depend on c: the .grad of a Scalar is 0.0 until backward() finds one."
        check_number(got["c"][1], 0.0, likely, "c.grad")
        for expression, likely in OPERATIONS.items():
            values = {"a": -a, "b": b} if "b" in expression else {"a": a}
            for sign in (1, -1) if expression in BOTH_SIGNS else (1,):
                values["a"] *= sign
                got = rig.run(f"y = {expression}; y.backward()", **values)
                check_program(got, expression, likely, **values)
        for value, power, slope in ((0, 2, 0.0), (0, 1, 1.0), (-2, 3, 12.0), (5, 0, 0.0)):
            got = rig.run(f"y = a ** {power}; y.backward()", a=value)
            assert_same(got["a"][0], float(value), what="a.data")
            assert_same(got["y"][0], float(value**power), what="y.data")
            check_number(got["a"][1], slope, POWER, "a.grad")
        near = rng.uniform(0.1, 0.9, dtype=torch.float64).item()
        for value in (20.0, -20.0, near, -near):
            for name in ("tanh", "exp", "relu"):
                got = rig.run(f"y = a.{name}(); y.backward()", a=value)
                check_program(got, f"a.{name}()", FUNCTIONS[name], a=value)
        got = rig.run("y = a.relu(); y.backward()", a=0.0)
        assert_same(got["y"][0], 0.0, what="y.data")
        slope = as_like(got["a"][1], 0.0)
        if not isinstance(slope, float) or not 0 <= slope <= 1:
            fail("a.grad is no slope of relu at 0", expected="any from 0 to 1", got=slope)

    @points(1)
    def test_all_uses(self, student, device, rng):
        """Slopes add up over all uses, and over calls of backward, each one once."""
        student.Scalar.get("__init__")
        rig = student.bring("rig_autograd")
        a, b = (rng.uniform(0.5, 2, dtype=torch.float64).item() for _ in range(2))
        plain(rig, "y = a + a; y.backward()", a=a)
        for program, slopes, likely in programs(a, b):
            given = {"a": a, "b": b} if "b" in slopes else {"a": a}
            got = rig.run(program, **given)
            for name, slope in slopes.items():
                check_number(got[name][1], float(slope), likely, f"{name}.grad")
        for expression in TOGETHER:
            got = rig.run(f"y = {expression}; y.backward()", a=a, b=b)
            check_program(got, expression, a=a, b=b)
        got = rig.run("a.data = 3.0; y = a * a; a.data -= 1.0; y = a * a; y.backward()", a=a)
        likely = "a.data was set to 2.0 before y was computed."
        assert_same([got["y"][0], got["a"][1]], [4.0, 4.0], likely=likely, what="[y.data, a.grad]")

    @points(1)
    def test_long_and_wide(self, student, device, rng):
        """10,000 operations in a row work, and 60 doublings end at once."""
        student.Scalar.get("__init__")
        within = student.bring("rig_autograd_within")
        a = rng.uniform(0.5, 2, dtype=torch.float64).item()
        few, more = (within.doublings.observe(count, a) for count in (5, 10))
        for seen, count in ((few, 5), (more, 10)):
            check_plain(seen)
            expected = (a * 2**count, float(2**count))
            assert_same(seen.value, expected, likely=ADDS_UP, what="(y.data, x.grad)")
        if more.steps > 8 * few.steps:
            fail(
                "with each doubling, backward takes twice as long",
                expected="for 10 doublings about twice the steps that 5 take",
                got=f"{few.steps} steps for 5 doublings, {more.steps} for 10",
                likely="It follows every path. Each node passes its slope on once, when all nodes "
                "that use it have passed theirs on.",
            )
        expected = (a * 2**60, float(2**60))
        got = within.doublings(60, a)
        assert_same(got, expected, likely=ADDS_UP, what="(y.data, x.grad)")
        got = within.chain(10_000, 0.5)
        if got is None:
            fail(
                "Python gives up on a chain of 10,000 operations",
                expected="(y.data, x.grad) of x + x + x + ...",
                got="RecursionError",
                likely="A function that calls itself for each node gets as deep as the chain is "
                "long, and Python ends at about 1,000. Keep a list of the nodes to be visited.",
            )
        assert_same(got, (5000.5, 10001.0), likely=ADDS_UP, what="(y.data, x.grad)")


ADDS_UP = (
    "If each operation alone is right: a node that is used in several places gets a slope from "
    "each of them. They are added up, and passed on when all of them are there."
)
POWER = "The slope of x ** n is n * x ** (n - 1)."
LATER = (
    "This is the slope of c, which was computed later. y keeps a list of what it was computed "
    "from, and each Scalar needs one of its own: a list made in the def, as in sources=[], is "
    "shared by all."
)
FUNCTIONS = {
    "tanh": "The slope of tanh is 1 - t * t, t being tanh(x) itself.",
    "exp": "The slope of exp is exp(x) itself.",
    "relu": "relu is x where x > 0, with slope 1, and 0 elsewhere, with slope 0.",
}
LEFT = "Python asks the Scalar on the right, by __radd__, __rsub__, __rmul__ or __rtruediv__."
SUM = "The slope of a sum is 1 at both sides."
MINUS = "The slope of a - b is 1 at a and -1 at b."
PRODUCT = "The slope of a * b is b at a, and a at b."
QUOTIENT = (
    "a / b is a * b ** -1. Its slope is 1 / b at a; at b it is that of the product times that of "
    "the power, a * -b ** -2."
)
OPERATIONS = {  # those first that others are made of
    "a + b": SUM,
    "a * b": PRODUCT,
    "a + 2": SUM,
    "a * 1.5": PRODUCT,
    "a ** 3": POWER,
    "a ** -2": POWER,
    "a ** 0.5": POWER,
    "2.5 + a": f"{SUM} {LEFT}",
    "-2 * a": f"{PRODUCT} {LEFT}",
    "-a": "The slope of -a is -1.",
    "a - b": MINUS,
    "a - 3": MINUS,
    "3 - a": f"{MINUS} {LEFT}",
    "a / b": QUOTIENT,
    "a / 4": QUOTIENT,
    "3 / a": f"{QUOTIENT} {LEFT}",
}
BOTH_SIGNS = ("a ** 3", "a ** -2", "3 / a")
TOGETHER = (
    "(a * b + 0.5).tanh() + (a - b).exp() / b - (a - 3).relu()",
    "(a + b) * (a + b) ** 2 - a * b * a",
)
AGAIN = (
    "backward() adds exactly the derivatives of its own result to what stands in each .grad. What "
    "stands there from before stays in the sum, and is not passed on to other nodes."
)


def programs(a, b):
    """What happens to Scalars a and b, the .grad of each in the end, and what to say of others."""
    own = "d(y)/d(y) is 1, and is added to the .grad of y, too."
    return (
        ("y = a; y.backward()", {"a": 1}, own),
        ("y = a + a; y.backward()", {"a": 2, "y": 1}, ADDS_UP),
        ("y = a * a * a; y.backward()", {"a": 3 * a * a}, ADDS_UP),
        ("c = a * b; y = c + a; y.backward()", {"a": b + 1, "b": a, "c": 1, "y": 1}, ADDS_UP),
        ("c = a * a; y = c * c; y = y + c; y.backward()", {"a": 4 * a**3 + 2 * a}, ADDS_UP),
        ("c = a * a; d = c * 3; y = c + d; y.backward()", {"a": 8 * a, "c": 4, "d": 1}, ADDS_UP),
        ("c = a * a; d = c * 3; y = d + c; y.backward()", {"a": 8 * a, "c": 4, "d": 1}, ADDS_UP),
        ("c = a + b; y = c * a; y = y * c; y.backward()", used_twice(a, b), ADDS_UP),
        (
            "c = a * b; d = c * 2; y = c * 3; d.backward(); y.backward()",
            {"a": 5 * b, "b": 5 * a, "c": 5, "d": 1, "y": 1},
            AGAIN,
        ),
        (
            "c = a * a; y = c * c; y.backward(); c.backward()",
            {"a": 4 * a**3 + 2 * a, "c": 2 * a * a + 1},
            AGAIN,
        ),
        ("y = a * b; y.backward(); y.backward()", {"a": 2 * b, "b": 2 * a, "y": 2}, AGAIN),
        (
            "c = a * b; y = c * 3; y.backward(); y.backward()",
            {"a": 6 * b, "b": 6 * a, "c": 6, "y": 2},
            AGAIN,
        ),
        (
            "a.grad = 10.0; c = a * b; c.grad = 7.0; y = c * 2; y.grad = 5.0; y.backward()",
            {"a": 10 + 2 * b, "b": 2 * a, "c": 9, "y": 6},
            AGAIN,
        ),
        ("y = a * 3; y.backward(); a.grad = 0.0; y.backward()", {"a": 3, "y": 2}, AGAIN),
    )


def used_twice(a, b):
    """The slopes of c * a * c, c being a + b."""
    c = a + b
    return {"a": 2 * c * a + c * c, "b": 2 * c * a, "c": 2 * c * a}


def check_program(got, expression, likely=None, **values):
    """y = expression; y.backward(): the numbers and the slopes are those of torch."""
    leaves = {
        k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in values.items()
    }
    y = eval(expression, {}, leaves)
    y.backward()
    assert_same(got["y"][0], y.item(), likely=f"It is {expression}.", what="y.data")
    own = "The slope of y at y itself is 1.0, and is added to y.grad as well."
    check_number(got["y"][1], 1.0, own, "y.grad")
    for name, leaf in leaves.items():
        assert_same(got[name][0], values[name], likely="It stays as it is.", what=f"{name}.data")
        check_number(got[name][1], leaf.grad.item(), likely, f"{name}.grad")


def check_number(got, expected, likely, what):
    """One number, of which `likely` says more than what it may be a multiple of."""
    known = [(got, likely)] if likely and isinstance(got, (int, float)) else ()
    assert_same(got, expected, mistakes=known, what=what)


def plain(rig, program, **values):
    """What the program gives, if Python alone has run it."""
    seen = rig.run.observe(program, **values)
    check_plain(seen)
    return seen.value


def check_plain(seen):
    if seen.operations:
        fail(
            "Scalar is to be plain Python",
            expected="no operation of torch",
            got=f"{min(seen.operations)} of torch ran",
            likely="Numbers are Python's floats here; tanh and exp are in the module math.",
        )
