"""Files on their way into a folder or out of one, and zip archives that are the same bytes whenever
they hold the same files."""

import io
import zipfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # a date that every zip can hold, and no clock of ours
_FILE, _PROGRAM = 0o100644, 0o100755
_UNIX = 3


def zipped(files: Mapping[str, bytes], programs: Collection[str] = ()) -> bytes:
    """A zip of files by name, in order; `programs` are those that may be executed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.create_system = _UNIX
            entry.external_attr = (_PROGRAM if name in programs else _FILE) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def kept(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a folder by its path in it, but for hidden ones and what Python left."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        passing = any(part.startswith(".") or part == "__pycache__" for part in parts)
        if path.is_file() and not passing and path.suffix != ".pyc":
            yield "/".join(parts), path.read_bytes()


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write them, by their paths, into a folder. Raises: OSError."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
