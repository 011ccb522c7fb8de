"""Hidden suite of `gradients`: the functions run in the judge and keep what they were given."""

import math

import torch
from torch import Tensor

from grader.suite import assert_raises, assert_same, assert_unchanged, exercise, fail, points

CENTRAL = (
    "The central difference is (f(x + h) - f(x - h)) / (2 * h), with all the brackets. One-sided "
    "ones, such as (f(x + h) - f(x)) / h, are off by about h, and this one by about h * h."
)
FLOAT32 = (
    "In float32 a step of 1e-6 drowns in rounding. Convert to float64 first, and keep every "
    "number on the way in float64."
)
UPHILL = "The gradient points uphill. To go down, subtract it: x - lr * gradient."


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
            self.problems.append(("f takes a tensor shaped like x", self.like, x, None))
            return 0.0
        if x.dtype != torch.float64:
            self.problems.append(("f takes a float64 tensor", torch.float64, x.dtype, FLOAT32))
        return self.function(x.to(self.like.device, torch.float64))

    def _at_number(self, x):
        if not isinstance(x, float):
            self.problems.append(("f takes a plain float", "a float", x, None))
        number = isinstance(x, (int, float, Tensor)) and getattr(x, "shape", ()) == ()
        return self.function(float(x)) if number else 0.0

    def check_arguments(self):
        if self.problems:
            message, expected, got, likely = self.problems[0]
            fail(message, expected=expected, got=got, likely=likely)

    def check_calls(self, expected):
        if len(self.seen) != expected:
            fail(
                "f is called twice for each number in x",
                expected=f"{expected} calls of f",
                got=f"{len(self.seen)} calls of f",
                likely="Central differences need f at x + h and at x - h, once each. "
                "f(x) itself does not appear in them.",
            )

    def check_moves(self, h):
        """Each element is moved alone, once up and once down, by h."""
        self.check_arguments()
        origin = self.like.to(torch.float64).flatten()
        self.check_calls(2 * origin.numel())
        moves = [(x.to(origin.device).flatten() - origin) / h for x in self.seen]
        steps = torch.eye(origin.numel(), dtype=torch.float64, device=origin.device)
        for step in (*steps, *-steps):
            if not any((move - step).abs().max() < 1e-6 for move in moves):
                fail(
                    "each element of x moves by h alone, once up and once down",
                    expected=(origin + h * step).reshape(self.like.shape),
                    got="no call of f at that point",
                    likely="Move one element, and put it back before you move the next. Each "
                    "is needed at x + h and at x - h.",
                )


def eighths(rng, *shape, dtype=torch.float64):
    """Numbers that x + h - h gives back exactly for h = 1/1024."""
    return rng.integers(-40, 40, *shape).to(dtype) / 8


H = 1 / 1024


def plain(value):
    """The bool in a tensor of one entry; one test is enough to insist on a plain bool."""
    return value.item() if isinstance(value, Tensor) and value.numel() == 1 else value


def unpack(value, names):
    """The two parts of a result, whether they came as a tuple or as a list."""
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        fail(f"it must return {names}", expected=names, got=value)
    return value


@exercise("derivative")
class TestDerivative:
    @points(1)
    def test_known_slopes(self, student, device, rng):
        """The slope of sin is cos, that of exp is exp, that of 1 / x is -1 / x**2."""
        for function, slope in (
            (math.sin, math.cos),
            (math.exp, math.exp),
            (lambda x: 1 / x, lambda x: -1 / x**2),
        ):
            x = rng.uniform(0.5, 1.5, dtype=torch.float64).item()
            f = Watched(function, x)
            got = student.derivative(f, x)
            f.check_arguments()
            assert_same(got, slope(x), rtol=1e-8, atol=1e-8, likely=CENTRAL)

    @points(1)
    def test_central_difference(self, student, device, rng):
        """It calls f twice, at x + h and x - h; halving h quarters the error."""
        x = rng.uniform(0.5, 1.5, dtype=torch.float64).item()
        f = Watched(lambda x: x**3, x)
        for h in (0.5, 0.25):
            f.seen.clear()
            # Exactly, not roughly: ((x + h)**3 - (x - h)**3) / 2h = 3 x**2 + h**2.
            got = student.derivative(f, x, h=h)
            assert_same(got, 3 * x**2 + h**2, rtol=1e-9, atol=1e-9, likely=CENTRAL)
            f.check_arguments()
            f.check_calls(2)
            assert_same(sorted(f.seen), [x - h, x + h], rtol=1e-12, likely=CENTRAL)

    @points(1)
    def test_step_must_be_positive(self, student, device, rng):
        """h = 0 and a negative h are a ValueError."""
        x, slope = float(rng.integer(1, 5)), float(rng.integer(2, 9))
        f = Watched(lambda x: slope * x, x)
        assert_same(student.derivative(f, x, h=0.5), slope, rtol=1e-6)
        likely = "Check h first and raise ValueError. A negative h gives the right slope by luck."
        for h in (0.0, -2.0):
            assert_raises(
                ValueError,
                lambda h=h: student.derivative(f, x, h=h),
                mentions=(h,),
                likely=likely,
            )


