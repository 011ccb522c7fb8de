import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from grader.formats.gradescope import render
from grader.report import ExerciseResult, Outcome, Report, UnitResult

from .hostile import crowded, schema, scored, texts
from .samples import SAMPLES, TYPICAL, one, report, report_of

SCHEMA = schema("gradescope")


def parsed(report: Report) -> Any:
    text = render(report)
    assert text.isascii()
    result = json.loads(text)
    Draft202012Validator(SCHEMA).validate(result)
    for part in (result, *result["tests"]):
        assert part["output"].replace("\n", "").isprintable()
        assert len(part["output"]) < 100_000
    return result


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_the_scores_are_those_of_the_report(sample: Report) -> None:
    result = parsed(sample)
    assert len(result["tests"]) == sum(len(unit.exercises) for unit in sample.units)
    if sample.score is None:
        return
    assert result["score"] == sample.score == sum(test["score"] for test in result["tests"])
    assert sample.max_score == sum(test["max_score"] for test in result["tests"])


@given(texts, st.floats())
def test_any_text_and_time_fit_the_schema(text: str, seconds: float) -> None:
    parsed(scored(text, seconds))
    parsed(report_of(text, seconds))


def test_an_entry_reads_like_the_terminal() -> None:
    entries = {test["name"]: test for test in parsed(TYPICAL)["tests"]}
    softmax = entries["activations.softmax"]
    assert (softmax["score"], softmax["max_score"], softmax["status"]) == (0, 5, "failed")
    assert softmax["number"] == "2.4"
    assert "    got       tensor([nan, nan])\n" in softmax["output"]
    assert "  also: Every row sums to one " in softmax["output"]
    assert "not run: first make this one pass" in softmax["output"]
    assert entries["activations.sigmoid"]["output"] == "All tests passed."
    assert entries["activations.tanh"]["output"] == "Not started yet."
    assert "sgd did not load" in entries["sgd.fit"]["output"]


def test_what_concerns_everything_is_said_once_at_the_top() -> None:
    result = parsed(TYPICAL)
    assert "31: closing parenthesis" in result["output"]
    assert "pending: this machine has no cuda: 3 points" in result["output"]
    assert "note: no sandbox here" in result["output"]
    assert sum("closing parenthesis" in test["output"] for test in result["tests"]) == 0
    assert result["extra_data"] == {"seed": 7, "device": "cpu"}


def test_a_fault_of_the_grader_leaves_no_score_anywhere() -> None:
    result = parsed(SAMPLES["grader fault"])
    for part in (result, *result["tests"]):
        assert not {"score", "max_score", "status"} & part.keys()
    assert "The grader itself failed, so the score is withheld." in result["output"]
    assert "not your fault" in result["output"]
    assert "expected scalar type Float but found Double" in result["output"]
    assert "… (1 more fault)" in result["output"]


@pytest.mark.parametrize(("seconds", "whole"), [(0.0, 0), (0.2, 1), (1.5, 3)])
def test_the_time_is_a_whole_number_of_seconds(seconds: float, whole: int) -> None:
    test = one(Outcome.PASSED, seconds=seconds)
    sample = report(UnitResult("sgd", "", (ExerciseResult("fit", (test, test)),)))
    assert parsed(sample)["execution_time"] == whole


def test_what_a_learner_says_is_bounded() -> None:
    for text in ("x", "\x00", "\n"):
        parsed(crowded(text))


def test_an_exercise_that_would_fail_on_a_gpu_has_its_points_and_says_so() -> None:
    result = json.loads(render(SAMPLES["rehearsed"]))
    (test,) = [test for test in result["tests"] if test["name"] == "sgd.predict"]
    assert (test["score"], test["status"]) == (5, "passed")
    assert test["output"].startswith("All tests passed.\n\nWould fail on a GPU.")
