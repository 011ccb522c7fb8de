"""What a learner has done so far, kept in one small file in the learner's folder."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from grader.course.model import Course
from grader.course.writing import replace_file
from grader.report import Outcome, Report

FILE = ".torchkata.json"


@dataclass
class Progress:
    """Exercises by their ids: finished ones, points so far, hints seen."""

    path: Path
    finished: set[str] = field(default_factory=set)
    hints: dict[str, int] = field(default_factory=dict)
    points: dict[str, int] = field(default_factory=dict)

    def note(self, report: Report, ids: dict[str, str]) -> None:
        """Remember which exercises of this report are finished, and what each has earned."""
        every = {ids[f"{unit.name}.{e.name}"]: e for unit in report.units for e in unit.exercises}
        self.finished -= every.keys()
        self.finished |= {name for name, e in every.items() if e.status is Outcome.PASSED}
        sound = {name: e for name, e in every.items() if e.status is not Outcome.GRADER_FAULT}
        self.points |= {name: e.score for name, e in sound.items()}

    def save(self) -> None:
        """Write the file; a folder that cannot be written costs nothing but the memory."""
        data = {"finished": sorted(self.finished), "hints": self.hints, "points": self.points}
        try:
            replace_file(self.path, f"{json.dumps(data, indent=2)}\n".encode())
        except OSError:
            pass


def remember(course: Course, report: Report) -> None:
    progress = read_progress(course.home)
    progress.note(report, course.ids)
    progress.save()


def read_progress(root: Path) -> Progress:
    """What is known; nothing, if the file is missing or broken."""
    path = root / FILE
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        hints, points = (
            {str(k): int(v) for k, v in dict(data.get(key, {})).items()}
            for key in ("hints", "points")
        )
        return Progress(path, {str(name) for name in data["finished"]}, hints, points)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Progress(path)
    except (RecursionError, OverflowError):  # of brackets, or of a number
        return Progress(path)
