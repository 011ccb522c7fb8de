"""The answers to one exercise: the solution, and other correct ways to write it."""

import ast
from dataclasses import dataclass
from pathlib import Path

from grader.course.model import Course
from grader.course.source import defined
from grader.course.stubs import without_markers
from grader.errors import CourseError, UsageError
from grader.work.places import first_line


@dataclass(frozen=True)
class Answer:
    """One way to write an exercise: its code, with what that uses of its file, and the file."""

    file: Path
    code: str


def answers_of(course: Course, unit: str, exercise: str) -> list[Answer]:
    """The solution, then the accepted answers from the shortest on, each code only once.

    Raises: UsageError where the solutions are not; CourseError if one cannot be read.
    """
    solution = course.solution(unit)
    if course.is_kit or not solution.is_file():
        raise UsageError(f"the solution of {unit}.{exercise} is not here: your teacher has it")
    others = frozenset(e.name for e in course.unit(unit).exercises) - {exercise}
    found: dict[str, Answer] = {}
    for file in (solution, *course.accepted(unit)):
        code, meaning = _read(file, exercise, others)
        if code:
            found.setdefault(meaning, Answer(file, code))
    first, *rest = found.values()
    return [first, *sorted(rest, key=lambda answer: len(answer.code))]


def _read(file: Path, exercise: str, others: frozenset[str]) -> tuple[str, str]:
    """The code of the exercise, and the same without types, docstrings and comments."""
    try:
        text = without_markers(file.read_text(encoding="utf-8"))
        parts = _parts(ast.parse(text), exercise, others)
    except (OSError, ValueError, SyntaxError) as error:
        raise CourseError(f"{file} cannot be read: {error}") from None
    lines = text.split("\n")
    code = "\n\n".join("\n".join(lines[first_line(p) - 1 : p.end_lineno]) for p in parts)
    return code, "\n".join(ast.unparse(_Bare().visit(part)) for part in parts)


def _parts(module: ast.Module, exercise: str, others: frozenset[str]) -> list[ast.stmt]:
    """The statements that the exercise is made of, in the order of the file."""
    bound = {name: statement for statement in module.body for name in defined(statement)}
    wanted, found = [exercise], set[ast.stmt]()
    while wanted:
        statement = bound.get(wanted.pop())
        if statement is not None and statement not in found:
            found.add(statement)
            used = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
            wanted += used - others
    return [statement for statement in module.body if statement in found]


class _Bare(ast.NodeTransformer):
    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        node.body = node.body[ast.get_docstring(node) is not None :] or [ast.Pass()]
        node.returns = None
        return node
