import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from grader.formats.terminal import render
from grader.report import ExerciseResult, Outcome, Report, UnitResult

from .samples import HOSTILE, SAMPLES, SYNTAX_ERROR, TYPICAL, any_text, one, report, report_of

WIDTHS = (40, 80, 120)
ANSI = re.compile(r"\x1b\[[0-9;]*m")
GOLDEN = """\
note: no sandbox here: this kernel has no Landlock (Linux 5.13 or later has it)

reshaping    ██████░░░░   12/20  in progress
activations  ██░░░░░░░░    5/20  in progress
gradients    ██░░░░░░░░    5/20  in progress
sgd          ░░░░░░░░░░    0/20  did not load
regressor    ░░░░░░░░░░    0/20  not started
total                    22/100

What to look at next

reshaping.split_heads  2/5
  Each head takes its own block of D // heads neighbouring features          0/2
    called    split_heads(tensor of shape (2, 4, 6), heads=3)
    expected  tensor([[[ 0.,  1.],
                       [ 6.,  7.]],

                      [[ 2.,  3.],
                       [ 8.,  9.]]])
    got       IndexError: Dimension out of range (expected to be in range of
              [-3, 2], but got 3)
    look at   exercises/reshaping.py:104
  also: A number of heads that does not divide D is refused                  0/1

activations.relu  0/5
  Is max(0, x) for any shape (crashed)                                       0/4
    problem   the process ended: signal 11
  also: Keeps the dtype of its input (not written yet)                       0/1

activations.softmax  0/5
  Softmax must not overflow for large inputs                                 0/3
    called    softmax(tensor([1000., 1001.]), dim=0)
    problem   values differ
    expected  tensor([0.2689, 0.7311])
    got       tensor([nan, nan])
    likely    exp(1000) is infinite in float32. Subtracting the largest input
              first changes nothing in the result and keeps every exponent at or
              below 0.
    look at   exercises/activations.py:61
    printed   step 0: largest exponent 0.0
              step 1: largest exponent 100.0
              step 2: largest exponent 200.0
              step 3: largest exponent 300.0
              step 4: largest exponent 400.0
              step 5: largest exponent 500.0
              step 6: largest exponent 600.0
              step 7: largest exponent 700.0
              step 8: largest exponent 800.0
              step 9: largest exponent 900.0
              … (12 more lines)
  also: Every row sums to one                                                0/1
  not run: first make this one pass: Every row sums to one.                  0/1

gradients.gradient  0/5
  Two calls for each element (timed out)                                     0/1
    called    gradient(f, tensor([1., 2.]))
    problem   no answer in time
  also: Every row sums to one (crashed)                                      0/1

sgd did not load, so none of it could be checked
  exercises/sgd.py:31: closing parenthesis ']' does not match opening
  parenthesis '('
      return torch.stack([(x[:, None] * w).sum(dim=1), (b[None] + torch.zeros(3)
  ]).mean(dim=0)
  ^

not started  reshaping: patchify  (5 points)
not started  activations: tanh  (5 points)
not started  gradients: jacobian, descend  (10 points)
not started  regressor: all 4 exercises  (20 points)

pending  this machine has no cuda: 3 points pending

Score 22/100  seed 7 · device cpu
Next: grade hint reshaping.split_heads
"""

every_sample = pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
every_width = pytest.mark.parametrize("width", WIDTHS)


def plain(sample: Report, width: int = 80) -> str:
    return render(sample, width=width, color=False)


def assert_readable(page: str, width: int) -> None:
    """No line too long, no space at an end, nothing that acts on a terminal."""
    for line in page.split("\n"):
        assert line.isprintable()
        assert line == line.rstrip()
        assert cell_len(line) <= width


def test_a_typical_report_reads_like_this() -> None:
    assert plain(TYPICAL) == GOLDEN


@every_sample
@every_width
def test_a_page_is_readable_without_color(sample: Report, width: int) -> None:
    assert_readable(plain(sample, width), width)


@every_sample
@every_width
def test_color_adds_color_alone(sample: Report, width: int) -> None:
    page = render(sample, width=width, color=True)
    assert ANSI.search(page)
    assert ANSI.sub("", page) == plain(sample, width)


