"""Hidden suite of `neurons`: loops and formulas of its own are what it judges by, all `@recorded`.

Activations run here, in the judge: they keep what they were given, so every call is seen.
"""

import math
import random
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from grader.suite import (
    as_like,
    assert_form,
    assert_raises,
    assert_same,
    exercise,
    fail,
    points,
    recorded,
    rehearsed,
    unpack,
    visible,
)

CUT = (
    "detach(), .data, item(), torch.no_grad(), torch.tensor(...) and nn.Parameter(...) cut the "
    "graph."
)


class Watched:
    """An activation that keeps what it was given. It does not raise: that is judged later."""

    def __init__(self, function):
        self.function = function
        self.seen = []

    def __call__(self, z=None):
        self.seen.append(z)
        if isinstance(z, (int, float, np.ndarray, np.generic)):
            z = torch.as_tensor(z)
        z = as_like(z, torch.zeros(())) if isinstance(z, (list, tuple)) else z
        return self.function(z.detach()) if isinstance(z, Tensor) else 0.0


def telling(mistakes):
    """Those that no other mistake gives as well, on inputs that are small."""
    mistakes = list(mistakes)
    for value, words in mistakes:
        if not any(said != words and same(other, value) for other, said in mistakes):
            yield value, words


def same(a, b):
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        return a.shape == b.shape and torch.allclose(a, b, 1e-4, 1e-6)
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


# Not 0 at 0, and no two numbers give the same. A lambda, so that a report can write it out.
(BENT,) = (lambda z: torch.where(z > 0, z, z / 4) + 0.5,)


def whole(rng, *shape, dtype=torch.float32):
    """Whole numbers but 0, easy to read and to work with on paper."""
    size, sign = rng.integers(1, 6, *shape), rng.integers(0, 2, *shape)
    return (size * (2 * sign - 1)).to(dtype)


def normal(rng, *shape, dtype):
    return rng.normal(*shape, dtype=dtype)


@exercise("neuron")
class TestNeuron:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_activation_of_the_weighted_sum(self, student, device, rng):
        """It is activation(w·x + b), 0-dim, in float32 and float64."""
        d = rng.integer(2, 6)
        row, weights, bias = (whole(rng, *shape) for shape in ((3,), (3,), ()))
        # Below 0, ReLU differs from the sum itself.
        sign = -1 if weighted_sum(row, weights, bias) > 0 else 1
        for function, x, w, b in (
            (torch.square, row, sign * weights, sign * bias),
            (BENT, *(rng.normal(*shape, dtype=torch.float64) for shape in ((d,), (d,), ()))),
            (BENT, *(rng.normal(*shape) for shape in ((1,), (1,), ()))),
            (BENT, rng.normal(4, 2)[:, 1], rng.normal(4), rng.normal()),
        ):
            z, known_sums = weighted_sum(x, w, b), sums_gone_wrong(x, w, b)
            expected, known = function(z), neurons_gone_wrong(function, x, w, b)
            activation = Watched(function)
            got = student.neuron(x, w, b, activation)
            calls = len(activation.seen)
            if calls == 1:
                given = activation.seen[0]
                what = "what activation is given"
                assert_same(given, z, mistakes=known_sums, likely=SUM, what=what)
            likely = (NOT_CALLED, AS_IT_IS)[calls] if calls < 2 else None
            assert_same(got, expected, mistakes=known, likely=likely)

    @points(1)
    def test_one_call(self, student, device, rng):
        """activation is called once, with the sum, and gives the result."""
        for d in rng.shuffled([1, 2, 4]):
            x, w, b = rng.normal(d), rng.normal(d), rng.normal()
            z, known, answers = (
                weighted_sum(x, w, b),
                sums_gone_wrong(x, w, b),
                list(rng.normal(20)),
            )
            activation = Watched(
                lambda z, answers=answers: answers.pop().expand(z.shape) if answers else z
            )
            expected = answers[-1]
            got = student.neuron(x, w, b, activation)
            calls = len(activation.seen)
            if calls > 1:
                fail(
                    "activation must be called once",
                    expected="1 call",
                    got=f"{calls} calls",
                    likely=PER_INPUT if calls == d else KEEP,
                )
            for given in activation.seen:
                what = "what activation is given"
                assert_same(given, z, mistakes=known, likely=SUM, what=what)
            assert_same(got, expected, likely=AS_IT_IS if calls else NOT_CALLED)


SUM = "Multiply each input by its weight, add the products up, and add b to the sum."
AS_IT_IS = "Return what activation gives, as it is."
NOT_CALLED = "activation is not called here. It may be any function: call the one that is given."
PER_INPUT = "There is one sum, and activation bends that: not each product."
KEEP = "Call it once, and give what it returns a name if you need it twice."
ADD_UP = "These are the products one by one: add them up before you call activation."


@recorded
def weighted_sum(x, w, b):
    """What a neuron gives to its activation."""
    return sum(x[i] * w[i] for i in range(len(x))) + b


@recorded
def sums_gone_wrong(x, w, b):
    """What mistakes with neuron give to the activation."""
    yield from telling(wrong_sums(x, w, b))


def wrong_sums(x, w, b):
    yield (x * w).sum(), "b is not in it: activation is given w·x + b."
    yield (x * w).sum() - b, "b is subtracted: it is added, w·x + b."
    yield (x * (w + b)).sum(), "b is added once, to the sum, not to every weight."
    yield (x * w + b).sum(), "b is added once, to the sum, not to every product."
    yield x.sum() + b, "The weights are not used: each input is multiplied by its own."
    all_by_all = "These are all weights times all inputs: each input has a weight of its own."
    yield w.sum() * x.sum() + b, all_by_all
    if len(x) > 1:
        yield (x * w).mean() + b, "This is the mean of the products. A neuron takes their sum."
        yield x * w + b, ADD_UP
        yield x * w, ADD_UP


@recorded
def neurons_gone_wrong(function, x, w, b):
    """What mistakes with neuron give."""
    yield from telling(wrong_neurons(function, x, w, b))


def wrong_neurons(function, x, w, b):
    z = (x * w).sum() + b
    yield z, "This is w·x + b itself: return what activation makes of it."
    yield function(function(z)), "activation is applied twice."
    yield function((x * w).sum()) + b, "b is added before activation, not after it."


