"""The notebooks that `grade sync` makes, beside the modules, from the same solutions."""

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest
from markdown_it import MarkdownIt

from grader.course.model import find_course
from grader.course.stubs import Stub, stubs_of
from grader.judge.options import Options
from grader.judge.session import Session
from grader.report import Outcome
from grader.work.magics import without_magics
from grader.work.notebook import cells_of
from grader.work.submission import read_submission
from tests.grader.work.making import notebook

COURSE = find_course(Path(__file__))
UNITS = [unit.name for unit in COURSE.units]
STUBS = stubs_of(COURSE)
MODULES = {s.path.stem: s.text for s in STUBS if s.path.suffix == ".py"}
NOTEBOOKS = {s.path.stem: s.text for s in STUBS if s.path.suffix == ".ipynb"}


def definitions(text):
    """All of a module but its docstring, by what it does."""
    body = ast.parse(text).body
    docstring = ast.get_docstring(ast.parse(text)) is not None
    return [ast.unparse(node) for node in body[docstring:]]


def code(text):
    return "\n\n".join(without_magics(cell.text) for cell in cells_of(text.encode()))


def cell(text, identity):
    return next(c for c in json.loads(text)["cells"] if c["id"] == identity)


def test_there_is_one_for_every_unit():
    assert list(NOTEBOOKS) == list(MODULES) == UNITS


@pytest.mark.parametrize("unit", UNITS)
def test_it_defines_what_the_module_defines(unit):
    assert definitions(code(NOTEBOOKS[unit])) == definitions(MODULES[unit])


@pytest.mark.parametrize("unit", UNITS)
def test_it_is_a_valid_notebook_as_jupyter_would_write_it(unit):
    text = NOTEBOOKS[unit]
    made = nbformat.reads(text, as_version=4)
    nbformat.validate(made)
    assert nbformat.writes(made).rstrip("\n") + "\n" == text
    assert len({cell.id for cell in made.cells}) == len(made.cells)


@pytest.mark.parametrize("unit", UNITS)
def test_the_lesson_reads_as_it_does_in_the_module(unit):
    lesson = "".join(cell(NOTEBOOKS[unit], "lesson")["source"])
    docstring = ast.get_docstring(ast.parse(MODULES[unit]))
    assert "Check your work with" not in lesson
    tokens = MarkdownIt().parse(lesson)
    shown = [t.content for t in tokens if t.type == "code_block"]
    blocks = re.findall(r"(?:^ {4}.*\n|^\n(?= {4}))+", docstring + "\n", re.MULTILINE)
    assert [block.strip() for block in shown] == [
        re.sub("^    ", "", block, flags=re.MULTILINE).strip() for block in blocks[:-1]
    ]
    inline = [child for t in tokens if t.type == "inline" for child in t.children]
    kinds = {child.type for child in inline}
    assert kinds <= {"text", "softbreak", "code_inline", "text_special"}
    plain = " ".join("".join(c.content or " " for c in inline if c.type != "softbreak").split())
    prose = re.split("Replace each|Check your work", docstring)[0]
    for word in re.sub(r"^ {4}.*$|`", "", prose, flags=re.MULTILINE).split():
        assert word.strip(".") in plain


@pytest.mark.parametrize("unit", UNITS)
def test_every_exercise_has_a_title_a_stub_and_a_check(unit):
    known = COURSE.unit(unit)
    kinds = [c["id"] for c in json.loads(NOTEBOOKS[unit])["cells"]]
    expected = [f"{e.name}{part}" for e in known.exercises for part in ("-title", "", "-check")]
    assert kinds == ["lesson", "imports-", *expected]
    for exercise in known.exercises:
        title = "".join(cell(NOTEBOOKS[unit], f"{exercise.name}-title")["source"])
        assert title == f"## `{exercise.name}`: {exercise.title}"


