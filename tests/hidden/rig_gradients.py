"""What the suite of `gradients` brings beside the learner's functions."""

import gradients
import torch


def identity():
    """A function that gives what it is given, the very same tensor."""
    return lambda x: x


def first():
    """A function that gives the first entry of what it is given, in the same memory."""
    return lambda x: x[0]


def answers(questions):
    """What gradient_check says to each question, None where it raises an error: f and grad_f are
    texts, in which other names than x and torch stand for `names`."""
    said = []
    for f, grad_f, names, x, options in questions:
        value, slopes = function(f, names), function(grad_f, names)
        try:
            said.append(
                gradients.gradient_check(
                    lambda x, value=value: value(x.double()), slopes, x.clone(), **options
                )
            )
        except Exception:
            said.append(None)
    return said


def function(text, names):
    """The function of x that `text` is. It sees the numbers of x alone."""
    value = eval(f"lambda x: {text}", {"torch": torch, **names})
    return lambda x: value(x.detach())
