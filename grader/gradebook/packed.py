"""What a gradebook keeps as bytes, and gives back the very same: JSON, packed."""

import json
import zlib
from collections.abc import Callable
from typing import Any, TypeVar

from grader.report import kept

MAX_BYTES = 64 << 20  # unpacked
T = TypeVar("T")


def pack(told: object) -> bytes:
    """In ASCII, so that whatever a learner wrote can be kept, and without what is None."""
    text = json.dumps(told, default=kept, separators=(",", ":"))
    return zlib.compress(text.encode("ascii"), 6)


def unpack(data: bytes, what: str, read: Callable[[Any], T]) -> T:
    """What `read` makes of the JSON. Raises: ValueError if it is not what `pack` gave."""
    try:
        return read(json.loads(zlib.decompressobj().decompress(data, MAX_BYTES)))
    except (zlib.error, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"no {what}: {error}") from None
