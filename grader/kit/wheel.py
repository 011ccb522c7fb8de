"""The grader as one wheel, and the versions that it needs: how a folder carries its own grader."""

import base64
import hashlib
import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distributions, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

import grader
from grader.errors import UsageError
from grader.kit.archives import kept, zipped

NAME = "torchkata"
VENDOR = "vendor"
_COPIED = ("Summary", "License-Expression", "Requires-Python")
_TAGS = b"Wheel-Version: 1.0\nGenerator: torchkata\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel() -> tuple[str, bytes]:
    """The file name and the bytes of a wheel of this grader; the same bytes every time.

    Raises: UsageError if this grader is not installed.
    """
    installed = _installed()
    info = f"{NAME}-{grader.__version__}.dist-info"
    files = {f"grader/{name}": content for name, content in package()}
    files[f"{info}/METADATA"] = _metadata(installed).encode()
    files[f"{info}/WHEEL"] = _TAGS
    files[f"{info}/entry_points.txt"] = _entry_points(installed).encode()
    if text := installed.read_text("licenses/LICENSE"):
        files[f"{info}/licenses/LICENSE"] = text.encode()
    files[f"{info}/RECORD"] = _record(files, f"{info}/RECORD").encode()
    return file_name(), zipped(files)


def file_name() -> str:
    return f"{NAME}-{grader.__version__}-py3-none-any.whl"


def requirements() -> str:
    """What `pip install --requirement` needs beside the wheel: what is installed here, pinned.

    Raises: UsageError if the grader or something it needs is not installed.
    """
    pins = sorted(f"{name}=={_released(name)}" for name in _needed(_installed()))
    return "".join(f"{line}\n" for line in [*pins, f"./{VENDOR}/{file_name()}"])


def _installed() -> Distribution:
    """Of the records of this grader, that of an installation; a checkout may hold a stale one."""
    found = list(distributions(name=NAME))
    if not found:
        raise UsageError(f"{NAME} is not installed here: pip install it, then try again")
    return next((each for each in found if each.read_text("METADATA")), found[0])


def package() -> Iterator[tuple[str, bytes]]:
    """Every file of the grader, by its path in it."""
    return kept(Path(grader.__file__).parent)


def _metadata(installed: Distribution) -> str:
    """What pip reads, with the version of the code that is packed."""
    lines = ["Metadata-Version: 2.4", f"Name: {NAME}", f"Version: {grader.__version__}"]
    lines += [f"{key}: {installed.metadata[key]}" for key in _COPIED if key in installed.metadata]
    lines += sorted(f"Requires-Dist: {text}" for text in installed.requires or ())
    return "\n".join([*lines, ""])


def _entry_points(installed: Distribution) -> str:
    scripts = installed.entry_points.select(group="console_scripts")
    lines = sorted(f"{script.name} = {script.value}" for script in scripts)
    return "\n".join(["[console_scripts]", *lines, ""])


def _record(files: dict[str, bytes], own: str) -> str:
    """Every file with its hash and size; the record itself has neither."""
    lines = [f"{name},sha256={_hash(content)},{len(content)}" for name, content in files.items()]
    return "\n".join([*sorted(lines), f"{own},,", ""])


def _hash(content: bytes) -> str:
    digest = hashlib.sha256(content).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _needed(installed: Distribution) -> set[str]:
    """What it requires on this machine, by normalised name; no extras."""
    required = [Requirement(text) for text in installed.requires or ()]
    here = [each for each in required if not each.marker or each.marker.evaluate({"extra": ""})]
    return {re.sub(r"[-_.]+", "-", each.name).lower() for each in here}


def _released(name: str) -> str:
    """Its version as an index knows it, without a local label such as +cpu."""
    try:
        return Version(version(name)).public
    except PackageNotFoundError:
        raise UsageError(f"{NAME} needs {name}, which is not installed: pip install it") from None
