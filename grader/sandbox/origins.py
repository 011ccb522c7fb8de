"""Which call of the work has made a tensor of the CPU, and what is said where two devices meet."""

import linecache
from collections.abc import Iterable, Sequence
from itertools import islice
from types import FrameType
from typing import Any

from torch import Tensor

COPIED = ", and copied to the device"
CHARACTERS = 80  # of a call that is shown


class TwoDevices(RuntimeError):
    """Tensors of two devices met in an operator: those `there`, on the device, and those `here`."""

    def __init__(self, message: str, there: Sequence[Tensor], here: Sequence[Tensor]) -> None:
        super().__init__(message)
        self.message, self.there, self.here = message, there, here

    def told(self, frame: FrameType | None) -> str:
        """In torch's words, and then: which call made the one, and a name for the other."""
        name = None if frame is None else _name_in(frame, self.there)
        facts = [origin_of(self.here), name and f"{name} is on the device"]
        known = "; ".join(fact for fact in facts if fact)
        return f"{self.message} ({known})" if known else self.message


def origin_of(tensors: Iterable[Tensor]) -> str | None:
    """Which call of the work has made the first of these tensors of the CPU that it made."""
    known = (getattr(_storage_of(tensor), "origin", None) for tensor in tensors)
    return next(filter(None, known), None)


def note(tensor: Tensor, origin: str) -> None:
    """This is what has made the tensor."""
    if storage := _storage_of(tensor):
        storage.origin = origin


def note_copy(tensor: Tensor) -> None:
    """Of this tensor of the CPU there is a copy on the device now."""
    if origin := origin_of([tensor]):
        note(tensor, origin.removesuffix(COPIED) + COPIED)


def made_by(frame: FrameType, what: str) -> str:
    """An origin: the call that runs in this frame, and its line; its result is `what`."""
    where = " in __init__" if frame.f_code.co_name == "__init__" else ""
    return f"{_call_in(frame)}, line {frame.f_lineno}, is {what} on the CPU{where}"


def _storage_of(tensor: Tensor) -> Any:
    try:
        return tensor.untyped_storage()
    except NotImplementedError:  # sparse ones have none
        return None


def _call_in(frame: FrameType) -> str:
    """The text of the call that runs in a frame."""
    places = islice(frame.f_code.co_positions(), frame.f_lasti // 2, None)
    first, last, start, end = next(places, (None, None, None, None))
    if first is None or last is None or start is None or end is None:
        return linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()[:CHARACTERS]
    lines = [
        linecache.getline(frame.f_code.co_filename, number).encode("utf-8", "replace")
        for number in range(first, last + 1)
    ]
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][start:]
    text = " ".join(b"".join(lines).decode("utf-8", "replace").split())
    return text if len(text) <= CHARACTERS else f"{text.partition('(')[0][:CHARACTERS]}(…)"


def _name_in(frame: FrameType, there: Sequence[Tensor]) -> str | None:
    """A name for a tensor of the device: for one of `there`, if one has a name."""
    found = {
        name: value
        for name, value in frame.f_locals.items()
        if isinstance(value, Tensor) and there and value.device == there[0].device
    }
    own = (name for name, value in found.items() if any(value is tensor for tensor in there))
    return next(own, next(iter(found), None))
