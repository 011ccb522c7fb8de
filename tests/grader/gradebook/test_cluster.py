"""A class on several machines: the same gradebook, whatever is lost on the way."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from grader.course.model import read_course
from grader.errors import UsageError
from grader.gradebook import judging, machine
from grader.gradebook.judging import Job, Unjudged
from grader.gradebook.machine import Machine, parcel_of
from grader.judge.options import Device, Options, Sandbox
from grader.sandbox import jail
from grader.work.submission import read_submission

from ..command import SECONDS, command_line, environment, grade
from ..conftest import MakeCourse
from ..processes import descendants, wait_for_end, wait_until
from ..tiny_course import HALF, RIGHT, STUBS
from .killing import killed_by
from .test_class import DIES, class_of, exported, written

pytest.importorskip("distributed", reason="needs the extra `cluster`")
pytestmark = pytest.mark.skipif(jail.unavailable() is not None, reason="needs the sandbox")

from grader.gradebook import cluster  # noqa: E402  # only where Dask is

OPTIONS = Options(sandbox=Sandbox.REQUIRE)
SLOW = "import time\ntime.sleep(1)\n" + RIGHT
CERTIFICATES = """
req -x509 -newkey rsa:2048 -nodes -subj /CN=class -addext keyUsage=critical,keyCertSign
    -keyout ca-key.pem -out ca.pem
req -newkey rsa:2048 -nodes -subj /CN=machine -addext basicConstraints=CA:FALSE
    -keyout key.pem -out machine.csr
