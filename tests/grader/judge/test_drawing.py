"""Pictures of what learners do: there where they show something, absent where they cannot."""

import dataclasses
from itertools import islice
from pathlib import Path

import pytest

from grader.course.bank import read_bank, text_of
from grader.course.model import read_course
from grader.judge import drawing
from grader.judge.answer_key import answer_key_of, taped
from grader.judge.drawing import draw, pictures_of
from grader.judge.local import LocalRunner, load_module, module_of
from grader.judge.options import Options
from grader.judge.session import Session
from grader.judge.subject import Subject
from grader.report import Graph, Grid, Outcome, Plot, Report
from grader.suite.tape import NoTape, Player, Recorder, Tape, playing
from grader.work.submission import Source, Submission
from tests.grader.suite.strange import STRANGE

COURSE = read_course(Path(__file__).resolve().parents[3])
SUITES = COURSE.suites_folder
UNITS = [unit.name for unit in COURSE.units]


def drawings(unit: str) -> list[str]:
    """The exercises of a unit that have a picture."""
    module = load_module(SUITES / f"pictures_{unit}.py")
    return [e.name for e in COURSE.unit(unit).exercises if hasattr(module, e.name)]


DRAWN = [(unit.name, name) for unit in COURSE.units for name in drawings(unit.name)]
each_drawn = pytest.mark.parametrize(("unit", "exercise"), DRAWN)


def reference(unit: str, tape: Tape | None = None) -> Subject:
    return answer_key_of(COURSE).reference(unit, tape or NoTape())


def work(text: str, unit: str) -> Subject:
    """A learner's unit, run here."""
    module = module_of(text, COURSE.bank(unit))
    return Subject(LocalRunner(module, SUITES), "")


def test_every_unit_has_pictures() -> None:
    assert {unit for unit, _ in DRAWN} == set(UNITS)
    assert len(DRAWN) > 20


@each_drawn
def test_the_solution_has_nothing_to_show_and_raises_nothing(unit: str, exercise: str) -> None:
    assert draw(SUITES, unit, exercise, reference(unit), reference(unit)) == ()


@each_drawn
def test_known_wrong_answers_show(unit: str, exercise: str) -> None:
    own = [a for a in read_bank(COURSE, unit) if a.exercise == exercise]
    drawn = (
        pictures_of(SUITES, unit, exercise, work(text_of(COURSE, a), unit), reference(unit))
        for a in own
    )
    shown = [*islice(filter(None, drawn), 2)]
    assert shown, f"no wrong answer of {exercise} can be seen"
    for picture in (picture for found in shown for picture in found):
        assert isinstance(picture, Plot | Grid | Graph)
        assert picture.title


@each_drawn
def test_the_reference_is_asked_the_same_whatever_the_work_does(unit: str, exercise: str) -> None:
    """So that a recording can stand in for it."""
    first = Recorder()
    with playing(first):
        draw(SUITES, unit, exercise, work(solution(unit), unit), reference(unit, first))
    asked = [name for name, _ in first.values]
    for value in ("None", "torch.zeros(2)", "float('nan')"):
        again = Recorder()
        with playing(again):
            student = work(answering(value, unit), unit)
            pictures_of(SUITES, unit, exercise, student, reference(unit, again))
        assert [name for name, _ in again.values] == asked
    recorded = Player(first.values, [])
    with playing(recorded):
        student = work(solution(unit), unit)
        assert draw(SUITES, unit, exercise, student, Subject(taped(recorded), "")) == ()


def solution(unit: str) -> str:
    return COURSE.solution(unit).read_text(encoding="utf-8")


def answering(value: str, unit: str) -> str:
    """A unit whose every exercise gives this."""
    lines = ["import torch"]
    for exercise in COURSE.unit(unit).exercises:
        lines.append(f"def {exercise.name}(*args, **kwargs): return {value}")
    return "\n".join(lines)


def submission(unit: str, text: str) -> Submission:
    source = Source(f"{unit}.py", text)
    return Submission(Path(f"{unit}.py"), {unit: source})


@pytest.fixture(scope="module")
def session():
    with Session(COURSE, Options(pictures=True), own_work=True) as session:
        yield session


@pytest.mark.parametrize(("unit", "first"), [("reshaping", 0), ("activations", 7)])
def test_hostile_values_give_bounded_pictures_and_no_fault(
    session: Session, unit: str, first: int
) -> None:
    names = [e.name for e in COURSE.unit(unit).exercises]
    lines = ["import torch"]
    for k, name in enumerate(names, start=first):
        lines.append(f"def {name}(*args, **kwargs): return {STRANGE[k % len(STRANGE)]}")
    report = session.grade(submission(unit, "\n".join(lines)), COURSE.select([unit]), seed=3)
    assert Outcome.GRADER_FAULT not in {test.outcome for test in report.tests}
    for exercise in report.units[0].exercises:
        assert len(exercise.pictures) <= drawing.MOST_PICTURES


def test_pictures_change_nothing_else_in_a_report(session: Session) -> None:
    (answer,) = (
        a for a in read_bank(COURSE, "reshaping") if a.name == "split_heads__by_view_alone"
    )
    work, everything = (
        submission("reshaping", text_of(COURSE, answer)),
        COURSE.select(["reshaping"]),
    )

    def graded(*, drawn: bool) -> Report:
        session.options = Options(pictures=drawn)
        return session.grade(work, everything, seed=3)

    plain, drawn = graded(drawn=False), graded(drawn=True)
    found = {e.name: e.pictures for e in drawn.units[0].exercises if e.pictures}
    assert list(found) == ["split_heads"]
    (picture,) = found["split_heads"]
    assert isinstance(picture, Grid)
    assert picture.right.shape == (2, 2, 3, 2)
    assert not any(e.pictures for e in plain.units[0].exercises)

    def verdicts(report: Report) -> list[object]:
        return [dataclasses.replace(test, seconds=0.0) for test in report.tests]

    assert verdicts(plain) == verdicts(drawn)
    assert plain.score == drawn.score


def test_what_crashed_or_hung_is_not_run_again(session: Session) -> None:
    text = COURSE.solution("sgd").read_text(encoding="utf-8") + (
        "\nseen = []\ndef predict(x, w, b):\n"
        "    seen.append(1)\n"
        "    if len(seen) > 1: import os; os._exit(3)\n"
        "    return x\n"
    )
    session.options = Options(pictures=True)
    report = session.grade(submission("sgd", text), COURSE.select(["sgd.predict"]), seed=3)
    (exercise,) = report.units[0].exercises
    assert Outcome.CRASHED in {test.outcome for test in exercise.tests}
    assert exercise.pictures == ()


def test_a_course_without_pictures_has_none(make_course) -> None:
    course = make_course()
    unit = course.units[0].name
    student = Subject(LocalRunner(module_of("", course.root), SUITES), "")
    assert draw(course.suites_folder, unit, "double", student, student) == ()


def test_a_bug_of_the_author_surfaces_only_where_one_looks(make_course) -> None:
    course = make_course()
    unit = course.units[0].name
    path = course.suites_folder / f"pictures_{unit}.py"
    path.write_text("def double(student, reference):\n    return 1 / 0\n")
    student = Subject(LocalRunner(module_of("", course.root), SUITES), "")
    assert pictures_of(course.suites_folder, unit, "double", student, student) == ()
    with pytest.raises(ZeroDivisionError):
        draw(course.suites_folder, unit, "double", student, student)
