"""Right answers pass on the rehearsal device, or it says that it cannot tell.

All idioms are tried in one process of their own: a device cannot be taken back.
"""

import json
import subprocess
import sys

import pytest

from grader.sandbox.rehearsal import OURS, is_possible
from tests.grader.sandbox.idioms import NEEDS_GPU, WORKS

pytestmark = pytest.mark.skipif(not is_possible(), reason="torch is older than 2.10")


@pytest.fixture(scope="module")
def tried() -> dict[str, object]:
    """For each idiom: True if both devices give the same, or what was different."""
    command = [sys.executable, "-m", "tests.grader.sandbox.idioms"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", WORKS)
def test_it_does_what_the_cpu_does(tried, name):
    assert tried[name] is True


@pytest.mark.parametrize("name", NEEDS_GPU)
def test_what_needs_a_real_gpu_is_known_as_such(tried, name):
    assert OURS.search(str(tried[name]))
