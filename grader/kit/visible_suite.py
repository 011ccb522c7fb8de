"""The visible part of a suite, as text: what a kit holds of tests/hidden/test_UNIT.py.

Kept are the tests marked `@visible` and all that they reach by name. Of functions marked
`@recorded` the signature and the docstring stay. Pictures are kept whole, but for the latter.
"""

import ast
import copy
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from grader.course.model import Course
from grader.errors import CourseError

DOCSTRING = '''"""Visible tests of `{unit}`: part of those that are graded.

What a @recorded function returns was recorded when this repository was made, and so were the
random numbers: with another call, or in another order, there is nothing to be had.
"""'''


@dataclass(frozen=True)
class VisibleSuite:
    """`text` is a whole module; `rigs` are the files that its tests bring along."""

    text: str
    rigs: tuple[str, ...]


def visible_texts(course: Course, unit: str) -> dict[str, bytes]:
    """What learners may read of the tests of a unit, by file name."""
    suite, hidden = _visible_part(course, unit), course.suites_folder
    texts = {course.suite(unit).name: suite.text.encode()}
    texts |= {f"{rig}.py": (hidden / f"{rig}.py").read_bytes() for rig in suite.rigs}
    pictures = hidden / f"pictures_{unit}.py"
    if pictures.is_file():
        texts[pictures.name] = visible_pictures(read_python(pictures)).encode()
    return texts


def _visible_part(course: Course, unit: str) -> VisibleSuite:
    path = course.suite(unit)
    if not path.is_file():
        raise CourseError(f"{path} is missing: a kit can only be made of a whole course")
    suite = visible_suite(read_python(path), unit)
    if suite is None:
        raise CourseError(f"{path} has no visible test: mark with @visible what learners may see")
    return suite


def read_python(path: Path) -> str:
    """Raises: CourseError if it is no Python in UTF-8."""
    try:
        text = path.read_text(encoding="utf-8")
        ast.parse(text)
    except SyntaxError as error:
        raise CourseError(f"{path}:{error.lineno}: {error.msg}") from None
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} cannot be read: {error}") from None
    return text


def visible_suite(text: str, unit: str) -> VisibleSuite | None:
    """The visible part of a suite's text; None if no test of it is visible."""
    return _Slicer(text).suite(unit)


def visible_pictures(text: str) -> str:
    """The text of a file of pictures, without what `@recorded` functions do."""
    slicer = _Slicer(text)
    docstring = ast.get_docstring(ast.parse(text), clean=False) or ""
    drawn = [
        node for node in slicer.body if any(_defined(node)) and not is_marked(node, "recorded")
    ]
    return slicer.module(f'"""{docstring}"""', drawn)


class _Slicer:
    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.body = ast.parse(text).body

    def suite(self, unit: str) -> VisibleSuite | None:
        tests = [node for node in self.body if _has_visible_test(node)]
        if not tests:
            return None
        kept = self.module(DOCSTRING.format(unit=unit), tests)
        return VisibleSuite(kept, tuple(sorted(_brought(ast.parse(kept)))))

    def module(self, docstring: str, roots: list[ast.stmt]) -> str:
        """A module of `roots` and of all that they reach."""
        wanted = self._reached(roots)
        kept = [node for node in self.body if node in wanted]
        text = ""
        for before, node in zip([None, *kept], kept, strict=False):
            gap = "\n" if _is_assigned(before) and _is_assigned(node) else "\n\n\n"
            text += (gap if before else "") + "\n".join(self._kept(node))
        return f"{docstring}\n\n{self._imports(text)}\n\n\n{text}\n"

    def _reached(self, roots: list[ast.stmt]) -> set[ast.stmt]:
        """The definitions that `roots` need, one by way of another."""
        owners = {name: node for node in self.body for name in _defined(node)}
        waiting = list(roots)
        reached: set[ast.stmt] = set()
        while waiting:
            node = waiting.pop()
            if node not in reached:
                reached.add(node)
                waiting += [owners[name] for name in self._names(node) if name in owners]
        return reached

    def _names(self, node: ast.stmt) -> Iterator[str]:
        for part in _kept_parts(node):
            for inner in ast.walk(part):
                if isinstance(inner, ast.Name):
                    yield inner.id
                elif isinstance(inner, ast.arg):
                    yield inner.arg  # a fixture

    def _kept(self, node: ast.stmt) -> list[str]:
        if isinstance(node, ast.ClassDef) and _has_visible_test(node):
            return self._class(node)
        if is_function(node) and is_marked(node, "recorded"):
            return _signature(node)
        return self._source(node)

    def _class(self, node: ast.ClassDef) -> list[str]:
        first = node.body[0]
        lines = self.lines[_start(node) - 1 : _start(first) - 1]
        for index, part in enumerate(_members(node)):
            lines += [""] * bool(index) + self._kept(part)
        return lines

    def _source(self, node: ast.stmt) -> list[str]:
        return self.lines[_start(node) - 1 : node.end_lineno]

    def _imports(self, blocks: str) -> str:
        """The imports of the suite, without the names that are not used any more."""
        used = {n.id for n in ast.walk(ast.parse(blocks)) if isinstance(n, ast.Name)}
        groups: dict[bool, list[str]] = {True: [], False: []}
        for node in self.body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                node.names = [
                    alias
                    for alias in node.names
                    if (alias.asname or alias.name.partition(".")[0]) in used
                ]
                ours = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grader")
                if node.names:
                    groups[ours].append(_import(node))
        return "\n\n".join("\n".join(group) for group in (groups[False], groups[True]) if group)


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """A function without its body; one that yields goes on doing so."""
    docstring = node.body[:1] if ast.get_docstring(node) is not None else []
    yields = any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in ast.walk(node))
    nothing = ast.Expr(ast.Yield() if yields else ast.Constant(...))
    text = ast.unparse(_with_body(node, [*docstring, nothing]))
    return textwrap.indent(text.replace("(yield)", "yield"), " " * node.col_offset).splitlines()


