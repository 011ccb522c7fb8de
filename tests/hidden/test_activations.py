"""Hidden suite of `activations`: right values, right slopes, and made by hand.

The oracles are torch's own activations, run here in float64. A learner may not run them: every
test observes which operators a call ran, so that a borrowed activation earns nothing in any test.
What known mistakes give is `@recorded`: most are one edit away from an answer.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import torch

from grader.suite import (
    assert_same,
    assert_unchanged,
    exercise,
    fail,
    points,
    recorded,
    rehearsed,
    visible,
)

# As whole words of an operator's name: sigmoid_, _foreach_sigmoid and sigmoid_backward count,
# atanh does not. Losses and cells are here when they compute an activation inside.
TORCHS_OWN = re.compile(
    r"(?:^|_)(sigmoid|expit|hardsigmoid|logsigmoid|tanh|hardtanh|tanhshrink|relu6?|rrelu|prelu"
    r"|threshold|elu|celu|selu|gelu|glu|silu|mish|swish|hardswish|softmax|softmin|softplus"
    r"|softsign|softshrink|hardshrink|activation|attention|rnn|lstm|gru|with_logits"
    r"|cross_entropy|soft_margin_loss)(?:_|$)"
)

# Operators that only make, move or reread data: a call that ran nothing else computed elsewhere.
COMPUTES_NOTHING = re.compile(
    r"_?(detach|alias|lift_fresh|lift|clone|contiguous|copy|to_copy|to|view|unsafe_view|view_as"
    r"|reshape|expand|squeeze|unsqueeze|permute|transpose|t|select|slice|unbind|stack|cat"
    r"|empty|zeros|ones|full|new_\w+|scalar_tensor|\w+_like|empty_\w+|local_scalar_dense|item"
    r"|as_strided|expand_as|flatten|unflatten|ravel|narrow|chunk|split\w*|movedim|swapaxes|is_\w+"
    r"|resolve_\w+|result_type|data|fill)(_copy)?_?"
)

EXTREMES = (-1000.0, -500.0, -100.0, -20.0, 0.5, 20.0, 100.0, 500.0, 1000.0)

LOOP = "One tensor operation works on all elements at once: no for, no list, no apply_."
CUT = "detach(), .data, item(), numpy() and torch.tensor(...) cut the graph."


def assert_by_hand(function, *args, expected, likely=None, mistakes=(), rtol=None, **kwargs):
    """Compare what a call returns, see that it was made by hand, and return what was observed.

    `likely` may be a function of what came back. The input asks for gradients: so the graph of the
    result tells, too, which operators made it.
    """
    seen = function.observe(*(asking(arg) for arg in args), **kwargs)
    for name in seen.operations:
        if TORCHS_OWN.search(name):
            fail(
                f"torch's own activation ran: aten::{name}",
                expected="elementary operations: exp, where, clamp, sums ...",
                likely="By hand means that you write the formula yourself.",
            )
    likely = likely(seen.value) if callable(likely) else likely
    assert_same(seen.value, expected, rtol=rtol, likely=likely, mistakes=mistakes)
    if all(COMPUTES_NOTHING.fullmatch(name) for name in seen.operations):
        fail(
            "no tensor operation computed it",
            expected="elementary operations: exp, where, clamp, sums ...",
            likely="Work on the tensor itself, not on Python numbers or NumPy arrays.",
        )
    return seen


def asking(arg):
    if not isinstance(arg, torch.Tensor) or not arg.is_floating_point() or arg.requires_grad:
        return arg
    return arg.detach().requires_grad_()


def finite(value):
    return isinstance(value, torch.Tensor) and bool(value.isfinite().all())


def overflow(sentence):
    """The sentence, where the result holds a NaN."""
    return lambda value: (
        sentence if isinstance(value, torch.Tensor) and value.isnan().any() else None
    )


def telling(right, *mistakes):
    """The mistakes that show: those that do not happen to give what is right for this input."""
    for tensor, sentence in mistakes:
        if tensor.shape != right.shape or not torch.allclose(tensor, right, 1e-3):
            yield tensor, sentence


def assert_vectorised(function, x, few, own, **options):
    """Eight times the elements of x, of which `few` were observed: neither more operators nor more
    lines of Python."""
    large = torch.cat([x] * 8)
    many = assert_by_hand(function, large, expected=oracle(own, large, **options), **options)
    extra = large.numel() - x.numel()
    operators, more_operators = sum(few.operations.values()), sum(many.operations.values())
    if max(more_operators - operators, many.steps - few.steps) > extra // 2:
        fail(
            "the work is done element by element",
            expected="as many operations for many elements as for few",
            got=f"{x.numel()} elements: {operators} tensor operations, {few.steps} Python steps; "
            f"{large.numel()} elements: {more_operators} and {many.steps}",
            likely=LOOP,
        )


def gradient(y, x, weights):
    """The gradient of (y * weights).sum() with respect to `x`."""
    slope = None
    if y.requires_grad:
        # A weighted sum, since weights given to autograd.grad would import all of sympy.
        (slope,) = torch.autograd.grad((y * weights).sum(), x, allow_unused=True)
    if slope is None:
        fail(
            "no gradient flows from the result back to x",
            expected="a result that is connected to x",
            got="a result without a graph" if not y.requires_grad else "a result of something else",
            likely=CUT,
        )
    return slope


def oracle(function, x, *args, **kwargs):
    """What torch's own activation gives, computed in float64."""
    return function(x.detach().double(), *args, **kwargs).to(x.dtype)


