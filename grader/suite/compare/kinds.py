"""What a reader calls the type of a value, and how one type is made of another."""

import math

import numpy as np
import torch
from torch import Tensor

from grader.suite.compare.describe import kind_of

NAMES: tuple[tuple[type, str], ...] = (  # bool before int: a bool is an int to Python
    (Tensor, "a tensor"),
    (np.ndarray, "a NumPy array"),
    (bool, "a bool"),
    (int, "an int"),
    (float, "a float"),
    (complex, "a complex number"),
    (str, "a string"),
    (bytes, "bytes"),
    (list, "a list"),
    (tuple, "a tuple"),
    (dict, "a dict"),
    (set, "a set"),
    (frozenset, "a frozenset"),
    (slice, "a slice"),
    (torch.dtype, "a dtype"),
    (torch.device, "a device"),
    (type(None), "None"),
)
CLASSES = ("type", "ABCMeta", "EnumType", "_TensorMeta")
FUNCTIONS = ("function", "method", "builtin_function_or_method")


def plain_kind(value: object) -> str | None:
    """The name of a type that can be compared; None for every other type."""
    return next((name for kind, name in NAMES if isinstance(value, kind)), None)


def any_kind(value: object) -> str:
    if name := plain_kind(value):
        return name
    if isinstance(value, np.generic):
        return f"a NumPy {value.dtype.name}"
    kind = kind_of(value)
    if kind in CLASSES:
        return "a class"
    if kind in FUNCTIONS:
        return "a function"
    return f"{'an' if kind[:1].lower() in tuple('aeiou') else 'a'} {kind}"


def conversion(got: object, wanted: str, expected: object = None) -> str | None:
    """How a value of another type comes about, or becomes what is wanted."""
    if got is None:
        return "a function that ends without return gives None"
    if wanted == "None":
        return "change the argument in place and return nothing"
    kind = any_kind(got)
    if kind == "a function":
        return "a function came back uncalled: are its parentheses missing?"
    if kind == "a generator":
        return "a function with yield gives a generator: collect what it yields"
    if wanted == "a bool" and (isinstance(got, np.generic) or _has_one_entry(got)):
        return "bool(...) makes a Python bool of it"
    if wanted in ("a float", "an int"):
        if isinstance(got, Tensor) and got.numel() == 1:
            return ".item() gives the Python number in a tensor of one entry"
        if isinstance(got, np.generic) or _has_one_entry(got):
            return f"{wanted.split()[1]}(...) makes a Python {wanted.split()[1]} of it"
    if {wanted, kind} == {"a float", "an int"} and _near(got, expected):
        return "/ gives a float, // of integers an int; float(...) and int(...) convert"
    if wanted == "a tensor" and kind in ("a float", "an int", "a bool"):
        return ".item(), float(...) and the like give plain numbers; without them it is a tensor"
    if wanted == "a tensor" and isinstance(got, (list, tuple)) and (said := _of_several(got)):
        return said
    of_numbers = isinstance(expected, tuple) and {*map(type, expected)} <= {int, float}
    if kind == "a tensor" and of_numbers:
        return "tuple(x.tolist()) makes a tuple of the numbers in a tensor"
    return _CONVERSIONS.get((kind, wanted))


def _near(got: object, expected: object) -> bool:
    """Could a conversion make one number of the other? Of numbers that are far apart, none can."""
    if not (isinstance(got, (int, float)) and isinstance(expected, (int, float))):
        return False
    return expected - 1 < got < expected + 1


def _of_several(got: "list[object] | tuple[object, ...]") -> str | None:
    if len(got) == 1 and isinstance(got, tuple):
        return (
            "a comma behind a value makes a tuple of it, and torch.where(condition) gives a tuple"
        )
    if all(isinstance(part, Tensor) for part in got):
        shapes = {part.shape for part in got if isinstance(part, Tensor)}
        if len(shapes) > 1:
            return "these are several tensors of different shapes: is one of them the result?"
    return None


def _has_one_entry(value: object) -> bool:
    return isinstance(value, (Tensor, np.ndarray)) and math.prod(value.shape) == 1


_CONVERSIONS = {
    ("a NumPy array", "a tensor"): "torch.from_numpy(...) makes a tensor of an array",
    (
        "a tuple",
        "a tensor",
    ): "several values came back, as by `return a, b`; split, and max along an axis, give several",
    ("a list", "a tensor"): "torch.stack or torch.tensor makes one tensor of a list",
    ("a tensor", "a NumPy array"): ".detach().cpu().numpy() makes an array of a tensor",
    ("a tensor", "a list"): ".tolist() makes a list of a tensor",
    ("a NumPy array", "a list"): ".tolist() makes a list of an array",
    ("a tensor", "a tuple"): "a tuple of several results is written (first, second)",
    ("a class", "a dtype"): "type(x) is the class of x; x.dtype is the dtype of its numbers",
    ("a list", "a tuple"): "tuple(...) makes a tuple of a list",
    ("a tuple", "a list"): "list(...) makes a list of a tuple",
}