@exercise("gradient")
class TestGradient:
    @points(2)
    def test_known_gradients(self, student, device, rng):
        """It matches the gradient worked out on paper, in float64 and the shape of x."""
        for shape in (rng.sizes(1), rng.sizes(2), rng.sizes(3, 1, 4)):
            x = rng.normal(*shape, dtype=torch.float64)
            c = rng.normal(*shape, dtype=torch.float64)
            expected = c * x.cos()
            f = Watched(lambda x, c=c: (c * x.sin()).sum(), x.clone())
            got = student.gradient(f, x)
            f.check_arguments()
            assert_same(got, expected, rtol=1e-7, atol=1e-7, likely=CENTRAL)

    @points(1)
    def test_one_element_at_a_time(self, student, device, rng):
        """Each element moves by h alone, up and down: 2 * x.numel() calls; x stays as it was."""
        x = eighths(rng, *rng.sizes(2))
        before = x.clone()
        f = Watched(lambda x: (x**3).sum(), before)
        got = student.gradient(f, x, h=H)
        assert_unchanged(
            x,
            before,
            likely="x itself was moved and not put back. Work on a copy: x.to(torch.float64) is "
            "none if x is float64 already; clone() makes one.",
        )
        f.check_moves(H)
        assert_same(got, 3 * before**2 + H**2, rtol=1e-8, atol=1e-8, likely=CENTRAL)

    @points(1)
    def test_float32_input(self, student, device, rng):
        """A float32 x is differentiated in float64, and the result is float64."""
        x = rng.uniform(10, 20, *rng.sizes(2), dtype=torch.float32)
        f = Watched(lambda x: x.sin().sum(), x)
        got = student.gradient(f, x)
        f.check_arguments()
        likely = "The result is float64 whatever the dtype of x: do not convert it back."
        assert_same(got, x.double().cos(), rtol=1e-6, atol=1e-6, likely=likely)

    @points(1)
    def test_any_shape_and_layout(self, student, device, rng):
        """A 0-dim x works, a transposed one too, and an f that gives a plain number."""
        x = rng.normal(dtype=torch.float64)
        expected = 2 * x
        got = student.gradient(Watched(lambda x: (x**2).item(), x), x)
        likely = (
            "A 0-dim tensor has one element but no axis to loop over: loop over the elements, "
            "range(x.numel()), of the flattened x."
        )
        assert_same(got, expected, rtol=1e-7, atol=1e-7, likely=likely)
        x = rng.normal(2, 3, dtype=torch.float64).T
        c = rng.normal(3, 2, dtype=torch.float64)
        expected = 2 * c * x
        got = student.gradient(Watched(lambda x: (c * x**2).sum(), x), x)
        likely = (
            "Elements are numbered row by row, whatever their order in memory. flatten() of a "
            "transposed tensor is a copy, so writing into it does not reach the tensor."
        )
        assert_same(got, expected, rtol=1e-7, atol=1e-7, likely=likely)


@exercise("jacobian")
class TestJacobian:
    @points(2)
    def test_known_jacobians(self, student, device, rng):
        """Row i, column j is d f(x)[i] / d x[j], for more outputs than inputs and for fewer."""
        for m, n in ((2, 3), (4, 3)):
            x = rng.normal(n, dtype=torch.float64)
            a = rng.normal(m, n, dtype=torch.float64)
            expected = a * x.cos()
            f = Watched(lambda x, a=a: a @ x.sin(), x)
            got = student.jacobian(f, x)
            f.check_arguments()
            assert_same(
                got,
                expected,
                rtol=1e-7,
                atol=1e-7,
                likely="One step moves one x[j] and changes all outputs: that is column j of the "
                "matrix, so stack the differences along dim=1.",
            )

    @points(1)
    def test_one_element_at_a_time(self, student, device, rng):
        """Each x[j] moves by h alone, in float64: 2 * n calls of f; x stays as it was."""
        for dtype in (torch.float64, torch.float32):
            x = eighths(rng, rng.integer(3, 6), dtype=dtype)
            before = x.clone()
            f = Watched(lambda x: torch.stack([(x**3).sum(), x.prod()]), before)
            got = student.jacobian(f, x, h=H)
            assert_unchanged(x, before, likely="x itself was moved. Work on a copy: x.clone().")
            f.check_moves(H)
            cubes = 3 * before.double() ** 2 + H**2
            others = torch.stack(
                [before.double()[torch.arange(len(x)) != j].prod() for j in range(len(x))]
            )
            assert_same(
                got,
                torch.stack([cubes, others]),
                rtol=1e-8,
                atol=1e-6,
                likely=CENTRAL,
            )

    @points(1)
    def test_single_input_or_output(self, student, device, rng):
        """One input gives a column (m, 1), one output a row (1, n)."""
        x, a = rng.normal(1, dtype=torch.float64), rng.normal(3, dtype=torch.float64)
        expected = (2 * a * x).unsqueeze(1)
        likely = "A Jacobian always has two axes, (m, n), even where one of them is 1."
        got = student.jacobian(Watched(lambda x: a * x**2, x), x)
        assert_same(got, expected, rtol=1e-7, atol=1e-7, likely=likely)
        x = rng.normal(3, dtype=torch.float64)
        expected = (2 * a * x).unsqueeze(0)
        got = student.jacobian(Watched(lambda x: (a * x**2).sum().unsqueeze(0), x), x)
        assert_same(got, expected, rtol=1e-7, atol=1e-7, likely=likely)