@exercise("perceptron")
class TestPerceptron:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_one_side_of_the_line(self, student, device, rng):
        """It is 1 where w·x + b > 0 and 0 elsewhere, on the line too: int64, (N,)."""
        six = [-7, -3, -1, 0, 1, 3]
        for d, dtype, heights in (
            (2, torch.float32, rng.shuffled(six)),
            (rng.integer(3, 6), torch.float64, rng.shuffled(six * 3)),
            (1, torch.float32, rng.shuffled(six)),
            *((3, dtype, [k]) for k, dtype in zip((1, 0), DTYPES, strict=True)),
            (2, torch.float32, []),
        ):
            w, b = whole(rng, d, dtype=dtype), 2 * whole(rng, dtype=dtype).sign()
            w[0] = 1.0
            x = at_heights(whole(rng, len(heights), d, dtype=dtype), w, b, heights)
            expected, known = sides(heights, device), sides_gone_wrong(x, w, b)
            assert_same(student.perceptron(x, w, b), expected, mistakes=known, likely=SIDES)
        tiny = 2.0**-30
        x, one = torch.tensor([[tiny], [-tiny], [0.0]], device=device), torch.ones(1, device=device)
        expected, likely = sides(x.flatten().tolist(), device), f"{tiny:.2g} is above 0, if barely."
        assert_same(student.perceptron(x, one, 0 * one[0]), expected, likely=likely)


DTYPES = torch.float32, torch.float64
SIDES = "For each row: multiply by the weights, add up, add b, and see whether that is above 0."


@recorded
def at_heights(x, w, b, heights):
    """x with another first column, so that w·x + b is what `heights` says (w[0] is 1)."""
    first = torch.tensor(heights, dtype=x.dtype, device=x.device) - b - x[:, 1:] @ w[1:]
    return torch.cat([first.unsqueeze(1), x[:, 1:]], dim=1)


@recorded
def sides(heights, device):
    """1 for each height above 0, and 0 for the others."""
    return torch.tensor([int(h > 0) for h in heights], dtype=torch.int64, device=device)


@recorded
def sides_gone_wrong(x, w, b):
    """What mistakes with perceptron give."""
    yield from telling(wrong_sides(x, w, b))


def wrong_sides(x, w, b):
    z = x @ w
    yield (z + b >= 0).long(), "Where w·x + b is exactly 0, the answer is 0: > and not >=."
    yield (z + b < 0).long(), "The sides are exchanged: 1 is for sums above 0."
    yield (z + b <= 0).long(), "The sides are exchanged: 1 is for sums above 0."
    yield (z + b).sign().long(), "The answers are 1 and 0. sign gives -1 on the other side."
    yield 2 * (z + b > 0).long() - 1, "The answers are 1 and 0, not 1 and -1."
    yield (z > 0).long(), "b is missing: w·x + b is what has to be above 0."
    yield (z - b > 0).long(), "b is subtracted. w·x + b is what has to be above 0."
    yield (z > b).long(), "b is subtracted. w·x + b is what has to be above 0."


@exercise("train_perceptron")
class TestTrainPerceptron:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_moves_by_its_mistakes(self, student, device, rng):
        """Each row that is answered wrongly moves w and b, one after the other."""
        for n, d, lr, dtype in (
            (4, 2, 1.0, torch.float32),
            (9, 2, 2.0**-10, torch.float32),  # so that all sums are near 0
            (rng.integer(6, 9), 3, 16.0, torch.float64),
        ):
            for epochs in (1, 3):
                x, y = whole(rng, n, d, dtype=dtype), answers(rng, n)
                w, b, _ = learned(x, y, epochs, lr)
                known = [learned_wrongly(x, y, epochs, lr) for _ in "wb"]
                got = unpack(student.train_perceptron(x, y, epochs, lr=lr), "w", "b", "mistakes")
                for k, right in enumerate((w, b)):
                    mistakes = on_this_way(known[k], got, k)
                    assert_same(got[k], right, mistakes=mistakes, likely=ROW_BY_ROW, what="wb"[k])

    @points(1)
    def test_mistakes_of_each_epoch(self, student, device, rng):
        """mistakes counts the wrong rows of each epoch, each before its update."""
        corners = torch.cartesian_prod(*[torch.tensor([0.0, 1.0], device=device)] * 2)
        both = torch.tensor([0, 0, 0, 1], device=device)
        order = rng.permutation(4).to(device)
        random_one = whole(rng, 8, 2, dtype=torch.float64), answers(rng, 8)
        for x, y, epochs in (
            (*random_one, 4),
            (corners[order], both[order], 25),
            (corners[order], both[order] * 0 + 1, 6),
        ):
            *ends, expected = learned(x, y, epochs, 1.0)
            known = counted_wrongly(x, y, epochs)
            result = student.train_perceptron(x, y, epochs, 1.0)
            *there, mistakes = unpack(result, "w", "b", "mistakes")
            likely = of_mistakes(mistakes, epochs, there, ends)
            assert_same(mistakes, expected, mistakes=known, likely=likely, what="mistakes")

    @points(1)
    def test_few_rows_and_epochs(self, student, device, rng):
        """Few rows or epochs, or none, are no obstacle; lr is 1 by default."""
        for n, d, epochs, dtype in (
            (6, 3, 2, torch.float32),
            (5, 1, 2, torch.float64),
            (1, 1, 2, torch.float32),
            (1, 3, 1, torch.float64),
            (3, 2, 0, torch.float64),
            (0, 2, 3, torch.float32),
        ):
            x, y = whole(rng, n, d, dtype=dtype), answers(rng, n)
            if n == 1:
                y = torch.ones_like(y)
            w, b, counts = learned(x, y, epochs, 1.0)
            parts = unpack(student.train_perceptron(x, y, epochs), "w", "b", "mistakes")
            tenth = (learned(x, y, epochs, 0.1)[:2]) if n and epochs else (None, None)
            default = "lr is 1 if nothing else is said."
            for name, got, right, wrong in zip("wb", parts, (w, b), tenth, strict=False):
                known = () if wrong is None else [(wrong, default)]
                assert_same(got, right, mistakes=known, likely=ROW_BY_ROW, what=name)
            if n == 0 or epochs == 0:  # the other test looks at all others
                likely = of_mistakes(parts[2], epochs, parts[:2], (w, b))
                assert_same(parts[2], counts, likely=likely, what="mistakes")


ROW_BY_ROW = (
    "From w = 0 and b = 0, take all rows in order. For each: p from w and b as they are now, then "
    "add lr (y - p) x to w and lr (y - p) to b, where y - p is 1, 0 or -1."
)


NOT_Y = (
    "y - p is 0 for a row that is right, which moves nothing, and -1 for one that should have "
    "given 0, which is taken away."
)


def answers(rng, n):
    """0 and 1, both of them where there is room."""
    return torch.tensor(rng.shuffled([k % 2 for k in range(n)]), dtype=torch.int64).to(rng.device)


