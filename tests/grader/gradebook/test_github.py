"""Which repositories there are, and the programs that are asked."""

import os
import sys
import time
from pathlib import Path

import pytest

from grader.cli import classes
from grader.errors import UsageError
from grader.gradebook import github as github_module
from grader.gradebook.github import Failed, Repository, fetch, repositories, run
from grader.gradebook.roster import read_roster

from .github import GitHub


def test_every_repository_with_the_prefix_is_graded_but_the_teachers_own(
    reachable: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "org/kata-course")
    for name in ("kata-bob", "kata-", "kata-course", "notes", "kata-ann", "kata-template"):
        reachable.announce(name, kibibytes=512)
    reachable.announce("kata-new", kibibytes=None)  # GitHub has not measured it yet
    assert repositories("org", "kata-", None) == [
        Repository("org/kata-ann", "ann", 0.5),
        Repository("org/kata-bob", "bob", 0.5),
        Repository("org/kata-new", "new", 0),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfname,github_username\nAnn,ann\nBob,\n,a/b\n,\xc3\x85sa\n",
        "name;username;x\r\nAnn; ann ;\r\nBob\r\n\r\n;a/b;\r\n;Åsa\r\n".encode("utf-16"),
        "x,username\nAnn,ann\nBob\n,a/b\n,Åsa\n".encode("cp1252"),
    ],
)
def test_a_roster_says_who_there_is_whether_or_not_it_knows_their_names(
    content: bytes, reachable: GitHub
) -> None:
    roster = reachable.folder / "roster.csv"
    roster.write_bytes(content)
    found = repositories("org", "kata-", read_roster(roster))
    assert [(each.name, each.student) for each in found] == [
        ("org/kata-ann", "ann"),
        ("", "? Bob"),  # has no id, and a name is none
        ("", "a/b"),
        ("", "Åsa"),
    ]


def test_the_column_of_github_comes_first_and_any_other_id_before_a_name(
    reachable: GitHub,
) -> None:
    roster = reachable.folder / "roster.csv"
    roster.write_text("name,student,username,github_username\nAnn,x,y,ann\nBob,x2,y2,\n")
    ann, bob = repositories("org", "kata-", read_roster(roster))
    assert (ann.name, ann.student, ann.person) == ("org/kata-ann", "ann", "Ann")
    assert (bob.name, bob.student, bob.handin.name) == ("", "x2", "Bob")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read"),
        (b"name,e-mail\nAnn,ann@example.org\n", "no column of ids"),
        (b"name,email\nAnn,ann@example.org\n", "no column github_username, username or student"),
        (b"username\n", "names nobody"),
        (b"", "is empty"),
    ],
)
def test_what_is_no_roster_is_wrong_usage(
    content: bytes | None, reason: str, reachable: GitHub
) -> None:
    roster = reachable.folder / "roster.csv"
    if content is not None:
        roster.write_bytes(content)
    with pytest.raises(UsageError, match=reason):
        repositories("org", "kata-", read_roster(roster))


def test_where_there_is_nothing_to_grade_that_is_said(reachable: GitHub) -> None:
    reachable.announce("lecture-notes")
    with pytest.raises(UsageError, match="no repository of org begins with kata-"):
        repositories("org", "kata-", None)
    for org, prefix in (("org/team", "kata-"), ("-x", "kata-"), ("org", "")):
        with pytest.raises(UsageError, match="takes letters, digits, dots and hyphens"):
            repositories(org, prefix, None)


def fetched(github: GitHub, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The files that are written of the repository of ann, for a unit `tiny`."""
    monkeypatch.setattr(github_module, "SERVER", github.environment()["GITHUB_SERVER_URL"])
    clone = github.folder / "clone"
    fetch(Repository("org/kata-ann", "ann", 1), clone, ["tiny"])
    files = [path for path in clone.rglob("*") if path.is_file() or path.is_symlink()]
    names = {path.relative_to(clone).as_posix() for path in files}
    return {name for name in names if not name.startswith(".git/")}


def test_only_work_and_the_modules_that_it_imports_are_written(
    reachable: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, str | bytes] = {
        "exercises/tiny.py": "import os, helpers\nfrom exercises.more import x",
        "exercises/tiny (1).py": "",
        "exercises/more.py": "import yet_more",
        "helpers.py": "",
        "yet_more.py": "",
        "**tiny.py": "",
        ":(glob)**.tiny.py": "",
        "kata/exercises/tiny.ipynb": "{}",
    }
    left: dict[str, str | bytes] = dict.fromkeys(
        ("other.py", "a/b/tiny.py", "a/x.tiny.py", "os.py", "helpers/x.py", "tests/tiny.py"), ""
    )
    left |= {f"kata/{n}/tiny.py": "" for n in range(5)}
    reachable.repository("kata-ann", kept | left)
    assert fetched(reachable, monkeypatch) == set(kept)


def test_a_folder_with_very_many_names_is_not_listed(
    reachable: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    many: dict[str, str | bytes] = {f"{n:04}.tiny.py": "" for n in range(2000)}
    reachable.repository("kata-ann", many | {"tiny.py": ""})
    assert fetched(reachable, monkeypatch) == {"tiny.py"}


def test_what_github_says_when_it_refuses_reaches_the_teacher(
    reachable: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    gh = reachable.folder / "bin" / "gh"
    gh.write_text("#!/bin/sh\necho 'HTTP 401: Bad credentials' >&2\nexit 1\n")
    with pytest.raises(UsageError, match=r"(?s)repositories of org: GitHub refused.*HTTP 401"):
        repositories("org", "kata-", None)
    monkeypatch.setenv("PATH", str(reachable.folder / "home"))
    with pytest.raises(UsageError, match="repositories of org: gh is not installed"):
        repositories("org", "kata-", None)


def test_a_kit_cannot_grade_a_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "course.toml").write_text('title = "Of a kit"\nunit = []\n')
    (tmp_path / "tests" / "visible").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="is a kit, without solutions"):
        classes.run(gradebook=tmp_path / "class.db", org="org", prefix="kata-")


@pytest.mark.skipif(os.name != "posix", reason="process groups")
def test_what_takes_too_long_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    child = f"import time; time.sleep(2); open({str(touched)!r}, 'w')"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    before = time.monotonic()
    with pytest.raises(Failed, match="not graded: no answer in 1 s"):
        run([sys.executable, "-c", parent], 1, "not graded")
    time.sleep(max(0, before + 3 - time.monotonic()))
    assert not touched.exists()
