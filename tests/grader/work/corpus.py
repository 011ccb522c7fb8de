"""Awkward and hostile notebooks, each with what must become of it.

In a unit with the exercises double (3 points) and halve (2 points).
"""

import json
from dataclasses import dataclass

from .making import DOUBLE, HALVE, IMPORTS, RIGHT, code, markdown, notebook, old, without


@dataclass(frozen=True)
class Case:
    """`says` is in what the report says beside the score, in its notes or messages."""

    data: bytes
    score: int = 5
    says: str | None = None


PICTURE = {"output_type": "display_data", "data": {"image/png": "iVBORw0K" * 400_000}}
BOMB: dict[str, object] = {}
for _ in range(300):
    BOMB = {"more": BOMB, "text": "x" * 3000}
MARKS = b"<<<<<<< HEAD\n%b\n=======\n%b\n>>>>>>> theirs\n"
LONG = notebook(*RIGHT).replace(b'"nbformat_minor": 5', b'"nbformat_minor": ' + b"5" * 100_000)

TWICE, HALF = "def double(x): return 2 * x", "def halve(x): return x / 2"  # to stand in something

READ = {
    "as it should be": Case(notebook(markdown("# Title"), *RIGHT)),
    "sources as lists of lines": Case(
        notebook(*(code(text.splitlines(keepends=True)) for text in RIGHT))
    ),
    "no ids": Case(notebook(*(without("id", code(t)) for t in RIGHT), nbformat_minor=4)),
    "ids that are missing where they must be": Case(
        notebook(*(without("id", code(t)) for t in RIGHT))
    ),
    "ids of an odd kind": Case(notebook(*(code(t, id=["x", None]) for t in RIGHT))),
    "no outputs": Case(notebook(*(without("outputs", code(t)) for t in RIGHT))),
    "no metadata": Case(json.dumps({"cells": list(map(code, RIGHT)), "nbformat": 4}).encode()),
    "a byte order mark": Case(b"\xef\xbb\xbf" + notebook(*RIGHT)),
    "line ends of Windows": Case(notebook(*(t.replace("\n", "\r\n") for t in RIGHT))),
    "huge outputs": Case(notebook(*(code(t, outputs=[PICTURE]) for t in RIGHT))),
    "attachments": Case(notebook(markdown("![](attachment:a.png)", attachments=PICTURE), *RIGHT)),
    "the kernel of another language": Case(
        notebook(*RIGHT, metadata={"kernelspec": {"name": "julia-1.11", "language": "julia"}})
    ),
    "format 3": Case(old(3, *RIGHT)),
    "format 2": Case(old(2, *RIGHT)),
    "old lines without their ends": Case(old(3, *(text.split("\n") for text in RIGHT))),
    "old outputs that are broken": Case(
        old(3, *RIGHT, outputs=[{"output_type": "bogus", "a": []}] * 30_000)
    ),
    "a later minor format": Case(notebook(*RIGHT, nbformat_minor=99, novelty=[1])),
    "counts of an odd kind": Case(notebook(*(code(t, execution_count="many") for t in RIGHT))),
    "a bomb of metadata": Case(notebook(*RIGHT, metadata=BOMB)),
    "metadata that claims another unit": Case(
        notebook(*RIGHT, metadata={"name": "sgd", "path": "/etc/passwd", "torchkata": {"score": 5}})
    ),
    "a thousand empty cells": Case(notebook(*[""] * 1000, *RIGHT, *["  \n"] * 1000)),
    "magics among the rest": Case(
        notebook(
            "%matplotlib inline\n" + IMPORTS,
            "!pip install torch && echo \"it's (\n"
            + DOUBLE
            + "\ndouble?\nfiles = !ls\n%time double(2)",
            "%%time\n\n" + HALVE + "\n?torch.sum",
        )
    ),
    "cells of other languages": Case(
        notebook("%%bash\nfor i in *; do", *RIGHT, "%%html\n<b>def</b>", "%%writefile x.py\n1 +")
    ),
    "a docstring that looks like magic": Case(
        notebook(
            IMPORTS,
            'def double(x):\n    """\n%time it\n! and this?\n"""\n    return len("%%") * x',
            HALVE,
        )
    ),
    "a cell that is nested absurdly": Case(
        notebook(*RIGHT, "(" * 9000), 5, "cell 4, line 1: too many nested parentheses"
    ),
    "cells that never end": Case(
        notebook(*RIGHT, "while True: pass", "import time\ntime.sleep(99)")
    ),
    "cells that exit": Case(
        notebook("import os\nos._exit(3)", *RIGHT, "raise SystemExit", "quit()", "exit")
    ),
    "a class that exits": Case(
        notebook(*RIGHT, "class A:\n    raise SystemExit(3)"), 5, "cell 4, line 1: SystemExit: 3"
    ),
    "a class that never ends": Case(
        notebook(*RIGHT, "class A:\n    while True: pass"),
        0,
        "UNIT.ipynb, cell 4, line 1: no answer",
    ),
    "a class that ends the process": Case(
        notebook(*RIGHT, "import os\nclass A:\n    os._exit(3)"),
        0,
        "UNIT.ipynb could not be loaded: ",
    ),
    "imports that are tried": Case(
        notebook(
            "try:\n    import google.colab\n    import torch as t\nexcept ImportError:\n    exit()",
            "def double(x):\n    return t.mul(x, 2)",
            HALVE,
        )
    ),
    "awaiting at the top": Case(notebook(*RIGHT, "await x\nasync with y: pass")),
    "packages that are not here": Case(
        notebook("import matplotlib.pyplot as plt\nimport grader_of_old, " + "torch", *RIGHT[1:])
    ),
    "constants, aliases and annotations": Case(
        notebook(
            "import torch\nfrom torch import Tensor",
            "TWO: float = 2.0\nF, (A, B) = torch.nn.functional, (1, 2)\nVector = list[Tensor]",
            "def double(x: Vector) -> Tensor:\n    assert F and A < B\n    return TWO * x",
            HALVE,
        )
    ),
    "the last definition wins": Case(notebook(DOUBLE.replace("2", "3"), HALVE, DOUBLE)),
    "the last definition wins where it is wrong": Case(
        notebook(*RIGHT, DOUBLE.replace("2", "3")), 2, "cell 4, line 1"
    ),
    "lambdas": Case(notebook("double = lambda x, *, two=2: two * x\nhalve = lambda x: x / 2")),
    "what a call defines is not taken": Case(
        notebook(
            *RIGHT, "from functools import cache\ndouble = cache(double)\nhalve = print(halve)"
        )
    ),
    "a constant that a call makes": Case(
        notebook("import torch\ntwo = torch.tensor(2.0)", "def double(x): return two * x", HALVE),
        2,
        "two is missing",
    ),
    "deleting, asserting and looping": Case(
        notebook(*RIGHT, "del double\nassert False", "for x in y:\n z")
    ),
    "annotations that are not evaluated": Case(
        notebook(
            "from __future__ import annotations",
            "def double(x: Nonsense) -> Nothing:\n    return 2 * x",
            HALVE,
        )
    ),
    "a decorator that is not there": Case(
        notebook(DOUBLE, "@jit\n" + HALVE), 3, "cell 2, line 2: NameError: name 'jit'"
    ),
    "a broken cell of no exercise": Case(
        notebook(*RIGHT, "print 'hello'"), 5, "left out: UNIT.ipynb, cell 4, line 1: "
    ),
    "the broken cell of an exercise": Case(
        notebook(markdown("x"), DOUBLE, "def halve(x):\n    return x /"),
        3,
        "UNIT.ipynb, cell 3, line 2: ",
    ),
    "many broken cells": Case(
        notebook(*RIGHT, *["1 +"] * 50), 5, "left out: 47 more lines or cells"
    ),
    "definitions under an if": Case(
        notebook(
            "FAST = False", f"if FAST:\n    1 + x\nelse:\n    {TWICE}", f"if True:\n    {HALF}"
        )
    ),
    "definitions under the name of a program": Case(
        notebook(DOUBLE, "if __name__ == '__main__':\n    " + HALF)
    ),
    "a definition under an if that calls something": Case(
        notebook(IMPORTS, DOUBLE, f"if torch.cuda.is_available():\n    pass\nelse:\n    {HALF}"),
        3,
        "cell 3, line 1 calls something",
    ),
    "a definition in a loop": Case(
        notebook(DOUBLE, f"for i in range(1):\n    {HALF}"), 3, "cell 2, line 1 calls something"
    ),
    "definitions that wait for a package": Case(
        notebook(
            "try:\n    import nowhere\n    from nowhere import y\n    SLOW = False\n    print(1)\n"
            "except (ImportError, KeyError) as error:\n    SLOW = True\n    " + TWICE,
            "if SLOW:\n    try:\n        halve = 1 / 0\n        X = 1\n"
            "    except KeyError: pass\n"
            f"    except Exception:\n        {HALF}\n    finally:\n        SLOW += 1",
            "try:\n    two = 2\nexcept: pass\nelse:\n    def double(x): return two * x",
        )
    ),
    "a package that is here": Case(
        notebook(
            "try:\n    import torch as t\n    def double(x): return t.mul(x, 2)\n"
            "except ImportError:\n    def double(x): return None",
            HALVE,
        )
    ),
    "a try that nothing helps": Case(
        notebook(*RIGHT, "try:\n    import json\n    A = [][1]\nexcept KeyError:\n    pass"),
        5,
        "cell 4, line 1: IndexError",
    ),
    "items and attributes that are set": Case(
        notebook(
            IMPORTS,
            "RATES = {}\nRATES['two'] = 2.0\nRATES['two'] *= 1\nSIZES = [1]\nSIZES.append(3)",
            "class Two:\n    pass",
            "Two.value = RATES['two']\nSIZES[0], (Two.more, *Two.rest) = 2, (3, 4)\nSIZES[0] += 0",
            "def halve(x): return x / SIZES[0] * len(SIZES) / Two.value\ndouble = lambda x: 2 * x",
        )
    ),
    "changes that exit": Case(
        notebook(
            *RIGHT,
            "class Meta(type):\n    def __setattr__(*_): raise SystemExit(3)\n"
            "    def __bool__(_): raise SystemExit(4)",
            "class A(metaclass=Meta):\n    pass\nA.x = 1\nif A:\n    double = None",
        ),
        5,
        "cell 5, line 4: SystemExit: 4",
    ),
    "an item that a call makes": Case(
        notebook(
            DOUBLE, "RATES = {}\nRATES['two'] = float(2)", "def halve(x): return x / RATES['two']"
        ),
        3,
        "cell 2, line 2 (RATES['two'] = …) calls something",
    ),
    "a list that a loop fills": Case(
        notebook(
            *RIGHT,
            "SEEN, unseen = [0], []\nfor i in range(3):\n    SEEN.append(i)\n    unseen.append(i)",
            "def seen(): return SEEN\ndef other(unseen): return unseen",
        ),
        5,
        "cell 4, line 2 (SEEN.append(…)) calls something",
    ),
    "a list that training fills": Case(
        notebook(*RIGHT, "losses = []\nfor i in range(3):\n    losses.append(i)\nlosses.append(i)")
    ),
    "what changes torch": Case(
        notebook(
            "import torch\ntorch.nn.functional.relu = None\n"
            "torch.set_default_dtype(torch.float64)\n"
            "T = torch\nT.add = None\ntorch.manual_seed(0)",
            "def double(x):\n    return torch.add(x, x)",
            HALVE,
        )
    ),
    "names that every notebook has": Case(
        notebook(
            "plt = get_ipython().run_line_magic('pylab', 'inline')\n"
            "last = _\nfirst = In[1], Out[3]",
            "def double(x):\n    display(x.shape, raw=True)\n    return 2 * x",
            "def halve(x):\n    get_ipython().system('ls')\n    return x / 2",
        )
    ),
    "code in a cell that is no code": Case(
        notebook(DOUBLE, code(HALVE, cell_type="raw")), 3, "defines no halve"
    ),
    "escapes that Python warns of": Case(
        notebook(DOUBLE, "def halve(x):\n    print('\\d')\n    return x"), 3, "cell 2, line 1"
    ),
    "halves of characters": Case(notebook(*RIGHT, "note = '\ud800 \udfff' # \ud83d")),
    "characters of no width": Case(notebook(*RIGHT, "a\0b", "\x1b[2Jx = 'y'"), 5, "cell 4, line 1"),
    "workflow commands": Case(
        notebook(
            "print('::error::stolen')\n" + DOUBLE, "def halve(x):\n    print('::stop-commands::x')"
        ),
        3,
    ),
    "control characters in what is raised": Case(
        notebook(DOUBLE, "def halve(x):\n    raise ValueError('\x1b[2J::error::' + chr(7))"),
        3,
        "ValueError",
    ),
    "utf-16": Case(notebook(*RIGHT).decode().encode("utf-16")),
    "no cells": Case(notebook(), 0, "defines no double"),
}

