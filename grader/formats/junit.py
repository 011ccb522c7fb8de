"""The report as JUnit XML, which GitLab and others show test by test."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import replace

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


def render(report: Report) -> str:
    """One suite for each unit, one case for each test.

    Text has gone through `visible`, so it holds no character that XML forbids.
    """
    counts = _counts((*report.tests, *_skipped(report)), report.units)
    del counts["skipped"]  # Jenkins' schema has it for suites alone
    root = ET.Element("testsuites", {"name": "torchkata"} | counts)
    for unit in report.units:
        root.append(_suite(unit))
    if report.rehearsals:
        root.append(_rehearsals(report))
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _skipped(report: Report) -> tuple[TestResult, ...]:
    """The rehearsals as what they count as, whatever became of them: no points depend on it."""
    return tuple(replace(test, outcome=Outcome.REHEARSED) for test in report.rehearsals)


def _rehearsals(report: Report) -> ET.Element:
    suite = ET.Element("testsuite", {"name": "rehearsal"} | _counts(_skipped(report), ()))
    suite.extend(_numbered(map(_rehearsal, report.rehearsals)))
    return suite


def _rehearsal(test: TestResult) -> ET.Element:
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
    tests = tuple(test for exercise in unit.exercises for test in exercise.tests)
    suite = ET.Element("testsuite", {"name": one_line(unit.name)} | _counts(tests, (unit,)))
    _add_points(suite, unit.score, unit.max_score, unit.status)
    suite.extend(_cases(unit))
    return suite


def _counts(tests: tuple[TestResult, ...], units: tuple[UnitResult, ...]) -> dict[str, str]:
    found = [_ELEMENTS.get(test.outcome) for test in tests]
    found += ["error" for unit in units if unit.message is not None]
    return {
        "tests": str(len(found)),
        "failures": str(found.count("failure")),
        "errors": str(found.count("error")),
        "skipped": str(found.count("skipped")),
        "time": f"{plain.seconds(tests):.6f}",
    }


def _cases(unit: UnitResult) -> Iterator[ET.Element]:
    if unit.message is not None:
        yield _not_loaded(unit, unit.message)
    yield from _numbered(_case(unit, e, test) for e in unit.exercises for test in e.tests)


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
    _add_points(case, test.points, test.max_points, test.outcome)
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


def _add_points(element: ET.Element, points: int, max_points: int, outcome: Outcome) -> None:
    properties = ET.SubElement(element, "properties")
    if outcome is not Outcome.GRADER_FAULT:
        ET.SubElement(properties, "property", name="points", value=str(points))
    ET.SubElement(properties, "property", name="max_points", value=str(max_points))
