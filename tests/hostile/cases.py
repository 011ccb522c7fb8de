"""The hostile and broken submissions, and what is expected of each.

A case is a folder with the learner's files and a `case.toml`. A file is named after the unit that
it attacks; `every_unit.py` stands for all of them, of which a case is tried with one where not
`everywhere` is asked for. Keys of case.toml, with their defaults:

    about = "…"               one sentence: what it tries
    aim = "points"            points, run (end, crash or hang it), reach (out of the sandbox), read
                              (what is not theirs), flood, text (what is shown), callback, beside
                              (files beside the exercises), by_hand (hide what ran), broken
    max_score = {}            at most these points for a unit; 0 for each unit that is not named
    exact_score = {}          exactly these points
    exercises = {}            "unit.exercise" = outcome, or a list: its tests have no others (and
                              are at most blocked besides)
    untouched = "…"           unit whose solution is put beside, and whose first exercise keeps
                              full marks; by default the first unit after the hostile ones that
                              is free
    solved = false            the unit's solution follows the text of the case; "before": precedes
    needs_sandbox = false     holds with the sandbox on only; never run without
    bites = false             run without any sandbox it is harmless, and says that it got through
    alone = false             not graded together with other cases
    nightly = false           tried only where TORCHKATA_HOSTILE says so: it takes long
    timeout = 2               seconds for one call
    seconds = 60              the whole run takes no longer
    exit = 1                  only for cases that cannot be graded at all: 2
    gap = ""                  why its points are not withheld: a weakness that is known
    forbidden_text = []       must not appear in the report or on the terminal

A case that gets what it wants prints or raises "escaped" in capitals, which no output may hold.
"""

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
COURSE = tomllib.loads((ROOT / "course.toml").read_text("utf-8"))
POINTS: dict[str, int] = {unit["name"]: unit["points"] for unit in COURSE["unit"]}
UNITS = tuple(POINTS)
FIRST: dict[str, str] = {unit["name"]: unit["exercise"][0]["name"] for unit in COURSE["unit"]}
AIMS = frozenset("points run reach read flood text callback beside by_hand broken honest".split())
SHORT_SECONDS = 2
CASE_FILE, EVERY_UNIT = "case.toml", "every_unit.py"

Build = Callable[[Path], Path | None]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One submission; `build` makes what cannot lie in a repository, in an empty folder."""

    name: str
    about: str
    aim: str
    units: tuple[str, ...]
    folder: Path | None = None
    build: Build | None = None
    max_score: dict[str, int]
    exact_score: dict[str, int]
    exercises: dict[str, str | list[str]]
    untouched: str | None = None
    solved: bool | str = False
    needs_sandbox: bool = False
    bites: bool = False
    alone: bool = False
    nightly: bool = False
    timeout: float = 2
    seconds: float = 60
    exit: int = 1
    gap: str = ""
    forbidden_text: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


def solution(unit: str) -> str:
    return (ROOT / "solutions" / f"{unit}.py").read_text("utf-8")


def case_of(name: str, units: tuple[str, ...], settings: dict[str, Any], **more: Any) -> Case:
    """A case from the keys of its case.toml. Raises: ValueError for one that makes no sense."""
    settings = {"max_score": {}, "exact_score": {}, "exercises": {}} | settings | more
    settings["forbidden_text"] = tuple(settings.get("forbidden_text", ()))
    case = Case(name=name, units=units, **settings)
    if case.aim not in AIMS or not case.about.endswith(".") or not set(units) <= set(UNITS):
        raise ValueError(f"{name}: check aim, about and units")
    named = {key.partition(".")[0] for key in case.exercises} | {*case.max_score, *case.exact_score}
    if not named <= set(units):
        raise ValueError(f"{name}: expects something of {named - set(units)}, which it lacks")
    return case


def read_case(folder: Path, *, everywhere: bool) -> Case:
    settings = tomllib.loads((folder / CASE_FILE).read_text("utf-8"))
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    units = tuple(u for u in UNITS if {f"{u}.py", f"exercises/{u}.py"} & set(files))
    if EVERY_UNIT in files:
        units = UNITS if everywhere else UNITS[len(folder.name) % len(UNITS) :][:1]
    if EVERY_UNIT in files or any(name.startswith("exercises/") for name in files):
        settings["alone"] = True
    return case_of(folder.name, units, settings, folder=folder)


def read_cases(*, everywhere: bool) -> list[Case]:
    folders = [path.parent for path in sorted(HERE.glob(f"*/{CASE_FILE}"))]
    return [read_case(folder, everywhere=everywhere) for folder in folders]


def place(case: Case, folder: Path) -> Path:
    """Put the case's files into `folder`; the path to grade."""
    if case.build is not None:
        return case.build(folder) or folder
    assert case.folder is not None
    for source in sorted(case.folder.rglob("*")):
        name = source.relative_to(case.folder)
        if source.is_dir() or name.name == CASE_FILE:
            continue
        for unit in case.units if name.name == EVERY_UNIT else [""]:
            target = folder / (f"{unit}.py" if unit else name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    for unit in case.units if case.solved else ():
        own = (folder / f"{unit}.py").read_text("utf-8")
        texts = [solution(unit), own] if case.solved == "before" else [own, solution(unit)]
        (folder / f"{unit}.py").write_text("\n\n".join(texts), "utf-8")
    return folder


def grouped(cases: Iterable[Case]) -> list[tuple[Case, ...]]:
    """Cases for different units are graded in one run, as a learner might combine them.

    One unit stays free for the solution that must come out untouched.
    """
    groups: list[list[Case]] = []
    for case in sorted(cases, key=lambda case: (case.timeout, case.name)):
        for group in groups:
            if _go_together([*group, case]):
                group.append(case)
                break
        else:
            groups.append([case])
    return [tuple(group) for group in groups]


def _go_together(cases: list[Case]) -> bool:
    units = [unit for case in cases for unit in case.units]
    timeouts = {case.timeout for case in cases}
    return (
        not any(case.alone or case.untouched for case in cases)
        and (max(timeouts) <= SHORT_SECONDS or len(timeouts) == 1)
        and len(units) == len(set(units)) < len(UNITS)
    )


def untouched_unit(cases: tuple[Case, ...]) -> str | None:
    """The unit that is judged next after the hostile ones, as it would suffer first."""
    if cases[0].untouched:
        return cases[0].untouched
    used = [UNITS.index(unit) for case in cases for unit in case.units]
    after = [*UNITS[max(used, default=0) + 1 :], *UNITS]
    return next((unit for unit in after if UNITS.index(unit) not in used), None)
