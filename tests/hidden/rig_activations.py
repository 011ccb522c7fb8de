"""What the suite of `activations` brings beside the learner's functions."""

import activations
import torch


def identity():
    """A function that gives what it is given, the very same tensor."""
    return lambda x: x


def answers(questions):
    """What is_linear says to each question, None where it raises an error: f is a text, in which
    other names than x and torch stand for `names`."""
    said = []
    for f, names, points, options in questions:
        value = eval(f"lambda x: {f}", {"torch": torch, **names})
        try:
            said.append(activations.is_linear(value, *points, **options))
        except Exception:
            said.append(None)
    return said
