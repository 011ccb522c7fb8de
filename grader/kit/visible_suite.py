"""The visible part of a suite, as text: what a kit holds of tests/hidden/test_UNIT.py.

Kept are the tests marked `@visible` and all that they reach by name. Of functions marked
`@recorded` the signature and the docstring stay. Pictures are kept whole, but for the latter.
"""

import ast
import copy
import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

from grader.course.model import Course, data_file
from grader.course.source import defined, marks, read_python
from grader.errors import CourseError
from grader.work.places import first_line

Function = ast.FunctionDef | ast.AsyncFunctionDef
DOCSTRING = '''"""Visible tests of `{unit}`: some of those that are graded.

What @recorded functions return was recorded when this repository was made, and so were the random
numbers. A new call, or the same calls in another order, will find nothing recorded.
"""'''
MOST_DATA = 16 * 1024 * 1024
_DATA = re.compile(r"""\.data\(\s*["']([^"']+)["']""")
_BROUGHT = re.compile(r"""\.bring\(\s*["'](\w+)["']""")  # a file that a test brings along


def visible_texts(course: Course, unit: str) -> dict[str, bytes]:
    """What learners may read of the tests of a unit, by file name.

    Raises: CourseError if there is nothing for them to read.
    """
    path, pictures = course.suite(unit), course.pictures(unit)
    if not path.is_file():
        raise CourseError(f"{path} is missing: a kit can only be made of a whole course")
    suite = visible_suite(read_python(path)[0], unit)
    if suite is None:
        raise CourseError(f"{path} has no visible test: mark with @visible what learners may see")
    texts = {path.name: suite.encode()}
    for rig in sorted(set(_BROUGHT.findall(suite))):
        texts[f"{rig}.py"] = (course.suites_folder / f"{rig}.py").read_bytes()
    if pictures.is_file():
        texts[pictures.name] = visible_pictures(read_python(pictures)[0]).encode()
    return texts


def visible_data(course: Course, unit: str, suite: str) -> dict[str, bytes]:
    """The files of data that a visible suite names, by their paths beside it.

    Raises: CourseError if one is missing, or if they are more than a kit should carry.
    """
    files: dict[str, bytes] = {}
    for name in _DATA.findall(suite):
        path = Path(data_file(course.suites_folder, unit, name))
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                place = file.relative_to(course.suites_folder.resolve())
                files[place.as_posix()] = file.read_bytes()
    if (size := sum(map(len, files.values()))) > MOST_DATA:
        raise CourseError(
            f"{course.data(unit)}: visible tests name {size >> 20} MiB of data; "
            f"a kit carries {MOST_DATA >> 20} MiB of a unit"
        )
    return files


def visible_suite(text: str, unit: str) -> str | None:
    """The visible part of a suite's text; None if no test of it is visible."""
    body = ast.parse(text).body
    tests = [node for node in body if _has_visible_test(node)]
    return _module(text, body, tests, DOCSTRING.format(unit=unit)) if tests else None


def visible_pictures(text: str) -> str:
    """The text of a file of pictures, without what `@recorded` functions do."""
    module = ast.parse(text)
    drawn = [node for node in module.body if defined(node) and "recorded" not in marks(node)]
    docstring = ast.get_docstring(module, clean=False) or ""
    return _module(text, module.body, drawn, f'"""{docstring}"""')


def _has_visible_test(node: ast.stmt) -> bool:
    tests = node.body if isinstance(node, ast.ClassDef) else [node]
    return any("visible" in marks(test) for test in tests)


# What is kept


def _reached(
    roots: list[ast.stmt], body: list[ast.stmt], names_of: Callable[[ast.stmt], set[str]]
) -> list[ast.stmt]:
    """The statements of `body` that `roots` need, one by way of another, in order."""
    names_in = {node: defined(node) for node in body}
    reached: set[ast.stmt] = set()
    waiting = list(roots)
    while waiting:
        reached |= set(waiting)
        names = set().union(*map(names_of, waiting))
        waiting = [node for node in body if node not in reached and names_in[node] & names]
    return [node for node in body if node in reached]


