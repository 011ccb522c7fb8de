"""A new exercise: everything is checked first, then all its files are written, or none."""

import ast
import builtins
import importlib.util
import keyword
import re
import sys
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course import templates
from grader.course.model import COURSE_FILE, Course, Unit, course_of, find_whole_course
from grader.course.names import name_in
from grader.course.stub_notebook import notebook_of
from grader.course.stubs import Stub, stub_of
from grader.course.templates import filled
from grader.errors import CourseError, UsageError

# What a suite calls on the learner's side is an exercise, except for these.
TAKEN = frozenset("torch np numpy math pytest student reference device rng bring rebound".split())
TAKEN_UNITS = frozenset("wrong exercises solutions tests grader conftest".split())
HEADER = re.compile(r"\s*\[\[\s*unit\s*\]\]")
EXERCISE_HEADER = re.compile(r"\s*\[\[\s*unit\s*\.\s*exercise\s*\]\]")
WORTH = re.compile(r"(\s*points\s*=\s*)(\d+)")


@dataclass(frozen=True)
class Begun:
    """What was written, relative to the course's root; `first` if it made the course."""

    root: Path
    first: bool
    written: tuple[Path, ...]
    next_steps: tuple[str, ...]


def begin(name: str, folder: Path) -> Begun:
    """Write the skeleton of UNIT.EXERCISE into the course around `folder`, or into a new one.

    Raises: UsageError or CourseError if that cannot be done; then nothing is changed.
    """
    unit, exercise = _names(name)
    root = next((f for f in (folder, *folder.parents) if (f / COURSE_FILE).is_file()), None)
    course = find_whole_course(folder) if root else Course(folder, "", ())
    known = next((u for u in course.units if u.name == unit), None)
    if known is None:
        _check_unit(unit)
    elif exercise in [e.name for e in known.exercises]:
        raise UsageError(f"there is an exercise {unit}.{exercise} already: choose another name")
    texts, kept = _texts(course, known, unit, exercise)
    if root is None:
        texts |= _around(folder)
    _write(texts)
    return Begun(
        course.root,
        root is None,
        tuple(path.relative_to(course.root) for path in texts),
        (*kept, *_next_steps(unit, exercise)),
    )


def _around(root: Path) -> dict[Path, str]:
    """What a course has once; what is there already stays."""
    ignored, conftest = root / ".gitignore", root / "tests" / "hidden" / "conftest.py"
    old = _read(ignored)
    missing = [line for line in templates.IGNORED.splitlines() if line not in old.splitlines()]
    texts = {conftest: templates.CONFTEST} if not conftest.exists() else {}
    if missing:
        lines = [*([old.rstrip()] if old.strip() else []), *missing, ""]
        texts[ignored] = _with_endings_of(old, "\n".join(lines))
    return texts


def _next_steps(unit: str, exercise: str) -> tuple[str, ...]:
    return (
        "It works as it is. Replace what is marked TODO, a little at a time, and try",
        f"  grade {unit}.{exercise} --submission solutions   full marks for the solution",
        "  grade sync                  the stub, once the solution has changed",
        "  grade audit                 what is still missing",
    )


def _names(text: str) -> tuple[str, str]:
    name = name_in(text)
    unit, exercise = name.unit, name.exercise
    for word in (unit, exercise):
        if not (word.isascii() and word.isidentifier()) or keyword.iskeyword(word):
            raise UsageError(f"{text!r} is not of the form UNIT.EXERCISE, two Python names")
        if word.startswith("_") or "__" in word:
            raise UsageError(f"{word}: names neither begin with _ nor have __ in them")
    if hasattr(builtins, exercise) or exercise in TAKEN or exercise == unit:
        raise UsageError(f"an exercise {exercise} would hide something else of this name")
    return unit, exercise


def _check_unit(unit: str) -> None:
    spec = None if unit in sys.modules else importlib.util.find_spec(unit)
    installed = unit in sys.modules or (spec is not None and spec.origin is not None)
    if installed or unit in sys.stdlib_module_names or unit in TAKEN | TAKEN_UNITS:
        raise UsageError(f"a unit {unit} would clash with the module {unit}: choose another name")


def _texts(
    course: Course, known: Unit | None, unit: str, exercise: str
) -> tuple[dict[Path, str], tuple[str, ...]]:
    """The new text of each file, and what to say of one that is left alone."""
    solution = course.solution(unit)
    suite, bank = course.suite(unit), course.bank(unit)
    stub, notebook = course.stub(unit), course.notebook(unit)
    if known is None:
        files = (solution, suite, bank, stub, notebook)
        there = next((path for path in files if path.exists()), None)
        if there is not None:
            raise UsageError(
                f"{there} is already there, but {COURSE_FILE} has no unit {unit}: nothing written"
            )
    old = {path: _read(path) for path in (solution, suite, bank, stub)}
    texts = {
        course.root / COURSE_FILE: _course_text(course, known, unit, exercise),
        solution: _appended(
            old[solution], templates.SOLUTION_HEAD, templates.SOLUTION, unit, exercise
        ),
        suite: _appended(old[suite], templates.SUITE_HEAD, templates.SUITE, unit, exercise),
        bank: _appended(old[bank], templates.BANK_HEAD, templates.BANK, unit, exercise),
    }
    texts[solution] = _importing(texts[solution], solution, None, ("torch",))
    texts[suite] = _importing(texts[suite], suite, "grader.suite", templates.SUITE_NAMES)
    _check_defined(old, solution, exercise)
    _check_defined(old, suite, templates.class_of(exercise))
    former, made = (stub_of(text, str(solution)) for text in (old[solution], texts[solution]))
    begun = course_of(course.root, texts[course.root / COURSE_FILE])
    stubs = {stub: made, notebook: notebook_of(made, begun, begun.unit(unit))}
    kept = [stub] if Stub(stub, former).holds_work() else []
    if known and Stub(notebook, notebook_of(former, course, known)).holds_work():
        kept.append(notebook)
    texts |= {path: text for path, text in stubs.items() if path not in kept}
    return texts, tuple(
        f"left alone, since it holds work: {path.relative_to(course.root)}; "
        "grade sync --force makes it anew"
        for path in kept
    )