@exercise("gradient_check")
class TestGradientCheck:
    @points(1)
    def test_right_and_wrong_gradients(self, student, device, rng):
        """The right gradient passes; a flipped sign, a factor or one wrong element does not."""
        x = eighths(rng, 3, 2, dtype=rng.choice((torch.float32, torch.float64))) + 10
        one_wrong = torch.zeros(3, 2, dtype=x.dtype, device=x.device)
        one_wrong.view(-1)[rng.integer(0, 6)] = 0.01

        def check(grad_f):
            return student.gradient_check(Watched(lambda x: (x**2).sum(), x), grad_f, x)

        assert_same(check(lambda x: 2 * x), True)
        assert_same(
            check(lambda x: -2 * x),
            False,
            likely="The sign is wrong and went unnoticed: take abs of the difference a - n, and "
            "not the difference of abs(a) and abs(n).",
        )
        assert_same(check(lambda x: 4 * x), False)
        assert_same(
            check(lambda x: 2 * x + one_wrong),
            False,
            likely="A single wrong element is enough: take the largest error, not the mean.",
        )

    @points(1)
    def test_ratio_for_large_difference_for_small(self, student, device):
        """Large entries are compared by ratio, small ones by difference, each on its own."""
        n = torch.tensor([1000.0, 0.001], dtype=torch.float64, device=device)
        x = torch.tensor([0.5, 0.25], dtype=torch.float64, device=device)

        def check(*entries):
            a = torch.tensor(entries, dtype=torch.float64, device=device)
            f = Watched(lambda x: (n * x).sum(), x)
            return plain(student.gradient_check(f, lambda x: a, x, tol=0.5))

        ratio = (
            "{} against 1000 has a ratio of {} here, and tol = 0.5: divide the difference by the "
            "larger of abs(a) and abs(n)."
        )
        assert_same(check(1900, 0.001), True, likely=ratio.format(1900, "900 / 1900"))
        assert_same(check(550, 0.001), True, likely=ratio.format(550, "450 / 1000"))
        assert_same(check(400, 0.001), False, likely=ratio.format(400, "600 / 1000"))
        small = "{} against 0.001: below 1 the difference itself counts, for each entry on its own."
        assert_same(check(1000, 0.4), True, likely=small.format(0.4))
        assert_same(check(1000, 0.8), False, likely=small.format(0.8))

    @points(1)
    def test_tolerance_and_step_size(self, student, device):
        """tol is the largest error allowed, and h reaches your gradient."""
        x = torch.tensor([0.5, -1.0], dtype=torch.float64, device=device)

        def check(**options):
            f = Watched(lambda x: (x**3).sum(), x)
            return plain(student.gradient_check(f, lambda x: 3 * x**2, x, **options))

        assert_same(check(), True)
        # A central difference of x**3 is too large by h**2 = 0.01, in every element.
        likely = "Pass h on: gradient(f, x, h)."
        assert_same(check(h=0.1), False, likely=likely)
        assert_same(check(h=0.1, tol=0.02), True, likely="tol is the largest error allowed.")
        assert_same(check(h=0.1, tol=0.005), False, likely="tol is the largest error allowed.")

    @points(1)
    def test_nan_is_never_right(self, student, device, rng):
        """A NaN in either gradient is False."""
        x = rng.normal(3, dtype=torch.float64)

        def check(f, grad_f):
            return plain(student.gradient_check(Watched(f, x), grad_f, x.clone()))

        def square(y):
            return (y**2).sum()

        def broken_square(y, spot):
            return torch.nan if abs(float(y[spot] - x[spot])) > 1e-9 else square(y)

        likely = (
            "Every comparison with NaN is False, so `error > tol` lets it through, and Python's "
            "max may drop it. Ask whether all errors are <= tol."
        )
        assert_same(check(square, lambda y: 2 * y), True)
        for spot in range(3):
            hole = torch.zeros_like(x)
            hole[spot] = torch.nan
            one_nan = check(square, lambda y, hole=hole: 2 * y + hole)
            assert_same(one_nan, False, likely=likely)
            one_nan = check(lambda y, spot=spot: broken_square(y, spot), lambda y: 2 * y)
            assert_same(one_nan, False, likely=likely)


