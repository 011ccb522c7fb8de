"""A call as a few lines of Python that anybody can run, with its arguments written out in full; and
so the functions and the layouts of tensors that tests pass on."""

import ast
import builtins
import inspect
import linecache
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from types import FunctionType
from typing import Any

import numpy as np
import torch
from torch import Tensor

MAX_NUMBERS = 2000  # in all tensors of a call together
MAX_CHARACTERS = 40_000
_QUIET = (torch.float32, torch.int64, torch.bool)
_MODULES = {"torch": torch, "math": math, "np": np}
LONGEST, MOST = 120, 1e15


class Unwritable(Exception):
    """The call cannot be written out; the message says why not."""


def written_call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Statements that end with `got = name(…)`. Raises: Unwritable."""
    writing = _Writing()
    named = [(f"arg{number}", value) for number, value in enumerate(args, start=1)]
    passed = [writing.passed(key, value) for key, value in named]
    passed += [f"{key}={writing.passed(key, value)}" for key, value in kwargs.items()]
    lines = [*writing.lines, f"got = {name}({', '.join(passed)})"]
    if sum(map(len, lines)) > MAX_CHARACTERS:
        raise Unwritable("its inputs are too large to be written out")
    return "\n".join(lines)


class _Writing:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.left = MAX_NUMBERS

    def passed(self, key: str, value: object) -> str:
        """What stands between the parentheses: small things as they are, others by a name."""
        text = self.text(value)
        if not isinstance(value, (Tensor, np.ndarray, list, tuple, dict)) or text == "()":
            return text
        self.lines.append(f"{key} = {text}")
        for place, tensor in _tensors(key, value):
            if tensor.grad is not None:
                self.lines.append(f"{place}.grad = {self.text(tensor.grad)}")
        return key

    def text(self, value: object) -> str:
        match value:
            case Tensor():
                return self._tensor(value)
            case np.ndarray():
                self._spend(value.size)
                return f"np.array({nested(value.tolist(), _number)}, dtype=np.{value.dtype.name})"
            case np.generic() if not isinstance(value, float):
                return f"np.{value.dtype.name}({_number(value.item())})"
            case None | bool() | int() | float() | complex():
                return _number(value)
            case str() | bytes():
                return repr(value)
            case torch.Size():
                return f"torch.Size({list(value)})"
            case tuple() if type(value) is tuple:
                return f"({''.join(f'{self.text(item)}, ' for item in value).rstrip(' ')})"
            case list():
                return f"[{', '.join(map(self.text, value))}]"
            case dict():
                pairs = (f"{self.text(k)}: {self.text(v)}" for k, v in value.items())
                return f"{{{', '.join(pairs)}}}"
            case slice():
                return f"slice({', '.join(map(self.text, (value.start, value.stop, value.step)))})"
            case torch.dtype():
                return str(value)
            case torch.device():
                return f'torch.device("{value}")'
        return self._function(value)

    def _function(self, value: object) -> str:
        found = source_of(value) if callable(value) else None
        if found is None:
            what = "a function" if callable(value) else "an object"
            raise Unwritable(f"it is given {what} of the test that cannot be written out")
        for name, held in found.names.items():
            self.lines.append(f"{name} = {self.text(held)}")
        return f"({found.text})" if found.text.startswith("lambda") else found.text

    def _tensor(self, tensor: Tensor) -> str:
        if tensor.layout is not torch.strided or tensor.is_meta or tensor.is_quantized:
            raise Unwritable("it is given a tensor that cannot be written out")
        found = laid_out(tensor)
        base, moved = found or (tensor.detach(), "")
        self._spend(base.numel())
        quiet = base.dtype in _QUIET
        suffix = "" if quiet else f", dtype={base.dtype}"
        if base.numel():
            text = f"torch.tensor({nested(_plain(base), _number)}{suffix}){moved}"
        else:
            text = f"torch.zeros({tuple(base.shape)}{suffix}){moved}"
        if found is None:
            like = f"{tuple(tensor.shape)}, {tensor.stride()}, dtype={tensor.dtype}"
            text = f"torch.empty_strided({like}).copy_({text})"
        if tensor.device.type != "cpu":
            text = f'{text}.to("{tensor.device}")'
        return f"{text}.requires_grad_()" if tensor.requires_grad else text

    def _spend(self, numbers: int) -> None:
        self.left -= numbers
        if self.left < 0:
            raise Unwritable("its inputs are too large to be written out")


def _tensors(place: str, value: object) -> Iterator[tuple[str, Tensor]]:
    if isinstance(value, Tensor):
        yield place, value
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            yield from _tensors(f"{place}[{number}]", item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _tensors(f"{place}[{key!r}]", item)


def _plain(tensor: Tensor) -> Any:
    """Its numbers; those of less than 64 bits in as few digits as tell them apart."""
    if tensor.dtype is torch.float32:
        return tensor.cpu().numpy().astype(str).astype(float).tolist()
    return tensor.tolist()


def nested(entries: Any, written: Callable[[Any], str]) -> str:
    """The numbers in a list of lists, as they are `written`."""
    if isinstance(entries, list):
        return f"[{', '.join(nested(entry, written) for entry in entries)}]"
    return written(entries)


def _number(value: Any) -> str:
    """`inf` and `nan` are imported from math where this runs."""
    if isinstance(value, complex):
        return f"complex({_number(value.real)}, {_number(value.imag)})"
    if isinstance(value, int) and value.bit_length() > 512:
        raise Unwritable("its inputs are too large to be written out")
    return repr(float(value)) if isinstance(value, float) and math.isfinite(value) else str(value)


# --- functions and layouts --------------------------------------------------------------------


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
        pythons = getattr(builtins, name, None)
        value = known.get(name, function.__globals__.get(name, pythons))
        if isinstance(value, (int, float)) and abs(value) < MOST:
            numbers[name] = value
        elif isinstance(value, (Tensor, np.ndarray)):
            names[name] = value
        elif value is None or (value is not _MODULES.get(name) and value is not pythons):
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
