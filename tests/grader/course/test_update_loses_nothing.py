"""Whatever is in a learner's folder, an update loses nothing of theirs."""

import json
import os
from dataclasses import replace
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, example, given, settings

from grader.course.folder import FILE, digest, folder_text, read_folder, write_folder
from grader.course.update import carry_out, check, plan_of, read_there, told
from grader.errors import UsageError
from grader.kit.start import layout_of
from tests.grader.course.learner import MODULE, NOTEBOOK, RENAMED, TOP, Learner, unit
from tests.grader.tiny_course import write_files

OLD = {"tiny": unit(double="Twice.", halve="Half.", third="A third.", gone="Nothing.")}
TOP_NOW = TOP.replace("A lesson", "Another") + "import os\n"
NEW = {
    "tiny": unit(twice="Two times.", halve="Half.", more="More.", ids=RENAMED, top=TOP_NOW),
    "other": unit(third="One third.", ids={"third": "tiny.third"}),
}


@pytest.fixture(scope="module")
def moves_on(tmp_path_factory):
    """The files of a learner's folder, its mark, and the next version of the course."""
    learn = Learner(tmp_path_factory.mktemp("learner")).start(**OLD)
    return learn.files(), read_folder(learn.home), layout_of(learn.version(**NEW))


def updated(files, old, new, ended=0):
    """What these files are after an update, with their copies. It changes nothing a second time,
    and is the same if it was ended before, after some changes."""
    plan = plan_of(old, new, files)
    after = changed(files, plan.changes)
    again = plan_of(plan.mark, new, after)
    assert (again.changes, again.mark) == ((), plan.mark)
    assert all(line.startswith("left alone") for line in told(again, plan.mark))
    some = changed(files, plan.changes[:ended])
    assert changed(some, plan_of(old, new, some).changes) == after
    return after


def changed(files, changes):
    after = dict(files)
    for change in changes:
        assert files.get(change.path) == change.before
        if change.is_theirs:
            after.setdefault(f"{change.path}.bak", change.before)
        after[change.path] = change.after
    return {path: data for path, data in after.items() if data is not None}


LINES = st.sampled_from(
    [
        "x = 1",
        "# note",
        "    # inside",
        "def mine(x):\n\treturn double(x)",
        "import math as m",
        "from os import path",
        "def double(x):\n    return 2 * x",
        "def twice(x): return 3",
        "@decorator",
        "halve = third = None",
        "",
        "\x0c",
        "print('\u00e9\u4e2d\U0001f600')",
        "'unclosed",
        "if x:\n    def gone(x): pass",
        "from mine import *",
        "a = 1; b = 2",
        "'''",
    ]
)
ENDED = st.integers(0, 4)
EDITS = st.lists(st.tuples(st.integers(0, 40), st.booleans(), LINES), max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits=EDITS, newline=st.sampled_from(["\n", "\r\n"]), mark=st.booleans(), ended=ENDED)
@example(edits=[(9, True, "\treturn x")], newline="\r\n", mark=True, ended=1)
def test_no_line_of_a_module_is_lost(moves_on, edits, newline, mark, ended):
    files, old, new = moves_on
    lines = files[MODULE].decode().split("\n")
    laid_out = {*lines}
    for place, replaces, line in edits:
        lines[place : place + replaces] = line.split("\n")
    data = ("\ufeff" * mark + newline.join(lines)).encode()
    after = updated({**files, MODULE: data}, old, new, ended)
    assert after.get(f"{MODULE}.bak", data) == data
    now, moved = after[MODULE], after["exercises/other.py"]
    mine = [line.encode() for line in lines if line.strip() and line not in laid_out]
    assert all(line in now + moved or b"double" in line for line in mine)  # but for the new name
    if now != data:
        assert f"{MODULE}.bak" in after or {*lines} == laid_out
        assert now.startswith(b"\xef\xbb\xbf") == mark
        assert (b"\r\n" in now) == (newline == "\r\n")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits=EDITS, ended=ENDED)
