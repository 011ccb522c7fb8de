"""Do the examples in the docstrings of a unit hold?"""

import doctest
from collections.abc import Collection
from types import ModuleType


def examples_of(unit: str, text: str, exercises: Collection[str]) -> dict[str, str | None]:
    """What is wrong with the example of each exercise; None if there is one and it holds."""
    module = ModuleType(unit)
    try:
        exec(compile(text, f"{unit}.py", "exec", dont_inherit=True), module.__dict__)
    except Exception as error:  # whatever the author's code raises while it loads
        return dict.fromkeys(exercises, f"{unit}.py does not load: {error}")
    return {name: _problem(module, name) for name in sorted(exercises)}


def _problem(module: ModuleType, exercise: str) -> str | None:
    thing = getattr(module, exercise, None)
    if thing is None:
        return "the solution does not define it"
    if not (getattr(thing, "__doc__", None) or "").strip():
        return "it has no docstring"
    found = doctest.DocTestFinder().find(thing, exercise, module, module.__dict__)
    if not any(test.examples for test in found):
        return "its docstring has no example"
    report: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    for test in found:
        runner.run(test, out=report.append)
    return _short("".join(report)) if report else None


def _short(report: str) -> str:
    """Doctest's report from the example on, on one line."""
    return " ".join(report.partition("Failed example:")[2].split()) or report.strip()
