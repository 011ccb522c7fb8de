"""Grade the repositories of a class: scores.csv, a report for each, and an issue with feedback.

Runs in the folder of the course with `gh` and `git`; nothing of a student's repository is run but
in the grader's sandbox. GH_TOKEN may read the repositories, and write issues if feedback is given.
"""

import argparse
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

ISSUE = "Feedback"
MAX_BODY = 65_000  # GitHub takes issues of 65,536 characters, and a report has 60 KB at most
MAX_MEBIBYTES = 200
CLONE_SECONDS, GRADE_SECONDS, ASK_SECONDS = 180, 900, 60
USER_COLUMNS = ("github_username", "username", "student")
NAME = re.compile(r"[A-Za-z0-9._-]+")
SERVER = os.environ.get("GITHUB_SERVER_URL", "https://github.com")


class Failed(Exception):
    """Why a repository has no score, in the words of scores.csv; `said` is for the log."""

    def __init__(self, reason: str, said: bytes = b"") -> None:
        super().__init__(reason)
        self.said = said


@dataclass
class Row:
    """One line of scores.csv. An empty score is none: nobody gets a zero for a fault of ours."""

    repository: str
    student: str
    score: int | None = None
    max_score: int | None = None
    status: str = ""
    commit: str = ""
    graded_at: str = ""
    feedback: str = ""