def oracle_gradient(function, x, weights, *args, **kwargs):
    x64 = x.detach().double().requires_grad_()
    y = function(x64, *args, **kwargs)
    return gradient(y, x64, weights.double()).to(x.dtype)


def assert_elementwise(student, own, device, rng, mistakes, **options):
    """Values, shapes and dtypes; the input stays; no loop over elements.

    `mistakes` makes pairs of what a known mistake gives for x and the options, and a sentence
    about it.
    """
    observed = []
    for shape, dtype in (((5,), torch.float32), ((3, 1, 2), torch.float64), ((), torch.float32)):
        x = 2 * rng.normal(*shape, dtype=dtype)
        if shape:  # below 0, and on both sides of 1
            x.view(-1)[:3] = rng.permutation(3).to(device) + rng.uniform(-0.9, -0.1, 3, dtype=dtype)
        x = x.transpose(0, -1)  # of three axes: not contiguous
        before, expected = x.clone(), oracle(own, x, **options)
        known = mistakes(before, **options) if shape else ()  # of one number, too many fit
        seen = assert_by_hand(student, x, **options, expected=expected, mistakes=known)
        assert_unchanged(x, before)
        observed.append((x, seen))
    assert_vectorised(student, *observed[0], own, **options)
    empty = torch.empty(0, device=device)
    assert_same(student(empty, **options), empty)
    for x in (rng.normal(2, 3), rng.normal(2, 3)):  # they ask for no gradients
        before = x.clone()
        assert_same(student(x, **options), oracle(own, before, **options))
        assert_unchanged(x, before)


def assert_extremes(student, own, device, likely=None, **options):
    """Values and gradients are finite and right as far out as 1000, in float32."""
    x = torch.tensor(EXTREMES, device=device, requires_grad=True)
    expected = oracle(own, x, **options)
    # Stricter than float32 is by default, which lets clamp(-5, 5) pass: tanh(5) is 0.9999.
    y = assert_by_hand(student, x, **options, expected=expected, likely=likely, rtol=1e-5).value
    ones = torch.ones_like(expected)
    student(x.detach().roll(1), **options)  # no gradient may hang on which call was the last
    right = oracle_gradient(own, x, ones, **options)
    assert_gradient(gradient(y, x, ones), right, mistakes=[(right.roll(1), NEXT)])


def assert_slopes(student, own, x, rng, kink=False, **options):
    """The gradient in float64, for unequal weights; at x = 0, a finite one if there is a `kink`."""
    x.requires_grad_()
    weights = torch.where(x == 0, 1.0, rng.uniform(0.5, 2, *x.shape, dtype=x.dtype))
    y = assert_by_hand(student, x, **options, expected=oracle(own, x, **options)).value
    got, expected = gradient(y, x, weights), oracle_gradient(own, x, weights, **options)
    if kink:
        expected = torch.where(x == 0, finite_at_zero(got, x), expected)
    unweighted = torch.allclose(got * weights, expected)
    at_zero = [
        (torch.where(x == 0, factor * expected, expected), words)
        for factor, words in ((0, NEITHER), (0.5, HALVED), (2, TWICE))
    ]
    assert_gradient(got, expected, likely=IGNORED if unweighted else None, mistakes=at_zero)


