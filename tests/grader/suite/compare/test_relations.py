"""A relation is named only where it holds: each sentence is checked against the tensors."""

import itertools
import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.suite.compare.relations import relation, symptom

shapes = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)
seeds = st.integers(0, 10**6)
few_numbers = st.integers(1, 4).flatmap(
    lambda high: st.builds(
        lambda shape, seed: torch.randint(
            -high, high + 1, shape, generator=torch.Generator().manual_seed(seed)
        ).double(),
        shapes,
        seeds,
    )
)


def normal(shape, seed=0, dtype=torch.float64):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def same(left, right):
    return left.shape == right.shape and torch.allclose(left, right, rtol=1e-3, atol=1e-5)


def same_numbers(left, right):
    return same(left.flatten().sort().values, right.flatten().sort().values)


def reductions(tensor):
    for axis in (None, *range(tensor.ndim)):
        for name in ("mean", "sum"):
            over = "all entries" if axis is None else f"axis {axis}"
            value = getattr(tensor, name)() if axis is None else getattr(tensor, name)(axis)
            yield f"{name} over {over}", value.flatten()


def cuts(longer, shorter):
    axes = [k for k in range(longer.ndim) if longer.shape[k] != shorter.shape[k]]
    size, rest = shorter.shape[axes[0]], longer.shape[axes[0]] - shorter.shape[axes[0]]
    return {
        "last": same(longer.narrow(axes[0], 0, size), shorter),
        "first": same(longer.narrow(axes[0], rest, size), shorter),
    }


def times(words):
    if words in ("twice", "half of"):
        return {"twice": 2.0, "half of": 0.5}[words]
    if match := re.fullmatch(r"(-?)1/(\d+) of", words):
        return (-1.0 if match[1] else 1.0) / int(match[2])
    return float(words.removesuffix(" times"))


def sizes(text):
    return [int(size) for size in text.split(",") if size.strip()]


def is_times(match, got, expected):
    factor = times(match[1])
    return torch.allclose(got, factor * expected, rtol=2e-3, atol=1e-6) and factor != 1


def is_offset(match, got, expected):
    offset = float(match[1]) * (1 if match[2] == "large" else -1)
    return torch.allclose(got, expected + offset, rtol=1e-3, atol=2e-3 * abs(offset))


def sums_to_one(match, got, expected):
    here, there = got.sum(int(match[1])), expected.sum(int(match[2]))
    return same(here, torch.ones_like(here)) and same(there, torch.ones_like(there))


def is_regrouped(match, got, expected):
    orders = itertools.permutations(range(expected.ndim))
    return any(same(got.flatten(), expected.permute(p).flatten()) for p in orders)


def is_cut(match, got, expected):
    pair = (expected, got) if match[2] == "missing" else (got, expected)
    return cuts(*pair)[match[1]]