def walked(
    x,
    y,
    epochs,
    lr,
    *,
    says=lambda z: int(z > 0),
    b_moves=1,
    b_seen=1,
    sign=1,
    old=False,
    adds_only=False,
    stops=False,
    b_late=False,
):
    """The perceptron's way over the rows. The options are mistakes: another rule for p, a bias
    that does not move or does not count, the other direction, p from w and b as the epoch began,
    rows that are never taken away, epochs that end with a mistake, and a p of its own for b."""
    w, b, mistakes = x.sum(0) * 0, x.sum() * 0, []
    for _ in range(epochs):
        begun = w, b
        mistakes.append(0)
        for row, right in zip(x, y.tolist(), strict=True):
            here = begun if old else (w, b)
            error = right - says((row * here[0]).sum() + b_seen * here[1])
            error = max(error, 0) if adds_only else error
            w, mistakes[-1] = w + sign * lr * error * row, mistakes[-1] + (error != 0)
            of_b = right - says((row * w).sum() + b) if b_late else error * b_moves
            b = b + sign * lr * of_b
            if stops and error:
                break
    return w, b, mistakes


@recorded
def learned(x, y, epochs, lr):
    """Where the perceptron's rule leads, and the mistakes of each epoch."""
    return walked(x, y, epochs, lr)


@recorded
def learned_wrongly(x, y, epochs, lr):
    """What common mistakes make of w, b and the list."""
    yield from telling(wrong_ways(x, y, epochs, lr))


def on_this_way(known, got, part):
    """The mistakes that give all that came back: w (0) or b (1) alone may be chance."""
    for way, words in known:
        if all(same(as_like(one, other), other) for one, other in zip(got, way, strict=True)):
            yield way[part], words


def wrong_ways(x, y, epochs, lr):
    uphill = "The sign is wrong: a row that should have given 1 is added, by y - p."
    yield walked(x, y, epochs, lr, sign=-1), uphill
    yield walked(x, y, epochs, 0), "w and b are still 0: no row has moved them."
    stuck = "b does not move. It learns as w does, as the weight of an input that is always 1."
    yield walked(x, y, epochs, lr, b_moves=0), stuck
    tie = "Where w·x + b is exactly 0, as at the start, p is 0: > and not >=."
    yield walked(x, y, epochs, lr, says=lambda z: int(z >= 0)), tie
    half = "p is 1 where w·x + b is above 0, not above 1/2."
    yield walked(x, y, epochs, lr, says=lambda z: int(z > 0.5)), half
    late = "Each p follows from w and b as they are now, not as they were when the epoch began."
    yield walked(x, y, epochs, lr, old=True), late
    yield walked(x, y, epochs, lr, says=lambda z: 0), NOT_Y
    yield walked(x, y, epochs, lr, adds_only=True), NOT_Y
    whole_epoch = "An epoch goes through all rows, also after a mistake."
    yield walked(x, y, epochs, lr, stops=True), whole_epoch
    once = "p is taken once for each row, before w and b move, and both move by it."
    yield walked(x, y, epochs, lr, b_late=True), once
    unseen = "p is 1 where w·x + b is above 0: b is missing there."
    yield walked(x, y, epochs, lr, b_seen=0), unseen
    raw = "p is 1 or 0, not w·x + b itself."
    yield walked(x, y, epochs, lr, says=lambda z: z), raw
    signs = "The answers here are 1 and 0, not 1 and -1."
    yield walked(x, 2 * y - 1, epochs, lr, says=lambda z: 2 * int(z > 0) - 1), signs
    yield walked(x, 2 * y - 1, epochs, lr), signs
    if epochs > 1:
        once = "This is where one epoch leads. Each goes on from where the last one ended."
        yield walked(x, y, 1, lr), once
    if lr != 1:
        unused = "lr is not used: multiply each step by it."
        yield walked(x, y, epochs, 1), unused if lr < 1 else "lr is used up to 1 only."


@recorded
def counted_wrongly(x, y, epochs):
    """What common mistakes make of the list."""
    yield from telling(wrong_counts(x, y, epochs))


def wrong_counts(x, y, epochs):
    right = walked(x, y, epochs, 1)[2]
    if 0 in right:
        early = "Go on after an epoch without a mistake: there is one number for each epoch."
        yield right[: right.index(0) + 1], early
        yield right[: right.index(0)], early
    yield [len(x) - k for k in right], "These are the rows that were right. Count the wrong ones."
    yield [sum(right[: k + 1]) for k in range(epochs)], "Each epoch counts anew, from 0."
    yield [sum(right)], "One number for each epoch, not one for all of them."
    signed, after = [], []
    w, b = x.sum(0) * 0, x.sum() * 0
    for _ in range(epochs):
        errors = []
        for row, goal in zip(x, y.tolist(), strict=True):
            errors.append(goal - int((row * w).sum() + b > 0))
            w, b = w + errors[-1] * row, b + errors[-1]
        signed.append(sum(errors))
        after.append(int((((x * w).sum(1) + b > 0) != y).sum()))
    cancel = "y - p is 1 or -1 where p is wrong. Summed as they are, mistakes of both kinds cancel."
    yield signed, cancel
    yield [-k for k in signed], cancel
    yield [abs(k) for k in signed], cancel
    yield after, "These are the mistakes after the epoch. Note each p before its own update."


def of_mistakes(mistakes, epochs, there, ends):
    """What is certain of a list that is wrong."""
    got = as_like(mistakes, [0])
    if not isinstance(got, list):
        return None
    if len(got) != epochs:
        return "One number for each epoch, whatever it has brought."
    if not all(same(as_like(got, end), end) for got, end in zip(there, ends, strict=True)):
        return "w or b goes another way here, and so other rows are wrong. Look at them first."
    return "Compare p with y before w and b move, and count the rows where they differ."


