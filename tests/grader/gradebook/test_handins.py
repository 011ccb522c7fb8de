"""Class folders as teachers have them: what is found of whom, without grading any of it."""

import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.gradebook import handins
from grader.gradebook.handins import (
    class_folder,
    hand_ins,
    inner_class,
    is_single,
    laid_out,
)
from grader.gradebook.roster import Member, Roster, on_roster
from grader.gradebook.unpack import Room, unpack
from grader.work.submission import read_submission

from ..tiny_course import HALF, RIGHT, STUBS, write_files

UNITS = ["tiny"]
NOTEBOOK = (
    '{"cells": [{"cell_type": "code", "source": "def double(x):\\n    return 2 * x\\n'
    'def halve(x):\\n    return x / 2", "metadata": {}, "outputs": [], "execution_count": null}], '
    '"metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
)


def zipped(files: dict[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def tarred(
    files: dict[str, str],
    links: dict[str, str] | None = None,
    mode: str = "w:gz",
    time: str = "0",
) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.pax_headers = {"mtime": time}
            member.size = len(content.encode())
            archive.addfile(member, io.BytesIO(content.encode()))
        for name, target in (links or {}).items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
    return file.getvalue()


def found(folder: Path) -> dict[str, str]:
    """For each student the text that would be graded, or why there is none."""
    works = {}
    with class_folder(folder) as (opened, _):
        for handin in hand_ins(opened):
            who = handin.student or f"? {handin.place}"
            if handin.problem:
                works[who] = handin.problem
                continue
            with laid_out(handin) as laid:
                try:
                    source = read_submission(laid.folder, UNITS).sources.get("tiny")
                    works[who] = (source.problem or "\n".join(source.parts)) if source else ""
                except UsageError as error:
                    said = "; ".join((f"{error}", *laid.instead, *laid.left_out))
                    works[who] = said.replace(f"{laid.folder}", "the folder")
    return works


METADATA = """---
submission_1:
  :submitters:
  - :name: Ann Smith
    :sid: '7'
    :email: ann@example.org
  - :name: Bob
    :sid:
    :email: bob@example.org
  :created_at: 2026-11-01 10:00:00.000000000 Z
submission_2:
  :submitters:
  - :name: Gone
    :sid: '9'
"""
INNER = zipped({"work/tiny.py": RIGHT})
KINDS: dict[str, dict[str, str | bytes]] = {
    "a folder": {"ann/tiny.py": RIGHT},
    "exercises": {"ann/exercises/tiny.py": RIGHT},
    "a folder in a folder": {"ann/homework/tiny.py": RIGHT},
    "a name with spaces and quotes": {'ann o\'b "x" $(y)/tiny.py': RIGHT},
    "a name in Unicode": {"Ånn Ünïcode 安/tiny.py": RIGHT},
    "a name that seems an option": {"--help/tiny.py": RIGHT},
    "a name that seems a formula": {"=1+1/tiny.py": RIGHT},
    "a second download": {"ann/tiny (1).py": RIGHT},
    "a copy": {"ann/Copy of tiny.ipynb": NOTEBOOK},
    "a notebook": {"ann/tiny.ipynb": NOTEBOOK},
    "a notebook and an untouched module": {
        "ann/tiny.ipynb": NOTEBOOK,
        "ann/tiny.py": "def double(x):\n    raise NotImplementedError\n",
    },
    "a zip": {"ann.zip": zipped({"tiny.py": RIGHT})},
    "a zip with a folder": {"ann.zip": zipped({"homework/tiny.py": RIGHT})},
    "a zip from a Mac": {
        "ann.zip": zipped({"hw/tiny.py": RIGHT, "__MACOSX/hw/._tiny.py": b"\0\5", ".DS_Store": "x"})
    },
    "a zip from Windows": {"ann.zip": zipped({"hw\\tiny.py": RIGHT})},
    "a zip in a folder": {"ann/homework.zip": zipped({"tiny.py": RIGHT})},
    "a zip in a zip": {"ann.zip": zipped({"a/homework.zip": INNER})},
    "a tar": {"ann.tar": tarred({"tiny.py": RIGHT}, mode="w")},
    "a tar.gz": {"ann.tar.gz": tarred({"./hw/tiny.py": RIGHT})},
    "a tgz in a folder": {"ann/hw.tgz": tarred({"tiny.py": RIGHT})},
    "an upper-case ending": {"ann.ZIP": zipped({"tiny.py": RIGHT})},
    "nbgrader": {"submitted/ann/hw1/tiny.ipynb": NOTEBOOK},
    "canvas": {"smithann_12345_67890_tiny.py": RIGHT},
    "canvas, handed in again": {"smithann_12345_67890_tiny-2.py": RIGHT},
    "canvas, late": {"smithann_LATE_12345_67890_tiny.py": RIGHT},
    "canvas, a zip": {"smithann_12345_67890_hw.zip": zipped({"tiny.py": RIGHT})},
    "canvas, a name in Unicode": {"smithånn_12345_67890_tiny.ipynb": NOTEBOOK},
    "moodle": {"Ann Smith_123_assignsubmission_file_/tiny.py": RIGHT},
    "moodle, flat": {"Ann Smith_123_assignsubmission_file_tiny.py": RIGHT},
    "moodle, a zip": {"Ann_123_assignsubmission_file_/hw.zip": zipped({"hw/tiny.py": RIGHT})},
    "moodle, online text beside": {
        "Ann_123_assignsubmission_file_/tiny.py": RIGHT,
        "Ann_123_assignsubmission_onlinetext_/onlinetext.html": "<p>hi</p>",
    },
    "system files": {"ann/tiny.py": RIGHT, ".DS_Store": "x", "__MACOSX/x": "y", "Thumbs.db": "z"},
    "CRLF": {"ann/tiny.py": RIGHT.replace("\n", "\r\n")},
    "a BOM": {"ann/tiny.py": "\ufeff" + RIGHT},
    "UTF-16": {"ann/tiny.py": RIGHT.encode("utf-16")},
    "PEP 263": {"ann/tiny.py": b"# -*- coding: latin-1 -*-\n# \xe9\n" + RIGHT.encode()},
    "a file that is no work beside": {
        "ann/tiny.py": RIGHT,
        "ann/essay.pdf": b"%PDF",
        "ann/x/y": "",
    },
    "an export in a zip": {"export.zip": b""},  # see below
}


@pytest.mark.parametrize("kind", KINDS)
def test_work_is_found_in_every_kind_of_folder(
    kind: str, write: Callable[[dict[str, str | bytes]], Path]
) -> None:
    files = KINDS[kind]
    if kind == "an export in a zip":
        inner = {"export/Ann_5_assignsubmission_file_/tiny.py": RIGHT}
        folder = write({"export.zip": zipped(dict(inner))}) / "export.zip"
    else:
        folder = write(files)
    ((_, text),) = found(folder).items()
    assert "return x + x" in text or "return 2 * x" in text
    assert "return x / 2" in text


BLACKBOARD = "Homework 1_{}_attempt_2026-11-0{}-10-00-00{}".format
BRIGHTSPACE = "12345-678 - Ann Smith - Nov {}, 2026 {} AM/tiny.py".format
PAGE = "<!DOCTYPE html><html><body>def double(x): return 2 * x</body></html>"
HUGE = NOTEBOOK.replace('"outputs": []', f'"outputs": ["{"x" * (17 << 20)}"]')
RAR = b"Rar!\x1a\x07\0"
NEIGHBOURS: dict[str, tuple[dict[str, str | bytes], dict[str, str]]] = {
    "blackboard": (
        {
            BLACKBOARD("asmith", 1, "_tiny.py"): HALF,
            BLACKBOARD("asmith", 1, ".txt"): "Name: Ann",
            BLACKBOARD("asmith", 2, "_tiny.py"): RIGHT,
            BLACKBOARD("blee", 1, "_hw_tiny.py"): RIGHT,
        },
        {"asmith": RIGHT, "blee": RIGHT},
    ),
    "blackboard, underscores in user names": (
        {BLACKBOARD("a_smith", 1, "_tiny.py"): RIGHT, BLACKBOARD("b_smith", 2, "_tiny.py"): RIGHT},
        {"smith": "Homework 1_a_smith and Homework 1_b_smith may be two students"},
    ),
    "brightspace": (
        {BRIGHTSPACE(1, "1000"): HALF, BRIGHTSPACE(2, "930"): RIGHT, "index.html": PAGE},
        {"12345": RIGHT},
    ),
    "sakai": (
        {
            "Smith, Ann(asmith)/Submission attachment(s)/tiny.py": RIGHT,
            "Smith, Ann(asmith)/Feedback Attachment(s)/tiny.py": HALF,
            "Smith, Ann(asmith)/timestamp.txt": "20261101100000000",
            "grades.csv": "Homework 1,Points\n",
        },
        {"asmith": RIGHT},
    ),
    "teams": (
        {"Ann/Homework 1/Version 2/tiny.py": HALF, "Ann/Homework 1/Version 10/tiny.py": RIGHT},
        {"Ann": RIGHT},
    ),
    "canvas, text instead of a file": (
        {"smithann_12345_text.html": PAGE},
        {"12345": "there is text.html"},
    ),
    "google classroom": (
        {"Ann Smith - tiny.py": RIGHT},
        {"? Ann Smith - tiny.py": "put it into a folder named after its student"},
    ),
    "takeout": (
        {
            "takeout.zip": zipped(
                {"Takeout/Drive/ann/tiny.py": RIGHT, "Takeout/Drive/b/tiny.py": ""}
            )
        },
        {"takeout": "all hold units"},
    ),
    "kinds of archives that stay closed": (
        {"ann.rar": RAR, "bob/work.7z": RAR, "cid/tiny.py.gz": b"\x1f\x8b"},
        {
            "ann": "ann.rar is an archive that is not opened here",
            "bob": "work.7z is an archive that is not opened here",
            "cid": "there is tiny.py.gz",
        },
    ),
    "endings": (
        {"ann/TINY.PY": RIGHT, "bob/tiny.py.txt": RIGHT, "cid/tiny.ipynb.json": NOTEBOOK},
        {"ann": RIGHT, "bob": RIGHT, "cid": "return 2 * x"},
    ),
    "other formats": (
        {"ann/tiny.py": PAGE, "bob/tiny.docx": "PK", "cid/tiny.py": INNER, "dan/a/b/c/tiny.py": ""},
        {
            "ann": "tiny.py is a web page",
            "bob": "there is tiny.docx",
            "cid": "tiny.py is a zip under another name",
            "dan": "there is tiny.py",
        },
    ),
    "nothing": (
        {"ann/.keep": "", "bob/tiny.py": "", "cid/tiny.ipynb": "", "dan/solutions/tiny.py": RIGHT},
        {
            "ann": "the folder is empty",
            "bob": "",
            "cid": "tiny.ipynb is empty",
            "dan": "there is solutions/",
        },
    ),
    "outputs of 17 MB": ({"ann/tiny.ipynb": HUGE}, {"ann": "clear its outputs, and save it"}),
    "two units in one notebook": ({"ann/tiny and other.ipynb": NOTEBOOK}, {"ann": "return 2 * x"}),
    "names of files that other platforms would read otherwise": (
        {
            "Ann_1_assignsubmission_file_tiny.py": RIGHT,
            "Bob_2_assignsubmission_file_x_1_assignsubmission_file_tiny.py": HALF,
            "cid_3_9_x_1_assignsubmission_file_tiny.py": HALF,
            BLACKBOARD("dan", 1, "_x_1_assignsubmission_file_tiny.py"): HALF,
            BLACKBOARD("eve", 1, "_x_1_attempt_2026-12-01-10-00-00_tiny.py"): HALF,
        },
        {"1": RIGHT, "2": HALF, "3": HALF, "dan": HALF, "eve": HALF},
    ),
    "archives whose names are dots": (
        {"ann/..zip": zipped({"tiny.py": RIGHT}), "bob/...zip": INNER},
        {"ann": RIGHT, "bob": RIGHT},
    ),
    "folders in folders": (
        {"ann.zip": zipped({"a/" * 1500 + "tiny.py": HALF, "tiny.py": RIGHT})},
        {"ann": RIGHT},
    ),
    "times that are none": (
        {f"{who}.tar": tarred({"tiny.py": RIGHT}, time=who) for who in ("1e308", "inf", "nan")},
        {"1e308": RIGHT, "inf": RIGHT, "nan": RIGHT},
    ),
    "exercises twice": (
        {"ann/exercises/exercises/tiny.py": RIGHT, "ann/exercises/tiny.py": STUBS},
        {"ann": RIGHT},
    ),
    "a clone with all that was in it": (
        {
            "ann/exercises/tiny.py": RIGHT,
            "ann/.git/HEAD": "ref: refs/heads/main",
            "ann/.venv/lib/tiny.py": HALF,
            "ann/venv/lib/tiny.zip": INNER,
            "ann/tests/visible/test_tiny.py": "",
        },
        {"ann": RIGHT},
    ),
}


@pytest.mark.parametrize("kind", NEIGHBOURS)
def test_their_neighbours_are_right_as_well_or_tell_why_not(
    kind: str, write: Callable[[dict[str, str | bytes]], Path]
) -> None:
    files, expected = NEIGHBOURS[kind]
    works = found(write(files))
    assert works.keys() == expected.keys()
    for who, text in expected.items():
        assert text in works[who]
        assert text or not works[who]


def test_when_something_was_handed_in_is_never_when_it_was_unpacked(
    write: Callable[[dict[str, str | bytes]], Path],
) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, when in (("ann", (2026, 5, 1, 10, 0, 0)), ("bob", (1980, 1, 1, 0, 0, 0))):
            archive.writestr(zipfile.ZipInfo(f"class/{name}/tiny.py", when), RIGHT)
    with class_folder(write({"export.zip": file.getvalue()}) / "export.zip") as (folder, _):
        ann, bob = hand_ins(folder)
    assert ann.submitted_at == datetime(2026, 5, 1, 10).astimezone(UTC).isoformat()
    assert bob.submitted_at == ""
    other = {
        "cid/.git/HEAD": "x",
        "cid/tiny.py": RIGHT,
        BLACKBOARD("dan", 1, "_tiny.py"): RIGHT,
        BRIGHTSPACE(1, "930"): RIGHT,
    }
    told = {each.student: each.submitted_at for each in hand_ins(write(dict(other)))}
    del told["export"]
    assert told == {"cid": "", "dan": "2026-11-01T10:00:00", "12345": "2026-11-01T09:30:00"}


def test_who_has_handed_in_something_else_is_not_missing_in_an_archive(
    write: Callable[[dict[str, str | bytes]], Path],
) -> None:
    files: dict[str, str | bytes] = {
        "hw/README.md": "",
        "hw/Ann_1_assignsubmission_file_/tiny.py": RIGHT,
        "hw/Bob_2_assignsubmission_file_/work.rar": RAR,
        "hw/Cid_3_assignsubmission_onlinetext_/onlinetext.html": PAGE,
        "hw/Cid_3_assignsubmission_onlinetext_/.x/y": "",
    }
    works = found(write({"export.zip": zipped(files)}) / "export.zip")
    assert works.pop("1") == RIGHT
    assert "there is work.rar; work.rar is an archive that is not opened here" in works.pop("2")
    assert works.pop("3").endswith("there is onlinetext.html")
    assert works == {}


def test_an_archive_in_the_archive_of_a_class_is_one_students_alone(
    write: Callable[[dict[str, str | bytes]], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handins, "WHOLE_CLASS", Room(bytes=1 << 20, of_class=True))
    files: dict[str, str | bytes] = {
        "ann_1_10_hw.zip": INNER,
        "bob_2_11_hw(1).zip": zipped({"Submission attachment(s)/tiny.py": HALF}),
        "cid_3_12_...zip": zipped({"ann_1_10_hw/inner/tiny.py": HALF}),
        "dan_4_13_hw.zip": zipped({"a.py": "#" * (2 << 20)}),
        "eve_5_14_tiny.py": RIGHT,
    }
    works = found(write({"export.zip": zipped(files)}) / "export.zip")
    assert (works["1"], works["2"], works["5"]) == (RIGHT, HALF, RIGHT)
    assert works.keys() == {"1", "2", "3", "4", "5"}


def test_two_with_one_id_are_not_taken_for_one(
    write: Callable[[dict[str, str | bytes]], Path],
) -> None:
    both = METADATA + "  :created_at: x\nsubmission_3:\n  :submitters:\n  - :sid: '7'\n"
    folder = write({f"submission_{n}/tiny.py": HALF for n in (1, 3)})
    (folder / "submission_metadata.yml").write_text(both)
    assert found(folder)["7"] == "submission_1 and submission_3 may be two students"


def test_two_repositories_that_end_like_one_are_not_taken_for_one(
    write: Callable[[dict[str, str | bytes]], Path],
) -> None:
    roster = Roster((Member(("ann",), "Ann"), Member(("bob",), "Bob")))
    clones = write({f"hw1-{who}/tiny.py": HALF for who in ("ann", "x-ann", "bob")})
    known = {each.student: each.problem for each in on_roster(hand_ins(clones), roster)}
    assert known == {"ann": "hw1-ann and hw1-x-ann may be two students", "bob": ""}


def test_an_export_that_was_unpacked_with_its_outer_folder_is_recognised(
    write: Callable[[dict[str, str | bytes]], Path],
) -> None:
    outer = write({"Homework 1/ann/tiny.py": RIGHT, "Homework 1/bob/tiny.py": RIGHT})
    assert inner_class(outer, UNITS) == outer / "Homework 1"
    assert inner_class(outer / "Homework 1", UNITS) is None
    assert inner_class(outer / "Homework 1" / "ann", UNITS) is None
    write_files(outer.parent / "downloads", {"export.zip": INNER})
    archive = outer.parent / "downloads" / "export.zip"
    assert inner_class(archive.parent, UNITS) == archive


def test_ids_are_those_of_the_platform(write: Callable[[dict[str, str | bytes]], Path]) -> None:
    folder = write(
        {
            "smithann_12345_67890_tiny.py": RIGHT,
            "smithann_12345_67891_other.py": "",
            "Bob B_77_assignsubmission_file_/tiny.py": RIGHT,
            "cid/tiny.py": RIGHT,
            "essay.docx": "x",
        }
    )
    assert list(found(folder)) == ["12345", "77", "cid", "? essay.docx"]
    ann, bob, *_ = hand_ins(folder)
    assert (ann.name, bob.name) == ("smithann", "Bob B")
    assert ann.submitted_at


def test_an_export_of_gradescope_says_who_is_who(
    write: Callable[[dict[str, str | bytes]], Path],
) -> None:
    folder = write(
        {
            "submission_metadata.yml": METADATA,
            "submission_1/tiny.py": RIGHT,
            "submission_3/tiny.py": RIGHT,
        }
    )
    works = found(folder)
    assert works["7"] == works["bob@example.org"] == RIGHT
    assert works["9"] == "the export lists it, and it is not there"
    assert works["submission_3"] == "the export does not list it"


@pytest.mark.parametrize("text", ["- 1", "", "a"])
def test_a_list_of_gradescope_that_says_nothing_loses_nobody(
    text: str, write: Callable[[dict[str, str | bytes]], Path]
) -> None:
    folder = write({"submission_metadata.yml": text, "submission_1/tiny.py": RIGHT})
    assert found(folder) == {"submission_1": "the export does not list it"}


@pytest.mark.parametrize("text", ["a: [", "!!python/object/apply:os.system ['x']", "\0"])
def test_a_list_of_gradescope_that_is_none_runs_nothing(
    text: str, write: Callable[[dict[str, str | bytes]], Path]
) -> None:
    folder = write({"submission_metadata.yml": text, "submission_1/tiny.py": RIGHT})
    with pytest.raises(UsageError, match="cannot be read"):
        found(folder)


def nameless() -> bytes:
    """A zip of one file, whose name is no character long."""
    data = bytearray(zipped({"t": ""}))
    listed = data.index(b"PK\1\2")
    data[listed + 28], data[listed + 30] = 0, 1  # of its name and of more about it: the lengths
    return bytes(data)


HOSTILE: dict[str, tuple[bytes, str]] = {
    "no name": (nameless(), "cannot be read as an archive"),
    "a way out": (zipped({"../../evil.py": RIGHT, "/etc/tiny.py": RIGHT}), "lies outside"),
    "a link": (tarred({}, {"tiny.py": "/etc/passwd"}), "is a link or a device"),
    "no archive": (b"PK\3\4 not at all", "cannot be read as an archive"),
    "empty": (b"", "cannot be read as an archive"),
    "cut off": (zipped({"tiny.py": RIGHT * 100})[:-40], "cannot be read as an archive"),
    "a bomb": (zipped({f"{n}/tiny.py": "#" * (16 << 20) for n in range(6)}), "more than is read"),
    "very many": (zipped({f"{n}/tiny.py": "" for n in range(3000)}), "more than is read"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_archive_is_a_note_and_leaves_its_folder_to_nobody(
    kind: str, tmp_path: Path
) -> None:
    data, said = HOSTILE[kind]
    archive, folder = tmp_path / "in" / "ann.zip", tmp_path / "out" / "inner"
    archive.parent.mkdir()
    archive.write_bytes(data)
    folder.mkdir(parents=True)
    room = Room()
    unpack(archive, folder, room)
    assert any(said in note for note in room.notes), room.notes
    assert sorted(os.listdir(tmp_path)) == ["in", "out"]
    assert os.listdir(tmp_path / "out") == ["inner"]
    assert not any(path.is_symlink() for path in folder.rglob("*"))
    assert sum(path.stat().st_size for path in folder.rglob("*")) < 100 << 20


def folders() -> bytes:
    """A zip of very many folders, and nothing in them."""
    return zipped({f"{n}/": "" for n in range(20_001)})


def archives() -> bytes:
    """A zip of archives that are none, each of them larger than the zip."""
    return zipped({f"{n}.zip": bytes(16 << 20) for n in range(5)})


def packed_whole() -> bytes:
    """A zip in which a few bytes can stand for any number of them, which are unpacked at once."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("tiny.py", RIGHT)
    return file.getvalue()


def far_away() -> bytes:
    """A tar that has gigabytes before the work, of which nearly nothing is left when packed."""
    before = tarfile.TarInfo("film.mp4")
    before.size = 2 << 30
    return gzip.compress(before.tobuf())


def large_header() -> bytes:
    """A tar with a header of megabytes, which tarfile reads at once, however many they are."""
    member = tarfile.TarInfo("tiny.py")
    member.pax_headers = {"comment": "#" * (3 << 20)}
    return gzip.compress(member.tobuf(tarfile.PAX_FORMAT) + bytes(1024))


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (folders, "more than is read"),
        (archives, "more than is read"),
        (packed_whole, "packed in a way that is not opened here"),
        (far_away, "more than is read"),
        (large_header, "cannot be read as an archive"),
    ],
)
def test_an_archive_takes_no_more_than_it_is_given(
    build: Callable[[], bytes], said: str, tmp_path: Path
) -> None:
    (tmp_path / "ann").write_bytes(build())
    room = Room()
    unpack(tmp_path / "ann", tmp_path / "out", room)
    assert said in room.notes[-1]
    assert not (tmp_path / "out").exists()


def test_archives_in_archives_end(tmp_path: Path) -> None:
    data = zipped({"tiny.py": RIGHT})
    for _ in range(6):
        data = zipped({"inner.zip": data})
    (tmp_path / "ann.zip").write_bytes(data)
    room = Room()
    unpack(tmp_path / "ann.zip", tmp_path / "out", room)
    assert room.notes == ["inner.zip is an archive in too many archives"]


def test_links_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    write_files(tmp_path / "class", {"ann/tiny.py": RIGHT})
    secret = tmp_path / "secret"
    write_files(secret, {"tiny.py": "secret = 1"})
    (tmp_path / "class" / "eve").symlink_to(secret)
    (tmp_path / "class" / "fay").mkdir()
    (tmp_path / "class" / "fay" / "tiny.py").symlink_to(secret / "tiny.py")
    works = found(tmp_path / "class")
    assert works.pop("ann") == RIGHT
    assert "secret = 1" not in f"{works}"
    assert works["? eve"] == "a link is not followed"


def test_a_student_called_submitted_is_not_the_whole_class(
    write: Callable[[dict[str, str | bytes]], Path],
) -> None:
    course = write({"source/hw/tiny.py": STUBS, "submitted/ann/hw/tiny.py": RIGHT})
    assert found(course) == {"ann": RIGHT}
    write_files(course, {"bob/tiny.py": HALF})
    with pytest.raises(UsageError, match="submitted lies beside bob"):
        found(course)


def test_what_is_no_class_is_said(write: Callable[[dict[str, str | bytes]], Path]) -> None:
    folder = write({"exercises/tiny.py": RIGHT, "x.rar": "x", "none.zip": zipped({"a.txt": ""})})
    assert is_single(folder, UNITS)
    for name, said in (
        ("gone", "there is no"),
        ("x.rar", "neither a folder"),
        ("none.zip", "holds no work"),
    ):
        with pytest.raises(UsageError, match=said), class_folder(folder / name):
            pass
