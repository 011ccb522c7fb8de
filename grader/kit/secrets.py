"""What must not be in a kit: solutions, hidden tests, what is recorded, known wrong answers."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.course import templates
from grader.course.model import Course
from grader.course.seeds import FILE as SECRET_FILE
from grader.course.stubs import stub_for
from grader.course.wrong_answers import read_bank
from grader.kit.visible_suite import is_function, is_marked, read_python, visible_texts
from grader.kit.wheel import package

# A shorter line says nothing that could not stand in any program.
FEWEST_CHARACTERS = 20


@dataclass(frozen=True)
class Secret:
    """A piece of text, on one line and single-spaced, and where the course has it."""

    text: str
    origin: str

    def is_in(self, text: str) -> bool:
        """Is it in a single-spaced text, as whole words?"""
        start = text.find(self.text)
        while start >= 0:
            before, after = text[start - 1 : start], text[start + len(self.text) :][:1]
            joined = (before + self.text[0], self.text[-1] + after)
            if not any(re.fullmatch(r"\w\w", pair) for pair in joined):
                return True
            start = text.find(self.text, start + 1)
        return False


def single_spaced(text: str) -> str:
    return " ".join(text.split())


_SKELETON = single_spaced(templates.SOLUTION)


def secrets_of(course: Course) -> list[Secret]:
    """Every line that learners are not to have, and every name.

    Raises: CourseError if a part of the course is missing or broken.
    """
    units = [unit.name for unit in course.units]
    texts = {path: read_python(path) for path in _private(course)}
    shown = [text.decode() for unit in units for text in visible_texts(course, unit).values()]
    stubs = single_spaced(" ".join(stub_for(course, unit).text for unit in units))
    program = [content.decode() for name, content in package() if name.endswith(".py")]
    anyones = single_spaced(" ".join([stubs, *program]))
    told = single_spaced(" ".join(s for text in [*texts.values(), *shown] for s in _told(text)))
    # Each text, and what of it may be shown: a later line takes the place of the one before.
    searched = [
        *((path, text, anyones + single_spaced(" ".join(shown))) for path, text in texts.items()),
        *(
            (path, "\n".join(_bodies(text, hidden_tests=True)), anyones + _open(shown))
            for path, text in texts.items()
            if path.parent == course.suites_folder
        ),
        *(
            (course.solution(unit), texts[course.solution(unit)], stubs + _SKELETON)
            for unit in units
        ),
    ]
    lines = {
        line: Secret(line, path.relative_to(course.root).as_posix())
        for path, text, known in searched
        for line in sorted(_lines(text))
        if line not in known and line not in told
    }
    named = set().union(*map(_tests, [templates.SUITE, *shown]))
    return [*lines.values(), *_names(course, named), *_variants(course)]


def _private(course: Course) -> list[Path]:
    """Every file of Python that learners do not get."""
    folders = course.solutions_folder, course.suites_folder, course.accepted_folder
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def _open(shown: list[str]) -> str:
    """What is shown, without what stands in recorded functions there: nothing should."""
    texts = []
    for text in shown:
        for body in _bodies(text, hidden_tests=False):
            text = text.replace(body, "")
        texts.append(text)
    return single_spaced(" ".join(texts))


def _bodies(text: str, *, hidden_tests: bool) -> list[str]:
    """What recorded functions do, and hidden tests are, statement by statement."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if is_function(node):
            if is_marked(node, "recorded"):
                found += node.body[ast.get_docstring(node) is not None :]
            elif hidden_tests and node.name.startswith("test_") and not is_marked(node, "visible"):
                found += node.body
    return [ast.get_source_segment(text, part) or "\0" for part in found]


def _told(text: str) -> Iterator[str]:
    """What learners are told when a test fails: it may quote code."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


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


def _names(course: Course, shown: set[str]) -> Iterator[Secret]:
    """The names of hidden tests and of wrong answers."""
    for unit in course.units:
        suite, bank = course.suite(unit.name), course.bank(unit.name)
        for name in sorted(_tests(suite.read_text(encoding="utf-8")) - shown):
            yield Secret(name, suite.relative_to(course.root).as_posix())
        for answer in read_bank(course, unit.name):
            yield Secret(answer.name, bank.relative_to(course.root).as_posix())


def _tests(text: str) -> set[str]:
    return set(re.findall(r"def (test_\w+)", text))


def _variants(course: Course) -> Iterator[Secret]:
    """What the inputs of variants follow from."""
    path = course.root / SECRET_FILE
    if path.is_file() and (text := single_spaced(path.read_text(encoding="utf-8"))):
        yield Secret(text, SECRET_FILE)
