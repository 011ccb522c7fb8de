"""A call as a few lines of Python that anybody can run, with its arguments written out in full."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.suite.compare.as_code import laid_out, source_of

MAX_NUMBERS = 2000  # in all tensors of a call together
MAX_CHARACTERS = 40_000
_QUIET = (torch.float32, torch.int64, torch.bool)


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
                return f"np.array({_nested(value.tolist())}, dtype=np.{value.dtype.name})"
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
            text = f"torch.tensor({_nested(_plain(base))}{suffix}){moved}"
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


def _nested(entries: Any) -> str:
    if isinstance(entries, list):
        return f"[{', '.join(map(_nested, entries))}]"
    return _number(entries)


def _number(value: Any) -> str:
    """`inf` and `nan` are imported from math where this runs."""
    if isinstance(value, complex):
        return f"complex({_number(value.real)}, {_number(value.imag)})"
    if isinstance(value, int) and value.bit_length() > 512:
        raise Unwritable("its inputs are too large to be written out")
    return repr(float(value)) if isinstance(value, float) and math.isfinite(value) else str(value)