def main() -> int:
    wanted = _arguments()
    wanted.output.mkdir(parents=True, exist_ok=True)
    try:
        repositories = _repositories(wanted)
    except Failed as reason:
        sys.stderr.buffer.write(reason.said)
        _say(f"::error::the repositories of {wanted.org} cannot be listed: {reason}")
        return 1
    rows = []
    with open(wanted.output / "scores.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(field.name for field in fields(Row))
        for name, student, mebibytes in repositories:
            row = Row(f"{wanted.org}/{name}" if name else "", student)
            _fill(row, mebibytes, wanted)
            table.writerow(_cell(value) for value in asdict(row).values())
            file.flush()  # what is graded stays, should the job be stopped
            rows.append(row)
            _say(f"{row.repository}: {row.status}")
    if not rows:
        _say(f"::error::no repository of {wanted.org} begins with {wanted.prefix}")
    graded = sum(row.score is not None for row in rows)
    _say(f"{graded} of {len(rows)} repositories have a score")
    return 0 if rows else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--org", required=True, help="the organisation or account")
    parser.add_argument("--prefix", required=True, help="what the repositories' names begin with")
    parser.add_argument("--roster", type=Path, help="a CSV with a column of GitHub user names")
    parser.add_argument("--feedback", choices=("none", "scores", "full"), default="none")
    parser.add_argument("--output", type=Path, default=Path("class"))
    wanted = parser.parse_args()
    for option in ("org", "prefix"):
        if not NAME.fullmatch(getattr(wanted, option)):
            parser.error(f"--{option} needs letters, digits, dots and hyphens")
    return wanted


# --- which repositories


def _repositories(wanted: argparse.Namespace) -> list[tuple[str, str, float | None]]:
    """What is to be graded: its name, its student, its size in MiB; None where there is none."""
    listed = json.loads(
        _gh("repo", "list", wanted.org, "--limit", "10000", "--json", "name,diskUsage")
    )
    sizes = {each["name"]: (each["diskUsage"] or 0) / 1024 for each in listed}
    if wanted.roster:
        listed_as = {name.casefold(): name for name in sizes}  # GitHub takes no note of case
        on_roster = _on_roster(wanted.roster, wanted.prefix)
        found = [(listed_as.get(name.casefold(), name), student) for name, student in on_roster]
        return [(name, student, sizes.get(name)) for name, student in found]
    own = os.environ.get("GITHUB_REPOSITORY", "")
    return [
        (name, name.removeprefix(wanted.prefix), size)
        for name, size in sorted(sizes.items())
        if name.startswith(wanted.prefix)
        and name != wanted.prefix
        and f"{wanted.org}/{name}" != own
    ]


def _on_roster(path: Path, prefix: str) -> Iterator[tuple[str, str]]:
    """The repository of everyone on it and the user name; no repository where there is no name."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        names = table.fieldnames or []
        column = next((column for column in USER_COLUMNS if column in names), None)
        if column is None:
            sys.exit(f"grade_class: {path} has none of the columns {', '.join(USER_COLUMNS)}")
        for line in table:
            user = (line[column] or "").strip()
            if NAME.fullmatch(user):
                yield prefix + user, user
            else:
                yield "", user or (line[names[0]] or "").strip()


# --- one repository


def _fill(row: Row, mebibytes: float | None, wanted: argparse.Namespace) -> None:
    """Grade one repository; whatever happens in it stays in its row."""
    row.graded_at = datetime.now(UTC).isoformat(timespec="seconds")
    reports = wanted.output / "reports"
    reports.mkdir(exist_ok=True)
    stem = reports / row.repository.rpartition("/")[2]
    with tempfile.TemporaryDirectory(prefix="class-", ignore_cleanup_errors=True) as folder:
        try:
            if not row.repository:
                raise Failed("no user name")
            if mebibytes is None:
                raise Failed("no repository")
            if mebibytes > MAX_MEBIBYTES:
                raise Failed(f"larger than {MAX_MEBIBYTES} MiB")
            clone = Path(folder) / "work"
            row.commit = _clone(row.repository, clone)
            report = _grade(row.student, clone, stem)
            row.score, row.max_score = report["score"], report["max_score"]
            row.status = report["status"]
        except Failed as reason:
            row.status = str(reason)
            if reason.said:
                stem.with_name(f"{stem.name}.log").write_bytes(reason.said)
        except Exception as error:  # one broken repository never stops the rest
            row.status = f"not graded: {type(error).__name__}"
    if row.score is not None and wanted.feedback != "none":
        _give_feedback(row, stem, full=wanted.feedback == "full")


def _clone(repository: str, folder: Path) -> str:
    """Fetch the newest commit and its files, and run nothing of them; the commit."""
    asking = (
        () if shutil.which("gh") is None else ("-c", "credential.helper=!gh auth git-credential")
    )
    harmless = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false")
    shallow = ("--depth=1", "--single-branch", "--no-tags", "--no-recurse-submodules")
    url = f"{SERVER}/{repository}.git"
    _git(*harmless, *asking, "clone", "--quiet", "--template=", *shallow, "--", url, folder)
    try:
        return _git("-C", folder, "rev-parse", "--verify", "--quiet", "HEAD").strip()
    except Failed:
        raise Failed("empty repository") from None


def _git(*arguments: str | Path) -> str:
    """git without the settings of whoever runs it, and without questions."""
    settings = {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_ALLOW_PROTOCOL": SERVER.partition(":")[0],
    }
    return _output(["git", *arguments], CLONE_SECONDS, "not fetched", os.environ | settings)


def _grade(student: str, clone: Path, stem: Path) -> dict[str, Any]:
    """The report, which also lies at `stem` as JSON and as Markdown."""
    ours = ("TOKEN", "ACTIONS_", "GITHUB_")
    environment = {
        name: text for name, text in os.environ.items() if not any(part in name for part in ours)
    }
    command = [sys.executable, "-m", "grader", "run", "--submission", str(clone)]
    command += ["--sandbox", "require"]
    command += ["--variant", student] if os.environ.get("TORCHKATA_SECRET") else []
    command += ["--format", "json", "--output", f"{stem}.json"]
    command += ["--format", "markdown", "--output", f"{stem}.md"]
    ended = _ended(command, GRADE_SECONDS, "not graded", environment)
    if ended.returncode not in (0, 1):
        raise Failed(_refusal(ended, clone), ended.stderr)
    report = json.loads(Path(f"{stem}.json").read_text(encoding="utf-8"))
    return dict(report)


def _refusal(ended: "subprocess.CompletedProcess[bytes]", clone: Path) -> str:
    """The words of `grade` where it was given nothing that it can grade."""
    if ended.returncode != 2:
        return "grader_fault"
    lines = ended.stderr.decode("utf-8", "replace").splitlines() or [""]
    reason = lines[-1].removeprefix("grade: ").replace(str(clone), "the repository")
    return f"not graded: {reason[:300]}"


# --- feedback


def _give_feedback(row: Row, stem: Path, *, full: bool) -> None:
    """One issue in the student's repository, written anew each time."""
    report = json.loads(Path(f"{stem}.json").read_text(encoding="utf-8"))
    headline = f"**{row.score} of {row.max_score} points**, commit `{row.commit}`, {row.graded_at}"
    details = Path(f"{stem}.md").read_text(encoding="utf-8") if full else _scores(report)
    body = f"{headline}\n\n{details}"[:MAX_BODY]
    ask = partial(_gh, "issue")
    where = ("--repo", row.repository)
    try:
        with tempfile.TemporaryDirectory(prefix="class-") as folder:
            file = Path(folder) / "body.md"
            file.write_text(body, encoding="utf-8")
            if number := _issue(ask, where):
                ask("edit", number, *where, "--body-file", str(file))
            else:
                ask("create", *where, "--title", ISSUE, "--body-file", str(file))
        row.feedback = "given"
    except (Failed, ValueError) as reason:
        row.feedback = f"not given: {reason}"


def _issue(ask: Callable[..., str], where: tuple[str, ...]) -> str | None:
    """The number of the issue that an earlier run left."""
    listed = json.loads(
        ask("list", *where, "--state", "all", "--limit", "200", "--json", "number,title")
    )
    numbers = [each["number"] for each in listed if each["title"] == ISSUE]
    return str(min(numbers)) if numbers else None


def _scores(report: dict[str, Any]) -> str:
    """Points alone: what the tests ask for is for those who mark to know."""
    lines = ["| exercise | points |", "|---|---|"]
    for unit in report["units"]:
        lines += [
            f"| {unit['name']}.{each['name']} | {each['score']}/{each['max_score']} |"
            for each in unit["exercises"]
        ]
    return "\n".join([*lines, ""])


# --- other programs


def _gh(*arguments: str) -> str:
    return _output(["gh", *arguments], ASK_SECONDS, "GitHub refused", os.environ)


def _output(
    command: list[str | Path], seconds: float, refusal: str, environment: Mapping[str, str]
) -> str:
    ended = _ended(command, seconds, refusal, environment)
    if ended.returncode:
        raise Failed(refusal, ended.stderr)
    return ended.stdout.decode("utf-8", "replace")


def _ended(
    command: Sequence[str | Path], seconds: float, refusal: str, environment: Mapping[str, str]
) -> "subprocess.CompletedProcess[bytes]":
    """Run a program to its end; after too long it is killed, with all that it has started."""
    try:
        with subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            try:
                said, complained = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise Failed(f"{refusal}: no answer in {seconds:.0f} s") from None
    except OSError as error:
        raise Failed(f"{refusal}: {error.strerror}") from None
    return subprocess.CompletedProcess(command, process.returncode, said, complained)


def _cell(value: object) -> object:
    """No spreadsheet takes it for a formula."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
