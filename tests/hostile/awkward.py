"""Submissions that no repository can hold: odd files, odd encodings, odd names.

Each function makes one in an empty folder and returns the path to grade, if it is not the folder.
"""

import os
import py_compile
import re
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .cases import POINTS, ROOT, UNITS, Build, Case, case_of, solution

AWKWARD: list[Case] = []
LINE = 'relu = lambda x: x\n"""A line of a file that is almost Python."""\n'


def awkward(*units: str, aim: str = "broken", **settings: Any) -> Callable[[Build], Build]:
    """Register a case; the docstring of its builder is its sentence."""

    def register(build: Build) -> Build:
        about = " ".join((build.__doc__ or "").split())
        name = f"awkward_{build.__name__}"
        AWKWARD.append(case_of(name, units, {"about": about, "aim": aim} | settings, build=build))
        return build

    return register


@awkward("regressor")
def fifo(folder: Path) -> None:
    """A FIFO in the place of a file: opening it waits for somebody to write."""
    os.mkfifo(folder / "regressor.py")


@awkward("gradients")
def unix_socket(folder: Path) -> None:
    """A socket in the place of a file."""
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.getcwd()
        os.chdir(folder)  # the name of a socket must be short
        try:
            listener.bind("gradients.py")
        finally:
            os.chdir(here)


@awkward("regressor", "gradients")
def links_to_devices(folder: Path) -> None:
    """Links to devices that never end, and to the standard input."""
    os.symlink("/dev/zero", folder / "regressor.py")
    os.symlink("/dev/stdin", folder / "gradients.py")


@awkward("bughunt", aim="points")
def programs_as_given(folder: Path) -> None:
    """Programs to mend, passed off as begun: each is given its name once more, and no more."""
    text = (ROOT / "exercises" / "bughunt.py").read_text("utf-8")
    names = re.findall(r"^(?:def|class) (\w+)", text, re.MULTILINE)
    again = "".join(f"{name} = {name}\n" for name in names)
    (folder / "bughunt.py").write_text(f"{text}\n\n{again}", "utf-8")


@awkward("sgd", "reshaping", aim="read")
def links_to_solutions(folder: Path) -> None:
    """Links out of the folder, to the solutions themselves."""
    os.symlink(ROOT / "solutions" / "sgd.py", folder / "sgd.py")
    relative = os.path.relpath(ROOT / "solutions" / "reshaping.py", folder)
    os.symlink(relative, folder / "reshaping.py")


@awkward(*UNITS, aim="read", alone=True)
def folder_links_to_solutions(folder: Path) -> None:
    """An exercises/ folder that is a link to the solutions."""
    os.symlink(ROOT / "solutions", folder / "exercises")


@awkward("gradients", "sgd", aim="read")
def links_to_secrets(folder: Path) -> None:
    """Links to /etc/passwd and to the environment of whoever reads it."""
    os.symlink("/etc/passwd", folder / "gradients.py")
    os.symlink("/proc/self/environ", folder / "sgd.py")


@awkward("regressor", "sgd")
def links_in_circles(folder: Path) -> None:
    """A link to itself, and one to nothing."""
    os.symlink("regressor.py", folder / "regressor.py")
    os.symlink("nowhere.py", folder / "sgd.py")


@awkward("reshaping", exact_score={"reshaping": POINTS["reshaping"]}, aim="honest")
def link_within(folder: Path) -> None:
    """A link to a file inside the folder, which is as good as the file."""
    (folder / "mine.py").write_text(solution("reshaping"), "utf-8")
    os.symlink("mine.py", folder / "reshaping.py")


@awkward("gradients")
def folder_named_like_a_file(folder: Path) -> None:
    """A folder named gradients.py, with a module in it."""
    (folder / "gradients.py").mkdir()
    (folder / "gradients.py" / "__init__.py").write_text(solution("gradients"), "utf-8")


@awkward("sgd")
def nul_bytes(folder: Path) -> None:
    """NUL bytes in the source."""
    (folder / "sgd.py").write_bytes(LINE.encode() + b"\0\0\0" + LINE.encode())


@awkward("regressor", "sgd")
def other_encodings(folder: Path) -> None:
    """Latin-1 and UTF-16, without a word about it."""
    (folder / "regressor.py").write_bytes("# déjà vu\n".encode("latin-1") + LINE.encode())
    (folder / "sgd.py").write_bytes(LINE.encode("utf-16"))


@awkward("reshaping", max_score={"reshaping": POINTS["reshaping"]}, aim="honest")
def declared_encoding(folder: Path) -> None:
    """Latin-1, declared in the first line as Python allows."""
    text = "# -*- coding: latin-1 -*-\n# déjà vu\n" + solution("reshaping")
    (folder / "reshaping.py").write_bytes(text.encode("latin-1", "replace"))


@awkward(
    "reshaping",
    "sgd",
    exact_score={"reshaping": POINTS["reshaping"], "sgd": POINTS["sgd"]},
    aim="honest",
)
def byte_order_mark(folder: Path) -> None:
    """A byte order mark and carriage returns, as editors on Windows write them."""
    (folder / "reshaping.py").write_bytes(b"\xef\xbb\xbf" + solution("reshaping").encode())
    (folder / "sgd.py").write_bytes(solution("sgd").replace("\n", "\r\n").encode())