def _with_body(
    node: ast.FunctionDef | ast.AsyncFunctionDef, body: list[ast.stmt]
) -> ast.FunctionDef | ast.AsyncFunctionDef:
    other = copy.copy(node)
    other.body = body
    return other


def _import(node: ast.Import | ast.ImportFrom) -> str:
    text = ast.unparse(node)
    if len(text) <= 100:
        return text
    start, _, names = text.partition(" import ")
    rows = "".join(f"    {name},\n" for name in names.split(", "))
    return f"{start} import (\n{rows})"


def _is_assigned(node: ast.stmt | None) -> bool:
    return isinstance(node, (ast.Assign, ast.AnnAssign))


def _start(node: ast.stmt) -> int:
    """Its first line, decorators included."""
    marks: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(mark.lineno for mark in marks)])


def is_function(node: ast.AST) -> TypeGuard[ast.FunctionDef | ast.AsyncFunctionDef]:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))


def _defined(node: ast.stmt) -> Iterator[str]:
    if is_function(node) or isinstance(node, ast.ClassDef):
        yield node.name
    elif not isinstance(node, (ast.Import, ast.ImportFrom)):
        for name in ast.walk(node):
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                yield name.id


def is_marked(node: ast.AST, mark: str) -> bool:
    """With `@mark`, `@suite.mark` or `@mark(...)`."""
    for decorator in getattr(node, "decorator_list", []):
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if mark in (getattr(called, "id", None), getattr(called, "attr", None)):
            return True
    return False


def _has_visible_test(node: ast.stmt) -> bool:
    tests = node.body if isinstance(node, ast.ClassDef) else [node]
    return any(is_marked(test, "visible") for test in tests)


def _kept_parts(node: ast.stmt) -> Iterable[ast.AST]:
    """The parts of a definition whose names it still needs in the kit."""
    if isinstance(node, ast.ClassDef) and _has_visible_test(node):
        members = [part for member in _members(node) for part in _kept_parts(member)]
        return [*node.decorator_list, *node.bases, *members]
    if is_function(node) and is_marked(node, "recorded"):
        return [*node.decorator_list, node.args]
    return [node]


def _members(node: ast.ClassDef) -> list[ast.stmt]:
    """Its docstring, its visible tests, and what those reach of it."""
    tests = [part for part in node.body if is_marked(part, "visible")]
    reached: set[ast.stmt] = set()
    waiting = tests
    while waiting:
        reached |= set(waiting)
        inner = [n for part in waiting for kept in _kept_parts(part) for n in ast.walk(kept)]
        names = {getattr(n, "attr", None) or getattr(n, "id", None) for n in inner}
        waiting = [p for p in node.body if p not in reached and names & set(_defined(p))]
    docstring = node.body[:1] if ast.get_docstring(node) is not None else []
    return [part for part in node.body if part in reached or part in docstring]


def _brought(tree: ast.Module) -> set[str]:
    return {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "bring"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }
