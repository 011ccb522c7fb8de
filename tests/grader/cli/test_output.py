"""The formats as a workflow asks for them: through the command, over work that tries things."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.grader.formats.hostile import schema
from tests.grader.tiny_course import FAULTY_SUITE, Unit

ROOT = Path(__file__).parents[3]
FORMATS = ("markdown", "github", "classroom", "classroom50", "gradescope", "junit")
TRICKS = "\\n::error file=a:b::owned\\n##[error]owned\\n```\\n<img src=x> @user #1 | \\x1b[2J\\n"
WORK = f"""
def double(x): return x + x
def halve(x):
    print("{TRICKS}")
    raise ValueError("{TRICKS}")
"""
Grade = Callable[..., tuple[subprocess.CompletedProcess[str], Path]]


@pytest.fixture
def grade(make_course, tmp_path) -> Grade:
    course = make_course(tiny=Unit(), faulty=Unit(suite=FAULTY_SUITE))
    for unit in ("tiny", "faulty"):
        (course.root / "exercises" / f"{unit}.py").write_text(WORK)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}

    def grade(unit: str, *formats: str) -> tuple[subprocess.CompletedProcess[str], Path]:
        pairs = [
            word
            for format in formats
            for word in ("--format", format, "--output", str(tmp_path / format))
        ]
        ran = subprocess.run(
            [sys.executable, "-m", "grader", "run", unit, *pairs],
            cwd=course.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return ran, tmp_path

    return grade


def read(folder: Path, format: str) -> str:
    return (folder / format).read_text(encoding="utf-8")


def test_every_format_says_the_same_score(grade) -> None:
    ran, folder = grade("tiny", *FORMATS)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "Score 3/5" in ran.stdout
    assert read(folder, "markdown").startswith("## Score 3/5\n")
    assert "\n::notice title=Score 3/5::" in read(folder, "github")
    assert "\n::error file=exercises/tiny.py,line=5,title=tiny.halve%3A " in read(folder, "github")
    for format, key in (("classroom", "max_score"), ("classroom50", "max-score")):
        result = json.loads(read(folder, format))
        Draft202012Validator(schema(format)).validate(result)
        assert (sum(test["score"] for test in result["tests"]), result[key]) == (3, 5)
    assert json.loads(read(folder, "gradescope"))["score"] == 3
    (suite,) = ET.fromstring(read(folder, "junit"))
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    for format in FORMATS:
        text = read(folder, format)
        assert "\x1b" not in text
        assert "\n::error file=a" not in text


def test_a_fault_of_the_grader_is_a_zero_in_no_format(grade) -> None:
    formats = [format for format in FORMATS if format != "classroom50"]
    ran, folder = grade("faulty", *formats)
    assert ran.returncode == 3
    assert read(folder, "markdown").startswith("## Score withheld\n")
    assert "\n::warning title=Score withheld::" in read(folder, "github")
    assert "\n::error" not in read(folder, "github")
    classroom = json.loads(read(folder, "classroom"))
    assert (classroom["status"], classroom["max_score"]) == ("error", 0)
    assert '"score"' not in read(folder, "gradescope")
    (suite,) = ET.fromstring(read(folder, "junit"))
    assert [p.get("name") for p in suite.findall("properties/property")] == ["max_points"]


def test_what_classroom50_cannot_say_is_not_written_and_all_else_is(grade) -> None:
    ran, folder = grade("faulty", "classroom50", "markdown")
    assert ran.returncode == 3
    assert "faulty.double: The suite is wrong" in ran.stderr
    assert "The score is withheld" in ran.stderr
    assert not (folder / "classroom50").exists()
    assert read(folder, "markdown").startswith("## Score withheld\n")
