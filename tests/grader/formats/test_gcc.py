import re

import pytest
from hypothesis import given

from grader.formats.gcc import render
from grader.report import ExerciseResult, Location, Outcome, Report, UnitResult

from .hostile import PIECES, crowded, texts
from .samples import SAMPLES, TYPICAL, one, report, report_of

LINE = re.compile(r"(?:(.+?):(\d+)|grade): (error|warning): (.+)")


def problems(sample: Report) -> list[tuple[str | None, str | None, str, str]]:
    """File, line, severity and text of each line but the last, which is the score."""
    *lines, score, end = render(sample).split("\n")
    assert re.fullmatch(r"Score (\d+/\d+|withheld)", score)
    assert end == ""
    found = [LINE.fullmatch(line) for line in lines]
    assert None not in found, lines
    return [(where[1], where[2], where[3], where[4]) for where in found]


def only(test, name="fit", message=None):
    """The one problem that a report of this test tells."""
    exercise = ExerciseResult(name, (test,))
    (problem,) = problems(report(UnitResult("sgd", "", (exercise,), message)))
    return problem


def test_each_failure_is_told_at_its_line_with_what_may_say_why() -> None:
    told = problems(TYPICAL)
    assert [(file, line) for file, line, *_ in told if file] == [
        ("exercises/sgd.py", "31"),
        ("exercises/reshaping.py", "104"),
        ("exercises/activations.py", "61"),
    ]
    assert len(told) == 8
    texts = [text for *_, text in told]
    assert texts[0].startswith("sgd did not load: closing parenthesis ']' does not match opening")
    assert texts[1].endswith(" features: got IndexError: Dimension out of range (expected to be in "
                             "range of [-3, 2], but got 3)")  # fmt: skip
    assert texts[4].startswith(
        "activations.softmax: Softmax must not overflow for large inputs. exp(1000) is infinite"
    )


@pytest.mark.parametrize("name", ["untouched", "full marks", "pending", "no units", "all blocked"])
def test_where_nothing_is_wrong_there_is_only_the_score(name: str) -> None:
    sample: Report = SAMPLES[name]
    assert render(sample) == f"Score {sample.score}/{sample.max_score}\n"


def test_what_would_fail_on_a_gpu_and_a_fault_of_ours_are_warnings() -> None:
    ((file, line, severity, text),) = problems(SAMPLES["rehearsed"])
    assert (file, line, severity) == ("exercises/sgd.py", "55", "warning")
    assert "Would fail on a GPU" in text
    faults = [
        text for *_, severity, text in problems(SAMPLES["grader fault"]) if severity[0] == "w"
    ]
    assert len(faults) == 4
    assert render(SAMPLES["grader fault"]).endswith("\nScore withheld\n")


def test_a_notebook_is_marked_at_its_top_and_the_cell_is_named() -> None:
    test = one(Outcome.FAILED, location=Location("exercises/sgd.ipynb", 3, cell=7))
    file, line, _, text = only(test)
    assert (file, line) == ("exercises/sgd.ipynb", "1")
    assert text.endswith("(exercises/sgd.ipynb, cell 7, line 3)")
    blocked = one(Outcome.BLOCKED)
    said = only(blocked, message="sgd.ipynb, cell 3, line 2: invalid syntax")
    assert said == ("sgd.ipynb", "1", "error", "sgd did not load: cell 3, line 2: invalid syntax")


@given(texts)
def test_whatever_a_learner_writes_stays_on_its_line(text: str) -> None:
    told = problems(report_of(text))
    assert len(told) == 2 * 2 * 3 + len(Outcome) + 1 + 4
    assert all(character.isprintable() for row in told for part in row for character in part or "")


@pytest.mark.parametrize("piece", PIECES)
def test_each_trick_stays_on_its_line(piece: str) -> None:
    test_whatever_a_learner_writes_stays_on_its_line.hypothesis.inner_test(f"{piece}\n{piece}")  # type: ignore[attr-defined]


def test_lines_are_of_bounded_length() -> None:
    assert max(map(len, render(crowded("long ")).split("\n"))) < 1000
