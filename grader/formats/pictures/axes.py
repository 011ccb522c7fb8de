"""The scale of an axis: which numbers it spans, where each of them stands, and its ticks."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

Tick = tuple[float, str]
# Numbers that differ by less, relative to their size, are drawn as equal.
_FINEST = Decimal("1e-3")
# No axis reaches beyond these, so that no arithmetic below overflows.
_LARGEST, _SMALLEST, _FARTHEST = 1e250, 1e-250, 1e300
_MOST_STEPS, _MOST_DECADES = 6, 6
_PLAIN = range(-2, 5)  # the powers of ten that are written out


@dataclass(frozen=True)
class Axis:
    """From `low` to `high`, which differ; logarithmic if `log`, and then both are positive."""

    low: float
    high: float
    log: bool = False

    def place(self, value: float) -> float:
        """0 at the low end, 1 at the high end; NaN where there is nowhere to draw it."""
        if not math.isfinite(value) or (self.log and value <= 0):
            return math.nan
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return (math.log10(value) - low) / (high - low)
        kept = min(max(value, -_FARTHEST), _FARTHEST)
        place = (kept - self.low) / (self.high - self.low)
        return min(max(place, -_FARTHEST), _FARTHEST)

    def ticks(self) -> tuple[Tick, ...]:
        """A few round numbers inside, in order, each with its label."""
        return (_log_ticks if self.log else _linear_ticks)(self.low, self.high)


def spanning(values: Iterable[float], *, log: bool = False, margin: float = 0.0) -> Axis | None:
    """The axis that shows all `values` within reach, and a `margin` of that on either side.

    None if there are none.
    """
    least = _SMALLEST if log else -_LARGEST
    kept = [value for value in values if least <= value <= _LARGEST]
    if not kept:
        return None
    low, high = Decimal(min(kept)), Decimal(max(kept))
    if log:
        factor = max((high / low) ** Decimal(margin), 1 + _FINEST if high > low else Decimal(2))
        return Axis(float(low / factor), float(high * factor), log=True)
    size = max(abs(low), abs(high))
    room = max((high - low) * Decimal(margin), 0 if high - low > size * _FINEST else size * _FINEST)
    if high - low + room < Decimal(_SMALLEST):
        room = Decimal(1)
    return Axis(float(low - room), float(high + room))


def _linear_ticks(low: float, high: float) -> tuple[Tick, ...]:
    first, last = Decimal(low), Decimal(high)
    step = _round_step((last - first) / _MOST_STEPS)
    start = (first / step).to_integral_value(ROUND_CEILING)
    end = (last / step).to_integral_value(ROUND_FLOOR)
    values = [step * (start + k) for k in range(int(end - start) + 1)]
    return _labelled(values, step)


def _round_step(least: Decimal) -> Decimal:
    """The smallest of 1, 2, 5, 10, 20 ... (or 0.1, 0.2 ...) that is at least `least`."""
    power = Decimal(1).scaleb(least.adjusted())
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least)


def _labelled(values: Sequence[Decimal], step: Decimal) -> tuple[Tick, ...]:
    largest = max((abs(value) for value in values), default=Decimal(0))
    if largest and largest.adjusted() not in _PLAIN:
        shift = largest.adjusted()
        places = max(shift - step.adjusted(), 0)
        return tuple((float(v), _scientific(v, shift, places)) for v in values)
    places = max(-step.adjusted(), 0)
    return tuple((float(v), _minus(f"{v:.{places}f}")) for v in values)


def _scientific(value: Decimal, exponent: int, places: int) -> str:
    return _minus(f"{value.scaleb(-exponent):.{places}f}e{exponent}") if value else "0"


def _minus(label: str) -> str:
    return label.replace("-", "\N{MINUS SIGN}")


def _log_ticks(low: float, high: float) -> tuple[Tick, ...]:
    first, last = math.ceil(math.log10(low)), math.floor(math.log10(high))
    if last - first >= 2:
        stride = max(1, math.ceil((last - first + 1) / _MOST_DECADES))
        decades = [Decimal(1).scaleb(k) for k in range(first, last + 1) if k % stride == 0]
        return tuple((float(v), _power(v)) for v in decades)
    between = [
        Decimal(factor).scaleb(k) for k in range(first - 1, last + 1) for factor in (1, 2, 5)
    ]
    inside = [value for value in between if low <= float(value) <= high]
    if len(inside) < 2:
        return tuple(t for t in _linear_ticks(low, high) if t[0] > 0)
    return tuple((float(v), _power(v)) for v in inside)


def _power(value: Decimal) -> str:
    exponent = value.adjusted()
    return f"{value:f}" if exponent in _PLAIN else _scientific(value, exponent, 0)
