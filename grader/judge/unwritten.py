"""What it means that work raised NotImplementedError: it is not begun, or calls what is not, or it
is written and the line of the stub is still there, or torch misses a method."""

import difflib
import re
from collections.abc import Mapping, Sequence

from grader.errors import Raised
from grader.report import Outcome
from grader.work.begun import Part, part_at, parts_of

NO_FORWARD = re.compile(r'Module \[(\w+)\] is missing the required "forward" function')
CONTAINERS = ("ModuleList", "ModuleDict", "ParameterList", "ParameterDict")


def unwritten(
    error: Raised, exercise: str, texts: Mapping[str, str]
) -> tuple[Outcome | None, str | None]:
    """The outcome and the message; or no outcome, and what is likely, if that is known, where
    torch's own words are the message.

    Judged by the text of the learner's files, whose lines the frames of `error` name. Those of the
    exercise's own unit come last.
    """
    parts = {file: parts_of(text) for file, text in texts.items()}
    own_file, own = _own(exercise, parts, texts)
    if own and all(part.is_stub for part in own):
        return Outcome.NOT_STARTED, f"{exercise} is not written yet"
    if no_forward := NO_FORWARD.match(str(error)):
        return None, _without_forward(no_forward[1], parts)
    frame = error.frames[-1] if error.frames else None
    if frame is None or "raise" not in frame.text:
        return None, None  # torch raises it too, for a dtype that it has no code for
    if frame.file not in parts:
        return Outcome.NOT_STARTED, f"{frame.function} is not written yet"
    part = part_at(parts[frame.file], frame.line)
    level = len(frame.text) - len(frame.text.lstrip(" \t"))
    if part is None or not (part.is_stub or level == part.level):
        return None, None  # not every way through the function comes to this line
    what = "is not written yet"
    if not part.is_stub:
        where = f"line {frame.line}" if frame.file == own_file else frame.place
        what = f"is written, but {where} still says raise NotImplementedError: delete that line"
    if not own or (frame.file == own_file and part in own):
        return Outcome.FAILED, f"{part.name} {what}"
    around = [part_at(own, f.line) for f in error.frames[:-1] if f.file == own_file]
    calls = any(caller is not None for caller in around)
    lead = f"{exercise} calls" if calls else "this test also calls"
    return Outcome.FAILED, f"{lead} {part.name}, which {what}"


def _own(
    exercise: str, parts: Mapping[str, Sequence[Part]], texts: Mapping[str, str]
) -> tuple[str, Sequence[Part]]:
    """The functions of an exercise where it is defined for the last time, and the file."""
    alias = re.compile(rf"^{exercise}[ \t]*=[ \t]*(\w+)[ \t]*$", re.MULTILINE)
    for file, found in reversed([*parts.items()]):
        names = alias.findall(texts[file])[-1:] or [exercise]
        whole = next((part for part in reversed(found) if part.name == names[0]), None)
        if whole is not None:
            inside = (p for p in found if whole.first <= p.first <= whole.last)
            return file, [part for part in inside if not part.is_class]
    return "", []


def _without_forward(kind: str, parts: Mapping[str, Sequence[Part]]) -> str | None:
    """The likely reason why torch finds no forward in a module of the class `kind`."""
    everything = [part for found in parts.values() for part in found]
    if not any(part.is_class and part.name == kind for part in everything):
        called = f"A {kind} only holds modules: call each of them, one after the other."
        return called if kind in CONTAINERS else None
    own = [part for part in everything if part.name.partition(".")[0] == kind]
    methods = {part.name.removeprefix(f"{kind}."): part for part in own}
    for name, part in methods.items():
        around, _, last = name.rpartition(".")
        if around and last == "forward":
            return (
                f"forward (line {part.first}) is indented into {around}, so it is no method of "
                f"{kind}: move it to the left, level with def {around}."
            )
    names = [name for name in methods if name.strip("_") != "init"]
    lower = {name.lower().strip("_"): name for name in names}
    if near := difflib.get_close_matches("forward", lower, n=1, cutoff=0.75):
        part = methods[lower[near[0]]]
        return f"{kind} defines {lower[near[0]]} (line {part.first}): is forward misspelled?"
    outside = next((part for part in everything if part.name == "forward"), None)
    if outside is not None:
        return f"forward (line {outside.first}) stands outside the class {kind}: indent it."
    return f"{kind} has no forward: a module needs def forward(self, x), level with __init__."
