"""A new exercise: everything is checked first, then all its files are written, or none."""

import ast
import builtins
import importlib.util
import keyword
import re
import sys
import tomllib
from contextlib import suppress
from pathlib import Path
from symtable import SymbolTable, symtable
from typing import Any

from grader.course import templates
from grader.course.entries import EXERCISE_HEADER, HEADER
from grader.course.model import COURSE_FILE, Course, find_whole_course, read_course, root_around
from grader.course.names import Name, name_in
from grader.course.stubs import Stub, both_forms, stub_of
from grader.course.templates import class_of, filled
from grader.errors import CourseError, UsageError

# What a suite calls on the learner's side is an exercise, except for these.
TAKEN = frozenset(
    "torch np numpy math pytest student reference device rng bring rebound parameter data".split()
)
TAKEN_UNITS = frozenset("wrong exercises solutions tests grader conftest".split())
WORTH = re.compile(r"(\s*points\s*=\s*)(\d+)")


def begin(text: str, folder: Path, *, broken: bool = False) -> list[str]:
    """Write the skeleton of UNIT.EXERCISE into the course around `folder`, or into a new one;
    if `broken`, of a program to mend. Returns what its author is told, in lines.

    Raises: UsageError or CourseError if that cannot be done; then nothing is changed.
    """
    name = _checked(text)
    first = root_around(folder) is None
    course = Course(folder, "", ()) if first else find_whole_course(folder)
    kept: list[Path] = []
    if name.unit not in course.everything:
        _check_new_unit(course, name.unit)
    elif name.exercise in course.everything[name.unit]:
        raise UsageError(f"there is already an exercise {name}: choose another name")
    else:
        former = _stubs(course, name.unit, _read(course.solution(name.unit)))
        kept = [stub.path for stub in former if stub.holds_work()]
    texts = {
        path: text for path, text in _texts(course, name, broken=broken).items() if path not in kept
    }
    if first:
        texts |= _around(course)
    _write(texts)
    written, left = ([path.relative_to(course.root) for path in paths] for paths in (texts, kept))
    return [
        *([f"A new course in {course.root}"] if first else []),
        *(f"written: {path}" for path in written),
        *(
            f"left alone, since it holds work: {p}; use grade sync --force to overwrite it"
            for p in left
        ),
        "It works as it is. Replace what is marked TODO, a little at a time, and try",
        f"  grade {name} --submission solutions   full marks for the solution",
        "  grade sync                  update the stub after you change the solution",
        "  grade audit                 what is still missing",
    ]


def _checked(text: str) -> Name:
    name = name_in(text)
    for word in (name.unit, name.exercise):
        if not (word.isascii() and word.isidentifier()) or keyword.iskeyword(word):
            raise UsageError(f"{text!r} is not of the form UNIT.EXERCISE, two Python names")
        if word.startswith("_") or "__" in word:
            raise UsageError(f"{word}: a name may not begin with _ or contain __")
    if hasattr(builtins, name.exercise) or name.exercise in TAKEN or name.exercise == name.unit:
        raise UsageError(f"an exercise {name.exercise} would hide something else of that name")
    return name


def _check_new_unit(course: Course, unit: str) -> None:
    for known in course.everything:
        if known.lower() == unit.lower():
            raise UsageError(
                f"{unit} and {known} would be one file on macOS and Windows: choose another name"
            )
    spec = None if unit in sys.modules else importlib.util.find_spec(unit)
    installed = unit in sys.modules or (spec is not None and spec.origin is not None)
    if installed or unit in sys.stdlib_module_names or unit in TAKEN | TAKEN_UNITS:
        raise UsageError(f"a unit {unit} would clash with the module {unit}: choose another name")
    theirs = (course.solution(unit), course.suite(unit), course.bank(unit))
    for path in (*theirs, course.stub(unit), course.notebook(unit)):
        if path.exists():
            raise UsageError(
                f"{path} is already there, but {COURSE_FILE} has no unit {unit}: "
                "nothing was written"
            )


def _around(course: Course) -> dict[Path, str]:
    """What a course has once; what is there already stays."""
    ignored, conftest = course.root / ".gitignore", course.suites_folder / "conftest.py"
    old = _read(ignored)
    missing = [line for line in templates.IGNORED.splitlines() if line not in old.splitlines()]
    texts = {conftest: templates.CONFTEST} if not conftest.exists() else {}
    if missing:
        lines = [*([old.rstrip()] if old.strip() else []), *missing, ""]
        texts[ignored] = _with_endings_of(old, "\n".join(lines))
    return texts


def _texts(course: Course, name: Name, *, broken: bool) -> dict[Path, str]:
    """The new text of each file of the unit, and of course.toml."""
    unit, solution, suite = name.unit, course.solution(name.unit), course.suite(name.unit)
    _check_free(name.exercise, solution)
    _check_free(class_of(name.exercise), suite)
    task = templates.TO_MEND if broken else templates.TO_WRITE
    written = _appended(solution, name, task)
    toml = _course_text(course, name)
    return {
        course.root / COURSE_FILE: toml,
        solution: written,
        suite: _appended(suite, name, templates.SUITE),
        course.bank(unit): _appended(course.bank(unit), name, templates.BANK),
        **{stub.path: stub.text for stub in _stubs(read_course(course.root, toml), unit, written)},
    }


def _stubs(course: Course, unit: str, solution: str) -> list[Stub]:
    text = stub_of(solution, str(course.solution(unit)))
    return both_forms(course, course.unit(unit), text)


