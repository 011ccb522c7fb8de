from types import SimpleNamespace
from typing import Any

import pytest

from grader.course.progress import FILE, Progress, read_progress, remember


def test_nothing_is_known_at_first(tmp_path):
    assert read_progress(tmp_path) == Progress(tmp_path / FILE)


def test_what_is_saved_is_read_again(tmp_path):
    progress = read_progress(tmp_path)
    progress.note({"shapes.flatten": 2, "shapes.swap": 1}, ["shapes.flatten"])
    progress.hints["shapes.swap"] = 2
    progress.save()
    assert read_progress(tmp_path) == progress
    assert progress.finished == {"shapes.flatten"}


def test_it_is_not_saved_through_a_link(tmp_path):
    outside, file = tmp_path / "outside", tmp_path / FILE
    outside.write_text("theirs")
    file.symlink_to(outside)
    read_progress(tmp_path).save()
    assert outside.read_text() == "theirs"
    assert not file.is_symlink()


def test_what_is_no_longer_finished_is_forgotten_and_unknown_points_are_not(tmp_path):
    progress = read_progress(tmp_path)
    progress.note({"shapes.flatten": 2, "shapes.swap": 1}, ["shapes.flatten", "shapes.swap"])
    progress.note({"shapes.flatten": None}, [])
    assert progress.finished == {"shapes.swap"}
    assert progress.points == {"shapes.flatten": 2, "shapes.swap": 1}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "{}",
        '{"finished": 3, "hints": {}}',
        '{"finished": [], "hints": {"a": "many"}}',
        '{"finished": [], "hints": [1]}',
        "[" * 100_000,
        "\xff",
    ],
)
def test_a_broken_file_costs_nothing_but_the_memory(tmp_path, text):
    (tmp_path / FILE).write_text(text, encoding="latin-1")
    assert read_progress(tmp_path) == Progress(tmp_path / FILE)


def test_a_folder_that_cannot_be_written_costs_nothing_but_the_memory(tmp_path):
    progress = read_progress(tmp_path / "missing")
    progress.note({"shapes.flatten": 2}, ["shapes.flatten"])
    progress.save()
    assert progress.finished == {"shapes.flatten"}


def test_what_is_known_is_known_by_ids(tmp_path):
    course: Any = SimpleNamespace(home=tmp_path, ids={"shapes.one_row": "shapes.flatten"})
    remember(course, {"shapes.one_row": 2}, ["shapes.one_row"])
    progress = read_progress(tmp_path)
    assert progress.finished == {"shapes.flatten"} == set(progress.points)
