import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from grader.formats.classroom50 import facts, render
from grader.report import Report

from .hostile import schema, scored, texts
from .samples import SAMPLES, TYPICAL

SCHEMA = schema("classroom50")
NOW = datetime(2026, 11, 24, 9, 5, 7, tzinfo=UTC)
RUNNER = {
    "CLASSROOM": "ml-26",
    "ASSIGNMENT": "torch",
    "ASSIGNMENT_TYPE": "group",
    "SUBMISSION_TAG": "submit/20261124T090000Z-abc1234",
    "OWNER": "ann",
    "USERNAME": "bob",
    "COMMIT_URL": "https://git.example/commit",
    "RELEASE_URL": "https://git.example/release",
    "REVIEW_URL": "https://git.example/review",
}
ACTIONS = {
    "GITHUB_REPOSITORY": "school/ml-26-torch-ann",
    "GITHUB_SHA": "abc1234",
    "GITHUB_SERVER_URL": "https://git.example",
    "GITHUB_ACTOR": "ann",
}
SCORED = {name: sample for name, sample in SAMPLES.items() if sample.score is not None}


def parsed(report: Report, environ: dict[str, str]) -> Any:
    result = json.loads(render(report, facts(environ, NOW)) or "null")
    Draft202012Validator(SCHEMA).validate(result)
    return result


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("environ", [RUNNER, ACTIONS, {}], ids=["runner", "actions", "nothing"])
@pytest.mark.parametrize("sample", SCORED.values(), ids=SCORED)
def test_scores_are_those_of_the_report_and_add_up(sample: Report, environ: dict[str, str]) -> None:
    result = parsed(sample, environ)
    assert (result["score"], result["max-score"]) == (sample.score, sample.max_score)
    assert sum(test["score"] for test in result["tests"]) == sample.score
    assert sum(test["max-score"] for test in result["tests"]) == sample.max_score
    assert all(test["score"] <= test["max-score"] for test in result["tests"])
    done = bool(sample.tests) and sample.score == sample.max_score
    assert all(test["passed"] for test in result["tests"]) == done


@given(texts, st.dictionaries(st.sampled_from([*RUNNER, *ACTIONS]), texts, max_size=4))
def test_any_text_anywhere_fits_the_schema(text: str, environ: dict[str, str]) -> None:
    parsed(scored(text), environ)
    parsed(scored(text), RUNNER | environ)


def test_the_runner_says_whose_it_is() -> None:
    result = parsed(TYPICAL, RUNNER | ACTIONS)
    assert [result[key] for key in ("classroom", "assignment", "assignment_type", "owner")] == [
        "ml-26",
        "torch",
        "group",
        "ann",
    ]
    assert result["submission"] == "submit/20261124T090000Z-abc1234"
    assert [result[key].rpartition("/")[2] for key in ("commit", "release", "review")] == [
        "commit",
        "release",
        "review",
    ]
    assert result["datetime"] == "2026-11-24T09:05:07Z"


def test_without_the_runner_github_says_what_it_can() -> None:
    result = parsed(TYPICAL, ACTIONS)
    home = "https://git.example/school/ml-26-torch-ann"
    assert result["commit"] == result["review"] == f"{home}/commit/abc1234"
    assert result["release"] == f"{home}/releases/tag/submit%2Funknown"
    assert result["owner"] == "ann"
    assert result["classroom"] == "unknown"


def test_what_nobody_says_is_unknown() -> None:
    result = parsed(TYPICAL, {})
    texts = {key: value for key, value in result.items() if isinstance(value, str)}
    assert {value for key, value in texts.items() if key not in ("schema", "datetime")} == {
        "unknown",
        "individual",
        "submit/unknown",
    }


def test_the_time_is_utc() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert facts({}, there)["datetime"] == "2026-11-24T09:05:07Z"


def test_a_withheld_score_is_no_result() -> None:
    assert render(SAMPLES["grader fault"], facts(RUNNER, NOW)) is None
