"""A notebook as a module: definitions, imports and constants of its cells, and nothing else.

Cells are tried one by one, and statements too: what cannot be read or fails is left out, and does
no harm to the rest. Nothing is called at the top level, so that no plot is drawn and no model
trained. What changes something that was defined is taken on the same terms, or else told of if a
function uses what it changes. What follows the line of a module that has failed
is taken in the same way.
"""

import __future__

import ast
import types
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from grader.sandbox.effects import TYPE_ALIAS, Effects, effects_of, uses
from grader.work.begun import defined_in
from grader.work.magics import without_magics

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_TAKEN = (*DEFINITIONS, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.AugAssign)
_RUNS = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom)


@dataclass(frozen=True)
class Skipped:
    """Names that a cell would have defined, on which line, and what went wrong.

    Without an error the line was not run, since it calls something or stands in a loop. Then a
    name can also be a change, such as `CONFIG['lr'] = …`, of something that a function uses.
    """

    names: list[str]
    file: str
    line: int
    error: BaseException | None

    @property
    def failed(self) -> bool:
        """Nobody misses plots, training and packages that are not installed here."""
        if self.error is None:
            return any("…" in name for name in self.names)
        return not isinstance(self.error, ModuleNotFoundError)


@dataclass
class Notebook:
    """The cells of a notebook, each as (file name, text), and what became of them."""

    cells: list[list[str]]
    definitions: dict[str, tuple[str, int]] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    flags: int = 0  # of `from __future__ import ...`, which holds for the cells below as well
    own: set[str] = field(default_factory=set)  # what it has defined, other than by importing
    codes: list[types.CodeType] = field(default_factory=list)
    unchanged: list[tuple[str, Skipped]] = field(default_factory=list)
    trying: int = 0

    def execute(self, namespace: dict[str, Any]) -> None:
        """Define in `namespace` what the cells define, from first to last."""
        for file, text in self.cells:
            try:
                body = parsed(text, file).body
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                self.skipped.append(Skipped(defined_in(text), file, _line_of(error), error))
                continue
            self._take_all(body, file, namespace)
        self.skipped += [left for name, left in self.unchanged if uses(self.codes, name)]

    def _take(self, statement: ast.stmt, file: str, namespace: dict[str, Any]) -> None:
        """Run what may be run of it; whatever is wrong with one, the others are taken."""
        try:
            self._run(statement, file, namespace)
        except BaseException as error:  # SystemExit too: a cell cannot end the process this way
            try:
                names = effects_of(statement).names
            except Exception:
                names = []
            self.skipped.append(Skipped(names, file, statement.lineno, error))

    def _run(self, statement: ast.stmt, file: str, namespace: dict[str, Any]) -> None:
        match statement:
            case ast.ImportFrom(module="__future__"):
                for alias in statement.names:
                    feature = getattr(__future__, alias.name, None)
                    self.flags |= getattr(feature, "compiler_flag", 0)
            case ast.Try():
                self._run_try(statement, file, namespace)
            case ast.If() if not _runs(statement.test):
                # Whoever runs a cell runs what stands under `if __name__ == "__main__":`.
                test = self._compiled(ast.Expression(statement.test), file, "eval")
                chosen = eval(test, namespace, {"__name__": "__main__"})
                for inner in statement.body if chosen else statement.orelse:
                    (self._run if self.trying else self._take)(inner, file, namespace)
            case _:
                self._run_simple(statement, file, namespace)

    def _run_simple(self, statement: ast.stmt, file: str, namespace: dict[str, Any]) -> None:
        effects = effects_of(statement)
        if not self._is_taken(statement, effects, namespace):
            self._leave(statement, effects, file)
            return
        code = self._compiled(ast.Module([statement], []), file, "exec")
        try:
            exec(code, namespace)
        except Exception:
            if not effects.changes:
                raise
            self._leave(statement, effects, file)
            return
        for name in effects.names:  # what is bound anew is no longer where it was defined
            self.definitions.pop(name, None)
        if isinstance(statement, DEFINITIONS):
            self.definitions[statement.name] = file, statement.lineno
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            self.own.update(effects.names)
            self.codes.append(code)

    def _is_taken(self, statement: ast.stmt, effects: Effects, namespace: dict[str, Any]) -> bool:
        for root, _ in effects.changes:
            if root not in self.own or isinstance(namespace.get(root), types.ModuleType):
                return False
        match statement:
            case ast.Expr(ast.Call(ast.Attribute(ast.Name(root)), arguments, keywords)):
                given = [*arguments, *(keyword.value for keyword in keywords)]
                plain = type(namespace.get(root)) in (dict, list, set)
                return plain and bool(effects.changes) and not any(map(_runs, given))
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                return bool(effects.names or effects.changes) and not _runs(statement)
        return isinstance(statement, (*_TAKEN, TYPE_ALIAS))

    def _leave(self, statement: ast.stmt, effects: Effects, file: str) -> None:
        """What it would have defined is told if it is missed, and what it would have changed."""
        line = statement.lineno
        if effects.names:
            self.skipped.append(Skipped(effects.names, file, line, None))
        rebound = [(name, f"{name} = …") for name in effects.names if name in self.own]
        for root, change in [*effects.changes, *rebound]:
            if root in self.own:
                self.unchanged.append((root, Skipped([change], file, line, None)))

    def _run_try(self, statement: ast.Try, file: str, namespace: dict[str, Any]) -> None:
        """The body, and if that fails what helps; but nothing of either that may not be run."""
        body, self.trying = iter(statement.body), self.trying + 1
        try:
            for inner in body:
                self._run(inner, file, namespace)
        except BaseException as error:
            self.trying -= 1
            handler = self._handler(statement, error, file, namespace)
            if handler is None:
                raise
            # An import that fails here need not have failed where the cell was written.
            imports = [one for one in body if isinstance(one, (ast.Import, ast.ImportFrom))]
            self._take_all([*imports, *handler.body], file, namespace)
        else:
            self.trying -= 1
            self._take_all(statement.orelse, file, namespace)
        self._take_all(statement.finalbody, file, namespace)

    def _take_all(self, body: Iterable[ast.stmt], file: str, namespace: dict[str, Any]) -> None:
        for statement in body:
            self._take(statement, file, namespace)

    def _handler(
        self, statement: ast.Try, error: BaseException, file: str, namespace: dict[str, Any]
    ) -> ast.ExceptHandler | None:
        for handler in statement.handlers:
            if handler.type is None:
                return handler
            if not _runs(handler.type):
                kinds = eval(self._compiled(ast.Expression(handler.type), file, "eval"), namespace)
                if isinstance(error, kinds):
                    return handler
        return None

    def _compiled(self, tree: ast.Module | ast.Expression, file: str, mode: str) -> types.CodeType:
        code: types.CodeType = compile(tree, file, mode, self.flags, dont_inherit=True)
        return code


