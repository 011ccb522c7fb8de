"""`grade kit --check`: searches a kit for what learners are not to have: solutions, hidden tests,
what is recorded, known wrong answers.

A kit is known to the byte. So each file in it, and each object of its git repository, must be one
that `grade kit` makes, or plain text, whose lines are searched. `.venv` is passed over.
"""

import ast
import io
import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.course.model import Course, read_course
from grader.course.seeds import FILE as SECRET_FILE
from grader.course.source import marks, read_python
from grader.course.stubs import stub_for
from grader.errors import CourseError, UsageError
from grader.judge.options import OnProgress, ignore
from grader.kit.make import kit_files
from grader.kit.visible_suite import Function, visible_texts
from grader.kit.wheel import packages

MAX_BYTES = 64 * 1024 * 1024
_GIT, _VENV = ".git", ".venv"
_ELSEWHERE = ("modules", "lfs", "annex")  # where git keeps what is no object of this repository
_FOLDER, _FILES = b"40000", (b"100644", b"100755")  # other modes are links and submodules
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # but for ends of lines and for colours
_REFUSED = b"\0"  # what there is no need to look into
# A shorter line says nothing that could not stand in any program.
FEWEST_CHARACTERS = 20
_NAME = re.compile(r"^\s*(?:def|class) (test_\w+|[a-zA-Z]\w*__\w+)", re.MULTILINE)
_NOT_IN_A_WORD = r"(?:(?<!\w)|(?!\w))"


def leaks(course: Course, folder: Path, on_unit: OnProgress = ignore) -> list[str]:
    """A line for each file that holds something secret, or may: where, what, and whence it comes.

    Raises: UsageError if there is no such folder or its history cannot be read; CourseError if no
    kit can be made of the course.
    """
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}")
    kit, secrets = kit_files(course, on_unit), secrets_of(course)
    folders = course.solutions_folder, course.suites_folder, course.accepted_folder
    private = {folder.name for folder in folders}

    def problem(where: str, data: bytes) -> str | None:
        stub = kit.get(where) if where.startswith(f"{course.exercises_folder.name}/") else None
        if stub is not None and data.replace(b"\r\n", b"\n") != stub:
            return f"{where} differs from what grade sync makes: does it hold an answer?"
        if private & {*where.split("/")[:-1]}:
            return f"{where} is part of the course that learners do not get"
        text = _text(data)
        if text is None and data not in kit.values():
            return f"{where} is not something a kit holds: neither plain text nor made by grade kit"
        for spelling in map(single_spaced, (where, *_spellings(text or ""))):
            words = {"", *spelling.split()}
            possible = (secret for secret in secrets if secret.inner in words)
            if secret := next((secret for secret in possible if secret.is_in(spelling)), None):
                return f"{where} holds a line of {secret.origin}: {secret.text}"
        return None

    held = [*_files(folder), *_objects(folder)]
    return sorted(found for where, data in held if (found := problem(where, data)))


def part_in(folder: Path, course: Course) -> Course:
    """The part of the course that a kit was made of, as its course.toml has it."""
    try:
        units = [unit.name for unit in read_course(folder).units]
    except CourseError:
        return course
    return course.only([unit for unit in units if unit in course.everything])


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file by its path, with its bytes."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if name.parts[0] not in (_GIT, _VENV):
            closed = not os.access(path, os.R_OK) or os.path.getsize(path) > MAX_BYTES
            odd = closed or path.is_symlink() or (path / _GIT).exists()
            if odd or not path.is_dir():
                yield name.as_posix(), path.read_bytes() if path.is_file() and not odd else _REFUSED


