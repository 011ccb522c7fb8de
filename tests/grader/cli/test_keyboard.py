"""Keys that are pressed while a program does something else."""

import os
import sys

import pytest

from grader.cli.keyboard import keyboard
from tests.grader.processes import wait_until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")


@pytest.fixture
def screen(monkeypatch):
    """The other end of the terminal that is the standard input."""
    screen, theirs = os.openpty()
    with open(theirs) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield screen
    os.close(screen)


def test_each_key_counts_at_once_and_only_once(screen):
    with keyboard() as pressed:
        assert not pressed()
        os.write(screen, b"xyz")
        wait_until(pressed)
        assert not pressed()


def test_the_terminal_is_as_it_was_before(screen):
    import termios

    before = termios.tcgetattr(sys.stdin)
    with keyboard():
        assert termios.tcgetattr(sys.stdin) != before
    assert termios.tcgetattr(sys.stdin) == before


def test_without_a_terminal_there_are_no_keys(monkeypatch):
    with open(os.devnull) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        with keyboard() as pressed:
            assert pressed is None
