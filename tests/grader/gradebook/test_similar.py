"""Near-identical work is found whatever its names and layout, and nothing else is."""

import io
import re
import signal
import zipfile
from pathlib import Path

import pytest

from grader.gradebook import prints
from grader.gradebook.choices import Platform
from grader.gradebook.exports.all import exported
from grader.gradebook.similar import near_identical
from grader.gradebook.store import Gradebook, Key, Row
from grader.report import Report

from ..command import ROOT

ACCEPTED = ROOT / "tests" / "accepted" / "gradients"
STUB = (ROOT / "exercises" / "gradients.py").read_text("utf-8")
TEXTS = {path.stem: path.read_text("utf-8") for path in sorted(ACCEPTED.glob("*.py"))}
COPY = re.sub(r"\b(x|f|h)\b", r"my_\1", TEXTS["beginner"].replace("    ", "  ")).replace("1.0", "1")
PRINTS = prints.prints
REPORT = Report((), seed=0, device="cpu")


def a_class(path: Path, works: dict[str, list[str]]) -> Gradebook:
    book = Gradebook(path / "class.db", new=True)
    book.set_stubs("stubs", {"gradients": [STUB]})
    for student, parts in works.items():
        key = Key(f"{parts}", None, "course")
        book.add(Row(student), key, REPORT, "2026-11-28", {"gradients": parts})
    return book


def test_a_renamed_copy_is_found_among_those_who_wrote_their_own(tmp_path: Path) -> None:
    cells = ["%matplotlib inline\n", *re.split(r"\n(?=def )", TEXTS["in_place"])]
    works = {name: [text] for name, text in TEXTS.items()}
    given = {"idle": [STUB], "other": [STUB + "\n# mine\n"], "broken": ["def f(:"]}
    with a_class(tmp_path, works | given | {"copy": [COPY], "notebook": cells}) as book:
        groups = near_identical(book, 1)
    assert {group.students for group in groups} == {("beginner", "copy"), ("in_place", "notebook")}
    assert all(group.unit == "gradients" and group.share > 0.9 for group in groups)


def test_work_that_ends_its_process_costs_nobody_else_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prints, "prints", may_die)
    texts = [["dies"], [TEXTS["beginner"]], [TEXTS["x_itself"]]]
    found = prints.prints_of(texts, 1)
    assert [len(each) > prints.RUN for each in found] == [False, True, True]


def may_die(text: prints.Text) -> prints.Prints:
    if list(text) == ["dies"]:
        signal.raise_signal(signal.SIGKILL)
    return PRINTS(text)


@pytest.mark.parametrize(
    "text", ["(" * 5000, "-" * 90_000 + "1", "x = '", "a." * 90_000 + "b", "\0"]
)
def test_nothing_is_known_of_what_is_no_python(text: str) -> None:
    assert len(prints.prints_of([[text]], 1)[0]) <= prints.RUN


def test_tools_get_what_is_a_students_own_and_what_was_given(tmp_path: Path) -> None:
    with a_class(tmp_path, {"ann": ["a = 1"], "../bob": ["%time\n", "b = 2"]}) as book:
        jplag, _ = exported(book, Platform.JPLAG)
        dolos, _ = exported(book, Platform.DOLOS)
    bob = next(name for name in members(jplag) if "bob" in name).split("/")[1]
    assert ".." not in bob[:2]
    assert members(jplag) == {
        "base/gradients.py": STUB,
        "submissions/ann/gradients.py": "a = 1",
        f"submissions/{bob}/gradients.py": "\n\n\nb = 2",
    }
    assert members(dolos) == {
        "base/gradients.py": STUB,
        "gradients/ann.py": "a = 1",
        f"gradients/{bob}.py": "\n\n\nb = 2",
        "gradients/info.csv": f"filename,full_name\n{bob}.py,../bob\nann.py,ann\n",
    }


def members(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    return {name: text.replace("\r\n", "\n") for name, text in texts.items()}
