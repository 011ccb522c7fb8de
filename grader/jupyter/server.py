"""The judge's process of a kernel: one JSON line for a request, one for its answer.

    {"name": "softmax", "folder": "…", "cells": [[5, "def softmax(x): …"], …]}
    {"html": "…", "text": "…", "score": 2, "max_score": 4}  or  {"error": "…"}

Without cells, the saved files count. It ends when the kernel closes its input.
"""

import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from itertools import starmap
from pathlib import Path
from typing import Any

from grader.course.model import Course, Unit, find_course
from grader.course.names import Name
from grader.course.progress import remember
from grader.course.stubs import work_on
from grader.errors import GraderError, UsageError
from grader.formats import notebook
from grader.formats.parts.text import one_line
from grader.judge.options import Options
from grader.judge.session import Session
from grader.work.begun import defined_in
from grader.work.notebook import Cell, plain
from grader.work.submission import Source, Submission


class Judge:
    """Grades the work of a kernel, in a session that stays warm as long as the course is one."""

    def __init__(self) -> None:
        self.session: Session | None = None

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        cells = None if request["cells"] is None else tuple(starmap(cell, request["cells"]))
        try:
            return self.graded(Path(request["folder"]), request["name"], cells)
        except GraderError as error:
            return {"error": one_line(str(error), characters=500)}
        except Exception as error:
            self.close()
            fault = one_line(f"{type(error).__name__}: {error}")
            return {"error": f"the grader itself failed ({fault}). This costs nobody points."}

    def graded(self, folder: Path, name: str, cells: tuple[Cell, ...] | None) -> dict[str, Any]:
        """The answer. Raises: GraderError."""
        course = find_course(folder)
        if cells is None:
            unit, exercises = named(course, name)
            work = work_on(course)
        else:
            unit, exercises = selected(course, name, cells)
            work = submission(course, unit, cells)
        if self.session is None or self.session.course != course:
            self.close()
            self.session = Session(course, Options(pictures=True), own_work=True)
        report = self.session.grade(work, {unit: exercises})
        if not report.tests:  # the folder that students get need not hold tests of everything
            raise UsageError("there is no test for this here: it is graded once you hand it in")
        remember(course, report.earned, report.finished)
        return {**notebook.render(report), "score": report.score, "max_score": report.max_score}

    def close(self) -> None:
        if self.session is not None:
            self.session.processes.close()
            self.session = None


def cell(name: int | str, text: str) -> Cell:
    """One of a kernel, by the number of its run, or by its name."""
    return Cell(name, plain(text)) if isinstance(name, int) else Cell(0, plain(text), name)


def submission(course: Course, unit: str, cells: tuple[Cell, ...]) -> Submission:
    """The cells as the work on a unit, beside what the folder has of the other units."""
    try:
        others = work_on(course).sources
    except UsageError:
        others = {}
    return Submission(course.exercises_folder, {**others, unit: Source("", cells=cells)})


def named(course: Course, text: str) -> tuple[str, frozenset[str]]:
    """The unit and its exercises, where there are no cells. Raises: UsageError."""
    if not text:
        raise UsageError('name a unit or an exercise, such as check("activations.softmax")')
    name = course.named(text)
    return name.unit, course.exercises_of(name)


def selected(course: Course, text: str, cells: Sequence[Cell]) -> tuple[str, frozenset[str]]:
    """The unit and its exercises. Raises: UsageError."""
    defined = {name for cell in cells for name in defined_in(cell.text)}
    owners = [unit for unit in course.units if text in course.everything[unit.name]]
    if not text:
        name = Name(_best(course.units, defined, text).name)
    elif owners and text not in course.everything:
        name = Name(_best(owners, defined, text).name, text)
    else:
        name = course.named(text)
    begun = course.exercises_of(name) & defined
    if not begun and name.exercise:
        raise UsageError(f"{name.exercise} is not defined yet: run its cell first")
    if not begun:
        raise UsageError(f"no exercise of {name.unit} is defined yet: run their cells first")
    return name.unit, begun


def _best(units: Sequence[Unit], defined: set[str], exercise: str) -> Unit:
    """The unit that most of the cells are about."""
    counts = {unit.name: sum(e.name in defined for e in unit.exercises) for unit in units}
    best = [unit for unit in units if counts[unit.name] == max(counts.values())]
    if len(best) == 1:
        return best[0]
    if not exercise and not max(counts.values()):
        raise UsageError("no exercise is defined yet: run the cells of one first")
    choices = [str(Name(unit.name, exercise)) for unit in best]
    raise UsageError(f"which of these is meant, {' or '.join(choices)}?")


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # to end in good order
    # Whatever else is printed in this process must not come between two answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    with suppress(KeyboardInterrupt, BrokenPipeError), closing(Judge()) as judge:
        for line in sys.stdin:
            answers.write(json.dumps(judge.answer(json.loads(line))) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
