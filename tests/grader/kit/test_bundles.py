"""What other hosts run, run as they do: files laid out as theirs, real grading, any failure."""

import io
import json
import os
import stat
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.course.model import Course
from grader.errors import UsageError
from grader.kit import bundles
from grader.kit.make import kit_files, write_kit
from grader.sandbox import jail
from tests.grader.command import grade, write_program

from . import shop

ROOT = Path(__file__).parents[3]
INSTALLED = sysconfig.get_path("purelib")
ALLOWED = '"--sandbox", "require"'
TOLD = "You lose no points"
linux = pytest.mark.skipif(jail.unavailable() is not None, reason="needs the sandbox")

RIGHT = "def double(x):\n    return x + x\n\n\ndef halve(x):\n    return x / 2\n"
HALF = "def double(x):\n    return x + x\n\n\ndef halve(x):\n    raise NotImplementedError\n"
BREAKS = "import os\n\n\ndef double(x):\n    os._exit(0)\n\n\ndef halve(x):\n    while True: pass\n"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = shop.write_course(tmp_path_factory.mktemp("course"))
    for name in (".torchkata-secret", ".torchkata.json", "solutions/.notes", "tests/hidden/.x"):
        (course.root / name).write_text("not for others")
    (course.root / "tests" / "grader").mkdir()
    (course.root / "tests" / "grader" / "test_x.py").write_text("")
    return course


# --- Gradescope


