"""Files on their way out of a folder, and zip archives that are the same bytes whenever they hold
the same files."""

import io
import zipfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

_FILE, _PROGRAM = 0o100644, 0o100755
_UNIX = 3


def zipped(files: Mapping[str, bytes], programs: Collection[str] = ()) -> bytes:
    """A zip of files by name, in order; `programs` are those that may be executed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name)  # of 1980, and no clock of ours
            entry.create_system = _UNIX
            entry.external_attr = (_PROGRAM if name in programs else _FILE) << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def kept(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a folder by its path in it, but for hidden ones and what Python left."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        passing = any(part.startswith(".") or part == "__pycache__" for part in parts)
        if path.is_file() and not passing and path.suffix != ".pyc":
            yield "/".join(parts), path.read_bytes()
