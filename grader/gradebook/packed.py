"""Reports and texts as bytes that give the very same back: JSON, packed."""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from grader.report import Outcome, Report

MAX_BYTES = 64 << 20  # of a report, unpacked


def pack(report: Report) -> bytes:
    """In ASCII, so that whatever a learner wrote can be kept, and without what is None."""
    return _packed(asdict(report, dict_factory=_said))


def unpack(data: bytes) -> Report:
    """Raises: ValueError if it is not what `pack` gave."""
    try:
        report: Report = _maker(Report)(_unpacked(data))
    except (zlib.error, AttributeError, StopIteration, TypeError, RecursionError) as error:
        raise ValueError(f"no report: {error}") from None
    return report


def pack_sources(sources: Mapping[str, Sequence[str]]) -> bytes:
    """The texts of a work, by unit."""
    return _packed({unit: list(parts) for unit, parts in sorted(sources.items())})


def unpack_sources(data: bytes) -> dict[str, list[str]]:
    """Raises: ValueError if it is not what `pack_sources` gave."""
    try:
        return {unit: list(map(str, parts)) for unit, parts in _unpacked(data).items()}
    except (zlib.error, AttributeError, TypeError, RecursionError) as error:
        raise ValueError(f"no sources: {error}") from None


def _packed(told: Any) -> bytes:
    return zlib.compress(json.dumps(told, separators=(",", ":")).encode("ascii"), 6)


def _unpacked(data: bytes) -> Any:
    return json.loads(zlib.decompressobj().decompress(data, MAX_BYTES))


def _said(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in fields if value is not None and value != ()}


@cache
def _maker(kind: Any) -> Callable[[Any], Any]:
    """What makes a value of this type from what JSON says of it; of several dataclasses, the one
    that has these fields."""
    if kind is Outcome:
        return Outcome
    if get_origin(kind) is tuple:
        inner = _maker(get_args(kind)[0])
        return tuple if inner is _same else lambda told: tuple(map(inner, told))
    if is_dataclass(kind):
        return _maker_of_dataclass(kind)
    choices: list[Any] = [one for one in get_args(kind) if is_dataclass(one)]
    makers = {frozenset(get_type_hints(one)): _maker(one) for one in choices}
    if not makers:
        return _same
    return lambda told: next(make for names, make in makers.items() if names >= told.keys())(told)


def _maker_of_dataclass(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    made = {name: make for name, hint in hints.items() if (make := _maker(hint)) is not _same}
    required = [each.name for each in fields(kind) if each.default is each.default_factory]
    left_out = {name: () if get_origin(hints[name]) is tuple else None for name in required}
    return lambda told: kind(
        **left_out | told | {name: make(told[name]) for name, make in made.items() if name in told}
    )


def _same(told: Any) -> Any:
    return told