@exercise("dense")
class TestDense:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_one_row_of_weights_for_each_output(self, student, device, rng):
        """It is x Wᵀ + b for each row of x, or x Wᵀ where bias is None."""
        for n, inputs, outputs, dtype in (
            (2, 3, 2, torch.float32),
            (4, 3, 3, torch.float64),
            (1, 4, 2, torch.float64),
            (3, 1, 4, torch.float32),
            (3, 2, 1, torch.float64),
            (0, 3, 2, torch.float32),
        ):
            x, weight = whole(rng, n, inputs, dtype=dtype), rng.normal(outputs, inputs, dtype=dtype)
            if n == 2:
                weight = whole(rng, outputs, inputs)
            if n == 4:
                weight = rng.normal(inputs, outputs, dtype=dtype).T
            bias = whole(rng, outputs, dtype=dtype)
            for given in (bias, None):
                right, known = dense_rows(x, weight, given), dense_gone_wrong(x, weight, given)
                options = {} if given is None else {"bias": given}
                got = student.dense(x, weight, **options)
                assert_same(got, right, mistakes=known)
        assert_same(student.dense(x, weight, None), right)

    @points(1)
    def test_gradients_with_any_leading_axes(self, student, device, rng):
        """Leading axes, if any, are kept; gradients flow to x, weight and bias."""
        for axes, inputs, outputs, dtype in (
            ((2, 3), 4, 2, torch.float32),
            ((), 3, 2, torch.float64),
            ((3, 1, 2), 2, 2, torch.float64),
            ((2,), 1, 1, torch.float32),
        ):
            shapes = (*axes, inputs), (outputs, inputs), (outputs,)
            x, weight, bias = (rng.normal(*shape, dtype=dtype).requires_grad_() for shape in shapes)
            if outputs == 1:  # a bias of 0 is trained like any other
                bias = torch.zeros_like(bias, requires_grad=True)
            if len(axes) == 2:
                x = x.detach().transpose(0, 1).requires_grad_()
            right = linear(x, weight, bias)
            got = student.dense(x, weight, bias)
            same_shape = getattr(got, "shape", None) == right.shape
            likely = None if same_shape else LAST_AXIS
            got = assert_same(got, right.detach(), likely=likely)
            g = rng.normal(*right.shape, dtype=dtype)
            for value in (got, right):
                for leaf in (x, weight, bias):
                    leaf.grad = None
                check_flow(value)
                (value * g).sum().backward()
                if value is got:
                    slopes = [leaf.grad for leaf in (x, weight, bias)]
            for name, leaf, slope in zip(NAMES, (x, weight, bias), slopes, strict=True):
                if slope is None:
                    fail(
                        f"no gradient reaches {name}",
                        expected=leaf.grad,
                        got=f"{name}.grad is None",
                        likely=CUT,
                    )
                assert_same(slope, leaf.grad, what=f"{name}.grad")

    @visible
    @points(1)
    def test_sizes_must_agree(self, student, device, rng):
        """A last size of x other than `in` is a ValueError, 1 included."""
        weight, bias = whole(rng, 2, 4), whole(rng, 2)
        x = whole(rng, 3, 4)
        right, known = dense_rows(x, weight, bias), dense_gone_wrong(x, weight, bias)
        what = "the result for sizes that agree, which comes first,"
        assert_same(student.dense(x, weight, bias), right, mistakes=known, what=what)
        for shape, inputs in (((2, 3), 4), ((4, 3), 4), ((3, 1), 4), ((1,), 4), ((2, 4), 1)):
            x, weight = whole(rng, *shape), whole(rng, 2, inputs)
            assert_raises(
                ValueError,
                lambda x=x, weight=weight: student.dense(x, weight, bias),
                mentions=(shape[-1], inputs, shape, (2, inputs)),
                likely=COMPARE,
            )


def check_flow(value):
    if not value.requires_grad:
        fail(
            "gradients must flow through the result",
            expected="requires_grad = True",
            got="requires_grad = False",
            likely=CUT,
        )


NAMES = "x", "weight", "bias"
LAST_AXIS = "Only the last axis of x changes, from in to out; all others stay where they are."
COMPARE = (
    "If x.shape[-1] is not weight.shape[1], raise ValueError before you multiply: a size of 1 "
    "would broadcast unseen."
)


def linear(x, weight, bias):
    return torch.nn.functional.linear(x, weight, bias)


@recorded
def dense_rows(x, weight, bias):
    """What the layer gives for each row of x."""
    return linear(x, weight, bias)


@recorded
def dense_gone_wrong(x, weight, bias):
    """What mistakes with dense give."""
    yield from telling(wrong_layers(x, weight, bias))


def wrong_layers(x, weight, bias):
    right = linear(x, weight, bias)
    if bias is not None:
        yield right - bias, "b is missing: it is added to every row of x Wᵀ."
        yield right - 2 * bias, "b is subtracted: it is added to every row of x Wᵀ."
        yield right + bias, "b is in it twice: it is added once to every row of x Wᵀ."
        if len(x) == len(bias) > 1:
            down = "Each row has got one bias for all its outputs: b goes along the last axis."
            yield right - bias + bias.unsqueeze(1), down
    turned = 0 if bias is None else bias
    if len(weight) == weight.shape[1] > 1:
        yield x @ weight + turned, "This is x W. Output k takes row k of the weight: x Wᵀ."
    if right.numel() > 1:
        yield right.T, "This is W xᵀ + b, with the items in columns: keep them in rows, x Wᵀ + b."