# what each sentence claims, derived from its words alone: pattern, then the check
CLAIMS = (
    ("the sign is flipped", lambda m, g, e: same(g, -e)),
    ("every entry is the square of what it should be", lambda m, g, e: same(g, e**2)),
    ("every entry is the square root of what it should be", lambda m, g, e: same(g**2, e)),
    ("(?:every entry|it) is (.*?) what it should be.*", is_times),
    ("every entry is (.*) too (large|small)", is_offset),
    ("the negative entries came out as 0.*", lambda m, g, e: same(g, e.clamp(min=0))),
    (
        "the fractions are cut off.*|every entry is rounded",
        lambda m, g, e: bool((g == g.round()).all() and ((g - e).abs() < 1).all()),
    ),
    (
        r"(?:every entry|it) is rounded to (?:\d or )?(\d) decimals?",
        lambda m, g, e: torch.allclose(g, e.round(decimals=int(m[1])), rtol=1e-6, atol=1e-9),
    ),
    ("the numbers are right, but only to the precision of .*", lambda m, g, e: same(g, e)),
    (r"it sums to 1 along axis (\d), not along axis (\d)", sums_to_one),
    (
        "all entries together sum to 1, not .*",
        lambda m, g, e: math.isclose(float(g.sum()), 1, rel_tol=1e-3),
    ),
    (
        r"the order is reversed(?: along axis (\d))?",
        lambda m, g, e: same(g.flip(int(m[1] or 0)), e),
    ),
    ("every entry comes one place too early", lambda m, g, e: same(g[:-1], e[1:])),
    ("every entry comes one place too late", lambda m, g, e: same(g[1:], e[:-1])),
    (".* got.T would be right", lambda m, g, e: same(g.T, e)),
    (
        r"axes (\d) and (\d) are exchanged",
        lambda m, g, e: same(g.transpose(int(m[1]), int(m[2])), e),
    ),
    (r".* got.permute\((.*)\) would be right", lambda m, g, e: same(g.permute(sizes(m[1])), e)),
    (r".* got.reshape\((.*)\) would be right", lambda m, g, e: same(g.reshape(sizes(m[1])), e)),
    ("the right numbers, regrouped: .*", is_regrouped),
    ("the .* are right, but in another order", lambda m, g, e: same_numbers(g, e)),
    ("the numbers are the right ones, but in other places", lambda m, g, e: same_numbers(g, e)),
    (r".* axis (\d), of size 1, is missing", lambda m, g, e: same(g.unsqueeze(int(m[1])), e)),
    (r".* axis (\d), of size 1, is one too many", lambda m, g, e: same(g.squeeze(int(m[1])), e)),
    ("the expected numbers are repeated .*", lambda m, g, e: same(g, e.expand(g.shape))),
    (
        "take the (.*) too",
        lambda m, g, e: same(dict(reductions(g))[m[1]], e.flatten()),
    ),
    (
        "it is the (.*) of what is expected",
        lambda m, g, e: same(dict(reductions(e))[m[1]], g.flatten()),
    ),
    ("the (last|first) .*(missing|too many)", is_cut),
)


def holds(sentence, got, expected):
    """Is what the sentence says true of these tensors?"""
    for pattern, claim in CLAIMS:
        if match := re.fullmatch(pattern, sentence):
            return claim(match, got, expected)
    raise AssertionError(f"a sentence that this test does not know: {sentence}")


def changes(x, number):
    """Typical mistakes, made with `x`."""
    yield -x
    yield x * number
    yield x + number
    yield x**2
    yield x.clamp(min=0)
    yield x.trunc()
    yield x.round(decimals=2)
    yield x.flatten()
    yield x.unsqueeze(0)
    yield x.unsqueeze(-1)
    yield x.sum()
    yield x.mean()
    yield x.expand(3, *x.shape)
    yield x.float().double()
    yield x.flatten()[torch.randperm(x.numel())].reshape(x.shape)
    yield x.roll(1, 0)
    for axes in itertools.permutations(range(x.ndim)):
        yield x.permute(axes)
        yield x.permute(axes).reshape(x.shape)
    for axis in range(x.ndim):
        yield x.flip(axis)
        yield x.sum(axis)
        yield x.mean(axis)
        yield x.softmax(axis)
        yield x.narrow(axis, 0, max(1, x.shape[axis] - 1))
        yield x.narrow(axis, x.shape[axis] - 1, 1)


@given(few_numbers | st.builds(normal, shapes, seeds), st.sampled_from([2, 3, 0.5, -1, 1.7, 1e-3]))
def test_a_named_relation_is_true_whatever_the_mistake(x, number):
    for got in changes(x, number):
        for left, right in ((got, x), (x, got)):
            if left.shape == right.shape and torch.equal(left, right):
                continue
            sentence = relation(left, right)
            assert sentence is None or holds(sentence, left, right), sentence


@given(few_numbers, few_numbers)
def test_a_relation_between_unrelated_tensors_is_still_true(got, expected):
    sentence = relation(got, expected)
    if got.shape != expected.shape or not torch.equal(got, expected):
        assert sentence is None or holds(sentence, got, expected), sentence


@given(shapes, seeds)
def test_random_numbers_are_not_said_to_be_related(shape, seed):
    got, expected = normal(shape, seed), normal(shape, seed + 1)
    sentence = relation(got, expected)
    if got.numel() > 2:
        assert sentence is None


@given(
    st.lists(st.integers(2, 4), min_size=2, max_size=4).map(tuple),
    st.sampled_from([torch.float32, torch.float64]),
    st.data(),
)
def test_moved_axes_are_named(shape, dtype, data):
    x = normal(shape, 3, dtype)
    axes = data.draw(st.permutations(range(x.ndim)).filter(lambda p: p != sorted(p)))
    sentence = relation(x.permute(axes), x)
    assert re.search("transposed|exchanged|another order: got.permute|reversed|rows", sentence)
    assert holds(sentence, x.permute(axes), x)