def test_no_cell_of_a_notebook_is_lost(moves_on, edits, ended):
    files, old, new = moves_on
    book = json.loads(files[NOTEBOOK])
    laid_out = [cell["source"] for cell in book["cells"]]
    for place, replaces, line in edits:
        cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": line}
        book["cells"][place : place + replaces] = [cell]
    data = json.dumps(book).encode()
    after = updated({**files, NOTEBOOK: data}, old, new, ended)
    held = [cell["source"] for cell in json.loads(after[NOTEBOOK])["cells"]]
    assert after.get(f"{NOTEBOOK}.bak", data) == data
    for source in (cell["source"] for cell in book["cells"]):
        assert source in laid_out or source in held or f"{NOTEBOOK}.bak" in after


DEEP = "+".join(["1"] * 2000)


@pytest.mark.parametrize("line", [f"x = {DEEP}", "if x: y\n" + "elif x: y\n" * 1000])
def test_a_statement_nested_deeper_than_python_calls_is_one_like_any_other(moves_on, line):
    files, old, new = moves_on
    module = files[MODULE].decode().replace("(x):", f"(x={DEEP}):")
    after = updated({**files, MODULE: f"{module}\n{line}\n".encode()}, old, new)
    assert f"\n{line}\n".encode() in after[MODULE]


@pytest.mark.parametrize(
    "change", [{"source": 5}, {"source": [5]}, {"source": None}], ids=lambda change: f"{change}"
)
def test_a_notebook_whose_text_is_none_is_left_alone(moves_on, change):
    files, old, new = moves_on
    book = json.loads(files[NOTEBOOK])
    book["cells"].append({"cell_type": "markdown", "metadata": {}, **change})
    data = json.dumps(book).encode()
    assert updated({**files, NOTEBOOK: data}, old, new)[NOTEBOOK] == data


@pytest.mark.parametrize("minor", ["5", None])
def test_a_notebook_of_no_version_is_brought_up_to_date(moves_on, minor):
    files, old, new = moves_on
    book = json.loads(files[NOTEBOOK]) | {"nbformat_minor": minor}
    book["cells"].append({"cell_type": "code", "metadata": {}, "outputs": [], "source": "mine = 1"})
    after = updated({**files, NOTEBOOK: json.dumps(book).encode()}, old, new)
    assert "mine = 1" in [cell["source"] for cell in json.loads(after[NOTEBOOK])["cells"]]


