"""What only a notebook understands, left out of its cells; everything else stays as it is."""

import ast
import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.work.magics import without_magics

STDLIB = sorted(Path(ast.__file__).parent.glob("*.py"))
LINES = [
    "%matplotlib inline",
    "%%time",
    "%%bash",
    "!ls 'it''s (",
    "  !ls",
    "\t%cd ..",
    "?x",
    "x?",
    "torch.nn.Linear??",
    "%time?",
    "files = !ls",
    "a, b = %sx ls \\",
    "x = 1",
    "x = 5 % 3",
    "x %= 3",
    "y = (x",
    "% 3)",
    "z = x \\",
    "'''",
    '"""',
    "s = 'it # is",
    "# it's a remark (",
    "def f(x):",
    "    return x",
    "}",
    "",
    "\\",
]


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("%matplotlib inline\nx = 1", "\nx = 1"),
        ("x = 1\n!ls 'it''s (\ny = 2", "x = 1\n\ny = 2"),
        ("if x:\n    !ls\n    %cd ..\ny = 2", "if x:\n    pass\n    pass\ny = 2"),
        ("files = !ls\na, b = %sx ls\nx[0] = %time f()", "\n\n"),
        ("?x\nx?\nx.y??\n%time?\nx[1].y? ", "\n\n\n\n"),
        ("!pip install \\\n  torch\nx = 1", "\n\nx = 1"),
        ("%%time\ndef f(): ...", "\ndef f(): ..."),
        ("\n%%capture out\n%%time\n%pwd\nx = 1", "\n\n\n\nx = 1"),
        ("%%time", ""),
        ("%%time\n", "\n"),
        ("%%bash\nfor x in *; do\n", "\n\n"),
        ("%%timeit\ny = 1", "\n"),  # it leaves nothing behind in Jupyter either
        ("# first\n%%time\nx = 1", "# first\n\nx = 1"),
    ],
)
def test_a_line_that_is_no_python_is_left_out(cell, python):
    assert without_magics(cell) == python


@pytest.mark.parametrize(
    "cell",
    [
        '"""\n%x\n!y\nz?\n"""',
        'x = \'\'\'\n%x\n\'\'\'\ny = r\'\\\'\nz = """\\"""\n!ls"""',
        "x = (7\n% 2)",
        "x = 7 \\\n% 2",
        "x = y if a != b else c",
        "x %= 2\nx = '%s' % y",
        "print(f'{x!r} {y = !s}')",
        "# x = !ls\n# %x\n# really?",
        "x = {  # what?\n'%': 1}",
    ],
)
def test_what_is_python_stays(cell):
    assert without_magics(cell) == cell


def test_no_file_of_python_itself_is_changed():
    for path in random.Random(7).sample(STDLIB, 60):
        text = path.read_text(encoding="utf-8", errors="replace")
        assert without_magics(text) == text, path


cells = st.lists(st.sampled_from(LINES), max_size=12).map("\n".join)
anything = st.one_of(cells, st.text(alphabet="%!?=x\n\\\"'(# ", max_size=40), st.text())


@given(anything)
def test_every_line_keeps_its_number(cell):
    assert without_magics(cell).count("\n") == cell.count("\n")


@given(anything)
def test_every_line_is_kept_or_left_out_as_a_whole(cell):
    for before, after in zip(cell.split("\n"), without_magics(cell).split("\n"), strict=True):
        assert after == before or after.strip(" \t") in ("", "pass")


@given(anything)
def test_what_python_can_read_is_never_changed(cell):
    try:
        ast.parse(cell)
    except (SyntaxError, ValueError):
        return
    assert without_magics(cell) == cell


@pytest.mark.parametrize(
    "text",
    [
        '"' * 500_001,
        "'''" + "\\" * 500_000,
        "(" * 500_000,
        "x=" * 250_000,
        " " * 200_000 + "(",
        "%%time\n" * 50_000 + "x",
    ],
)
def test_no_text_takes_long(text):
    started = time.monotonic()
    assert without_magics(text).count("\n") == text.count("\n")
    assert time.monotonic() - started < 20