def _members(node: ast.ClassDef) -> list[ast.stmt]:
    """Its docstring, its visible tests, and what those reach of it."""
    tests = [part for part in node.body if "visible" in marks(part)]

    def names_of(part: ast.stmt) -> set[str]:
        kept = _kept_parts(part)
        return _names(part) | {each.attr for each in kept if isinstance(each, ast.Attribute)}

    return [*_docstring(node), *_reached(tests, node.body, names_of)]


def _docstring(node: ast.ClassDef | Function) -> list[ast.stmt]:
    return node.body[: ast.get_docstring(node) is not None]


def _kept_parts(node: ast.stmt) -> Iterator[ast.AST]:
    """Whatever of a definition is in the kit."""
    parts: list[ast.AST] = [node]
    if isinstance(node, ast.ClassDef) and _has_visible_test(node):
        for member in _members(node):
            yield from _kept_parts(member)
        parts = [*node.decorator_list, *node.bases]
    elif isinstance(node, Function) and "recorded" in marks(node):
        parts = [*node.decorator_list, node.args]
    for part in parts:
        yield from ast.walk(part)


def _names(node: ast.stmt) -> set[str]:
    """The names that it needs; an argument may be a fixture."""
    kept = list(_kept_parts(node))
    arguments = {part.arg for part in kept if isinstance(part, ast.arg)}
    return arguments | {part.id for part in kept if isinstance(part, ast.Name)}


# How it is written


def _module(text: str, body: list[ast.stmt], roots: list[ast.stmt], docstring: str) -> str:
    """A module of `roots` and of all that they reach."""
    lines, kept = text.split("\n"), _reached(roots, body, _names)
    blocks = ""
    for before, node in zip([None, *kept], kept, strict=False):
        gap = "\n" if _is_assigned(before) and _is_assigned(node) else "\n\n\n"
        blocks += (gap if before else "") + "\n".join(_written(node, lines))
    return f"{docstring}\n\n{_imports(body, blocks)}\n\n\n{blocks}\n"


def _is_assigned(node: ast.stmt | None) -> bool:
    return isinstance(node, (ast.Assign, ast.AnnAssign))


def _written(node: ast.stmt, lines: list[str]) -> list[str]:
    """The lines of a definition; of a class of tests those that are kept."""
    if isinstance(node, Function) and "recorded" in marks(node):
        return _signature(node)
    if not (isinstance(node, ast.ClassDef) and _has_visible_test(node)):
        return lines[first_line(node) - 1 : node.end_lineno]
    written = lines[first_line(node) - 1 : first_line(node.body[0]) - 1]
    for index, part in enumerate(_members(node)):
        written += [""] * bool(index) + _written(part, lines)
    return written


def _signature(node: Function) -> list[str]:
    """A function without its body; one that yields goes on doing so."""
    yields = any(isinstance(part, ast.Yield | ast.YieldFrom) for part in ast.walk(node))
    cut = copy.copy(node)
    cut.body = [*_docstring(node), ast.Expr(ast.Yield() if yields else ast.Constant(...))]
    text = ast.unparse(cut).replace("(yield)", "yield")
    return textwrap.indent(text, " " * node.col_offset).splitlines()


def _imports(body: list[ast.stmt], blocks: str) -> str:
    """The imports of the suite, without the names that are not used any more; ours come last."""
    used = {node.id for node in ast.walk(ast.parse(blocks)) if isinstance(node, ast.Name)}
    others: list[str] = []
    ours: list[str] = []
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = ((alias, alias.asname or alias.name.partition(".")[0]) for alias in node.names)
            node.names = [alias for alias, name in names if name in used]
            from_grader = isinstance(node, ast.ImportFrom) and f"{node.module}".startswith("grader")
            if node.names:
                (ours if from_grader else others).append(_import(node))
    return "\n\n".join("\n".join(group) for group in (others, ours) if group)


def _import(node: ast.Import | ast.ImportFrom) -> str:
    text = ast.unparse(node)
    if len(text) <= 100:
        return text
    start, _, names = text.partition(" import ")
    rows = "".join(f"    {name},\n" for name in names.split(", "))
    return f"{start} import (\n{rows})"
