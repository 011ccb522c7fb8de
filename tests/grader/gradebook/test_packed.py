"""A report that was packed is the very same report again."""

import pytest

from grader.gradebook.packed import pack, unpack
from tests.grader.formats.samples import SAMPLES


@pytest.mark.parametrize("name", ["typical", "rehearsed", "grader fault", "no units"])
def test_nothing_of_a_report_is_lost(name):
    assert unpack(pack(SAMPLES[name])) == SAMPLES[name]
