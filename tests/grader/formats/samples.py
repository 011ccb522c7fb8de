"""Reports that cover every outcome, shared by the tests of the formats."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from grader.report import ExerciseResult, Location, Outcome, Report, TestResult, UnitResult

UNITS = {
    "reshaping": ("infer_shape", "flatten_batch", "split_heads", "patchify"),
    "activations": ("sigmoid", "tanh", "relu", "softmax"),
    "gradients": ("derivative", "gradient", "jacobian", "descend"),
    "sgd": ("predict", "mse", "sgd_step_", "fit"),
    "regressor": ("LinearRegressor", "train", "evaluate", "predict"),
}
HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07 \x9b31m \u202egnol\u202c \u200b\u2066 \ud800 \x00 \r\b\x7f \u2028"
    " [bold]markup[/] [/] :smile: \u115f\ufe0f\u3164 漢字 e\u0301 👩\u200d💻 \t|\n::error::owned\n"
    + "W"
    * 300
)


def one(
    outcome: Outcome, title: str = "Every row sums to one.", points: int = 2, **texts: Any
) -> TestResult:
    name = f"test_{title}"
    return TestResult("unit", "exercise", name, title, outcome, points, **texts)


def unit(
    name: str, tests: Callable[[str], tuple[TestResult, ...]], message: str | None = None
) -> UnitResult:
    exercises = tuple(ExerciseResult(exercise, tests(exercise)) for exercise in UNITS[name])
    return UnitResult(name, name.capitalize(), exercises, message)


def all_of(outcome: Outcome, **texts: Any) -> Callable[[str], tuple[TestResult, ...]]:
    def tests(exercise: str) -> tuple[TestResult, ...]:
        return (
            one(outcome, f"{exercise} does what its contract says.", 4, **texts),
            one(outcome, f"{exercise} leaves its input as it was.", 1, **texts),
        )

    return tests


def report(*units: UnitResult, **fields: Any) -> Report:
    known: Any = {"seed": 7, "device": "cpu", "versions": {"python": "3.11.7", "torch": "2.13.0"}}
    return Report(units=units, **(known | fields))


OVERFLOW = one(
    Outcome.FAILED,
    "Softmax must not overflow for large inputs.",
    3,
    message="values differ",
    called="softmax(tensor([1000., 1001.]), dim=0)",
    expected="tensor([0.2689, 0.7311])",
    got="tensor([nan, nan])",
    likely="exp(1000) is infinite in float32. Subtracting the largest input first changes nothing "
    "in the result and keeps every exponent at or below 0.",
    location=Location("exercises/activations.py", 61),
    printed="".join(f"step {step}: largest exponent {step * 100}.0\n" for step in range(22)),
    seconds=0.012,
)
RAISED = one(
    Outcome.FAILED,
    "Each head takes its own block of D // heads neighbouring features.",
    message="it raised IndexError",
    called="split_heads(tensor of shape (2, 4, 6), heads=3)",
    expected="tensor([[[ 0.,  1.],\n         [ 6.,  7.]],\n"
    "\n        [[ 2.,  3.],\n         [ 8.,  9.]]])",
    got="IndexError: Dimension out of range (expected to be in range of [-3, 2], but got 3)",
    location=Location("exercises/reshaping.py", 104),
)
CRASHED = one(
    Outcome.CRASHED, "Is max(0, x) for any shape.", 4, message="the process ended: signal 11"
)
TIMED_OUT = one(
    Outcome.TIMED_OUT, "Two calls for each element.", 1, called="gradient(f, tensor([1., 2.]))"
)
WAITING = one(
    Outcome.BLOCKED,
    "Works for batch size 1.",
    1,
    message="not run: first make this one pass: Every row sums to one.",
)
PENDING = one(Outcome.PENDING, "Works on a GPU.", 3, message="this machine has no cuda")
FAULT = one(
    Outcome.GRADER_FAULT,
    "Each loss is taken before its update.",
    3,
    message="the test itself failed: RuntimeError: expected scalar type Float but found Double",
)
ON_A_GPU = TestResult(
    "sgd",
    "predict",
    "test_line",
    "Gradients flow through it to x, w and b.",
    Outcome.FAILED,
    1,
    message="it raised RuntimeError",
    called="predict(tensor([[1., 2.]]))",
    got="RuntimeError: Expected all tensors to be on the same device (torch.zeros(1), line 55)",
    likely="torch.zeros(1) is made on the CPU: say device=x.device.",
    location=Location("exercises/sgd.py", 55),
)
SYNTAX_ERROR = """\
exercises/sgd.py:31: closing parenthesis ']' does not match opening parenthesis '('
    return torch.stack([(x[:, None] * w).sum(dim=1), (b[None] + torch.zeros(3)]).mean(dim=0)
                                                                              ^"""


def _typical(exercise: str) -> tuple[TestResult, ...]:
    begun = {
        "split_heads": (
            one(Outcome.PASSED, "The result is a view of the input."),
            RAISED,
            one(Outcome.FAILED, "A number of heads that does not divide D is refused.", 1),
        ),
        "softmax": (OVERFLOW, one(Outcome.FAILED, points=1), WAITING),
        "relu": (CRASHED, one(Outcome.NOT_STARTED, "Keeps the dtype of its input.", 1)),
        "gradient": (TIMED_OUT, one(Outcome.CRASHED, points=1), PENDING),
    }
    if exercise in begun:
        return begun[exercise]
    done = exercise in ("infer_shape", "flatten_batch", "sigmoid", "derivative")
    return all_of(Outcome.PASSED if done else Outcome.NOT_STARTED)(exercise)


_UNLOADED = unit("sgd", all_of(Outcome.BLOCKED, message="sgd did not load"), SYNTAX_ERROR)


def _spoken(outcome: Outcome, text: str, message: str | None, seconds: float) -> UnitResult:
    texts: Any = dict.fromkeys(("message", "called", "expected", "got", "likely", "printed"), text)
    test = one(outcome, text, location=Location(text, 3), seconds=seconds, **texts)
    return UnitResult(text, text, (ExerciseResult(text, (test, test)),), message)


def report_of(text: str, seconds: float = 0.0) -> Report:
    """Every outcome, with `text` wherever there can be text."""
    return report(
        *(_spoken(outcome, text, said, seconds) for outcome in Outcome for said in (None, text)),
        device=text,
        versions={text: text},
        notes=(text,),
        rehearsals=tuple(
            test
            for outcome in (Outcome.REHEARSED, Outcome.FAILED, Outcome.PENDING)
            for exercise in _spoken(outcome, text, text, seconds).exercises
            for test in exercise.tests
        ),
    )


TYPICAL = report(
    unit("reshaping", _typical),
    unit("activations", _typical),
    unit("gradients", _typical),
    _UNLOADED,
    unit("regressor", all_of(Outcome.NOT_STARTED)),
    notes=("no sandbox here: this kernel has no Landlock (Linux 5.13 or later has it)",),
)
SAMPLES = {
    "untouched": report(*(unit(name, all_of(Outcome.NOT_STARTED)) for name in UNITS)),
    "full marks": report(*(unit(name, all_of(Outcome.PASSED)) for name in UNITS)),
    "typical": TYPICAL,
    "not loaded": report(_UNLOADED, unit("regressor", all_of(Outcome.NOT_STARTED))),
    "all failed": report(*(unit(name, all_of(Outcome.FAILED)) for name in UNITS)),
    "all crashed": report(*(unit(name, all_of(Outcome.CRASHED)) for name in UNITS)),
    "all timed out": report(*(unit(name, all_of(Outcome.TIMED_OUT)) for name in UNITS)),
    "all blocked": report(unit("sgd", all_of(Outcome.BLOCKED))),
    "pending": report(unit("sgd", lambda _: (one(Outcome.PASSED), PENDING)), device="cuda:0"),
    "grader fault": report(
        unit("activations", _typical), unit("regressor", lambda _: (one(Outcome.PASSED), FAULT))
    ),
    "rehearsed": report(
        unit("sgd", all_of(Outcome.PASSED)),
        device="rehearsal",
        rehearsals=(
            one(Outcome.REHEARSED),
            ON_A_GPU,
            one(Outcome.PENDING, message="lstm_cell cannot be rehearsed: it needs a real GPU"),
        ),
    ),
    "hostile": report_of(HOSTILE, float("nan")),
    "no units": report(),
}

any_text = st.text(st.one_of(st.sampled_from(HOSTILE), st.characters(exclude_categories=())))
