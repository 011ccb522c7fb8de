import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.formats.junit import render
from grader.report import ExerciseResult, Outcome, Report, TestResult, UnitResult

from .hostile import texts
from .samples import SAMPLES, TYPICAL, one, report, report_of

VERDICTS = ("failure", "error", "skipped")
# The schema of Jenkins' xUnit plugin, junit-10.xsd, as far as we write it: for each element what
# it must have, what it may have, and what may be in it. Of our own are, as pytest has them, the
# properties of a case and, for GitLab, its file.
SCHEMA: dict[str, tuple[str, str, str]] = {
    "testsuites": ("", "name time tests failures errors", "testsuite"),
    "testsuite": ("name tests failures errors", "time skipped", "properties testcase"),
    "testcase": ("name", "classname time file", "properties failure error skipped"),
    "properties": ("", "", "property"),
    "property": ("name value", "", ""),
    **dict.fromkeys(VERDICTS, ("", "type message", "")),
}


def parsed(report: Report) -> ET.Element:
    """Well formed, its names unique, its sums right."""
    text = render(report)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ')
    root = ET.fromstring(text.encode("utf-8"))
    assert against_schema(root) == []
    for element in (root, *root.iter("testsuite")):
        cases = list(element.iter("testcase"))
        assert element.get("tests") == str(len(cases))
        for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            held = str(sum(len(case.findall(tag)) for case in cases))
            assert element.get(key, held) == held
        assert float(element.get("time", "")) >= 0
    for suite in root.iter("testsuite"):
        names = [(case.get("classname"), case.get("name")) for case in suite.iter("testcase")]
        assert len(set(names)) == len(names)
    return root


def against_schema(element: ET.Element, within: str = "testsuites") -> list[str]:
    """What is not as it should be."""
    if element.tag not in within.split():
        return [f"{element.tag} is not expected here"]
    must, may, inner = SCHEMA[element.tag]
    found = [f"{element.tag} has no {name}" for name in must.split() if name not in element.attrib]
    known = [*must.split(), *may.split()]
    found += [f"{element.tag} has a {name}" for name in element.attrib if name not in known]
    if not re.fullmatch(r"\d*(\.\d*)?", element.get("time", "0")):
        found.append(f"{element.tag} takes {element.get('time')}")
    if element.tag not in VERDICTS and (element.text or "").strip():
        found.append(f"{element.tag} holds text")
    return found + [said for child in element for said in against_schema(child, inner)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<testsuites ", '<testsuites skipped="1" ', "testsuites has a skipped"),
        ("testcase", "case", "case is not expected here"),
        ('<property name="points"', "<property", "property has no name"),
        ('time="0.0', 'time="-0.0', "testsuites takes -0.012000"),
        ("<properties>", "<properties>x", "properties holds text"),
    ],
)
def test_the_schema_finds_what_is_against_it(old: str, new: str, said: str) -> None:
    text = render(TYPICAL).replace(old, new)
    assert said in against_schema(ET.fromstring(text.encode("utf-8")))


def case_of(outcome: Outcome, **texts: Any) -> ET.Element:
    sample = report(UnitResult("sgd", "", (ExerciseResult("fit", (one(outcome, **texts),)),)))
    (case,) = parsed(sample).iter("testcase")
    return case


def verdict(case: ET.Element) -> str | None:
    return next((tag for tag in VERDICTS if case.find(tag) is not None), None)


def properties(element: ET.Element) -> dict[str, str]:
    return {p.get("name", ""): p.get("value", "") for p in element.findall("properties/property")}


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_a_report_is_well_formed_and_whole(sample: Report) -> None:
    root = parsed(sample)
    assert len(root.findall("testsuite")) == len(sample.units) + bool(sample.rehearsals)
    loads = [unit for unit in sample.units if unit.message is not None]
    assert len(list(root.iter("testcase"))) == sum(
        map(len, (sample.tests, sample.rehearsals, loads))
    )