@awkward("regressor", "sgd")
def huge_file(folder: Path) -> None:
    """A file of 50 MB, and one that claims to have 8 GB."""
    (folder / "regressor.py").write_bytes(b"# " + b"x" * (50 << 20))
    with open(folder / "sgd.py", "wb") as file:
        file.truncate(8 << 30)


@awkward("regressor", "sgd", "gradients")
def compiler_bombs(folder: Path) -> None:
    """Sources that are short to send and hard to compile: nesting, chains, wide literals."""
    (folder / "regressor.py").write_text("x = " + "(" * 9_000 + ")" * 9_000)
    (folder / "sgd.py").write_text("x = " + "-" * 300_000 + "1\ny = " + "1+" * 200_000 + "1\n")
    (folder / "gradients.py").write_text("x = (" * 90 + "'a' * 10**9" + ", 'b')" * 90)


@awkward("gradients", "sgd")
def compiler_bombs_by_size(folder: Path) -> None:
    """A megabyte of one statement: a dict display, a chain of comparisons, an f-string."""
    (folder / "gradients.py").write_text("x = {" + "1:2," * 200_000 + "}\n" + LINE)
    (folder / "sgd.py").write_text("x = 1" + "<1" * 200_000 + "\ny = f'" + "{0}" * 100_000 + "'\n")


@awkward("bughunt", "gradients")
def definitions_that_are_slow_to_read(folder: Path) -> None:
    """A head that says a thousand times that it is no function yet, and one in another with a
    megabyte of brackets: read without Python, and never as often as they are long."""
    again = ": raise NotImplementedError" * 35_000
    (folder / "gradients.py").write_text(f"def gradient({again}\n) : pass\n")
    inside = "".join(" " * level + "def slope(\n" for level in range(17))
    (folder / "bughunt.py").write_text(inside + " " * 17 + "x" + "[]" * 500_000 + "\n")


@awkward("gradients")
def unreadable(folder: Path) -> None:
    """A file without permission to read it (root reads it all the same)."""
    (folder / "gradients.py").write_text(LINE)
    (folder / "gradients.py").chmod(0)


@awkward("reshaping", exact_score={"reshaping": POINTS["reshaping"]}, aim="honest", alone=True)
def deep_path(folder: Path) -> Path:
    """A submission thirty folders down."""
    deep = folder.joinpath(*["a-folder-with-a-long-name"] * 30)
    deep.mkdir(parents=True)
    (deep / "reshaping.py").write_text(solution("reshaping"), "utf-8")
    return deep


@awkward(
    "reshaping",
    aim="text",
    max_score={"reshaping": POINTS["reshaping"]},
    alone=True,
    forbidden_text=["\x1b[2J", "\u202e"],
)
def odd_folder_name(folder: Path) -> Path:
    """A folder whose name holds escapes, newlines, quotes and a workflow command."""
    odd = folder / "-\x1b[2J\u202e\n::error::'\"$(touch hostile-left-by-shell) 20"
    odd.mkdir()
    (odd / "reshaping.py").write_text("def infer_shape(numel, shape)\n")
    return odd


@awkward(alone=True, exit=2, aim="text", forbidden_text=["\x1b[2J"])
def odd_missing_folder(folder: Path) -> Path:
    """A folder that does not exist, under a name with escapes."""
    return folder / "\x1b[2J\n::error::nothing here"


@awkward(alone=True, exit=2)
def undecodable_name(folder: Path) -> Path:
    """A folder whose name is not text, with no unit in it."""
    odd = Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe"))
    odd.mkdir()
    return odd


@awkward(alone=True, exit=2)
def empty_folder(folder: Path) -> None:
    """Nothing at all."""


@awkward(alone=True, exit=2)
def other_names(folder: Path) -> None:
    """Files that are almost named like units."""
    for name in ("activations.pyc", ".activations.py", "activations", "sgd.py "):
        (folder / name).write_text(LINE)


@awkward("regressor")
def empty_file(folder: Path) -> None:
    """A file of zero bytes."""
    (folder / "regressor.py").write_bytes(b"")


@awkward("reshaping", aim="beside")
def planted_bytecode(folder: Path) -> None:
    """A compiled solution in __pycache__ beside an empty source."""
    (folder / "reshaping.py").write_text("# nothing\n")
    cache = folder / "__pycache__"
    cache.mkdir()
    source = str(ROOT / "solutions" / "reshaping.py")
    for name in ("reshaping.cpython-311.pyc", "reshaping.pyc"):
        py_compile.compile(source, str(cache / name), doraise=True)
    py_compile.compile(source, str(folder / "reshaping.pyc"), doraise=True)


@awkward("reshaping", exact_score={"reshaping": POINTS["reshaping"]}, aim="honest", alone=True)
def crowded_folder(folder: Path) -> None:
    """The work among five thousand other files, some of them without any permission."""
    for number in range(5000):
        (folder / f"data-{number}.csv").write_bytes(b"")
    (folder / "locked").mkdir(stat.S_IWUSR)
    (folder / "reshaping.py").write_text(solution("reshaping"), "utf-8")


@awkward("reshaping", exact_score={"reshaping": POINTS["reshaping"]}, aim="honest", alone=True)
def single_file(folder: Path) -> Path:
    """One file instead of a folder."""
    (folder / "reshaping.py").write_text(solution("reshaping"), "utf-8")
    return folder / "reshaping.py"
