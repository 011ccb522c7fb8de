"""Hidden suite of `gradients`: the functions run in the judge and keep what they were given.

The slopes are known from calculus. Differences are taken only for known mistakes, `@recorded`.
"""

import math
from collections.abc import Callable
from itertools import chain
from typing import NamedTuple

import torch
from torch import Tensor

from grader.suite import (
    as_like,
    assert_form,
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
from grader.suite.tape import known_mistakes

CENTRAL = "The central difference is (f(x + h) - f(x - h)) / (2 * h)."
ONE_SIDED = (
    "This is a one-sided difference, as (f(x + h) - f(x)) / h is, and off by about h. The central "
    "one, (f(x + h) - f(x - h)) / (2 * h), is off by about h * h."
)
FLOAT32 = (
    "In float32 a step of 1e-6 drowns in rounding. Convert to float64 first, and keep every "
    "number on the way in float64."
)
UPHILL = "This walks uphill, where the gradient points. To go down, subtract it."
NO_TENSOR = "A Python float is float64 already. A tensor made of it is not, and has fewer digits."
FLAT = "Bring the flat copy back to the shape of x before you call f: reshape(x.shape)."
PUT_BACK = (
    "Move one element, and put it back before you move the next. Each is needed at x + h and at "
    "x - h."
)
AUTOGRAD = (
    "f answers with plain numbers, and no graph leads back to x. Ask f at x + h and at x - h."
)
TIMES_H = "a / 2 * h multiplies by h. Use brackets: a / (2 * h)."
ONE_POINT = (
    "This is half of (f(x + h) - f(x)) / h: one of the two points was x itself. `up = x` is no "
    "copy of x, clone() makes one."
)
OTHER_STEP = "The step is h, as the caller says: here it is another one."
HALF_STEP = "f is called at x + h / 2 and at x - h / 2. The step to each side is h."
ALL_OF_X = (
    "f takes all of x at once, in its shape. Move one element of a copy of x, and give f the copy."
)
NOT_AT_X = "f(x) itself is not needed: it cancels in f(x + h) - f(x - h)."
ONCE = "Call f once at x + h and once at x - h for each number in x, and keep what it gives."
BELOW = (
    "This exercise builds on your gradient, and gradient is not right yet: look at that one first."
)


class Watched:
    """A function that keeps what it was called with, and answers whatever it is given.

    It does not raise: what the learner passes to it is only judged after the call.
    """

    def __init__(self, function, like):
        self.function, self.like = function, like
        self.seen = []
        self.problems = []

    def __call__(self, x=None):
        self.seen.append(x)
        if isinstance(self.like, float):
            return self._at_number(x)
        if not isinstance(x, Tensor) or x.shape != self.like.shape:
            flat = isinstance(x, Tensor) and x.ndim == 1 and x.numel() == self.like.numel()
            likely = FLAT if flat else ALL_OF_X if isinstance(x, Tensor) else None
            self.problems.append(("f must be given a tensor shaped like x", self.like, x, likely))
            return self.function(self.like.to(torch.float64))
        if x.dtype != torch.float64:
            message = "f must be given a float64 tensor"
            self.problems.append((message, torch.float64, x.dtype, FLOAT32))
        return self.function(x.to(self.like.device, torch.float64))

    def _at_number(self, x):
        if not isinstance(x, float):
            likely = NO_TENSOR if isinstance(x, Tensor) else None
            self.problems.append(("f must be given a plain float", "a float", x, likely))
        number = isinstance(x, (int, float, Tensor)) and getattr(x, "shape", ()) == ()
        x = x.detach() if isinstance(x, Tensor) else x
        return self.function(float(x)) if number else 0.0

    def check_arguments(self):
        if self.problems:
            message, expected, got, likely = self.problems[0]
            fail(message, expected=expected, got=got, likely=likely)
        if len(self.seen) == 1 and getattr(self.seen[0], "requires_grad", False):
            message = "autograd cannot look inside f"
            expected = "calls of f at x + h and at x - h"
            fail(message, expected=expected, got="one call of f at x", likely=AUTOGRAD)

    def check_calls(self, expected):
        if len(self.seen) != expected:
            fail(
                "f must be called just twice for each number in x",
                expected=f"{expected} calls of f",
                got=f"{len(self.seen)} calls of f",
                likely=NOT_AT_X if any(self._is_origin(x) for x in self.seen) else ONCE,
            )

    def check_default_step(self):
        """Where the caller names no h, the nearest point at which f was asked is 1e-6 away."""
        self.check_arguments()
        origin = torch.as_tensor(self.like, dtype=torch.float64)
        points = [torch.as_tensor(x, dtype=torch.float64) for x in self.seen]
        moves = [float((x.to(origin.device) - origin).abs().max()) for x in points]
        nearest = min((move for move in moves if move > 0), default=0.0)
        if not 0.75e-6 < nearest < 1.25e-6:
            fail(
                "f must be asked at x + h and x - h, with h = 1e-6 unless the caller says so",
                expected="calls of f at a distance of 1e-06",
                got=f"calls of f at a distance of {nearest:.3g}",
                likely=HALF_STEP if 0.4e-6 < nearest < 0.6e-6 else None,
            )

    def _is_origin(self, x):
        if isinstance(self.like, float):
            return x == self.like
        return torch.equal(x.to(self.like.device, torch.float64), self.like.to(torch.float64))


def check_moves(f, h):
    """Each element is moved alone, once up and once down, by h."""
    f.check_arguments()
    origin = f.like.to(torch.float64).flatten()
    f.check_calls(2 * origin.numel())
    moves = [(x.to(origin.device).flatten() - origin) / h for x in f.seen]
    steps = torch.eye(origin.numel(), dtype=torch.float64, device=origin.device)
    sizes = [float(move.abs().max()) for move in moves]
    alone = all(int((move.abs() > 1e-9).sum()) <= 1 for move in moves)
    other = alone and any(abs(size - 1) > 1e-3 for size in sizes)
    halves = all(0.4 < size < 0.6 for size in sizes)
    for step in (*steps, *-steps):
        if not any((move - step).abs().max() < 1e-6 for move in moves):
            fail(
                "each element of x must move by h alone, once up and once down",
                expected=(origin + h * step).reshape(f.like.shape),
                got="no call of f at that point",
                likely=HALF_STEP if halves else OTHER_STEP if other else PUT_BACK,
            )


def eighths(rng, *shape, dtype=torch.float64):
    """Numbers that x + h - h gives back exactly for h = 1/1024."""
    return rng.integers(-40, 40, *shape).to(dtype) / 8


H = 1 / 1024


def mistaken(got, expected, mistakes):
    """The sentence of the first mistake that is far closer to what came back than what is expected.

    `mistakes` are pairs as for assert_same, which would not tell differences this small apart.
    """
    if not isinstance(got, (float, Tensor)):
        return None
    got, expected = (torch.as_tensor(value, dtype=torch.float64) for value in (got, expected))
    if got.shape != expected.shape:
        return None
    error = (got - expected).abs().max()
    if not 1e-8 < error < torch.inf:
        return None
    for value, sentence in mistakes:
        value = torch.as_tensor(value, dtype=torch.float64, device=expected.device)
        value = value.expand(expected.shape)
        if (got - value).abs().max() < error / 10 and torch.allclose(got, value, 1e-3, 1e-14):
            return sentence
    return None


def one_sided(function, x, h=1e-6):
    """The forward and the backward difference, the elements of x along the last axis."""
    x = torch.as_tensor(x, dtype=torch.float64)
    steps = torch.eye(x.numel(), dtype=torch.float64, device=x.device)
    return [
        torch.stack(
            [
                torch.as_tensor(function(x + step * unit.reshape(x.shape)) - function(x)) / step
                for unit in steps
            ],
            dim=-1,
        )
        for step in (h, -h)
    ]


@recorded
def gradients_gone_wrong(function, x, expected):
    """What mistakes with gradient give: pairs of that and a sentence."""
    slopes = [slope.reshape(x.shape) for slope in one_sided(function, x)]
    yield from ((slope, ONE_SIDED) for slope in slopes)
    yield expected.sum(), "All elements moved together. Move one at a time, and leave the others."
    yield expected * 1e-12, TIMES_H
    yield from ((slope / 2, ONE_POINT) for slope in slopes)
    for axis in range(1, x.ndim):
        together = expected.sum(tuple(range(axis, x.ndim)), keepdim=True)
        yield together, "Whole rows moved together. Move one element at a time."


@recorded
def jacobians_gone_wrong(function, x):
    """What mistakes with jacobian give: pairs of that and a sentence."""
    slopes = one_sided(function, x)
    yield from ((slope, ONE_SIDED) for slope in slopes)
    yield slopes[0] * 1e-12, TIMES_H
    yield from ((slope / 2, ONE_POINT) for slope in slopes)


def assert_slopes(got, expected, mistakes, *, likely=None, rtol=1e-7, atol=1e-7):
    likely = mistaken(got, expected, known_mistakes(mistakes)) or likely
    assert_same(got, expected, rtol=rtol, atol=atol, likely=likely)


def assert_below(student, got, expected, likely=None, **options):
    """As assert_same, for what builds on `gradient`: where that is at fault, it says so."""
    try:
        assert_same(got, expected, likely=likely, **options)
    except AssertionError as mismatch:
        if not mismatch.slips and not works(student.gradient):
            mismatch.likely = BELOW
        raise


def works(gradient):
    x = torch.tensor([[0.5, -1.25, 2.0]], dtype=torch.float64)
    before = x.clone()
    f = Watched(lambda x: (x**3).sum(), before)
    try:
        got = gradient(f, x, H)
        f.check_arguments()
        assert_same(got, 3 * before**2 + H**2, rtol=1e-8, atol=1e-8)
        assert_unchanged(x, before)
    except (AssertionError, ArithmeticError, LookupError, RuntimeError, TypeError, ValueError):
        return False
    return True


@exercise("derivative")
class TestDerivative:
    @visible
    @points(1)
    def test_known_slopes(self, student, device, rng):
        """The slope of sin is cos, that of exp is exp, that of 1 / x is -1 / x**2."""
        for function, slope in (
            (math.sin, math.cos),
            (math.exp, math.exp),
            (lambda x: 1 / x, lambda x: -1 / x**2),
        ):
            x = rng.uniform(0.5, 1.5, dtype=torch.float64).item()
            f, known = Watched(function, x), derivatives_gone_wrong(function, x, slope(x))
            got = student.derivative(f, x)
            f.check_arguments()
            assert_slopes(got, slope(x), known, likely=CENTRAL, rtol=1e-8, atol=1e-8)
            f.check_default_step()

    @points(1)
    def test_central_difference(self, student, device, rng):
        """It calls f twice, at x + h and x - h; halving h quarters the error."""
        x = rng.uniform(0.5, 1.5, dtype=torch.float64).item()
        f = Watched(lambda x: x**3, x)
        for h in (0.5, 0.25):
            f.seen.clear()
            # Exactly, not roughly: ((x + h)**3 - (x - h)**3) / 2h = 3 x**2 + h**2.
            got = student.derivative(f, x, h=h)
            mistakes = [
                (3 * x**2, "h is not used: this is what the smallest steps give."),
                (((x + h) ** 3 - x**3) / h, ONE_SIDED),
                ((x**3 - (x - h) ** 3) / h, ONE_SIDED),
                (3 * x**2 + h**2 / 4, HALF_STEP),
                ((3 * x**2 + h**2) * h**2, TIMES_H),
            ]
            expected = 3 * x**2 + h**2
            f.check_arguments()
            f.check_calls(2)
            assert_slopes(got, expected, mistakes, likely=CENTRAL, rtol=1e-9, atol=1e-9)
            likely = "Call f at x + h and at x - h."
            assert_same(sorted(f.seen), [x - h, x + h], rtol=1e-12, likely=likely, what="x in f(x)")
        # Any step above 0 will do. Nothing is rounded here, however small it is.
        likely = f"f(x) = 3 * x, so the slope is 3 for any h. {CENTRAL}"
        f, h = Watched(lambda x: 3 * x, 0.5), 2.0**-30
        got = student.derivative(f, 0.5, h=h)
        assert_same(got, 3.0, likely=likely)
        likely = f"h is tiny here, 2**-30, and it is the step all the same: {CENTRAL}"
        assert_same(sorted(f.seen), [0.5 - h, 0.5 + h], rtol=1e-12, likely=likely, what="x in f(x)")

    @visible
    @points(1)
    def test_step_must_be_positive(self, student, device, rng):
        """h = 0 and a negative h are a ValueError."""
        x, slope = float(rng.integer(1, 5)), float(rng.integer(2, 9))
        f = Watched(lambda x: slope * x, x)
        assert_same(student.derivative(f, x, h=0.5), slope, rtol=1e-6)
        likely = "Check h first and raise ValueError. A negative h gives the right slope by luck."
        for h in (-2.0, 0.0):
            assert_raises(
                ValueError,
                lambda h=h: student.derivative(f, x, h=h),
                mentions=(h,),
                likely=likely,
            )


@recorded
def derivatives_gone_wrong(function, x, slope):
    """What mistakes with derivative give: pairs of that and a sentence."""
    yield (function(x + 1e-6) - function(x)) / 1e-6, ONE_SIDED
    yield (function(x) - function(x - 1e-6)) / 1e-6, ONE_SIDED
    yield slope * 1e-12, TIMES_H


@exercise("gradient")
class TestGradient:
    @visible
    @rehearsed(calls=1)
    @points(2)
    def test_known_gradients(self, student, device, rng):
        """It matches the gradient worked out on paper, in float64 and the shape of x."""
        for shape in (rng.sizes(1, 2, 4), rng.shuffled((1, 2, 2))):
            x = rng.normal(*shape, dtype=torch.float64)
            c = rng.normal(*shape, dtype=torch.float64)
            expected = c * x.cos()
            f = Watched(lambda x, c=c: (c * x.sin()).sum(), x.clone())
            known = gradients_gone_wrong(f.function, x, expected)
            got = student.gradient(f, x)
            f.check_arguments()
            assert_slopes(got, expected, known)
            f.check_default_step()

    @points(1)
    def test_one_element_at_a_time(self, student, device, rng):
        """Each element moves by h alone, up and down: 2 * x.numel() calls; x stays as it was."""
        x = eighths(rng, 2, 2)
        x[0, 0] = x[1, 1] = 0  # each moves like any other
        before = x.clone()
        f = Watched(lambda x: (x**3).sum(), before)
        got = student.gradient(f, x, h=H)
        assert_unchanged(
            x,
            before,
            likely="x itself was moved and not put back. Work on a copy: x.to(torch.float64) is "
            "none if x is float64 already; clone() makes one.",
        )
        check_moves(f, H)
        # Every number on the way is exact in float64, so nothing is lost but by float32.
        assert_same(got, 3 * before**2 + H**2, rtol=1e-10, atol=1e-10, likely=CENTRAL)

    @points(1)
    def test_float32_input(self, student, device, rng):
        """A float32 x is differentiated in float64, and the result is float64."""
        x = rng.uniform(10, 20, *rng.sizes(2, 1, 3), dtype=torch.float32)
        f = Watched(lambda x: x.sin().sum(), x)
        got = student.gradient(f, x)
        f.check_arguments()
        likely = "The result is float64 whatever the dtype of x."
        got = assert_form(got, x.double(), likely=likely)
        assert_same(got, x.double().cos(), rtol=1e-6, atol=1e-6)

    @points(1)
    def test_any_shape_and_layout(self, student, device, rng):
        """A 0-dim x works, a transposed one too, and an f that gives a plain number."""
        x = rng.normal(dtype=torch.float64)
        expected = 2 * x
        got = student.gradient(Watched(lambda x: (x**2).item(), x), x)
        known = gradients_gone_wrong(lambda x: (x**2).sum(), x, expected)
        assert_slopes(got, expected, known)
        x = rng.normal(2, 3, dtype=torch.float64).T
        c = rng.normal(3, 2, dtype=torch.float64)
        expected = 2 * c * x
        got = student.gradient(Watched(lambda x: (c * x**2).sum(), x), x)
        layouts = [
            (expected.T.reshape(3, 2), "Elements are numbered row by row, wherever they lie."),
            (expected.flatten().reshape(2, 3).T, "Elements are numbered row by row."),
            (0 * expected, "Flattened, a transposed x is a copy: x does not move with it."),
        ]
        known = gradients_gone_wrong(lambda x: (c * x**2).sum(), x, expected)
        assert_slopes(got, expected, chain(known, layouts))


@exercise("jacobian")
class TestJacobian:
    @visible
    @rehearsed(calls=1)
    @points(2)
    def test_known_jacobians(self, student, device, rng):
        """Row i, column j is d f(x)[i] / d x[j], for more outputs than inputs and for fewer."""
        for m, n in ((2, 3), (3, 2)):
            x = rng.normal(n, dtype=torch.float64)
            a = rng.normal(m, n, dtype=torch.float64)
            expected = a * x.cos()
            f = Watched(lambda x, a=a: a @ x.sin(), x)
            known = jacobians_gone_wrong(f.function, x)
            got = student.jacobian(f, x)
            f.check_arguments()
            likely = "Row i belongs to output i, column j to input j."
            assert_slopes(got, expected, known, likely=likely)
            f.check_default_step()

    @points(1)
    def test_one_element_at_a_time(self, student, device, rng):
        """Each x[j] moves by h alone, in float64: 2 * n calls of f; x stays as it was."""
        # 0.001 is nothing that float32 can add without rounding.
        for n, dtype, h in ((rng.integer(2, 4), torch.float64, H), (2, torch.float32, 0.001)):
            x = eighths(rng, n, dtype=dtype)
            before = x.clone()
            f = Watched(lambda x: torch.stack([(x**3).sum(), x.prod()]), before)
            got = student.jacobian(f, x, h=h)
            assert_unchanged(x, before, likely="x itself was moved. Work on a copy: x.clone().")
            check_moves(f, h)
            cubes = 3 * before.double() ** 2 + h**2
            others = torch.stack(
                [before.double()[torch.arange(len(x)) != j].prod() for j in range(len(x))]
            )
            assert_same(
                got,
                torch.stack([cubes, others]),
                rtol=1e-10,
                atol=1e-10,
                likely=CENTRAL,
            )

    @points(1)
    def test_single_input_or_output(self, student, device, rng):
        """One input gives a column (m, 1), one output a row (1, n)."""
        x, a = rng.normal(1, dtype=torch.float64), rng.normal(3, dtype=torch.float64)
        expected = (2 * a * x).unsqueeze(1)
        got = student.jacobian(Watched(lambda x: a * x**2, x), x)
        assert_same(got, expected, rtol=1e-7, atol=1e-7, likely=two_axes(got))
        x, a = rng.normal(2, dtype=torch.float64), rng.normal(2, dtype=torch.float64)
        expected = (2 * a * x).unsqueeze(0)
        got = student.jacobian(Watched(lambda x: (a * x**2).sum().unsqueeze(0), x), x)
        assert_same(got, expected, rtol=1e-7, atol=1e-7, likely=two_axes(got))


def two_axes(got):
    if getattr(got, "ndim", 2) == 2:
        return None
    return "A Jacobian always has two axes, (m, n), even where one of them is 1."


LARGEST = "The largest abs(a - n) / max(1, abs(a), abs(n)) is {:.2g} here, and tol is {:g}."


def about(words, a, n, tol=1e-6):
    """A question to gradient_check in words: `a` is what grad_f gives, `n` the gradient."""
    ratios = (a - n).abs() / torch.stack([torch.ones_like(n), a.abs(), n.abs()]).amax(0)
    return f"{words} {LARGEST.format(float(ratios.max()), tol)}"


class Question(NamedTuple):
    """Is grad_f the gradient of f, at the x that f is watched at?"""

    f: Watched
    grad_f: Callable
    in_words: tuple  # f and grad_f as text, for the rig, and what the names in it stand for
    options: dict
    likely: str
    expected: bool

    def ask(self, student):
        return student.gradient_check(self.f, self.grad_f, self.f.like.clone(), **self.options)


def answered(student, rng, questions):
    """The questions with a wrong answer and then the first of all, each with its answer.

    The first is asked by itself. All are then asked at once, beside the work and in an order that
    nobody knows; what is answered wrongly is asked again by itself, where it can be shown.
    """
    first = questions[0].ask(student)
    rig = student.bring("rig_gradients")

    def ask(asked):
        return rig.answers([(*q.in_words, q.f.like, q.options) for q in asked])

    for question in rng.missed(ask, questions):
        yield question, question.ask(student)
    yield questions[0], first


@exercise("gradient_check")
class TestGradientCheck:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_right_and_wrong_gradients(self, student, device, rng):
        """The right gradient passes; a flipped sign, a factor or one wrong element does not."""
        x = eighths(rng, 1, 3, dtype=rng.choice((torch.float32, torch.float64))) + 10
        n, words = 2 * x.double(), "f(x) = sum(x**2), so its gradient is 2 * x; grad_f(x) is "

        def question(factor, off, options, said, expected):
            names = {"factor": factor, "off": off}
            return Question(
                Watched(lambda x: (x**2).sum(), x),
                lambda x: factor * x + off,
                ("(x**2).sum()", "factor * x + off", names),
                options,
                about(words + said, factor * x.double() + off, n, **options),
                expected,
            )

        # One of three is off by 2.5 times tol: the mean error is not.
        here = torch.arange(3, device=device).reshape(1, 3) == rng.integer(0, 3)
        spot = 2.5e-3 * 2 * x * here
        questions = [
            question(2, 0.0, {}, "just that.", True),
            question(-2, 0.0, {}, "-2 * x.", False),
            question(4, 0.0, {}, "4 * x.", False),
            question(1, 0.0, {}, "x.", False),
            question(2, spot, {"tol": 1e-3}, "that, but for one element.", False),
        ]
        for asked, got in answered(student, rng, 2 * questions):
            assert_below(student, got, asked.expected, asked.likely)
        # What grad_f gives may be x itself: it is to be left as it is.
        z = rng.normal(1, dtype=torch.float64)
        before, own = z.clone(), student.bring("rig_gradients").identity()
        likely = "f(x) = sum(x**2) / 2, and grad_f(x) is x itself: that is its gradient."
        got = student.gradient_check(lambda x: (x**2).sum() / 2, own, z)
        assert_below(student, got, True, likely)
        assert_unchanged(z, before)

    @points(1)
    def test_ratio_for_large_difference_for_small(self, student, device, rng):
        """Large entries are compared by ratio, small ones by difference, each on its own."""
        large = torch.tensor([1000.0, 0.001], dtype=torch.float64, device=device)
        x = torch.tensor([0.5, 0.25], dtype=torch.float64, device=device)
        edge = "a = 0.5 and n = 0 differ by tol itself, 0.5. At most tol is still right: <=."
        ratio = (
            "a = [{0}, {3}] and n = [{4}, {3}]: the difference, {1}, is divided by the larger of "
            "the two sizes, {1} / {2}, and tol is 0.5."
        )
        small = (
            "a = [{2}, {0}] and n = [{2}, {3}]: where both are below 1 in size, the difference "
            "itself counts, {1}, and tol is 0.5."
        )

        def question(n, entries, likely, expected):
            a = torch.tensor(entries, dtype=torch.float64, device=device)
            f = Watched(lambda x: (n * x).sum(), x)
            in_words = "(n * x).sum()", "a.clone()", {"n": n, "a": a}
            return Question(f, lambda x: a.clone(), in_words, {"tol": 0.5}, likely, expected)

        questions = []
        for s in (1, -1):
            n = s * 1000, s * 0.001
            cases = [
                ((s * size, n[1]), ratio.format(s * size, off, larger, n[1], n[0]), True)
                for size, off, larger in ((1400, 400, 1400), (1900, 900, 1900), (550, 450, 1000))
            ]
            words = ratio.format(s * 400, 600, 1000, n[1], n[0])
            cases.append(((s * 400, n[1]), words, False))
            cases.append(((n[0], s * 0.4), small.format(s * 0.4, 0.399, *n), True))
            cases.append(((n[0], s * 0.8), small.format(s * 0.8, 0.799, *n), False))
            questions += [question(s * large, *case) for case in cases]
        questions += 2 * [question(0 * large, (0.5, 0.0), edge, True)]
        for asked, got in answered(student, rng, questions):
            assert_below(student, got, asked.expected, asked.likely)

    @points(1)
    def test_tolerance_and_step_size(self, student, device, rng):
        """tol is the largest error allowed, and h reaches your gradient."""
        x = torch.tensor([0.5, -1.0], dtype=torch.float64, device=device)
        agree = "f(x) = sum(x**3) and grad_f(x) = 3 * x**2 agree."
        ratio = "An entry of grad_f(x) is off by {:g} of its size; by default tol is 1e-6."
        strict = "An entry of grad_f(x) is off by 2e-08 of its size, and tol is 1e-08."
        # A central difference of x**3 is too large by h**2 = 0.01, in every element.
        error = "With h = 0.1, gradient is off by 0.01 in each element here, and tol is {}."

        def question(factor, options, likely, expected):
            return Question(
                Watched(lambda x: (x**3).sum(), x),
                lambda x: factor * 3 * x**2,
                ("(x**3).sum()", "factor * 3 * x**2", {"factor": factor}),
                options,
                likely,
                expected,
            )

        questions = [
            question(1.0, {}, agree, True),
            question(1 + 0.8e-6, {}, ratio.format(0.8e-6), True),
            question(1 + 1.5e-6, {}, ratio.format(1.5e-6), False),
            question(1 + 2e-8, {"tol": 1e-8}, strict, False),
            question(1.0, {"h": 0.1}, error.format(1e-6), False),
            question(1.0, {"h": 0.1, "tol": 0.02}, error.format(0.02), True),
            question(1.0, {"h": 0.1, "tol": 0.005}, error.format(0.005), False),
        ]
        for asked, got in answered(student, rng, 2 * questions):
            if not asked.options:
                asked.f.check_default_step()
            assert_below(student, got, asked.expected, asked.likely)

    @points(1)
    def test_nan_is_never_right(self, student, device, rng):
        """A NaN in either gradient is False."""
        x = rng.uniform(1, 2, 2, dtype=torch.float64)
        agree = "f(x) = sum(x**2) and grad_f(x) = 2 * x agree."
        likely = (
            "Every comparison with NaN is False, so `error > tol` lets it through, and Python's "
            "max may drop it. Ask whether all errors are <= tol."
        )

        def broken_square(y):
            return torch.nan if abs(float(y[1] - x[1])) > 1e-9 else (y**2).sum()

        square, holed = Watched(lambda y: (y**2).sum(), x), Watched(broken_square, x)
        broken = "torch.nan if abs(float(x[1] - at[1])) > 1e-9 else (x**2).sum()"

        def question(f, text, hole, tol, expected):
            return Question(
                f,
                lambda y: 2 * y + hole,
                (text, "2 * x + hole", {"hole": hole, "at": x}),
                {"tol": tol},
                agree if expected else likely,
                expected,
            )

        holes = torch.where(torch.eye(2, device=x.device) > 0, torch.nan, 0 * x)
        questions = [
            question(square, "(x**2).sum()", 0 * x, 1e-6, True),
            question(square, "(x**2).sum()", holes[0], 2.0, False),  # any number would be near
            question(square, "(x**2).sum()", holes[1], 1e-6, False),
            question(holed, broken, 0 * x, 1e-6, False),
        ]
        for asked, got in answered(student, rng, 3 * questions):
            if asked.expected:
                assert_below(student, got, True, agree)
            else:
                assert_same(got, False, likely=likely)


@exercise("descend")
class TestDescend:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_follows_the_slope_downhill(self, student, device, rng):
        """Each step subtracts lr * gradient, as measured with h."""
        start, low, lr, steps = bowl(rng)
        f = Watched(lambda x: ((x - low) ** 2).sum(), start)
        x, _ = walk(student, f, start.clone(), lr, steps)
        # On this bowl each step leaves 1 - 2 lr of the way to its lowest point.
        expected = low + (1 - 2 * lr) ** steps * (start - low)
        known = walks_gone_wrong(start, low, lr, steps)
        options = {"rtol": 1e-8, "atol": 1e-8, "what": "x"}
        assert_below(student, x, expected, mistakes=known, **options)
        # A step that is too long leads up the other side, and is taken all the same.
        # In this valley the slope of each entry depends on where all others are.
        way = (start - low) / (start - low).norm()
        valley = Watched(lambda x: ((x - low) * way).sum() ** 2, start)
        x, _ = walk(student, valley, start.clone(), 1.2, 2)
        expected = low + (1 - 2 * 1.2) ** 2 * (start - low)
        longer = "With lr = 1.2 each step leads higher up. It is still x - lr * gradient."
        assert_below(student, x, expected, longer, **{**options, "rtol": 1e-7, "atol": 1e-7})
        start = start[:, :1]
        cubes = Watched(lambda x: (x**3).sum(), start)
        x, _ = walk(student, cubes, start.clone(), 0.1, 1, h=0.5)
        expected, known = one_step_on_cubes(start, 0.1, 0.5), small_steps_on_cubes(start, 0.1)
        assert_below(student, x, expected, mistakes=known, **options)

    @visible
    @points(1)
    def test_history(self, student, device, rng):
        """history holds f before the first and after each step, as floats: steps + 1 of them."""
        start, low, lr, steps = bowl(rng)
        f = Watched(lambda x: ((x - low) ** 2).sum(), start)
        _, history = walk(student, f, start.clone(), lr, steps)
        # The way left shrinks by 1 - 2 lr in each step, and f is the square of it.
        heights = ((start - low) ** 2).sum().item()
        expected = [heights * (1 - 2 * lr) ** (2 * k) for k in range(steps + 1)]
        options = {"rtol": 1e-8, "atol": 1e-8, "what": "history"}
        check_history(student, history, expected, start, **options)
        f.check_default_step()
        # Nothing is left to do from the first step on, and every step is taken all the same.
        low = low[:, :1]
        f = Watched(lambda x: ((x - low) ** 2).sum(), low)
        _, history = walk(student, f, low.clone(), lr, 3)
        check_history(student, history, [0.0] * 4, low, **options)

    @points(1)
    def test_float32_start(self, student, device, rng):
        """x comes back in x0's dtype, also in float32; x0 is unchanged."""
        x0 = torch.ones(1, device=device)
        before = x0.clone()
        f = Watched(lambda x: x.sum().item(), before)
        x, _ = walk(student, f, x0, lr=0.25, steps=1)
        assert_unchanged(x0, before, likely="Walk on a copy of x0.")
        likely = "Convert x to x0.dtype once, at the end."
        x = assert_form(x, before, likely=likely, what="x")
        assert_below(student, x, before - 0.25, what="x")
        # float32 cannot hold steps this small near 1; f sees each of them in float64.
        _, history = walk(student, f, before.clone(), lr=1e-9, steps=2)
        expected = [1 - 1e-9 * step for step in range(3)]
        lost = (
            "No step shows. Below 1 the next number of float32 is 0.99999994: keep x and f(x) in "
            "float64 on the way, with all their digits."
        )
        options = {"rtol": 0, "atol": 1e-10, "what": "history"}
        floats = as_like(history, expected)  # anything else is told of where the history is tested
        if isinstance(floats, list) and all(isinstance(height, float) for height in floats):
            assert_below(
                student, floats, expected, lost if set(floats) == {1.0} else None, **options
            )
        x0 = x0.double()
        # With this h, x + h - h is x to the last digit, for those who move x0 and put it back.
        x, _ = walk(student, f, x0, lr=0.25, steps=1, h=H)
        likely = "x0.to(torch.float64) is x0 itself if it is float64 already: clone it."
        assert_unchanged(x0, before.double(), likely=likely)
        assert_below(student, x, before.double() - 0.25, rtol=1e-6, what="x")

    @visible
    @points(1)
    def test_bad_arguments(self, student, device, rng):
        """lr <= 0 and steps < 0 are a ValueError; steps = 0 stays where it is."""
        x0 = rng.normal(2, dtype=torch.float64)
        f = Watched(lambda x: (x**2).sum(), x0)
        x, _ = walk(student, f, x0.clone(), lr=0.1, steps=0)
        known = [(0.8 * x0, "One step was taken, and steps is 0.")]
        assert_same(x, x0, mistakes=known, what="x")
        rate = "Check lr first: with 0 nothing moves, and a negative one walks uphill."
        count = "Check steps first: range(-1) is simply empty and says nothing."
        for lr, steps, bad, likely in (
            (0.0, 1, 0.0, rate),
            (-2.0, 1, -2.0, rate),
            (0.1, -1, -1, count),
        ):
            assert_raises(
                ValueError,
                lambda lr=lr, steps=steps: student.descend(f, x0, lr, steps),
                mentions=(bad,),
                likely=likely,
            )


def walk(student, *args, **options):
    """x and history, as descend returns them."""
    x, history = unpack(student.descend(*args, **options), "x", "history")
    if isinstance(x, list) and isinstance(history, Tensor):
        expected, got = "(x, history)", "(history, x)"
        fail("x and history are the other way round", expected=expected, got=got)
    return x, history


def check_history(student, history, expected, start, **options):
    likely, first = None, as_like(history, expected)
    if isinstance(first, list) and len(first) != len(expected):
        likely = f"{len(expected) - 1} steps give {len(expected)} numbers: f before the first, and "
        likely += "after each."
    elif isinstance(first, list) and first and getattr(first[0], "shape", None) == start.shape:
        fail(
            "history holds f(x), not x",
            expected=expected,
            got=history,
            likely="Note float(f(x)): one number for each place.",
        )
    assert_below(student, history, expected, likely, **options)


def bowl(rng):
    """Where to start, the lowest point of the bowl sum((x - low)**2), lr and steps."""
    low = rng.normal(1, 2, dtype=torch.float64)
    start = low + rng.uniform(1, 2, 1, 2, dtype=torch.float64)
    return start, low, 0.15, rng.integer(2, 4)


@recorded
def walks_gone_wrong(start, low, lr, steps):
    """Where mistakes with descend lead in the bowl."""
    yield low + (1 + 2 * lr) ** steps * (start - low), UPHILL
    yield start, "x is still where it began, or hardly away from there."
    left = start - low
    for _ in range(steps):
        left = start - low - 2 * lr * left
    yield low + left, "x0 - lr * gradient begins again in each step: it is x - lr * gradient."
    once = "Each step goes on from where the last one ended, with the gradient there."
    yield start - 2 * lr * steps * (start - low), once
    yield start - 2 * lr * (start - low), "This is where the first step ends."
    yield low + (1 - 2 * lr) ** (steps + 1) * (start - low), "This is one step too many."
    yield low + (1 - 2 * lr) ** (steps - 1) * (start - low), "The last step is missing."


@recorded
def one_step_on_cubes(start, lr, h):
    """Where one step leads on sum(x**3), for the slope that is measured with h."""
    return start - lr * (3 * start**2 + h**2)


@recorded
def small_steps_on_cubes(start, lr):
    """Where one step leads on sum(x**3) if h is left as it is by default."""
    yield start - lr * 3 * start**2, "Pass h on: gradient(f, x, h)."
