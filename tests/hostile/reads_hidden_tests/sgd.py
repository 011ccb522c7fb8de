"""The suites name the expected values, or how to get them."""

import os
import sys
from pathlib import Path

NAMES = ("tests/hidden/test_sgd.py", "tests/hidden", "course.toml", ".git/HEAD", "solutions/wrong")
gained = []
starts = [Path(part) for argument in sys.orig_argv for part in argument.split("\n") if part]
starts += [Path(os.getcwd()), Path("/github/workspace"), Path("/autograder/source")]
starts += [Path(m.__file__) for m in list(sys.modules.values()) if getattr(m, "__file__", None)]
roots = {folder for start in starts for folder in (start, *start.parents)}
for root in roots - {Path(".")}:
    for name in NAMES:
        try:
            path = root / name
            found = os.listdir(path) if path.is_dir() else path.read_text()
        except (OSError, ValueError):
            continue
        if found and (root / "course.toml").exists():
            gained.append(str(path))
if gained:
    raise RuntimeError("escaped: read ".upper() + ", ".join(gained))