@given(shapes.filter(lambda s: math.prod(s) > 2), st.floats(0.01, 100), st.booleans())
def test_factors_and_offsets_are_named(shape, number, negative):
    number = -number if negative else number
    x = normal(shape, 5)
    if abs(number - 1) > 0.01:
        named = "sign" if abs(number + 1) <= 1e-4 else "what it should be"
        assert named in relation(x * number, x)
    assert re.search("too (large|small)", relation(x + number, x))


X = normal((3, 4), 1, torch.float32)
Y = torch.arange(24.0).reshape(2, 3, 4)
D = normal((3, 4), 1)
L = normal((9,), 2)
KEEP = (
    "the right numbers, regrouped: view and reshape keep the order in memory, "
    "only transpose and permute move axes"
)


@pytest.mark.parametrize(
    ("got", "expected", "sentence"),
    [
        (-X, X, "the sign is flipped"),
        (
            X * 3,
            X,
            "every entry is 3 times what it should be; "
            "3 is the number of rows: a sum where a mean was meant?",
        ),
        (X * 8, X, "every entry is 8 times what it should be: a sum where a mean was meant?"),
        (
            X / 12,
            X,
            "every entry is 1/12 of what it should be; "
            "12 is the number of entries: divided by 12 once too often?",
        ),
        (X * 2, X, "every entry is twice what it should be"),
        (X / 2, X, "every entry is half of what it should be"),
        (X * -0.3, X, "every entry is -0.3 times what it should be"),
        (
            (X**2).sum(),
            (X**2).mean(),
            "it is 12 times what it should be: a sum where a mean was meant?",
        ),
        (X + 1, X, "every entry is 1 too large"),
        (X - 0.25, X, "every entry is 0.25 too small"),
        (X.relu(), X, "the negative entries came out as 0: one ReLU or clamp too many?"),
        (X.trunc() * 1, X, "the fractions are cut off, as // or an integer dtype does"),
        (X.round(decimals=2), X, "every entry is rounded to 2 decimals"),
        (D[0, 0].round(decimals=4), D[0, 0], "it is rounded to 4 decimals"),
        (torch.tensor(-1.792), torch.tensor(-1.79196), "it is rounded to 3 or 4 decimals"),
        (D.float().double(), D, "the numbers are right, but only to the precision of float32"),
        (X.half().float(), X, "the numbers are right, but only to the precision of float16"),
        (X.softmax(0), X.softmax(1), "it sums to 1 along axis 0, not along axis 1"),
        (X.T, X.T.T, "it is transposed: got.T would be right"),
        (Y.transpose(0, 2), Y, "axes 0 and 2 are exchanged"),
        (
            Y.permute(1, 2, 0),
            Y,
            "the axes are in another order: got.permute(2, 0, 1) would be right",
        ),
        (Y.view(2, 4, 3), Y.transpose(1, 2), KEEP),
        (Y.view(2, 3, 2, 2), Y.view(2, 2, 3, 2).transpose(1, 2), KEEP),
        (X.flip(1), X, "the order is reversed along axis 1"),
        (L.flip(0), L, "the order is reversed"),
        (X[[1, 2, 0]], X, "the rows are right, but in another order"),
        (X[:, [1, 3, 0, 2]], X, "the columns are right, but in another order"),
        (L[[3, 1, 2, 0, 5, 4, 8, 7, 6]], L, "the numbers are the right ones, but in other places"),
        (L[1:], L[:-1], "every entry comes one place too early"),
        (L[1:], L, "the first entry is missing"),
        (L, L[:-2], "the last 2 entries are too many"),
        (X[:2], X, "the last row is missing"),
        (X[:, :1], X[:, 0], "the numbers are right, but axis 1, of size 1, is one too many"),
        (X[0], X[:1], "the numbers are right, but axis 0, of size 1, is missing"),
        (X.flatten(), X, "the numbers and their order are right: got.reshape(3, 4) would be right"),
        (X[:, :1].expand(3, 3), X[:, :1], "the expected numbers are repeated along axis 1"),
        (X[:, :1].expand(3, 4), X[:, 0], "the expected numbers are repeated along axis 1"),
        ((X**2), (X**2).mean(), "take the mean over all entries too"),
        (X.mean(0), X, "it is the mean over axis 0 of what is expected"),
        (X > 0, X <= 0, "True and False are exchanged"),
    ],
)
def test_typical_mistakes(got, expected, sentence):
    assert relation(got, expected) == sentence


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (torch.ones(4) * 3, torch.ones(4)),
        (torch.tensor(4.0), torch.tensor(2.0)),
        (torch.tensor([6.0]), torch.tensor([2.0])),
        (torch.tensor(0.12).double(), torch.tensor(0.1234).double()),
        (torch.tensor(2.75), torch.tensor(2.7461)),
        (torch.tensor([0.0, 3.0]), torch.tensor([0.0, 1.0])),
        (torch.zeros(3, 4), X),
        (torch.full((3, 4), math.nan), X),
        (torch.ones(3, 2), torch.ones(2, 3)),
        (torch.tensor([1.0, 2.0]), torch.tensor([2.0, 1.0])),
        (torch.zeros(0, 3), torch.zeros(3, 0)),
        (torch.ones(3, 3), torch.tensor(1.0)),
        (torch.zeros(1).expand(10**12), torch.zeros(3)),
        (torch.tensor([1.0, 0.0, 1.0]), torch.tensor([0.8, 0.3, 0.9])),
        (torch.tensor([1, 0]), torch.tensor([1, 0, 1, 0, 0])),
        (torch.tensor([2.0, 1e-9, 0.0]), torch.tensor([2.0, -1.0, -3.0])),
    ],
)
def test_too_little_evidence_says_nothing(got, expected):
    sentence = relation(got, expected)
    assert sentence is None or "repeated" in sentence


