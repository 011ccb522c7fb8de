"""What can be collected where `make test` has installed nothing: the suites, over the solutions."""

from importlib.util import find_spec

if find_spec("hypothesis") is None:  # an editor that looks for tests in a learner's environment
    collect_ignore = [
        "course",
        "grader",
        "fuzz",
        "hostile",
        "bench",
        "test_docs.py",
        "test_project.py",
    ]
