"""Every text that is in a file: as it is, in archives and compressed data, and in JSON."""

import bz2
import io
import json
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, Any

MAX_BYTES = 64 * 1024 * 1024
_DEEPEST = 4
_COMPRESSED: dict[bytes, Callable[[], Any]] = {
    b"\x1f\x8b": partial(zlib.decompressobj, zlib.MAX_WBITS | 16),
    b"\x78": zlib.decompressobj,
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\x00": lzma.LZMADecompressor,
}
_SEALED = {b"7z\xbc\xaf": "7z", b"Rar!": "rar", b"\x28\xb5\x2f\xfd": "zstd"}
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class Unsearchable(Exception):
    """Why nobody can say what is in there."""


def texts(data: bytes, depth: int = 0) -> Iterator[str]:
    """Raises: Unsearchable for what is packed too deep, too large, broken or locked."""
    if depth > _DEEPEST:
        raise Unsearchable("is packed too many times over")
    text = data.decode(_WIDE.get(data[:2], "utf-8"), "replace")
    yield text
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        try:
            yield "\n".join(_strings(json.loads(text.lstrip("\ufeff"))))
        except (ValueError, RecursionError):
            pass
    for part in _unpacked(data):
        yield from texts(part, depth + 1)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield "".join(item for item in value if isinstance(item, str))
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(key)
            yield from _strings(item)


def _unpacked(data: bytes) -> Iterator[bytes]:
    if kind := _SEALED.get(data[:4]):
        raise Unsearchable(f"is a {kind} archive")
    compressed = next((new for magic, new in _COMPRESSED.items() if data.startswith(magic)), None)
    try:
        if data[:4] == b"PK\x03\x04" or zipfile.is_zipfile(io.BytesIO(data)):
            yield from _zipped(data)
        elif data[257:262] == b"ustar":
            yield from _archived(data)
        elif compressed is not None:
            yield from _decompressed(data, compressed())
    except (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise Unsearchable(f"is broken: {error}") from None
    except RuntimeError as error:  # of zipfile, for what is locked with a password
        raise Unsearchable(f"is locked: {error}") from None


def _zipped(data: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            yield entry.filename.encode("utf-8", "replace")
            with archive.open(entry) as member:
                yield _read(member)


def _archived(data: bytes) -> Iterator[bytes]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for entry in archive:
            yield entry.name.encode("utf-8", "replace")
            member = archive.extractfile(entry) if entry.isfile() else None
            if member is not None:
                yield _read(member)


def _decompressed(data: bytes, stream: Any) -> Iterator[bytes]:
    try:
        plain = stream.decompress(data, MAX_BYTES + 1)
    except (zlib.error, OSError, lzma.LZMAError):
        return  # it only begins as such data do
    yield _bounded(plain)
    if not stream.eof:
        raise Unsearchable("is cut off")
    if stream.unused_data:
        yield stream.unused_data


def _read(file: IO[bytes]) -> bytes:
    return _bounded(file.read(MAX_BYTES + 1))


def _bounded(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise Unsearchable(f"holds more than {MAX_BYTES >> 20} MiB")
    return data
