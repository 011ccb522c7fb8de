"""The story of an audit: plan, grade what is not known yet, judge."""

import os
import time
from contextlib import closing

from grader.audit.checks import judged
from grader.audit.equivalents import read_equivalents
from grader.audit.findings import Audit
from grader.audit.jobs import graded
from grader.audit.plan import plan_of
from grader.audit.records import Records
from grader.course.model import Course
from grader.judge.options import OnProgress
from grader.judge.pool import judge_all


def audit(
    course: Course,
    units: list[str],
    on_progress: OnProgress,
    *,
    seeds: int,
    sample: int | None = None,
    jobs: int | None = None,
    fresh: bool = False,
) -> Audit:
    """Audit some units of a course; `sample` is a number of mutants for each, None for all.

    Raises: CourseError if a file of it cannot be read; GraderFault if a process is lost.
    """
    began = time.monotonic()
    explained = read_equivalents(course)
    plans = [
        plan_of(course, course.unit(unit), explained.get(unit, ()), seeds, sample) for unit in units
    ]
    due = list(dict.fromkeys(job for plan in plans for job in plan.jobs()))
    with closing(Records(course, fresh=fresh)) as records:
        results = {job: known for job in due if (known := records.get(job)) is not None}
        unknown = [job for job in due if job not in results]
        processes = jobs or os.cpu_count() or 1
        with closing(judge_all(course, unknown, graded, min(processes, len(unknown)))) as new:
            for done, (job, result) in enumerate(new, start=1):
                results[job] = result
                records.add(job, result)
                on_progress(done, len(unknown))
        if sample is None:
            records.compact(set(units))
    return Audit(
        units=tuple(judged(course, plan, results) for plan in plans),
        graded=len(unknown),
        total=len(due),
        seconds=time.monotonic() - began,
        sampled=any(plan.sampled for plan in plans),
    )
