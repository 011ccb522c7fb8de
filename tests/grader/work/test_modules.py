"""Modules as submissions: how they are written, and modules of the learner's own beside them."""

import pytest

from grader.report import Location, Outcome

from .conftest import said
from .making import DOUBLE, HALVE, RIGHT, notebook

WHOLE = f"{DOUBLE}\n\n\n{HALVE}\n"
HELP = "import helpers\n\n\ndef double(x):\n    return helpers.times(x, 2)\n\n\n" + HALVE
TIMES = "def times(x, y):\n    return x * y\n"
CELL = "get_ipython().run_cell_magic('time', '', 'def halve(x): return x / 2\\n')\n"

WRITTEN = {
    "a notebook saved as a module": notebook(*RIGHT),
    "a notebook saved with a mark and blanks": b"\xef\xbb\xbf\n " + notebook(*RIGHT),
    "exported by nbconvert": "#!/usr/bin/env python\n# coding: utf-8\n\n# In[1]:\n\n"
    "get_ipython().run_line_magic('matplotlib', 'inline')\nget_ipython().system('pip install x')\n"
    f"\n# In[2]:\n{DOUBLE}\n\n# In[3]:\n{CELL}",
    "cells of an editor": f"# %%\nimport torch\n# %% [markdown]\n# Title\n# %%\n{WHOLE}",
    "magics of a notebook": f"%matplotlib inline\n!pip install torch\n{WHOLE}\n%timeit double(2)\n",
    "display": f"{DOUBLE}\n\n\ndef halve(x):\n    display(x)\n    return x / 2\n",
    "another encoding": f"# -*- coding: latin-1 -*-\nNAME = 'caf\xe9'\n{WHOLE}".encode("latin-1"),
    "an encoding in the second line": (
        f"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n# \u20ac\n{WHOLE}".encode("cp1252")
    ),
    "definitions that wait for a package": "try:\n    import nowhere\nexcept ImportError:\n"
    "    def double(x): return 2 * x\nif True:\n    def halve(x): return x / 2\n",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_module_is_graded_as_it_is_meant(grade, name):
    report = grade({"UNIT.py": WRITTEN[name]})
    assert report.score == 5, said(report)
    assert not [note for note in report.notes if not note.startswith("not sandboxed")]


def test_what_is_wrong_with_a_module_is_said_even_beside_magics(grade, unit):
    report = grade({"UNIT.py": f"%matplotlib inline\n{DOUBLE}\n\ndef halve(x)\n    return !x\n"})
    assert report.units[0].message.startswith(f"{unit}.py:5: expected ':'")


def test_a_line_under_an_if_is_named(grade, unit):
    report = grade({"UNIT.py": f"{DOUBLE}\nif True:\n    def halve(x):\n        return x\n"})
    (test,) = (test for test in report.tests if test.outcome is Outcome.FAILED)
    assert test.location == Location(f"{unit}.py", 4)


# --- modules of one's own

BESIDE = {
    "in exercises": {"exercises/UNIT.py": HELP, "exercises/helpers.py": TIMES},
    "beside exercises": {"exercises/UNIT.py": HELP, "helpers.py": TIMES},
    "beside the unit": {"UNIT.py": HELP, "helpers.py": TIMES},
    "of the package": {
        "exercises/UNIT.py": HELP.replace("import", "from exercises import"),
        "exercises/helpers.py": TIMES,
    },
    "by a name of it": {
        "UNIT.py": HELP.replace(
            "import helpers", "from exercises.helpers import (\n  times)"
        ).replace("helpers.times", "times"),
        "helpers.py": TIMES,
    },
    "after another import": {
        "UNIT.py": HELP.replace("import", "import torch; import"),
        "helpers.py": TIMES,
    },
    "inside a function": {
        "UNIT.py": f"def double(x):\n    import helpers as h\n    return h.times(x, 2)\n{HALVE}",
        "helpers.py": TIMES,
    },
    "by another one": {
        "UNIT.py": HELP,
        "helpers.py": "from more_of_it import times\n",
        "more_of_it.py": TIMES,
    },
    "by a notebook": {"UNIT.ipynb": notebook(HELP), "helpers.py": TIMES},
    "by another unit": {
        "UNIT.py": f"from OTHER import double\n{HALVE}",
        "OTHER.py": HELP,
        "helpers.py": TIMES,
    },
    "a notebook saved as a module": {"UNIT.py": HELP, "helpers.py": notebook(TIMES)},
    "with names of the library and of packages": {
        "UNIT.py": f"import torch, random, msgpack\n{HELP}",
        "helpers.py": TIMES,
        **dict.fromkeys(("torch.py", "random.py", "msgpack.py"), "raise SystemExit('wrong one')"),
    },
}


@pytest.mark.parametrize("name", BESIDE)
def test_a_module_of_ones_own_is_part_of_the_work(grade, name):
    report = grade(BESIDE[name])
    assert report.score == 5, said(report)


def test_a_line_of_a_module_of_ones_own_is_named(grade):
    wrong = grade(
        {"exercises/UNIT.py": HELP, "exercises/helpers.py": f"\n{TIMES}".replace("*", "@")}
    )
    (test,) = (test for test in wrong.tests if test.outcome is Outcome.FAILED)
    assert test.location == Location("exercises/helpers.py", 3)
    broken = grade({"exercises/UNIT.py": HELP, "exercises/helpers.py": "x = 1\nimport nowhere\n"})
    assert broken.units[0].message.startswith("exercises/helpers.py:2: ModuleNotFoundError")
    broken = grade({"exercises/UNIT.py": HELP, "exercises/helpers.py": "def times(x, y:\n"})
    assert broken.units[0].message.startswith("exercises/helpers.py:1: ")


UNUSABLE = {
    "large": (b"#" * (1024 * 1024 + 1), "helpers.py is larger than 1024 KiB"),
    "no text": (b"\xff", "helpers.py:1: not UTF-8 text"),
    "a folder": (None, "helpers.py is not a regular file"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_why_a_module_of_ones_own_is_not_used_is_said(grade, name):
    data, says = UNUSABLE[name]
    report = grade(
        {"UNIT.py": HELP, **({"helpers.py/x": ""} if data is None else {"helpers.py": data})}
    )
    assert report.units[0].message.splitlines()[-1].startswith(says)


# --- imports that find nothing

IMPORTS = {
    "import pandas as pd": ["UNIT.py:1: ", "There is no pandas here", "delete this line"],
    "from matplotlib import pyplot": ["UNIT.py:1: ", "matplotlib is not installed here", "plots"],
    "import torch.nothing": ["UNIT.py:1: ", "There is no torch.nothing: is the name misspelled?"],
    "import exercises.nothing": ["UNIT.py:1: ", "There is no nothing.py in exercises/."],
    "import nothing.more": ["UNIT.py:1: ", "nor as a nothing.py beside this file"],
}


@pytest.mark.parametrize("line", IMPORTS)
def test_an_import_that_finds_nothing_is_told_with_what_to_do(grade, unit, line):
    message = grade({"UNIT.py": f"{line}\n{WHOLE}"}).units[0].message
    assert all(part.replace("UNIT", unit) in message for part in IMPORTS[line]), message
    assert len(message.splitlines()) == 3


def test_an_import_in_a_call_is_told_as_well(grade):
    report = grade({"UNIT.py": f"{HALVE}\n\ndef double(x):\n    import scipy_of_old\n"})
    (test,) = (test for test in report.tests if test.outcome is Outcome.FAILED)
    assert test.likely.startswith("There is no scipy_of_old here")