def _read(path: Path) -> str:
    """Empty if there is no such file."""
    try:
        return path.read_bytes().decode("utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}") from None


def _appended(old: str, head: str, text: str, unit: str, exercise: str) -> str:
    """Below what is there, or below the head of a new file, with its kind of line endings."""
    begin = filled(head, unit, exercise) if not old.strip() else f"{old.rstrip()}\n"
    return _with_endings_of(old, begin + filled(text, unit, exercise))


def _with_endings_of(old: str, text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in old else text


def _check_defined(old: dict[Path, str], path: Path, name: str) -> None:
    if name in _bound(_body(old[path], path)):
        raise UsageError(f"{path} has a {name} already: choose another name")


def _body(text: str, path: Path) -> list[ast.stmt]:
    try:
        return ast.parse(text).body
    except SyntaxError as error:
        raise CourseError(f"{path}:{error.lineno}: {error.msg}") from None


def _bound(body: list[ast.stmt]) -> set[str]:
    """The names that a module gives to something."""
    names = set()
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(a.asname or a.name).partition(".")[0] for a in node.names}
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            names |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return names


def _importing(text: str, path: Path, module: str | None, names: tuple[str, ...]) -> str:
    """With what is not imported yet, beside the other imports."""
    body = _body(text, path)
    imports = [node for node in body if isinstance(node, (ast.Import, ast.ImportFrom))]
    bound = {alias.asname or alias.name for node in imports for alias in node.names}
    if not (missing := [name for name in names if name not in bound]):
        return text
    lines = text.split("\n")
    after = imports[-1].end_lineno if imports else _docstring_end(body)
    line = f"from {module} import {', '.join(missing)}" if module else f"import {missing[0]}"
    lines.insert(after or 0, f"{line}\r" if "\r\n" in text else line)
    return "\n".join(lines)


def _docstring_end(body: list[ast.stmt]) -> int:
    first = body[0]
    docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return first.end_lineno or 0 if docstring else 0


def _course_text(course: Course, known: Unit | None, unit: str, exercise: str) -> str:
    """The text of course.toml with the new entry in it; all else as its author wrote it."""
    path = course.root / COURSE_FILE
    old = _read(path)
    entry = filled(templates.EXERCISE, unit, exercise)
    if known is None:
        head = f"{old.rstrip()}\n" if old else templates.COURSE
        text = head + filled(templates.UNIT, unit, exercise) + entry
    else:
        text = _inserted(old, course.units.index(known), entry)
    text = _with_endings_of(old, text)
    if not _says(text, old, known, unit, entry):
        raise CourseError(
            f"{path} is laid out in a way that grade new cannot add to: nothing was written. "
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


def _says(text: str, old: str, known: Unit | None, unit: str, entry: str) -> bool:
    """Does the new text mean the old one, the new exercise and its points, and nothing else?"""
    expected: dict[str, Any] = tomllib.loads(old or templates.COURSE)
    (exercise,) = tomllib.loads(entry)["unit"]["exercise"]
    if known is None:
        (added,) = tomllib.loads(filled(templates.UNIT, unit, ""))["unit"]
        expected.setdefault("unit", []).append(added | {"exercise": [exercise]})
    else:
        into = next(u for u in expected["unit"] if u["name"] == unit)
        into["points"] += templates.POINTS
        into["exercise"].append(exercise)
    try:
        return tomllib.loads(text) == expected
    except tomllib.TOMLDecodeError:
        return False


def _write(texts: dict[Path, str]) -> None:
    """Write all files; if one cannot be written, all is put back."""
    before: list[tuple[Path, bytes | None]] = []
    made: list[Path] = []
    try:
        for path, text in texts.items():
            absent = [folder for folder in path.parents if not folder.exists()]
            for folder in reversed(absent):
                folder.mkdir()
                made.append(folder)
            before.append((path, path.read_bytes() if path.exists() else None))
            path.write_bytes(text.encode("utf-8"))
    except BaseException as error:  # Ctrl-C as well
        for done, data in before:
            _restore(done, data)
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
        if isinstance(error, OSError):
            said = f"cannot write {path}: {error.strerror}; nothing was changed"
            raise UsageError(said) from None
        raise


def _restore(path: Path, data: bytes | None) -> None:
    with suppress(OSError):  # what failed first is what the author has to know
        if data is None:
            path.unlink(missing_ok=True)
        elif path.read_bytes() != data:
            path.write_bytes(data)
