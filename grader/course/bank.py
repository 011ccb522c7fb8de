"""The bank of known wrong answers: solutions/wrong/UNIT.py, and devices/UNIT.py beside it for
those that are wrong on a GPU alone.

`EXERCISE__slug` is what a learner wrote for EXERCISE. Its docstring is the sentence that corrects
the misunderstanding; a second paragraph may name a page to read.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

from grader.course.model import Course
from grader.course.source import parsed
from grader.errors import CourseError


@dataclass(frozen=True)
class WrongAnswer:
    """`name` is what stands in for `exercise` of `unit`; `correction` is the sentence, `file` where
    it is written."""

    unit: str
    exercise: str
    name: str
    correction: str
    file: Path


def read_bank(course: Course, unit: str, *, of_devices: bool = False) -> tuple[WrongAnswer, ...]:
    """The wrong answers known of a unit, or those `of_devices`, in the order of the file; none if
    there is no file.

    Raises: CourseError if one of them names no exercise or corrects nothing.
    """
    path = course.device_bank(unit) if of_devices else course.bank(unit)
    if not path.is_file():
        return ()
    exercises = [exercise.name for exercise in course.unit(unit).exercises]
    answers = []
    for node in parsed(path.read_text(encoding="utf-8"), str(path)).body:
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or node.name.startswith("_"):
            continue  # something that the answers share
        where = f"{path}:{node.lineno}: {node.name}"
        exercise = next((name for name in exercises if node.name.startswith(f"{name}__")), None)
        if exercise is None:
            raise CourseError(f"{where} is not named after an exercise of {unit}")
        docstring = ast.get_docstring(node) or ""
        sentence, _, page = (" ".join(part.split()) for part in docstring.partition("\n\n"))
        if not docstring:
            raise CourseError(f"{where} has no docstring that corrects it")
        correction = f"{sentence} Read {page}" if page else sentence
        answers.append(WrongAnswer(unit, exercise, node.name, correction, path))
    return tuple(answers)


def unit_with_bank(course: Course, unit: str, file: Path) -> str:
    """The text of the solution with the wrong answers of a file below, each under its own name."""
    solution = course.solution(unit).read_text(encoding="utf-8")
    return f"{solution}\n\n{file.read_text(encoding='utf-8')}\n"


def text_of(course: Course, answer: WrongAnswer) -> str:
    """A whole unit in which the wrong answer stands in for its exercise."""
    text = unit_with_bank(course, answer.unit, answer.file)
    return f"{text}{answer.exercise} = {answer.name}\n"
