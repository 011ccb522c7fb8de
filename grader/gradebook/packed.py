"""Reports and texts as bytes that give the very same back: JSON, packed."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from grader.report import (
    Cells,
    ExerciseResult,
    Graph,
    Grid,
    Location,
    Node,
    Outcome,
    Plot,
    Replay,
    Report,
    Series,
    TestResult,
    UnitResult,
)

MAX_BYTES = 64 << 20  # of a report, unpacked


def pack(report: Report) -> bytes:
    """In ASCII, so that whatever a learner wrote can be kept, and without what is None."""
    text = json.dumps(asdict(report, dict_factory=_said), separators=(",", ":"))
    return zlib.compress(text.encode("ascii"), 6)


def unpack(data: bytes) -> Report:
    """Raises: ValueError if it is not what `pack` gave."""
    try:
        text = zlib.decompressobj().decompress(data, MAX_BYTES)
        return _report(json.loads(text))
    except (zlib.error, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"no report: {error}") from None


def pack_sources(sources: Mapping[str, Sequence[str]]) -> bytes:
    """The texts of a work, by unit."""
    told = {unit: list(parts) for unit, parts in sorted(sources.items())}
    return zlib.compress(json.dumps(told).encode("ascii"), 6)


def unpack_sources(data: bytes) -> dict[str, list[str]]:
    """Raises: ValueError if it is not what `pack_sources` gave."""
    try:
        told = json.loads(zlib.decompressobj().decompress(data, MAX_BYTES))
        return {unit: list(map(str, parts)) for unit, parts in told.items()}
    except (zlib.error, AttributeError, TypeError, RecursionError) as error:
        raise ValueError(f"no sources: {error}") from None


def _said(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in fields if value is not None and value != ()}


def _report(told: dict[str, Any]) -> Report:
    return Report(
        units=tuple(map(_unit, told.pop("units", ()))),
        notes=tuple(told.pop("notes", ())),
        rehearsals=tuple(map(_test, told.pop("rehearsals", ()))),
        **told,
    )


def _unit(told: dict[str, Any]) -> UnitResult:
    return UnitResult(exercises=tuple(map(_exercise, told.pop("exercises", ()))), **told)


def _exercise(told: dict[str, Any]) -> ExerciseResult:
    return ExerciseResult(
        told["name"],
        tuple(map(_test, told.get("tests", ()))),
        tuple(map(_picture, told.get("pictures", ()))),
    )


def _test(told: dict[str, Any]) -> TestResult:
    location, replay = told.pop("location", None), told.pop("replay", None)
    return TestResult(
        outcome=Outcome(told.pop("outcome")),
        location=None if location is None else Location(**location),
        replay=None if replay is None else Replay(**replay),
        **told,
    )


def _picture(told: dict[str, Any]) -> Plot | Grid | Graph:
    if "given" in told:
        cells = {name: _cells(told[name]) for name in ("given", "yours", "right")}
        return Grid(told["title"], **cells)
    if "x_label" in told:
        series = tuple(
            Series(**each | {axis: tuple(each.get(axis, ())) for axis in "xy"})
            for each in told.pop("series", ())
        )
        return Plot(series=series, **told)
    nodes = tuple(
        Node(each["made"], tuple(each.get("sources", ())), each.get("yours"), each["right"])
        for each in told.get("nodes", ())
    )
    return Graph(told["title"], nodes)


def _cells(told: dict[str, Any]) -> Cells:
    return Cells(tuple(told.get("shape", ())), tuple(told.get("positions", ())))
