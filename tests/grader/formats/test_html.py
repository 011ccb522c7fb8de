"""The page and the fragment: ours alone, whatever the text; complete, ordered, and legible."""

import re
from itertools import pairwise

import pytest
from hypothesis import given

from grader.formats.html import FRAGMENT_STYLE, fragment, render
from grader.formats.parts.markup import element, escaped
from grader.formats.parts.page import POLICY, STYLE
from grader.formats.parts.text import one_line
from grader.report import Cells, Grid, Outcome, Plot, Series

from .drawings import PICTURES, any_grid, any_plot, with_pictures
from .pages import MARKUP, read
from .samples import (
    HOSTILE,
    RAISED,
    SAMPLES,
    TYPICAL,
    all_of,
    any_text,
    one,
    report,
    report_of,
    unit,
)

each_sample = pytest.mark.parametrize("sample", SAMPLES)


def words(text: str) -> str:
    return " ".join(text.split())


@each_sample
def test_every_sample_is_a_page_of_ours(sample: str) -> None:
    graded = with_pictures(SAMPLES[sample], *PICTURES)
    page, piece = read(render(graded)), read(fragment(graded))
    assert page.elements.count("h1") == page.elements.count("main") == 1
    assert "script" not in piece.elements


@pytest.mark.parametrize("text", [MARKUP, HOSTILE])
def test_hostile_text_is_shown_and_never_acts(text: str) -> None:
    cells = Cells((1,), (0,))
    pictures = (
        Plot(text, text, text, (Series(text, text, (0.0, 1.0), (0.0, 1.0)),)),
        Grid(text, cells, cells, cells),
    )
    graded = with_pictures(report_of(text), *pictures)
    for made in (render(graded), fragment(graded)):
        page = read(made)
        assert one_line(text, characters=100)[:60] in words(page.text)
        made.encode("utf-8")
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", made)


@given(any_text)
def test_any_text_stays_text(text: str) -> None:
    read(render(report_of(text)))
    read(fragment(report_of(text)))


@given(any_plot, any_grid)
def test_any_picture_stays_a_picture(plot: Plot, grid: Grid) -> None:
    graded = with_pictures(report(unit("sgd", lambda _: (RAISED,))), plot, grid)
    read(render(graded))


def test_escaping_is_in_one_place_and_complete() -> None:
    text = "<b a='1' c=\"2\">&amp;\x1b\u202e"
    shown = "&lt;b a=&#x27;1&#x27; c=&quot;2&quot;&gt;&amp;amp;\\x1b\\u202e"
    assert element("p", text, title=text) == f'<p title="{shown}">{shown}</p>'
    assert element("p", element("b", "x"), "<") == "<p><b>x</b>&lt;</p>"
    assert escaped(element("b", "x") + "<i>") == "&lt;b&gt;x&lt;/b&gt;&lt;i&gt;"


def test_the_page_forbids_itself_everything_but_its_style() -> None:
    page = render(TYPICAL)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    assert page.index(meta) < page.index("<title>")
    assert POLICY == "default-src 'none'; style-src 'unsafe-inline'"
    assert "url(" not in page
    assert "@import" not in page


def test_a_failure_is_told_in_full() -> None:
    text = words(read(render(TYPICAL)).text)
    for said in (
        "called",
        "split_heads(tensor of shape (2, 4, 6), heads=3)",
        "IndexError: Dimension out of range",
        "Subtracting the largest input first",
        "exercises/activations.py:61",
        "step 0: largest exponent 0.0",
        "sgd did not load, so none of it could be checked",
        "31: closing parenthesis",
        "not run: first make this one pass",
        "regressor: LinearRegressor, train, evaluate, predict (20 points)",
        "this machine has no cuda: 3 points pending",
        "no sandbox here",
        "grade hint reshaping.split_heads",
    ):
        assert said in text, said


def test_each_failing_exercise_has_its_pictures_and_others_have_none() -> None:
    graded = report(
        unit("sgd", lambda name: (RAISED,) if name == "fit" else (one(Outcome.PASSED),))
    )
    assert read(render(with_pictures(graded, *PICTURES))).elements.count("figure") == len(PICTURES)


def test_a_fault_of_the_grader_withholds_the_score() -> None:
    text = words(read(render(SAMPLES["grader fault"])).text)
    assert "Score withheld" in text
    assert "This is not your fault, and it costs you nothing." in text
    assert "expected scalar type Float but found Double" in text
    assert not re.search(r"\b\d+ of \d+ points\b", text)
    assert "?/" in text


def test_full_marks_and_a_new_start_are_said() -> None:
    assert "All done." in read(render(SAMPLES["full marks"])).text
    assert "All done." in read(fragment(SAMPLES["full marks"])).text
    begun = read(render(SAMPLES["untouched"])).text
    assert "Nothing is written yet, so nothing is wrong yet." in begun
    assert "Start with infer_shape" in begun


@each_sample
def test_headings_skip_no_level(sample: str) -> None:
    page = read(render(SAMPLES[sample]))
    levels = [int(name[1]) for name in page.elements if re.fullmatch(r"h\d", name)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_page_stays_small_however_much_is_said() -> None:
    graded = report(unit("sgd", all_of(Outcome.FAILED, got="x" * 10**6, printed="\n" * 10**6)))
    assert len(render(graded)) < 100_000


def test_the_fragment_styles_nothing_but_itself() -> None:
    depth, outside = 0, ""
    for character in FRAGMENT_STYLE:
        depth += (character == "{") - (character == "}")
        outside += character if depth == 0 else ""
    assert outside.split() == [".torchkata", "}"] * 2


def colours(palette: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+): (#\w{6})", palette))


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


MARKS = ("yours", "right", "data", "difference", "cell", "accent")


@pytest.mark.parametrize("palette", re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL))
def test_text_and_marks_stand_out_in_both_themes(palette: str) -> None:
    known = colours(palette)
    for ground in ("paper", "raised", "code"):
        for ink in ("ink", "soft"):
            assert contrast(known[ink], known[ground]) >= 4.5
        for mark in MARKS:
            assert contrast(known[mark], known[ground]) >= 3


@pytest.mark.parametrize("ground", ["#ffffff", "#111111", "#1f1f1f", "#383838"])
def test_marks_of_the_fragment_stand_out_in_any_notebook(ground: str) -> None:
    known = colours(FRAGMENT_STYLE)
    assert all(contrast(colour, ground) >= 2.95 for colour in known.values())
    assert {"yours", "right", "data", "difference", "cell"} <= set(known)


def test_what_would_fail_on_a_gpu_is_a_section_of_its_own() -> None:
    page = render(SAMPLES["rehearsed"])
    assert "<h2>Would fail on a GPU</h2>" in page
    assert "torch.zeros(1) is made on the CPU" in page
    assert "What to look at next" not in page
    assert "torch.zeros(1) is made on the CPU" in fragment(SAMPLES["rehearsed"])
