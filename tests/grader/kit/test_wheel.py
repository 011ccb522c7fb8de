"""The wheel that a kit carries: the same bytes each time, and a grader that works from it."""

import base64
import csv
import hashlib
import io
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

import grader
from grader.kit.wheel import FILE, requirements, wheel

ROOT = Path(__file__).parents[3]
MAKE = "from grader.kit.wheel import wheel; import sys; sys.stdout.buffer.write(wheel())"


@pytest.fixture(scope="module")
def archive() -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(wheel()))


def test_the_bytes_are_the_same_from_anywhere_and_whatever_the_clock_says(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"}
    elsewhere = subprocess.run(
        [sys.executable, "-c", MAKE], cwd=tmp_path, env=environment, capture_output=True, check=True
    )
    assert elsewhere.stdout == wheel() == wheel()


def test_every_file_of_the_package_is_in_it_and_neither_a_cache_nor_the_course(
    archive: zipfile.ZipFile,
) -> None:
    folder = Path(grader.__file__).parent
    modules = {f"grader/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*.py")}
    names = set(archive.namelist())
    assert modules <= names
    assert {"grader/py.typed", "grader/kit/files/dot-github/workflows/grade.yml"} <= names
    assert [name for name in names if "__pycache__" in name or name.endswith(".pyc")] == []
    assert {name.split("/")[0] for name in names} == {
        "grader",
        "torchkata",
        f"torchkata-{grader.__version__}.dist-info",
    }


def test_its_record_is_right(archive: zipfile.ZipFile) -> None:
    (record,) = [name for name in archive.namelist() if name.endswith(".dist-info/RECORD")]
    rows = {row[0]: row[1:] for row in csv.reader(archive.read(record).decode().splitlines())}
    assert rows.pop(record) == ["", ""]
    assert set(rows) == set(archive.namelist()) - {record}
    for name, (digest, size) in rows.items():
        content = archive.read(name)
        hashed = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        assert (digest, int(size)) == (f"sha256={hashed}", len(content))


def test_pip_installs_it_without_a_network_and_it_runs(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(wheel())
    target = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "--isolated", "install", "--quiet", "--no-index"]
    subprocess.run(
        [*pip, "--no-deps", "--no-compile", "--target", target, tmp_path / FILE],
        env=os.environ | {"PIP_CONFIG_FILE": os.devnull},
        check=True,
    )
    path = os.pathsep.join([str(target), sysconfig.get_path("purelib")])

    def run(line: str, *arguments: str) -> bytes:
        return subprocess.run(
            [sys.executable, "-P", "-c", line, *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": path},
            capture_output=True,
            check=True,
        ).stdout

    line = "import grader, grader.cli.app; print(grader.__file__); grader.cli.app.main()"
    assert run(line, "--version").decode().splitlines() == [
        str(target / "grader" / "__init__.py"),
        f"torchkata {grader.__version__}",
    ]
    assert run(MAKE) == wheel()  # a kit made from a kit's own grader carries the same one
    (found,) = metadata.distributions(path=[str(target)], name="torchkata")
    assert found.version == grader.__version__
    scripts = {script.name: script.value for script in found.entry_points}
    assert scripts == dict.fromkeys(("grade", "torchkata"), "grader.cli.app:main")
    installed = metadata.distribution("torchkata").metadata
    extras = [each.get_all("Provides-Extra") or [] for each in (installed, found.metadata)]
    assert sorted(extras[0]) == extras[1]


def test_requirements_pin_each_direct_dependency_and_end_with_the_wheel() -> None:
    *pins, last = requirements().splitlines()
    assert last == f"./vendor/{FILE}"
    assert pins == sorted(pins)
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", pin) for pin in pins)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = {re.split(r"[^\w.-]", text)[0] for text in project["dependencies"]}
    assert {pin.partition("==")[0] for pin in pins} == required, "pip install --editable . again"


def test_a_local_label_is_no_part_of_a_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.kit.wheel.version", lambda name: "2.13.0+cpu")
    assert "torch==2.13.0\n" in requirements()