def finite_at_zero(slopes, x):
    here = slopes[x == 0]
    if not finite(here):
        fail("the slope at x = 0 is not finite", expected="a number", got=here)
    return slopes


def assert_gradient(got, expected, likely=None, **options):
    likely = likely if finite(got) else WHERE
    assert_same(got, expected, likely=likely, what="the gradient", **options)


WHERE = (
    "The values are right, the gradient is not finite: on the way there is an infinite number or a "
    "NaN, and backward multiplies it by 0. Make the input safe before the function that gives it."
)
NEXT = (
    "This is the gradient of the next call. What backward needs is kept where each call puts its "
    "own; ctx.save_for_backward keeps it for one."
)
IGNORED = "backward must multiply by the gradient that it is given."


def around_zero(rng):
    """Float64 values of both signs, and 0."""
    size = rng.uniform(0.1, 4, 5, dtype=torch.float64)
    return size * torch.tensor([1, -1, 0, 1, -1], device=size.device)


def near_and_far(rng):
    """As `around_zero`, and where float64 still tells the curve from its limit."""
    near = around_zero(rng)
    return torch.cat([near, near.new_tensor([-17.5, -12.0, -9.5, 9.5, 12.0, 16.0])])


NEITHER = (
    "No gradient gets through at 0: abs and sign have slope 0 there, x > 0 and x < 0 are both "
    "False, and in maximum(x, -x) two halves cancel. where(x < 0, a, b) takes one of its sides."
)
HALVED = (
    "maximum and minimum share the gradient where both sides are equal: each gets half of it. "
    "where passes it to one side."
)
TWICE = (
    "clamp passes the whole gradient at its limit. Two clamps that meet at 0 both pass it, and "
    "the slopes add up. where passes it to one side."
)


@exercise("sigmoid")
class TestSigmoid:
    @visible
    @points(1)
    def test_values(self, student, device, rng):
        """It is 1 / (1 + e^-x) for every element of any shape, at once, by hand."""
        assert_elementwise(student.sigmoid, torch.sigmoid, device, rng, sigmoids_gone_wrong)

    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_large_inputs_stay_finite(self, student, device):
        """Values and gradients stay finite up to 1000 either way."""
        likely = overflow("exp(1000) is infinite in float32. e^-|x| never exceeds 1.")
        assert_extremes(student.sigmoid, torch.sigmoid, device, likely)

    @points(1)
    def test_slope(self, student, device, rng):
        """Its slope is s(x) (1 - s(x)) everywhere, and 1/4 at 0."""
        assert_slopes(student.sigmoid, torch.sigmoid, near_and_far(rng), rng)


@recorded
def sigmoids_gone_wrong(x):
    """What mistakes with sigmoid give."""
    yield from telling(
        torch.sigmoid(x),
        (torch.sigmoid(-x), "This is 1 / (1 + e^x). The exponent is -x."),
        (torch.sigmoid(2 * x), "This is 1 / (1 + e^(-2x)). The exponent is -x."),
    )


@exercise("tanh")
class TestTanh:
    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_values(self, student, device, rng):
        """It is (e^x - e^-x) / (e^x + e^-x) for every element of any shape, by hand."""
        assert_elementwise(student.tanh, torch.tanh, device, rng, tanhs_gone_wrong)

    @points(1)
    def test_large_inputs_stay_finite(self, student, device):
        """Values and gradients stay finite up to 1000 either way."""
        likely = overflow("inf / inf is nan. Divide both halves by the larger exponential first.")
        assert_extremes(student.tanh, torch.tanh, device, likely)

    @points(1)
    def test_slope(self, student, device, rng):
        """Its slope is 1 - tanh(x)^2 everywhere, and 1 at 0."""
        assert_slopes(student.tanh, torch.tanh, near_and_far(rng), rng)


@recorded
def tanhs_gone_wrong(x):
    """What mistakes with tanh give."""
    yield from telling(
        torch.tanh(x),
        (torch.tanh(x / 2), "This is tanh(x / 2): each exponent is half of what it should be."),
        (torch.tanh(2 * x), "This is tanh(2x): each exponent is twice what it should be."),
        (torch.sigmoid(2 * x), "This is sigmoid(2x), from 0 to 1. tanh goes from -1 to 1."),
        (torch.sigmoid(x), "This is sigmoid(x), from 0 to 1. tanh goes from -1 to 1."),
        (x.clamp(-1, 1), "This is a straight line, cut off at -1 and 1. tanh is curved."),
    )


