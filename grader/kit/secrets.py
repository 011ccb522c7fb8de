"""What must not be in a kit: solutions, hidden tests, what is recorded, known wrong answers."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader import skeleton
from grader.bank import read_bank
from grader.course import Course
from grader.kit.making import visible_texts
from grader.kit.wheel import package
from grader.stubs import stub_for

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
            end = start + len(self.text)
            around = text[start - 1 : start], text[end : end + 1]
            if not (_continues(around[0]) and self.text[0].isidentifier()) and not (
                _continues(around[1]) and self.text[-1].isidentifier()
            ):
                return True
            start = text.find(self.text, start + 1)
        return False


def secrets_of(course: Course) -> list[Secret]:
    """Every line that learners are not to have, and every name.

    Raises: CourseError if a part of the course is missing or broken.
    """
    units = [unit.name for unit in course.units]
    shown = [text for unit in units for text in _shown(course, unit)]
    told = single_spaced(" ".join(sentence for unit in units for sentence in _told(course, unit)))
    stubs = single_spaced(" ".join(stub_for(course, unit).text for unit in units))
    program = [content.decode() for name, content in package() if name.endswith(".py")]
    public = single_spaced(" ".join([stubs, *program, *shown]))
    found: dict[str, Secret] = {}
    for unit in units:
        for path, known in (
            (course.bank(unit), public),
            (course.suite(unit), public),
            (course.solution(unit), stubs + single_spaced(skeleton.SOLUTION)),
        ):
            if path.is_file():
                text = path.read_text(encoding="utf-8")
                lines = [line for line in _lines(text) if line not in known and line not in told]
                origin = path.relative_to(course.root).as_posix()
                found |= {line: Secret(line, origin) for line in sorted(lines)}
    named = set().union(*map(_tests, [skeleton.SUITE, *shown]))
    return [*found.values(), *_names(course, named)]


def _shown(course: Course, unit: str) -> list[str]:
    """The texts of a unit's tests that learners have."""
    return [text.decode() for text in visible_texts(course, unit).values()]


def _told(course: Course, unit: str) -> Iterator[str]:
    """What learners are told when a test fails: it may quote code."""
    for answer in read_bank(course, unit):
        yield answer.correction
    for path in (course.suite(unit), course.bank(unit)):
        if path.is_file():
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def _continues(character: str) -> bool:
    return character.isalnum() or character == "_"


def single_spaced(text: str) -> str:
    return " ".join(text.split())


def _lines(text: str) -> set[str]:
    """Those that say something: neither short ones nor the heads of blocks."""
    lines = {single_spaced(line.partition("  # ")[0]) for line in text.splitlines()}
    return {line for line in lines if len(line) >= FEWEST_CHARACTERS and line[-1] != ":"}


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
