from collections.abc import Iterator

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from grader.formats.markdown import render
from grader.formats.parts.gfm import code, fenced
from grader.report import ExerciseResult, Outcome, Report, UnitResult

from .hostile import PIECES, crowded, texts
from .samples import HOSTILE, SAMPLES, TYPICAL, one, report, report_of

GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
LIMIT = 60_000


def leaves(page: str) -> Iterator[Token]:
    for token in GITHUB.parse(page):
        yield from token.children if token.children is not None else [token]


def skeleton(page: str) -> list[tuple[str, str]]:
    """What GitHub makes of a page, but for what stands in code."""
    return [
        (token.type, "" if token.type in ("code_inline", "fence") else token.content)
        for token in leaves(page)
    ]


OF_PLAIN_TEXT = skeleton(render(report_of("x")))


def shown_as_code(page: str) -> str:
    return "\n".join(t.content for t in leaves(page) if t.type in ("code_inline", "fence"))


def test_a_typical_report_has_the_score_a_table_and_the_feedback() -> None:
    page = render(TYPICAL)
    assert page.startswith("## Score 22/100\n\nseed 7 · device `cpu`\n")
    assert "\n| `activations` | ██░░░░░░░░ | 5/20 | in progress |\n" in page
    assert "\n| `sgd` | ░░░░░░░░░░ | 0/20 | did not load |\n" in page
    assert "    expected  tensor([0.2689, 0.7311])\n    got       tensor([nan, nan])\n" in page
    assert "    look at   exercises/activations.py:61\n" in page
    assert "- `activations`: `tanh` (5 points)\n" in page
    assert "- `this machine has no cuda` (3 points)\n" in page


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_what_github_makes_of_it_is_ours_alone(sample: Report) -> None:
    kinds = {kind for kind, _ in skeleton(render(sample))}
    assert not {kind for kind in kinds if "link" in kind or "image" in kind or "html" in kind}


@given(texts)
def test_no_text_has_a_say_in_anything_but_code(text: str) -> None:
    assert skeleton(render(report_of(text))) == OF_PLAIN_TEXT


@pytest.mark.parametrize("piece", PIECES)
def test_each_trick_stays_code(piece: str) -> None:
    assert skeleton(render(report_of(f"{piece}\n{piece} x {piece * 3}"))) == OF_PLAIN_TEXT


@given(texts)
def test_a_code_span_is_one_whole_cell(text: str) -> None:
    page = f"| {code(text)} | b |\n|---|---|\n| {code(text)} | {code(text)} |\n"
    assert [kind for kind, _ in skeleton(page)].count("td_open") == 2
    assert [kind for kind, _ in skeleton(page)].count("code_inline") == 3


def test_a_fence_is_longer_than_any_in_it() -> None:
    (block,) = leaves(fenced(["a", "`````", "b"]))
    assert (block.type, block.content) == ("fence", "a\n`````\nb\n")


def test_code_is_shown_as_it_is() -> None:
    assert "<b> *x* & @user #1" in shown_as_code(render(report_of("<b> *x* & @user #1")))


@pytest.mark.parametrize("text", ["x", "`", "漢", "\x00", HOSTILE])
def test_a_page_fits_a_comment_and_says_what_it_leaves_out(text: str) -> None:
    page = render(crowded(text))
    assert len(page.encode("utf-8")) <= LIMIT
    kinds = [kind for kind, _ in skeleton(page)]
    assert kinds.count("fence") > 1
    for noun in ("lines", "units", "failures", "notes", "reasons"):
        assert f" more {noun})" in page
    assert not {kind for kind in kinds if "html" in kind or "link" in kind}


def test_many_faults_fit_too() -> None:
    faults = tuple(one(Outcome.GRADER_FAULT, str(n), message="\x00" * 9999) for n in range(99))
    page = render(report(UnitResult("sgd", "", (ExerciseResult("fit", faults),))))
    assert len(page.encode("utf-8")) <= LIMIT
    assert " more faults)" in page


def test_a_fault_of_the_grader_withholds_the_score() -> None:
    page = render(SAMPLES["grader fault"])
    assert page.startswith("## Score withheld\n")
    assert "**The grader itself failed, so the score is withheld.** This is not your fault" in page
    assert "| `regressor` | ████░░░░░░ | ?/20 | grader fault |" in page
    assert "expected scalar type Float but found Double" in page


def test_full_marks_are_short() -> None:
    page = render(SAMPLES["full marks"])
    assert page.endswith("\n\nAll done.\n")
    assert "###" not in page


def test_nothing_graded_is_not_all_done() -> None:
    assert render(report()).endswith("\n\nThere was nothing to grade.\n")


def test_what_would_fail_on_a_gpu_is_a_section_of_its_own() -> None:
    page = render(SAMPLES["rehearsed"])
    assert "### Would fail on a GPU\n" in page
    assert "torch.zeros(1) is made on the CPU" in page