@exercise("descend")
class TestDescend:
    @points(1)
    def test_follows_the_slope_downhill(self, student, device, rng):
        """Each step subtracts lr * gradient, as measured with h."""
        start, low, lr, steps = bowl(rng)
        f = Watched(lambda x: ((x - low) ** 2).sum(), start)
        x, _ = unpack(student.descend(f, start.clone(), lr, steps), "(x, history)")
        # On this bowl each step leaves 1 - 2 lr of the way to its lowest point.
        expected = low + (1 - 2 * lr) ** steps * (start - low)
        assert_same(x, expected, rtol=1e-6, atol=1e-6, likely=UPHILL)
        cubes = Watched(lambda x: (x**3).sum(), start)
        x, _ = unpack(student.descend(cubes, start.clone(), 0.1, 1, h=0.5), "(x, history)")
        expected = start - 0.1 * (3 * start**2 + 0.5**2)
        assert_same(x, expected, rtol=1e-6, atol=1e-6, likely="Pass h on: gradient(f, x, h).")

    @points(1)
    def test_history(self, student, device, rng):
        """history holds f before the first and after each step, as floats: steps + 1 of them."""
        start, low, lr, steps = bowl(rng)
        f = Watched(lambda x: ((x - low) ** 2).sum(), start)
        _, history = unpack(student.descend(f, start.clone(), lr, steps), "(x, history)")
        # The way left shrinks by 1 - 2 lr in each step, and f is the square of it.
        heights = ((start - low) ** 2).sum().item()
        expected = [heights * (1 - 2 * lr) ** (2 * k) for k in range(steps + 1)]
        likely = "Note f(x0) before the loop, and f(x) at the end of each step, as float(f(x))."
        assert_same(history, expected, rtol=1e-6, atol=1e-6, likely=likely)

    @points(1)
    def test_float32_start(self, student, device, rng):
        """x comes back in x0's dtype, small steps add up in float64; x0 is unchanged."""
        x0 = torch.ones(rng.integer(2, 5), device=device)
        before = x0.clone()
        f = Watched(lambda x: x.sum().item(), before)
        x, _ = unpack(student.descend(f, x0, lr=2e-8, steps=20), "(x, history)")
        assert_unchanged(x0, before, likely="Walk on a copy of x0.")
        f.check_arguments()
        assert_same(x, before, likely="Convert x to x0.dtype once, at the end.")
        # 20 steps of 2e-8 are 4e-7: more than enough to show in a float32 near 1.
        way = (x.double() - 1).mean().item()
        if abs(way + 4e-7) > 1.5e-7:
            fail(
                "small steps must add up",
                expected="20 steps of -2e-08 add up to -4e-07",
                got=f"they add up to {way:.1g}",
                likely="In float32, 1 - 2e-8 is 1 again. Keep x in float64 while you walk.",
            )
        x0 = x0.double()
        x, _ = unpack(student.descend(f, x0, lr=0.25, steps=1), "(x, history)")
        likely = "x0.to(torch.float64) is x0 itself if it is float64 already: clone it."
        assert_unchanged(x0, before.double(), likely=likely)
        assert_same(x, before.double() - 0.25, rtol=1e-6, likely=UPHILL)

    @points(1)
    def test_bad_arguments(self, student, device, rng):
        """lr <= 0 and steps < 0 are a ValueError; steps = 0 stays where it is."""
        x0 = rng.normal(2, dtype=torch.float64)
        f = Watched(lambda x: (x**2).sum(), x0)
        x, _ = unpack(student.descend(f, x0.clone(), lr=0.1, steps=0), "(x, history)")
        assert_same(x, x0)
        for lr, steps, bad in ((0.0, 1, 0.0), (-2.0, 1, -2.0), (0.1, -3, -3)):
            assert_raises(
                ValueError,
                lambda lr=lr, steps=steps: student.descend(f, x0, lr, steps),
                mentions=(bad,),
                likely="Check lr and steps before the first step. range(-3) is simply empty and "
                "says nothing.",
            )


def bowl(rng):
    """Where to start, the lowest point of the bowl sum((x - low)**2), lr and steps."""
    shape = rng.sizes(2, 1, 4)
    start, low = (rng.normal(*shape, dtype=torch.float64) for _ in range(2))
    return start, low, 0.15, rng.integer(3, 6)