@exercise("relu")
class TestRelu:
    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_values(self, student, device, rng):
        """It is max(0, x) for every element of any shape, by hand."""
        assert_elementwise(student.relu, torch.relu, device, rng, relus_gone_wrong)

    @points(1)
    def test_slope(self, student, device, rng):
        """Its slope is 0 below 0 and 1 above; values and slopes are finite up to 1000."""
        assert_slopes(student.relu, torch.relu, around_zero(rng), rng, kink=True)
        assert_extremes(student.relu, torch.relu, device)


@recorded
def relus_gone_wrong(x):
    """What mistakes with relu give."""
    yield from telling(
        torch.relu(x),
        (x.abs(), "This is |x|: negative inputs must become 0, not positive."),
        ((x > 0).to(x.dtype), "This is 1 where x > 0. It is still to be multiplied by x."),
        (x.clamp(max=0), "This is min(0, x): it keeps the wrong side."),
        (x[x > 0], "Only the positive elements are left. The others become 0; they stay."),
        (x.clamp(0, 1), "There is no limit above: relu(3) is 3."),
    )


@exercise("leaky_relu")
class TestLeakyRelu:
    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_values(self, student, device, rng):
        """Negative inputs are multiplied by negative_slope, 0.01 if nothing is said."""
        own, wrong = torch.nn.functional.leaky_relu, leaky_relus_gone_wrong
        assert_elementwise(student.leaky_relu, own, device, rng, wrong, negative_slope=0.3)
        near = [-2.0, -0.02, -5e-4, 0.0, 5e-4, 0.03]
        x = torch.tensor(near, dtype=torch.float64, device=device)
        right, known = oracle(own, x), [(oracle(own, x, a), DEFAULT) for a in (0.0, 0.1, 0.2)]
        assert_by_hand(student.leaky_relu, x, expected=right, mistakes=known)
        for slope in (0.0, 1.0, -1.5):  # at most 1, as the contract says
            right, known = oracle(own, x, slope), leaky_relus_gone_wrong(x, slope)
            assert_by_hand(student.leaky_relu, x, slope, expected=right, mistakes=known)

    @points(1)
    def test_slope(self, student, device, rng):
        """Its slope is negative_slope below 0 and 1 above, finite up to 1000."""
        own = torch.nn.functional.leaky_relu
        assert_slopes(student.leaky_relu, own, around_zero(rng), rng, True, negative_slope=0.3)
        assert_extremes(student.leaky_relu, own, device)


DEFAULT = "negative_slope is 0.01 if nothing else is said."


@recorded
def leaky_relus_gone_wrong(x, negative_slope):
    """What mistakes with leaky_relu give."""
    own, slope = torch.nn.functional.leaky_relu, negative_slope
    yield from telling(
        own(x, slope),
        (own(x), "negative_slope is not used: this is what 0.01 gives, the default."),
        (torch.relu(x), "negative_slope is not used: this is relu."),
        (torch.where(x > 0, x, slope), "negative_slope is a factor: multiply x by it."),
        (own(x, -slope), "negative_slope has changed its sign: multiply x by it as it is."),
        (torch.minimum(x, slope * x), "The sides are exchanged: x < 0 is the one to shrink."),
        (torch.relu(x) + slope * x, "negative_slope * x is added above 0, too."),
    )


