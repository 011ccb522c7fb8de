"""How many imports cross from one room of the grader to another.

    python tests/bench/arrows.py [CHECKOUT] [ROOMS]

A room is a folder or file at the top of `grader/`. ROOMS is a JSON object of module prefixes and
the rooms that they belong to, for a checkout laid out otherwise.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import grimp

PACKAGE = "grader"


def arrows(checkout: Path) -> Iterator[tuple[str, str]]:
    """Each module with each module that it imports, without the package itself."""
    sys.path.insert(0, str(checkout.resolve()))
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    for module in sorted(graph.modules - {PACKAGE}):
        for imported in sorted(graph.find_modules_directly_imported_by(module) - {PACKAGE}):
            yield module, imported


def room_of(module: str, rooms: Mapping[str, str]) -> str:
    """By the longest prefix that is named, else by the name below the package."""
    parts = module.split(".")
    prefixes = (".".join(parts[:end]) for end in range(len(parts), 1, -1))
    return next((rooms[prefix] for prefix in prefixes if prefix in rooms), parts[1])


def main(checkout: str = ".", file: str | None = None) -> None:
    rooms = json.loads(Path(file).read_text(encoding="utf-8")) if file else {}
    found = list(arrows(Path(checkout)))
    ends = [(room_of(module, rooms), room_of(imported, rooms)) for module, imported in found]
    between = Counter(pair for pair in ends if pair[0] != pair[1])
    for (room, other), number in sorted(between.items()):
        print(f"{number:4} {room} → {other}")
    print(f"{len({room for pair in ends for room in pair})} rooms, {len(found)} imports")
    print(f"{between.total()} imports between rooms, {len(between)} arrows from room to room")


if __name__ == "__main__":
    main(*sys.argv[1:])
