"""From a solution to the stub that learners get: what stands between the markers is left out, or
replaced by the program that they are to mend."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from grader.course.model import Course, Unit
from grader.course.source import parsed
from grader.course.stub_notebook import notebook_of
from grader.errors import CourseError, UsageError
from grader.work.begun import parts_of
from grader.work.given import NOTHING, Given, given_in
from grader.work.magics import without_magics
from grader.work.notebook import Unreadable, cells_of
from grader.work.submission import Submission, read_submission

_MARKER = re.compile(r"^(?P<indent>[ \t]*)#+ (?P<which>BEGIN SOLUTION|INSTEAD|END SOLUTION)[ \t]*$")
_COMMENTED = re.compile(r"(?P<indent>[ \t]*)#(?: (?P<code>.*))?")
_OPEN = "raise NotImplementedError("
_MODULE = "<module>"
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Naming = _Function | ast.ClassDef | ast.Import | ast.ImportFrom


@dataclass(frozen=True)
class Stub:
    """A generated stub and the file it belongs in."""

    path: Path
    text: str
    given: Given = NOTHING

    def holds_work(self) -> bool:
        """Does it do anything where the stub leaves all to the learner, or has nothing, or is a
        program of it not what it was?"""
        if not self.path.is_file():
            return False
        there, given = self._code(self.path.read_bytes()), self._code(self.text.encode())
        if there is None:
            return True
        try:
            mine, stub = _statements(there), _statements(given or "")
        except (SyntaxError, ValueError):
            return True
        begun = {part.name for part in parts_of(there) if not part.is_stub}
        if any(not self.given.is_untouched(n, [there]) for n in begun & self.given.exercises):
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
    given, notebook = _given_in(text, unit), notebook_of(text, course, unit)
    return [
        Stub(course.stub(unit.name), text, given),
        Stub(course.notebook(unit.name), notebook, given),
    ]


def text_given(course: Course, unit: str) -> str:
    """The module that learners start from. Raises: UsageError if this folder does not have it."""
    if course.pristine(unit).is_file():
        return course.pristine(unit).read_text(encoding="utf-8")
    if not course.is_kit and course.solution(unit).is_file():
        return stub_for(course, unit).text
    raise UsageError(f"the stubs of {unit} are not here: take them from where you got the course")


def given_by(course: Course) -> dict[str, Given]:
    """The programs to mend of each unit that has any."""
    return {
        unit.name: given
        for unit in course.units
        if _may_give(course, unit.name)
        and (given := _given_in(text_given(course, unit.name), unit)).programs
    }


def work_on(
    course: Course, path: Path | None = None, preferred: Mapping[str, str] = MappingProxyType({})
) -> Submission:
    """What there is to grade: at a path, or else where the learner of a course works. See
    `read_submission`. Raises: UsageError if that is nothing."""
    units, given = list(course.everything), given_by(course)
    return read_submission(path or course.exercises_folder, units, preferred, given)


def _may_give(course: Course, unit: str) -> bool:
    """Whether it is worth while to make the stub."""
    file = course.pristine(unit) if course.is_kit else course.solution(unit)
    return file.is_file() and (course.is_kit or "# INSTEAD" in file.read_text("utf-8"))


def _given_in(stub: str, unit: Unit) -> Given:
    return given_in(stub, (exercise.name for exercise in unit.exercises))


def stub_for(course: Course, unit: str) -> Stub:
    """The stub of one unit. Raises: CourseError if its solution is missing or badly marked."""
    solution = course.solution(unit)
    if not solution.is_file():
        raise CourseError(f"{solution} is missing")
    text = stub_of(solution.read_text(encoding="utf-8"), str(solution))
    return Stub(course.stub(unit), text, _given_in(text, course.unit(unit)))


def without_markers(solution: str) -> str:
    """The solution alone, without the programs to mend."""
    kept, stub_only = [], False
    for line in solution.split("\n"):
        if marker := _MARKER.match(line):
            stub_only = marker["which"] == "INSTEAD"
        elif not stub_only:
            kept.append(line)
    return "\n".join(kept)


def stub_of(solution: str, name: str) -> str:
    """Replace every marked region of a function by `raise NotImplementedError("its name")`, or by
    the program that stands below INSTEAD, as comments.

    A marked region outside every function is left out, unless there is such a program.
    Raises: CourseError naming the line where markers do not pair up, or where that is no program.
    """
    functions = list(_functions(parsed(solution, name)))
    lines: list[str] = []
    opened: int | None = None
    instead = False
    for number, line in enumerate(solution.replace("\r\n", "\n").split("\n"), start=1):
        marker = _MARKER.match(line)
        which = marker["which"] if marker else None
        if marker is None:
            if opened is None:
                lines.append(line)
            elif instead:
                lines.append(_uncommented(line, f"{name}:{number}"))
        elif (which == "BEGIN SOLUTION") != (opened is None) or (which == "INSTEAD" and instead):
            raise CourseError(f"{name}:{number}: this marker has no partner")
        elif opened is None:
            opened = number
        elif which == "INSTEAD":
            instead = True
        else:
            # The learner is asked to write the function around the marker.
            for owner, function in () if instead else functions:
                if function.lineno <= opened <= (function.end_lineno or 0):
                    lines.append(f'{marker["indent"]}raise NotImplementedError("{owner}")')
            opened, instead = None, False
    if opened is not None:
        raise CourseError(f"{name}:{opened}: BEGIN SOLUTION without END SOLUTION")
    stub = "\n".join(lines).rstrip("\n") + "\n"
    parsed(stub, f"the stub of {name}")
    return stub


def _uncommented(line: str, where: str) -> str:
    """A line of a program that stands in comments."""
    commented = _COMMENTED.fullmatch(line)
    if commented is None and line.strip():
        raise CourseError(f"{where}: below INSTEAD each line is a comment, `# ` and the code")
    return f"{commented['indent']}{commented['code'] or ''}".rstrip() if commented else ""
