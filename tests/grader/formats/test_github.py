import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from grader.formats.github import render
from grader.formats.parts.text import visible
from grader.report import ExerciseResult, Location, Outcome, Report, UnitResult

from .hostile import PIECES, crowded, scored, texts
from .samples import OVERFLOW, SAMPLES, TYPICAL, one, report

OURS = {"error", "warning", "notice"}
Command = tuple[str, dict[str, str], str]


def command_in(line: str) -> Command | None:
    """What GitHub's runner makes of one line of a log."""
    line = line.lstrip()
    end = line.find("::", 2)
    if not line.startswith("::") or end < 0:
        return None
    name, _, given = line[2:end].partition(" ")
    pairs = (pair.partition("=") for pair in given.split(",") if "=" in pair)
    properties = {key.strip(): unescaped(value) for key, _, value in pairs}
    return name, properties, unescaped(line[end + 2 :])


def unescaped(text: str) -> str:
    for sign, escape in ((":", "%3A"), (",", "%2C"), ("\r", "%0D"), ("\n", "%0A"), ("%", "%25")):
        text = text.replace(escape, sign)
    return text


def obeyed(log: str) -> list[Command]:
    """The commands that the runner carries out, with stop-commands as it understands them."""
    found: list[Command] = []
    token: str | None = None
    for line in log.splitlines():
        command = command_in(line)
        if command is None:
            continue
        if token is not None:
            token = None if command[0] == token else token
        elif command[0] == "stop-commands":
            token = command[2]
        else:
            found.append(command)
    assert token is None
    return found


def page_of(log: str) -> list[str]:
    """What is for people: between the first line and the token."""
    lines = log.split("\n")
    token = lines[0].removeprefix("::stop-commands::")
    return lines[1 : lines.index(f"::{token}::")]


def spoken(text: str) -> Report:
    """Where a learner can put text; the names of units and exercises are the author's."""

    def named(unit: UnitResult) -> UnitResult:
        exercises = tuple(replace(exercise, name="e") for exercise in unit.exercises)
        return replace(unit, name="u", exercises=exercises)

    sample = scored(text)
    return replace(sample, units=tuple(map(named, sample.units)))


def test_a_typical_report_marks_the_first_failure_of_each_exercise() -> None:
    *errors, notice = obeyed(render(TYPICAL))
    assert [(name, where.get("file"), where.get("line")) for name, where, _ in errors] == [
        ("error", "exercises/reshaping.py", "104"),
        ("error", None, None),
        ("error", "exercises/activations.py", "61"),
        ("error", None, None),
        ("error", "exercises/sgd.py", "31"),
    ]
    assert errors[1][1]["title"] == "activations.relu: Is max(0, x) for any shape (crashed)"
    assert "got       tensor([nan, nan])\nlikely    exp(1000) is infinite" in errors[2][2]
    assert errors[4][1]["title"] == "sgd did not load"
    assert notice[:2] == ("notice", {"title": "Score 22/100"})


def test_the_page_is_the_one_of_the_terminal() -> None:
    page = page_of(render(TYPICAL))
    assert "Score 22/100  seed 7 · device cpu" in page
    assert "What to look at next" in page


def test_there_are_at_most_eight_errors_and_the_notice_says_so() -> None:
    *errors, (name, _, text) = obeyed(render(SAMPLES["all failed"]))
    assert [error[0] for error in errors] == ["error"] * 8
    assert errors[0][1]["title"].startswith("reshaping.infer_shape: ")
    assert name == "notice"
    assert "8 of 20 things to look at are marked" in text


@given(texts)
def test_nothing_that_a_learner_writes_is_a_command(text: str) -> None:
    log = render(scored(text))
    assert {name for name, _, _ in obeyed(log)} <= OURS
    *errors, notice = obeyed(log)
    assert notice[0] == "notice"
    assert [name for name, _, _ in errors] == ["error"] * len(errors)
    assert all(where.keys() <= {"file", "line", "title"} for _, where, _ in errors)


@given(texts)
def test_the_page_alone_holds_no_command_either(text: str) -> None:
    for line in page_of(render(spoken(text))):
        command = command_in(line)
        assert command is None or not re.match(r"[\w-]", command[0])
        assert "##[" not in line


