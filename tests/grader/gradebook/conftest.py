"""A GitHub for each test."""

from pathlib import Path

import pytest

from .github import GitHub


@pytest.fixture
def github(tmp_path: Path) -> GitHub:
    return GitHub(tmp_path)


@pytest.fixture
def reachable(github: GitHub, monkeypatch: pytest.MonkeyPatch) -> GitHub:
    """The one that programs ask which this process starts."""
    for name, value in github.environment().items():
        monkeypatch.setenv(name, value)
    return github
