"""A notebook as a module: definitions, imports and constants of its cells, and nothing else.

Cells are tried one by one, and statements too: what cannot be read or fails is left out, and does
no harm to the rest. Nothing is called at the top level, so that no plot is drawn and no model
trained. What follows the line of a module that has failed is taken in the same way.
"""

import __future__

import ast
import re
import types
import warnings
from dataclasses import dataclass, field
from typing import Any

from grader.work.magics import without_magics

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_TYPE_ALIAS: Any = getattr(ast, "TypeAlias", ())  # since Python 3.12
_RUNS = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom)
_DEFINED = re.compile(r"^(?:async[ \t]+def|def|class)[ \t]+(\w+)|^(\w+)[ \t]*=(?!=)", re.MULTILINE)


@dataclass(frozen=True)
class Skipped:
    """Names that a cell would have defined, on which line, and what went wrong.

    Without an error the line was not run, since it calls something.
    """

    names: list[str]
    file: str
    line: int
    error: BaseException | None

    @property
    def failed(self) -> bool:
        """Nobody misses plots, training and packages that are not installed here."""
        return self.error is not None and not isinstance(self.error, ModuleNotFoundError)


@dataclass
class Notebook:
    """The cells of a notebook, each as (file name, text), and what became of them."""

    cells: list[list[str]]
    definitions: dict[str, tuple[str, int]] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    flags: int = 0  # of `from __future__ import ...`, which holds for the cells below as well

    def execute(self, namespace: dict[str, Any]) -> None:
        """Define in `namespace` what the cells define, from first to last."""
        for file, text in self.cells:
            try:
                body = _parsed(text, file).body
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                self.skipped.append(Skipped(names_in(text), file, _line_of(error), error))
                continue
            self.take(body, file, text, namespace)

    def take(self, body: list[ast.stmt], file: str, text: str, namespace: dict[str, Any]) -> None:
        for statement in body:
            try:
                self._take(statement, file, namespace)
            except Exception as error:  # whatever is wrong with one, the others are taken
                at = statement.lineno
                self.skipped.append(Skipped(names_in(text), file, at, error))

    def _take(self, statement: ast.stmt, file: str, namespace: dict[str, Any]) -> None:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                feature = getattr(__future__, alias.name, None)
                self.flags |= getattr(feature, "compiler_flag", 0)
            return
        if isinstance(statement, ast.Try):  # try: import ...; what helps if it fails is not run
            for inner in statement.body:
                if isinstance(inner, (ast.Import, ast.ImportFrom)):
                    self._take(inner, file, namespace)
            return
        names, line = _names(statement), statement.lineno
        if not names:
            return
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and _runs(statement):
            self.skipped.append(Skipped(names, file, line, None))
            return
        try:
            module = ast.Module([statement], [])
            exec(compile(module, file, "exec", self.flags, dont_inherit=True), namespace)
        except BaseException as error:  # SystemExit too: a cell cannot end the process this way
            self.skipped.append(Skipped(names, file, line, error))
            return
        for name in names:  # what an assignment binds anew is no longer where it was defined
            self.definitions.pop(name, None)
        if isinstance(statement, DEFINITIONS):
            self.definitions[statement.name] = file, line


def rest_of(
    code: types.CodeType, source: str, error: BaseException, namespace: dict[str, Any]
) -> Notebook:
    """What is left of a module when the trial of a function, below it, has raised `error`.

    Raises: `error`, if it was no trial: an import, a definition, or anything above all of them.
    """
    step = error.__traceback__
    while step is not None and step.tb_frame.f_code is not code:
        step = step.tb_next
    body, line = ast.parse(source).body, step.tb_lineno if step else 0
    failed = next((k for k, one in enumerate(body) if line <= (one.end_lineno or 0)), len(body))
    before, after = body[:failed], body[failed + 1 :]
    defined = any(isinstance(one, DEFINITIONS) for one in before)
    needed = isinstance(body[failed], (*DEFINITIONS, ast.Import, ast.ImportFrom)) if line else True
    if needed or not defined:
        raise error
    features = (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
    rest = Notebook([], flags=sum(flag for flag in features if code.co_flags & flag))
    rest.skipped.append(Skipped(_names(body[failed]), code.co_filename, line, error))
    rest.take(after, code.co_filename, "", namespace)
    return rest


def names_in(text: str) -> list[str]:
    """What a cell seems to define, read as text: for one that Python cannot read."""
    return [one or other for one, other in _DEFINED.findall(text)]


def _parsed(text: str, file: str) -> ast.Module:
    with warnings.catch_warnings(action="ignore"):  # "\\d" is no matter of the exercise's
        try:
            return ast.parse(text, file)
        except SyntaxError:
            return ast.parse(without_magics(text), file)


def _line_of(error: BaseException) -> int:
    line = error.lineno if isinstance(error, SyntaxError) else None
    return line if isinstance(line, int) else 1


def _names(statement: ast.stmt) -> list[str]:
    """What a statement defines, if it is one that may; `*` stands for all names of a module."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [statement.name]
        case ast.Import() | ast.ImportFrom():
            return [a.asname or a.name.partition(".")[0] for a in statement.names]
        case ast.Assign():
            return [name for target in statement.targets for name in _targets(target)]
        case ast.AnnAssign(value=ast.expr()):
            return _targets(statement.target)
    if isinstance(statement, _TYPE_ALIAS):
        return [statement.name.id]
    return []


def _targets(target: ast.expr) -> list[str]:
    """The plain names that are assigned to; none if anything else is."""
    names, waiting = [], [target]
    while waiting:
        match waiting.pop():
            case ast.Name(id=name):
                names.append(name)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                waiting += reversed(parts)
            case _:
                return []
    return names


def _runs(statement: ast.AST) -> bool:
    """Does it call anything before its value is there? The body of a lambda waits for its call."""
    waiting = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _RUNS):
            return True
        if isinstance(node, ast.Lambda):
            defaults = [*node.args.defaults, *node.args.kw_defaults]
            waiting += [default for default in defaults if default is not None]
        else:
            waiting += ast.iter_child_nodes(node)
    return False
