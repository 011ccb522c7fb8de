"""Lets plain pytest, and an editor's test explorer, run the suites over the solutions."""

from grader.judge.plugin import *  # noqa: F403
