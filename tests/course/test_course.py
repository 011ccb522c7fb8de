"""The examples that learners read are true of the reference solutions."""

import doctest
import importlib.util
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from grader.audit.jobs import examples_of

COURSE = Path(__file__).parents[2]
UNITS: list[dict[str, Any]] = tomllib.loads((COURSE / "course.toml").read_text())["unit"]
EXERCISES = [(unit["name"], exercise["name"]) for unit in UNITS for exercise in unit["exercise"]]


def solution(unit: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(unit, COURSE / "solutions" / f"{unit}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("unit", [unit["name"] for unit in UNITS])
def test_examples_of_the_lesson_hold(unit: str) -> None:
    report: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    for test in doctest.DocTestFinder().find(solution(unit)):
        if test.name == unit:
            runner.run(test, out=report.append)
    assert not report, "".join(report)


@pytest.mark.parametrize(("unit", "exercise"), EXERCISES)
def test_every_exercise_has_examples_and_they_hold(unit: str, exercise: str) -> None:
    text = (COURSE / "solutions" / f"{unit}.py").read_text()
    assert examples_of(unit, text, [exercise]) == {exercise: None}
