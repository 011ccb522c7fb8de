"""The shell of each workflow, step by step as GitHub runs it, with real grading."""

import base64
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.course.model import Course
from grader.kit.make import kit_files, write_kit
from grader.kit.pages import pages
from tests.grader.command import write_program

from . import shop

ROOT = Path(__file__).parents[3]
WORKFLOW = ".github/workflows/grade.yml"
CLASS_WORKFLOW = ROOT / ".github" / "workflows" / "grade-class.yml"
INSTALL = "python -m pip install -r requirements.txt"
UNIT = "worked"
posix = pytest.mark.skipif(os.name != "posix", reason="GitHub runs these with bash on Linux")

RIGHT = "def double(x):\n    return x + x\n\n\ndef halve(x):\n    return x / 2\n"
TALKS = """
print("::error::from the import")
def double(x):
    print("::set-output name=result::forged")
    raise ValueError("\\n::error title=Owned::from an exception\\nresult=forged")
def halve(x):
    return x / 2
"""


@dataclass
class Job:
    """What steps share: a checkout, a folder for temporary files, and GitHub's own files."""

    checkout: Path
    temporary: Path
    programs: Path

    def __post_init__(self) -> None:
        self.programs.mkdir(parents=True)
        self.temporary.mkdir()
        write_program(self.programs / "grade")
        for file in (self.output, self.summary):
            file.write_text("")

    @property
    def output(self) -> Path:
        return self.temporary / "output"

    @property
    def summary(self) -> Path:
        return self.temporary / "step-summary"

    def program(self, name: str, text: str) -> None:
        (self.programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (self.programs / name).chmod(0o755)

    def run(self, step: dict[str, Any], **environment: str) -> "subprocess.CompletedProcess[str]":
        script = self.temporary / "script.sh"
        script.write_text(step["run"])
        return subprocess.run(
            ["bash", "-e", script],
            cwd=self.checkout,
            env={
                **os.environ,
                "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}",
                "PYTHONPATH": str(ROOT),
                "RUNNER_TEMP": str(self.temporary),
                "GITHUB_OUTPUT": str(self.output),
                "GITHUB_STEP_SUMMARY": str(self.summary),
                "GITHUB_ACTIONS": "true",
                "GITHUB_REPOSITORY": "org/kata-ann",
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=60,
        )


def steps_of(path: Path) -> list[dict[str, Any]]:
    (job,) = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
    return list(job["steps"])


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return shop.write_course(tmp_path_factory.mktemp("course"), UNIT)


@pytest.fixture(scope="module")
def kit(course: Course) -> dict[str, bytes]:
    return kit_files(course)


@pytest.fixture
def job(course: Course, kit: dict[str, bytes], tmp_path: Path) -> Job:
    write_kit(kit, tmp_path / "checkout", course)
    return Job(tmp_path / "checkout", tmp_path / "temporary", tmp_path / "bin")


def push(job: Job, work: str) -> tuple[list["subprocess.CompletedProcess[str]"], str]:
    """Run every step that has a shell, until one fails; what they said, and the step output."""
    (job.checkout / "exercises" / f"{UNIT}.py").write_text(work)
    done = []
    for step in steps_of(job.checkout / WORKFLOW):
        if "run" in step and step["run"] != INSTALL:
            done.append(job.run(step))
            if done[-1].returncode:
                break
    return done, job.output.read_text()


def result_of(output: str) -> Any:
    """The one line that the reporter is given."""
    name, _, value = output.rstrip("\n").partition("=")
    assert (name, output.count("\n")) == ("result", 1)
    return json.loads(base64.b64decode(value, validate=True))


@posix
def test_full_marks_are_reported_and_no_file_of_the_learner_is_touched(job: Job) -> None:
    before = {p: p.read_bytes() for p in job.checkout.rglob("*") if p.is_file()}
    (grading,), output = push(job, RIGHT)
    assert grading.returncode == 0, grading.stderr
    result = result_of(output)
    assert (result["status"], result["max_score"]) == ("pass", 5)
    assert sum(test["score"] for test in result["tests"]) == 5
    assert "Score 5/5" in job.summary.read_text()
    for name in ("report.html", "result.json"):  # what is kept as an artifact
        assert (job.temporary / name).stat().st_size > 0
    after = {p: p.read_bytes() for p in job.checkout.rglob("*") if p.is_file()}
    changed = {path.name for path in after if before.get(path) != after[path]}
    assert changed <= {f"{UNIT}.py", ".torchkata.json"} | {
        path.name for path in after if "__pycache__" in path.parts
    }
    assert set(before) <= set(after)


@posix
def test_work_that_fails_ends_the_step_well_and_commands_nothing(job: Job) -> None:
    (grading,), output = push(job, TALKS)
    assert grading.returncode == 0, grading.stderr
    result = result_of(output)
    assert result["status"] == "fail"
    assert sum(test["score"] for test in result["tests"]) == 3
    said = grading.stdout.splitlines()
    stop = said[0].removeprefix("::stop-commands::")
    assert stop != said[0]
    obeyed = said[said.index(f"::{stop}::") :]
    assert [line for line in obeyed if line.startswith("::error title=Owned")] == []
    assert any(line.startswith(f"::error file=exercises/{UNIT}.py") for line in obeyed)


@posix
def test_a_fault_fails_the_step_and_leaves_no_score(job: Job) -> None:
    suite = job.checkout / "tests" / "visible" / f"test_{UNIT}.py"
    sound = suite.read_text()
    suite.write_text("raise RuntimeError\n")
    (grading,), output = push(job, RIGHT)
    assert (grading.returncode, output) == (3, "")
    assert "::error title=Not graded::grade ended with exit code 3" in grading.stdout

    suite.write_text(sound.replace("rng.normal(4)", "rng.normal(4) + rng.normal(4)"))
    (grading,), output = push(job, RIGHT)
    assert (grading.returncode, output) == (3, "")
    assert "withheld" in job.summary.read_text()  # a score withheld is said, and is none

    (job.checkout / "course.toml").unlink()
    (grading,), output = push(job, RIGHT)
    assert (grading.returncode, output) == (2, "")


def test_what_the_workflow_of_a_kit_may_do_and_when(kit: dict[str, bytes]) -> None:
    workflow = yaml.safe_load(kit[WORKFLOW])
    assert workflow["permissions"] == {"contents": "read"}
    assert set(workflow[True]) == {"push", "workflow_dispatch"}  # YAML takes `on` for true
    steps = workflow["jobs"]["grade"]["steps"]
    assert INSTALL in [step.get("run") for step in steps]
    checkout, *_, reporter = steps
    assert checkout["with"] == {"persist-credentials": False}
    (grading,) = [step for step in steps if step.get("id")]
    assert grading["id"] == reporter["with"]["runners"] == "grade"
    assert reporter["env"] == {"GRADE_RESULTS": "${{ steps.grade.outputs.result }}"}
    assert reporter["if"] == "always() && steps.grade.outputs.result != ''"
    for step in steps:  # what learners name is no part of a script
        assert "${{" not in step.get("run", "")


def test_pages_are_whole_and_only_our_words_are_replaced() -> None:
    words = {"title": r"Tensors \1 $version", "version": "1.2.3"}
    made = {name: content.decode() for name, content in pages(words).items()}
    assert {
        "README.md",
        "AGENTS.md",
        WORKFLOW,
        ".devcontainer/devcontainer.json",
        ".vscode/settings.json",
        ".vscode/extensions.json",
        ".vscode/tasks.json",
        ".gitignore",
    } <= set(made)
    assert made["README.md"].startswith("# Tensors \\1 $version\n")
    assert "torchkata 1.2.3" in made["README.md"]
    assert '"$RUNNER_TEMP/summary.md"' in made[WORKFLOW]
    for name in made:
        if name.endswith(".json"):
            json.loads(made[name])
    assert not any(part.startswith("dot-") for name in made for part in name.split("/"))


# --- the workflow of a teacher


@posix
def test_a_class_is_graded_in_a_private_repository_only(job: Job) -> None:
    refuse = next(step for step in steps_of(CLASS_WORKFLOW) if "Refuse" in step.get("name", ""))
    job.program("gh", 'test "$1 $2" = "api repos/org/kata-ann" && echo true')
    assert job.run(refuse).returncode == 0
    for answer in ("echo false", "echo", "exit 1"):
        job.program("gh", answer)
        assert job.run(refuse).returncode != 0


@posix
def test_the_class_is_graded_as_variables_and_secrets_say(job: Job) -> None:
    grade = next(step for step in steps_of(CLASS_WORKFLOW) if step.get("name") == "Grade the class")
    job.program("grade", 'echo "$@"; echo "${TORCHKATA_SECRET-unset}, 3 judged in this run"')
    chosen = {"CLASS_ORG": "org", "CLASS_PREFIX": "kata-", "CLASS_FEEDBACK": "scores"}
    usual, book = "class run --org org --prefix kata-", f"{job.temporary}/class/gradebook.db"
    table = f"class export {book} --output {job.temporary}/class/scores.csv"
    ran = job.run(grade, **chosen, CLASS_ROSTER="", TORCHKATA_SECRET="")
    page = f"class page {book} --output {job.temporary}/class/class.html"
    assert ran.stdout.splitlines()[::2] == [f"{usual} --gradebook {book}", table, page]
    assert job.summary.read_text() == "unset, 3 judged in this run\n"
    ran = job.run(grade, **chosen, CLASS_ROSTER="my class.csv", TORCHKATA_SECRET="s")
    first, secret, *_ = ran.stdout.splitlines()
    assert first == f"{usual} --roster my class.csv --gradebook {book}"
    assert secret.startswith("s,")
    ran = job.run(grade, **chosen, CLASS_UNITS="reshaping sgd", TORCHKATA_SECRET="s")
    assert ran.stdout.splitlines()[0] == f"{usual} --units reshaping sgd --gradebook {book}"
    job.program("grade", "exit 3")  # a pipe hides no fault
    assert job.run(grade, **chosen, CLASS_ROSTER="", TORCHKATA_SECRET="").returncode == 3
    ran = job.run(grade, **chosen | {"CLASS_PREFIX": ""}, CLASS_ROSTER="", TORCHKATA_SECRET="")
    assert ran.returncode == 1
    assert "Set the variable CLASS_PREFIX" in ran.stdout


def test_the_class_workflow_does_nothing_where_nobody_asked() -> None:
    workflow = yaml.safe_load(CLASS_WORKFLOW.read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    assert job["if"] == "inputs.org != '' || vars.CLASS_ORG != ''"
    assert workflow["permissions"] == {"contents": "read", "actions": "read"}
    tokens = [step["name"] for step in job["steps"] if "CLASS_TOKEN" in str(step.get("env"))]
    assert tokens == ["Grade the class", "Give feedback"]
    for step in job["steps"]:
        assert "${{" not in step.get("run", "")