def _objects(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every object that git has, whether or not a branch leads to it; of folders, the names."""
    if not (folder / _GIT).exists():
        return
    kept = Path(os.fsdecode(_git(folder, "rev-parse", "--absolute-git-dir").removesuffix(b"\n")))
    yield from ((f"{_GIT}/{place}", _REFUSED) for place in _ELSEWHERE if (kept / place).exists())
    objects = io.BytesIO(_git(folder, "cat-file", "--batch-all-objects", "--batch"))
    while header := objects.readline():
        name, kind, size = header.decode().split()
        where, data = f"history: {kind} {name[:12]}", objects.read(int(size) + 1)[:-1]
        if kind != "tree":
            yield where, data
            continue
        for mode, entry in re.findall(rb"(\d+) ([^\0]+)\0[\s\S]{%d}" % (len(name) // 2), data):
            path = f"{where}/{entry.decode('utf-8', 'replace')}" + "/" * (mode == _FOLDER)
            yield path, b"" if mode in (_FOLDER, *_FILES) else _REFUSED


def _git(folder: Path, *arguments: str) -> bytes:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "--no-replace-objects", "-C", str(folder), *arguments]
    try:
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, env=ours).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise UsageError(f"the history of {folder} cannot be searched: {error}") from None


def _text(data: bytes) -> str | None:
    """Plain text; None for anything else."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text


def _spellings(text: str) -> Iterator[str]:
    """The text; of JSON also without escapes, and then with the strings of lists put together."""
    yield text
    try:
        plain = json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return
    yield (plain := plain.replace(r"\n", "\n").replace(r"\t", "\t").replace(r"\"", '"'))
    yield plain.replace('", "', "")


# What is secret


@dataclass(frozen=True)
class Secret:
    """A piece of text, on one line and single-spaced, and where the course has it."""

    text: str
    origin: str

    @cached_property
    def inner(self) -> str:
        """Its longest word but for the first and the last: texts that hold it have that whole."""
        return max(self.text.split()[1:-1], key=len, default="")

    def is_in(self, text: str) -> bool:
        """Is it in a single-spaced text, as whole words?"""
        if self.text not in text:
            return False
        whole = _NOT_IN_A_WORD + re.escape(self.text) + _NOT_IN_A_WORD
        return re.search(whole, text) is not None


def single_spaced(*texts: str) -> str:
    return " ".join(word for text in texts for word in text.split())


def secrets_of(course: Course) -> list[Secret]:
    """Every line that learners are not to have, and the names of hidden tests and wrong answers.

    Raises: CourseError if a part of the course is missing or broken.
    """
    private = _private(course)
    programs = [text for path, text in private.items() if path.suffix == ".py"]
    units = [unit.name for unit in course.units]
    every = [*units, *(unit.name for unit in course.omitted)]
    stubs = single_spaced(*(stub_for(course, unit).text for unit in every))
    shown = [text.decode() for unit in units for text in visible_texts(course, unit).values()]
    tests = single_spaced(*map(_without_recorded, shown))
    told = single_spaced(*map(_told, [*programs, *shown]))
    grader = "\n".join(text.decode() for name, text in packages() if name.endswith((".py", ".txt")))
    known_lines = _lines(grader)
    known_names = set(_NAME.findall("\n".join([grader, *shown])))
    solutions = {course.solution(unit) for unit in every}
    found: dict[str, str] = {}
    for path, text in private.items():
        readable = stubs if path in solutions else stubs + tests
        lines = _lines(text) - known_lines
        lines = {line for line in lines if line not in readable and line not in told}
        names = set(_NAME.findall(text)) - known_names
        found |= dict.fromkeys(sorted(lines | names), path.relative_to(course.root).as_posix())
    seed = course.home / SECRET_FILE
    if seed.is_file() and (text := single_spaced(seed.read_text(encoding="utf-8"))):
        found[text] = SECRET_FILE
    return [Secret(text, origin) for text, origin in found.items()]


def _private(course: Course) -> dict[Path, str]:
    """Every text that learners do not get; of the equivalents each answer on a line of its own."""
    folders = course.solutions_folder, course.suites_folder, course.accepted_folder
    programs = sorted(path for folder in folders for path in folder.rglob("*.py"))
    texts = {path: read_python(path)[0] for path in programs}
    if course.equivalents_file.is_file():
        text = course.equivalents_file.read_text(encoding="utf-8")
        texts[course.equivalents_file] = text.replace('"', "\n")
    return texts


def _told(text: str) -> str:
    """What learners are told when a test fails: it may quote code."""
    strings = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
    return "\n".join(string for string in strings if isinstance(string, str))


def _without_recorded(text: str) -> str:
    """A visible suite without what recorded functions do, should any of it stand there."""
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Function) and "recorded" in marks(node):
            for part in node.body[ast.get_docstring(node) is not None :]:
                for number in range(part.lineno - 1, part.end_lineno or 0):
                    lines[number] = ""
    return "\n".join(lines)


def _lines(text: str) -> set[str]:
    """Those that say something: neither short ones, nor imports, nor the heads of blocks."""
    lines = {single_spaced(line.partition("  # ")[0]) for line in text.splitlines()}
    return {
        line
        for line in lines
        if len(line) >= FEWEST_CHARACTERS
        and line[-1] != ":"
        and not line.startswith(("import ", "from "))
    }