@exercise("elu")
class TestElu:
    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_values(self, student, device, rng):
        """It is x above 0 and alpha (e^x - 1) elsewhere, by hand; alpha is 1 by default."""
        own = torch.nn.functional.elu
        assert_elementwise(student.elu, own, device, rng, elus_gone_wrong)
        x, alpha = around_zero(rng), 1.1 + rng.integer(1, 9) / 8
        expected, known = oracle(own, x, alpha), elus_gone_wrong(x, alpha)
        assert_by_hand(student.elu, x, alpha, expected=expected, mistakes=known)

    @points(1)
    def test_accurate_near_zero(self, student, device, rng):
        """Just below 0 it keeps its digits, in float32 and float64."""
        alpha = 1.1 + rng.integer(1, 9) / 8
        powers = torch.tensor([-1.0, -3, -4, -5, -6, -8, -9, -10], dtype=torch.float64)
        steps = (10**powers).to(device)
        for dtype, rtol in ((torch.float32, 1e-5), (torch.float64, 1e-9)):
            x = -steps.to(dtype) * rng.uniform(1, 2, 8, dtype=dtype)
            expected = alpha * torch.expm1(x)
            y = assert_by_hand(student.elu, x, alpha=alpha, expected=expected).value
            likely = (
                "torch.expm1(x) is e^x - 1 to all digits. The subtraction loses them near 0, and a "
                "series of few terms never has them all."
            )
            assert_same(y, expected, rtol=rtol, atol=0, likely=likely)

    @points(1)
    def test_large_inputs_stay_finite(self, student, device, rng):
        """Values and gradients stay finite up to 1000 either way."""
        sentence = "exp(1000) is infinite in float32, and 0 times infinity is nan."
        own, alpha = torch.nn.functional.elu, 1.1 + rng.integer(1, 9) / 8
        assert_extremes(student.elu, own, device, overflow(sentence), alpha=alpha)

    @points(1)
    def test_slope(self, student, device, rng):
        """Its slope is 1 above 0 and alpha e^x below; at 0 it is 1 if alpha is 1."""
        own = torch.nn.functional.elu
        for alpha in (1.0, 0.0, 1.1 + rng.integer(1, 9) / 8):
            assert_slopes(student.elu, own, around_zero(rng), rng, alpha != 1, alpha=alpha)


@recorded
def elus_gone_wrong(x, alpha=1.0):
    """What mistakes with elu give."""
    own, power = torch.nn.functional.elu, alpha * x.exp()
    yield from telling(
        own(x, alpha),
        (own(x), "alpha is not used."),
        (alpha * own(x), "alpha multiplies the negative side only: above 0, elu(x) is x."),
        (torch.celu(x, alpha), "alpha multiplies e^x - 1; it does not divide x."),
        (torch.where(x > 0, x, power - 1), "alpha multiplies e^x - 1, not e^x alone."),
        (torch.where(x > 0, x, power), "The - 1 is missing: alpha * (e^x - 1)."),
        (torch.where(x < 0, x, power - alpha), "The sides are exchanged: above 0 it is x."),
    )


OVERFLOW = (
    "In float32 exp(1000) is infinite, and exp(-1000) is 0. With the largest of each row "
    "subtracted first, every exponent is at or below 0, and one of them is 0."
)
KEEPDIM = (
    "The sums of the rows are lined up with the columns. keepdim=True keeps each beside its row."
)


@exercise("softmax")
class TestSoftmax:
    @visible
    @rehearsed(calls=3)
    @points(1)
    def test_values(self, student, device, rng):
        """It is e^x divided by its sum along the last axis, by hand and without a loop."""
        observed, shapes = [], ((4,), (3, 3), (2, 1, 3))
        dtypes = torch.float32, torch.float64, torch.float64
        for shape, dtype in zip(shapes, rng.shuffled(dtypes), strict=True):
            x = rng.normal(*shape, dtype=dtype)
            before, expected = x.clone(), oracle(torch.softmax, x, -1)
            known = softmaxes_gone_wrong(before)
            seen = assert_by_hand(student.softmax, x, expected=expected, mistakes=known)
            assert_unchanged(x, before)
            observed.append((x, seen))
        assert_vectorised(student.softmax, *observed[0], partial(torch.softmax, dim=-1))
        assert_same(student.softmax(x[:0]), x[:0])

    @visible
    @points(1)
    def test_any_dim(self, student, device, rng):
        """Along `dim`, whichever it is, the results sum to 1."""
        x = rng.normal(3, 3)
        expected = oracle(torch.softmax, x, 0)
        likely = "With dim=0 every column sums to 1. Both the maximum and the sum go along dim."
        assert_by_hand(student.softmax, x, 0, expected=expected, likely=likely)
        x = rng.normal(*rng.sizes(3), dtype=torch.float64)
        for dim in (0, 1, 2, -2, -3):  # -1 is the default
            expected = oracle(torch.softmax, x, dim)
            assert_by_hand(student.softmax, x, dim=dim, expected=expected)

    @visible
    @points(1)
    def test_large_inputs_stay_finite(self, student, device, rng):
        """Adding a constant to x changes nothing, even where e^x would overflow."""
        quarters = rng.integers(-8, 9, 1, 3) / 4  # so that adding a constant is exact
        low = quarters + torch.tensor([[-90.0], [-998.0]], device=device)
        rows = [[1000.0, -1000.0, 998.0], [-1000.0, -999.0, -1000.0]]
        far, likely = torch.tensor(rows, device=device), overflow(OVERFLOW)
        for x, same in ((far, far), (low, quarters.repeat(2, 1))):
            expected = oracle(torch.softmax, same, -1)
            assert_by_hand(student.softmax, x, expected=expected, likely=likely, rtol=1e-3)

    @points(1)
    def test_gradient(self, student, device, rng):
        """Its gradient is right along any axis, and finite up to 1000 either way."""
        x = rng.normal(2, 3, dtype=torch.float64)
        assert_slopes(student.softmax, torch.softmax, x, rng, dim=0)
        rows = [[1000.0, -1000.0, 999.0], [-999.0, -1000.0, -1000.0]]
        x = torch.tensor(rows, device=device, requires_grad=True)
        weights = rng.uniform(0.5, 2, 2, 3)
        expected = oracle(torch.softmax, x, -1)
        judged = {"expected": expected, "likely": overflow(OVERFLOW), "rtol": 1e-3}
        y = assert_by_hand(student.softmax, x, dim=-1, **judged).value
        other = x.detach().roll(1, 0)
        known = [(oracle_gradient(torch.softmax, other, weights, -1), NEXT)]
        student.softmax(other)  # no gradient may hang on which call was the last
        got, expected = gradient(y, x, weights), oracle_gradient(torch.softmax, x, weights, -1)
        # x - logsumexp(x) is a correct way, and rounds to 6e-5 where x is 1000.
        assert_gradient(got, expected, rtol=1e-3, atol=1e-4, mistakes=known)


