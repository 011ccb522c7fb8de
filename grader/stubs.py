"""From a solution to the stub that learners get: what stands between the markers is left out."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from grader.course import Course
from grader.errors import CourseError
from grader.notebook import Unreadable, cells_of
from grader.stub_notebook import notebook_of

_MARKER = re.compile(r"^(?P<indent>[ \t]*)#+ (?P<which>BEGIN|END) SOLUTION[ \t]*$")
_OPEN = re.compile(r"raise NotImplementedError\(\"[\w.]+\"\)")


@dataclass(frozen=True)
class Stub:
    """A generated stub and the file it belongs in."""

    path: Path
    text: str

    def holds_work(self) -> bool:
        """Has somebody replaced one of the lines that a stub leaves to the learner?"""
        if not self.path.is_file():
            return False
        there = self._code(self.path.read_bytes())
        return there is None or not _open(self._code(self.text.encode()) or "") <= _open(there)

    def is_written(self) -> bool:
        return self.path.is_file() and self.path.read_text(encoding="utf-8") == self.text

    def _code(self, data: bytes) -> str | None:
        """The Python in a stub; None where a notebook cannot be read."""
        if self.path.suffix != ".ipynb":
            return data.decode("utf-8", "replace")
        try:
            return "\n".join(cell.text for cell in cells_of(data))
        except Unreadable:
            return None


def _open(code: str) -> set[str]:
    return set(_OPEN.findall(code))


def stubs_of(course: Course) -> list[Stub]:
    """The stubs of every unit, each as a module and as a notebook.

    Raises: CourseError if a solution is missing or badly marked.
    """
    stubs = []
    for unit in course.units:
        module = stub_for(course, unit.name)
        notebook = Stub(course.notebook(unit.name), notebook_of(module.text, course, unit))
        stubs += [module, notebook]
    return stubs


def stub_for(course: Course, unit: str) -> Stub:
    """The stub of one unit. Raises: CourseError if its solution is missing or badly marked."""
    solution = course.solution(unit)
    if not solution.is_file():
        raise CourseError(f"{solution} is missing")
    return Stub(course.stub(unit), stub_of(solution.read_text(encoding="utf-8"), str(solution)))


def stub_of(solution: str, name: str) -> str:
    """Replace every marked region of a function by `raise NotImplementedError("its name")`.

    A marked region outside every function is left out.
    Raises: CourseError naming the line where markers do not pair up.
    """
    owners = _functions(solution, name)
    lines: list[str] = []
    opened: int | None = None
    for number, line in enumerate(solution.splitlines(), start=1):
        marker = _MARKER.match(line)
        if marker is None:
            if opened is None:
                lines.append(line)
            continue
        if (marker["which"] == "BEGIN") != (opened is None):
            raise CourseError(f"{name}:{number}: this marker has no partner")
        if opened is not None:
            opened = None
            continue
        opened = number
        if owner := _owner(owners, number):
            lines.append(f'{marker["indent"]}raise NotImplementedError("{owner}")')
    if opened is not None:
        raise CourseError(f"{name}:{opened}: BEGIN SOLUTION without END SOLUTION")
    return "\n".join(lines) + "\n"


def _functions(source: str, name: str) -> list[tuple[int, int, str]]:
    """(first line, last line, qualified name) of every function."""
    found: list[tuple[int, int, str]] = []

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                qualified = f"{prefix}{child.name}"
                if not isinstance(child, ast.ClassDef):
                    found.append((child.lineno, child.end_lineno or child.lineno, qualified))
                visit(child, f"{qualified}.")

    try:
        visit(ast.parse(source), "")
    except SyntaxError as error:
        raise CourseError(f"{name}:{error.lineno}: {error.msg}") from None
    return found


def _owner(functions: list[tuple[int, int, str]], line: int) -> str | None:
    """The outermost function around a line: its name is what the learner is asked to write."""
    around = [(first, qualified) for first, last, qualified in functions if first <= line <= last]
    return min(around)[1] if around else None
