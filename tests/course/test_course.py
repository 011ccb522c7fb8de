"""The examples that learners read are true of the reference solutions."""

import doctest
import importlib.util
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

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


def run_examples(tests: list[doctest.DocTest]) -> int:
    """Run the examples, fail with doctest's own report, return how many there were."""
    report: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    for test in tests:
        runner.run(test, out=report.append)
    assert not report, "".join(report)
    return sum(len(test.examples) for test in tests)


@pytest.mark.parametrize("unit", [unit["name"] for unit in UNITS])
def test_examples_of_the_lesson_hold(unit: str) -> None:
    module = solution(unit)
    run_examples([test for test in doctest.DocTestFinder().find(module) if test.name == unit])


@pytest.mark.parametrize(("unit", "exercise"), EXERCISES)
def test_every_exercise_has_examples_and_they_hold(unit: str, exercise: str) -> None:
    module = solution(unit)
    examples = doctest.DocTestFinder().find(
        getattr(module, exercise), f"{unit}.{exercise}", module, module.__dict__
    )
    assert run_examples(examples) > 0, f"{exercise} has no example in its docstring"
