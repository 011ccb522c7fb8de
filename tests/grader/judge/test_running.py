"""Work that is right, or nearly, and runs or loads differently than expected: what is said of it.

Each run grades several variants of the course's own solutions, one for each unit.
"""

import re
from pathlib import Path

import pytest

from grader.course.model import read_course
from grader.errors import Raised
from grader.judge.options import Options
from grader.judge.session import Session
from grader.judge.unwritten import unwritten
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


# --- what raises NotImplementedError

DELETE = "still says raise NotImplementedError: delete that line"
BODY = "    with torch.no_grad():\n        for p in params:\n            if p.grad is not None:\n"
LEFT_BELOW = ("                p -= lr * p.grad\n", "                p -= lr * p.grad\n    {}\n")
LEFT_ABOVE = (BODY + "                p -= lr", "    {}\n" + BODY + "                p -= lr")
RAISE = 'raise NotImplementedError("sgd_step_")'


def said(report: Report, exercise: str) -> set[tuple[str, str | None, str | None]]:
    tests = [test for test in lost(report) if test.exercise == exercise]
    return {(str(test.outcome), test.message, test.likely) for test in tests}


@pytest.mark.parametrize("edit", [LEFT_BELOW, LEFT_ABOVE], ids=["below", "above"])
def test_the_line_of_a_stub_that_was_left_is_named(grade, edit):
    old, new = edit
    text = solution("sgd", (old, new.format(RAISE)))
    line = text[: text.index(RAISE)].count("\n") + 1
    report = grade(sgd=text)
    written = f"is written, but line {line} {DELETE}"
    assert said(report, "sgd_step_") == {("failed", f"sgd_step_ {written}", None)}
    for caller in ("fit", "fit_minibatch"):
        words = f"{caller} calls sgd_step_, which {written}"
        assert said(report, caller) == {("failed", words, None)}
    assert {str(t.location) for t in lost(report)} == {f"sgd.py:{line}"}


def stub(unit: str, *names: str) -> str:
    """The solution of a unit, with the stubs of these functions."""
    text = solution(unit)
    for name in names:
        pattern = rf'((?:    )?)(def {name}\(.*?""".*?""")\n.*?(?=\n\n *(?:def|class) |\n\n\n|\Z)'
        body = r"\1\2" + "\n\\1    raise NotImplementedError\n"
        text, count = re.subn(pattern, body, text, count=1, flags=re.S)
        assert count
    return text


def test_work_that_calls_what_is_not_begun_says_which(grade):
    sgd, regressor = stub("sgd", "predict"), stub("regressor", "forward", "train")
    report = grade(sgd=sgd, regressor=regressor)
    assert said(report, "predict") == {("not_started", "predict is not written yet", None)}
    words = "fit calls predict, which is not written yet"
    assert said(report, "fit") == {("failed", words, None)}
    words = "LinearRegressor.forward is not written yet"
    assert said(report, "LinearRegressor") == {("failed", words, None)}
    assert said(report, "train") == {("not_started", "train is not written yet", None)}


def test_a_case_that_raises_it_on_purpose_is_an_ordinary_failure(grade):
    case = "    if lr > 0:\n        raise NotImplementedError('lr')\n"
    report = grade(sgd=solution("sgd", (BODY, case + BODY)))
    assert {words[:2] for words in said(report, "sgd_step_")} == {
        ("failed", "it raised NotImplementedError")
    }


TWO = "class A(nn.Module):\n    def __init__(self):\n        super().__init__()\n{}\n"
NO_FORWARD = {
    "    def foward(self, x): pass": "A defines foward (line 4): is forward misspelled?",
    "    def Forward(self, x): pass": "A defines Forward (line 4): is forward misspelled?",
    "    def __forward__(self, x): pass": "A defines __forward__ (line 4): is forward",
    "        def forward(self, x): pass": "forward (line 4) is indented into __init__, so",
    "def forward(self, x): pass": "forward (line 4) stands outside the class A: indent it.",
    "    def predict(self, x): pass": "A has no forward: a module needs def forward",
}


@pytest.mark.parametrize(("text", "likely"), NO_FORWARD.items(), ids=range(len(NO_FORWARD)))
def test_why_torch_finds_no_forward(text, likely):
    error = raised('Module [A] is missing the required "forward" function')
    found = unwritten(error, "A", {"a.py": TWO.format(text)})
    assert found.message is None
    assert found.likely.startswith(likely)


def test_a_list_of_modules_that_is_called():
    error = raised('Module [ModuleList] is missing the required "forward" function')
    found = unwritten(error, "A", {"a.py": TWO.format("    def forward(self, x): return x")})
    assert found.likely.startswith("A ModuleList only holds modules")


def raised(message: str) -> Raised:
    error = type("RaisedNotImplementedError", (Raised, NotImplementedError), {})(message)
    error.kind = "NotImplementedError"
    return error
