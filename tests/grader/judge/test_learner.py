"""What is remembered of calls, so that a failure can show the one that matters."""

from pathlib import Path

import torch

from grader.judge.learner import Called
from grader.judge.subject import Call


def called(value):
    return Called(Call("", "exercise"), None, value, Path())


def test_a_call_gave_what_it_returned_and_each_part_of_it():
    x, y = torch.zeros(2), torch.zeros(2)
    assert called(x).gave(x)
    assert called((x, [1.0])).gave(x)
    assert called([y, x]).gave(x)
    assert not called((x, 1)).gave(y)
    assert not called(None).gave(x)
