"""What we export, read by importers that follow those of the platforms: after an upload, the
platform holds what it held before, and the marks."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.gradebook.exports import platforms
from grader.gradebook.exports.cells import Sheet, read_sheet
from grader.gradebook.marks import EVERYONE, Mark, Rule, marks_of
from grader.gradebook.store import Row

from . import canvas, moodle
from .canvas import Canvas, Person
from .moodle import Moodle, Participant

AWKWARD = (
    *("Smith, Ann", "Smith, Ann", "=cmd|' /C calc'!A0", "+1", "-2, x", "@SUM(A1)", '"Quoted", Bob'),
    *('O\'Neil, "Bob"', "Ünïcode, 安", "  spaces ,  x ", "line\nbreak, x", "a;b;c", "Points", ""),
    *("12345", "1,234", "back\\slash", "\\", "tab\tin, it", "EX", "N/A", "Muted"),
)
names = st.sampled_from(AWKWARD) | st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8
)
LATE = Rule(due=datetime(2026, 11, 1, tzinfo=UTC), late=Decimal("0.1"))
IN_TIME = ["2026-10-31T12:00+00:00", ""]
notes = st.sampled_from(
    ["", "", "ill", '=1+1, "x"', "ends in \\", 'a \\" quote, <b>', "two\nlines"]
)


def sheet_of(data: bytes) -> Sheet:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "exported.csv"
        path.write_bytes(data)
        return read_sheet(path)


@st.composite
def marked(draw: st.DrawFn, ids: Sequence[str]) -> list[Mark]:
    """A class as it comes: some missing, excused, late or marked by hand; and a stranger."""
    rows, rules = [Row("stranger", score=1, max_score=20)], {EVERYONE: LATE}
    for id_ in ids:
        kind = draw(st.sampled_from(["", "", "missing", "fault", "excused", "by hand", "late"]))
        score = draw(st.integers(0, 20)) if kind not in ("missing", "fault") else None
        when = "2026-11-03T12:00+00:00" if kind == "late" else draw(st.sampled_from(IN_TIME))
        by_hand = draw(st.sampled_from([Decimal("7.5"), Decimal(0)])) if kind == "by hand" else None
        rules[id_] = Rule(score=by_hand, excused=kind == "excused", note=draw(notes))
        if kind != "missing" or draw(st.booleans()):
            rows.append(
                Row(
                    id_, score=score, max_score=20 if score is not None else None, submitted_at=when
                )
            )
    return list(marks_of(rows, rules))


def scores_of(given_: Sequence[Mark], most: float) -> dict[str, str]:
    """What is to stand on the platform, by the student's id."""
    found = {}
    for mark in given_:
        if mark.score is not None:
            found[mark.row.student] = f"{mark.score * Decimal(most) / 20:.2f}"
    return found


@st.composite
def canvases(draw: st.DrawFn) -> Canvas:
    ids = draw(st.lists(st.integers(1000, 9_999_999), min_size=1, max_size=6, unique=True))
    people = tuple(
        Person(
            id_,
            draw(names).replace("Points Possible", ""),
            sis=draw(st.sampled_from(["", f"s{n}", f"00{n}.5"])),
            login=f"login{n}@x.org",
            assigned=draw(st.integers(0, 9)) > 0,
        )
        for n, id_ in enumerate(ids)
    )
    kept = {(one.id, 78): "4.50" for one in people if one.assigned and draw(st.booleans())}
    kept |= {(one.id, 77): "EX" for one in people if one.assigned and draw(st.booleans())}
    kinds = {name: draw(st.booleans()) for name in ("names_split", "hidden", "notes", "bom")}
    sign = draw(st.sampled_from(",;"))
    if sign == ";":  # a line break, or commas, among the first lines spoil the guess
        people = tuple(replace(one, name=f"Name, {one.id}") for one in people)
    titles = {
        77: ('Homework 1, "x"' if sign == "," else "Homework", "10.00"),
        78: ("Essay", "5.00"),
    }
    return Canvas(people, titles, kept, delimiter=sign, **kinds)


@given(canvases(), st.data())
def test_canvas_holds_the_marks_and_all_else_as_before(before: Canvas, data: st.DataObject) -> None:
    known_as = {
        data.draw(st.sampled_from([f"{one.id}", one.login.upper()])): one for one in before.people
    }
    given_ = data.draw(marked(list(known_as)))
    filled, _ = platforms.canvas(sheet_of(before.exported()), given_, "77")
    after, said = before.imported(filled)
    scores = {
        (known_as[id_].id, 77): score
        for id_, score in scores_of(given_, 10).items()
        if id_ in known_as and known_as[id_].assigned
    }
    excused = {
        (known_as[mark.row.student].id, 77): "EX"
        for mark in given_
        if mark.excused and known_as[mark.row.student].assigned
    }
    held = {key: f"{float(s):.2f}" if s != "EX" else s for key, s in after.scores.items()}
    assert held == {**before.scores, **scores, **excused}
    assert said == []
    assert after.assignments == before.assignments


