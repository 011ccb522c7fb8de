"""What a run can be asked for: the choices of the command line, each stated here alone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from grader.sandbox.limits import Limits

OnProgress = Callable[[int, int], None]  # tests done, and how many there are


class Device(StrEnum):
    CPU = "cpu"
    CUDA = "cuda"
    MPS = "mps"
    ALL = "all"  # every one of them that this machine has


class Sandbox(StrEnum):
    AUTO = "auto"  # wherever it can be; otherwise one's own work is run unconfined
    REQUIRE = "require"
    OFF = "off"


@dataclass(frozen=True)
class Options:
    """How to grade. With `pictures`, exercises that failed are also drawn."""

    device: Device = Device.CPU
    sandbox: Sandbox = Sandbox.AUTO
    limits: Limits = field(default_factory=Limits)
    pictures: bool = False


def ignore(done: int, total: int) -> None:
    """The OnProgress of whoever does not want to know."""
