"""The grader as one wheel, and the versions that it needs: how a folder carries its own grader."""

import base64
import hashlib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distributions, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import grader
from grader.errors import UsageError
from grader.kit.archives import kept, zipped

NAME = "torchkata"
VENDOR, REQUIREMENTS = "vendor", "requirements.txt"
FILE = f"{NAME}-{grader.__version__}-py3-none-any.whl"
_COPIED = ("Metadata-Version", "Name", "Summary", "License-Expression", "Requires-Python")
_TAGS = b"Wheel-Version: 1.0\nGenerator: torchkata\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel() -> bytes:
    """A wheel of this grader; the same bytes every time.

    Raises: UsageError if this grader is not installed.
    """
    installed = _installed()
    info = f"{NAME}-{grader.__version__}.dist-info"
    files = dict(packages())
    files[f"{info}/METADATA"] = _metadata(installed).encode()
    files[f"{info}/WHEEL"] = _TAGS
    for name in ("entry_points.txt", "licenses/LICENSE"):
        if text := installed.read_text(name):
            files[f"{info}/{name}"] = text.encode()
    files[f"{info}/RECORD"] = _record(files, f"{info}/RECORD").encode()
    return zipped(files)


def vendored() -> dict[str, bytes]:
    """The wheel and the requirements that name it: what a folder needs to carry its own grader."""
    return {REQUIREMENTS: requirements().encode(), f"{VENDOR}/{FILE}": wheel()}


def requirements() -> str:
    """What `pip install --requirement` needs beside the wheel: what is installed here, pinned.

    Raises: UsageError if the grader or something it needs is not installed.
    """
    required = map(Requirement, _installed().requires or ())
    here = (each for each in required if not each.marker or each.marker.evaluate({"extra": ""}))
    pins = sorted({_pin(each.name) for each in here})
    return "".join(f"{line}\n" for line in [*pins, f"./{VENDOR}/{FILE}"])


def packages() -> Iterator[tuple[str, bytes]]:
    """Every file of the grader, by its path where it is installed; and none of the course."""
    around = Path(grader.__file__).parents[1]
    for package in ("grader", "torchkata"):
        yield from ((f"{package}/{name}", content) for name, content in kept(around / package))


def _installed() -> Distribution:
    """Of the records of this grader, that of an installation; a checkout may hold a stale one."""
    found = list(distributions(name=NAME))
    if not found:
        raise UsageError(f"{NAME} is not installed here: pip install it, then try again")
    return next((each for each in found if each.read_text("METADATA")), found[0])


def _metadata(installed: Distribution) -> str:
    """What pip reads, with the version of the code that is packed."""
    lines = [f"{key}: {installed.metadata[key]}" for key in _COPIED if key in installed.metadata]
    lines.append(f"Version: {grader.__version__}")
    extras = installed.metadata.get_all("Provides-Extra") or ()
    lines += sorted(f"Provides-Extra: {name}" for name in extras)
    lines += sorted(f"Requires-Dist: {text}" for text in installed.requires or ())
    return "\n".join([*lines, ""])


def _record(files: dict[str, bytes], own: str) -> str:
    """Every file with its hash and size; the record itself has neither."""
    lines = []
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
        lines.append(f"{name},sha256={digest.decode()},{len(content)}")
    return "\n".join([*sorted(lines), f"{own},,", ""])


def _pin(name: str) -> str:
    """What is installed, in the version that an index knows: without a local label such as +cpu."""
    try:
        return f"{canonicalize_name(name)}=={Version(version(name)).public}"
    except PackageNotFoundError:
        raise UsageError(f"{NAME} needs {name}, which is not installed: pip install it") from None