@st.composite
def moodles(draw: st.DrawFn) -> Moodle:
    ids = draw(st.lists(st.integers(1, 9_999_999), min_size=1, max_size=6, unique=True))
    graded_at = st.sampled_from([None, datetime(2026, 5, 1, 10, 3, 59, tzinfo=UTC)])
    people = []
    for id_ in ids:
        when = draw(graded_at)
        one = Participant(id_, draw(names).replace("\\", ""), "a@x", graded_at=when)
        if when:
            said = draw(st.sampled_from(["", 'good,\n<b>"work"</b>']))
            one = replace(one, grade="12.00", feedback=said)
        people.append(one)
    most = draw(st.sampled_from([10, 20, 100]))
    return Moodle(tuple(people), most, blind=draw(st.booleans()), bom=draw(st.booleans()))


@given(moodles(), st.data())
def test_moodle_holds_the_marks_and_no_feedback_is_erased(
    before: Moodle, data: st.DataObject
) -> None:
    given_ = data.draw(marked([f"{one.id}" for one in before.people]))
    sheet = sheet_of(before.exported())
    filled, _ = platforms.moodle(sheet, given_, "Grade", "Feedback comments")
    after = before.imported(filled)
    scores = scores_of(given_, before.most)
    told = {mark.row.student: mark.note for mark in given_ if mark.score is not None and mark.note}
    for old, new in zip(before.people, after.people, strict=True):
        score = scores.get(f"{old.id}", old.grade)
        assert (float(new.grade or -1), new.name) == (float(score or -1), old.name)
        note = told.get(f"{old.id}", old.feedback)
        assert "".join(new.feedback.split()) == "".join(note.split())  # a tab, or a space, is added


COURSE = Canvas(
    (
        Person(1001, "Smith, Ann", sis="2001", login="ann"),
        Person(1002, "Lee, Bob", sis="1001", login="bob"),
        Person(1003, "Day, Cid", sis="2003", login="cid", assigned=False),
    ),
    {77: ("Homework", "10.00"), 78: ("Essay", "5.00")},
    {(1001, 77): "9.00", (1002, 78): "4.50"},
)
TEXT = COURSE.exported().decode()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Homework (77)", "Homework 1", "new assignment: Homework 1"),
        ("Homework (77)", "Final Grade (77)", "dropped: Final Grade (77)"),
        ("Points Possible", "Points", "new student:     Points"),
        ("1001,2001,ann", "9.001,,x", ""),  # the name decides, and there it is
        ('"Smith, Ann",1001,2001,ann', "Ann Smith,9.001,,x", "new student: Ann Smith"),
        ("N/A,N/A", "7,", "dropped: a score of 1003"),
        ("10.00,5.00", "(read only),5.00", "read only: 77"),
    ],
)
def test_canvas_in_miniature_tells_what_it_would_ask_or_drop(old: str, new: str, said: str) -> None:
    assert old in TEXT
    _, told = COURSE.imported(TEXT.replace(old, new).encode())
    assert set(told) == ({said} if said else set())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Student,ID", "Name,ID"),
        (",Section,", ",Group,"),
        ("Student,ID,", "\ufeffLastName,FirstName,ID,"),
        ('"Smith, Ann"', '"Smith, Ann"x'),
        ('"Smith, Ann"', 'Smith "Ann"'),
        ('"Smith, Ann"', "Sm\udcffith"),
    ],
)
def test_canvas_in_miniature_refuses(old: str, new: str) -> None:
    with pytest.raises(canvas.Refused):
        COURSE.imported(TEXT.replace(old, new, 1).encode("utf-8", "surrogateescape"))


@pytest.mark.parametrize(
    ("cell", "held"), [("", None), ("1,234", "1.234"), ("ex", "EX"), ("9", "9.00"), ("0", "0")]
)
def test_what_a_cell_does_in_canvas(cell: str, held: str | None) -> None:
    """An empty one erases, and a separator of thousands becomes a decimal point."""
    cell = f'"{cell}"' if "," in cell else cell
    after, _ = COURSE.imported(TEXT.replace("Section 1,9.00,", f"Section 1,{cell},").encode())
    assert after.scores.get((1001, 77)) == held


ASSIGNMENT = Moodle(
    (
        Participant(
            11, "Ann", grade="7.00", feedback="good", graded_at=datetime(2026, 5, 1, tzinfo=UTC)
        ),
        Participant(12, "Bob", locked=True),
        Participant(13, "Cid"),
    )
)
SHEET = ASSIGNMENT.exported().decode()


@pytest.mark.parametrize(
    ("old", "new"),
    [("Identifier", "Kennung"), (",Grade,", ",Note,"), (",", ";"), ("Participant 13", '"x\\"')],
)
def test_moodle_in_miniature_refuses(old: str, new: str) -> None:
    with pytest.raises(moodle.Refused):
        ASSIGNMENT.imported(SHEET.replace(old, new).encode())


