"""What on this machine stands in the way, if anything does: of confined work, of rehearsals."""

from pathlib import Path

from grader.sandbox import jail


def of_confinement(root: Path | None = None) -> str | None:
    """Why work cannot be confined here, or not away from the course in this folder."""
    return jail.unavailable() or (jail.exposed(root) if root else None)


def of_rehearsals() -> str | None:
    """Why nothing can be rehearsed here."""
    import torch

    from grader.sandbox import rehearsal

    possible = rehearsal.is_possible()
    return None if possible else f"torch {torch.__version__} has no way to, 2.10 and later have"
