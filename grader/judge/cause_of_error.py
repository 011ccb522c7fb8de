"""Why a call of the learner's raised: the sentence for an error of Python's or torch's own.

Of a name that is not there: where it is instead, or the one that is spelled nearly like it.
"""

import builtins
import difflib
import functools
import math
import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy
import torch
from torch import nn
from torch.nn import functional

from grader.course.known_errors import KnownError
from grader.errors import Raised

MESSAGE_CHARACTERS = 600  # of a message that are looked at
# What is wrong whatever the work was asked for.
NAMES = frozenset(
    ["NameError", "UnboundLocalError", "AttributeError", "ImportError", "ModuleNotFoundError"]
)
ALIKE = 0.75  # from here on two names may be the same word
LETTERS = range(4, 60)  # shorter names are too much alike
# Of a learner's file and the names in it that are looked at.
SOURCE_CHARACTERS, MOST_NAMES = 200_000, 2000
_NO_ATTRIBUTE = re.compile(
    r"(?:'(?P<object>[\w.]+)' object|module '(?P<module>[\w.]+)'|type object '(?P<type>\w+)')"
    r" has no attribute '(?P<name>\w+)'"
    r"|cannot import name '(?P<imported>\w+)' from '(?P<of>[\w.]+)'"
)
_NO_NAME = re.compile(r"name '(?P<name>\w+)' is not defined")
_NO_CODE = re.compile(r"\"\"\".*?\"\"\"|'''.*?'''|#[^\n]*", re.DOTALL)
_SET = re.compile(r"\b([A-Za-z]\w*)(?=\s*(?:[:=,)]|in\b))|\bclass (\w+)")
_MODULES: dict[str, Any] = {
    module.__name__: module for module in (torch, nn, functional, torch.optim, math, numpy)
}
_TYPES: dict[str, type] = {
    kind.__name__: kind for kind in (list, tuple, dict, str, int, float, bool, set)
}


def cause_of(error: Raised, own: Sequence[KnownError] = ()) -> str | None:
    """The likely cause of an error that the learner's line does not raise itself.

    `own` are the errors that a course knows of beside those of the grader; they come first.
    """
    if error.by_hand:
        return None
    kind, message, line = error.kind, str(error)[:MESSAGE_CHARACTERS], ""
    if error.frames:
        line = error.frames[-1].text
    for known in (*own, *_table()):
        if sentence := known.explains(kind, message, line):
            return sentence
    return _misspelled(kind, message, line, error.source)


@functools.cache
def _table() -> tuple[KnownError, ...]:
    text = Path(__file__).with_name("known_errors.toml").read_text(encoding="utf-8")
    return tuple(KnownError(**entry) for entry in tomllib.loads(text)["error"])


def _misspelled(kind: str, message: str, line: str, source: str) -> str | None:
    """What is said of a name that is missing; `source` is the file or cell it was used in."""
    source = source[:SOURCE_CHARACTERS]
    if kind == "NameError" and (found := _NO_NAME.match(message)):
        return _undefined(found["name"], line, source)
    if kind in ("AttributeError", "ImportError") and (found := _NO_ATTRIBUTE.match(message)):
        module = found["module"] or found["of"]
        name = found["name"] or found["imported"]
        if module:
            return _not_in_module(module, name)
        return _not_in_object(found["object"] or found["type"], name, source)
    return None


def _undefined(name: str, line: str, source: str) -> str | None:
    called = re.search(rf"(?<![\w.]){name}\(", line) is not None
    if not called and isinstance(getattr(torch, name, None), torch.dtype):
        return f"A dtype needs its module in front: torch.{name}."
    for prefix, module in (("torch", torch), ("nn", nn)) if called else ():
        if callable(getattr(module, name, None)) and not name.startswith("_"):
            return f"{name} needs its module in front: {prefix}.{name}(...)."
    known = {*dir(builtins), *_names_in(source)} - {name}
    return _near(name, known, "There is no {name} here: is {near} meant?")