@exercise("mlp")
class TestMlp:
    @visible
    @rehearsed(calls=2)
    @points(1)
    def test_activation_between_layers(self, student, device, rng):
        """activation comes between two layers, and not after the last."""
        for n, widths, function, dtype in (
            (2, (2, 2, 1), torch.square, torch.float32),
            (3, (3, *rng.sizes(2), 2), BENT, torch.float64),
            (1, (1, 3, 3, 3), BENT, torch.float32),
            (4, (3, 1, 2), BENT, torch.float64),
        ):
            numbers = whole if n == 2 else normal
            x, layers = numbers(rng, n, widths[0], dtype=dtype), stack(numbers, rng, widths, dtype)
            right, known = forward(x, layers, function), forward_gone_wrong(x, layers, function)
            activation = Watched(function)
            got = student.mlp(x, layers, activation)
            if activation.seen:
                assert_same(got, right, mistakes=known)
            else:
                assert_same(got, right, likely=NOT_CALLED)

    @points(1)
    def test_one_call_between_two_layers(self, student, device, rng):
        """activation is called once between two layers, for all rows together."""
        widths = (2, 3, 2, 4, 1)
        for count in rng.shuffled([2, 3, 4]):
            layers = stack(whole, rng, widths[: count + 1], torch.float64)
            x = whole(rng, 3, 2, dtype=torch.float64)
            factors = [2.0, *rng.uniform(1, 2, 50).tolist()]  # each call has an answer of its own
            activation = Watched(lambda z, factors=factors: BENT(z) * factors.pop())
            here, given = x, []
            for k, layer in enumerate(layers):
                here = linear(BENT(here) * factors[-k] if k else here, *layer)
                given.append(here)
            got = student.mlp(x, layers, activation)
            calls = len(activation.seen)
            if calls != count - 1:
                fail(
                    "activation must be called once between two layers",
                    expected=f"{count} layers and 3 rows: {count - 1} call{'s' * (count > 2)}",
                    got=f"{calls} call{'s' * (calls != 1)}",
                    likely=of_calls(activation.seen, x, given[-1]),
                )
            for k, (z, expected) in enumerate(zip(activation.seen, given, strict=False)):
                what = f"what activation is given in call {k + 1}"
                assert_same(z, expected, what=what)
            assert_same(got, given[-1], likely=AS_GIVEN)

    @points(1)
    def test_any_number_of_layers(self, student, device, rng):
        """No layers give x, one needs no activation, and x may have any axes."""
        for axes, widths, dtype in (
            ((3,), (2, 3), torch.float32),
            ((), (3, 2, 2), torch.float64),
            ((2, 3), (2, 4, 1), torch.float32),
            ((0,), (2, 3, 1), torch.float64),
            ((2,), (3,), torch.float64),
        ):
            x, layers = whole(rng, *axes, widths[0], dtype=dtype), stack(whole, rng, widths, dtype)
            right = through(x, layers, BENT)
            activation = Watched(BENT)
            none = "There are no layers here: x comes back."
            alone = "One layer, and nothing comes after the last: this is activation of it."
            known = [(BENT(right), alone)] if len(layers) == 1 else ()
            got = student.mlp(x, layers, activation)
            called = None if activation.seen or len(layers) < 2 else NOT_CALLED
            assert_same(got, right, mistakes=known, likely=called if layers else none)
            if len(layers) < 2 and activation.seen:
                fail(
                    "activation must not be called: there is nothing between two layers",
                    expected="no call",
                    got=f"{len(activation.seen)} call{'s' * (len(activation.seen) > 1)}",
                )
        rig = student.bring("rig_neurons")
        x, layer = whole(rng, 3, 2), (whole(rng, 2, 2), whole(rng, 2))
        twice = through(x, [layer, layer], BENT)
        plain = through(x, [layer, layer], lambda z: z)
        known, what = [(plain, TWICE)], "the result for one and the same layer twice"
        assert_same(student.mlp(x, [layer, layer], BENT), twice, mistakes=known)  # two like it
        got = rig.mlp_of_one_twice(x, *layer, BENT)
        assert_same(got, twice, mistakes=known, what=what)


TWICE = (
    "The same layer may stand in the list twice. Whether it is the last one, its number tells, not "
    "the layer itself."
)
AS_GIVEN = "The next layer takes what activation gives, as it is."
ALL_ROWS = "Give it all that a layer gives at once: all rows, all neurons."


def of_calls(seen, x, last):
    """What is certain of calls that are too many, or too few."""
    if not seen:
        return NOT_CALLED
    shapes = [getattr(z, "shape", ()) for z in seen]
    if not any(len(shape) == 2 and shape[0] == 3 for shape in shapes):
        return ALL_ROWS
    before = any(z.shape == x.shape and torch.equal(z.to(x), x) for z in seen)
    after = seen[-1].shape == last.shape
    if before and after:
        return "There is no call before the first layer, and none after the last."
    if before:
        return "There is no call before the first layer."
    if after:
        return "There is no call after the last layer."
    if any(same(*pair) for pair in pairwise(seen)):
        return KEEP
    return None


def stack(numbers, rng, widths, dtype):
    """Layers of these widths."""
    shapes = [((outputs, inputs), (outputs,)) for inputs, outputs in pairwise(widths)]
    return [(numbers(rng, *w, dtype=dtype), numbers(rng, *b, dtype=dtype)) for w, b in shapes]


def through(x, layers, function, *, first=False, last=False):
    """All layers, and `function` between them; before the first and after the last if said so."""
    for k, layer in enumerate(layers):
        x = linear(function(x) if k > 0 or first else x, *layer)
    return function(x) if last else x


@recorded
def forward(x, layers, function):
    """What the layers give, with function in between."""
    return through(x, layers, function)


@recorded
def forward_gone_wrong(x, layers, function):
    """What mistakes with mlp give."""
    yield from telling(wrong_networks(x, layers, function))


def wrong_networks(x, layers, function):
    last = "Nothing comes after the last layer: what it gives is the result."
    yield through(x, layers, function, last=True), last
    unused = "What activation gives is what the next layer takes: here it does not get there."
    yield through(x, layers, lambda z: z), unused
    yield through(x, layers, lambda z: function(function(z))), "activation is applied twice."
    early = x
    for k, (weight, bias) in enumerate(layers):
        early = early @ weight.T
        early = (function(early) if k < len(layers) - 1 else early) + bias
    yield early, "activation is given x Wᵀ + b: the bias is added before it."
    both = "activation comes between two layers: not before the first, and not after the last."
    yield (
        through(x, layers, function, first=True),
        "activation does not come before the first layer.",
    )
    yield through(x, layers, function, first=True, last=True), both
    yield through(x, layers[:-1], function), "The last layer is missing."
    yield through(x, layers[:-1], function, last=True), "The last layer is missing."
    bare = [(weight, 0 * bias) for weight, bias in layers]
    yield through(x, bare, function), "The biases are missing."
    if x.shape[1] == layers[-1][0].shape[1]:
        yield linear(x, *layers[-1]), "Each layer takes what came before it, not x."


@exercise("merge_linear")
class TestMergeLinear:
    @visible
    @rehearsed(calls=1)
    @points(1)
    def test_two_layers_are_one(self, student, device, rng):
        """Two layers without an activation between them are one layer."""
        for widths, dtype in (
            ((2, 2, 2), torch.float32),
            ((4, 3, 2), torch.float64),
            ((2, 1, 3), torch.float32),
            ((1, 2, 1), torch.float64),
        ):
            numbers = normal if widths[0] == 4 else whole
            check_merged(student, stack(numbers, rng, widths, dtype))

    @points(1)
    def test_any_number_of_layers(self, student, device, rng):
        """One layer is itself, and three or more are one as well, in their order."""
        for widths in ((3, 2), (2, 3, 2, 4), (2, 2, 2, 2), (1, 3, 1, 2, 2, 1)):
            dtype = torch.float32 if len(widths) == 2 else torch.float64
            check_merged(student, stack(whole, rng, widths, dtype))

    @visible
    @points(1)
    def test_no_layers(self, student, device, rng):
        """Nothing can be merged out of no layers: ValueError."""
        check_merged(student, stack(whole, rng, (2, 3, 1), torch.float64))
        likely = "There is no weight that fits: look at the list first."
        assert_raises(ValueError, lambda: student.merge_linear([]), likely=likely)


