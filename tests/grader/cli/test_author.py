"""What authors ask: stubs that are made from the solutions. `grade new` and `grade audit` have
tests of their own."""

from tests.grader.tiny_course import HALF


def test_stubs_are_checked_and_written(grade, course):
    stub = course.stub("tiny")
    checked = grade("sync", "--check")
    assert checked.returncode == 1
    assert "out of date: exercises/tiny.py" in checked.stdout
    assert stub.read_text() == HALF
    refused = grade("sync")
    assert refused.returncode == 2
    assert "would overwrite the work in" in refused.stderr
    assert stub.read_text() == HALF
    assert grade("sync", "--force").returncode == 0
    assert "NotImplementedError" in stub.read_text()
    assert grade("sync", "--check").returncode == 0