x509 -req -in machine.csr -CA ca.pem -CAkey ca-key.pem -copy_extensions copy -out cert.pem
"""  # as in docs/classes.md


@pytest.fixture(scope="module")
def course(make_course: MakeCourse) -> Path:
    return make_course().root


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    return certificates(tmp_path_factory.mktemp("tls"))


def certificates(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for command in CERTIFICATES.replace("\n    ", " ").strip().splitlines():
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
    return folder


@contextmanager
def started(folder: Path, log: Path, *line: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as said:
        process = subprocess.Popen(
            line, cwd=folder, env=environment(), stdout=said, stderr=said, start_new_session=True
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def scheduler(folder: Path, tls: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard"]
    line += ["--protocol", "tls", "--host", "127.0.0.1", "--port", f"{port}"]
    for name, file in (("ca-file", "ca"), ("cert", "cert"), ("key", "key")):
        line += [f"--tls-{name}", f"{tls / file}.pem"]
    with started(folder, folder / "scheduler.log", *line):
        yield f"tls://127.0.0.1:{port}"


@pytest.mark.slow
def test_two_machines_of_which_one_is_killed(course: Path, tmp_path: Path, tls: Path) -> None:
    kinds = (SLOW, HALF, DIES, STUBS, RIGHT)
    folder = class_of(tmp_path / "class", {f"s{n:02}": f"{kinds[n % 5]}# {n}\n" for n in range(12)})
    run = ("class", "run", folder, "--gradebook")
    here, there = tmp_path / "here.db", tmp_path / "there.db"
    with ExitStack() as running:
        address = running.enter_context(scheduler(tmp_path, tls))
        place = (address, "--tls", tls)
        workers = [
            running.enter_context(
                started(
                    tmp_path,
                    tmp_path / f"worker{n}.log",
                    *command_line("class", "worker", *place, "--jobs", 1),
                )
            )
            for n in range(2)
        ]
        logs = [tmp_path / f"worker{n}.log" for n in range(2)]
        wait_until(lambda: all("ready for" in log.read_text() for log in logs), SECONDS)
        stranger = certificates(tmp_path / "stranger")
        shutil.copy(tls / "ca.pem", stranger)  # who trusts this scheduler, and is not trusted
        refused = grade(course, *run, there, "--cluster", address, "--tls", stranger)
        assert (refused.returncode, "no scheduler" in refused.stderr) == (2, True)
        line = command_line(*run, there, "--cluster", *place)
        runs = running.enter_context(started(course, tmp_path / "run.log", *line))
        wait_until(lambda: written(there) >= 2 or runs.poll() is not None, SECONDS)
        judges = descendants(workers[0].pid)
        workers[0].kill()
        assert written(there) < 12
        assert runs.wait(SECONDS) == 0, (tmp_path / "run.log").read_text()
        wait_for_end(*judges)  # nothing is left of it
    assert "12 students, 12 judged in this run" in (tmp_path / "run.log").read_text()
    assert [worker.returncode for worker in workers] == [-9, 0]
    assert grade(course, *run, here).returncode == 0
    assert exported(there) == exported(here)
    assert written(there) == written(here) == 12


def test_what_is_no_cluster(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = class_of(tmp_path / "class", {"ann": RIGHT})
    for place, said in (
        ("there:1", "a cluster is tls://HOST:PORT, tcp://HOST:PORT or slurm"),
        ("tls://there:1", "tls:// needs certificates: --tls FOLDER"),
        ("slurm", "Slurm cannot be asked"),
    ):
        run = ("class", "run", folder, "--gradebook", tmp_path / "class.db", "--cluster", place)
        ended = grade(course, *run)
        assert (ended.returncode, said in ended.stderr) == (2, True), ended.stderr
    ended = grade(course, *run[:-1], "tls://there:1", "--jobs", 2)
    assert (ended.returncode, "--jobs is for each worker" in ended.stderr) == (2, True)

    def nobody(*_: object, **__: object) -> None:
        raise OSError("timed out")

    monkeypatch.setattr(cluster, "Client", nobody)
    told: list[str] = []
    job = Job("ann", read_submission(folder / "ann", ["tiny"]), None, "cpu")
    open_one = cluster.Cluster("tcp://there:1")
    with pytest.raises(UsageError, match="no scheduler of Dask answers at tcp://there:1"):
        list(cluster.judged_there(read_course(course), [job], OPTIONS, open_one, told.append))
    assert ["nothing is encrypted" in text for text in told] == [True]


def test_a_machine_is_refused(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parcel = parcel_of(read_course(course), OPTIONS)
    here = Machine()
    with pytest.raises(UsageError, match="another version of the grader"):
        here.take(replace(parcel, software="older"))
    monkeypatch.setattr(jail, "unavailable", lambda: "this kernel has no Landlock")
    with pytest.raises(UsageError, match="cannot judge the work of strangers: this kernel has no"):
        here.take(parcel)
    with pytest.raises(UsageError, match="cannot judge the work of strangers"):
        cluster.serve("tls://there:1", None, 1, 0, Sandbox.REQUIRE, print)
    unconfined = parcel_of(read_course(course), replace(OPTIONS, sandbox=Sandbox.OFF))
    here.take(unconfined)
    (unpacked,) = here.courses.values()
    files = {path.name for path in unpacked.root.rglob("*") if path.is_file()}
    assert files == {"course.toml", "tiny.py", "test_tiny.py"}
    here.release(unconfined)
    assert not unpacked.root.exists()


def test_what_ends_its_judge_twice_is_unjudged(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = class_of(tmp_path / "class", {"bad": "# kills\n" + HALF})
    bad = Job("bad", read_submission(folder / "bad", ["tiny"]), None, "cpu")
    monkeypatch.setattr(machine, "judge", killed_by)
    parcel, here = parcel_of(read_course(course), OPTIONS), Machine()
    here.take(parcel)
    assert here.judge(parcel, bad) == Unjudged(judging.KILLED)
    assert not here.idle
    here.release(parcel)


def test_what_slurm_is_asked_for(tls: Path) -> None:
    """There is no Slurm here: this is the script that it would be given."""
    import dask

    with dask.config.set({"jobqueue.slurm.cores": 4, "jobqueue.slurm.memory": "8GB"}):
        with cluster.slurm_cluster(cluster._security(tls), Device.CUDA) as asked:
            script, server = asked.job_script(), asked.scheduler.http_server
            with pytest.raises(HTTPError, match="404"):  # who is in the class is nobody's business
                urlopen(f"http://127.0.0.1:{server.port}/info/main/workers.html")
    for part in ("--cpus-per-task=4", "dask_worker tls://", "--nthreads 4", "--no-nanny"):
        assert part in script
    for part in (f"--tls-ca-file {tls}/ca.pem", "--resources GPU=1"):
        assert part in script
    assert server.port != 8787  # the one of everybody's Dask