@pytest.mark.parametrize("last", range(5))
def test_an_update_that_is_ended_at_any_moment_loses_nothing(tmp_path, moves_on, monkeypatch, last):
    files, old, new = moves_on
    mark = plan_of(old, new, files).mark
    mine = files[MODULE].replace(b'raise NotImplementedError("double")', b"return x + x")
    write_files(tmp_path, {**files, MODULE: mine})
    replaced, times = Path.replace, iter(range(99))

    def ends(self, target):
        if next(times) == last:
            raise KeyboardInterrupt
        return replaced(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", ends)
        with pytest.raises(KeyboardInterrupt):
            carry_out(tmp_path, plan_of(old, new, read_there(tmp_path, old, new)))
    assert any(b"return x + x" in path.read_bytes() for path in tmp_path.rglob("tiny.py*"))
    now = read_folder(tmp_path)
    carry_out(tmp_path, plan_of(now, new, read_there(tmp_path, now, new)))
    after = updated({**files, MODULE: mine}, old, new) | {FILE: folder_text(mark).encode()}
    assert {path: (tmp_path / path).read_bytes() for path in after} == after


@pytest.fixture
def outside(tmp_path):
    """A folder beside the learner's, with files of the same names."""
    write_files(tmp_path / "outside", {MODULE: "theirs", "README.md": "theirs"})
    return tmp_path / "outside"


@pytest.fixture
def home(tmp_path, moves_on):
    write_files(tmp_path / "home", moves_on[0])
    return tmp_path / "home"


@pytest.mark.parametrize("name", [MODULE, "README.md", "exercises"])
def test_nothing_is_read_or_written_through_a_link(home, outside, moves_on, name):
    _, old, new = moves_on
    new = replace(new, files={**new.files, "README.md": b"new"})
    (home / name).rename(home / "before")
    (home / name).symlink_to(outside / name)
    plan = plan_of(old, new, read_there(home, old, new))
    carry_out(home, plan)
    assert (outside / MODULE).read_text() == (outside / "README.md").read_text() == "theirs"
    assert {path.name for path in outside.rglob("*.*")} == {"tiny.py", "README.md"}
    path = name if "." in name else MODULE
    assert f"left alone    {path} is a link, or lies behind one" in told(plan, old)


def test_links_in_the_place_of_what_an_update_writes_are_replaced(home, outside, moves_on):
    _, old, new = moves_on
    mine = (home / MODULE).read_text() + "mine = 1\n"
    (home / MODULE).write_text(mine)
    for name in (f"{MODULE}.bak", "exercises/.tiny.py.new", f".{FILE}.new"):
        (home / name).symlink_to(outside / "README.md")
    (home / FILE).rename(outside / FILE)
    (home / FILE).symlink_to(outside / FILE)
    carry_out(home, plan_of(old, new, read_there(home, old, new)))
    assert (outside / "README.md").read_text() == "theirs"
    assert read_folder(outside) == old
    assert not (home / FILE).is_symlink()
    assert (home / f"{MODULE}.bak2").read_text() == mine
    assert not list(home.rglob("*.new"))


A_PIPE = pytest.param("pipe", marks=pytest.mark.skipif(os.name != "posix", reason="named pipes"))


@pytest.mark.parametrize("what", ["folder", A_PIPE, "loop", "dangling"])
def test_what_is_no_file_is_left_alone(home, moves_on, what):
    _, old, new = moves_on
    path = home / MODULE
    path.unlink()
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("tiny.py" if what == "loop" else "nowhere.py")
    plan = plan_of(old, new, read_there(home, old, new))
    carry_out(home, plan)
    assert [line for line in told(plan, old) if line.startswith(f"left alone    {MODULE} is ")]
    assert not path.is_file()


def test_a_mark_that_lies_costs_nothing(home, moves_on):
    files, old, new = moves_on
    lie = digest("made up")
    false = replace(
        old,
        exercises=dict.fromkeys(old.exercises, lie),
        files=dict.fromkeys(old.files, lie),
        names={"tiny.double": "../../outside.double", "tiny.halve": "..", "x": "tiny.double"},
        pieces={MODULE: (lie,), "../../outside.py": (lie,)},
    )
    write_folder(home, false)
    carry_out(home, plan_of(read_folder(home), new, read_there(home, false, new)))
    held = b"".join(path.read_bytes() for path in home.rglob("*.py"))
    assert all(line in held for line in files[MODULE].splitlines())
    cells = "".join(path.read_text() for path in home.rglob("*.ipynb"))
    sources = [cell["source"] for cell in json.loads(files[NOTEBOOK])["cells"]]
    assert all(json.dumps(line)[1:-1] in cells for source in sources for line in source)
    assert {path.name for path in home.parent.iterdir()} == {"home"}


@pytest.mark.parametrize(
    "lie",
    [{"files": {"../x": "y"}}, {"course": "\ud800"}, {"pieces": [1]}, {"pieces": {"a": 1}}],
)
def test_a_mark_that_is_broken_ends_it(home, lie):
    (home / FILE).write_text(json.dumps(json.loads((home / FILE).read_text()) | lie))
    with pytest.raises(UsageError, match="is damaged"):
        read_folder(home)


def test_a_folder_of_another_course_or_a_later_version_is_left_alone(moves_on):
    _, old, new = moves_on
    check(old, new.mark)
    check(replace(old, course="tiny, with a new title", version="nonsense"), new.mark)
    with pytest.raises(UsageError, match="is of the course 'other'"):
        check(replace(old, course="other", exercises={"other.one": ""}), new.mark)
    with pytest.raises(UsageError, match="update what is installed"):
        check(replace(old, version="999"), new.mark)


def test_what_changed_meanwhile_is_not_replaced(home, moves_on):
    _, old, new = moves_on
    plan = plan_of(old, new, read_there(home, old, new))
    (home / MODULE).write_text("mine")
    with pytest.raises(UsageError, match="has changed meanwhile"):
        carry_out(home, plan)
    assert (home / MODULE).read_text() == "mine"


def test_a_full_disk_costs_nothing(home, moves_on, monkeypatch):
    _, old, new = moves_on
    before = {path: path.read_bytes() for path in home.rglob("*.*") if path.is_file()}

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match=r"cannot write .*: No space left on device"):
        carry_out(home, plan_of(old, new, read_there(home, old, new)))
    after = {path: path.read_bytes() for path in home.rglob("*.*") if path.is_file()}
    assert after == before
