"""From a solution to the stub that learners get: what stands between the markers is left out."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.course.model import Course, Unit
from grader.course.stub_notebook import notebook_of
from grader.errors import CourseError
from grader.work.magics import without_magics
from grader.work.notebook import Unreadable, cells_of

_MARKER = re.compile(r"^(?P<indent>[ \t]*)#+ (?P<which>BEGIN|END) SOLUTION[ \t]*$")
_OPEN = "raise NotImplementedError("
_MODULE = "<module>"
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Naming = _Function | ast.ClassDef | ast.Import | ast.ImportFrom


@dataclass(frozen=True)
class Stub:
    """A generated stub and the file it belongs in."""

    path: Path
    text: str

    def holds_work(self) -> bool:
        """Does it do anything where the stub leaves all to the learner, or has nothing?"""
        if not self.path.is_file():
            return False
        there, given = self._code(self.path.read_bytes()), self._code(self.text.encode())
        if there is None:
            return True
        try:
            mine, stub = _statements(there), _statements(given or "")
        except (SyntaxError, ValueError):
            return True
        left_open = Counter([_OPEN])
        return any(
            statements - stub.get(name, left_open)
            for name, statements in mine.items()
            if _OPEN in stub.get(name, left_open) or name == _MODULE
        )

    def is_written(self) -> bool:
        return self.path.is_file() and self.path.read_text(encoding="utf-8") == self.text

    def _code(self, data: bytes) -> str | None:
        """The Python in a stub; None where a notebook cannot be read."""
        if self.path.suffix != ".ipynb":
            return data.decode("utf-8", "replace")
        try:
            return "\n".join(without_magics(cell.text) for cell in cells_of(data))
        except Unreadable:
            return None


def _statements(code: str) -> dict[str, Counter[str]]:
    """What each function does, by its qualified name; of what is left open, `_OPEN`."""
    tree = ast.parse(code)
    around = [n for n in tree.body[ast.get_docstring(tree) is not None :] if _does(n)]
    found = {_MODULE: Counter(ast.unparse(n) for n in around if not isinstance(n, _Naming))}
    for name, function in _functions(tree):
        body = function.body[ast.get_docstring(function) is not None :]
        lines = (ast.unparse(n) for part in body for n in ast.walk(part) if _does(n))
        found[name] = Counter(_OPEN if line.startswith(_OPEN) else line for line in lines)
    return found


def _functions(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, _Function]]:
    """Every function that lies in no other, with its qualified name."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        elif isinstance(child, _Function):
            yield f"{prefix}{child.name}", child


def _does(node: ast.AST) -> bool:
    return isinstance(node, ast.stmt) and not isinstance(node, ast.Pass)


def stubs_of(course: Course) -> list[Stub]:
    """The stubs of every unit, each as a module and as a notebook.

    Raises: CourseError if a solution is missing or badly marked.
    """
    texts = [(unit, stub_for(course, unit.name).text) for unit in course.units]
    return [stub for unit, text in texts for stub in both_forms(course, unit, text)]


def both_forms(course: Course, unit: Unit, text: str) -> list[Stub]:
    """The stub of a unit as a module and as a notebook."""
    notebook = notebook_of(text, course, unit)
    return [Stub(course.stub(unit.name), text), Stub(course.notebook(unit.name), notebook)]


def stub_for(course: Course, unit: str) -> Stub:
    """The stub of one unit. Raises: CourseError if its solution is missing or badly marked."""
    solution = course.solution(unit)
    if not solution.is_file():
        raise CourseError(f"{solution} is missing")
    return Stub(course.stub(unit), stub_of(solution.read_text(encoding="utf-8"), str(solution)))


def without_markers(solution: str) -> str:
    return "\n".join(line for line in solution.split("\n") if not _MARKER.match(line))


def stub_of(solution: str, name: str) -> str:
    """Replace every marked region of a function by `raise NotImplementedError("its name")`.

    A marked region outside every function is left out.
    Raises: CourseError naming the line where markers do not pair up.
    """
    try:
        functions = list(_functions(ast.parse(solution)))
    except SyntaxError as error:
        raise CourseError(f"{name}:{error.lineno}: {error.msg}") from None
    lines: list[str] = []
    opened: int | None = None
    for number, line in enumerate(solution.replace("\r\n", "\n").split("\n"), start=1):
        marker = _MARKER.match(line)
        if marker is None:
            if opened is None:
                lines.append(line)
        elif (marker["which"] == "BEGIN") != (opened is None):
            raise CourseError(f"{name}:{number}: this marker has no partner")
        elif opened is not None:
            opened = None
        else:
            opened = number
            # The learner is asked to write the function around the marker.
            for owner, function in functions:
                if function.lineno <= number <= (function.end_lineno or 0):
                    lines.append(f'{marker["indent"]}raise NotImplementedError("{owner}")')
    if opened is not None:
        raise CourseError(f"{name}:{opened}: BEGIN SOLUTION without END SOLUTION")
    return "\n".join(lines).rstrip("\n") + "\n"
