"""The lines and branches of each room that the tests reach, after `make coverage`."""

import json
import subprocess
import sys
from collections import Counter

COUNTS = ("covered_lines", "num_statements", "covered_branches", "num_branches")
totals: Counter[tuple[str, str]] = Counter()
found = subprocess.run(
    [sys.executable, "-m", "coverage", "json", "--quiet", "-o", "-"],
    stdout=subprocess.PIPE,
    check=True,
).stdout
for name, file in json.loads(found)["files"].items():
    _, room, _ = name.replace("\\", "/").split("/", 2)
    totals.update({(room, key): file["summary"][key] for key in COUNTS})
for room in sorted({room for room, _ in totals}):
    lines = totals[room, "covered_lines"] / totals[room, "num_statements"]
    branches = totals[room, "covered_branches"] / totals[room, "num_branches"]
    print(f"{room:10} {lines:6.1%} of lines, {branches:6.1%} of branches")