def check_merged(student, layers):
    (weight, bias), known = merged(layers), [merged_wrongly(layers, k) for k in (0, 1)]
    got = unpack(student.merge_linear(layers), "weight", "bias")
    likely = PRODUCT
    if isinstance(got[0], Tensor) and isinstance(got[1], Tensor) and got[0].ndim < got[1].ndim:
        likely = "The weight comes first: return weight, bias."
    assert_same(got[0], weight, mistakes=known[0], likely=likely, what="weight")
    assert_same(got[1], bias, mistakes=known[1], likely=CARRIED, what="bias")


PRODUCT = "W₂ (W₁ x + b₁) + b₂: what stands before x is the product of both weights."
CARRIED = (
    "W₂ (W₁ x + b₁) + b₂ has two parts without x: b₁, as the second layer passes it on, and b₂."
)


@recorded
def merged(layers):
    """The weight and the bias that do the same: what 0 and each unit vector come out as."""
    inputs = layers[0][0].shape[1]
    origin = torch.zeros_like(layers[0][0][:1])
    bias = through(origin, layers, lambda z: z)[0]
    unit = torch.eye(inputs, dtype=origin.dtype, device=origin.device)
    return (through(unit, layers, lambda z: z) - bias).T.contiguous(), bias


@recorded
def merged_wrongly(layers, part):
    """What mistakes with merge_linear make of the weight (0) or the bias (1)."""
    yield from telling(wrong_merges(layers, part))


def wrong_merges(layers, part):
    (first, start), (second, end) = layers[0], layers[-1]
    if part == 0:
        if len(layers) == 2 and len(first) == first.shape[1] == len(second):
            yield first @ second, "The order is wrong: W₁ meets x first, so it is W₂ W₁."
            yield first * second, "* multiplies entry by entry. Layers are multiplied by @."
            yield (
                first + second,
                "Weights are not added: the second multiplies what the first gives.",
            )
        product = first.T
        for weight, _ in layers[1:]:
            product = product @ weight.T
        if len(layers) > 1 and product.numel() > 1:
            yield product, "This is the transpose: weight is (out, in), a row for each output."
        if len(layers) > 2 and second.shape[1] == len(first):
            yield second @ first, "The layers between the first and the last are missing."
    elif len(layers) > 1:
        yield end, "This is the last bias alone. Those before it reach the result as well."
        passed = through(start.unsqueeze(0), layers[1:], lambda z: z)[0] - end
        if len(layers) == 2:
            yield passed, "The last bias is missing."
        if len(start) == len(end):
            yield start + end, "b₁ goes through the second layer as well: W₂ b₁ + b₂."


@exercise("xor_layers")
class TestXorLayers:
    @visible
    @points(1)
    def test_high_where_one_input_is_one(self, student, device, rng):
        """It is above 0 for (0, 1) and (1, 0), and below for the others, by 0.1."""
        check_corners(network_of(student.xor_layers()))

    @points(1)
    def test_a_list_of_float32_layers(self, student, device, rng):
        """It is a list of (weight, bias), from 2 numbers to 1, in float32."""
        got = student.xor_layers()
        network = network_of(got)
        check_corners(network, "first of all, it has to work: ")
        for k, (weight, _) in enumerate(network):
            like = torch.zeros(weight.shape), torch.zeros(len(weight))
            for name, part, zeros in zip(NAMES[1:], got[k], like, strict=True):
                missing = isinstance(part, Tensor) and part.shape != zeros.shape
                likely = A_ROW if len(weight) == 1 and missing else None
                assert_form(part, zeros, likely=likely, what=f"the {name} of layer {k}")
        pairs = [tuple(layer) for layer in got]
        if not isinstance(got, list) or not all(isinstance(layer, tuple) for layer in got):
            brackets = "[...] makes a list, and (weight, bias) a tuple."
            message = "it must be a list of tuples, (weight, bias) each"
            fail(message, expected=pairs, got=got, likely=brackets)


def network_of(layers):
    """The layers in float32; fails where they do not fit to one another."""
    if not isinstance(layers, (list, tuple)) or not layers:
        fail("it must return a list of layers", expected=PAIRS, got=layers)
    network, inputs = [], 2
    for k, layer in enumerate(layers):
        if not isinstance(layer, (list, tuple)) or len(layer) != 2:
            each = "Each layer is a tuple of its own, of two tensors: (weight, bias)."
            message = f"layer {k} must be a pair (weight, bias)"
            fail(message, expected=PAIRS, got=layer, likely=each)
        weight, bias = (plain(part, f"layer {k}") for part in layer)
        weight = weight.unsqueeze(0) if weight.ndim == 1 else weight
        if weight.ndim != 2 or weight.shape[1] != inputs:
            turned = weight.ndim == 2 and weight.shape == (inputs, bias.numel())
            fail(
                f"the weight of layer {k} does not fit to what comes before it",
                expected=f"shape (out, {inputs})",
                got=f"shape {tuple(weight.shape)}",
                likely="weight is (out, in): one row for each neuron." if turned else None,
            )
        if bias.shape != (len(weight),):
            if bias.numel() != len(weight):
                fail(
                    f"the bias of layer {k} does not fit to its weight",
                    expected=f"shape ({len(weight)},), one for each neuron",
                    got=f"shape {tuple(bias.shape)}",
                )
            bias = bias.flatten()
        network.append((weight, bias))
        inputs = len(weight)
    if inputs != 1:
        fail("the last layer must give one number", expected=1, got=inputs)
    return network


def plain(part, where):
    """A tensor, or numbers in a list, as a float32 tensor."""
    if isinstance(part, (list, tuple, int, float, np.ndarray)):
        try:
            part = torch.tensor(part)
        except (TypeError, ValueError, RuntimeError):
            pass
    if not isinstance(part, Tensor):
        fail(f"the weight and the bias of {where} must be tensors", expected=PAIRS, got=part)
    return part.detach().float().cpu()


A_ROW = "One neuron has a row, too: tensor([[1., 2.]]) is (1, 2), and tensor([3.]) is (1,)."
PAIRS = "[(weight, bias), (weight, bias)]"


def check_corners(network, why=""):
    """High where exactly one input is 1; the first corner that is not right is told."""
    corners = (0, 0), (0, 1), (1, 0), (1, 1)
    outputs = [comes_out(corner, network) for corner in corners]
    for corner, output in zip(corners, outputs, strict=True):
        high = sum(corner) == 1
        right = output >= 0.1 - 1e-6 if high else output <= -0.1 + 1e-6
        if not right:
            names = [
                f"{output:.4g} for {corner}"
                for corner, output in zip(corners, outputs, strict=True)
            ]
            fail(
                f"{why}it gives {output:.4g} for the input {corner}",
                expected="0.1 or more for (0, 1) and (1, 0), -0.1 or less for (0, 0) and (1, 1)",
                got=", ".join(names),
                likely=of_corners(network, outputs),
            )


