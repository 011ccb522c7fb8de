import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from grader.formats.json import render
from grader.report import Outcome, Report

from .samples import HOSTILE, SAMPLES, TYPICAL, any_text, report_of

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "docs" / "report.schema.json").read_text(encoding="utf-8")
)


def parsed(report: Report) -> Any:
    text = render(report)
    assert text.isascii()
    assert text.endswith("}\n")
    assert text.count("\x1b") == text.count("\x7f") == 0

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_a_report_fits_the_schema(sample: Report) -> None:
    Draft202012Validator(SCHEMA).validate(parsed(sample))


def test_the_samples_cover_every_outcome() -> None:
    assert {test.outcome for sample in SAMPLES.values() for test in sample.tests} == set(Outcome)


def test_every_key_is_written_required_and_described() -> None:
    report = parsed(TYPICAL)
    unit = report["units"][0]
    exercise = unit["exercises"][0]
    written = {
        "": report,
        "unit": unit,
        "exercise": exercise,
        "test": exercise["tests"][0],
    }
    for name, keys in written.items():
        described = SCHEMA["$defs"][name] if name else SCHEMA
        assert list(keys) == list(described["properties"]) == described["required"]
        assert all(key["description"] for key in described["properties"].values())


def test_more_keys_may_come() -> None:
    report = parsed(TYPICAL) | {"later": 1}
    report["units"][0]["exercises"][0]["tests"][0]["later"] = 1
    Draft202012Validator(SCHEMA).validate(report)


def test_a_fault_of_the_grader_is_never_a_zero() -> None:
    report = parsed(SAMPLES["grader fault"])
    assert report["score"] is None
    passed, broken = report["units"][1]["exercises"][0]["tests"]
    assert (passed["points"], broken["points"]) == (2, None)
    assert [unit["score"] for unit in report["units"]] == [5, None]
    assert not Draft202012Validator(SCHEMA).is_valid(report | {"score": 0})


def test_what_does_not_apply_is_null() -> None:
    test = parsed(SAMPLES["full marks"])["units"][0]["exercises"][0]["tests"][0]
    assert [key for key, value in test.items() if value is None] == [
        "message",
        "called",
        "expected",
        "got",
        "likely",
        "location",
        "printed",
    ]


def test_a_location_is_a_file_and_a_line() -> None:
    softmax = parsed(TYPICAL)["units"][1]["exercises"][3]
    assert softmax["tests"][0]["location"] == "exercises/activations.py:61"


def test_text_arrives_as_it_was_but_for_lone_surrogates() -> None:
    note = parsed(SAMPLES["hostile"])["notes"][0]
    assert note == HOSTILE.replace("\ud800", r"\ud800")


@given(any_text, st.floats())
def test_any_text_and_time_give_valid_json(text: str, seconds: float) -> None:
    report = parsed(report_of(text, abs(seconds)))
    json.dumps(report, ensure_ascii=False).encode("utf-8")
    Draft202012Validator(SCHEMA).validate(report)


def test_rehearsals_stand_beside_the_units_and_count_for_nothing() -> None:
    report = parsed(SAMPLES["rehearsed"])
    assert [test["outcome"] for test in report["rehearsals"]] == ["rehearsed", "failed", "pending"]
    assert [test["points"] for test in report["rehearsals"]] == [0, 0, 0]
    assert (report["score"], report["status"]) == (20, "passed")
