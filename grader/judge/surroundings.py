"""What lies around a call: what no worker may do, and defaults of torch that work changes."""

import re
from collections.abc import Mapping
from dataclasses import replace

from grader.errors import Raised
from grader.report import TestResult

NO_INPUT = "Nobody is there to answer input() while work is graded: use an argument instead."
NO_NETWORK = "Work is graded without a network, so nothing can be downloaded."
NO_FILES = (
    "Work is graded in an empty folder, without your other files: make what it needs in the code."
)
NO_PROCESSES = (
    "Work is graded in a sandbox that lets it start no processes and open no connections: no "
    "subprocess, multiprocessing, num_workers, asyncio or sockets."
)
_REFUSED = (  # by what the error is called and says
    (re.compile(r"EOFError: EOF when reading"), NO_INPUT),
    (re.compile(r"\w+: .*(?:name resolution|nodename nor servname|no internet)"), NO_NETWORK),
    (re.compile(r"(?:URLError|gaierror|ConnectionError): "), NO_NETWORK),
    (re.compile(r"PermissionError: \[Errno (?:1|13)\] [A-Z][a-z ]+\Z"), NO_PROCESSES),
    (re.compile(r"(?:PermissionError|IsADirectoryError): \[Errno \d+\] .*: "), NO_FILES),
    (re.compile(r"FileNotFoundError: (?:\[Errno 2\] |.* not found)"), NO_FILES),
)
_DEFAULT = re.compile(r"^(?:\w+\.)*set_default_(dtype|tensor_type|device)\(", re.MULTILINE)
_OF_DTYPES = re.compile(r"dtype|scalar type|\b[Dd]ouble\b")
_OF_DEVICES = re.compile(r"device|\bmeta\b|cuda|CUDA")


def refused(error: Raised) -> str | None:
    """What no work may do, if that is what went wrong."""
    said = f"{error.kind}: {error}"
    return next((words for pattern, words in _REFUSED if pattern.match(said)), None)


def with_changed_default(test: TestResult, modules: Mapping[str, str]) -> TestResult:
    """Blame a default of torch that the unit, or what it imports, changes when it is loaded, for
    a failure over just that. `modules` are their texts; that of the unit itself comes last."""
    said = test.message or ""
    if said.startswith("it raised"):
        said = test.got or ""
    for file, text in reversed([*modules.items()]):
        for change in _DEFAULT.finditer(text):
            what = "device" if change[1] == "device" else "dtype"
            if (_OF_DEVICES if what == "device" else _OF_DTYPES).search(said):
                line = text.count("\n", 0, change.start()) + 1
                likely = (
                    f"{file}:{line} changes the default {what} of torch, so layers and new tensors "
                    f"have another {what} than the tensors of the tests. Delete that line."
                )
                return replace(test, likely=likely)
    return test
