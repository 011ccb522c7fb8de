"""The story of an audit: plan, grade what is not known yet, judge."""

import os
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from grader.audit.checks import judged
from grader.audit.equivalents import read_equivalents
from grader.audit.findings import Audit
from grader.audit.jobs import graded
from grader.audit.plan import plan_of
from grader.audit.records import Records
from grader.course.model import Course
from grader.judge.pool import judge_all

OnGraded = Callable[[int, int], None]  # gradings made, and how many there are to make


@dataclass(frozen=True)
class Thoroughness:
    """How much an audit does: `sample` is a number of mutants for each unit, None for all."""

    seeds: int = 20
    sample: int | None = None
    jobs: int | None = None
    fresh: bool = False


def audit(course: Course, units: list[str], how: Thoroughness, on_graded: OnGraded) -> Audit:
    """Audit some units of a course.

    Raises: CourseError if a file of it cannot be read; GraderFault if a process is lost.
    """
    began = time.monotonic()
    explained = read_equivalents(course)
    plans = [
        plan_of(course, course.unit(unit), explained.get(unit, ()), how.seeds, how.sample)
        for unit in units
    ]
    jobs = list(dict.fromkeys(job for plan in plans for job in plan.jobs()))
    with closing(Records(course, fresh=how.fresh)) as records:
        found = {job: records.get(job) for job in jobs}
        results = {job: known for job, known in found.items() if known is not None}
        unknown = [job for job in jobs if job not in results]
        processes = how.jobs or os.cpu_count() or 1
        with closing(judge_all(course, unknown, graded, processes)) as new:
            for done, (job, result) in enumerate(new, start=1):
                results[job] = result
                records.add(job, result)
                on_graded(done, len(unknown))
        if how.sample is None:
            records.compact(set(units))
    return Audit(
        units=tuple(judged(course, plan, results) for plan in plans),
        graded=len(unknown),
        total=len(jobs),
        seconds=time.monotonic() - began,
        sampled=any(plan.sampled for plan in plans),
    )
