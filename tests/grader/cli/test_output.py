"""The formats as a workflow asks for them: through the command, over work that tries things."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from grader.course.model import Course
from tests.grader import command
from tests.grader.formats.hostile import schema

FORMATS = ("markdown", "github", "classroom", "classroom50", "gradescope", "junit")
TRICKS = "\\n::error file=a:b::owned\\n##[error]owned\\n```\\n<img src=x> @user #1 | \\x1b[2J\\n"
WORK = f"""
def double(x): return x + x
def halve(x):
    print("{TRICKS}")
    raise ValueError("{TRICKS}")
"""
Grade = Callable[[str], tuple[command.Ended, dict[str, str]]]


@pytest.fixture
def grade_in_formats(course: Course, tmp_path: Path) -> Grade:
    """Grade a unit in every format; what was said, and what was written."""

    def grade(unit: str) -> tuple[command.Ended, dict[str, str]]:
        course.stub(unit).write_text(WORK)
        pairs = [("--format", name, "--output", str(tmp_path / name)) for name in FORMATS]
        ran = command.grade(course.root, unit, *(word for pair in pairs for word in pair))
        return ran, {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}

    return grade


def test_every_format_says_the_same_score(grade_in_formats: Grade) -> None:
    ran, written = grade_in_formats("tiny")
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "Score 3/5" in ran.stdout
    assert written.keys() == set(FORMATS)
    assert written["markdown"].startswith("## Score 3/5\n")
    assert "\n::notice title=Score 3/5::" in written["github"]
    assert "\n::error file=exercises/tiny.py,line=5,title=tiny.halve%3A " in written["github"]
    for name, key in (("classroom", "max_score"), ("classroom50", "max-score")):
        result = json.loads(written[name])
        Draft202012Validator(schema(name)).validate(result)
        assert (sum(test["score"] for test in result["tests"]), result[key]) == (3, 5)
    assert json.loads(written["gradescope"])["score"] == 3
    (suite,) = ET.fromstring(written["junit"])
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    for text in written.values():
        assert "\x1b" not in text
        assert "\n::error file=a" not in text


def test_a_fault_of_the_grader_is_a_zero_in_no_format(grade_in_formats: Grade) -> None:
    ran, written = grade_in_formats("faulty")
    assert ran.returncode == 3
    assert written["markdown"].startswith("## Score withheld\n")
    assert "\n::warning title=Score withheld::" in written["github"]
    assert "\n::error" not in written["github"]
    classroom = json.loads(written["classroom"])
    assert (classroom["status"], classroom["max_score"]) == ("error", 0)
    assert '"score"' not in written["gradescope"]
    (suite,) = ET.fromstring(written["junit"])
    assert [p.get("name") for p in suite.findall("properties/property")] == ["max_points"]
    # Classroom 50 knows no result without a score: none is written, and whoever runs it is told.
    assert "classroom50" not in written
    assert "faulty.double: The suite is wrong" in ran.stderr
    assert "The score is withheld" in ran.stderr
