"""What must not be in a kit: solutions, hidden tests, what is recorded, known wrong answers."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from grader.course.model import Course
from grader.course.seeds import FILE as SECRET_FILE
from grader.course.source import read_python
from grader.course.stubs import stub_for
from grader.kit.visible_suite import Function, is_marked, visible_texts
from grader.kit.wheel import packages

# A shorter line says nothing that could not stand in any program.
FEWEST_CHARACTERS = 20
_NAME = re.compile(r"^\s*(?:def|class) (test_\w+|[a-zA-Z]\w*__\w+)", re.MULTILINE)
_NOT_IN_A_WORD = r"(?:(?<!\w)|(?!\w))"


@dataclass(frozen=True)
class Secret:
    """A piece of text, on one line and single-spaced, and where the course has it."""

    text: str
    origin: str

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
        if isinstance(node, Function) and is_marked(node, "recorded"):
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
