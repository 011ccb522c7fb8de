"""The report as JUnit XML, which GitLab and others show test by test."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence

from grader.formats.parts import failures, plain, summary
from grader.formats.parts.text import excerpt, one_line
from grader.report import ExerciseResult, Outcome, Report, TestResult, UnitResult

# What nobody has got wrong yet is skipped, as no other format calls it a failure either.
_ELEMENTS = {
    Outcome.FAILED: "failure",
    Outcome.NOT_STARTED: "skipped",
    Outcome.CRASHED: "error",
    Outcome.TIMED_OUT: "error",
    Outcome.BLOCKED: "skipped",
    Outcome.PENDING: "skipped",
    Outcome.REHEARSED: "skipped",
    Outcome.GRADER_FAULT: "error",
}
_COUNTED = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}


def render(report: Report) -> str:
    """One suite for each unit, one case for each test.

    Text has gone through `visible`, so it holds no character that XML forbids.
    """
    root = ET.Element("testsuites", name="torchkata")
    root.extend(map(_suite, report.units))
    if report.rehearsals:
        cases = _numbered(map(_rehearsal, report.rehearsals))
        root.append(_of_cases("rehearsal", cases, report.rehearsals))
    _count(root, (*report.tests, *report.rehearsals))
    del root.attrib["skipped"]  # Jenkins' schema has it for suites alone
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _of_cases(name: str, cases: Iterable[ET.Element], tests: Sequence[TestResult]) -> ET.Element:
    suite = ET.Element("testsuite", name=name)
    suite.extend(cases)
    _count(suite, tests)
    return suite


def _count(suite: ET.Element, tests: Sequence[TestResult]) -> None:
    for key, tag in _COUNTED.items():
        suite.set(key, str(len(suite.findall(f".//{tag}"))))
    suite.set("time", f"{plain.seconds(tests):.6f}")


def _rehearsal(test: TestResult) -> ET.Element:
    """Skipped, whatever became of it: no points depend on it."""
    case = _testcase(f"rehearsal.{one_line(test.unit)}.{one_line(test.exercise)}", test)
    failed = test.outcome is Outcome.FAILED
    said = summary.WOULD_FAIL if failed else test.outcome.value
    skipped = ET.SubElement(case, "skipped", type=test.outcome.value, message=said)
    if failed:
        skipped.text = plain.details(test)
    return case


def _testcase(owner: str, test: TestResult) -> ET.Element:
    name, seconds = one_line(test.title).removesuffix("."), plain.seconds([test])
    return ET.Element("testcase", classname=owner, name=name, time=f"{seconds:.6f}")


def _suite(unit: UnitResult) -> ET.Element:
    tests = [test for exercise in unit.exercises for test in exercise.tests]
    cases = [*_numbered(_case(unit, e, test) for e in unit.exercises for test in e.tests)]
    if unit.message is not None:
        cases.insert(0, _not_loaded(unit, unit.message))
    suite = _of_cases(one_line(unit.name), cases, tests)
    suite.insert(0, _points(unit.score, unit.max_score, unit.status))
    return suite


def _numbered(cases: Iterable[ET.Element]) -> Iterator[ET.Element]:
    """With names that are all different: of two with one name, GitLab shows the first alone."""
    seen: set[tuple[str, str]] = set()
    for case in cases:
        name = title = case.attrib["name"]
        number = 1
        while (case.attrib["classname"], name) in seen:
            number += 1
            name = f"{title} ({number})"
        seen.add((case.attrib["classname"], name))
        case.set("name", name)
        yield case


def _not_loaded(unit: UnitResult, message: str) -> ET.Element:
    case = ET.Element("testcase", classname=one_line(unit.name), name="the module loads", time="0")
    error = ET.SubElement(case, "error", type="not_loaded", message="the module did not load")
    error.text = "\n".join(excerpt(message, lines=20, characters=2000))
    return case


def _case(unit: UnitResult, exercise: ExerciseResult, test: TestResult) -> ET.Element:
    case = _testcase(failures.name_of(unit, exercise), test)
    if test.location is not None and test.location.file:
        case.set("file", one_line(test.location.file))
    case.append(_points(test.points, test.max_points, test.outcome))
    if test.outcome is not Outcome.PASSED:
        case.append(_what_happened(test))
    return case


def _what_happened(test: TestResult) -> ET.Element:
    message = one_line(test.message or test.outcome.replace("_", " "))
    element = ET.Element(_ELEMENTS[test.outcome], type=test.outcome.value, message=message)
    if test.outcome in failures.BROKEN:
        element.text = plain.details(test)
    elif test.outcome is Outcome.GRADER_FAULT:
        element.text = "\n".join(excerpt(test.message or "", lines=8, characters=800))
    return element


def _points(points: int, max_points: int, outcome: Outcome) -> ET.Element:
    properties = ET.Element("properties")
    if outcome is not Outcome.GRADER_FAULT:
        ET.SubElement(properties, "property", name="points", value=str(points))
    ET.SubElement(properties, "property", name="max_points", value=str(max_points))
    return properties