@given(any_text, st.sampled_from(WIDTHS))
def test_no_text_breaks_the_page(text: str, width: int) -> None:
    assert_readable(plain(report_of(text), width), width)


@pytest.mark.parametrize("width", [-1, 0, 1, 29, 31, 10_000])
def test_no_width_breaks_the_page(width: int) -> None:
    for sample in SAMPLES.values():
        assert_readable(plain(sample, width), min(max(width, 30), 100))


def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = plain(TYPICAL), render(TYPICAL, width=80, color=True)
    for name, value in (
        ("NO_COLOR", "1"),
        ("FORCE_COLOR", "1"),
        ("TERM", "dumb"),
        ("COLUMNS", "9"),
    ):
        monkeypatch.setenv(name, value)
        assert (plain(TYPICAL), render(TYPICAL, width=80, color=True)) == pages


def test_untouched_stubs_fit_a_screen_and_say_where_to_start() -> None:
    page = plain(SAMPLES["untouched"])
    assert page.count("\n") <= 24
    assert "nothing is wrong yet" in page
    assert "infer_shape in exercises/reshaping.py" in page
    assert page.endswith("Next: grade hint reshaping.infer_shape\n")


def test_full_marks_are_short() -> None:
    page = plain(SAMPLES["full marks"])
    assert page.count("\n") <= 10
    assert page.endswith("Score 100/100  seed 7 · device cpu\nAll done.\n")


def test_who_is_done_reads_what_comes_next() -> None:
    page = render(SAMPLES["full marks"], width=80, color=False, after="sgd.mse, how far off?")
    assert page.endswith("\nAll done.\nNext: sgd.mse, how far off?\n")


def test_who_graded_the_work_of_others_is_offered_no_hint() -> None:
    for sample in ("typical", "untouched"):
        own, other = (
            render(SAMPLES[sample], width=80, color=False, own=own) for own in (True, False)
        )
        assert "\nNext: " in own
        assert "Next: " not in other
        assert "nothing is wrong yet" not in other
        assert "\nScore " in other


def test_what_is_not_started_is_not_among_what_is_wrong() -> None:
    wrong, waiting = plain(TYPICAL).split("not started  reshaping", 1)
    assert "patchify" not in wrong
    assert waiting.startswith(": patchify  (5 points)\n")
    assert "not started  regressor: all 4 exercises  (20 points)\n" in waiting


def test_names_that_do_not_fit_are_left_out() -> None:
    tests = (one(Outcome.NOT_STARTED),)
    exercises = tuple(ExerciseResult(f"exercise_{n}", tests) for n in range(20))
    begun = ExerciseResult("begun", (one(Outcome.PASSED),))
    (row,) = (
        line
        for line in plain(report(UnitResult("sgd", "", (begun, *exercises)))).split("\n")
        if line.startswith("not started")
    )
    assert row.endswith("exercise_3, …  (40 points)")


def test_a_module_that_did_not_load_is_explained_once() -> None:
    page = plain(SAMPLES["not loaded"], 100)
    shown = "".join(f"  {line}\n" for line in SYNTAX_ERROR.split("\n"))
    assert page.count("did not load, so") == page.count("does not match") == page.count(shown) == 1
    assert "sgd.predict" not in page
    assert "Next: make sgd load" in page


def test_a_caret_stays_under_what_it_marks_when_the_line_is_cut() -> None:
    message = f"{'a' * 50}b\n{' ' * 50}^\nSyntaxError: no"
    page = plain(report(UnitResult("sgd", "", (), message)), 40)
    assert f"  {'a' * 38}\n  {'a' * 12}b\n  {' ' * 12}^\n  SyntaxError: no\n" in page


def test_what_is_pending_says_why_and_how_much() -> None:
    page = plain(SAMPLES["pending"])
    assert "pending  this machine has no cuda: 12 points pending\n" in page
    assert "What to look at next" not in page


