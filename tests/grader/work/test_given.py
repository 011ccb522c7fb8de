"""Whether work still says what was given: in other words, never; in another layout, always."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.work.given import MAX_CHARACTERS, given_in
from grader.work.submission import read_submission

from .making import notebook

STUB = '''
"""A lesson."""

import torch


def total(x):
    """Return the sum."""
    result = 0
    for number in x:
        result = number
        return result


class Line:
    """y = w x."""

    def __init__(self):
        self.w = "w"

    def forward(self, x):
        self.w * x


def written(x):
    raise NotImplementedError("written")


def beside(x):
    return x
'''.lstrip()
GIVEN = given_in(STUB, ["total", "Line", "written"])
TOTAL = STUB[STUB.index("def total") : STUB.index("class Line")]
LINE = STUB[STUB.index("class Line") : STUB.index("def written")]


def test_programs_to_mend_are_the_exercises_that_leave_nothing_open():
    assert GIVEN.exercises == {"total", "Line"}
    assert set(GIVEN.programs) == {"total", "Line", "Line.__init__", "Line.forward"}


def untouched(*texts):
    return {name for name in ("total", "Line", "written") if GIVEN.is_untouched(name, texts)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('    """Return the sum."""\n', ""),
        ('"""Return the sum."""', "'hm'"),
        ("    result = 0\n", "    # begin\n\n    result  =  0 # here\n"),
        ("for number in x:", "for number \\\n        in x:"),
        ("    ", "  "),
        ("import torch\n", "%matplotlib inline\n"),
        ("def beside(x):\n    return x\n", ""),
    ],
)
def test_comments_docstrings_and_layout_do_not_count(old, new):
    assert old in STUB
    assert untouched(STUB.replace(old, new)) == {"total", "Line"}


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        ("result = number", "result += number", {"Line"}),
        ("        return result", "    return result", {"Line"}),
        ("        result = number\n", "", {"Line"}),
        ("def total", "@staticmethod\ndef total", {"Line"}),
        ("def total(x)", "def total(x, dim=0)", {"Line"}),
        ("self.w * x", "return self.w * x", {"total"}),
        ('"w"', '"v"', {"total"}),
        ("class Line:", "class Line(object):", {"total"}),
        ("def beside", "Line.forward = lambda self, x: x\n\ndef beside", {"total"}),
        ("def beside", "total = sum\n\ndef beside", {"Line"}),
        ("def beside", "old, total, Line.forward = total, sum, None\n\ndef beside", set()),
        ("def beside", "other = total = sum\n\ndef beside", {"Line"}),
        ("def beside", "total: object = sum\n\ndef beside", {"Line"}),
        ("def beside", "a, x.total = total, Line = 1, 2\n\ndef beside", set()),
        ("def beside", "same, good = total, total == sum\n\ndef beside", {"total", "Line"}),
        ("result = 0", "result = (0", {"Line"}),
        ("result = 0", "result = 0" + " " * MAX_CHARACTERS, {"Line"}),
        (TOTAL, "", {"Line"}),
    ],
)
def test_whatever_else_is_changed_is_begun(old, new, left):
    assert untouched(STUB.replace(old, new)) == left


def test_the_last_definition_counts_whichever_cell_it_is_in():
    mended = TOTAL.replace("result = number", "result += number")
    assert untouched(TOTAL, LINE) == {"total", "Line"}
    assert untouched(TOTAL, LINE, mended) == {"Line"}
    assert untouched(mended, TOTAL) == {"total"}
    assert untouched(f"{TOTAL}\n{mended}") == set()
    assert untouched(f"{mended}\n{TOTAL}") == {"total"}


@given(st.text(alphabet="\"'\\ \n\t#():,=defclass.x1\0é", max_size=200))
def test_any_text_is_compared(text):
    assert not GIVEN.is_untouched("total", [f"{TOTAL}\n\ndef total({text}"])
    GIVEN.has(text)


# --- which file counts


def chosen(folder):
    return read_submission(folder, ["unit"], given={"unit": GIVEN})


NO_HELP = STUB.replace("def beside(x):\n    return x\n", "")


def test_what_is_given_is_no_work_and_what_is_mended_is(write):
    mended = TOTAL.replace("result = number", "result += number")
    book = notebook("import torch", mended, LINE)
    folder = write({"unit.py": NO_HELP, "unit.ipynb": notebook("import torch", TOTAL, LINE)})
    assert not chosen(folder).holds_any
    assert chosen(folder).sources["unit"].file == "unit.py"
    write({"unit.ipynb": book})
    work = chosen(folder)
    assert (work.sources["unit"].file, work.unread) == ("unit.ipynb", {})
    assert work.holds_any
    write({"unit.py": NO_HELP.replace("self.w * x", "return self.w * x")})
    assert "both files hold work" in chosen(folder).unread["unit"]


def test_untouched_programs_do_not_hide_work_in_a_folder_further_in(write):
    mended = NO_HELP.replace("result = number", "result += number")
    folder = write({"exercises/unit.py": NO_HELP, "week 3/exercises/unit.py": mended})
    work = chosen(folder)
    assert work.sources["unit"].text == mended