def comes_out(corner, network):
    """The output for a corner. All that passes between layers is 0 or 1: columns are added up."""
    fires = torch.tensor(corner) == 1
    for weight, bias in network:
        z = weight[:, fires].sum(dim=1) + bias
        fires = z > 0
    return z.item()


def of_corners(network, outputs):
    """What is certain of outputs that are not right."""
    low, one, other, both = outputs
    if len(network) == 1:
        return (
            "One layer obeys f(0,0) + f(1,1) = f(0,1) + f(1,0), whatever its numbers are. It takes "
            "a second one."
        )
    if min(low, both) >= 0.1 and max(one, other) <= -0.1:
        return "This is the opposite: 1 where both inputs are alike."
    if min(one, other) > max(low, both):
        if min(one, other) - max(low, both) < 0.2:
            return (
                "The two sides are apart, but too little: make the weights and the bias of the "
                "last layer larger."
            )
        return "The two sides are apart, but not around 0. Move the last bias until 0 lies between."
    if min(one, other, both) > low and (network[0][0].sum(dim=1) + network[0][1] == 0).any():
        return "step(0) is 0: a neuron whose sum is exactly 0 for (1, 1) does not see it."
    if min(one, other, both) > low and abs(both - one) < 1e-6:
        return "This is or: high for (1, 1), too. A second neuron has to take that away."
    if both > max(low, one, other):
        weight, bias = network[0]
        at_zero = bool((weight + bias.unsqueeze(1) == 0).any())
        unseen = " step(0) is 0: a neuron whose sum is exactly 0 does not see that input."
        words = "(1, 1) comes out highest, as for and. It has to be low, as (0, 0) is."
        return words + unseen * at_zero
    return None


@exercise("init_layers")
class TestInitLayers:
    @visible
    @points(1)
    def test_normal_weights_and_zero_biases(self, student, device, rng):
        """Weights are normal, with deviation sqrt(2 / in); biases are 0."""
        for sizes in ([100, 150, 60], [3, 1], [1, 1, 1200, 2]):
            check_fresh(student.init_layers(sizes, seed=rng.integer(0, 2**32)), sizes)

    @points(1)
    def test_seed_decides_alone(self, student, device, rng):
        """The seed alone decides, rows differ, and the global random state stays."""
        rig = student.bring("rig_neurons")
        seed = rng.integer(1, 2**32 - 1)
        sizes = [4, 4, 4, 3]
        untouched = next_numbers(1)
        rig.seed(1)
        first = student.init_layers(sizes, seed)
        for source, before, after in zip(SOURCES, untouched, rig.draw(), strict=True):
            if before != after:
                fail(
                    "the global random state was changed",
                    expected=f"the next {source} gives {before:.6g}",
                    got=f"the next {source} gives {after:.6g}",
                    likely=OWN_GENERATOR,
                )
        check_form(first, sizes)
        rig.seed(2)
        written, again = (check_form(got, sizes) for got in rig.drawn_anew(sizes, seed))
        for k, pairs in enumerate(zip(again, check_form(first, sizes), strict=True)):
            for j, (name, now, before) in enumerate(zip(NAMES[1:], *pairs, strict=True)):
                what = f"the {name} of layer {k}, in a second call with the same seed,"
                known = [(torch.full_like(before, 5 + 2 * k + j), KEPT)]
                assert_same(now, before, mistakes=known, likely=FROM_SEED, what=what)
        check_apart([part for layer in written for part in layer])
        weights = [weight for weight, _ in check_form(first, sizes)]
        rows = {tuple(row) for weight in weights for row in weight.tolist()}
        if len(rows) < 11:
            fail(
                "two rows are alike",
                expected="11 rows in 3 layers, no two of them the same",
                got=f"{len(rows)} different row{'s' * (len(rows) > 1)}",
                likely=of_rows(weights),
            )
        sizes_seen = {abs(w) for weight in weights for w in weight.flatten().tolist()}
        if len(sizes_seen) < 40:
            fail(
                "weights are repeated, or other weights with their sign changed",
                expected="44 weights, each drawn for itself",
                got=f"only {len(sizes_seen)} sizes among the 44 weights",
            )
        for other in (0, seed ^ 2**31, (seed + 1000) % 2**32, 2**32 - 1):
            weight = check_form(student.init_layers(sizes, other), sizes)[0][0]
            if other == 0:
                now = check_form(student.init_layers(sizes, 0), sizes)[0][0]
                what = "the weight of layer 0, in a second call with the seed 0,"
                assert_same(now, weight, likely=ZERO, what=what)
            if other != seed and (weight == weights[0]).any():
                fail(
                    "another seed must give other numbers",
                    expected=f"other numbers for seed = {other} than for seed = {seed}",
                    got="the same number in the same place of both",
                    likely="Start the generator from seed, all of it.",
                )

    @visible
    @points(1)
    def test_bad_sizes(self, student, device, rng):
        """Fewer than two widths, or one below 1, are a ValueError."""
        for k, (weight, _) in enumerate(check_form(student.init_layers([9, 8], seed=3), [9, 8])):
            check_drawn(weight, k)
        likely = (
            "Fewer than two widths make no layer. range and zip do not mind: look at sizes first."
        )
        assert_raises(ValueError, lambda: student.init_layers([], 0), likely=likely)
        for sizes, bad in (
            ([5], (5, 1)),
            ([4, 0], (0,)),
            ([0, 3], (0,)),
            ([3, -2, 1], (-2,)),
            ([2, 0, 2], (0,)),
        ):
            wide = "Every width is a number of neurons: check all of them first."
            assert_raises(
                ValueError,
                lambda sizes=sizes: student.init_layers(sizes, 0),
                mentions=(*bad, sizes),
                likely=likely if len(sizes) == 1 else wide,
            )


OWN_GENERATOR = (
    "Whoever draws random numbers after you must not notice. torch.manual_seed, np.random.seed and "
    "a plain randn change the global state; a generator of your own, made from seed, does not."
)
KEPT = (
    "The result of the call before was written to, and comes back: make new tensors in each call."
)
ZERO = "0 is a seed like any other, and `if seed` takes it for none."
FROM_SEED = "Take every random number from a generator that starts from seed."
SOURCES = "torch.rand(())", "random.random()", "np.random.random()"