def test_a_fault_of_the_grader_withholds_the_score() -> None:
    page = plain(SAMPLES["grader fault"])
    assert "not your fault" in page
    assert "expected scalar type Float but found" in page
    assert "… (1 more fault)" in page
    assert "Score withheld" in page
    assert "?/20  grader fault" in page


def test_a_message_that_repeats_the_other_rows_is_left_out() -> None:
    def page(message: str) -> str:
        test = one(Outcome.FAILED, message=message, expected="tensor(1.)", got="tensor(2.)")
        return plain(report(UnitResult("sgd", "", (ExerciseResult("mse", (test,)),))))

    assert "problem" not in page("Every row sums to one")
    assert "problem   it raised ValueError" in page("it raised ValueError")


def test_printed_output_is_bounded() -> None:
    test = one(Outcome.FAILED, printed="loss\n" * 5000)
    page = plain(report(UnitResult("sgd", "", (ExerciseResult("fit", (test,)),))))
    assert page.count("loss") == 10
    assert "… (4,990 more lines)" in page


def test_a_screen_shows_a_few_failures_in_full_and_names_the_others() -> None:
    page = render(TYPICAL, width=80, color=False, most=3)
    assert_readable(page, 80)
    assert page.count("called") == 2  # the third crashed before it was called
    assert "also failing: gradients.gradient 0/5\n" in page
    assert "To look at one: grade gradients.gradient\n" in page
    assert "sgd did not load" in page
    assert page.endswith(
        "Score 22/100  seed 7 · device cpu\nNext: grade hint reshaping.split_heads\n"
    )
    assert render(TYPICAL, width=80, color=False, most=4) == plain(TYPICAL)


def test_what_a_passing_exercise_prints_is_shown_and_bounded() -> None:
    def passing(name: str, *printed: str | None) -> ExerciseResult:
        tests = (one(Outcome.PASSED, str(n), printed=text) for n, text in enumerate(printed))
        return ExerciseResult(name, tuple(tests))

    failing = ExerciseResult("fit", (one(Outcome.PASSED, printed="no"), one(Outcome.FAILED)))
    quiet = [passing("mse", None, None), passing("loss", "\n \n")]
    noisy = [passing(f"noisy_{n}", f"x{n}\n" * 8, None, HOSTILE * 9) for n in range(5)]
    page = plain(report(UnitResult("sgd", "", (failing, *quiet, *noisy))))
    assert_readable(page, 80)
    assert page.count("printed\n") == 3
    assert "sgd.noisy_0 printed\n    x0\n    x0\n" in page
    assert "also printed: sgd.noisy_3, sgd.noisy_4\n" in page
    assert page.count("more lines)") == 3
    assert not {"sgd.mse printed", "sgd.loss printed", "sgd.fit printed"} & {*page.split("\n")}


def test_a_command_with_a_path_stays_in_one_piece() -> None:
    for width, next_step in ((80, "Next: .venv/bin/"), (50, "Next:\n.venv/bin/")):
        page = render(TYPICAL, width=width, color=False, command=".venv/bin/python -m grader")
        assert page.endswith(f"{next_step}python -m grader hint reshaping.split_heads\n")


def test_the_first_step_names_the_command_that_works() -> None:
    page = render(SAMPLES["untouched"], width=80, color=False, command="python -m grader")
    assert "save, and run python -m grader again." in " ".join(page.split())
    assert "run grade again." in plain(SAMPLES["untouched"])


def test_formats_load_without_torch() -> None:
    code = (
        "import sys, grader.formats.terminal, grader.formats.json;"
        "sys.exit(bool({'torch', 'numpy', 'pytest'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


def test_what_would_fail_on_a_gpu_stands_apart_and_costs_nothing() -> None:
    page = plain(SAMPLES["rehearsed"])
    assert (
        """\
1 test passed on the rehearsal device.
Not rehearsed: 1 test (lstm_cell cannot be rehearsed: it needs a real GPU).

Would fail on a GPU
Rehearsed on the CPU, with the work's tensors on another device. It costs no
points.

sgd.predict
  Gradients flow through it to x, w and b
    called    predict(tensor([[1., 2.]]))
"""
        in page
    )
    assert "look at   exercises/sgd.py:55" in page
