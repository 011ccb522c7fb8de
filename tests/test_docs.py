"""What the documents say is so: links, commands, the names of exercises, examples, a transcript."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

import grader.suite
from grader.cli.app import app
from grader.course.model import read_course
from grader.course.stubs import stub_of
from grader.formats import terminal
from grader.judge.answer_key import answer_key_of
from grader.judge.item import Found, Judging
from grader.judge.options import Options
from grader.judge.pytest_run import Suite
from grader.judge.session import Session
from grader.report import Outcome, Report
from grader.work.submission import Source, Submission
from tests.grader.tiny_course import write_files

ROOT = Path(__file__).resolve().parents[1]
COURSE = read_course(ROOT)
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
DOCUMENTS = [*PAGES, *sorted((ROOT / "docs").glob("*.md"))]
COMMAND: Any = typer.main.get_command(app)
WRITTEN = "return torch.exp(x) / torch.exp(x).sum(dim, keepdim=True)"
NAMED = {path.name: path for path in DOCUMENTS}
each_document = pytest.mark.parametrize("name", NAMED)


def text(name: str) -> str:
    return NAMED[name].read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """What GitHub makes of the headings of a page."""
    without_code = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.+)$", without_code, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    file = page.parent / path if path else page
    return file.exists() and (not anchor or anchor in anchors(file))


@each_document
def test_relative_links_resolve(name: str) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", text(name))
    relative = [link for link in links if "://" not in link]
    assert [link for link in relative if not leads_somewhere(NAMED[name], link)] == []


def strange_places(page: str) -> Iterator[str]:
    """What a page says of a place, indented, and is not there; words in capitals are any name."""
    place = ROOT
    for line in re.findall(r"^ {4}(.+)", page, re.MULTILINE):
        if begun := re.match(r"([a-z]\w*/[a-z_/]*(?:\.\w+)?)(?:[A-Z]\S*)?  ", line):
            place = ROOT / begun[1]
            yield from [] if place.exists() else [begun[1]]
        for name in re.findall(r"(?<![\w./])[a-z][a-z_/0-9]*(?:\.(?:py|toml|md)|/(?= |:))", line):
            if not ((place / name).exists() or (ROOT / name).exists()):
                yield name


def test_what_contributing_says_where_to_find_is_there() -> None:
    page = text("CONTRIBUTING.md")
    assert list(strange_places(page)) == []
    moved = page.replace("grader/judge/ ", "grader/court/ ").replace("whose.py", "whom.py")
    assert {"grader/court/", "session.py", "whom.py"} <= set(strange_places(moved))
    paths = re.findall(r"`([\w./]+/\w+\.(?:py|yml|toml|json))`", page)
    assert len(paths) > 5
    real = [path for path in paths if not re.search("[A-Z]", path)]
    rooms = [ROOT, ROOT / "grader", ROOT / "grader" / "formats"]
    assert [path for path in real if not any((room / path).exists() for room in rooms)] == []


def test_a_link_needs_its_file_and_its_heading() -> None:
    page = NAMED["learning.md"]
    assert leads_somewhere(page, "../README.md#what-it-looks-like")
    assert leads_somewhere(page, "#the-course")
    assert not leads_somewhere(page, "#the-curse")
    assert not leads_somewhere(page, "readme.md")


def test_every_page_is_on_the_site() -> None:
    lists = re.findall(r"^```{toctree}\n(.*?)^```", text("index.md"), re.MULTILINE | re.DOTALL)
    listed = {word for pages in lists for word in pages.split("\n\n")[1].split()}
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"}
    assert pages - listed == set(), "name these in docs/index.md"


def test_every_name_that_suites_import_is_explained() -> None:
    assert set(re.findall(r"autofunction:: (\w+)", text("api.md"))) == set(grader.suite.__all__)


def test_learners_see_the_path_of_the_course() -> None:
    rows = ["| | unit | what it teaches |", "|--:|---|---|"]
    for number, unit in enumerate(COURSE.units, start=1):
        link = f"[{unit.name}](../exercises/{unit.name}.py)"
        rows.append(f"| {number} | {link} | {unit.summary} |")
    table = "\n".join(rows)
    assert f"\n\n{table}\n\n" in text("learning.md"), f"in docs/learning.md, put\n{table}"


def commands(document: str) -> Iterator[list[str]]:
    """Every `grade ...` or `torchkata ...` in code, in a line or in a block, as words."""
    name = r"(?:grade|torchkata)(?![\w/.])"
    blocks = re.findall(rf"^(?: {{4}}|\$ )({name}[^\n]*)", document, re.MULTILINE)
    for command in [*blocks, *re.findall(rf"`({name}[^`]*)`", document)]:
        yield shlex.split(command, comments=True)[1:]


def strange_words(words: list[str]) -> list[str]:
    """What `grade` would not know; words in capitals stand for something else."""
    name = words.pop(0) if words and words[0] in COMMAND.commands else "run"
    command = COMMAND.commands[name]
    if words and words[0] in getattr(command, "commands", {}):  # grade class run
        command = command.commands[words.pop(0)]
    options = {flag: o for o in command.params for flag in o.opts}
    options |= {flag: o for o in COMMAND.params for flag in o.opts}
    known = {
        "class.db",
        "kata",
        "ann",
        "tls://HOST:8786",
        *(f"part{n}.db" for n in range(5)),
    }  # what somebody may have
    known |= {unit.name for unit in COURSE.units}
    known |= {f"{unit.name}.{e.name}" for unit in COURSE.units for e in unit.exercises}
    known |= {e.name for unit in COURSE.units for e in unit.exercises}
    known |= {f"exercises/{unit.name}.{kind}" for unit in COURSE.units for kind in ("py", "ipynb")}
    strange = []
    while words:
        word = words.pop(0)
        if not word.startswith("-"):
            strange += [] if word in known or word.isupper() else [word]
        elif word not in options and word not in ("-h", "--help"):
            strange.append(word)
        elif words and word in options and not options[word].is_flag:
            words.pop(0)
    return strange


def command_lines(command: Any = COMMAND) -> Iterator[Any]:
    """Every command, and those of `grade class`."""
    yield command
    for inner in getattr(command, "commands", {}).values():
        yield from command_lines(inner)


def test_help_names_what_an_option_or_an_argument_takes() -> None:
    takes = [p for c in command_lines() for p in c.params if not getattr(p, "is_flag", False)]
    assert len(takes) > 40
    assert [p.name for p in takes if not (p.metavar or hasattr(p.type, "choices"))] == []


@each_document
def test_commands_exist(name: str) -> None:
    for words in commands(text(name)):
        assert strange_words([*words]) == [], f"grade {shlex.join(words)}"


def test_commands_are_found_and_read() -> None:
    assert len(list(commands(text("learning.md")))) > 5
    assert strange_words(["activations.sofmax", "--sed", "1"]) == [
        "activations.sofmax",
        "--sed",
        "1",
    ]
    assert strange_words(["watch", "--output", "json"]) == ["--output", "json"]


def test_the_contract_names_exactly_the_exercises_of_the_course() -> None:
    sections = re.split(r"^## ", text("course.md"), flags=re.MULTILINE)[1:]
    contract = {
        section.split()[0]: re.findall(r"^\| `(?:class )?(\w+)\(", section, re.MULTILINE)
        for section in sections
    }
    assert contract == {unit.name: [e.name for e in unit.exercises] for unit in COURSE.units}


def block(document: str, name: str) -> str:
    return re.findall(rf"^```{name}\n(.*?)^```", document, re.MULTILINE | re.DOTALL)[0]


def test_the_example_of_a_suite_works(tmp_path: Path) -> None:
    solution, suite = (block(text("suites.md"), f"python {part}") for part in ("solution", "suite"))
    for file, content in (
        ("solutions/scaling.py", solution),
        ("tests/hidden/test_scaling.py", suite),
        (
            "course.toml",
            'title = "example"\n[[unit]]\nname = "scaling"\ntitle = "Scaling"\npoints = 4\n'
            '[[unit.exercise]]\nname = "center"\ntitle = "center"\n',
        ),
    ):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(content, encoding="utf-8")
    course = read_course(tmp_path)
    without_keepdim = solution.replace(", keepdim=True", "")
    always_raises = solution.replace("if x.shape[dim] == 0", "if True")
    texts = [solution, stub_of(solution, "scaling.py"), without_keepdim, always_raises]
    with Session(course, Options(), own_work=True) as session:
        done, stub, wrong, junk = (
            session.grade(
                Submission(tmp_path, {"scaling": Source("scaling.py", t)}), course.select([])
            )
            for t in texts
        )
    assert (done.score, done.status) == (4, Outcome.PASSED)
    assert (stub.score, stub.status) == (0, Outcome.NOT_STARTED)
    assert wrong.tests[0].likely is not None
    assert "keepdim" in wrong.tests[0].likely
    assert junk.score == 0


RECIPES = {  # the exercise of each, and what makes its solution wrong
    "dataset": ("Windows", [("if not 0 <= i", "if not 0 <= i + 1"), ("[i + self.size]", "[i]")]),
    "optimizer": ("Momentum", [("v.mul_(self.momentum).", "v."), ("p.grad = None", "pass")]),
    "hooks": ("scale_output", [("factor * output", "output"), ("factor * output", "2 * output")]),
    "function": ("Clip", [("return grad", "return 2 * grad"), ("clamp(-1, 1)", "clamp(-2, 2)")]),
    "dropout": ("Dropout", [("not self.training", "False"), ("x / (1 - self.p)", "x")]),
}


def test_each_recipe_of_the_cookbook_judges_right_and_wrong_work(tmp_path: Path) -> None:
    sections = re.split(r"^## ", text("cookbook.md"), flags=re.MULTILINE)[1:]
    solutions, toml = {}, 'title = "cookbook"\n'
    for (unit, (exercise, _)), section in zip(RECIPES.items(), sections, strict=True):
        solutions[unit] = block(section, "python solution")
        suite = block(section, "python suite")
        points = sum(map(int, re.findall(r"@points\((\d)\)", suite)))
        toml += f'[[unit]]\nname = "{unit}"\ntitle = "{unit}"\npoints = {points}\n'
        toml += f'[[unit.exercise]]\nname = "{exercise}"\ntitle = "{exercise}"\n'
        files = {f"solutions/{unit}.py": solutions[unit], f"tests/hidden/test_{unit}.py": suite}
        if "python rig" in section:
            files[f"tests/hidden/rig_{unit}.py"] = block(section, "python rig")
        write_files(tmp_path, files)
    write_files(tmp_path, {"course.toml": toml})
    course = read_course(tmp_path)

    def worse(unit: str, which: int) -> str:
        before, after = RECIPES[unit][1][which]
        assert before in solutions[unit]
        return solutions[unit].replace(before, after)

    works = {
        "right": solutions,
        "stub": {unit: stub_of(solution, unit) for unit, solution in solutions.items()},
        "wrong": {unit: worse(unit, 0) for unit in solutions},
        "worse": {unit: worse(unit, 1) for unit in solutions},
    }
    with Session(course, Options(), own_work=True) as session:
        reports = {}
        for name, work in works.items():
            sources = {unit: Source(f"{unit}.py", text) for unit, text in work.items()}
            reports[name] = session.grade(Submission(tmp_path, sources), course.select([]))
    status = {name: {unit.status for unit in report.units} for name, report in reports.items()}
    assert status == {
        "right": {Outcome.PASSED},
        "stub": {Outcome.NOT_STARTED},
        "wrong": {Outcome.FAILED},
        "worse": {Outcome.FAILED},
    }
    judging = Judging(answer_key_of(course))
    for unit, exercises in course.select([]).items():
        here = Suite(course.suite(unit)).run(judging, Found(), exercises)
        assert {test.outcome for test in here.values()} == {Outcome.PASSED}


def transcribed(report: Report) -> list[str]:
    """As a page of 80 columns shows it; line numbers may move."""
    page = terminal.render(report, width=80, color=False)
    return [re.sub(r"\.py:\d+", ".py:N", line) for line in page.splitlines()]


def test_the_transcript_in_the_readme_is_what_appears(tmp_path: Path) -> None:
    shown = block(text("README.md"), "console").splitlines()
    assert shown[0] == "$ grade softmax"
    stub = stub_of((COURSE.solutions_folder / "activations.py").read_text(encoding="utf-8"), "")
    begun = 'raise NotImplementedError("softmax")'
    assert f"replace `{begun}` with `{WRITTEN}`" in text("README.md")
    source = Source("exercises/activations.py", stub.replace(begun, WRITTEN))
    seed = int(re.findall(r"seed (\d+)", "\n".join(shown))[0])
    work = Submission(tmp_path, {"activations": source})
    with Session(COURSE, Options(), own_work=True) as session:
        appears = transcribed(session.grade(work, COURSE.select(["softmax"]), seed=seed))
    expected = [re.sub(r"\.py:\d+", ".py:N", line) for line in shown[1:]]
    assert appears == expected, "update the transcript in README.md"