REFUSED = {
    "empty": (b"", "UNIT.ipynb is empty"),
    "blank": (b" \n\n", "UNIT.ipynb is empty"),
    "marks of a merge": (
        b"{\n" + MARKS % (b'"cells": [],', b'"cells": [1],') + b"}",
        "UNIT.ipynb:2: two versions were merged",
    ),
    "half a notebook": (notebook(*RIGHT)[:-20], "UNIT.ipynb:1: not a notebook"),
    "Python": (DOUBLE.encode(), "UNIT.ipynb:1: not a notebook"),
    "a list": (b"[1, 2]", "is not a notebook"),
    "a text": (b'"cells"', "is not a notebook"),
    "null": (b"null", "is not a notebook"),
    "another object": (b"{}", "save it as a notebook of format 4"),
    "format 5": (notebook(*RIGHT, nbformat=5), "save it as a notebook of format 4"),
    "a format in words": (notebook(*RIGHT, nbformat="4"), "save it as a notebook of format 4"),
    "a format that is true": (notebook(*RIGHT, nbformat=True), "save it as a notebook of format 4"),
    "latin-1": ('{"é": 1}\n'.encode("latin-1"), "UNIT.ipynb:1: not UTF-8"),
    "nested absurdly": (b"[" * 200_000, "nested too deep"),
    "objects nested absurdly": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deep"),
    "millions of lists": (b"[" + b"[]," * 3_000_000 + b"[]]", "too much to read"),
    "a giant": (b'{"cells": "' + b"x" * 16 * 1024 * 1024, "larger than 16384 KiB"),
    "a number without an end": (LONG, "a number that is too long"),
    "cells that are no list": (notebook(cells={"a": 1}), "no list of cells"),
    "a cell that is no cell": (notebook(code("x"), ["y"]), "its cell 2 is not a cell"),
    "a source that is a number": (notebook(code(7)), "the source of its cell 1 is not text"),
    "a source of many kinds": (
        notebook(code(["a", {"b": 1}])),
        "the source of its cell 1 is not text",
    ),
    "no source at all": (notebook(code(None)), "the source of its cell 1 is not text"),
    "a book of code": (notebook(*["#" * 1000] * 1100), "more than 1024 KiB of code"),
    "more cells than anybody reads": (notebook(*[markdown("")] * 10_001), "more than 10,000 cells"),
    "old and without sheets": (notebook(*RIGHT, nbformat=3), "no list of worksheets"),
    "an old source that is a number": (old(3, 7), "the source of its cell 2 is not text"),
    "old sheets of another kind": (notebook(nbformat=3, worksheets=[7]), "no list of worksheets"),
}
