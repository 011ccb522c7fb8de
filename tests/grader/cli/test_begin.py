"""Before the first exercise: a folder is laid out, and what is missing is told."""

import json
import os
import sys
from pathlib import Path

import pytest

import grader
from grader.course.folder import FILE, digest, read_folder
from grader.course.model import installed_course
from tests.grader import command
from tests.grader.tiny_course import write_files

FIRST = "exercises/tensors.py"
NO_TORCH = "raise ModuleNotFoundError(\"No module named 'torch'\")"
TORCHES = {
    "missing": (NO_TORCH, "missing  PyTorch   not installed"),
    "broken": ("raise OSError('libtorch.so: no such file')", "it does not work: OSError: libtorch"),
    "deadly": ("import os; os.abort()", "import torch ended with a signal: Aborted"),
    "old": ("__version__ = '1.13'", "not a version for torchkata"),
    "sound": ("__version__ = '2.9.1+cpu'", "ok       PyTorch   2.9.1+cpu, built for the CPU"),
}
# As much of it as the doctor asks for.
TORCH = """
from types import SimpleNamespace as Any
ones = lambda n: Any(sum=lambda: Any(item=lambda: n))
version = Any(cuda=None, hip=None)
cuda = Any(device_count=lambda: 0)
backends = Any(mps=Any(is_available=lambda: False))
"""


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("here") / "kata"
    ran = command.grade(folder.parent, "start", "kata")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("10 units, 200 points, in kata\nNext: cd kata\n")
    assert f"Then open {FIRST} in your editor, and run: " in ran.stdout
    return folder


def torch_path(folder: Path, text: str) -> str:
    """A PYTHONPATH on which torch is this."""
    (folder / "path").mkdir()
    (folder / "path" / "torch.py").write_text(text)
    return os.pathsep.join([str(folder / "path"), str(command.ROOT)])


def test_a_folder_holds_what_is_learned_from_and_no_answer(laid_out: Path) -> None:
    files = {path.relative_to(laid_out).as_posix() for path in laid_out.rglob("*.*")}
    assert {FIRST, "exercises/tensors.ipynb", "README.md", "AGENTS.md", "docs/course.md"} <= files
    assert {".gitignore", ".vscode/settings.json", FILE} <= files
    assert not {name.partition("/")[0] for name in files} & {"tests", "solutions", "course.toml"}
    assert (laid_out / FIRST).read_bytes() == (command.ROOT / FIRST).read_bytes()


def test_an_editor_finds_the_grader_that_laid_it_out(laid_out: Path) -> None:
    settings = json.loads((laid_out / ".vscode" / "settings.json").read_text())
    assert settings["python.defaultInterpreterPath"] == sys.executable


def test_the_mark_tells_what_was_laid_out(laid_out: Path) -> None:
    folder = read_folder(laid_out)
    assert (folder.course, folder.version) == ("torchkata", grader.__version__)
    assert set(folder.exercises) == set(installed_course(laid_out).ids.values())
    for name, known in folder.files.items():
        assert digest((laid_out / name).read_bytes()) == known


def test_the_commands_of_learners_work_in_it(laid_out: Path) -> None:
    stub = (laid_out / FIRST).read_text()
    (laid_out / FIRST).write_text(stub.replace('NotImplementedError("counts")', "TypeError"))
    ran = command.grade(laid_out / "exercises", "reset", "counts")
    assert ran.stdout.startswith(f"tensors.counts in {FIRST} is the stub again.")
    assert (laid_out / FIRST).read_text() == stub
    assert "Hint 1 of" in command.grade(laid_out, "hint").stdout
    assert json.loads((laid_out / ".torchkata.json").read_text())["hints"] == {"tensors.summary": 1}
    assert "you are here" in command.grade(laid_out, "list").stdout
    shown = command.grade(laid_out, "solution", "counts", "--anyway").stdout
    assert shown.startswith("# solutions/tensors.py\ndef counts(")


@pytest.mark.parametrize("line", ["sync", "audit tensors", "new tensors.more"])
def test_the_commands_of_authors_do_not(laid_out: Path, line: str) -> None:
    ran = command.grade(laid_out, *line.split())
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "is a learner's folder: run this in the course's own folder" in ran.stderr


