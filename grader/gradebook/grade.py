"""The story of a class: fetch each repository, grade it in a process of its own, tell its student.

Nothing of a student's repository is run but the work itself, in the grader's sandbox.
"""

import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.gradebook.collect import Failed, Repository, fetch, run
from grader.gradebook.exports import Row
from grader.gradebook.feedback import Feedback, give
from grader.report import Outcome

GRADE_SECONDS = 900
OURS = re.compile("TOKEN|ACTIONS_|GITHUB_")  # in the environment, and no business of a grader


def graded(
    found: Iterable[Repository], units: Sequence[str], feedback: Feedback, reports: Path
) -> Iterator[Row]:
    """Grade one repository after the other; the report of each lies in `reports`."""
    for repository in found:
        stem = reports / repository.name.rpartition("/")[2]
        yield _row(repository, units, feedback, stem)


def _row(repository: Repository, units: Sequence[str], feedback: Feedback, stem: Path) -> Row:
    """The row of one repository; whatever happens in it stays there."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    row = Row(repository.name, repository.student, graded_at=now)
    with tempfile.TemporaryDirectory(prefix="class-", ignore_cleanup_errors=True) as folder:
        clone = Path(folder) / "work"
        try:
            row = replace(row, commit=fetch(repository, clone, units))
            report = _grade(repository.student, units, clone, stem)
        except Failed as reason:
            if reason.said:
                Path(f"{stem}.log").write_text(reason.said, encoding="utf-8")
            return replace(row, status=str(reason))
        except Exception as error:  # one broken repository never stops the rest
            return replace(row, status=f"not graded: {type(error).__name__}")
    row = replace(row, **{name: report[name] for name in ("score", "max_score", "status")})
    return replace(row, feedback=give(feedback, row, report, Path(f"{stem}.md")))


def _grade(student: str, units: Sequence[str], clone: Path, stem: Path) -> dict[str, Any]:
    """The report, which also lies at `stem` as JSON and as Markdown. Raises: Failed."""
    environment = {name: text for name, text in os.environ.items() if not OURS.search(name)}
    command = [sys.executable, "-m", "grader", "run", *units]
    command += ["--submission", str(clone), "--sandbox", "require"]
    command += [f"--variant={student}"] if os.environ.get("TORCHKATA_SECRET") else []
    command += ["--format", "json", "--output", f"{stem}.json"]
    command += ["--format", "markdown", "--output", f"{stem}.md"]
    ended = run(command, GRADE_SECONDS, "not graded", environment, check=False)
    if ended.returncode == 2:
        reason = ended.stderr.strip().rpartition("\n")[2]
        reason = reason.removeprefix("grade: ").replace(str(clone), "the repository")
        raise Failed(f"not graded: {reason[:300]}", ended.stderr)
    if ended.returncode not in (0, 1):
        raise Failed(Outcome.GRADER_FAULT, ended.stderr)
    return dict(json.loads(Path(f"{stem}.json").read_text(encoding="utf-8")))
