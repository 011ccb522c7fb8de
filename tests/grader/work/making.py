"""Notebooks as text, made for one test."""

import json
from typing import Any

IMPORTS = "import torch"
DOUBLE = "def double(x):\n    return 2 * x"
HALVE = "def halve(x):\n    return x / 2"
RIGHT = (IMPORTS, DOUBLE, HALVE)


def code(source: Any, **more: Any) -> dict[str, Any]:
    whole = {"cell_type": "code", "id": "c", "metadata": {}, "execution_count": None, "outputs": []}
    return whole | {"source": source} | more


def markdown(source: Any, **more: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "m", "metadata": {}, "source": source} | more


def notebook(*cells: Any, **more: Any) -> bytes:
    """Of format 4.5; a text stands for a code cell."""
    made = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    whole = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole | more).encode()


def old(number: int, *sources: Any, outputs: Any = ()) -> bytes:
    """Of format 2 or 3."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "input": s, "outputs": outputs, "language": "python"} for s in sources
    ]
    cells.insert(0, {"cell_type": "heading", "level": 1, "source": "A title"})
    sheets = [{"cells": cells[:2]}, {"cells": cells[2:], "metadata": {}}]
    return json.dumps({"worksheets": sheets, "metadata": {}, "nbformat": number}).encode()


def without(key: str, cell: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in cell.items() if k != key}