def _not_in_module(module: str, name: str) -> str | None:
    if module not in _MODULES:
        return None
    if module == "torch" and hasattr(torch.Tensor, name):
        return f"torch has no {name}, but each tensor x has: x.{name}."
    if same := _same_letters(name, dir(_MODULES[module])):
        return f"{module} has no {name}: is {same} meant?"
    if module == "math" and hasattr(builtins, name):
        return f"{name} is Python's own: write {name}(...), without math."
    for other in ("torch", "torch.nn", "torch.nn.functional"):
        if hasattr(_MODULES[other], name):
            return f"{module} has no {name}, but {other} has: {other}.{name}."
    return _near(name, dir(_MODULES[module]), f"{module} has no {{name}}: is {{near}} meant?")


def _not_in_object(owner: str, name: str, source: str) -> str | None:
    if owner == "Tensor":
        for module in ("torch", "torch.nn.functional"):
            if callable(getattr(_MODULES[module], name, None)):
                return f"A tensor has no method {name}. It is a function: {module}.{name}."
        owner = "A tensor"
        names: Iterable[str] = dir(torch.Tensor)
    elif owner in _TYPES:
        is_tensors = hasattr(torch.Tensor, name) or hasattr(torch, name)
        if is_tensors and owner in ("int", "float", "bool", "list", "tuple"):
            return _is_no_tensor(owner, name)
        names = dir(_TYPES[owner])
    elif re.search(rf"^[ \t]*class {re.escape(owner)}\b", source, re.MULTILINE):
        return _not_in_class(owner, name, source)
    elif isinstance(getattr(nn, owner, None), type):
        names = {*dir(getattr(nn, owner)), "weight", "bias"}
    elif isinstance(getattr(torch.optim, owner, None), type):
        names = dir(getattr(torch.optim, owner))
    else:
        return None
    return _near(name, names, f"{owner} has no {{name}}: is {{near}} meant?")


def _is_no_tensor(owner: str, name: str) -> str:
    if owner in ("int", "float", "bool"):
        return (
            f"This is a plain {owner} of Python, not a tensor, and has no {name}. "
            "Either leave that out, or make a tensor: torch.tensor(...)."
        )
    return (
        f"This is a {owner}, not a tensor: go through it with for, or make a tensor of it with "
        "torch.stack (of tensors) or torch.tensor (of numbers). Two values returned are a tuple."
    )


def _not_in_class(owner: str, name: str, source: str) -> str | None:
    """Of an attribute that objects of a learner's class lack."""
    kept = re.findall(r"\bself\.(\w+)\s*(?=[:=,])|\bdef (\w+)", source)
    names = {*(attribute or method for attribute, method in kept), *dir(nn.Module)}
    near = _near(name, names, f"{owner} has no {{name}}: is {{near}} meant?")
    return near or f"Nothing has set self.{name} before it is used: __init__ is the place for that."


def _same_letters(name: str, names: Iterable[str]) -> str | None:
    """The one name that differs in nothing but capital letters."""
    same = [other for other in names if other.lower() == name.lower() and other != name]
    return same[0] if len(same) == 1 else None


def _near(name: str, names: Iterable[str], sentence: str) -> str | None:
    """The sentence with the one name that is nearest."""
    fit = (n for n in names if n != name and len(n) in LETTERS and not n.startswith("_"))
    known = sorted(set(fit))[:MOST_NAMES]
    if same := _same_letters(name, known):
        return sentence.format(name=name, near=same)
    if len(name) not in LETTERS:
        return None
    near = difflib.get_close_matches(name, known, n=2, cutoff=ALIKE)
    likeness = {difflib.SequenceMatcher(a=other, b=name).ratio() for other in near}
    if not near or len(likeness) < len(near):
        return None
    return sentence.format(name=name, near=near[0])


def _names_in(source: str) -> set[str]:
    """What the code of a file sets, takes as an argument, or names a class.

    Functions are left out: they may be exercises that wait to be written.
    """
    code = _NO_CODE.sub("", source)
    return {name for found in _SET.findall(code) for name in found if name}
