import sys
from typing import Any

import pytest

from grader.course.seeds import FILE, VARIABLE, read_secret, variant_seed
from grader.errors import UsageError
from grader.sandbox import jail
from tests.grader import command

# Wherever the secrets lie, by every way to them; what it finds, it shows in the report.
SPY = """
import ctypes, os, pathlib

FOUND = [f"{dict(os.environ)}"]

def look(*paths):
    for path in paths:
        try:
            FOUND.append(f"{path}: " + pathlib.Path(path).read_bytes().decode("latin-1"))
        except OSError as error:
            FOUND.append(f"{path}: {type(error).__name__}")

COURSE = pathlib.Path(%(course)r)
os.chdir(os.environ["HOME"])
look(COURSE / %(file)r, COURSE / "exercises" / ".." / %(file)r, os.path.relpath(COURSE / %(file)r))
look("/proc/self/environ", f"/proc/{os.getppid()}/environ")
get = ctypes.CDLL(None).getenv
get.restype = ctypes.c_char_p
FOUND.append(f"getenv: {get(%(variable)r.encode())}")
try:
    os.symlink(COURSE / %(file)r, "link")
    look("link")
except OSError as error:
    FOUND.append(f"link: {type(error).__name__}")
print(*FOUND, sep="\\n")

def double(x):
    raise RuntimeError(f"{FOUND}"[:2000])

halve = double
"""


def test_the_seed_of_an_id_and_a_secret_never_changes():
    assert variant_seed("Ann", "abc") == variant_seed(" aNN\n", "\ufeffabc\r\n") == 891709865


def test_other_ids_and_other_secrets_give_other_seeds():
    seeds = {variant_seed(name, secret) for name in ("Ann", "Bob") for secret in ("abc", "abd")}
    assert len(seeds) == 4


@pytest.mark.parametrize(("variant", "secret"), [(" ", "abc"), ("Ann", "\n")])
def test_nothing_may_be_empty(variant, secret):
    with pytest.raises(UsageError):
        variant_seed(variant, secret)


def test_the_environment_comes_before_the_file(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(UsageError, match="needs a secret"):
        read_secret(tmp_path)
    (tmp_path / FILE).write_text("file")
    assert read_secret(tmp_path) == "file"
    monkeypatch.setenv(VARIABLE, "environment")
    assert read_secret(tmp_path) == "environment"
    monkeypatch.setenv(VARIABLE, "")
    with pytest.raises(UsageError, match="is empty"):
        read_secret(tmp_path)


@pytest.fixture(scope="module")
def spied(make_course):
    """A variant's report on code that looks for the secrets."""
    course = make_course()
    names = {"course": str(course.root), "file": FILE, "variable": VARIABLE}
    (course.root / "exercises" / "tiny.py").write_text(SPY % names)
    (course.root / FILE).write_text("fromthefile")

    def run(sandbox: str) -> command.Ended:
        line = ("--variant", "Ann", "--format", "json", "--sandbox", sandbox)
        secret: dict[str, Any] = {VARIABLE: "fromtheenvironment"}
        return command.grade(course.root, *line, **secret)

    return run


@pytest.mark.skipif(jail.unavailable() is not None, reason="no confinement here")
def test_learner_code_can_read_neither_secret_and_no_report_holds_one(spied):
    ran = spied("require")
    assert (ran.returncode, ran.stderr) == (1, "")
    assert ran.report["seed"] == variant_seed("Ann", "fromtheenvironment")
    assert f"{FILE}: PermissionError" in ran.stdout, "the spy did not look"
    assert "getenv: None" in ran.stdout
    for secret in ("fromtheenvironment", "fromthefile"):
        assert secret not in ran.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="the spy knows Linux")
def test_the_spy_finds_the_file_where_nothing_stops_it(spied):
    ran = spied("off")
    assert "fromthefile" in ran.stdout
    assert "getenv: None" in ran.stdout, "the environment is clean even there"
