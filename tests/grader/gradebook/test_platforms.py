"""Files of Canvas and Moodle, filled in: one column, by id, and every other byte as it was."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.gradebook.exports import platforms
from grader.gradebook.exports.cells import read_sheet
from grader.gradebook.handins import Handin
from grader.gradebook.marks import Mark, marks_of, read_marks
from grader.gradebook.roster import on_roster, read_roster
from grader.gradebook.store import Row

Write = Callable[[dict[str, str | bytes]], Path]
CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Homework 1 (77),Essay (78),Current Score\r\n"
    "    Points Possible,,,,,10.00,5.0,(read only)\r\n"
    '"Smith, Ann",12345,00012.5,ann,"S, 1",,4.5,90.1\r\n'
    '"O""Neil, Bob",12346,7,bob,S,3,,50\r\n'
    "Cid,12347,8,cid,S,9,,60\r\n"
    '"Student, Test",12399,,,S,,,\r\n'
)
MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    '"Last modified (grade)","Feedback comments"\n'
    'Participant 123,"Ann, Smith",a@x,"Submitted",,100,Yes,-,\n'
    "Participant 124,Bob,b@x,Submitted,7,100,Yes,\"Friday, 1 May\",\"good,\n work\"\n"
    "Participant 125,Cid,c@x,Submitted,,100,Yes,-,keep\n"
)  # fmt: skip
ROWS = [
    Row("12345", score=15, max_score=20, status="failed"),
    Row("12346", status="grader_fault", note="x"),
    Row("cid", score=20, max_score=20, status="passed"),
    Row("99999", score=1, max_score=20),
]


def sheet(write: Write, text: str | bytes):
    return read_sheet(write({"exported.csv": text}) / "exported.csv")


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))


def test_canvas_gets_one_column_by_id(write: Write) -> None:
    filled, told = platforms.canvas(sheet(write, CANVAS), marks_of(ROWS, {}), "77")
    expected = CANVAS.replace('"S, 1",,4.5', '"S, 1",7.5,4.5').replace("S,9,,60", "S,10,,60")
    assert filled.decode("utf-8") == expected
    assert told == (
        "2 students filled in",
        "scores were scaled from 20 to 10 points",
        "1 not in the file: 99999",
        "1 in the file, and not in the gradebook: 12399",
        "1 no score, the cell is as it was: 12346",
    )


def test_canvas_excuses(write: Write, tmp_path: Path) -> None:
    marks = tmp_path / "marks.csv"
    marks.write_text("student,score,due,late,excused,note\ncid,,,,yes,ill\n12346,19,,,,\n")
    given_ = marks_of(ROWS, read_marks(marks))
    filled, _ = platforms.canvas(sheet(write, CANVAS), given_, "Homework 1")
    by_id = {row[1]: row[5] for row in rows_of(filled)[2:]}
    assert by_id["12347"] == "EX"
    assert by_id["12346"] == "9.5"  # by hand, in points of the course as all others


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("a,b\n1,2\n", "77", "no gradebook that Canvas"),
        (CANVAS, "79", "no assignment is called 79"),
        (CANVAS.replace("Essay", "Homework 1"), "Homework 1", "several assignments"),
        (CANVAS.replace("Essay", "My Final Grade"), "78", "Canvas drops a column"),
        ("Student\n", "77", "no lines to fill in"),
        (CANVAS.encode("utf-16"), "77", "UTF-16"),
    ],
)
def test_what_canvas_would_not_take_is_refused(
    write: Write, text: str | bytes, column: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        platforms.canvas(sheet(write, text), [], column)


def test_moodle_gets_grades_and_keeps_feedback_where_there_is_none(write: Write) -> None:
    rows = [Row("123", score=15, max_score=20), Row("125", score=20, max_score=20)]
    marks = list(marks_of(rows, {}))
    marks[0] = Mark(marks[0].row, marks[0].score, "=1+1, late")
    filled, _ = platforms.moodle(sheet(write, MOODLE), marks, "Grade", "Feedback comments")
    expected = MOODLE.replace(
        '"Submitted",,100,Yes,-,\n', '"Submitted",75,100,Yes,-,"\t=1+1, late"\n'
    )
    expected = expected.replace("Submitted,,100,Yes,-,keep", "Submitted,100,100,Yes,-,keep")
    assert filled.decode() == expected
    with pytest.raises(UsageError, match="the column Note is not there, only Identifier"):
        platforms.moodle(sheet(write, MOODLE), marks, "Note", None)
    with pytest.raises(UsageError, match="no grading worksheet"):
        platforms.moodle(sheet(write, CANVAS), marks, "ID", None)


cells = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=2, max_size=5
)


@given(st.lists(cells, min_size=2, max_size=6), st.sampled_from(["\n", "\r\n"]), st.data())
def test_any_other_cell_stays_as_it_was(
    table: list[list[str]], end: str, data: st.DataObject
) -> None:
    import tempfile

    table = [[first or "x", *rest] for first, *rest in table]
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(table)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(file.getvalue().encode())
        read = read_sheet(path)
    assert [[cell.text for cell in line] for line in read.lines] == table
    line = data.draw(st.integers(0, len(table) - 1))
    column = data.draw(st.integers(0, len(table[line]) - 1))
    text = data.draw(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
    filled = read.filled({(line, column): text})
    table[line][column] = text
    assert rows_of(filled) == table
    assert read.filled({}) == file.getvalue().encode()


MARKS = """student,score,due,late,excused,note
*,,2026-11-01T12:00+00:00,10%,,
ann,,2026-11-03T12:00,,,more time
Bob,8.5,,,,read by hand
cid,,,,yes,ill
dan,,,0%,,
"""


def test_marks_have_the_last_word(tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    path.write_text(MARKS)
    late = "2026-11-03T11:00:00+00:00"
    rows = [
        Row(name, score=20, max_score=20, submitted_at=late)
        for name in ("ann", "bob", "cid", "dan", "eve")
    ]
    rows += [Row("fay", score=None), Row("gus", score=20, submitted_at="2026-11-30T00:00:00+00:00")]
    marks = {mark.row.student: (mark.text, mark.note) for mark in marks_of(rows, read_marks(path))}
    assert marks == {
        "ann": ("20", "more time"),
        "bob": ("8.5", "marked by hand; read by hand"),
        "cid": ("", "excused; ill"),
        "dan": ("20", "2 days late"),
        "eve": ("16", "2 days late: 10% off for each"),
        "fay": ("", ""),
        "gus": ("0", "29 days late: 10% off for each"),
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ann,much,,,,", r"line 2: score is a number such as 7.5, not 'much'"),
        ("ann,NaN,,,,", "score is 0 or more"),
        ("ann,,soon,,,", "due is a moment such as"),
        ("ann,,,10,,", "late is a share"),
        ("ann,,,,perhaps,", "excused is yes or empty"),
        (",1,,,,", "student is empty"),
        ("ann,1,,,,read, by hand", "line 2: there are more cells than columns"),
        ("ann,1,,,,\nANN,2,,,,", "line 3: the student is there twice"),
    ],
)
def test_a_mark_that_cannot_be_read_names_its_line(line: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    path.write_text(f"student,score,due,late,excused,note\n{line}\n")
    with pytest.raises(UsageError, match=said):
        read_marks(path)


ROSTERS: dict[str, str | bytes] = {
    "GitHub Classroom": '"identifier","github_username","github_id","name"\n"a1","ann","7","Ann"\n',
    "Classroom 50": "username,first_name,last_name,email,section,github_id\nann,Ann,S,a@x,1,7\n",
    "Canvas": "Student,ID,SIS User ID,SIS Login ID,Section\nAnne,12,s7,ann,1\n",
    "Canvas, names apart": "LastName,FirstName,ID,SIS Login ID,Section\nS,A,12,ann,1\n",
    "Moodle": "Identifier,Full name,Email address\nParticipant 12,Anne,ann\n",
    "Gradescope": "First Name,Last Name,SID,Email\nAnn,S,ann,a@x\n",
    "a spreadsheet": "name;student\nAnn;ann\n".encode("cp1252"),
    "Windows": "student\tname\r\nann\tÅnn\r\n".encode("utf-16"),
    "Western Windows": "student,name\nann,Ånn\n".encode("cp1252"),
}


@pytest.mark.parametrize("kind", ROSTERS)
def test_rosters_of_every_kind(kind: str, write: Write) -> None:
    path = write({"roster.csv": ROSTERS[kind]}) / "roster.csv"
    found = [Handin("hw-1-ANN" if kind == "Classroom 50" else "Ann", "x", ((path, ""),))]
    roster = read_roster(path)
    (handin,) = on_roster(found, roster)
    assert handin.student.casefold() == "ann"
    assert handin.note == ""
    (stranger, missing) = on_roster([Handin("zoe", "x", ((path, ""),))], roster)
    assert stranger.note == "not on the roster"
    assert (missing.problem, missing.place) == ("nothing was handed in", "")


def test_who_is_on_a_roster_twice_is_one_person(write: Write) -> None:
    path = write({"roster.csv": "student,name\nann,Ann\nANN,Ann S.\n"}) / "roster.csv"
    (handin,) = on_roster([Handin("ann", "x", ((path, ""),))], read_roster(path))
    assert (handin.name, handin.note) == ("Ann", "")
    path.write_text("student,username\n1,x\n2,x\n")  # two people: nobody is guessed
    handin, *_ = on_roster([Handin("x", "x", ((path, ""),))], read_roster(path))
    assert handin.note == "an id of several people on the roster"


def test_the_lists_of_canvas_and_moodle_say_who_is_in_the_class(write: Write) -> None:
    """No name of theirs is an id, no row that is nobody's is a student, and who was missing has
    the id that a hand-in of theirs will have."""
    path = write({"canvas.csv": CANVAS}) / "canvas.csv"
    members = read_roster(path).members
    assert [(m.ids[0], m.name) for m in members] == [
        ("12345", "Smith, Ann"),
        ("12346", 'O"Neil, Bob'),
        ("12347", "Cid"),
    ]
    for header, word in (("Identifier", "Participant"), ("Kennung", "Teilnehmer/in")):
        text = f"{header},Full name\n{word} 12,Ann\n{word} 13,Bob\n"
        path.write_text(text)
        roster = read_roster(path)
        assert [(m.ids, m.name) for m in roster.members] == [(("12",), "Ann"), (("13",), "Bob")]


def test_a_name_is_never_an_id(write: Write) -> None:
    path = write({"roster.csv": "student,name\n1,ann\n2,ann\n"}) / "roster.csv"
    assert read_roster(path).member("ann") is None
    path.write_text("name,grade\nann,1\n")
    with pytest.raises(UsageError, match="no column of ids"):
        read_roster(path)
    path.write_text("student,username\n1,x\n2,x\n")
    assert read_roster(path).member("x") is None  # two have it: nobody is guessed