@recorded
def softmaxes_gone_wrong(x):
    """What mistakes with softmax give along the last axis."""
    mistakes = [
        (torch.log_softmax(x, -1), "This is the logarithm of softmax: exp is missing."),
        (x / x.sum(-1, keepdim=True), "These are the shares of x itself: exp is missing."),
        (torch.softmax(-x, -1), "This is softmax(-x): the largest input has the largest share."),
        (x.exp(), "This is e^x. It is still to be divided by its sum along dim."),
        (x.softmax(-1) * x.shape[-1], "e^x is divided by its sum along dim, not by its mean."),
    ]
    if x.shape == (3, 3):
        for power in (torch.exp(x - x.amax(-1, keepdim=True)), torch.exp(x - x.max())):
            mistakes += [(power / power.sum(-1), KEEPDIM)]
    yield from telling(torch.softmax(x, -1), *mistakes)


ADDS = " f(x1 + x2) is not f(x1) + f(x2)."
SCALES = " f(k * x1) is not k * f(x1)."


class Question(NamedTuple):
    """Is f linear, as far as these points can tell? `points` are x1, x2 and k."""

    f: Callable
    in_words: tuple  # f as text, for the rig, and what the names in it stand for
    points: tuple
    options: dict
    likely: str
    expected: bool

    def ask(self, student):
        return student.is_linear(self.f, *self.points, **self.options)


def answered(student, rng, questions):
    """The questions with a wrong answer and then the first of all, each with its answer.

    The first is asked by itself. All are then asked at once, beside the work and in an order that
    nobody knows; what is answered wrongly is asked again by itself, where it can be shown.
    """
    first = questions[0].ask(student)
    rig = student.bring("rig_activations")

    def ask(asked):
        return rig.answers([(*q.in_words, q.points, q.options) for q in asked])

    for question in rng.missed(ask, questions):
        yield question, question.ask(student)
    yield questions[0], first


