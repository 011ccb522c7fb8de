"""The package as others get it: what is built, what is in it, and that it works outside of here."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

import grader
from grader.kit.archives import kept
from grader.sandbox import jail
from tests.grader.command import ROOT, SECONDS

FULL_NAME = f"torchkata-{grader.__version__}"
DATA = f"{FULL_NAME}.data/data/share/torchkata/course/"
INSTALLED = sysconfig.get_path("purelib")
PACKAGES = ("grader/", "torchkata/")
BIN = "Scripts" if os.name == "nt" else "bin"
PLACES = """
from pathlib import Path
from grader.course.model import installed_course
from grader.sandbox.jail import exposed
root = installed_course(Path()).root
print(root, exposed(root), sep="\\n")
"""
# It would read the answers if it could.
CURIOUS = """
try:
    open({path!r}).close()
except OSError:
    pass
else:
    raise SystemExit("it can be read")
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The source distribution and the wheel."""
    folder = str(tmp_path_factory.mktemp("dist"))
    sdist = next(SdistBuilder(str(ROOT)).build(directory=folder, versions=["standard"]))
    wheel = next(WheelBuilder(str(ROOT)).build(directory=folder, versions=["standard"]))
    return Path(sdist), Path(wheel)


@pytest.fixture(scope="module")
def shell(
    built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Commands of the wheel, in an environment of its own; what it needs is found where it is."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, symlinks=os.name != "nt")
    paths = {"base": str(place), "platbase": str(place)}
    (Path(sysconfig.get_path("purelib", "venv", paths)) / "needed.pth").write_text(INSTALLED)
    python = place / BIN / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--isolated", "install", "--quiet"]
    offline = ["--no-index", "--no-deps", "--no-compile", "--disable-pip-version-check"]
    subprocess.run([*pip, *offline, str(built[1])], check=True)
    path = os.pathsep.join([str(place / BIN), os.environ["PATH"]])
    dropped = ("PYTHONPATH", "NO_COLOR")
    environment = {name: text for name, text in os.environ.items() if name not in dropped}

    def run(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
        program, *arguments = line.split()
        return subprocess.run(
            [place / BIN / program, *arguments],
            cwd=folder,
            env={**environment, "PATH": path, "PYTHONWARNINGS": "ignore"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )

    return run


def test_what_is_built_again_has_the_same_bytes(built: tuple[Path, Path], tmp_path: Path) -> None:
    sdist, wheel = built
    again = next(SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    assert Path(again).read_bytes() == sdist.read_bytes()
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    source = WheelBuilder(str(tmp_path / FULL_NAME))
    again = next(source.build(directory=str(tmp_path), versions=["standard"]))
    assert Path(again).read_bytes() == wheel.read_bytes()


def test_the_wheel_holds_the_packages_and_beside_them_the_course(built: tuple[Path, Path]) -> None:
    course = {"course.toml", "docs/course.md"}
    for folder in ("solutions", "tests/hidden", "tests/accepted"):
        course |= {f"{folder}/{name}" for name, _ in kept(ROOT / folder)}
    expected = {f"{DATA}{name}" for name in course}
    for package in ("grader", "torchkata"):
        expected |= {f"{package}/{name}" for name, _ in kept(ROOT / package)}
    found = set(zipfile.ZipFile(built[1]).namelist())
    assert {name for name in found if not name.startswith(f"{FULL_NAME}.dist-info/")} == expected


def asking_for_places(folder: Path) -> Path:
    """A program that prints where the course is, and why a worker could read it."""
    (folder / "places.py").write_text(PLACES)
    return folder / "places.py"


@contextmanager
def moved_on(root: Path, kept: Path) -> Iterator[None]:
    """The installed course has a next version: of an exercise with another name, of one that is
    gone, and of a new one. Afterwards it is as it was."""
    shutil.copytree(root, kept)
    try:
        solution, index = root / "solutions" / "activations.py", root / "course.toml"
        text = solution.read_text().replace("def relu(", "def rectified(")
        before, gone, after = text.partition("def tanh(")
        new = (gone + after.partition("\n\n\n")[0]).replace("tanh", "swish")
        solution.write_text(before + after.partition("\n\n\n")[2] + "\n\n" + new + "\n")
        entries = index.read_text().split("\n\n")
        (relu,) = (n for n, entry in enumerate(entries) if '\nname = "relu"\n' in entry)
        entries[relu] = entries[relu].replace("relu", "rectified", 1) + '\nid = "activations.relu"'
        text = "\n\n".join(entries)
        index.write_text(text.replace('\nname = "tanh"\n', '\nname = "swish"\n'))
        yield
    finally:
        shutil.rmtree(root)
        kept.rename(root)


def test_somebody_learns_with_it_and_takes_their_work_along(
    shell: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    ran = shell(tmp_path, "torchkata start kata")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "and run: torchkata watch" in ran.stdout
    kata = tmp_path / "kata"
    root, reason = shell(kata, f"python {asking_for_places(tmp_path)}").stdout.splitlines()
    assert Path(root, "solutions", "activations.py").is_file()
    assert reason == "None"
    file = kata / "exercises" / "activations.py"
    written = file.read_text().replace('raise NotImplementedError("relu")', "return x.clamp(min=0)")
    written = written.replace('raise NotImplementedError("tanh")', "return x  # not yet")
    if jail.unavailable() is None:
        written += CURIOUS.format(path=str(Path(root, "solutions", "activations.py")))
    file.write_text(written)
    ran = shell(kata, "torchkata relu")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Score 2/2" in ran.stdout
    assert "\nAll done.\nNext: tensors.summary, " in ran.stdout
    assert "not sandboxed" not in ran.stdout or jail.unavailable()
    assert "done  relu" in shell(kata, "grade list activations").stdout
    with moved_on(Path(root), tmp_path / "course"):
        ran = shell(kata, "torchkata update")
        assert (ran.returncode, ran.stderr) == (0, "")
        assert "done  rectified" in shell(kata, "grade list activations").stdout
    kept = [line.replace("def relu(", "def rectified(") for line in written.splitlines()]
    now = file.read_text().splitlines()
    assert [line for line in kept if line not in now] == []
    assert '    raise NotImplementedError("swish")' in now
    assert (kata / "exercises" / "activations.py.bak").read_text() == written


def test_somebody_teaches_with_it(
    shell: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / "activations.py").write_text("def relu(x): return x.clamp(min=0)\n")
    ran = shell(tmp_path, "torchkata run relu --submission activations.py")
    assert (ran.returncode, ran.stderr) == (0, "")
    ran = shell(tmp_path, "torchkata kit out reshaping")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Next: torchkata kit --check out" in ran.stdout
    (wheel,) = (tmp_path / "out" / "vendor").iterdir()
    carried = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert carried == {"grader", "torchkata", f"{FULL_NAME}.dist-info"}


@pytest.mark.skipif(os.name == "nt", reason="folders as POSIX has them")
@pytest.mark.parametrize(
    ("packages", "data"),
    [
        ("lib/python{}/site-packages", "."),  # --user and --prefix
        (".", "."),  # --target
    ],
)
def test_the_course_is_found_and_hidden_however_it_was_installed(
    built: tuple[Path, Path], tmp_path: Path, packages: str, data: str
) -> None:
    packages = packages.format(f"{sys.version_info[0]}.{sys.version_info[1]}")
    with zipfile.ZipFile(built[1]) as archive:
        archive.extractall(tmp_path / packages)
    (tmp_path / packages / DATA).parents[1].rename(tmp_path / data / "share")
    path = os.pathsep.join([str(tmp_path / packages), INSTALLED])
    ran = subprocess.run(
        [sys.executable, "-P", asking_for_places(tmp_path)],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.splitlines() == [str(tmp_path / "share" / "torchkata" / "course"), "None"]


def test_a_kits_grader_has_no_course_to_lay_out(built: tuple[Path, Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(built[1]) as archive:
        archive.extractall(tmp_path, [n for n in archive.namelist() if n.startswith(PACKAGES)])
    path = os.pathsep.join([str(tmp_path), INSTALLED])
    ran = subprocess.run(
        [sys.executable, "-P", "-m", "torchkata", "start", tmp_path / "kata"],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("torchkata: this grader came without a course")
