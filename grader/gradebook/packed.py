"""Reports and texts as bytes that give the very same back: JSON, packed."""

import json
import zlib
from collections.abc import Mapping, Sequence

from grader.report import Report, kept, restored

MAX_BYTES = 64 << 20  # of a report, unpacked


def pack(report: Report) -> bytes:
    """In ASCII, so that whatever a learner wrote can be kept, and without what is None."""
    text = json.dumps(report, default=kept, separators=(",", ":"))
    return zlib.compress(text.encode("ascii"), 6)


def unpack(data: bytes) -> Report:
    """Raises: ValueError if it is not what `pack` gave."""
    try:
        text = zlib.decompressobj().decompress(data, MAX_BYTES)
        report: Report = restored(Report, json.loads(text))
    except (zlib.error, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"no report: {error}") from None
    return report


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