@dataclass
class Gradescope:
    """The folder /autograder, elsewhere."""

    root: Path
    unit: str

    def unpack(self, archive: bytes) -> None:
        source = self.root / "source"
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            for entry in opened.infolist():
                path = Path(opened.extract(entry, source))
                path.chmod(stat.S_IMODE(entry.external_attr >> 16))
        (self.root / "run_autograder").write_bytes((source / "run_autograder").read_bytes())
        (self.root / "run_autograder").chmod(0o755)

    def set_up(self) -> None:
        """Run setup.sh; what it would fetch is found in the installation that runs this test."""
        here = {"ROOT": str(self.root), "PYTHONPATH": INSTALLED}
        offline = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
        setup = self.root / "source" / "setup.sh"
        subprocess.run([setup], env=os.environ | here | offline, check=True)
        (own,) = (self.root / "venv" / "lib").glob("python3*/site-packages")
        (own / "installed.pth").write_text(f"{INSTALLED}\n")

    def hurry(self) -> None:
        """Grade with a process that is warm instead of the one that was set up."""
        grade = self.root / "venv" / "bin" / "grade"
        grade.unlink()
        write_program(grade)

    def run(self, files: dict[str, str]) -> tuple[dict[str, Any], str]:
        """Hand files in; results.json, and what teachers see in the log."""
        for path in (self.root / "submission").glob("*"):
            path.unlink()
        (self.root / "submission").mkdir(exist_ok=True)
        for name, text in files.items():
            (self.root / "submission" / name).write_text(text)
        ended = subprocess.run(
            [self.root / "run_autograder"],
            cwd=self.root,
            env=os.environ | {"ROOT": str(self.root)},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        results = self.root / "results" / "results.json"
        return json.loads(results.read_text(encoding="utf-8")), ended.stdout + ended.stderr

    def hand_in(self, text: str) -> dict[str, Any]:
        return self.run({f"{self.unit}.py": text})[0]


@pytest.fixture(scope="module")
def archive(course: Course) -> bytes:
    return bundles.gradescope(course)


@pytest.fixture(scope="module")
def host(course: Course, archive: bytes, tmp_path_factory: pytest.TempPathFactory) -> Gradescope:
    host = Gradescope(tmp_path_factory.mktemp("gradescope") / "autograder", course.units[0].name)
    host.unpack(archive)
    host.set_up()
    # As a teacher may: the one line that says how work is confined, with a time limit.
    program = host.root / "run_autograder"
    text = program.read_text()
    assert text.count(ALLOWED) == 1
    program.write_text(text.replace(ALLOWED, f'{ALLOWED}, "--timeout", "1"'))
    return host


def scored(result: dict[str, Any]) -> tuple[int, int]:
    """What Gradescope makes of it: points of the tests, and out of how many."""
    tests = result["tests"]
    assert result["score"] == sum(test["score"] for test in tests)
    assert type(result["execution_time"]) is int
    return result["score"], sum(test["max_score"] for test in tests)


def is_without_score(result: dict[str, Any]) -> bool:
    """No zero either: neither of the whole nor of a test."""
    return "score" not in result and not any("score" in test for test in result["tests"])


@linux
def test_gradescope_gets_the_score_of_work_of_every_kind(host: Gradescope) -> None:
    assert scored(host.hand_in(HALF)) == (3, 7)
    host.hurry()
    broken = host.hand_in(BREAKS)
    assert scored(broken) == (0, 7)
    crashed, endless = (test["output"] for test in broken["tests"])
    assert "ended" in crashed
    assert "no answer" in endless


@linux
def test_gradescope_gets_no_zero_for_what_is_not_the_work(host: Gradescope, course: Course) -> None:
    host.hurry()
    (host.root / "results").mkdir(exist_ok=True)
    (host.root / "results" / "results.json").write_text('{"score": 7}')  # must not stay
    result, _ = host.run({"homework.py": RIGHT})
    assert is_without_score(result)
    assert f"no unit in what you handed in: expected {host.unit}.py" in result["output"]
    assert TOLD in result["output"]

    suite = host.root / "source" / "course" / "tests" / "hidden" / course.suite(host.unit).name
    sound = suite.read_text()
    suite.write_text(
        sound.replace("x = rng.normal(4)\n", "raise RuntimeError('the answer is 42')\n")
    )
    result, log = host.run({f"{host.unit}.py": RIGHT})
    assert is_without_score(result)
    assert "The grader or the course has a fault." in result["output"]
    assert "42" not in json.dumps(result)
    assert "the answer is 42" in log
    suite.write_text(sound)

    grade = host.root / "venv" / "bin" / "grade"
    works = grade.read_text()
    for program in ("#!/bin/sh\nexit 0\n", "#!/nowhere\n"):
        grade.write_text(program)
        result, _ = host.run({f"{host.unit}.py": RIGHT})
        assert is_without_score(result)
        assert TOLD in result["output"]
    grade.write_text(works)


def test_the_archive_holds_the_course_and_nothing_else(course: Course, archive: bytes) -> None:
    unit = course.units[0].name
    opened = zipfile.ZipFile(io.BytesIO(archive))
    names = opened.namelist()
    assert [name for name in names if not name.startswith("vendor/")] == [
        "course/course.toml",
        f"course/solutions/{unit}.py",
        f"course/solutions/wrong/{unit}.py",
        f"course/tests/hidden/data_{unit}/few.csv",
        f"course/tests/hidden/data_{unit}/hidden.csv",
        f"course/tests/hidden/test_{unit}.py",
        "requirements.txt",
        "run_autograder",
        "setup.sh",
    ]
    (vendored,) = [name for name in names if name.startswith("vendor/")]
    assert f"./{vendored}" in opened.read("requirements.txt").decode()
    modes = {entry.filename: entry.external_attr >> 16 for entry in opened.infolist()}
    assert {name for name, mode in modes.items() if mode & 0o111} == {"run_autograder", "setup.sh"}
    assert bundles.gradescope(course) == archive
    for name in ("run_autograder", "setup.sh"):
        assert b"\r" not in opened.read(name)


# --- Classroom 50


@dataclass
class Classroom50:
    """A bundle as a runner has fetched it, and the checkout that it is run in."""

    bundle: Path
    checkout: Path
    unit: str

    def run(self, text: str) -> tuple[int, dict[str, Any] | None]:
        """The exit code, and result.json; what would be installed is here already."""
        (self.checkout / "exercises").mkdir(exist_ok=True)
        (self.checkout / "exercises" / f"{self.unit}.py").write_text(text)
        write_program(program := self.checkout.with_name("grade"))
        line = (
            "import os, pathlib, sys, autograder\n"
            "def install(kit, folder):\n"
            "    assert (kit / 'requirements.txt').is_file()\n"
            "    command = folder.parent / 'grade'\n"
            f"    command.symlink_to({str(program)!r})\n"
            "    return command\n"
            "autograder.install = install\n"
            "sys.exit(autograder.main())\n"
        )
        path = os.pathsep.join([str(self.bundle), str(ROOT)])
        facts = {"CLASSROOM": "kata", "ASSIGNMENT": "tensors", "OWNER": "ann"}
        ended = subprocess.run(
            [sys.executable, "-P", "-B", "-c", line],
            cwd=self.checkout,
            env={
                **os.environ,
                **facts,
                "PYTHONPATH": path,
                "CLASSROOM50_BUNDLE_DIR": str(self.bundle),
                "GITHUB_TOKEN": "secret",
            },
            capture_output=True,
            text=True,
            timeout=60,
        )
        result = self.checkout / "result.json"
        return ended.returncode, json.loads(result.read_text()) if result.is_file() else None


@pytest.fixture(scope="module")
def published(course: Course) -> dict[str, bytes]:
    return bundles.classroom50(kit_files(course))


@pytest.fixture
def classroom(course: Course, published: dict[str, bytes], tmp_path: Path) -> Classroom50:
    write_kit(published, tmp_path / "bundle", course)
    (tmp_path / "checkout").mkdir()
    return Classroom50(tmp_path / "bundle", tmp_path / "checkout", course.units[0].name)


@linux
def test_classroom50_gets_the_score_of_the_visible_tests(classroom: Classroom50) -> None:
    (classroom.checkout / "result.json").symlink_to("/dev/full")  # committed, to be in the way
    (classroom.checkout / "release-body.md").mkdir()
    code, result = classroom.run(HALF)
    assert code == 0
    assert result is not None
    assert (result["score"], result["max-score"], result["classroom"]) == (2, 5, "kata")
    assert "Score 2/5" in (classroom.checkout / "release-body.md").read_text()


@linux
def test_classroom50_never_takes_a_result_that_was_handed_in(classroom: Classroom50) -> None:
    forged = classroom.checkout / "result.json"
    forged.write_text('{"score": 99}')
    suite = classroom.bundle / "kit" / "tests" / "visible" / f"test_{classroom.unit}.py"
    suite.write_text("raise RuntimeError\n")
    code, result = classroom.run(RIGHT)
    assert (code, result) == (3, None)

    forged.write_text('{"score": 99}')
    (classroom.bundle / "kit" / "course.toml").unlink()
    code, result = classroom.run(RIGHT)
    assert (code, result) == (2, None)


@linux
def test_classroom50_installs_nothing_of_the_checkout(tmp_path: Path) -> None:
    kit, checkout = tmp_path / "kit", tmp_path / "checkout"
    for folder in (kit, checkout):
        folder.mkdir()
    (kit / "requirements.txt").write_text("")
    for module in ("venv", "ensurepip", "pip", "subprocess", "sitecustomize"):
        (checkout / f"{module}.py").write_text(f"open({str(tmp_path / 'touched')!r}, 'w')\n")
    scripts = ROOT / "grader" / "kit" / "scripts"
    line = (
        "import sys, pathlib, classroom50\n"
        f"print(classroom50.install(pathlib.Path({str(kit)!r}), pathlib.Path(sys.argv[1])))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-P", "-B", "-c", line, tmp_path / "venv"],
        cwd=checkout,
        env=os.environ | {"PYTHONPATH": str(scripts), "PIP_NO_INDEX": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.strip() == str(tmp_path / "venv" / "bin" / "grade")
    assert (tmp_path / "venv" / "bin" / "pip").is_file()
    assert not (tmp_path / "touched").exists()


def test_what_is_published_holds_no_answer_and_imports_nothing_of_others(
    course: Course, published: dict[str, bytes]
) -> None:
    everything = b"\n".join(
        content for name, content in published.items() if not name.endswith(".whl")
    )
    for secret in (b"twice_as_much_as_before", b"nobody_shall_read_this", b"ONLY_HIDDEN"):
        assert secret in b"".join(path.read_bytes() for path in course.root.rglob("*.py")), (
            "the test looks for something that is nowhere"
        )
        assert secret not in everything
    assert all(name == "autograder.py" or name.startswith("kit/") for name in published)
    imported = {
        line.split()[1].partition(".")[0]
        for line in published["autograder.py"].decode().splitlines()
        if line.startswith(("import ", "from "))
    }
    assert imported <= set(sys.stdlib_module_names)


def test_a_bundle_that_classroom50_would_not_fetch_is_refused() -> None:
    with pytest.raises(UsageError, match="Classroom 50 takes 10240"):
        bundles.classroom50({"exercises/large.py": bytes(bundles.MAX_PUBLISHED)})


# --- the command


def test_the_command_writes_bundles_and_refuses_what_it_cannot(
    course: Course,
    published: dict[str, bytes],
    tmp_path: Path,
) -> None:
    written = grade(course.root, "bundle", "gradescope", tmp_path / "autograder.zip")
    assert (written.returncode, "keep it private" in written.stdout) == (0, True)
    assert (tmp_path / "autograder.zip").read_bytes() == bundles.gradescope(course)

    written = grade(course.root, "bundle", "classroom50", tmp_path / "bundle")
    assert written.returncode == 0, written.stderr
    folder = tmp_path / "bundle"
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert found == set(published)

    refused = grade(course.root, "bundle", "codeio", tmp_path / "x")
    assert (refused.returncode, "'gradescope', 'classroom50'" in refused.stderr) == (2, True)
    refused = grade(folder / "kit", "bundle", "gradescope", tmp_path / "kit.zip")
    assert (refused.returncode, "is a kit, without solutions" in refused.stderr) == (2, True)
    assert not (tmp_path / "kit.zip").exists()
    refused = grade(course.root, "bundle", "gradescope", tmp_path / "nowhere" / "x.zip")
    assert (refused.returncode, "its folder does not exist" in refused.stderr) == (2, True)
