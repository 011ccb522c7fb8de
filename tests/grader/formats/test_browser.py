"""A page made of hostile text in a real browser: nothing of it runs, nothing is fetched."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from grader.formats.html import fragment, render
from grader.report import Cells, Grid, Plot, Series

from .drawings import with_pictures
from .pages import MARKUP
from .samples import report_of

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
TITLED = "<script>document.title = 'owned'</script>"
HOSTILE_ELEMENTS = ("script", "img", "iframe", "base", "plaintext", "a")

pytestmark = pytest.mark.skipif(not BROWSER, reason="there is no chromium here")


def opened(page: Path) -> tuple[str, str]:
    """The document as it is after loading, and what the console said."""
    ran = subprocess.run(
        [
            BROWSER,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            f"--user-data-dir={page.parent / 'profile'}",
            "--enable-logging=stderr",
            "--virtual-time-budget=1000",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    console = [
        line for line in ran.stderr.splitlines() if ":CONSOLE:" in line or "CONSOLE(" in line
    ]
    return ran.stdout, "\n".join(console)


def title_of(document: str) -> str:
    found = re.search(r"<title>(.*?)</title>", document, re.DOTALL)
    return found[1] if found else ""


def test_a_browser_runs_nothing_of_a_hostile_page(tmp_path: Path) -> None:
    cells = Cells((1,), (0,))
    line = Series(MARKUP, MARKUP, (0.0, 1.0), (0.0, 1.0))
    pictures = Plot(MARKUP, MARKUP, MARKUP, (line,)), Grid(MARKUP, cells, cells, cells)
    graded = with_pictures(report_of(MARKUP), *pictures)
    page = tmp_path / "page.html"
    page.write_text(render(graded).replace("</main>", f"{fragment(graded)}</main>"), "utf-8")
    document, console = opened(page)
    assert title_of(document) == "Score withheld"
    assert console == ""
    for name in HOSTILE_ELEMENTS:
        assert not re.search(rf"<{name}[\s>]", document)
    assert "onerror=" in document, "the text itself is shown"


def test_the_browser_would_have_told(tmp_path: Path) -> None:
    """A script runs where nothing hinders it; under the page's policy the console complains."""
    page = tmp_path / "bare.html"
    page.write_text(f"<title>fine</title><p>{TITLED}", "utf-8")
    document, _ = opened(page)
    assert title_of(document) == "owned"
    policy = re.search(r"<meta http-equiv[^>]*>", render(report_of("")))
    assert policy is not None
    page.write_text(f"{policy[0]}<title>fine</title><p>{TITLED}", "utf-8")
    document, console = opened(page)
    assert title_of(document) == "fine"
    assert "Content Security Policy" in console
