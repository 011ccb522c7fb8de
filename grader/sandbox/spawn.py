"""A worker as a process of its own, where forking is missing (Windows) or unsafe (macOS).

Started by `processes` with one line of JSON on standard input:

    {"channel": C, "output": O, "limits": {...}, "scratch": folder}

C and O are file descriptors of sockets, or on Windows what `socket.share` gave, as hex. Trusted
until the first request loads learner code; from then on it is a worker like any other.
"""

import json
import os
import socket
import sys
from typing import NoReturn

from grader.sandbox import jail, worker
from grader.sandbox.limits import Limits


def main() -> NoReturn:
    code = 70
    try:
        order = json.loads(sys.stdin.readline())
        limits = Limits(**order["limits"])
        channel, output = _socket(order["channel"]), _socket(order["output"])
        os.chdir(order["scratch"])
        sys.stdin = open(os.devnull)  # noqa: SIM115
        if sys.platform == "win32":
            sys.stdout = sys.stderr = output.makefile(
                "w", encoding="utf-8", errors="backslashreplace"
            )
        else:
            os.setsid()
            jail.die_with_parent()
            for standard in (1, 2):
                os.dup2(output.fileno(), standard)
            sys.stdout, sys.stderr = worker.text_stream(1), worker.text_stream(2)
            jail.limit_resources(limits, bound_memory=False)
        import torch

        torch.set_num_threads(1)
        worker.serve(channel, limits)
        code = 0
    finally:
        os._exit(code)


def _socket(what: int | str) -> socket.socket:
    if isinstance(what, int):
        return socket.socket(fileno=what)
    return socket.fromshare(bytes.fromhex(what))  # type: ignore[attr-defined,no-any-return]
