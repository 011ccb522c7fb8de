"""Work that is right, or nearly, and runs or loads differently than expected: what is said of it.

Each run grades several variants of the course's own solutions, one for each unit.
"""

import re
from pathlib import Path

import pytest

from grader.course.model import read_course
from grader.judge.options import Options
from grader.judge.session import Session
from grader.report import Outcome, Report, TestResult
from grader.sandbox.limits import Limits
from grader.work.submission import read_submission

ROOT = Path(__file__).parents[3]
MARKERS = re.compile(r"^ *# (?:BEGIN|END) SOLUTION\n", re.MULTILINE)
PRINTS = """
    print("x =", x, f"{x}", x.detach() > 0, x[..., None], [x])
    import logging
    logging.warning("x is %s", x * 1e9)
"""
COMPILES = {
    "activations": [
        ("def relu(", "@torch.compile(backend='eager', fullgraph=True)\ndef relu("),
        ("def sigmoid(", "@torch.jit.script\ndef sigmoid("),
        ("def tanh(", "@torch.compiler.disable\ndef tanh("),
        ("def elu(", "@torch.jit.script_if_tracing\ndef elu("),
    ],
    "sgd": [("def predict(", "@torch.compile\ndef predict(")],
    "regressor": [
        ("        super().__init__()\n", "        super().__init__()\n        self.compile()\n"),
        ("import torch\n", "import torch\nimport torch._dynamo as d\nd.reset()\n"),
    ],
}


@pytest.fixture(scope="module")
def session():
    course = read_course(ROOT)
    with Session(course, Options(limits=Limits(call_seconds=60.0)), own_work=True) as session:
        yield session


@pytest.fixture
def grade(session, write):
    def grade(**texts: str) -> Report:
        folder = write({f"{unit}.py": text for unit, text in texts.items()})
        work = read_submission(folder, list(session.course.everything))
        return session.grade(work, {u: session.course.everything[u] for u in texts})

    return grade


def solution(unit: str, *edits: tuple[str, str]) -> str:
    text = MARKERS.sub("", (ROOT / "solutions" / f"{unit}.py").read_text("utf-8"))
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return text


def lost(report: Report) -> list[TestResult]:
    assert [unit.message for unit in report.units] == [None] * len(report.units)
    return [test for test in report.tests if test.outcome is not Outcome.PASSED]


def test_a_tensor_that_is_printed_is_no_work(grade):
    text = solution("activations")
    for name in ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "softmax"):
        text = re.sub(rf'(def {name}\(.*?""".*?""")\n', lambda m: m[1] + PRINTS, text, flags=re.S)
    assert lost(grade(activations=text)) == []


def test_what_is_to_be_compiled_runs_as_it_is_written(grade):
    report = grade(**{unit: solution(unit, *edits) for unit, edits in COMPILES.items()})
    assert lost(report) == []
