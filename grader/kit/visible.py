"""The visible part of a suite, as text: what a kit holds of tests/hidden/test_UNIT.py.

Kept are the tests marked `@visible` and all that they reach by name. Of functions marked
`@recorded` the signature and the docstring stay. Pictures are kept whole, but for the latter.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

DOCSTRING = '''"""Visible tests of `{unit}`: part of those that are graded.

What a @recorded function returns was recorded when this repository was made, and so were the
random numbers: with another call, or in another order, there is nothing to be had.
"""'''

Definition = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class VisibleSuite:
    """`text` is a whole module; `rigs` are the files that its tests bring along."""

    text: str
    rigs: tuple[str, ...]


def visible_suite(text: str, unit: str) -> VisibleSuite | None:
    """The visible part of a suite's text; None if no test of it is visible."""
    return _Slicer(text).suite(unit)


def visible_pictures(text: str) -> str:
    """The text of a file of pictures, without what `@recorded` functions do."""
    slicer = _Slicer(text)
    docstring = ast.get_docstring(ast.parse(text), clean=False) or ""
    drawn = [
        node for node in slicer.body if any(_defined(node)) and not _is_marked(node, "recorded")
    ]
    return slicer.module(f'"""{docstring}"""', drawn)


class _Slicer:
    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
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

    def _kept(self, node: ast.stmt) -> list[str]:
        if isinstance(node, ast.ClassDef) and _has_visible_test(node):
            return self._class(node)
        if isinstance(node, ast.FunctionDef) and _is_marked(node, "recorded"):
            return self._signature(node)
        return self._source(node)

    def _class(self, node: ast.ClassDef) -> list[str]:
        first = node.body[0]
        lines = self.lines[_start(node) - 1 : _start(first) - 1]
        for index, part in enumerate(_kept_parts_of_class(node)):
            lines += [""] * bool(index) + self._source(part)
        return lines

    def _signature(self, node: ast.FunctionDef) -> list[str]:
        """A function without its body; one that yields goes on doing so."""
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        yields = any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in ast.walk(node))
        last = body[0] if body else node
        end = _start(last) - 1 if body else node.end_lineno
        lines = self.lines[_start(node) - 1 : end]
        while lines and (not lines[-1].strip() or lines[-1].strip().startswith("#")):
            lines.pop()
        return [*lines, "    yield" if yields else "    ..."]

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


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            for name in ast.walk(target):
                if isinstance(name, ast.Name):
                    yield name.id


def _is_marked(node: ast.stmt, mark: str) -> bool:
    marks = getattr(node, "decorator_list", [])
    return any(isinstance(m, ast.Name) and m.id == mark for m in marks)


def _has_visible_test(node: ast.stmt) -> bool:
    tests = node.body if isinstance(node, ast.ClassDef) else [node]
    return any(_is_marked(test, "visible") for test in tests)


def _kept_parts(node: ast.stmt) -> Iterable[ast.AST]:
    """The parts of a definition whose names it still needs in the kit."""
    if isinstance(node, ast.ClassDef) and _has_visible_test(node):
        return [*node.decorator_list, *node.bases, *_kept_parts_of_class(node)]
    if isinstance(node, ast.FunctionDef) and _is_marked(node, "recorded"):
        return [*node.decorator_list, node.args]
    return [node]


def _kept_parts_of_class(node: ast.ClassDef) -> list[ast.stmt]:
    """Its visible tests, and what is no test."""
    return [
        part
        for part in node.body
        if _is_marked(part, "visible")
        or not (isinstance(part, ast.FunctionDef) and part.name.startswith("test"))
    ]


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
