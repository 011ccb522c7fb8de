"""A report that was packed is the very same report again."""

from functools import partial

import pytest

from grader.gradebook.packed import pack, unpack
from grader.report import Graph, Plot, Report, restored
from tests.grader.formats.drawings import PICTURES, with_pictures
from tests.grader.formats.samples import SAMPLES, TYPICAL

unpacked = partial(unpack, what="report", read=partial(restored, Report))
EMPTY = (Plot("no series", "x", "y", ()), Graph("no nodes", ()))


@pytest.mark.parametrize("name", ["typical", "rehearsed", "grader fault", "no units"])
def test_nothing_of_a_report_is_lost(name):
    assert unpacked(pack(SAMPLES[name])) == SAMPLES[name]


@pytest.mark.parametrize("picture", [*PICTURES, *EMPTY], ids=lambda picture: picture.title)
def test_nothing_of_a_picture_is_lost(picture):
    report = with_pictures(TYPICAL, picture)
    assert repr(unpacked(pack(report))) == repr(report)  # NaN is unlike itself


@pytest.mark.parametrize("data", [b"", b"{}", pack(TYPICAL)[:-9]])
def test_what_is_no_report_is_refused(data):
    with pytest.raises(ValueError):
        unpacked(data)
