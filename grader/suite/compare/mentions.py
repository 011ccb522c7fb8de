"""Whether an error message holds a value: a number, or a shape in any style of writing it."""

import math
import re
from typing import Any

from grader.suite.compare.describe import describe

# a number may follow "x", as in 2x3, and a minus sign belongs to it unless it follows a word
_NUMBER = re.compile(
    r"(?:(?<![\w.])|(?<=\d[xX]))(?:(?<![\w)\]])-)?\d+(?:\.\d+)?(?:e[+-]?\d+)?", re.A
)
_NO_AXES = re.compile(r"\(\s*\)|\[\s*\]|\b0-d|\b0 ?dim|\bzero dim|\bscalar", re.IGNORECASE)


def mentioned(value: Any, message: str) -> bool:
    """Does `message` hold `value`? The sizes of a shape count if they stand there in order."""
    if isinstance(value, str):
        return value.lower() in message.lower()
    if isinstance(value, (list, tuple)):
        return _sizes(list(value), message) if len(value) else bool(_NO_AXES.search(message))
    if isinstance(value, float) and not math.isfinite(value):
        return str(value) in message.lower()
    return float(value) in _numbers(message)


def as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return describe(tuple(value) if isinstance(value, (list, tuple)) else value)


def _sizes(sizes: list[int], message: str) -> bool:
    numbers = _numbers(message)
    return any(numbers[i : i + len(sizes)] == sizes for i in range(len(numbers)))


def _numbers(message: str) -> list[float]:
    return [float(number) for number in _NUMBER.findall(message[:10_000])]
