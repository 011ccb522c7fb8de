"""What a statement of a notebook would define and change, and whether a function uses that."""

import ast
import dis
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

CHARACTERS = 60  # of a change, where it is told
_CHANGING = frozenset(
    "add append clear discard extend insert pop popitem remove reverse setdefault sort "
    "update".split()
)
TYPE_ALIAS: Any = getattr(ast, "TypeAlias", ())  # since Python 3.12


@dataclass(frozen=True)
class Effects:
    """`names` that it binds, and `changes` of other things: what is changed, and the change."""

    names: list[str] = field(default_factory=list)
    changes: list[tuple[str, str]] = field(default_factory=list)


def effects_of(statement: ast.stmt) -> Effects:
    """Those of it and of all that stands in it, other than in functions and classes."""
    effects, waiting = Effects(), [statement]
    while waiting:
        node: ast.AST = waiting.pop()
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                effects.names.append(name)
                continue
            case ast.Import() | ast.ImportFrom():
                effects.names.extend(a.asname or a.name.partition(".")[0] for a in node.names)
            case ast.Assign(targets=targets):
                _bind(targets, effects)
            case ast.AugAssign(target=ast.Name(id=name)):
                effects.changes.append((name, f"{name} = …"))
            case ast.AnnAssign(value=ast.expr()) | ast.AugAssign() | ast.For() | ast.AsyncFor():
                _bind([node.target], effects)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                _bind([item.optional_vars for item in items if item.optional_vars], effects)
            case ast.Expr(ast.Call(ast.Attribute(ast.Name(root), method))) if method in _CHANGING:
                effects.changes.append((root, f"{root}.{method}(…)"[:CHARACTERS]))
            case _ if isinstance(node, TYPE_ALIAS):
                effects.names.append(node.name.id)
        waiting += list(_inner(node))[::-1]
    return effects


def _inner(node: ast.AST) -> Iterator[ast.stmt]:
    """The statements that stand in a statement, or in its handlers and cases."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, (ast.ExceptHandler, ast.match_case)):
            yield from child.body


def _bind(targets: Iterable[ast.expr], effects: Effects) -> None:
    waiting = list(targets)[::-1]
    while waiting:
        match waiting.pop():
            case ast.Name(id=name):
                effects.names.append(name)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                waiting += reversed(parts)
            case ast.Starred(value=part):
                waiting.append(part)
            case target:
                if root := _root(target):
                    change = f"{ast.unparse(target)[:CHARACTERS]} = …"
                    effects.changes.append((root, change))


def _root(target: ast.expr) -> str | None:
    while isinstance(target, (ast.Attribute, ast.Subscript)):
        target = target.value
    return target.id if isinstance(target, ast.Name) else None


def uses(codes: Iterable[types.CodeType], name: str) -> bool:
    """Does a function in them look up this name of the module?"""
    return any(_looks_up(inner, name) for code in codes for inner in _inside(code))


def _inside(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _inside(constant)


def _looks_up(code: types.CodeType, name: str) -> bool:
    if name not in code.co_names:
        return False
    return any(
        one.opname == "LOAD_GLOBAL" and one.argval == name for one in dis.get_instructions(code)
    )
