import pytest

from grader.course.progress import FILE, Progress, read_progress
from grader.report import ExerciseResult, Outcome, Report, TestResult, UnitResult

IDS = {"shapes.flatten": "shapes.flatten", "shapes.swap": "shapes.swap"}


def report(**outcomes):
    exercises = tuple(
        ExerciseResult(name, (TestResult("unit", "exercise", "test", "title", outcome, 1),))
        for name, outcome in outcomes.items()
    )
    return Report((UnitResult("shapes", "Shapes", exercises),), 0, "cpu")


def test_nothing_is_known_at_first(tmp_path):
    assert read_progress(tmp_path) == Progress(tmp_path / FILE)


def test_what_is_saved_is_read_again(tmp_path):
    progress = read_progress(tmp_path)
    progress.note(report(flatten=Outcome.PASSED, swap=Outcome.FAILED), IDS)
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


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.PASSED])
def test_what_is_no_longer_passed_is_no_longer_finished(tmp_path, outcome):
    progress = read_progress(tmp_path)
    progress.note(report(flatten=Outcome.PASSED, swap=Outcome.PASSED), IDS)
    progress.note(report(flatten=outcome), IDS)
    assert progress.finished == {"shapes.swap"}


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
    progress.note(report(flatten=Outcome.PASSED), IDS)
    progress.save()
    assert progress.finished == {"shapes.flatten"}


def test_what_is_known_is_known_by_ids(tmp_path):
    progress = read_progress(tmp_path)
    progress.note(report(one_row=Outcome.PASSED), {"shapes.one_row": "shapes.flatten"})
    assert progress.finished == {"shapes.flatten"} == set(progress.points)