@exercise("is_linear")
class TestIsLinear:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_both_laws_must_hold(self, student, device, rng):
        """Linear means f(x1 + x2) = f(x1) + f(x2) and f(k x1) = k f(x1), not one of them."""
        matrix = rng.normal(3, 4, dtype=torch.float64)
        x1, x2 = (rng.normal(2, 3, dtype=torch.float64) for _ in range(2))
        whole = torch.tensor([[3.0, -1.0], [5.0, 7.0]], device=device)
        signs = torch.tensor([1.0, -2.0], device=device), torch.tensor([-3.0, 1.0], device=device)
        cases = [
            (lambda x: x @ matrix, "x @ matrix", (x1, x2, -1.5), ", up to rounding.", True),
            (lambda x: x.sum(dim=0) + 1, "x.sum(dim=0) + 1", (x1, x2, -1.5), ".", False),
            (lambda x: x.sum(), "x.sum()", (x1, x2, 3), ": f may give a scalar.", True),
            (lambda x: x * x, "x * x", (x1, x2, 0), ": it scales by 0, but" + ADDS, False),
            (torch.relu, "torch.relu(x)", (*signs, 2.0), ": it scales, but" + ADDS, False),
            (lambda x: x.abs(), "x.abs()", (*signs, 2.0), ": it scales by 2, but" + ADDS, False),
            (lambda x: x.floor(), "x.floor()", (*whole, 0.5), ": it adds, but" + SCALES, False),
            (lambda x: x.abs(), "x.abs()", (*whole.abs(), 2.0), " = x for positive x.", True),
            (lambda x: 0 * x, "0 * x", (*signs, 2.0), ". Zero against zero is equal.", True),
        ]
        questions = [
            Question(f, (text, {"matrix": matrix}), points, {}, f"f(x) = {text}{more}", expected)
            for f, text, points, more, expected in cases
        ]
        for asked, got in answered(student, rng, 2 * questions):
            assert_same(got, asked.expected, likely=asked.likely)
        # What f gives may be its argument itself: x1 and x2 are to be left as they are.
        identity, before = student.bring("rig_activations").identity(), (x1.clone(), x2.clone())
        likely = "f(x) = x, the very same tensor. That is linear."
        assert_same(student.is_linear(identity, x1, x2, -1.5), True, likely=likely)
        for x, old in zip((x1, x2), before, strict=True):
            assert_unchanged(x, old)

    @points(1)
    def test_equal_is_relative_to_the_largest_entry(self, student, device, rng):
        """Sides are equal if they differ by at most tol times the largest entry."""
        x1 = torch.tensor([60.0, 0.001, -3.0], dtype=torch.float64, device=device)
        x2 = torch.tensor([40.0, 0.002, -3.0], dtype=torch.float64, device=device)

        def question(shift, points, likely, expected, **options):
            in_words = "x + shift", {"shift": shift}
            points = *points, 2.0
            return Question(lambda x: x + shift, in_words, points, options, likely, expected)

        def about_last(scale, off, expected, **options):
            shift = torch.tensor([0.0, 0.0, scale * off], dtype=torch.float64, device=device)
            largest, tol = 100 * abs(scale), options.get("tol", 1e-6)
            likely = (
                f"f adds {scale * off:g} to the last entry, so the sides of each law differ by "
                f"that in one place. The largest entry is about {largest:g}; tol = {tol:g} of "
                f"it is {tol * largest:g}."
            )
            return question(shift, (scale * x1, scale * x2), likely, expected, **options)

        one = torch.tensor([1.0, 0.0], device=device)

        def about_one(off, expected):
            sides = 2 + off, 2 + 2 * off
            likely = (
                f"The sides are [{sides[0]:g}, 0] and [{sides[1]:g}, 0], and tol = 0.5. Measure "
                "their difference by the largest entry, whichever side has it."
            )
            return question(off * one, (one, one), likely, expected, tol=0.5)

        many = torch.ones(100, dtype=torch.float64, device=device)
        spot = torch.zeros_like(many)
        spot[7], spot[60] = 5e-6, -5e-6
        up_and_down = (
            "Two entries of 100 are off by 5e-6, one up and one down, and the largest is 2: that "
            "is more than 1e-6 of it."
        )
        edge = "The sides are [1, 0] and [0, 0], and tol = 1: 1 is at most tol times 1."
        apart = (
            "f adds 1e-05 to x1 = [60, 0] and to x2 = [-59.9, 0]. The sides of the first law are "
            "about [0.1, 0], and those of the second are [120, 0]: each law has its own largest "
            "entry."
        )
        questions = []
        # The largest entries are about 100, and 1.5e-4 is 1.5e-6 of that.
        for scale in (1.0, -1e6, 1e-15):
            questions += [
                about_last(scale, 1.5e-4, False),
                about_last(scale, 8e-5, True),
                about_last(scale, 1e-3, True, tol=1e-4),
                about_last(scale, 3e-8, False, tol=1e-10),
            ]
        questions += [
            about_last(1.0, 0.0, True),
            question(-one, (one, one), edge, True, tol=1.0),
            question(1e-5 * one, (60 * one, -59.9 * one), apart, False),
            question(spot, (many, many), up_and_down, False),
            *2 * [about_one(-0.6, True), about_one(3.0, True), about_one(-1.2, False)],
        ]
        for asked, got in answered(student, rng, questions):
            assert_same(got, asked.expected, likely=asked.likely)
