"""Work that is right, or nearly, and runs or loads differently than expected: what is said of it.

Each run grades several variants of the course's own solutions, one for each unit.
"""

import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from grader.course.model import read_course
from grader.errors import Frame, Raised
from grader.judge.options import Options
from grader.judge.session import Session
from grader.judge.unwritten import unwritten
from grader.report import Outcome, Report, TestResult
from grader.sandbox import jail
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
    with started(60.0) as session:
        yield session


@pytest.fixture(scope="module")
def impatient():
    with started(2.0) as session:
        yield session


@pytest.fixture
def grade(session, write):
    return partial(graded, session, write)


@pytest.fixture
def quick(impatient, write):
    return partial(graded, impatient, write)


def started(seconds: float) -> Session:
    options = Options(limits=Limits(call_seconds=seconds))
    return Session(read_course(ROOT), options, own_work=True)


def graded(session: Session, write: Any, *only: str, **texts: str) -> Report:
    """Of units, `only` these exercises where there are such."""
    folder = write({f"{unit}.py": text for unit, text in texts.items()})
    everything = session.course.everything
    work = read_submission(folder, list(everything))
    selection = {u: everything[u] & set(only) or everything[u] for u in texts}
    return session.grade(work, selection)


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
    report = grade("predict", "fit", "LinearRegressor", "train", sgd=sgd, regressor=regressor)
    assert said(report, "predict") == {("not_started", "predict is not written yet", None)}
    words = "fit calls predict, which is not written yet"
    assert said(report, "fit") == {("failed", words, None)}
    words = "LinearRegressor.forward is not written yet"
    assert said(report, "LinearRegressor") == {("failed", words, None)}
    assert said(report, "train") == {("not_started", "train is not written yet", None)}


def test_a_case_that_raises_it_on_purpose_is_an_ordinary_failure(grade):
    case = "    if lr > 0:\n        raise NotImplementedError('lr')\n"
    report = grade("sgd_step_", sgd=solution("sgd", (BODY, case + BODY)))
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
    outcome, said = unwritten(error, "A", {"a.py": TWO.format(text)})
    assert outcome is None
    assert said.startswith(likely)


def test_a_list_of_modules_that_is_called():
    error = raised('Module [ModuleList] is missing the required "forward" function')
    _, said = unwritten(error, "A", {"a.py": TWO.format("    def forward(self, x): return x")})
    assert said.startswith("A ModuleList only holds modules")


def test_a_name_that_stands_for_a_stub_is_not_begun():
    text = "def f(x):\n    return x\n\ndef g(x):\n    raise NotImplementedError\n\nf = g\n"
    error = raised("")
    error.frames = (Frame("a.py", 5, "g", "    raise NotImplementedError"),)
    assert unwritten(error, "f", {"a.py": text})[0] is Outcome.NOT_STARTED
    _, said = unwritten(error, "f", {"a.py": text.replace("f = g", "")})
    assert said == "this test also calls g, which is not written yet"


def raised(message: str) -> Raised:
    error = type("RaisedNotImplementedError", (Raised, NotImplementedError), {})(message)
    error.kind = "NotImplementedError"
    return error


# --- what stands outside functions

TRIALS = {
    "raises": "x = torch.ones(3, 1)\nprint(fit(x, x[:2]))\n",
    "asserts": "assert 1 == 2, 'no'\n",
    "ends": "import sys\nfor k in range(3):\n    sys.exit('done')\n",
    "ends in one line": "import sys; sys.exit(0)\n",
    "unbegun": "raise NotImplementedError('later')\n",
}
BELOW = (
    "\n\nLR = 0.25\nimport math\n\ndef late(x):\n    return math.floor(LR)\n\nprint('not run')\n"
)


@pytest.mark.parametrize("trial", TRIALS.values(), ids=TRIALS)
def test_a_trial_that_fails_costs_nothing_and_is_told_in_one_line(grade, trial):
    text = solution("sgd")
    above, _, predict = text.partition("def predict(")
    report = grade(
        "predict", sgd=f"{above}def mine():\n    pass\n\n{trial}{BELOW}\ndef predict({predict}"
    )
    assert lost(report) == []
    (note,) = report.notes
    assert note.startswith("sgd.py:")
    assert note.endswith("(outside the functions: they were graded all the same)")


NEEDED = {
    "import": "import no_such_module\n",
    "import in one line": "x = 1; import no_such_module; y = 2\n",
    "definition": "def again(x=fit.nothing):\n    pass\n",
    "class": "class A(fit):\n    pass\n",
}


@pytest.mark.parametrize("needed", NEEDED.values(), ids=NEEDED)
def test_what_may_be_needed_and_fails_is_why_nothing_was_loaded(grade, needed):
    text = solution("sgd")
    report = grade(sgd=f"{text}\n{needed}")
    line = text.count("\n") + 2
    assert report.units[0].message.startswith(f"sgd.py:{line}: ")


