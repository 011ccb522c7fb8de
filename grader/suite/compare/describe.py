"""Values in a few words: one line, bounded, and safe for whatever a learner may return."""

import dataclasses
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeGuard

import numpy as np
import torch
from torch import Tensor

from grader.suite.compare.replay import laid_out, nested, source_of

LIMIT = 160
CALL_LIMIT = 200
ERROR_LIMIT = 300
ELEMENTS = 12  # more than this, and a tensor is shown by its shape and first entries
OPENING = 4  # how many first entries
DEPTH = 3
LONGEST_TEXT = 80
EXACT_DIGITS = 17
FEWEST_DIGITS_FOR_NUMBERS = 6
QUIET = ("float32", "int64", "bool")  # dtypes that go without saying
QUIET_ARRAYS = ("float64", "int64", "bool")


@dataclass(frozen=True)
class _Style:
    limit: int = LIMIT
    digits: int = 4
    elements: int = ELEMENTS
    opening: int = OPENING
    depth: int = 0
    given: bool = False  # what a call was given, where it matters how a tensor was made

    def inner(self, limit: int) -> "_Style":
        return dataclasses.replace(self, limit=max(limit, 1), depth=self.depth + 1)


def describe(value: object, limit: int = LIMIT, *, digits: int = 4) -> str:
    """`value` on one line of at most `limit` characters; numbers to `digits` significant digits."""
    return clip(_render(value, _Style(limit, digits)), limit)