def _read(path: Path) -> str:
    """Empty if there is no such file."""
    try:
        return path.read_bytes().decode("utf-8-sig") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}") from None


def _appended(path: Path, name: Name, text: str) -> str:
    """The text, without its head if it comes below what is there, whose line endings it takes."""
    old = _read(path)
    head, _, below = filled(text, name).partition("\n\n\n")
    whole = _with_endings_of(old, f"{old.rstrip() or head}\n\n\n{below}")
    return _importing(whole, path, head.rpartition("\n")[2])


def _with_endings_of(old: str, text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in old else text


def _check_free(word: str, path: Path) -> None:
    if word in _names_in(_read(path), path).get_identifiers():
        raise UsageError(f"{path} already has a {word}: choose another name")


def _names_in(text: str, path: Path) -> SymbolTable:
    """What a module defines, imports and uses at its top level."""
    try:
        return symtable(text, str(path), "exec")
    except SyntaxError as error:
        raise CourseError(f"{path}:{error.lineno}: {error.msg}") from None


def _importing(text: str, path: Path, line: str) -> str:
    """With what this line imports and the text does not, beside the other imports or else below
    the docstring. A line that imports nothing changes nothing."""
    (wanted,) = ast.parse(line).body
    if not isinstance(wanted, (ast.Import, ast.ImportFrom)):
        return text
    symbols = _names_in(text, path).get_symbols()
    imported = {symbol.get_name() for symbol in symbols if symbol.is_imported()}
    wanted.names = [alias for alias in wanted.names if alias.name not in imported]
    if not wanted.names:
        return text
    body = ast.parse(text).body
    imports = [node for node in body if isinstance(node, (ast.Import, ast.ImportFrom))]
    above = [*(node for node in body[:1] if isinstance(node, ast.Expr)), *imports][-1:]
    lines = text.split("\n")
    line = ast.unparse(wanted) + "\r" * ("\r\n" in text)
    lines.insert(above[0].end_lineno or 0 if above else 0, line)
    return "\n".join(lines)


def _course_text(course: Course, name: Name) -> str:
    """The text of course.toml with the new entry in it; all else as its author wrote it."""
    path = course.root / COURSE_FILE
    old, entry = _read(path), filled(templates.EXERCISE, name)
    if name.unit in course.everything:
        text = _inserted(old, list(course.everything).index(name.unit), entry)
    else:
        head = f"{old.rstrip()}\n" if old else templates.COURSE
        text = head + filled(templates.UNIT, name) + entry
    text = _with_endings_of(old, text)
    if not _adds(text, old, name, entry):
        raise CourseError(
            f"grade new cannot add to {path} as it is laid out: nothing was written. "
            "Write each unit as [[unit]] and each exercise as [[unit.exercise]]."
        )
    return text


def _inserted(old: str, index: int, entry: str) -> str:
    """The entry at the end of one unit, whose points are raised by those of the new tests."""
    lines = old.replace("\r\n", "\n").removesuffix("\n").split("\n")
    starts = [number for number, line in enumerate(lines) if HEADER.match(line)]
    if index >= len(starts):
        return old
    first, end = starts[index], [*starts[1:], len(lines)][index]
    for number in range(first, end):
        if EXERCISE_HEADER.match(lines[number]):
            break
        lines[number] = WORTH.sub(
            lambda found: f"{found[1]}{int(found[2]) + templates.POINTS}", lines[number], count=1
        )
    while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
        end -= 1  # blank lines and comments there belong to what follows
    return "\n".join([*lines[:end], *entry.rstrip().split("\n"), *lines[end:]]) + "\n"


def _adds(text: str, old: str, name: Name, entry: str) -> bool:
    """Does the new text mean the old one, the new exercise and its points, and nothing else?"""
    expected: dict[str, Any] = tomllib.loads(old or templates.COURSE)
    (exercise,) = tomllib.loads(entry)["unit"]["exercise"]
    units = expected.setdefault("unit", [])
    if into := next((unit for unit in units if unit["name"] == name.unit), None):
        into["points"] += templates.POINTS
        into["exercise"].append(exercise)
    else:
        units += tomllib.loads(filled(templates.UNIT, name))["unit"]
        units[-1]["exercise"] = [exercise]
    try:
        return tomllib.loads(text) == expected
    except tomllib.TOMLDecodeError:
        return False


def _write(texts: dict[Path, str]) -> None:
    """Write all files; if one cannot be written, or Ctrl-C comes between, all is put back."""
    folders: set[Path] = set()
    before: dict[Path, bytes | None] = {}
    try:
        for path, text in texts.items():
            folders |= {folder for folder in path.parents if not folder.exists()}
            path.parent.mkdir(parents=True, exist_ok=True)
            before[path] = path.read_bytes() if path.exists() else None
            path.write_bytes(text.encode("utf-8"))
    except BaseException as error:
        for changed, data in before.items():
            with suppress(OSError):  # what failed first is what the author has to know
                if data is None:
                    changed.unlink(missing_ok=True)
                elif changed.read_bytes() != data:
                    changed.write_bytes(data)
        for folder in sorted(folders, reverse=True):
            with suppress(OSError):
                folder.rmdir()
        if isinstance(error, OSError):
            said = f"cannot write {path}: {error.strerror}; nothing was changed"
            raise UsageError(said) from None
        raise