@given(texts, st.floats())
def test_any_text_and_time_are_well_formed(text: str, seconds: float) -> None:
    parsed(report_of(text, seconds))


@pytest.mark.parametrize(
    ("outcome", "tag"),
    [
        (Outcome.PASSED, None),
        (Outcome.FAILED, "failure"),
        (Outcome.NOT_STARTED, "skipped"),
        (Outcome.CRASHED, "error"),
        (Outcome.TIMED_OUT, "error"),
        (Outcome.BLOCKED, "skipped"),
        (Outcome.PENDING, "skipped"),
        (Outcome.GRADER_FAULT, "error"),
    ],
)
def test_each_outcome_has_its_verdict(outcome: Outcome, tag: str | None) -> None:
    case = case_of(outcome, message="so it is")
    assert verdict(case) == tag
    if tag is not None:
        (found,) = case.findall(tag)
        assert (found.get("type"), found.get("message")) == (outcome.value, "so it is")


def test_a_failure_says_where_and_what() -> None:
    cases = {(case.get("classname"), case.get("name")): case for case in parsed(TYPICAL).iter()}
    case = cases["activations.softmax", "Softmax must not overflow for large inputs"]
    assert (case.get("file"), case.get("time")) == ("exercises/activations.py", "0.012000")
    assert properties(case) == {"points": "0", "max_points": "3"}
    text = case.findtext("failure") or ""
    assert "got       tensor([nan, nan])\nlikely    exp(1000)" in text
    assert "look at   exercises/activations.py:61" in text


def test_a_unit_that_does_not_load_is_an_error_of_its_own() -> None:
    suite = next(s for s in parsed(TYPICAL).iter("testsuite") if s.get("name") == "sgd")
    first, *others = suite.findall("testcase")
    assert (first.get("name"), verdict(first)) == ("the module loads", "error")
    assert "does not match" in (first.findtext("error") or "")
    assert {verdict(case) for case in others} == {"skipped"}


def test_names_that_are_alike_are_numbered() -> None:
    tests = tuple(
        TestResult("unit", "exercise", "t", title, Outcome.PASSED, 1)
        for title in ("a", "a (2)", "a", "a", "b")
    )
    sample = report(UnitResult("sgd", "", (ExerciseResult("fit", tests),)))
    names = [case.get("name") for case in parsed(sample).iter("testcase")]
    assert names == ["a", "a (2)", "a (3)", "a (4)", "b"]


def test_what_xml_forbids_is_made_visible() -> None:
    case = case_of(Outcome.FAILED, message="a\x00b\x0b\ufffe\ud800 ]]> <b> &", printed="\x1b[2J")
    assert case.find("failure").get("message") == r"a\x00b \ufffe\ud800 ]]> <b> &"
    assert r"\x1b[2J" in case.findtext("failure")


def test_a_fault_of_the_grader_has_no_points() -> None:
    activations, regressor = parsed(SAMPLES["grader fault"]).iter("testsuite")
    assert properties(activations) == {"points": "5", "max_points": "20"}
    assert properties(regressor) == {"max_points": "20"}
    passed, broken, *_ = regressor.findall("testcase")
    assert properties(passed) == {"points": "2", "max_points": "2"}
    assert properties(broken) == {"max_points": "3"}


def test_what_would_fail_on_a_gpu_is_skipped_and_says_why() -> None:
    suite = next(
        s for s in parsed(SAMPLES["rehearsed"]).iter("testsuite") if s.get("name") == "rehearsal"
    )
    cases = suite.findall("testcase")
    assert {verdict(case) for case in cases} == {"skipped"}
    messages = [case.find("skipped").get("message") for case in cases]
    assert messages == ["rehearsed", "Would fail on a GPU", "pending"]
    assert "torch.zeros(1) is made on the CPU" in (cases[1].findtext("skipped") or "")
