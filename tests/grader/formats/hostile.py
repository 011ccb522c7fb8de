"""Texts and reports that try what a format must withstand."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from grader.report import ExerciseResult, Location, Outcome, Report, UnitResult

from .samples import any_text, one, report, report_of

PIECES = (
    *("::error file=a:b::x", "::stop-commands::x", "##[error]", "::", ":", "error", "%0A", "%3A"),
    *("```", "````\n", "`", "~~~", "|", "\\", "\\|", "\n\n", "\n", "  ", "\t", "\r", "\r\n"),
    *("# h", "- ", "> ", "***", "_x_", "[a](http://a.b)", "![a](b)", "http://a.b", "www.a.b"),
    *("@user", "a@b.c", "#1", "GH-1", "<b>", "<img src=x>", "</pre>", "</code>", "<!--", "-->"),
    *("]]>", "&amp;", "&#64;", "$x$", ":smile:", "\x00", "\x0b", "\ufffe", "\ud800", "👩", "漢"),
)
texts = any_text | st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def scored(text: str, seconds: float = 0.0) -> Report:
    """As `report_of`, but without a fault of the grader."""
    full = report_of(text, seconds)
    return replace(
        full, units=tuple(unit for unit in full.units if unit.status is not Outcome.GRADER_FAULT)
    )


def crowded(text: str) -> Report:
    """Far more of everything than any page has room for."""
    long = text * 900
    said: Any = dict.fromkeys(("message", "called", "expected", "got", "likely", "printed"), long)
    failed = one(Outcome.FAILED, long, location=Location("a.py", 3), **said)
    tests = (failed, one(Outcome.PASSED), one(Outcome.BLOCKED, message=long), *([failed] * 12))
    return report(
        *(
            UnitResult(
                f"{n}{long}",
                long,
                (
                    ExerciseResult("begun", tests),
                    ExerciseResult("pending", (one(Outcome.PENDING, message=f"{n} {long}"),)),
                    *(ExerciseResult(f"{m}{long}", (one(Outcome.NOT_STARTED),)) for m in range(9)),
                ),
                message=long if n % 2 else None,
            )
            for n in range(45)
        ),
        device=long,
        notes=(long,) * 50,
    )


def schema(name: str) -> Any:
    path = Path(__file__).parent / "schemas" / f"{name}.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))
