"""A kit gives nothing away: what it may hold, and what `grade kit --check` finds in it."""

import gzip
import io
import json
import lzma
import marshal
import os
import re
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.course.model import Course
from grader.errors import UsageError
from grader.kit.check import leaks, secrets_of
from grader.kit.make import kit_files, write_kit

from . import shop

Git = Callable[..., str]
SOLVED = re.sub(" *# (BEGIN|END) SOLUTION\n", "", shop.SOLUTION)
OWN = "def double(x):\n    return sum([x, x])\n\n\ndef halve(x):\n    return 0.5 * x\n"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(40)
REFUSED = "is not something a kit holds"


@pytest.fixture
def folder(
    course: Course, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A fresh kit, which is not made anew for each check."""
    monkeypatch.setattr("grader.kit.check.kit_files", lambda course, on_unit: files)
    write_kit(files, tmp_path / "kit", course)
    return tmp_path / "kit"


@pytest.fixture
def git(folder: Path) -> Git:
    """Runs git in the kit, which is a repository with one commit."""

    def git(*arguments: str, told: str = "") -> str:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        command = ["git", "-C", str(folder), *identity, *arguments]
        return subprocess.run(
            command, input=told, check=True, text=True, stdout=subprocess.PIPE
        ).stdout.strip()

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "The kit")
    return git


def write(folder: Path, files: dict[str, bytes | str]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


# What a kit may hold


def test_a_fresh_kit_holds_nothing_secret(course: Course, folder: Path) -> None:
    assert leaks(course, folder) == []


def test_it_is_held_against_what_the_course_makes_now(course: Course, tmp_path: Path) -> None:
    write_kit(kit_files(course), tmp_path, course)
    assert leaks(course, tmp_path) == []
    (tape,) = tmp_path.glob("tests/visible/*.tape")
    tape.write_bytes(tape.read_bytes() + b"\0")
    (leak,) = leaks(course, tmp_path)
    assert leak.startswith(f"tests/visible/{tape.name} {REFUSED}")


def test_files_with_the_line_ends_of_windows_are_the_same(course: Course, folder: Path) -> None:
    for path in folder.rglob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert leaks(course, folder) == []


SCRATCH: dict[str, bytes | str] = {
    "scratch.py": "from dataclasses import dataclass\n\n@dataclass(frozen=True)\nclass A: pass\n",
    "results/losses.csv": "step,loss\n0,1.5\n1,0.7\n",
    "notes.txt": "\ufeffÜbung 1: \x1b[31mrot\x1b[0m\f\n",
    "README.md": "My own words.\n",
    "empty": "",
    ".torchkata.json": '{"passed": ["double"]}',
    "play.ipynb": json.dumps(
        {"cells": [{"source": ["x = 1\n"], "outputs": [{"data": {"image/png": "iVBORw0K" * 99}}]}]}
    ),
}


def test_honest_work_and_its_history_pass(course: Course, folder: Path, git: Git) -> None:
    stub = f"exercises/{course.units[0].name}.py"
    write(folder, {**SCRATCH, stub: OWN})
    git("add", "-A")
    git("commit", "-qm", "Solved both")
    git("tag", "-am", "Handed in", "v1")
    git("gc", "-q")
    write(folder, {".venv/lib/torch.so": PICTURE})
    assert leaks(course, folder) == [
        f"{stub} differs from what grade sync makes: does it hold an answer?"
    ]
    git("checkout", "-q", "HEAD~1", "--", stub)
    assert leaks(course, folder) == []


# What is found


def planted(name: str, content: bytes | str, says: str) -> Any:
    return pytest.param(name, content, says, id=name)


def tarred(content: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo("inner.py")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content.encode()))
    return buffer.getvalue()


def zipped(content: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.py", content)
    return buffer.getvalue()


def compiled(content: str) -> bytes:
    return bytes(16) + marshal.dumps(compile(content, "x.py", "exec"))


LINES = "cells", [{"source": ["twice_as_much_as_before ", "= x + x"]}]
PLANTED = [
    planted("solved.py", SOLVED, "holds a line of solutions/"),
    planted("quoted.md", "As in `twice_as_much_as_before = x + x`, one adds.", "holds a line of"),
    planted("indented.txt", "twice_as_much_as_before  =\t x + x", "holds a line of solutions/"),
    planted("broken.txt", "twice_as_much_as_before =\r\n    x + x", "holds a line of solutions/"),
    planted("README.md", SOLVED, "holds a line of solutions/"),
    planted("tests/visible/more.py", shop.SUITE, "holds a line of tests/hidden/"),
    planted("recorded.py", "nobody_shall_read_this = x.clone()", "holds a line of tests/hidden/"),
    planted("accepted.py", "halved_in_another_way = x.mul(0.5)", "holds a line of tests/accepted/"),
    planted("equal.py", "return x.div(2.0) if x.is_floating_point() else x / 2", "equivalent.toml"),
    planted("wrong.py", shop.BANK, "holds a line of solutions/wrong/"),
    planted("secret.txt", "the inputs follow from this", "holds a line of .torchkata-secret"),
    planted("notes.md", "see test_large_numbers_too", "holds a line of tests/hidden/"),
    planted("slugs.md", "double__times_three is one", "holds a line of solutions/wrong/"),
    planted("test_large_numbers_too/x", "", "holds a line of tests/hidden/"),
    planted("solutions/notes.txt", "", "is part of the course"),
    planted("tests/hidden/x.py", "", "is part of the course"),
    planted("notebook.ipynb", json.dumps(dict([LINES])), "holds a line of solutions/"),
    planted("escaped.json", r'["\u0074wice_as_much_as_before = x + x"]', "holds a line of"),
    planted("text.json", json.dumps({"a": SOLVED, "b": 1}), "holds a line of solutions/"),
    planted("wide.txt", SOLVED.encode("utf-16"), REFUSED),
    planted("latin.txt", "# höchstens\n".encode("latin-1"), REFUSED),
    planted("picture.png", PICTURE, REFUSED),
    planted("exercises/__pycache__/x.pyc", compiled(SOLVED), REFUSED),
    planted("archive.zip", zipped(SOLVED), REFUSED),
    planted("outer.zip", zipped("x") + zipped(SOLVED), REFUSED),
    planted("cut.zip", zipped(SOLVED)[:-5], REFUSED),
    planted("archive.tar", tarred(SOLVED), REFUSED),
    planted("archive.tar.xz", lzma.compress(SOLVED.encode()), REFUSED),
    planted("cut.gz", gzip.compress(SOLVED.encode())[:-9], REFUSED),
    planted("packed.7z", b"7z\xbc\xaf" + bytes(9), REFUSED),
    planted("vendor/other-1.0-py3-none-any.whl", zipped("x"), REFUSED),
]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [*PLANTED, planted("nested/.git/config", "", f"nested {REFUSED}")],
)
def test_what_is_planted_is_found(
    course: Course, folder: Path, name: str, content: bytes | str, says: str
) -> None:
    write(folder, {name: content})
    found = leaks(course, folder)
    assert says in found[0]
    assert found[0].startswith(name.split("/.git")[0])


@pytest.mark.parametrize(("name", "content", "says"), PLANTED)
def test_what_was_planted_is_found_in_the_history(
    course: Course, folder: Path, git: Git, name: str, content: bytes | str, says: str
) -> None:
    write(folder, {name: content})
    git("add", "-Af")
    git("commit", "-qm", "Oops")
    git("reset", "-q", "--hard", "HEAD~1")
    git("gc", "-q")  # what no branch leads to is still there
    found = leaks(course, folder)
    assert found
    assert all(leak.startswith("history: ") for leak in found)
    assert any(says in leak for leak in found)


def test_a_stub_that_was_changed_and_links_are_found(course: Course, folder: Path) -> None:
    stub = folder / "exercises" / f"{course.units[0].name}.py"
    stub.write_text("def double(x): return 2 * x\n")
    (folder / "answers").symlink_to(course.solutions_folder)
    (folder / "nowhere").symlink_to("nothing")
    link, changed, broken = leaks(course, folder)
    assert link.startswith(f"answers {REFUSED}")
    assert broken.startswith(f"nowhere {REFUSED}")
    assert "differs from what grade sync makes" in changed


@pytest.mark.skipif(os.name != "posix", reason="a pipe with a name")
def test_a_pipe_is_not_waited_for(course: Course, folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    (leak,) = leaks(course, folder)
    assert leak.startswith(f"pipe {REFUSED}")


def test_links_submodules_and_words_in_the_history_are_found(
    course: Course, folder: Path, git: Git
) -> None:
    (folder / "link").symlink_to("README.md")
    git("add", "link")
    git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},inner")
    git("commit", "-qm", "twice_as_much_as_before = x + x")
    git("reset", "-q", "--hard", "HEAD~1")
    git("tag", "-am", "see test_large_numbers_too", "v1")
    links = [leak for leak in leaks(course, folder) if REFUSED in leak]
    assert [re.search(r"/(\w+) ", leak)[1] for leak in links] == ["inner", "link"]
    words = [leak for leak in leaks(course, folder) if REFUSED not in leak]
    assert [leak.split()[1] for leak in words] == ["commit", "tag"]


def test_an_object_that_nothing_names_is_found(course: Course, folder: Path, git: Git) -> None:
    name = git("hash-object", "-w", "--stdin", told=SOLVED)
    (leak,) = leaks(course, folder)
    assert leak.startswith(f"history: blob {name[:12]} holds a line of solutions/")


def test_an_object_that_another_replaces_is_found(course: Course, folder: Path, git: Git) -> None:
    secret, plain = (git("hash-object", "-w", "--stdin", told=told) for told in (SOLVED, "x"))
    git("replace", secret, plain)
    (leak,) = leaks(course, folder)
    assert leak.startswith(f"history: blob {secret[:12]} holds")


def test_the_history_of_another_repository_is_not_taken_for_it(
    course: Course, folder: Path, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git's hooks have such variables."""
    git("hash-object", "-w", "--stdin", told=SOLVED)
    subprocess.run(["git", "init", "-q", tmp_path / "other"], check=True)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    assert len(leaks(course, folder)) == 1


def test_what_git_keeps_elsewhere_is_told(course: Course, folder: Path, git: Git) -> None:
    (folder / ".git" / "lfs").mkdir()
    assert leaks(course, folder)[0].startswith(f".git/lfs {REFUSED}")


def test_no_folder_and_a_broken_history_are_said(course: Course, folder: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        leaks(course, folder / "elsewhere")
    (folder / ".git").write_text("gitdir: nowhere")
    with pytest.raises(UsageError, match="cannot be searched"):
        leaks(course, folder)


# What is secret


def test_what_stands_in_recorded_functions_is_secret_even_if_it_is_shown(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should they not be cut out of a suite, the check says so."""
    monkeypatch.setattr(
        "grader.kit.check.visible_texts", lambda course, unit: {"x.py": shop.SUITE.encode()}
    )
    secrets = {secret.text for secret in secrets_of(course)}
    assert "nobody_shall_read_this = x.clone()" in secrets
    assert 'yield x + 2, "This is two more, not twice as much."' in secrets
    assert "test_large_numbers_too" not in secrets


def test_what_learners_read_anyway_is_no_secret(course: Course) -> None:
    secrets = {secret.text for secret in secrets_of(course)}
    shown = 'MORE = "Twice as much is more than that."'
    assert shown in shop.SUITE
    assert shown not in secrets
    assert "This is two more, not twice as much." not in secrets
    assert "test_every_number_is_doubled" not in secrets


def test_a_secret_is_found_as_whole_words(course: Course) -> None:
    (name,) = (s for s in secrets_of(course) if s.text == "double__one_more")
    for text in (
        "double__one_more",
        "see double__one_more.",
        "a double__one_more2 double__one_more",
    ):
        assert name.is_in(text)
    for text in ("double__one_more2", "redouble__one_more", "double__one"):
        assert not name.is_in(text)