Z = X.clone()
Z[1] += X[0]
W = X.clone()
W[0, 0] *= -1


@pytest.mark.parametrize(
    ("got", "expected", "sentence"),
    [
        (
            X * math.nan,
            X,
            "NaN comes from inf - inf, inf / inf, 0 * inf, 0 / 0 or the log of a negative number",
        ),
        (
            X * math.inf,
            X,
            "infinity comes from a division by 0, log(0) or a number too large for the dtype",
        ),
        (
            X * 0,
            X,
            "every entry is 0, as where nothing is filled in, or two things are one and the same",
        ),
        (X * 0 + 5, X, "every entry is the same"),
        (W, X, "the magnitudes are right, but not every sign"),
        (Z, X, "only row 1 is wrong"),
        (Z.T, X.T, "only column 1 is wrong"),
        (Z[None], X[None], "only index 1 along axis 1 is wrong"),
        (
            X[:, :1] - X[:, 0],
            X[:, :1],
            "(3, 3) is what broadcasting makes of (3,) and (3, 1) together",
        ),
    ],
)
def test_symptoms(got, expected, sentence):
    wrong = got != expected if got.shape == expected.shape else None
    assert symptom(got, expected, wrong) == sentence


@pytest.mark.parametrize("rtol", [1e-9, 1e-7, 1e-4, 0.0])
@pytest.mark.parametrize("error", [1e-12, 1e-8, 3e-7, 1e-5, 3e-4])
def test_numbers_that_are_nearly_right_do_not_stand_elsewhere(rtol, error):
    """Where rows, columns or entries are nearly alike, another order is nearly right as well."""
    noise = 1 + error * normal((3, 3), 8)
    for alike in (1e-10, 1e-7, 1e-4):
        expected = 2 + alike * normal((3, 3), 9)
        sentence = relation(expected * noise, expected, rtol) or ""
        for word in ("order", "places", "transposed", "reversed", "regrouped", "exchanged"):
            assert word not in sentence


def test_numbers_that_stand_elsewhere_are_far_off():
    expected = torch.arange(100.0, 112.0).reshape(3, 4)
    assert "columns" in relation(expected[:, [1, 3, 0, 2]], expected)
    assert "transposed" in relation(expected.T, expected.T.T)


def test_noise_of_float32_is_a_symptom_where_float64_is_asked_for():
    got = D * (1 + 2e-7 * normal((3, 4), 8).clamp(-2, 2))
    words = "right to about 6 digits, and no further"
    assert symptom(got, D, rtol=1e-9) == words
    assert symptom(got, D, rtol=1e-4) is None
