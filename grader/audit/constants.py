"""Answers that take no thought: constants, and what follows from the arguments alone.

Each must earn nothing, in any exercise.
"""

import ast
import doctest
from collections.abc import Iterator
from dataclasses import dataclass

# What is returned, by what a report calls it. `first` is the first tensor among the arguments.
_RETURNED = {
    **{constant: constant for constant in ("True", "False", "0", "1", "1.0", "None")},
    "the first argument": "args[0] if args else None",
    "all arguments": "args",
    "the sum of the first tensor": "first.sum()",
    "the mean of the first tensor": "first.double().mean().to(first.dtype)",
    "the shape of the first tensor": "tuple(first.shape)",
    "zeros like the first tensor": "torch.zeros_like(first)",
    "ones like the first tensor": "torch.ones_like(first)",
    "NaN like the first tensor": "torch.full_like(first, float('nan'))",
}
_ANSWER = """

def {name}(*args, **kwargs):
    import torch
    from torch import tensor

    tensors = [arg for arg in (*args, *kwargs.values()) if isinstance(arg, torch.Tensor)]
    first = tensors[0] if tensors else torch.zeros(())
    return {returned}
"""


@dataclass(frozen=True)
class Constant:
    """`text` is a whole unit in which `exercise` gives what is `said`."""

    exercise: str
    said: str
    text: str


def constants_of(solution: str, exercises: list[str]) -> Iterator[Constant]:
    """The thoughtless answers to each exercise of a unit."""
    docstrings = {
        node.name: ast.get_docstring(node) or ""
        for node in ast.parse(solution).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }
    for name in exercises:
        answers = dict(_RETURNED)
        if example := _example(docstrings.get(name, "")):
            answers["the example of the docstring"] = example
        for said, returned in answers.items():
            text = f"{solution}{_ANSWER.format(name=name, returned=returned)}"
            yield Constant(name, said, text)


def _example(docstring: str) -> str | None:
    """What the last example shows, if that is one expression."""
    shown = [each.want.strip() for each in doctest.DocTestParser().get_examples(docstring)]
    for want in reversed(shown):
        try:
            ast.parse(want, mode="eval")
        except SyntaxError:
            continue
        return " ".join(want.split())
    return None
