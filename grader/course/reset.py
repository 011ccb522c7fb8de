"""One exercise back to its stub, in the module and the notebook of its unit."""

import json
import os
from pathlib import Path

from grader.course.model import Course
from grader.course.stubs import text_given
from grader.course.writing import kept, replace_file
from grader.errors import UsageError
from grader.work.notebook import has_ids
from grader.work.places import places


def reset(course: Course, unit: str, exercise: str) -> list[tuple[Path, Path | None]]:
    """Put the stub back wherever the exercise is something else.

    What a file held is kept beside it, in a new file; returns each file with that one. Where there
    is no file of the unit, its module is laid out again.
    Raises: UsageError if there is no stub to take, or a file cannot be read or written.
    """
    text = text_given(course, unit)
    stub = next(text[start:end] for start, end in places(text, exercise))
    done: list[tuple[Path, Path | None]] = []
    if not any(os.path.lexists(path) for path in (course.stub(unit), course.notebook(unit))):
        _replace(course.stub(unit), text)
        return [(course.stub(unit), None)]
    for path in (course.stub(unit), course.notebook(unit)):
        if not path.is_file():
            continue
        again = _in_notebook if path.suffix == ".ipynb" else _in_module
        try:
            new = again(path.read_text(encoding="utf-8-sig"), exercise, stub)
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise UsageError(f"{path} cannot be reset: {error}") from None
        if new is not None:
            done.append((path, _kept(path)))
            _replace(path, new)
    return done


def _kept(path: Path) -> Path:
    try:
        return kept(path)
    except OSError as error:
        raise UsageError(f"{path} is as it was: no copy can be kept: {error.strerror}") from None


def _replace(path: Path, text: str) -> None:
    try:
        replace_file(path, text.encode())
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None


def _in_module(text: str, exercise: str, stub: str) -> str | None:
    """The new text; None if it already is so."""
    new = _replaced(text, exercise, stub)
    if new is None:
        return f"{text.rstrip()}\n\n\n{stub}\n".lstrip()
    return None if new == text else new


def _in_notebook(text: str, exercise: str, stub: str) -> str | None:
    """The same in the cells that define it; a notebook without one gets a cell at its end."""
    book = json.loads(text)
    cells = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    texts = ["".join(cell["source"]) for cell in cells]
    again = [_replaced(source, exercise, stub) for source in texts]
    if again == [None] * len(again):
        cells.append({"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []})
        if has_ids(book):
            cells[-1]["id"] = f"{exercise}-{len(book['cells'])}"[-64:]
        book["cells"].append(cells[-1])
        texts, again = [*texts, ""], [*again, stub]
    changed = False
    for cell, old, new in zip(cells, texts, again, strict=True):
        if new is not None and new != old:
            changed = True
            cell |= {"source": new.splitlines(keepends=True), "outputs": []}
    return f"{json.dumps(book, indent=1, ensure_ascii=False)}\n" if changed else None


def _replaced(text: str, exercise: str, stub: str) -> str | None:
    """With the stub in the place of the exercise, also if that is defined more than once."""
    found = list(places(text, exercise))
    for start, end in reversed(found):
        text = text[:start] + (stub if (start, end) == found[0] else "") + text[end:]
    return text if found else None
