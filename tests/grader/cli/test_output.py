"""The formats as a workflow asks for them: through the command, over work that tries things."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from grader.course.model import Course
from tests.grader import command
from tests.grader.formats.hostile import schema
from tests.grader.formats.pages import MARKUP, read

SCHEMA = json.loads((command.ROOT / "docs" / "report.schema.json").read_text("utf-8"))
FORMATS = (
    *("json", "markdown", "github", "classroom", "classroom50", "gradescope", "junit", "gcc"),
)
TRICKS = "\\n::error file=a:b::owned\\n##[error]owned\\n```\\n<img src=x> @user #1 | \\x1b[2J\\n"
WORK = f"""
def double(x): return x + x
def halve(x):
    print("{TRICKS}")
    raise ValueError("{TRICKS}")
"""
MARKED_UP = f"""
def double(x):
    return x + 2

def halve(x):
    print({MARKUP!r})
    raise ValueError({MARKUP!r})
"""
# Leaves a trace of having been asked for.
DRAWING = """
from pathlib import Path

import torch

from grader.suite.pictures import curves

Path(__file__).with_name("drawn").touch()


def double(student, reference):
    x = torch.arange(5.0)
    right = reference.double(x)
    return curves("double(x)", "x", "twice x", x, student.double(x), right)


def halve(student, reference):
    return curves("halve(x)", "x", "half of x", [1.0], [student.halve(1.0)], [reference.halve(1.0)])
"""
Grade = Callable[[str], tuple[command.Ended, dict[str, str]]]


@pytest.fixture
def grade_in_formats(course: Course, tmp_path: Path) -> Grade:
    """Grade a unit in every format; what was said, and what was written."""

    def grade(unit: str) -> tuple[command.Ended, dict[str, str]]:
        course.stub(unit).write_text(WORK)
        (course.suites_folder / f"pictures_{unit}.py").write_text(DRAWING)
        pairs = [("--format", name, "--output", str(tmp_path / name)) for name in FORMATS]
        ran = command.grade(course.root, unit, *(word for pair in pairs for word in pair))
        return ran, {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}

    return grade


def test_every_format_says_the_same_score(grade_in_formats: Grade, course: Course) -> None:
    ran, written = grade_in_formats("tiny")
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "Score 3/5" in ran.stdout
    assert written.keys() == set(FORMATS)
    assert written["markdown"].startswith("## Score 3/5\n")
    assert "\n::notice title=Score 3/5::" in written["github"]
    assert "\n::error file=exercises/tiny.py,line=5,title=tiny.halve%3A " in written["github"]
    for name, key in (("classroom", "max_score"), ("classroom50", "max-score")):
        result = json.loads(written[name])
        jsonschema.validate(result, schema(name))
        assert (sum(test["score"] for test in result["tests"]), result[key]) == (3, 5)
    assert json.loads(written["gradescope"])["score"] == 3
    (suite,) = ET.fromstring(written["junit"])
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    for text in written.values():
        assert "\x1b" not in text
        assert "\n::error file=a" not in text
    assert not (course.suites_folder / "drawn").exists()  # since nobody asked for a page


def test_the_ending_of_a_file_tells_its_format(course: Course, tmp_path: Path) -> None:
    names = ("a.json", "b.html", "c.md", "d.XML", "e.txt")
    outputs = [word for name in names for word in ("--output", str(tmp_path / name))]
    ran = command.grade(course.root, "tiny", *outputs)
    assert "Score" in ran.stdout
    assert ran.stderr == ""
    json_, html, markdown, junit, text = ((tmp_path / name).read_text("utf-8") for name in names)
    assert json.loads(json_)["max_score"] == 5
    assert html.startswith("<!doctype html>")
    assert markdown.startswith("## Score ")
    assert ET.fromstring(junit).tag == "testsuites"
    assert "\nScore " in text


def test_a_fault_of_the_grader_is_a_zero_in_no_format(grade_in_formats: Grade) -> None:
    ran, written = grade_in_formats("faulty")
    assert ran.returncode == 3
    report = json.loads(written["json"])
    jsonschema.validate(report, SCHEMA)
    assert (report["status"], report["score"]) == ("grader_fault", None)
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


def test_a_page_shows_the_failures_and_draws_what_can_be_drawn(course: Course) -> None:
    course.stub("tiny").write_text(MARKED_UP)
    (course.suites_folder / "pictures_tiny.py").write_text(DRAWING)
    output = course.root / "report.html"
    ran = command.grade(course.root, "tiny", "--format", "html", "--output", output)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "Score 0/5" in ran.stdout
    page = read(output.read_text(encoding="utf-8"))
    assert page.elements.count("figure") == 1
    for said in ("0 of 5 points", "double(x)", "twice x", "Every number is halved", "<script>"):
        assert said in page.text
    assert (course.suites_folder / "drawn").exists()
