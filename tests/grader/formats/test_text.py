import pytest
from hypothesis import given

from grader.formats.parts.text import excerpt, one_line, visible

from .samples import any_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("tensor([1., 2.])", "tensor([1., 2.])"),
        ("naïve 漢字 e\u0301", "naïve 漢字 e\u0301"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\x9b31m", r"\x9b31m"),
        ("a\rb\b\x00\x7f", r"a\rb\x08\x00\x7f"),
        ("\u202egnol", r"\u202egnol"),
        ("a\u200bb\ufeff", r"a\u200bb\ufeff"),
        ("\ud800", r"\ud800"),
        ("\u2028", r"\u2028"),
        ("\U000e0041", r"\U000e0041"),
        ("\u3164", r"\u3164"),
        ("if x:\n\treturn", "if x:\n    return"),
    ],
)
def test_what_would_act_is_shown_as_its_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(any_text)
def test_visible_text_is_printable(text: str) -> None:
    assert visible(text).replace("\n", "").isprintable()
    assert one_line(text).isprintable()


def test_an_excerpt_keeps_lines_and_leading_spaces() -> None:
    assert excerpt("  a\n\n    b  \n", lines=9, characters=99) == ["  a", "", "    b"]


def test_an_excerpt_says_how_many_lines_it_leaves_out() -> None:
    text = "\n".join(map(str, range(14)))
    assert excerpt(text, lines=2, characters=99) == ["0", "1", "… (12 more lines)"]
    assert excerpt("a\nb", lines=1, characters=99) == ["a", "… (1 more line)"]


def test_an_excerpt_says_how_many_characters_it_leaves_out() -> None:
    assert excerpt("x" * 1210, lines=9, characters=10) == [
        "x" * 10 + " …",
        "… (1,200 more characters)",
    ]


def test_an_excerpt_of_many_long_lines_is_bounded_both_ways() -> None:
    rows = excerpt("\n".join(["x" * 50] * 40), lines=10, characters=120)
    assert rows == ["x" * 50, "x" * 50, "x" * 18 + " …", "… (37 more lines)"]


def test_windows_line_ends_are_line_ends() -> None:
    assert excerpt("a\r\nb\r\n", lines=9, characters=99) == ["a", "b"]


def test_one_line_is_one_bounded_line() -> None:
    assert one_line("a\n  b\tc") == "a b c"
    assert one_line("x" * 20, characters=10) == "x" * 10 + "…"
