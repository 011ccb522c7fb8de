"""What tests pass on, as Python that anybody can run: functions, and how tensors are laid out."""

import ast
import builtins
import inspect
import linecache
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from types import FunctionType
from typing import Any

import numpy as np
import torch
from torch import Tensor

_MODULES = {"torch": torch, "math": math, "np": np}
LONGEST, MOST = 120, 1e15


@dataclass(frozen=True)
class FunctionSource:
    """An expression, and the values of the names in it that are not Python's or torch's."""

    text: str
    names: dict[str, Any] = field(default_factory=dict)


def source_of(function: Callable[..., Any]) -> FunctionSource | None:
    """A function of torch, math or Python by its name, a lambda by its text; None for any other.

    Of an object that watches the calls of a `function`, it is that function's.
    """
    function = getattr(function, "function", function)
    name = getattr(function, "__name__", "")
    for place, module in (("", builtins), ("torch.", torch), ("math.", math)):
        if name and getattr(module, name, None) is function:
            return FunctionSource(f"{place}{name}")
    if not isinstance(function, FunctionType) or name != "<lambda>":
        return None
    node = _node_of(function)
    return None if node is None else _written(function, node)


def _node_of(function: FunctionType) -> ast.Lambda | None:
    """The lambda in the text of its file: the one whose body is where its instructions say."""
    places = set(function.__code__.co_positions())
    for node in _lambdas(function.__code__.co_filename):
        body = node.body
        if (body.lineno, body.end_lineno, body.col_offset, body.end_col_offset) in places:
            return node
    return None


@lru_cache(maxsize=16)
def _lambdas(file: str) -> tuple[ast.Lambda, ...]:
    try:
        module = ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return ()
    return tuple(node for node in ast.walk(module) if isinstance(node, ast.Lambda))


def _written(function: FunctionType, node: ast.Lambda) -> FunctionSource | None:
    parameters = inspect.signature(function).parameters.values()
    if any(p.kind in (p.VAR_POSITIONAL, p.KEYWORD_ONLY, p.VAR_KEYWORD) for p in parameters):
        return None
    kept = {p.name: p.default for p in parameters if p.default is not p.empty}
    free = [p.name for p in parameters if p.name not in kept]  # `c=c` keeps a value: no call has c
    known = {**inspect.getclosurevars(function).nonlocals, **kept}
    numbers, names = {}, {}
    for name in {n.id for n in ast.walk(node.body) if isinstance(n, ast.Name)} - {*free}:
        value = known.get(name, function.__globals__.get(name, getattr(builtins, name, None)))
        if isinstance(value, (int, float)) and abs(value) < MOST:
            numbers[name] = value
        elif isinstance(value, (Tensor, np.ndarray)):
            names[name] = value
        elif value is None or (
            value is not _MODULES.get(name) and value is not getattr(builtins, name, None)
        ):
            return None
    body = _WithNumbers(numbers).visit(ast.parse(ast.unparse(node.body), mode="eval").body)
    text = f"lambda {', '.join(free)}: {ast.unparse(body)}".replace("lambda :", "lambda:")
    single = len(text) <= LONGEST and "\n" not in text
    return FunctionSource(text, dict(sorted(names.items()))) if single else None


class _WithNumbers(ast.NodeTransformer):
    """Numbers in the place of the names that stand for them."""

    def __init__(self, numbers: dict[str, Any]) -> None:
        self.numbers = numbers

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(self.numbers[node.id]) if node.id in self.numbers else node


def laid_out(tensor: Tensor) -> tuple[Tensor, str] | None:
    """A contiguous tensor and what makes this one of it: `.T`, `.transpose(0, 1)`, `.permute(…)`
    or `.expand(…)`; "" where that is nothing. None if it takes more, as for every other column.
    """
    tensor = tensor.detach()
    if tensor.is_contiguous():
        return tensor, ""
    sizes, strides = tensor.shape, tensor.stride()
    if any(step == 0 and size > 1 for size, step in zip(sizes, strides, strict=True)):
        for axis, step in enumerate(strides):
            tensor = tensor.narrow(axis, 0, 1) if step == 0 else tensor
        return (tensor, f".expand{tuple(sizes)}") if tensor.is_contiguous() else None
    order = sorted(range(tensor.ndim), key=lambda axis: -strides[axis])
    base = tensor.permute(order)
    if not base.is_contiguous():
        return None
    back = [order.index(axis) for axis in range(tensor.ndim)]
    moved = [axis for axis, place in enumerate(back) if axis != place]
    if tensor.ndim == 2:
        return base, ".T"
    if len(moved) == 2:
        return base, f".transpose({moved[0]}, {moved[1]})"
    return base, f".permute({', '.join(map(str, back))})"
