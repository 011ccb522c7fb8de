"""The page of a class: what it counts, whom it names, and that nothing of it acts."""

import html
import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from grader.gradebook.page import render
from grader.gradebook.similar import Group
from grader.gradebook.store import Gradebook, Key, Row
from grader.report import ExerciseResult, Outcome, Report, TestResult, UnitResult

from ..formats.pages import MARKUP, Page
from ..formats.test_browser import BROWSER, opened, title_of

TESTS = {"all": "passed", "none": "failed", "some": "", "named": "passed"}
needs_browser = pytest.mark.skipif(not BROWSER, reason="there is no chromium here")


def report(some: Outcome, likely: str | None = None, called: str | None = None) -> Report:
    tests = tuple(
        TestResult(
            *("tiny", "halve", f"test_{name}", f"It is {name}.", Outcome(outcome or some), 1),
            likely=None if outcome else likely,
            called=None if outcome else called,
            got="3.0",
        )
        for name, outcome in TESTS.items()
    )
    return Report((UnitResult("tiny", "Tiny", (ExerciseResult("halve", tests),)),), 0, "cpu")


@pytest.fixture
def book(tmp_path: Path):
    with Gradebook(tmp_path / "class.db", new=True) as book:
        outcomes = [Outcome.PASSED] * 4 + [Outcome.FAILED] * 2 + [Outcome.TIMED_OUT]
        for n, some in enumerate(outcomes):
            failed = some is Outcome.FAILED
            made = report(some, MARKUP if failed else None, f"halve({n})" if failed else None)
            row = Row(f"s{n}", name=MARKUP if n == 1 else f"Name {n}", status=made.status)
            book.add(row, Key(f"work{n}", None, "course"), made, "2026-11-28", {})
        book.set_tests(made, "course")
        book.put(Row(MARKUP, status="missing", note=MARKUP), None)
        yield book


def rows_of(text: str, table: str) -> list[list[str]]:
    """The cells of a table, as texts."""
    (found,) = re.findall(rf'<table[^>]*aria-label="{table}".*?</table>', text, re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", found, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[read(cell).text for cell in row] for row in cells]


def read(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    return page


def test_it_counts_what_a_teacher_asks_for(book: Gradebook) -> None:
    text = render(book, [Group("tiny", ("s0", "s1"), 0.92)])
    shares = {share: students for share, _, students in rows_of(text, "Distribution of scores")}
    assert (shares["70–79%"], shares["50–59%"], shares["100%"]) == ("4", "3", "0")
    exercises = rows_of(text, "Exercises")[1:]
    assert exercises == [["tiny.halve", "0", "0%", "64%", "0", "0"]]
    tests = {row[0]: row for row in rows_of(text, "Tests")}
    assert tests["tiny.halve.test_all"][2:] == ["7", "100%", "0", "all pass"]
    assert tests["tiny.halve.test_none"][2:] == ["0", "0%", "0", "nobody passes"]
    assert tests["tiny.halve.test_some"][2:] == ["4", "57%", "0", ""]
    (likely,) = rows_of(text, "Misunderstandings")[1:]
    assert (likely[0], likely[2], likely[3]) == ("tiny.halve", "2", "halve(4) gave 3.0")
    assert rows_of(text, "Crashed, or out of time")[1][1:] == ["ran out of time", "1", "s6"]
    assert rows_of(text, "Near-identical work")[1] == ["tiny", "92%", "2", "s0, s1"]
    needy = rows_of(text, "Who needs help")[1:]
    assert needy[0][3].startswith("missing: ")
    assert [row[0] for row in needy[1:]] == ["s4", "s5", "s6"]


def test_nothing_on_it_acts_but_its_own_scripts(book: Gradebook) -> None:
    text = render(book, [Group(MARKUP, (MARKUP, "s1"), 1.0)])
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    hashes = [b64encode(sha256(script.encode()).digest()).decode() for script in scripts]
    named = " ".join(f"'sha256-{each}'" for each in hashes)
    assert policy[1] == f"default-src 'none'; style-src 'unsafe-inline'; script-src {named}"
    rest = re.sub(r"<(script|style)>.*?</\1>", "", text, flags=re.DOTALL)
    page = read(rest)
    assert not {"script", "img", "iframe", "base", "plaintext", "a"} & set(page.elements)
    assert not any(name.startswith("on") or name == "href" for name, _ in page.attributes)


def test_a_gradebook_without_results_has_a_page(tmp_path: Path) -> None:
    with Gradebook(tmp_path / "class.db", new=True) as book:
        assert "0 students" in render(book, [])
        book.put(Row("ann", status="missing"), None)
        assert rows_of(render(book, []), "Who needs help")[1] == ["ann", "", "", "missing"]


DRIVER = """
const press = (place, key) => place.dispatchEvent(new KeyboardEvent("keydown", {key}));
const tableOf = (name) => document.querySelector(`.tabulator[aria-label="${name}"]`);
const said = (name) => [...tableOf(name).querySelectorAll(".tabulator-row")]
  .map((row) => row.querySelector(".tabulator-cell").textContent);
setTimeout(() => {
  const told = {};
  const students = tableOf("Students");
  const score = students.querySelectorAll("[role=columnheader]")[2];
  press(score, "Enter");
  told.sorted = said("Students");
  told.order = score.getAttribute("aria-sort");
  score.click();
  told.reversed = said("Students");
  press(students.querySelectorAll("[role=columnheader]")[0], " ");
  told.named = said("Students");
  const field = students.parentElement.querySelector("input");
  field.value = "NAME 5";
  field.dispatchEvent(new Event("input"));
  told.found = said("Students");
  told.count = field.parentElement.querySelector("output").textContent;
  field.value = "";
  field.dispatchEvent(new Event("input"));
  told.all = said("Students").length;
  field.value = "onmouseover";
  field.dispatchEvent(new Event("input"));
  told.hostile = students.querySelector(".tabulator-row").textContent.includes("<script>");
  told.elements = document.querySelectorAll("main img, main script, main iframe, main a").length;
  const kept = document.createElement("pre");
  kept.id = "told";
  kept.textContent = JSON.stringify(told);
  document.body.append(kept);
}, 300);
"""


@needs_browser
def test_in_a_browser_it_is_sorted_and_searched_and_nothing_runs(
    book: Gradebook, tmp_path: Path
) -> None:
    hashed = b64encode(sha256(DRIVER.encode()).digest()).decode()
    text = render(book, []).replace("script-src ", f"script-src 'sha256-{hashed}' ", 1)
    page = tmp_path / "page.html"
    page.write_text(text.replace("</body>", f"<script>{DRIVER}</script></body>"), "utf-8")
    document, console = opened(page)
    assert title_of(document) == "A class"
    assert console == ""
    told = re.search(r'<pre id="told">(.*?)</pre>', document, re.DOTALL)
    assert told is not None
    said = json.loads(html.unescape(told[1]))
    assert said["order"] == "descending"
    assert said["sorted"][:4] == ["s0", "s1", "s2", "s3"]
    assert said["sorted"][-1] == MARKUP  # without a score
    assert said["reversed"][0] == MARKUP
    assert said["reversed"][-1] in {"s0", "s1", "s2", "s3"}
    assert said["named"] == sorted(said["named"])
    assert (said["found"], said["count"], said["all"]) == (["s5"], "1 found", 8)
    assert said["hostile"]
    assert said["elements"] == 0