def describe_call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The call as a learner would type it, with large tensors shown by their shape.

    A comment behind it tells of gradients that are there, and of names in the text of a function.
    """
    for elements, room in ((ELEMENTS, 120), (4, CALL_LIMIT), (0, CALL_LIMIT)):
        style = _Style(CALL_LIMIT, elements=elements, opening=0, given=True)
        functions = iter("fgh")
        parts = [_argument(value, style, functions) for value in args]
        parts += [f"{key}={_argument(kwargs[key], style, iter(()))}" for key in kwargs]
        text = f"{plain(name)}({', '.join(parts)})"
        if len(text) <= room:
            break
    return _remarked(clip(text, CALL_LIMIT), [*args, *kwargs.values()])


def _remarked(text: str, values: list[Any]) -> str:
    """With what cannot be said in the call itself, as far as there is room."""
    remarks = []
    for value in values:
        found = source_of(value) if _is_function(value) else None
        for name, held in found.names.items() if found else ():
            remarks.append((f"{name} = {describe(held, 60)}", ""))
        tensors = [value, *(value if isinstance(value, (list, tuple)) else ())]
        grads = [t.grad for t in tensors if isinstance(t, Tensor) and t.is_leaf]
        if said := [describe(grad, 40) for grad in grads if grad is not None]:
            remarks.append((f"with .grad {', '.join(said)}", "with a .grad"))
    for long, short in remarks:
        lead = "; " if "  # " in text else "  # "
        fits = (lead + r for r in (long, short) if r and len(text + lead + r) <= CALL_LIMIT)
        text += next(fits, "")
    return text


def describe_error(error: BaseException) -> str:
    """The kind of an exception and its message."""
    kind, message = kind_of_error(error), plain(str(error)[: 4 * ERROR_LIMIT]).strip()
    return clip(f"{kind}: {message}" if message else kind, ERROR_LIMIT)


def kind_of_error(error: BaseException) -> str:
    return plain(str(getattr(error, "kind", "") or type(error).__name__)[:80])


def plain(text: str) -> str:
    """`text` on one line: line breaks become spaces, other invisible characters are escaped."""
    return "".join(c if c.isprintable() else _escaped(c) for c in " ".join(text.split()))


def clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: max(limit - 1, 0)] + "…"


def kind_of(value: object) -> str:
    """The class of an object as one word; for a handle, of the object it stands for."""
    name = getattr(value, "kind", "") if is_handle(value) else type(value).__name__
    return clip(plain(str(name)[:200]), 60)


def is_handle(value: object) -> bool:
    return getattr(type(value), "is_handle", False) is True


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def _argument(value: object, style: _Style, functions: Iterator[str]) -> str:
    text = _render(value, style)
    return next(functions, text) if text == "f" else clip(text, style.limit)


def _render(value: object, style: _Style) -> str:
    if isinstance(value, (Tensor, np.ndarray)):
        return _grid(value, style)
    if isinstance(value, np.generic) and not isinstance(value, float):
        return f"np.{value.dtype.name}({_number(value.item(), style.digits)})"
    if isinstance(value, (bool, int, float, complex)):
        return _number(value, max(style.digits, FEWEST_DIGITS_FOR_NUMBERS))
    if isinstance(value, (str, bytes)):
        return _quoted(value, min(style.limit, LONGEST_TEXT))
    if isinstance(value, (list, tuple)):
        return _sequence(value, style)
    if isinstance(value, dict):
        return _dict(value, style)
    if isinstance(value, (set, frozenset)):
        return _set(value, style)
    if isinstance(value, slice):
        ends = [value.start, value.stop] + [value.step] * (value.step is not None)
        return f"slice({', '.join(_render(end, style.inner(style.limit // 3)) for end in ends)})"
    if value is None or isinstance(value, (torch.dtype, torch.Generator)):
        return plain(str(value))
    if isinstance(value, torch.device):
        return f'torch.device("{value}")'
    if isinstance(value, type):
        return plain(value.__name__[:80])
    if _is_function(value):
        found = source_of(value) if style.given else None
        return found.text if found else "f"
    return f"<{kind_of(value)}>"


def _set(value: set[Any] | frozenset[Any], style: _Style) -> str:
    """In an order that is the same in every process."""
    items = (_render(item, style.inner(style.limit)) for item in value)
    texts = sorted(items, key=lambda item: (len(item), item))
    text = f"{{{', '.join(texts)}}}" if texts else ""
    word = "frozenset" if isinstance(value, frozenset) else "" if texts else "set"
    return clip(f"{word}({text})" if word else text, style.limit)


def _is_function(value: object) -> TypeGuard[Callable[..., Any]]:
    return (
        callable(value)
        and not is_handle(value)
        and not isinstance(value, (type, Tensor, torch.nn.Module))
    )


# --- numbers ---------------------------------------------------------------------------------


def _number(value: Any, digits: int) -> str:
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, int):
        # Python refuses to print integers of more than a few thousand digits
        bits = value.bit_length()
        return str(int(value)) if bits <= 128 else f"<int of {bits} bits>"
    if isinstance(value, (complex, np.complexfloating)):
        imaginary = _real(float(value.imag), digits)
        return f"{_real(float(value.real), digits)}{'' if imaginary[0] == '-' else '+'}{imaginary}j"
    return _real(float(value), digits)


def _real(value: float, digits: int) -> str:
    """At least one decimal, and never the look of a whole number where it is none."""
    if not math.isfinite(value):
        return str(value)
    whole = value == int(value)
    if whole and abs(value) < 1e7:
        return f"{value:.1f}"
    if digits >= EXACT_DIGITS:
        return repr(value)
    if whole or not 1e-4 <= abs(value) < 1e6:
        return f"{value:.{digits}g}"
    decimals = max(1, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{decimals}f}"
    stripped = text.rstrip("0")
    return text if stripped.endswith(".") else stripped


def _entry(value: Any, digits: int) -> str:
    """A number inside a tensor: whole floats as torch prints them, `2.`."""
    text = _number(value, digits)
    return text[:-1] if text.endswith(".0") and float(text) == value else text


# --- tensors and arrays -----------------------------------------------------------------------


def _grid(value: "Tensor | np.ndarray[Any, Any]", style: _Style) -> str:
    """Whole where it is small; else its shape and first entries, read by index.

    Nothing here may touch all of a large value: an expanded tensor can claim any size.
    """
    is_tensor = isinstance(value, Tensor)
    word, shape = ("tensor" if is_tensor else "array"), tuple(value.shape)
    dtype = str(value.dtype).removeprefix("torch.")
    usual = QUIET if is_tensor else QUIET_ARRAYS
    quiet = dtype in (usual if math.prod(shape) else usual[:1])  # no entry shows what it is
    candidates: list[str] = []
    if not _readable(value):
        return f"{dtype} {word} of shape {_shape(shape)}, without readable entries"
    summary = f"{'' if quiet else dtype + ' '}{word} of shape {_shape(shape)}"
    base, moved, wants = value, "", ""
    if style.given and isinstance(value, Tensor):
        wants = ", requires_grad=True" if value.requires_grad else ""
        if not value.is_contiguous():
            summary += f" and strides {_shape(value.stride())}"
            base, moved = laid_out(value) or (value, f" with strides {_shape(value.stride())}")
        summary += wants.replace("=True", "")
    if shape == (0,) or 0 < math.prod(shape) <= style.elements:
        suffix = "" if quiet else f", dtype={'torch.' if is_tensor else ''}{dtype}"
        suffix += "" if moved else wants
        entries = nested(base.tolist(), lambda number: _entry(number, style.digits))
        text = f"{word}({entries}{suffix}){moved}"
        candidates.append(f"{text}.requires_grad_()" if moved and wants else text)
    if style.opening and 0 < len(shape) <= 4 and math.prod(shape):
        candidates.append(f"{summary}: {_opening(value, style)}")
    return next((text for text in candidates if len(text) <= style.limit), summary)


def _readable(value: "Tensor | np.ndarray[Any, Any]") -> bool:
    if isinstance(value, Tensor):
        return value.layout is torch.strided and not (value.is_meta or value.is_quantized)
    return value.dtype.kind in "biufc"


def _shape(shape: tuple[int, ...]) -> str:
    if len(shape) <= 8:
        return str(shape)
    return f"({', '.join(map(str, shape[:8]))}, …)"


def _opening(value: "Tensor | np.ndarray[Any, Any]", style: _Style) -> str:
    takes, room = [], style.opening
    for size in reversed(value.shape):
        take = max(1, min(size, room))
        takes.append(take - 1 if take < size and take > 3 else take)
        room //= take
    return _corner(value, takes[::-1], style.digits)


def _corner(value: Any, takes: list[int], digits: int) -> str:
    if not takes:
        return _entry(value.tolist(), digits)
    entries = [_corner(value[i], takes[1:], digits) for i in range(takes[0])]
    return f"[{', '.join(entries + ['…'] * (takes[0] < len(value)))}]"


# --- text and containers ----------------------------------------------------------------------


def _quoted(text: str | bytes, limit: int) -> str:
    """`repr` escapes what is not printable; cut before it does, so that no escape is cut apart."""
    shown = text[: max(limit, 8)]
    while len(repr(shown)) > limit - 1 and len(shown) > 1:
        shown = shown[: len(shown) * 3 // 4]
    return repr(shown) + ("…" if len(shown) < len(text) else "")


def _sequence(value: list[Any] | tuple[Any, ...], style: _Style) -> str:
    opening, closing = ("[", "]") if isinstance(value, list) else ("(", ")")
    if isinstance(value, torch.Size):
        opening, closing = "torch.Size([", "])"
    elif isinstance(value, tuple) and len(value) == 1:
        closing = ",)"
    items = (_render(item, style.inner(style.limit // 2)) for item in value)
    return _container(opening, closing, items, len(value), style, kind_of(value))


def _dict(value: dict[Any, Any], style: _Style) -> str:
    inner = style.inner(style.limit // 2)
    items = (f"{_render(k, inner)}: {_render(v, inner)}" for k, v in value.items())
    return _container("{", "}", items, len(value), style, "dict")


def _container(
    opening: str, closing: str, items: Iterator[str], count: int, style: _Style, kind: str
) -> str:
    if style.depth >= DEPTH and count:
        return f"{opening}…{closing}"
    whole: list[str] = list(islice(items, min(count, ELEMENTS)))
    text = f"{opening}{', '.join(whole)}{closing}"
    if count == len(whole) and len(text) <= style.limit:
        return text
    prefix = f"{kind} of {count} items: " if style.depth == 0 and count > 1 else ""
    room = style.limit - len(prefix) - len(opening) - len(closing) - len(", …")
    few = whole[:OPENING]
    while few and sum(map(len, few)) + 2 * len(few) > room:
        few.pop()
    return f"{prefix}{opening}{', '.join([*few, '…'])}{closing}"
