"""The texts that a new exercise begins with: a tiny one that works, to be replaced bit by bit.

`@NAME@`, `@UNIT@` and `@CLASS@` stand for the names; what the author replaces is marked TODO.
"""

import re

from grader.course.names import Name

POINTS = 3
SUITE_NAMES = ("assert_same", "exercise", "fail", "points", "visible")

COURSE = 'title = "A course"  # TODO: its title\n'

UNIT = f"""
[[unit]]
name = "@UNIT@"
title = "@UNIT@"  # TODO: a title, and in the summary a sentence: what it teaches
summary = ""
reading = []
points = {POINTS}
"""

EXERCISE = """
[[unit.exercise]]
name = "@NAME@"
title = "twice as much"  # TODO: a title in a few words, and hints from a nudge to nearly there
hints = [
    "Which number times x is x + x?",
    "An operator works on all elements of a tensor at once.",
]
"""

SOLUTION_HEAD = '''\
"""@UNIT@: TODO a title.

TODO a short lesson: the idea, the trap, and where to look. Check your work with

    grade @UNIT@
"""

import torch
'''

SOLUTION = '''

def @NAME@(x: torch.Tensor) -> torch.Tensor:
    """Return each element of `x` times 2, in the shape and dtype of `x`.

    >>> @NAME@(torch.tensor([1.0, -3.0])).tolist()
    [2.0, -6.0]
    """
    # BEGIN SOLUTION
    # TODO: a task of your own. Its arguments, docstring and example are yours to change.
    return 2 * x
    # END SOLUTION
'''

# Of a program to mend, in the place of the last line of SOLUTION.
BROKEN = """\
    # INSTEAD
    # # TODO: what learners get, each line a comment: the same with the mistakes to mend.
    # return x**2
    # END SOLUTION
"""

SUITE_HEAD = '''\
"""Hidden suite of `@UNIT@`."""

from grader.suite import assert_same, exercise, fail, points, visible
'''

SUITE = '''

# TODO: the laws of your task. A name states a law, its docstring says it to the learner.
@exercise("@NAME@")
class @CLASS@:
    @visible
    @points(2)
    def test_every_element_is_doubled(self, student, reference, device, rng):
        """Every element is multiplied by 2, and the dtype stays."""
        for x in (rng.normal(2, 3), rng.integers(-9, 10, 4)):
            expected = reference.@NAME@(x)
            assert_same(student.@NAME@(x), expected)

    @points(1)
    def test_gradient(self, student, device, rng):
        """Gradients flow back to x: the slope is 2 everywhere."""
        x, weights = rng.normal(2, 3).requires_grad_(), rng.normal(2, 3)
        y = student.@NAME@(x)
        assert_same(y, x + x)
        if not y.requires_grad:
            fail(
                "no gradient flows from the result to x",
                expected="a result that is connected to x",
                got="a result without a graph",
            )
        (y * weights).sum().backward()
        assert_same(x.grad, 2 * weights)
'''

BANK_HEAD = '''\
"""Known wrong answers to the exercises of `@UNIT@`, each with what sets it right."""
'''

BANK = '''

# TODO: three mistakes that learners make in your task, each with the sentence that sets it right.
def @NAME@__square(x):
    """x * x multiplies each element by itself; that is twice the element only for 0 and 2."""
    return x * x


def @NAME@__as_float(x):
    """2.0 is a float and makes floats of whole numbers. With the int 2, x keeps its dtype."""
    return 2.0 * x


def @NAME@__detached(x):
    """detach() cuts the result off from x, so that no gradient flows back."""
    return 2 * x.detach()
'''

IGNORED = "__pycache__/\n.torchkata.json\n.torchkata-audit.*\n.torchkata-secret\n.torchkata-page\n"

CONFTEST = '''\
"""Lets plain pytest, and an editor's test explorer, run the suites over the solutions."""

from grader.judge.plugin import *  # noqa: F403
'''


_TEXTS = (
    COURSE,
    UNIT,
    EXERCISE,
    SOLUTION_HEAD,
    SOLUTION,
    BROKEN,
    SUITE_HEAD,
    SUITE,
    BANK_HEAD,
    BANK,
)
# What is marked in them, to the end of the line.
MARKS = tuple(dict.fromkeys(re.findall("TODO.*", "".join(_TEXTS))))


def solution(*, broken: bool) -> str:
    """The text of a function to write, or of one to mend."""
    return SOLUTION.replace("    # END SOLUTION\n", BROKEN) if broken else SOLUTION


def filled(text: str, name: Name) -> str:
    """The text of one exercise."""
    text = text.replace("@UNIT@", name.unit).replace("@NAME@", name.exercise)
    return text.replace("@CLASS@", class_of(name.exercise))


def class_of(exercise: str) -> str:
    """The class of the suite that judges the exercise."""
    return "Test" + "".join(part[:1].upper() + part[1:] for part in exercise.split("_"))