def test_what_is_there_is_left_alone(laid_out: Path, tmp_path: Path) -> None:
    ran = command.grade(laid_out, "start", ".")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "laid out already: `torchkata update` brings it up to date" in ran.stderr
    for name, said in {
        FIRST: f"holds other things, such as {FIRST}: name a new folder",
        "course.toml": "is the folder of a course",
    }.items():
        folder = tmp_path / name.replace("/", "-")
        write_files(folder, {name: "mine"})
        ran = command.grade(tmp_path, "start", folder)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert said in ran.stderr
        assert [path for path in folder.rglob("*") if path.is_file()] == [folder / name]
    if os.name == "posix":
        (tmp_path / "pipes").mkdir()
        os.mkfifo(tmp_path / "pipes" / "README.md")
        assert "holds other things" in command.grade(tmp_path, "start", "pipes").stderr
    (tmp_path / "file").touch()
    assert "is a file: name a new folder" in command.grade(tmp_path, "start", "file").stderr


def test_what_was_broken_off_is_completed_beside_git_and_an_environment(
    laid_out: Path, tmp_path: Path
) -> None:
    there: dict[str, str | bytes] = {
        ".git/config": "",
        ".venv/pyvenv.cfg": "",
        FIRST: (laid_out / FIRST).read_bytes(),
    }
    write_files(tmp_path, there)
    ran = command.grade(tmp_path, "start", ".")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Next: cd" not in ran.stdout
    assert read_folder(tmp_path) == read_folder(laid_out)


def test_it_is_laid_out_without_torch_and_grading_says_what_is_missing(tmp_path: Path) -> None:
    path = torch_path(tmp_path, NO_TORCH)
    ran = command.grade_anew(tmp_path, "start", "kata", PYTHONPATH=path)
    assert (ran.returncode, ran.stderr) == (0, "")
    ran = command.grade_anew(tmp_path / "kata", "tensors", PYTHONPATH=path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "PyTorch does not work here (No module named 'torch'): `torchkata doc" in ran.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a signal")
@pytest.mark.parametrize("torch", TORCHES)
def test_the_doctor_knows_whether_torch_works(laid_out: Path, tmp_path: Path, torch: str) -> None:
    text, said = TORCHES[torch]
    path = torch_path(tmp_path, f"{TORCH}\n{text}\n")
    (tmp_path / "torch.py").write_text("raise OSError")  # as learners have it: no matter
    ran = command.grade(laid_out, "doctor", PYTHONPATH=path)
    assert ran.stderr == ""
    assert " ".join(said.split()) in " ".join(ran.stdout.split())
    is_sound = torch == "sound"
    assert ran.returncode == (not is_sound)
    assert ("All that is needed is there." in ran.stdout) == is_sound
    assert (" install" in ran.stdout) != is_sound
    assert max(map(len, ran.stdout.splitlines())) < 120


@pytest.mark.parametrize(
    ("old", "new", "said", "code"),
    [
        (f'"{grader.__version__}"', '"0.0.1"', "laid out by 0.0.1", 0),
        ('"torchkata"', '"Another course"', "is of another course, Another course", 1),
        ('"schema": 1', '"schema": []', "is of a newer torchkata", 0),
        ("{", "", "is damaged", 0),
    ],
)
def test_the_doctor_looks_at_the_folder(
    laid_out: Path, tmp_path: Path, old: str, new: str, said: str, code: int
) -> None:
    (tmp_path / FILE).write_text((laid_out / FILE).read_text().replace(old, new, 1))
    path = torch_path(tmp_path, f"{TORCH}\n__version__ = '2.9'\n")
    ran = command.grade(tmp_path, "doctor", PYTHONPATH=path)
    assert (ran.returncode, ran.stderr) == (code, "")
    assert said in " ".join(ran.stdout.split())


def test_the_doctor_finds_where_one_is(tmp_path: Path) -> None:
    path = torch_path(tmp_path, f"{TORCH}\n__version__ = '2.9'\n")
    nowhere = command.grade(tmp_path, "doctor", PYTHONPATH=path)
    assert nowhere.returncode == 0
    assert "belongs to no course" in nowhere.stdout
    assert "start FOLDER" in " ".join(nowhere.stdout.split())
    assert "the course's own" in command.grade(command.ROOT, "doctor", PYTHONPATH=path).stdout