def rest_of(
    code: types.CodeType, source: str, error: BaseException, namespace: dict[str, Any]
) -> Notebook:
    """What is left of a module when the trial of a function, below it, has raised `error`.

    Raises: `error`, if it was no trial: an import, a definition, or anything above all of them.
    """
    step = error.__traceback__
    while step is not None and step.tb_frame.f_code is not code:
        step = step.tb_next
    body, place = ast.parse(source).body, _place_of(step)
    line = place[0]
    ends = [(one.end_lineno or 0, one.end_col_offset or 0) for one in body]
    failed = next((k for k, end in enumerate(ends) if place < end), len(body))
    before, after = body[:failed], body[failed + 1 :]
    defined = any(isinstance(one, DEFINITIONS) for one in before)
    needed = isinstance(body[failed], (*DEFINITIONS, ast.Import, ast.ImportFrom)) if line else True
    if needed or not defined:
        raise error
    features = (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
    flags = sum(flag for flag in features if code.co_flags & flag)
    rest = Notebook([], flags=flags, own={*namespace})
    names = effects_of(body[failed]).names if line else []
    rest.skipped.append(Skipped(names, code.co_filename, line, error))
    rest._take_all(after, code.co_filename, namespace)
    rest.skipped += [left for name, left in rest.unchanged if uses(rest.codes, name)]
    return rest


def _place_of(step: types.TracebackType | None) -> tuple[int, int]:
    """The line and the column that it came to: one line may hold several statements."""
    if step is None:
        return 0, 0
    positions = step.tb_frame.f_code.co_positions()
    _, _, column, _ = next(islice(positions, step.tb_lasti // 2, None), (None,) * 4)
    return step.tb_lineno, column or 0


def parsed(text: str, file: str) -> ast.Module:
    """The text as Python reads it, without magics where that cannot be. Raises: SyntaxError."""
    with warnings.catch_warnings(action="ignore"):  # "\\d" is no matter of the exercise's
        try:
            return ast.parse(text, file)
        except SyntaxError:
            return ast.parse(without_magics(text), file)


def _line_of(error: BaseException) -> int:
    line = error.lineno if isinstance(error, SyntaxError) else None
    return line if isinstance(line, int) else 1


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