def test_a_name_that_two_units_have_is_checked_with_its_unit():
    assert cell(NOTEBOOKS["sgd"], "predict-check")["source"] == ["%grade sgd.predict"]
    assert cell(NOTEBOOKS["regressor"], "predict-check")["source"] == ["%grade regressor.predict"]
    assert cell(NOTEBOOKS["sgd"], "mse-check")["source"] == ["%grade mse"]


def test_helpers_and_what_follows_the_exercises_are_kept(make_course):
    course = make_course()
    (unit,) = course.units
    solution = course.solution(unit.name)
    text = solution.read_text()
    helper = '"""A lesson."""\nimport math\n\nLIMIT = 3\n\n\ndef helper():\n    return LIMIT\n'
    solution.write_text(f"{helper}\n\n{text}\n\nLAST = 4\n")
    module, made = stubs_of(course)
    assert definitions(code(made.text)) == definitions(module.text)
    assert [c["id"] for c in json.loads(made.text)["cells"] if c["cell_type"] == "code"] == [
        *("imports-", "double", "double-check", "halve", "halve-check", "rest-"),
    ]


# --- what is in it is graded like the module


@pytest.fixture(scope="module")
def session():
    with Session(COURSE, Options(), own_work=True) as session:
        yield session


def graded(session, texts, folder):
    for unit, text in texts.items():
        (folder / f"{unit}.ipynb").write_text(text, encoding="utf-8")
    return session.grade(read_submission(folder, UNITS), COURSE.select([]), seed=3)


def filled(unit):
    """The notebook with each function of the solution in the place of its stub."""
    solution = COURSE.solution(unit).read_text(encoding="utf-8")
    nodes = {node.name: node for node in ast.parse(solution).body if hasattr(node, "name")}
    data = json.loads(NOTEBOOKS[unit])
    for one in data["cells"]:
        if one["id"] in nodes:  # what the exercise is given may stand before it
            given = ast.parse("".join(one["source"])).body
            defined = [node.name for node in given if hasattr(node, "name")]
            parts = [ast.get_source_segment(solution, nodes[name]) for name in defined]
            one["source"] = "\n\n\n".join(parts)
    return json.dumps(data)


def test_with_the_solutions_in_it_each_notebook_earns_full_marks(session, tmp_path):
    report = graded(session, {unit: filled(unit) for unit in UNITS}, tmp_path)
    lost = [(t.id, t.message) for t in report.tests if t.outcome is not Outcome.PASSED]
    assert not lost
    assert report.score == report.max_score


def test_without_them_it_is_not_started(session, tmp_path):
    report = graded(session, NOTEBOOKS, tmp_path)
    assert {test.outcome for test in report.tests} == {Outcome.NOT_STARTED}
    assert not [note for note in report.notes if "left out" in note]


# --- somebody's work in it


def test_a_notebook_with_work_in_it_is_not_overwritten(tmp_path):
    path = tmp_path / "sgd.ipynb"
    stub = Stub(path, NOTEBOOKS["sgd"])
    assert not stub.holds_work()
    path.write_text(stub.text, encoding="utf-8")
    assert stub.is_written()
    assert not stub.holds_work()
    path.write_bytes(notebook("x = 1"))
    assert stub.holds_work()
    path.write_text(stub.text.replace('raise NotImplementedError(\\"mse\\")', "return 0"), "utf-8")
    assert stub.holds_work()


def test_a_notebook_that_was_opened_and_saved_holds_no_work(tmp_path):
    path = tmp_path / "sgd.ipynb"
    stub = Stub(path, NOTEBOOKS["sgd"])
    data = json.loads(stub.text) | {"metadata": {"widgets": {}}}
    for one in data["cells"]:
        one["id"] = f"{one['id']}-2"
    path.write_text(json.dumps(data))
    assert not stub.is_written()
    assert not stub.holds_work()


def test_a_notebook_that_cannot_be_read_may_hold_work(tmp_path):
    path = tmp_path / "sgd.ipynb"
    path.write_text("<<<<<<< HEAD\n")
    assert Stub(path, NOTEBOOKS["sgd"]).holds_work()
