"""`%load_ext grader` gives IPython `%grade`, which shows what `check` says."""

from typing import Any

from grader.jupyter.check import check


def load(shell: Any) -> None:
    """Make `%grade` known to an IPython shell."""

    def grade(line: str) -> None:
        """%grade [UNIT | EXERCISE | UNIT.EXERCISE]: check what the cells that were run define."""
        from IPython.display import display

        display(check(line.strip()))  # type: ignore[no-untyped-call]

    shell.register_magic_function(grade, "line", "grade")
