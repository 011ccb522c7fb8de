import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from grader.formats.classroom import render
from grader.report import Outcome, Report

from .hostile import crowded, schema, scored, texts
from .samples import SAMPLES, TYPICAL

SCHEMA = schema("classroom")


def parsed(report: Report) -> Any:
    text = render(report)
    assert text.isascii()
    assert len(text) <= 48 * 1024
    assert len(base64.b64encode(text.encode())) < 128 * 1024
    result = json.loads(text)
    Draft202012Validator(SCHEMA).validate(result)
    return result


def points(result: Any) -> tuple[int, int]:
    """As the reporter counts them."""
    if not result["max_score"]:
        return 0, 0
    return sum(test["score"] for test in result["tests"]), result["max_score"]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_the_reporter_counts_the_points_of_the_report(sample: Report) -> None:
    withheld = sample.score is None
    assert points(parsed(sample)) == ((0, 0) if withheld else (sample.score, sample.max_score))


@given(texts, st.floats())
def test_any_text_and_time_fit_the_schema(text: str, seconds: float) -> None:
    sample = scored(text, seconds)
    assert points(parsed(sample)) == (sample.score, sample.max_score)


@pytest.mark.parametrize("text", ["x", "👩", "\x00", '"'])
def test_a_report_that_is_too_large_keeps_its_points(text: str) -> None:
    sample = crowded(text)
    result = parsed(sample)
    assert points(result) == (sample.score, sample.max_score)
    assert result["tests"][-1]["name"].endswith(" more exercises")
    assert len(result["tests"]) > 5


def test_an_exercise_is_one_entry_and_names_its_line() -> None:
    result = parsed(TYPICAL)
    assert len(result["tests"]) == 20
    entries = {test["name"]: test for test in result["tests"]}
    assert entries["activations.softmax"] == {
        "name": "activations.softmax",
        "status": "fail",
        "score": 0,
        "message": "activations.softmax: Softmax must not overflow for large inputs",
        "test_code": "",
        "filename": "exercises/activations.py",
        "line_no": 61,
        "duration": 12,
    }
    assert entries["reshaping.split_heads"]["score"] == 2
    assert entries["sgd.fit"]["message"] == "sgd.fit: sgd did not load"


@pytest.mark.parametrize(
    ("name", "status", "each"),
    [
        ("full marks", "pass", {"pass"}),
        ("typical", "fail", {"pass", "fail"}),
        ("untouched", "fail", {"fail"}),
        ("all crashed", "fail", {"error"}),
        ("all timed out", "fail", {"error"}),
        ("pending", "fail", {"fail"}),
        ("no units", "fail", {"fail"}),
        ("grader fault", "error", {"error"}),
    ],
)
def test_statuses(name: str, status: str, each: set[str]) -> None:
    result = parsed(SAMPLES[name])
    assert (result["status"], {test["status"] for test in result["tests"]}) == (status, each)


def test_a_fault_of_the_grader_counts_no_points() -> None:
    assert Outcome.PASSED in {test.outcome for test in SAMPLES["grader fault"].tests}
    result = parsed(SAMPLES["grader fault"])
    assert result["max_score"] == 0
    (entry,) = result["tests"]
    assert "the score is withheld" in entry["message"]
    assert "Each loss is taken before its update" in entry["message"]