@pytest.mark.parametrize("piece", PIECES)
def test_each_trick_stays_text(piece: str) -> None:
    laws: tuple[Any, ...] = (
        test_nothing_that_a_learner_writes_is_a_command,
        test_the_page_alone_holds_no_command_either,
    )
    for law in laws:
        law.hypothesis.inner_test(f"\n{piece}\n{piece}")


def test_a_command_with_a_colon_in_its_properties_is_one_too() -> None:
    assert command_in("::error file=a:b::owned")
    assert command_in(visible("::error file=a:b::owned")) is None


def test_no_page_holds_its_own_token() -> None:
    first = render(TYPICAL).split("\n")[0].removeprefix("::stop-commands::")
    copied = report(
        UnitResult("sgd", "", (ExerciseResult("fit", (one(Outcome.FAILED, printed=first),)),))
    )
    second = render(copied).split("\n")[0].removeprefix("::stop-commands::")
    assert re.fullmatch("[0-9a-f]{64}", first)
    assert first in render(copied)
    assert second != first


def test_what_is_escaped_arrives_as_it_was() -> None:
    said = "50% of a:b, c %0A %3A %25"
    test = one(Outcome.FAILED, said, message=f"{said}\nend")
    (_, properties, text), _ = obeyed(
        render(report(UnitResult("sgd", "", (ExerciseResult("fit", (test,)),))))
    )
    assert properties["title"] == f"sgd.fit: {said}"
    assert text == f"problem   {said}\n          end"


def test_messages_stay_below_what_github_keeps() -> None:
    for text in ("%", "\x00"):  # of which each becomes several
        for _, properties, message in obeyed(render(crowded(text))):
            assert len(message) < 4096
            assert len(properties["title"]) < 4096


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ("sgd.py:151: invalid syntax\n    def f(:", {"file": "sgd.py", "line": "151"}),
        ("a/sgd.py:31: NameError: name 'x' is not defined", {"file": "a/sgd.py", "line": "31"}),
        ("sgd.ipynb, cell 3, line 2: invalid syntax", {"file": "sgd.ipynb"}),
        ("it is not UTF-8 text", {}),
        ("at 12:30: late", {}),
    ],
)
def test_a_unit_that_does_not_load_is_marked_where_its_message_says(
    message: str, place: dict[str, str]
) -> None:
    (_, properties, text), _ = obeyed(render(report(UnitResult("sgd", "", (), message))))
    assert properties == place | {"title": "sgd did not load"}
    assert text == message


@pytest.mark.parametrize(
    ("location", "place"),
    [
        (Location("a,b:c.py", 3), {"file": "a,b:c.py", "line": "3"}),
        (Location("sgd.ipynb", 3, cell=7), {"file": "sgd.ipynb"}),
        (Location("", 3, cell=7), {}),
    ],
)
def test_a_line_of_a_notebook_is_no_line_of_its_file(
    location: Location, place: dict[str, str]
) -> None:
    test = one(Outcome.FAILED, location=location)
    (_, properties, text), _ = obeyed(
        render(report(UnitResult("sgd", "", (ExerciseResult("fit", (test,)),))))
    )
    assert properties == place | {"title": "sgd.fit: Every row sums to one"}
    assert str(location) in text


def test_a_fault_of_the_grader_is_one_warning_and_no_error() -> None:
    assert OVERFLOW in SAMPLES["grader fault"].tests
    (warning,) = obeyed(render(SAMPLES["grader fault"]))
    assert warning[:2] == ("warning", {"title": "Score withheld"})
    assert "not your fault" in "\n".join(page_of(render(SAMPLES["grader fault"])))


@pytest.mark.parametrize("name", ["untouched", "full marks", "pending", "no units", "all blocked"])
def test_where_nothing_is_wrong_nothing_is_marked(name: str) -> None:
    ((kind, _, text),) = obeyed(render(SAMPLES[name]))
    sample: Report = SAMPLES[name]
    assert kind == "notice"
    assert text == f"Score {sample.score}/{sample.max_score}, seed 7, device {sample.device}"


def test_what_would_fail_on_a_gpu_is_a_warning_at_its_line() -> None:
    (warning,) = [
        line for line in render(SAMPLES["rehearsed"]).split("\n") if line.startswith("::warning")
    ]
    assert warning.startswith("::warning file=exercises/sgd.py,line=55,title=sgd.predict%3A Would")
    assert "torch.zeros(1) is made on the CPU" in warning