def test_the_line_that_ran_when_time_was_up_is_named(quick):
    loop = "\nprint('training')\nfor k in range(10**12):\n    mine(k)\n"
    mine = "\n\ndef mine(k):\n    import time\n    time.sleep(0.01)\n"
    stuck = "\nimport re\nre.match('(a*)*b', 'a' * 64)\n"  # it comes to no other line of Python
    sgd, regressor = solution("sgd") + mine, solution("regressor")
    endless = "    return endless()\n\n\ndef endless():\n    while True:\n        pass\n"
    relu = solution("activations", ("    return torch.where(x > 0, x, 0.0)\n", endless))
    report = quick("relu", activations=relu, sgd=sgd + loop, regressor=regressor + stuck)
    _, first, second = ((unit.message or "").splitlines() for unit in report.units)
    line = sgd.count("\n") + 4
    assert first[0] == f"sgd.py:{line}: no answer within 2 seconds; this line was running"
    assert first[1:3] == ["    mine(k)", "printed: training"]
    assert 'if __name__ == "__main__":' in first[3]
    assert second[1] == "    re.match('(a*)*b', 'a' * 64)"
    (late,) = [test for test in report.tests if test.outcome is Outcome.TIMED_OUT]
    assert relu.split("\n")[late.location.line - 1].strip() in ("while True:", "pass")


# --- where the work is loaded


def test_a_module_finds_itself_as_if_it_were_run_by_its_name(grade):
    check = """
import argparse, inspect, os, pathlib, sys
assert sys.argv == ["sgd.py"] and argparse.ArgumentParser().parse_args()
assert __name__ == "sgd" and os.path.isabs(__file__)
assert "def itself" in pathlib.Path(__file__).read_text()

def itself():
    pass

assert "def itself" in inspect.getsource(sys.modules[__name__])
assert inspect.getsource(itself).startswith("def itself")
"""
    regressor = "import sgd\n" + solution("regressor")
    report = grade("predict", sgd=solution("sgd") + check, regressor=regressor)
    assert lost(report) == []
    assert report.notes == ()


def test_a_default_that_work_changes_is_blamed_for_what_it_does(grade):
    change = "import torch\n", "import torch\n\ntorch.set_default_dtype(torch.float64)\n"
    wrong = "def predict(x, w, b):\n    return x.double() @ w.double()\n"
    sgd = solution("sgd", change)
    of_both = ("predict", "LinearRegressor", "MLPRegressor")
    regressor = "import sgd\n" + solution("regressor")
    report = grade(*of_both, regressor=regressor, sgd=f"{sgd}\n\n{wrong}")
    line = sgd[: sgd.index("torch.set_default")].count("\n") + 1
    blamed = [t for t in lost(report) if f"sgd.py:{line} changes the default" in (t.likely or "")]
    assert {t.exercise for t in blamed} >= {"LinearRegressor", "MLPRegressor"}
    of_layers = [t for t in blamed if t.exercise == "MLPRegressor"]
    assert all("same dtype" in t.got for t in of_layers)
    again = grade("MLPRegressor", regressor=solution("regressor"), sgd=sgd)
    assert [t for t in lost(again) if t.unit == "regressor"] == []


REFUSED = {
    "input('x')": "input()",
    "open('/etc/passwd')": "without your other files",
    "open('data.csv')": "without your other files",
    "__import__('numpy').loadtxt('data.csv')": "without your other files",
    "__import__('subprocess').run(['ls'])": "no processes",
    "__import__('os').popen('ls')": "no processes",
    "__import__('multiprocessing').Lock()": "no processes",
    "list(torch.utils.data.DataLoader([1], num_workers=2))": "no processes",
    "__import__('socket').socket()": "no connections",
    "__import__('asyncio').new_event_loop()": "no connections",
    "__import__('urllib.request').request.urlopen('http://example.com')": "without a network",
    "torch.hub.load('pytorch/vision', 'resnet18')": "without a network",
}


@pytest.mark.skipif(jail.unavailable() is not None, reason="nothing is refused here")
def test_what_the_sandbox_refuses_is_told(grade):
    sgd = ("predict", "mse", "mse_gradients", "zero_grads_", "fit", "fit_minibatch")
    activations = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "softmax")
    cases = iter(REFUSED.items())
    expected, texts = {}, {}
    for unit, names in (("sgd", sgd), ("activations", activations)):
        texts[unit] = "import torch\n"
        for name, (code, words) in zip(names, cases, strict=False):
            texts[unit] += f"def {name}(*args, **kwargs):\n    {code}\n"
            expected[unit, name] = code, words
    report = grade(**texts)
    assert len(expected) == len(REFUSED)
    for (unit, name), (code, words) in expected.items():
        tests = [test for test in report.tests if (test.unit, test.exercise) == (unit, name)]
        assert any(words in (test.likely or "") for test in tests), (code, tests[0])
    report = grade(sgd="import torch\n\nopen('data.csv')\n")
    assert "without your other files" in report.units[0].message
