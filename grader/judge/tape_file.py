"""The tape of a unit as a file of the kit: what its visible tests need of the solutions.

    msgpack, compressed: {seed, tests, pictures, known}

`tests` and `pictures` hold the values of each by its name; `known` what the known wrong answers
did in each test. All values are in the form of the wire, so nothing is ever unpickled.
"""

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgpack

from grader.errors import CourseError
from grader.judge.behaviour import TOO_LARGE, Behaviour, Failure, alike, same_failure
from grader.judge.diagnosis import Case, Trace
from grader.sandbox import decode, encode, wire
from grader.suite.tape import Player, Recorder, rebuilt

NAME = "{unit}.tape"
_BYTES = 64 * 1024 * 1024  # far more than any unit needs


@dataclass(frozen=True)
class KnownAnswer:
    """A wrong answer of which only its traces are here, by the names of the tests; each as bytes
    until somebody needs it."""

    exercise: str
    correction: str
    traces: Mapping[str, bytes]

    def explains(self, case: Case, failure: Failure) -> bool | None:
        trace = self._trace(case)
        if trace is None or len(trace.seen) != len(case.seen):
            return None
        if not all(map(alike, case.seen, trace.seen)) or not same_failure(failure, trace.failure):
            return None
        pairs = zip(case.seen, trace.seen, strict=True)
        return all(one.operators == other.operators for one, other in pairs)

    def fails(self, case: Case) -> bool:
        trace = self._trace(case)
        return trace is not None and trace.failure is not None

    def _trace(self, case: Case) -> Trace | None:
        if case.name not in self.traces:
            return None
        seen, failed = _value(self.traces[case.name])
        calls = (Behaviour(value, raised, tuple(given), ran) for value, raised, given, ran in seen)
        return Trace(tuple(calls), failed and Failure(*failed))


@dataclass(frozen=True)
class UnitTape:
    """All that was recorded of a unit, with the inputs that follow from `seed`."""

    seed: int
    tests: Mapping[str, bytes] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    known: tuple[KnownAnswer, ...] = ()

    def encoded(self) -> bytes:
        known = [[k.exercise, k.correction, dict(k.traces)] for k in self.known]
        parts = [self.seed, dict(self.tests), dict(self.pictures), known]
        return zlib.compress(msgpack.packb(parts), 9)


def read_tape(path: Path) -> UnitTape:
    """Raises: CourseError if the file is missing or is not a tape."""
    try:
        unpacked = zlib.decompressobj().decompress(path.read_bytes(), _BYTES)
        seed, tests, pictures, known = msgpack.unpackb(unpacked)
        return UnitTape(seed, tests, pictures, tuple(KnownAnswer(*k) for k in known))
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}") from None
    except (zlib.error, ValueError, TypeError, msgpack.UnpackException):
        raise CourseError(f"{path} is damaged: restore it from the repository") from None


class KitTapes:
    """The tapes of a kit, read when first needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.units: dict[str, UnitTape] = {}

    def unit(self, unit: str) -> UnitTape:
        if unit not in self.units:
            self.units[unit] = read_tape(self.folder / NAME.format(unit=unit))
        return self.units[unit]

    def answers(self, unit: str, exercise: str) -> list[KnownAnswer]:
        """What is known of wrong answers, as a `Bank`."""
        return [known for known in self.unit(unit).known if known.exercise == exercise]


def player_of(recordings: Mapping[str, bytes], name: str, device: str = "cpu") -> Player:
    """One tape of a unit. Raises: CourseError if what was recorded cannot be read."""
    try:
        values, asides = _value(recordings[name]) if name in recordings else ([], [])
        return Player(values, asides, device)
    except (wire.ProtocolError, struct.error, ValueError, TypeError):
        raise CourseError(f"the tape of {name} is damaged: restore the file") from None


def bytes_of_recorder(recorder: Recorder) -> bytes:
    """Raises: CourseError if a value is a function, a module or the like."""
    try:
        return _bytes([recorder.values, recorder.asides])
    except wire.Unsendable as error:
        raise CourseError(f"cannot be recorded: {error}") from None


def bytes_of_trace(trace: Trace) -> bytes:
    seen = [[b.value, b.raised, list(b.given), b.operators] for b in trace.seen]
    failed = trace.failure
    return _bytes([seen, failed and [failed.kind, failed.wording, failed.value]])


# What has no form on the wire travels as a handle whose kind says what it was.
_LARGE = "too large"
_ERROR = "error "


def _bytes(value: Any) -> bytes:
    writer = encode.Writer()
    payload = writer.write(_sendable(value))
    if writer.functions:
        raise wire.Unsendable("a function or a module is no value")
    return wire.pack(payload, writer.buffers)


def _value(data: bytes) -> Any:
    size = wire.HEADER.size
    head, _ = wire.frame_size(data[:size], _BYTES)
    payload, buffers = wire.unpack(data[size : size + head], memoryview(data)[size + head :])
    return decode.Reader(buffers, handle=_object).read(payload)


def _sendable(value: Any) -> Any:
    if value is TOO_LARGE:
        return wire.KeptObject(0, _LARGE)
    if isinstance(value, Failure):
        return wire.KeptObject(0, f"{_ERROR}{value.kind}")
    if isinstance(value, wire.KeptObject):
        return wire.KeptObject(0, "object")  # its class would name the wrong answer
    return rebuilt(value, _sendable)


def _object(identity: int, kind: str) -> Any:
    if kind == _LARGE:
        return TOO_LARGE
    if kind.startswith(_ERROR):
        return Failure(kind.removeprefix(_ERROR), "")
    return wire.KeptObject(identity, kind)