def next_numbers(seed):
    """What every global source gives second after this seed, if nobody else draws."""
    python = random.Random(seed)
    return [
        torch.rand(2, generator=torch.Generator().manual_seed(seed))[1].item(),
        [python.random() for _ in range(2)][1],
        np.random.RandomState(seed).random_sample(2)[1],
    ]


def check_apart(parts):
    """Of tensors that were filled one after the other, from 5 on, none has another's number."""
    names = [f"the {name} of layer {k}" for k in range(len(parts) // 2) for name in NAMES[1:]]
    for k, part in enumerate(parts):
        for later in range(k + 1, len(parts)):
            if (part == 5 + later).any():
                fail(
                    f"whoever changes {names[later]} changes {names[k]} too",
                    expected=f"{names[k]} as it was",
                    got=part,
                    likely="Make new zeros for each layer: slices of one tensor share its memory.",
                )


def check_form(got, sizes):
    """The layers; fails unless they are pairs of the right shapes, in float32."""
    pairs = list(pairwise(sizes))
    like = [(torch.zeros(outputs, inputs), torch.zeros(outputs)) for inputs, outputs in pairs]
    layers = as_like(got, like)
    if not isinstance(layers, list) or [
        len(layer) if isinstance(layer, tuple) else 0 for layer in layers
    ] != [2] * len(like):
        fail(
            "it must return a list with one (weight, bias) for each two neighbours in sizes",
            expected=f"{len(like)} pair{'s' * (len(like) > 1)} (weight, bias)",
            got=got,
        )
    for k, (layer, zeros) in enumerate(zip(got, like, strict=True)):
        for name, part, zero in zip(NAMES[1:], layer, zeros, strict=True):
            turned = isinstance(part, Tensor) and part.shape == zero.shape[::-1] != zero.shape
            likely = "weight is (out, in): one row for each neuron." if turned else None
            assert_form(part, zero, what=f"the {name} of layer {k}", likely=likely)
    return assert_same(got, layers, finite=False)


def check_fresh(got, sizes):
    """Pairs of the right shapes, biases of 0, and normal weights where enough are there to tell."""
    for k, (weight, bias) in enumerate(check_form(got, sizes)):
        assert_same(bias, torch.zeros(len(bias)), likely="Biases begin at 0.", what=f"bias {k}")
        check_drawn(weight, k)
        count, outputs, inputs = weight.numel(), *weight.shape
        if count < 1000:
            continue
        deviation = math.sqrt(2 / inputs)
        spread, mean = weight.double().std().item(), weight.double().mean().item()
        if abs(mean) > 6 * max(deviation, spread) / math.sqrt(count):
            fail(
                f"the weights of layer {k} have another mean", expected="about 0", got=f"{mean:.3g}"
            )
        if abs(spread / deviation - 1) > 6 / math.sqrt(2 * count):
            fail(
                f"the weights of layer {k} have another standard deviation",
                expected=f"about {deviation:.3g}, sqrt(2 / in) with in = {inputs}",
                got=f"{spread:.3g}",
                likely=of_deviation(spread, inputs, outputs),
            )
        largest = weight.abs().max().item()
        if count >= 9000 and largest < 3 * deviation:  # of so many, some 24 are larger
            fail(
                f"the weights of layer {k} are not normal: none of them is large",
                expected=f"some beyond three deviations, {3 * deviation:.3g}",
                got=f"none beyond {largest:.3g}",
                likely=EVEN if spread_evenly(weight, deviation) else None,
            )
        near = (weight.abs() < deviation).double().mean().item()  # 0.68 for normal numbers
        if abs(near - 0.6827) > 6 * 0.4655 / math.sqrt(count):
            fail(
                f"the weights of layer {k} are not normal",
                expected="about 0.68 of them within one standard deviation of 0",
                got=f"{near:.3g}",
                likely=EVEN if spread_evenly(weight, deviation) else None,
            )


def spread_evenly(weight, deviation):
    near = (weight.abs() < deviation).double().mean().item()
    return abs(near - 0.577) < 0.03


def check_drawn(weight, k):
    """Finite numbers but 0 that differ."""
    count, different = weight.numel(), len(set(weight.flatten().tolist()))
    expected = f"{count} number{'s' * (count > 1)}, each drawn for itself"
    if not weight.isfinite().all():
        message = f"the weights of layer {k} hold NaN or infinity"
        fail(message, expected=expected, got=weight, likely=ONE_ALONE if count == 1 else None)
    if not weight.any() or different < 0.9 * count:
        likely = DRAWN if different <= max(weight.shape) < count and weight.any() else None
        message = f"the weights of layer {k} are not drawn at random"
        fail(message, expected=expected, got=weight, likely=likely)


EVEN = "They are spread evenly, as by torch.rand or uniform_. torch.randn draws normal numbers."
ONE_ALONE = (
    "A single number has no spread: divided by its own deviation, it is not finite. Multiply what "
    "randn draws by sqrt(2 / in), and by nothing else."
)
DRAWN = "Each weight is a number of its own: torch.randn draws as many as its shape has."


def of_deviation(spread, inputs, outputs):
    """Which other formula it is, if it is clearly one."""
    for other, words in (
        (1.0, "These are the numbers of randn as they are: multiply them by sqrt(2 / in)."),
        (2 / inputs, "This is 2 / in, the variance. The standard deviation is its square root."),
        (2 / math.sqrt(inputs), "This is 2 / sqrt(in): the root is over both, sqrt(2 / in)."),
        (1 / math.sqrt(inputs), "This is sqrt(1 / in). The 2 makes up for what ReLU cuts off."),
        (math.sqrt(2 / outputs), "This is sqrt(2 / out). Each sum has `in` products, not `out`."),
        (math.sqrt(2 / (inputs + outputs)), "This is sqrt(2 / (in + out)), Xavier's rule."),
        (1 / math.sqrt(3 * inputs), "This is what nn.Linear draws by itself, evenly."),
        (math.sqrt(inputs / 2), "Divided by sqrt(2 / in) instead of multiplied."),
    ):
        if abs(spread / other - 1) < 0.05:
            return words
    return None


def of_rows(weights):
    if not any(weight.any() for weight in weights):
        return "All weights are 0: multiply random numbers by the deviation."
    if all(torch.equal(weights[0][0], weight[0]) for weight in weights):
        return "Every layer draws the same numbers. Make one generator, before the first layer."
    return (
        "Neurons that begin alike stay alike. Draw a number for each weight, all from one "
        "generator: two that start from one seed draw the same."
    )
