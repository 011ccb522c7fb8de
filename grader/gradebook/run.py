"""The story of a class: look at each hand-in, judge what is new, and write it down at once."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from grader.course.model import Course
from grader.course.seeds import has_secret, read_secret, variant_seed
from grader.course.stubs import given_by, text_given
from grader.errors import UsageError
from grader.gradebook.handins import Handin, LaidOut, NotHandedIn
from grader.gradebook.judging import Job, Judged, Unjudged
from grader.gradebook.store import MISSING, NEEDS_A_LOOK, Gradebook, Key, Past, Row, storable
from grader.judge import fingerprint
from grader.report import Outcome, Report
from grader.work.submission import Submission, read_submission

MAX_NOTE = 2000
LayOut = Callable[[Handin], AbstractContextManager[LaidOut]]
Judging = Callable[[Iterable[Job]], Iterator[Judged]]


@dataclass(frozen=True)
class Done:
    """One student is done: what stands in the gradebook now, and whether it had to be judged."""

    row: Row
    was_judged: bool


class ClassRun:
    """A run over a class; `judging` takes jobs and gives results, wherever they are judged."""

    def __init__(
        self,
        course: Course,
        book: Gradebook,
        judging: Judging,
        lay_out: LayOut,
        *,
        device: str,
        regrade: bool = False,
    ) -> None:
        self.course, self.book, self.judging, self.lay_out = course, book, judging, lay_out
        self.device, self.regrade = device, regrade
        self.units = [unit.name for unit in course.units]
        self.given = given_by(course)
        self.digest = fingerprint.digest(fingerprint.of_course(course), device)
        self.secret = read_secret(course.home) if has_secret(course.home) else None
        self.rows: dict[str, tuple[Row, Key]] = {}
        self.twins: dict[Key, list[str]] = {}
        self.ready: list[Done] = []

    def grade(self, handins: Iterable[Handin]) -> Iterator[Done]:
        """Every hand-in once, in the order in which they are done; each is written down before
        it is told. Raises: UsageError if nothing can be judged here."""
        self._keep_stubs()
        for job, result in self.judging(self._jobs(handins)):
            yield from self._ready()
            yield from self._judged(job, result)
        yield from self._ready()

    def _keep_stubs(self) -> None:
        """What everybody was given, so that the gradebook alone tells what is a student's own."""
        stubs = {unit: [text_given(self.course, unit)] for unit in self.units}
        work = fingerprint.digest(*(part for unit in stubs for part in (unit, *stubs[unit])))
        self.book.set_stubs(work, stubs)

    def _ready(self) -> Iterator[Done]:
        """Those that needed no judging, told as soon as there is an occasion."""
        ready, self.ready = self.ready, []
        yield from ready

    def _jobs(self, handins: Iterable[Handin]) -> Iterator[Job]:
        """What is to be judged; all else is done on the way."""
        for handin in handins:
            student = handin.student or f"? {handin.place}"
            name, place, when = map(storable, (handin.name, handin.place, handin.submitted_at))
            row = Row(storable(student), name, place, when)
            if handin.problem or not handin.parts:
                note = _note([handin.problem or "nothing was handed in"])
                if handin.place:
                    self._put(replace(row, status=NEEDS_A_LOOK, note=note))
                elif not self.book.history(row.student):  # what was handed in before still counts
                    self._put(replace(row, status=MISSING, note=note))
                continue
            try:
                with self.lay_out(handin) as laid:
                    work, problem = self._read(laid.folder)
            except Exception as error:  # whatever their files make ours raise is one row
                status = MISSING if isinstance(error, NotHandedIn) else NEEDS_A_LOOK
                self._put(replace(row, status=status, note=_note([_why(error)])))
                continue
            at = laid.submitted_at or row.submitted_at
            row = replace(row, commit=laid.commit, submitted_at=at)
            if work is None:
                note = _note([*laid.instead, problem, *laid.left_out], laid.folder)
                self._put(replace(row, status=NEEDS_A_LOOK, note=note))
            else:
                yield from self._job(replace(row, note=handin.note), work, laid)

    def _read(self, folder: Path) -> tuple[Submission | None, str]:
        try:
            return read_submission(folder, self.units, given=self.given), ""
        except UsageError as error:
            return None, f"{error}"

    def _job(self, row: Row, work: Submission, laid: LaidOut) -> Iterator[Job]:
        problems = [s.problem for u, s in work.sources.items() if s.problem and u in self.units]
        remarks = work.remarks(self.units)
        said = [row.note] * bool(row.note)
        note = _note([*said, *problems, *remarks, *laid.left_out], laid.folder)
        row = replace(row, note=note, status=NEEDS_A_LOOK if problems else "")
        seed = None if self.secret is None else variant_seed(row.student, self.secret)
        key = Key(fingerprint.of_work(work), seed, self.digest)
        if not self.regrade:
            if (known := self.book.same(key, row.student)) is not None:
                self._put(row, known)
                return
            if (same := self.book.same(key)) is not None:
                self._copy(row, same)
                return
        self.rows[row.student] = row, key
        if key in self.twins:  # the same is being judged at this moment
            self.twins[key].append(row.student)
            return
        self.twins[key] = []
        yield Job(row.student, replace(work, path=Path(row.place)), seed, self.device)

    def _judged(self, job: Job, result: Report | Unjudged) -> Iterator[Done]:
        row, key = self.rows.pop(job.student)
        others = [self.rows.pop(student) for student in self.twins.pop(key)]
        if isinstance(result, Unjudged):
            for each, _ in [(row, key), *others]:
                unjudged = replace(each, status=Outcome.GRADER_FAULT, note=_note([result.why]))
                self.book.put(unjudged, None)
                yield Done(unjudged, True)
            return
        row = replace(row, status=row.status or result.status)
        if self.book.meta("tests") != self.digest:
            self.book.set_tests(result, self.digest)
        texts = {unit: source.parts for unit, source in job.work.sources.items()}
        self.book.add(row, key, result, _now(), texts)
        yield Done(replace(row, score=result.score, max_score=result.max_score), True)
        same = self.book.same(key)
        for other, _ in others:
            assert same is not None
            self._copy(other, same)
        yield from self._ready()

    def _put(self, row: Row, known: Past | None = None) -> None:
        row = _as_known(row, known) if known else row
        self.book.put(row, known.id if known else None)
        self.ready.append(Done(row, False))

    def _copy(self, row: Row, known: Past) -> None:
        row = _as_known(row, known)
        self.book.copy(row, known.id, _now())
        self.ready.append(Done(row, False))


def _as_known(row: Row, known: Past) -> Row:
    status = row.status or known.status
    return replace(row, status=status, score=known.score, max_score=known.max_score)


def part_of(found: Sequence[Handin], shard: str) -> list[Handin]:
    """The I-th of N parts, `I/N`: each student is in the same one, whatever else is there.

    Raises: UsageError.
    """
    asked = re.fullmatch(r"(\d+)/(\d+)", shard)
    part, parts = map(int, asked.groups()) if asked else (0, 0)
    if not 1 <= part <= parts:
        raise UsageError(f"--shard is I/N, such as 1/4, not {shard}")
    return [
        handin
        for handin in found
        if int(fingerprint.digest(handin.student or handin.place), 16) % parts == part - 1
    ]


def _why(error: Exception) -> str:
    told = isinstance(error, (NotHandedIn, OSError, UsageError))
    return f"{error}" if told else f"this cannot be read: {type(error).__name__}: {error}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _note(said: Iterable[str], folder: Path | None = None) -> str:
    """In words that do not depend on where it was unpacked."""
    text = "; ".join(said)
    if folder is not None:
        text = text.replace(f"{folder}/", "").replace(f"{folder}", "the folder")
    return storable(re.sub(r"\s+", " ", text)[:MAX_NOTE])
