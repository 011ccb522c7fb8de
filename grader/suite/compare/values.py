"""Relations between numbers in the same places: sign, factor, offset, and what was done to each."""

import math

import torch
from torch import Tensor

from grader.suite.compare.closeness import Closeness, Finder, distinct, is_round

NARROWER = (torch.float32, torch.float16, torch.bfloat16)
DECIMAL, NARROW_DECIMAL = 1e-15, 6e-8  # how near a float64 and a float32 come to a decimal
MOST_DECIMALS = 6
LARGEST_COUNT = 64
LARGEST_FACTOR = 1e4


def inverted(got: Tensor, expected: Tensor) -> str | None:
    if got.dtype != expected.dtype or got.shape != expected.shape or got.numel() < 2:
        return None
    return "True and False are exchanged" if torch.equal(got, ~expected) else None


def narrowed(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    """A narrower dtype holds every number of `got`, but not those of `expected`."""
    if got.is_complex() or expected.is_complex() or all(map(is_round, got.flatten().tolist())):
        return None
    for dtype in NARROWER:
        held, needed = (t.to(dtype).to(t.dtype) for t in (got, expected))
        if not torch.equal(held, got) or torch.equal(needed, expected):
            continue
        if Closeness(4 * torch.finfo(dtype).eps)(got, expected):
            name = str(dtype).removeprefix("torch.")
            return f"the numbers are right, but only to the precision of {name}"
    return None


def sign(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    return "the sign is flipped" if close(got, -expected) else None


def factor(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    if got.is_complex() or expected.is_complex() or not expected.any():
        return None
    peak = expected.abs().argmax()
    times = float(got.flatten()[peak] / expected.flatten()[peak])
    if not 1 / LARGEST_FACTOR < abs(times) < LARGEST_FACTOR or abs(times - 1) < 1e-3:
        return None  # what has run away, or died out, is no multiple
    if not close(got, times * expected):
        return None
    words, count = _in_words(times)
    subject = "every entry is"
    if distinct(expected[expected != 0].abs()) < 2:
        # one number proves a factor only if it is not round itself and the factor is
        exact = min(abs(times - count), abs(1 / times - count)) <= 1e-5 * abs(count)
        if expected.numel() > 1 or is_round(float(expected)) or not exact:
            return None
        if not 2 <= count <= LARGEST_COUNT:
            return None
        subject = "it is"
    return f"{subject} {words} what it should be{_reason(times, count, tuple(expected.shape))}"


def _in_words(times: float) -> tuple[str, int]:
    """The factor as text, and the whole number that it (or one over it) is, else 0."""
    for value, up in ((times, True), (1 / times, False)):
        count = round(value)
        if abs(count) < 2 or abs(value - count) > 1e-3 * abs(count):
            continue
        if count == 2:
            return ("twice" if up else "half of"), 2
        return (f"{count} times" if up else f"{'-' * (count < 0)}1/{abs(count)} of"), count
    return f"{times:.4g} times", 0


def _reason(times: float, count: int, shape: tuple[int, ...]) -> str:
    if count < 3:
        return ""
    name = _name_of(count, shape)
    guess = "a sum where a mean was meant?" if times > 1 else f"divided by {count} once too often?"
    return f"; {count} is {name}: {guess}" if name else f": {guess}"


def _name_of(count: int, shape: tuple[int, ...]) -> str | None:
    if shape.count(count) > 1:
        return None
    if count in shape and len(shape) == 2:
        return "the number of rows" if shape[0] == count else "the number of columns"
    if count == math.prod(shape):
        return "the number of entries"
    return f"the size of axis {shape.index(count)}" if count in shape else None


def offset(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    if got.is_complex() or expected.is_complex() or distinct(expected) < 2:
        return None
    difference = got - expected
    amount = float(difference.mean())
    spread = float(expected.max() - expected.min())
    if not amount:
        return None
    if float((difference - amount).abs().max()) > close.rtol * min(spread, 100 * abs(amount)):
        return None
    return f"every entry is {abs(amount):.4g} too {'large' if amount > 0 else 'small'}"


def clamped(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    if got.is_complex() or expected.is_complex() or distinct(got) < 2 or expected.min() >= 0:
        return None
    if close(got, expected.clamp(min=0)) and not got[expected < 0].any():
        return "the negative entries came out as 0: one ReLU or clamp too many?"
    return None


def whole_numbers(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    if got.is_complex() or expected.is_complex() or distinct(got) < 2:
        return None
    if int((expected != expected.round()).sum()) < 2:  # one fraction may be lost in many ways
        return None
    if torch.equal(got, expected.trunc()) or torch.equal(got, expected.floor()):
        return "the fractions are cut off, as // or an integer dtype does"
    if got.abs().max() <= 1:  # 0 and 1 alone may be answers to yes-or-no questions
        return None
    return "every entry is rounded" if torch.equal(got, expected.round()) else None


def decimals(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    """The right numbers, rounded to a few decimals: in so many digits that it is no chance."""
    if got.is_complex() or expected.is_complex():
        return None
    narrow = torch.equal(got.float().double(), got)
    exact, most = (NARROW_DECIMAL, 4) if narrow else (DECIMAL, MOST_DECIMALS)
    for places in range(1, most + 1):
        digits = got * 10**places
        if not ((digits - digits.round()).abs() <= exact * digits.abs()).all():
            continue
        if digits.abs().max() < 100 or all(map(is_round, got.flatten().tolist())):
            return None
        if ((got - expected).abs() > 0.501 * 10**-places).any():
            return None
        subject = "it is" if got.numel() == 1 else "every entry is"
        if ((got - expected).abs() <= 0.499 * 10 ** -(places + 1)).all():  # the next may be a 0
            return f"{subject} rounded to {places} or {places + 1} decimals"
        return f"{subject} rounded to {places} decimal{'s' * (places > 1)}"
    return None


def powers(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    if got.is_complex() or expected.is_complex() or distinct(got) < 3:
        return None
    if close(got, expected * expected):
        return "every entry is the square of what it should be"
    if got.min() >= 0 and close(got * got, expected):
        return "every entry is the square root of what it should be"
    return None


def sums_to_one(got: Tensor, expected: Tensor, close: Closeness) -> str | None:
    """Shares taken along another axis, as a softmax over the wrong one gives."""
    if got.is_complex() or expected.is_complex() or min(got.min(), expected.min()) < 0:
        return None
    there, here = _axes_of_shares(expected, close), _axes_of_shares(got, close)
    if len(there) != 1 or there == here:
        return None
    if len(here) == 1:
        return f"it sums to 1 along axis {here[0]}, not along axis {there[0]}"
    total = got.sum()
    if got.ndim > 1 and close(total, torch.ones_like(total)):
        return f"all entries together sum to 1, not those along axis {there[0]}"
    return None


def _axes_of_shares(tensor: Tensor, close: Closeness) -> list[int]:
    sums = {axis: tensor.sum(axis) for axis in range(tensor.ndim) if tensor.shape[axis] > 1}
    return [axis for axis, total in sums.items() if close(total, torch.ones_like(total))]


FINDERS: tuple[Finder, ...] = (
    narrowed,
    sign,
    factor,
    offset,
    clamped,
    whole_numbers,
    decimals,
    powers,
    sums_to_one,
)
