"""A judge's end of a worker whose bytes the test writes, and all that it can be asked."""

import os
import socket
from typing import Any

import torch

from grader.sandbox.client import WorkerClient
from grader.sandbox.limits import Limits
from grader.sandbox.processes import Process


class Grave:
    """Ends nothing: behind the channel there is no process."""

    def end(self, process, *, tell=True):
        process.channel.close()
        process.output.close()
        return 0


GRAVE: Any = Grave()


def client(channel: socket.socket, output: socket.socket, **limits: Any) -> WorkerClient:
    process = Process(os.getpid(), channel, output, None, "/nowhere")
    return WorkerClient(GRAVE, process, Limits(**limits))


def change(worker: WorkerClient) -> Any:
    """A call that may change its first argument, and no other."""
    x, y = torch.ones(2, requires_grad=True), torch.ones(2)
    try:
        return worker.call("unit", "f_", (x, y), {}, in_place=True)
    finally:
        assert y.tolist() == [1, 1]
        assert y.grad is None


ASKS = {
    "load": lambda worker: worker.load("unit", {"unit": ("unit.py", "x = 1")}),
    "load_cells": lambda worker: worker.load("unit", {"unit": ("u.ipynb", [("unit.py", "x = 1")])}),
    "bring": lambda worker: worker.bring("rig", "x = 1"),
    "call": lambda worker: worker.call("unit", "f", (torch.ones(2, requires_grad=True), max), {}),
    "change": lambda worker: change(worker),
    "observe": lambda worker: worker.call("unit", "f", (), {}, observe=True),
    "get": lambda worker: worker.get(1, "n"),
    "get_of_a_class": lambda worker: worker.get("unit", "Net.size"),
    "parameter": lambda worker: worker.parameter(torch.ones(2)),
    "set": lambda worker: worker.assign(1, "grad", torch.ones(2)),
    "iterate": lambda worker: worker.iterate(1),
    "gradients": lambda worker: worker.gradients(1, torch.ones(1)),
}
