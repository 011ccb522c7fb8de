"""A class on several machines: Dask carries the course and the works there, and the results back.

Dask retries what a lost machine was doing, and gives each task one result, whoever else computed
it as well; so nothing is lost and nothing counts twice.
"""

import asyncio
import logging
import os
import re
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any
from uuid import uuid4

from grader.course.model import Course
from grader.errors import GraderFault, UsageError
from grader.gradebook.judging import Job, Judged, Unjudged
from grader.gradebook.machine import Machine, Parcel, confining, parcel_of
from grader.judge.options import Device, Options, Sandbox
from grader.judge.pool import WAITING
from grader.report import Report

try:
    import dask
    from distributed import (
        Client,
        Future,
        KilledWorker,
        Reschedule,
        Security,
        Worker,
        WorkerPlugin,
        as_completed,
        get_worker,
    )
except ImportError as error:
    raise UsageError(f"this needs Dask (pip install 'torchkata[cluster]'): {error.msg}") from None

SLURM = "slurm"
Say = Callable[[str], None]
GPU = "GPU"  # the resource, as Dask knows it


@dataclass(frozen=True)
class Cluster:
    """Where the work goes: the address of a scheduler, or `slurm` with how many judges to ask for.

    `tls` is a folder with ca.pem, cert.pem and key.pem; without one, Dask's configuration counts.
    """

    address: str
    tls: Path | None = None
    judges: int | None = None


def judged_there(
    course: Course, jobs: Iterable[Job], options: Options, cluster: Cluster, say: Say
) -> Iterator[Judged]:
    """On the machines of a cluster, as they end; a few works for each judge are under way at once.

    Raises: UsageError, also if a machine of it cannot judge; GraderFault if the cluster is lost.
    """
    waiting = iter(jobs)
    first = next(waiting, None)
    if first is None:
        return
    delivery = Delivery(parcel_of(course, options))
    with _client(cluster, options, say) as client:
        client.register_plugin(delivery)
        try:
            yield from _carried(client, delivery, chain([first], waiting), options)
        finally:
            with suppress(Exception):  # it may be what was lost
                client.unregister_worker_plugin(delivery.name)


def _carried(
    client: Client, delivery: "Delivery", jobs: Iterator[Job], options: Options
) -> Iterator[Judged]:
    resources = {GPU: 1} if _needs_gpu(options.device) else None
    waiting: dict[object, Job] = {}
    ended = as_completed(loop=client.loop)
    while True:
        room = WAITING * max(1, sum(client.nthreads().values()))
        for job in islice(jobs, max(0, room - len(waiting))):
            future = client.submit(
                _judge_there, delivery.name, job, pure=False, resources=resources
            )
            waiting[future.key] = job
            ended.add(future)
        if not waiting:
            return
        for future in ended.next_batch():
            yield waiting.pop(future.key), _result(future)


def _needs_gpu(device: Device) -> bool:
    return device in (Device.CUDA, Device.ALL)


def _result(future: "Future[Report | Unjudged]") -> Report | Unjudged:
    try:
        return future.result()
    except KilledWorker:
        return Unjudged("several machines were lost, one after the other, while they judged this")
    except (CancelledError, OSError):
        raise GraderFault(
            "the scheduler of the cluster is lost: run it again; it continues where it stopped"
        ) from None


class Delivery(WorkerPlugin):
    """Brings a course to every machine of the cluster, also to those that join later."""

    def __init__(self, parcel: Parcel) -> None:
        self.parcel, self.name = parcel, f"torchkata-{uuid4().hex}"
        self.machine: Machine | None = None

    def setup(self, worker: Worker) -> None:
        machine = _machines.setdefault(worker.id, Machine())
        try:
            machine.take(self.parcel)
        except UsageError as error:
            _refused[worker.id] = str(error)
            worker.loop.add_callback(worker.close, reason=str(error))
            raise UsageError(f"{worker.address}: {error}") from None
        self.machine = machine

    async def teardown(self, worker: Worker) -> None:
        if self.machine is not None:
            await asyncio.to_thread(self.machine.release, self.parcel)


_machines: dict[str, Machine] = {}  # by the worker whose machine it is
_refused: dict[str, str] = {}  # why that worker has to leave


def _judge_there(delivery: str, job: Job) -> Report | Unjudged:
    """The task, on whichever machine it comes to."""
    plugin = get_worker().plugins.get(delivery)
    if not isinstance(plugin, Delivery) or plugin.machine is None:  # this one is about to leave
        raise Reschedule
    return plugin.machine.judge(plugin.parcel, job)


