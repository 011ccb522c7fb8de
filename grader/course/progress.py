"""What a learner has done so far, kept in one small file in the learner's folder."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.course.model import Course
from grader.course.writing import replace_file

FILE = ".torchkata.json"


@dataclass
class Progress:
    """Exercises by their ids: finished ones, points so far, hints seen."""

    path: Path
    finished: set[str] = field(default_factory=set)
    hints: dict[str, int] = field(default_factory=dict)
    points: dict[str, int] = field(default_factory=dict)

    def note(self, earned: Mapping[str, int | None], finished: Collection[str]) -> None:
        """Remember what these exercises have earned, if that is known, and which are finished."""
        self.finished = (self.finished - earned.keys()).union(finished)
        self.points |= {name: points for name, points in earned.items() if points is not None}

    def save(self) -> None:
        """Write the file; a folder that cannot be written costs nothing but the memory."""
        data = {"finished": sorted(self.finished), "hints": self.hints, "points": self.points}
        try:
            replace_file(self.path, f"{json.dumps(data, indent=2)}\n".encode())
        except OSError:
            pass


def remember(course: Course, earned: Mapping[str, int | None], finished: Collection[str]) -> None:
    """Note these exercises, by their names, in the learner's file."""
    progress = read_progress(course.home)
    by_id = {course.ids[name]: points for name, points in earned.items()}
    progress.note(by_id, [course.ids[name] for name in finished])
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
