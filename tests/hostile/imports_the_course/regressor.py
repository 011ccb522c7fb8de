"""What can be imported need not be found on disk first."""

import importlib
import pkgutil
import sys

gained = []
for name in (
    "solutions.regressor", "tests.hidden.test_regressor", "test_regressor", "rig_regressor",
    "grader.judge.local", "grader.judge.plugin", "grader.judge.session", "grader.course.model",
):  # fmt: skip
    try:
        importlib.import_module(name)
        gained.append(name)
    except BaseException:
        pass
for loader in [getattr(module, "__loader__", None) for module in list(sys.modules.values())]:
    for path in ("solutions/regressor.py", "../solutions/regressor.py", "course.toml"):
        try:
            gained.append(f"{path}: {loader.get_data(path)[:20]!r}")
        except Exception:
            pass
gained += [found.name for found in pkgutil.iter_modules() if found.name == "solutions"]
if gained:
    raise RuntimeError("escaped: imported ".upper() + ", ".join(gained))
