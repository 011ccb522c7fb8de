"""`grade debug`: the call of a failing test as a script that needs no grader."""

import re
import subprocess
import sys
from pathlib import Path

from grader.course.model import Course
from grader.course.names import Name
from grader.course.writing import replace_file
from grader.errors import UsageError
from grader.formats.parts.failures import details, missed
from grader.formats.parts.text import one_line
from grader.report import ExerciseResult, TestResult

_MARK = "# Made by grade debug"
_NEEDED = {  # which names of the code need which import
    r"\b(inf|nan)\b": "from math import inf, nan",
    r"\bmath\.": "import math",
    r"\bnp\.": "import numpy as np",
    r"\btorch\.": "import torch",
}
_HERE = """\
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "exercises"))
from {unit} import {exercise}
"""


def script_of(course: Course, name: Name, exercise: ExerciseResult, file: str) -> Path:
    """Write the script for the first failing test of an exercise whose call can be written out.

    `file` is the learner's: where that is a notebook, the script is for one of its cells.
    Raises: UsageError if there is no such test, or the script cannot be written.
    """
    test, code = _test(name, exercise)
    rows = [(key, one_line(row)) for key, found in details(test) for row in found]
    imports = [line for names, line in _NEEDED.items() if re.search(names, code)]
    if not file.endswith(".ipynb"):
        imports.append(_HERE.format(unit=name.unit, exercise=name.exercise).rstrip())
    after = ['print("got:", got)']
    if name.exercise.endswith("_") and "arg1 = " in code:
        after.append('print("arg1 is now:", arg1)')
    said = {"problem": "grade said", "expected": "expected"}  # of the whole result, or of a part
    after += [f"print({f'{said[key]}: {row}'!r})" for key, row in rows if key in said]
    lines = [
        f"{_MARK}: run it with Python, change it as you like.",
        f"# {name}: {one_line(test.title)}",
        *imports,
        "",
        code,
        *after,
        "",
    ]
    path = course.home / f"debug_{name.unit}_{name.exercise}.py"
    try:
        if path.exists() and not path.read_text(encoding="utf-8").startswith(_MARK):
            raise UsageError(f"{path} is yours: rename it, since the script would overwrite it")
        replace_file(path, "\n".join(lines).encode())
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write {path}: {error}") from None
    return path


def _test(name: Name, exercise: ExerciseResult) -> tuple[TestResult, str]:
    replays = [(test, test.replay) for test in missed(exercise) if test.replay is not None]
    for test, replay in replays:
        if replay.code:
            return test, replay.code
    why = replays[0][1].problem if replays else "nothing was called"
    raise UsageError(f"there is no script for {name}: {why}")


def in_debugger(script: Path) -> int:
    """Run the script as far as the call, and hand it to Python's debugger."""
    lines = script.read_text(encoding="utf-8").split("\n")
    call = next(n for n, line in enumerate(lines, start=1) if line.startswith("got = "))
    command = [sys.executable, "-m", "pdb", "-c", f"break {call}", "-c", "continue", str(script)]
    return subprocess.call(command)
