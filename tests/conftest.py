"""What can be collected where `make test` has installed nothing: the suites, over the solutions."""

import gc
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

if find_spec("hypothesis") is None:  # an editor that looks for tests in a learner's environment
    collect_ignore = [
        "course",
        "grader",
        "fuzz",
        "gpu",
        "hostile",
        "bench",
        "test_docs.py",
        "test_project.py",
    ]
else:
    gc.disable()  # until all is collected: that takes a quarter less

    def pytest_collection_finish() -> None:
        gc.freeze()  # it stays until the end
        gc.enable()

    @pytest.hookimpl(optionalhook=True)  # there is none where xdist is not installed
    def pytest_xdist_auto_num_workers() -> int:
        """One more than there are cores: now and then a test waits, for a time limit or an end."""
        from grader.judge.options import cores

        return cores() + 1

    @pytest.fixture(scope="session", autouse=True)
    def what_stays_warm() -> Iterator[None]:
        """What imports torch is started once, when it is first needed, and ended with the tests."""
        from tests.grader import command
        from tests.grader.zygote import lending

        with lending(), command.at_the_end:
            yield
