"""The files around the code say the same as the code, and fix what they should."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import grader

ROOT = Path(__file__).parents[1]
WORKFLOWS = [
    *sorted((ROOT / ".github" / "workflows").glob("*.yml")),
    *sorted((ROOT / "grader" / "kit" / "files" / "dot-github" / "workflows").glob("*.yml")),
]
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}  # v\d+(\.\d+\.\d+)?")


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def locked() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.split("==") for line in lines if not line.startswith("#")]
    assert len({name for name, _ in pins}) == len(pins)
    return {canonicalize_name(name): version for name, version in pins}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_by_commit_with_its_version_beside_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    used = re.findall(r"uses: (.+)", text)
    assert used
    assert [line for line in used if not PINNED.fullmatch(line)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_only_read_unless_a_job_says_otherwise(path: Path) -> None:
    permissions = yaml.safe_load(path.read_text(encoding="utf-8"))["permissions"]
    assert permissions["contents"] == "read"
    assert set(permissions.values()) == {"read"}


def test_what_is_needed_has_an_upper_bound_and_is_locked_within_its_bounds() -> None:
    needed = project()["project"]["dependencies"]
    for text in needed:
        assert {each.operator for each in Requirement(text).specifier} == {">=", "<"}
    groups = project()["dependency-groups"]
    for text in [*needed, *groups["dev"], *groups["release"], *groups["site"]]:
        requirement = Requirement(text)
        assert locked()[canonicalize_name(requirement.name)] in requirement.specifier


def test_this_version_has_a_section_in_the_changelog() -> None:
    assert f"\n## [{grader.__version__}] - " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


BLOCKED = """
import importlib.util, sys, pytest
known = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "hypothesis" else known(name, *rest)
for name in ("hypothesis", "jsonschema", "ipykernel", "yaml", "coverage", "mypy"):
    sys.modules[name] = None
sys.exit(pytest.main(["--collect-only", "-q"]))
"""


def test_an_editor_finds_the_suites_without_what_make_test_installs() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", BLOCKED],
        cwd=ROOT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-2000:]
    found = {line.partition("::")[0] for line in ran.stdout.splitlines() if "::" in line}
    assert found == {f"tests/hidden/{path.name}" for path in ROOT.glob("tests/hidden/test_*.py")}


NO_POSIX = """
import importlib, pkgutil, sys
sys.modules["resource"] = sys.modules["fcntl"] = None
import grader.gradebook as room
for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    if module.name != "grader.gradebook.cluster":  # needs Dask
        importlib.import_module(module.name)
"""


def test_a_gradebook_is_read_where_the_modules_of_posix_are_missing() -> None:
    subprocess.run([sys.executable, "-c", NO_POSIX], cwd=ROOT, check=True)