@pytest.mark.parametrize(
    ("old", "new", "held"),
    [
        ("7.00,100.00", "8,100.00", ("8", "", "")),
        ("7.00,100.00", '"8,5",100.00', ("8,5", "", "")),  # and counts as 8
        ("7.00,100.00", ",100.00", ("7.00", "", "")),  # blank is passed over
        ("7.00,100.00", "101,100.00", ("7.00", "", "")),
        ("grading,,100.00,No", "grading,50,100.00,No", ("7.00", "", "")),  # locked
        ("Participant 13", "Participant 99", ("7.00", "", "")),
        ("7.00,100.00", "8,100.00,x", None),
    ],
)
def test_what_a_cell_does_in_moodle(old: str, new: str, held: tuple[str, str, str] | None) -> None:
    assert old in SHEET
    data = SHEET.replace(old, new).encode()
    if held is None:
        with pytest.raises(moodle.Refused):
            ASSIGNMENT.imported(data)
    else:
        assert tuple(one.grade for one in ASSIGNMENT.imported(data).people) == held


def test_an_empty_feedback_erases_and_another_date_is_too_old() -> None:
    data = SHEET.replace("7.00", "8").replace(",good", ",").encode()
    assert ASSIGNMENT.imported(data).people[0].feedback == ""
    old = data.replace(b"Friday, 01 May", b"Freitag, 01 Mai")
    assert ASSIGNMENT.imported(old) == ASSIGNMENT
    assert ASSIGNMENT.imported(old, any_age=True).people[0].grade == "8"


def test_nobody_is_guessed_and_nothing_is_dropped_without_a_word() -> None:
    """1001 is Ann in Canvas, and Bob in the school's own system."""
    rows = [Row(id_, score=10, max_score=20) for id_ in ("1001", "bob", "1002", "cid")]
    filled, told = platforms.canvas(
        sheet_of(COURSE.exported()), marks_of(rows, {}), "Homework (77)"
    )
    assert filled == COURSE.exported()
    assert told == (
        "0 students filled in",
        "1 in several lines of the file, which are as they were: 1001",
        "2 of one line of the file, which is as it was: bob, 1002",
        "1 in the file, and not in the gradebook: 1001",
        "1 not assigned in Canvas, which would drop the score: cid",
    )


def test_names_apart_and_a_byte_order_mark() -> None:
    before = replace(COURSE, names_split=True, bom=True, hidden=True)
    with pytest.raises(canvas.Refused):
        before.imported(before.exported())
    filled, told = platforms.canvas(
        sheet_of(before.exported()), marks_of([Row("ann", score=10, max_score=20)], {}), "77"
    )
    after, said = before.imported(filled)
    assert (after.scores[1001, 77], said) == ("5", [])
    assert told[-1].startswith("the byte order mark is left out")
    assert told[-2] == "2 in the file, and not in the gradebook: 1002, 1003"


@pytest.mark.parametrize("column", ["ID", "Section", "Notes", "Student", "Current Score"])
def test_only_an_assignment_is_filled_in(column: str) -> None:
    with pytest.raises(UsageError, match=r"no assignment is called .*; there is Homework \(77\)"):
        platforms.canvas(sheet_of(replace(COURSE, notes=True).exported()), [], column)


@pytest.mark.parametrize(
    ("before", "old", "new", "said"),
    [
        (Moodle(ASSIGNMENT.people, scale="bad, good"), "", "", "graded with a scale"),
        (ASSIGNMENT, ",", ";", "another program, with a separator that Moodle"),
        (ASSIGNMENT, "Ann", "\udcc4nn", "another program, with an encoding that Moodle"),
    ],
)
def test_a_worksheet_that_moodle_would_not_take_is_refused(
    before: Moodle, old: str, new: str, said: str
) -> None:
    text = before.exported().decode()
    data = (text.replace(old, new) if old else text).encode("utf-8", "surrogateescape")
    with pytest.raises(UsageError, match=said):
        platforms.moodle(sheet_of(data), [], "Grade", None)


def test_what_moodle_would_pass_over_is_said() -> None:
    given_ = [Mark(Row("13", max_score=20), Decimal(21), by_hand=True)]
    filled, told = platforms.moodle(sheet_of(ASSIGNMENT.exported()), given_, "Grade", None)
    assert told[-1] == "1 above 20 points, which Moodle would pass over: 13"
    assert ASSIGNMENT.imported(filled) == ASSIGNMENT
    given_ = [Mark(Row("ann", max_score=20), Decimal(21), by_hand=True)]
    filled, told = platforms.canvas(sheet_of(COURSE.exported()), given_, "77")
    assert told[-1] == "1 above 20 points: ann"
    assert COURSE.imported(filled)[0].scores[1001, 77] == "10.5"