@contextmanager
def _client(cluster: Cluster, options: Options, say: Say) -> Iterator[Client]:
    """Connected. Raises: UsageError."""
    security = _security(cluster.tls)
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # what matters is told here
    with ExitStack() as opened:
        if cluster.address == SLURM:
            place: Any = opened.enter_context(slurm_cluster(security, options.device))
            place.scale(cores=cluster.judges or 1)
        elif cluster.judges is not None:
            raise UsageError("--jobs is for each worker to say: grade class worker --jobs")
        else:
            place = _checked(cluster.address, security, say)
        try:
            client = opened.enter_context(
                Client(place, security=security, timeout="30s", set_as_default=False)
            )
        except (OSError, TypeError) as error:
            raise UsageError(f"no scheduler of Dask answers at {place}: {error}") from None
        gpu = _needs_gpu(options.device)
        machines = client.scheduler_info()["workers"].values()
        if not any(not gpu or machine["resources"].get(GPU, 0) > 0 for machine in machines):
            kind = " with a GPU (--gpus)" if gpu else ""
            say(f"waiting for a first machine{kind} to join the cluster")
        yield client


def _checked(address: str, security: Security, say: Say) -> str:
    """The address of a scheduler; says what it risks. Raises: UsageError."""
    if not re.fullmatch(r"(tls|tcp)://\S+:\d+", address):
        raise UsageError(f"a cluster is tls://HOST:PORT, tcp://HOST:PORT or slurm, not {address}")
    if address.startswith("tcp:"):
        say(
            "with tcp:// nothing is encrypted, and whoever reaches a port of the cluster "
            "can run code on all of its machines and read the solutions; tls:// prevents both"
        )
    elif not _is_certified(security):
        raise UsageError(
            "tls:// needs certificates: --tls FOLDER with ca.pem, cert.pem and key.pem, or the "
            "configuration of Dask (distributed.comm.tls)"
        )
    return address


def _is_certified(security: Security) -> bool:
    """Can it be both who runs the class and a machine? Dask has one set of files for each."""
    told = [security.get_tls_config_for_role(role) for role in ("client", "worker")]
    return all(each["ca_file"] and each["cert"] for each in told)


def _security(tls: Path | None) -> Security:
    if tls is None:
        return Security()
    ca, cert, key = (str(tls / name) for name in ("ca.pem", "cert.pem", "key.pem"))
    for file in (ca, cert, key):
        if not os.access(file, os.R_OK):
            raise UsageError(f"cannot read {file}: --tls takes a folder with it")
    return Security(
        require_encryption=True,
        tls_ca_file=ca,
        tls_client_cert=cert,
        tls_client_key=key,
        tls_worker_cert=cert,
        tls_worker_key=key,
        tls_scheduler_cert=cert,
        tls_scheduler_key=key,
    )


def slurm_cluster(security: Security, device: Device) -> Any:
    """A scheduler here, and workers as jobs of Slurm, which Dask's configuration describes.

    Raises: UsageError.
    """
    try:
        from dask_jobqueue.slurm import SLURMCluster
    except ImportError:
        raise UsageError("--cluster slurm needs pip install 'torchkata[slurm]'") from None
    gpu = ["--resources", f"{GPU}=1"] if _needs_gpu(device) else []
    extra = dask.config.get("jobqueue.slurm.worker-extra-args", None) or []
    # On pages of Dask anybody here could read who is in the class; the port of all may be taken.
    dask.config.set({"distributed.scheduler.http.routes": []})
    unseen = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}
    asked = dask.config.get("jobqueue.slurm.scheduler-options", None) or {}
    try:
        return SLURMCluster(
            processes=1,  # which has a thread, and so a judge, for each core
            nanny=False,  # its children could have none of their own
            worker_extra_args=[*extra, *gpu],
            scheduler_options={**unseen, **asked},
            security=security if _is_certified(security) else None,
        )
    except (ValueError, OSError) as error:
        raise UsageError(f"Slurm cannot be asked ({error}): see docs/classes.md") from None


def serve(
    address: str, tls: Path | None, judges: int, gpus: int, sandbox: Sandbox, say: Say
) -> None:
    """Judge for whoever runs a class at this scheduler, until this process is asked to end.

    Raises: UsageError; GraderFault if the scheduler is lost.
    """
    confining(sandbox)
    security = _security(tls)
    _checked(address, security, say)
    dask.config.set(
        {"distributed.worker.http.routes": [], "distributed.worker.profile.enabled": False}
    )
    with tempfile.TemporaryDirectory(prefix="torchkata-", ignore_cleanup_errors=True) as folder:
        try:
            asyncio.run(_serve(address, security, judges, gpus, folder, say))
        except (OSError, TypeError) as error:
            raise UsageError(f"no scheduler of Dask answers at {address}: {error}") from None


async def _serve(
    address: str, security: Security, judges: int, gpus: int, folder: str, say: Say
) -> None:
    async with Worker(
        address,
        nthreads=judges,
        resources={GPU: gpus} if gpus else {},
        security=security,
        local_directory=folder,
        memory_limit=0,  # the judges have limits of their own
        death_timeout="60s",
    ) as worker:
        loop, ending = asyncio.get_running_loop(), set()

        def end() -> None:
            ending.add(loop.create_task(worker.close_gracefully(reason="it was asked to end")))

        for asked in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(asked, end)
        say(f"ready for {address}, with --jobs {judges}")
        await worker.finished()
    if worker.id in _refused:
        raise UsageError(_refused[worker.id])
    if not ending:
        raise GraderFault("the scheduler is lost, or has sent this worker away: start it again")
