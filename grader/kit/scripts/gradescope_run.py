#!/usr/bin/env python3
"""Grade one submission on Gradescope, or wherever Gradescope's files are laid out."""

from __future__ import annotations  # this file itself may run with an older Python

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

# Students' work runs in a sandbox, or not at all. Only if the machine has none and you trust the
# work, put "off" here: then the work can read this course with its solutions.
SANDBOX = ["--sandbox", "require"]
SECONDS = 900  # for the whole run; Gradescope has a limit of its own

ROOT = Path(os.environ.get("ROOT", "/autograder"))
COURSE = ROOT / "source" / "course"
RESULTS = ROOT / "results" / "results.json"
NOT_SANDBOXED = "cannot be sandboxed"
SHOWN = 1000


def main() -> None:
    """Always leave a results.json: the grade, or else one without a score that says why."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    fresh = RESULTS.with_name("results.json.new")
    for stale in (RESULTS, fresh):
        stale.unlink(missing_ok=True)
    try:
        problem = _grade(fresh)
    except Exception as error:  # whatever it is, the student must be told something
        _log(f"{type(error).__name__}: {error}")
        problem = "The grader could not be run."
    if problem is not None:
        fresh.write_text(json.dumps(_without_score(problem)), encoding="utf-8")
    os.replace(fresh, RESULTS)


def _grade(output: Path) -> str | None:
    """Write the result to `output`; what went wrong if there is none that counts."""
    command = [str(ROOT / "venv" / "bin" / "grade"), "run", *SANDBOX]
    command += ["--submission", str(ROOT / "submission")]
    command += ["--format", "gradescope", "--output", str(output)]
    try:
        # Standard output is the report for a terminal; what goes wrong is on standard error, and
        # from there in Gradescope's log, which teachers see.
        ended = subprocess.run(
            command,
            cwd=COURSE,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"Grading took more than {SECONDS} seconds and was stopped."
    said = ended.stderr.decode("utf-8", "replace").strip()
    _log(said)
    if ended.returncode == 2:
        return _wrong_use(said)
    try:
        result = json.loads(output.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        result = {}
    # Gradescope asks for a score, of the whole or of a test.
    is_graded = "score" in result or any("score" in test for test in result.get("tests", []))
    if ended.returncode in (0, 1) and is_graded:
        return None
    # What failed can quote a hidden test, so it is for the log.
    _log(f"grade ended with exit code {ended.returncode}\n{result.get('output', '')}")
    return "The grader or the course has a fault."


def _wrong_use(said: str) -> str:
    """Wrong files are for the student to mend, and `grade` says which it expects."""
    if NOT_SANDBOXED in said:
        return "Your work could not be run safely on this machine."
    reason = said.splitlines()[-1] if said else ""
    return reason.removeprefix("grade: ").replace(str(ROOT / "submission"), "what you handed in")


def _without_score(problem: str) -> dict[str, Any]:
    """Without a score anywhere Gradescope gives no points; a score of 0 would count."""
    told = "You lose no points for this. If your files are as they should be, tell your teacher."
    return {
        "output": f"Not graded: {problem[:SHOWN]}\n{told}",
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "execution_time": 0,
        "tests": [],
    }


def _log(text: str) -> None:
    if text:
        sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
