"""What a call runs, by its name; the worker and the judge's own runner find it in the same way."""

import operator
from collections.abc import Callable
from functools import partial
from typing import Any

# Asked of a handle as an operator: whatever can be iterated over has an `in`, method or not.
_OPERATORS: dict[str, Callable[..., Any]] = {
    "__len__": len,
    "__getitem__": operator.getitem,
    "__next__": next,
    "__contains__": operator.contains,
}


def function_of(target: Any, name: str) -> Callable[..., Any]:
    """`target` itself for __call__, an operator on it, or what a name such as `a.b` leads to."""
    if name == "__call__":
        return target  # type: ignore[no-any-return]
    if name in _OPERATORS:
        return partial(_OPERATORS[name], target)
    return operator.attrgetter(name)(target)  # type: ignore[no-any-return]
