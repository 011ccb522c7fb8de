"""`torchkata start`: the folder of somebody who learns alone, with neither suites nor answers."""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import grader
from grader.course.folder import FILE, Folder, block_in, digest, write_folder
from grader.course.model import COURSE_FILE, Course
from grader.course.stubs import stubs_of
from grader.course.unit_files import Layout, pieces_in
from grader.course.writing import write_files
from grader.errors import CourseError, UsageError
from grader.kit.pages import LEARNER, contract, pages, words_of

_OF_A_KIT = ("AGENTS.md", ".gitignore", ".vscode/")  # which serve a learner's folder as well
_SETTINGS, _OWN = ".vscode/settings.json", '"${workspaceFolder}/.venv"'
_MAY_BE_THERE = {".git", ".venv"}  # what somebody may have prepared


def folder_files(course: Course) -> dict[str, bytes]:
    """Every file of a learner's folder by its path, but for the mark; the same bytes each time, as
    long as the grader stays where it is."""
    words = words_of(course)
    files = {name: page for name, page in pages(words).items() if name.startswith(_OF_A_KIT)}
    files |= {**pages(words, LEARNER), **contract(course)}
    if Path(sys.prefix).resolve() != (course.home / ".venv").resolve():
        settings = files[_SETTINGS].decode().replace(_OWN, json.dumps(sys.executable))
        files[_SETTINGS] = settings.encode()  # an editor has to find this grader
    files |= {f"exercises/{stub.path.name}": stub.text.encode() for stub in stubs_of(course)}
    return dict(sorted(files.items()))


def mark_of(course: Course, files: Mapping[str, bytes]) -> Folder:
    """The mark of a folder in which these files were laid out."""
    blocks = {}
    for name, identity in course.ids.items():
        unit, _, exercise = name.partition(".")
        block = block_in(files[f"exercises/{unit}.py"].decode(), exercise)
        if block is None:
            raise CourseError(f"the stub of {unit} does not define {exercise}")
        blocks[identity] = digest(block)
    mark = Folder(
        course.title,
        grader.__version__,
        blocks,
        {name: digest(content) for name, content in files.items()},
        {identity: name for name, identity in course.ids.items() if name != identity},
    )
    return replace(mark, pieces=pieces_in(files, mark))


def layout_of(course: Course) -> Layout:
    files = folder_files(course)
    return Layout(files, mark_of(course, files))


def lay_out(course: Course, folder: Path) -> None:
    """Make a learner's folder; the mark comes last, so that what was broken off can be repeated.

    Raises: UsageError, with nothing written, if other things are there.
    """
    _check_place(folder)
    layout = layout_of(course)
    _check_contents(folder, layout.files)
    try:
        write_files(layout.files, folder)
        write_folder(folder, layout.mark)
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be written: {error.strerror}") from None


def _check_place(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name a new folder")
    if (folder / FILE).exists():
        raise UsageError(f"{folder} is laid out already: `torchkata update` brings it up to date")
    if (folder / COURSE_FILE).exists():
        raise UsageError(f"{folder} is the folder of a course, and can be worked in as it is")


def _check_contents(folder: Path, files: Mapping[str, bytes]) -> None:
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        name = path.relative_to(folder)
        if name.parts[0] in _MAY_BE_THERE or (path.is_dir() and not path.is_symlink()):
            continue
        known = files.get(name.as_posix())
        if known is None or path.is_symlink() or not path.is_file() or known != path.read_bytes():
            raise UsageError(f"{folder} holds other things, such as {name}: name a new folder")
