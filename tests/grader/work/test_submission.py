import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.work.reading import MAX_BYTES
from grader.work.submission import Source, Submission, read_submission

UNITS = ["shapes", "curves"]
not_root = pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may read all")
posix = pytest.mark.skipif(os.name != "posix", reason="links and pipes as POSIX has them")


def problem(folder, unit="shapes"):
    return read_submission(folder, UNITS).sources[unit].problem


# --- where the work lies


def test_a_folder_of_units_is_read(write):
    found = read_submission(write({"shapes.py": "x = 1", "notes.txt": "no unit"}), UNITS)
    assert found.sources == {"shapes": Source("shapes.py", "x = 1")}


def test_a_folder_with_exercises_in_it_is_read_there(write):
    folder = write({"exercises/shapes.py": "inner", "shapes.py": "outer"})
    assert read_submission(folder, UNITS).sources["shapes"] == Source(
        "exercises/shapes.py", "inner"
    )


def test_the_exercises_folder_itself_is_shown_as_such(write):
    folder = write({"exercises/shapes.py": "x"}) / "exercises"
    assert read_submission(folder, UNITS).sources["shapes"].file == "exercises/shapes.py"


def test_a_single_file_is_read_if_it_is_named_after_a_unit(write):
    folder = write({"curves.py": "x = 1", "shapes.py": "not asked for"})
    found = read_submission(folder / "curves.py", UNITS)
    assert found.sources == {"curves": Source("curves.py", "x = 1")}


@pytest.mark.parametrize("name", ["other.py", "shapes.txt", "shapes"])
def test_a_file_that_is_no_unit_is_refused_and_told_what_is_expected(write, name):
    folder = write({name: "x = 1"})
    with pytest.raises(UsageError, match=r"expected shapes\.py or curves\.py"):
        read_submission(folder / name, UNITS)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(UsageError, match="missing: No such file"):
        read_submission(tmp_path / "missing", UNITS)


def test_a_folder_without_units_is_told_what_is_expected(tmp_path):
    with pytest.raises(UsageError, match=r"expected shapes\.py or curves\.py"):
        read_submission(tmp_path, UNITS)


# --- text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"\xef\xbb\xbfx = 1", "x = 1"),
        ("é = '漢'".encode(), "é = '漢'"),
        (b"a\x0cb\xe2\x80\xa8c\x00", "a\x0cb\u2028c\x00"),
        (b"", ""),
    ],
)
def test_text_is_read_with_its_line_ends_made_alike(write, data, text):
    assert read_submission(write({"shapes.py": data}), UNITS).sources["shapes"].text == text


def test_what_is_not_utf8_names_the_line(write):
    assert "shapes.py:3: not UTF-8" in problem(write({"shapes.py": b"a\nb\nc \xff"}))


def test_a_file_of_another_encoding_is_a_problem_of_its_unit_alone(write):
    folder = write({"shapes.py": "x".encode("utf-16"), "curves.py": "x"})
    assert "not UTF-8" in problem(folder)
    assert problem(folder, "curves") is None


# --- nothing in it is trusted


def test_a_large_file_is_not_read(write):
    assert problem(write({"shapes.py": b"#" * MAX_BYTES})) is None
    assert "larger than 1024 KiB" in problem(write({"shapes.py": b"#" * (MAX_BYTES + 1)}))


def test_a_folder_named_like_a_unit_is_no_unit(write):
    assert "not a regular file" in problem(write({"shapes.py/x": ""}))


@posix
def test_a_pipe_is_not_waited_for(write):
    folder = write({"curves.py": ""})
    os.mkfifo(folder / "shapes.py")
    assert "not a regular file" in problem(folder)


@posix
def test_a_link_inside_the_folder_is_followed(write):
    folder = write({"mine.py": "x = 1"})
    (folder / "shapes.py").symlink_to("mine.py")
    assert read_submission(folder, UNITS).sources["shapes"].text == "x = 1"


@posix
@pytest.mark.parametrize("target", ["../secret.py", "{tmp}/secret.py", "/etc/passwd", "/dev/zero"])
def test_a_link_out_of_the_folder_is_not_followed(write, tmp_path, target):
    folder = write({"curves.py": ""})
    (tmp_path / "secret.py").write_text("the solution")
    (folder / "shapes.py").symlink_to(target.format(tmp=tmp_path))
    source = read_submission(folder, UNITS).sources["shapes"]
    assert "outside the submission" in source.problem
    assert source.text == ""


@posix
def test_a_folder_that_is_a_link_is_not_followed(write, tmp_path):
    folder = write({"notes.txt": ""})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "shapes.py").write_text("the solution")
    (folder / "exercises").symlink_to(tmp_path / "elsewhere")
    assert "outside the submission" in problem(folder)


@posix
@pytest.mark.parametrize("target", ["shapes.py", "curves.py", "nothing.py", "x" * 255])
def test_a_link_to_itself_or_to_nothing_is_a_problem_of_its_unit(write, target):
    folder = write({"notes.txt": ""})
    (folder / "shapes.py").symlink_to(target)
    (folder / "curves.py").symlink_to("shapes.py")
    assert problem(folder)


@posix
def test_an_exercises_folder_that_is_a_link_to_itself_is_none(write):
    folder = write({"shapes.py": "x = 1"})
    (folder / "exercises").symlink_to("exercises")
    assert read_submission(folder, UNITS).sources["shapes"].file == "shapes.py"


@posix
@not_root
def test_a_file_that_may_not_be_read_is_a_problem_of_its_unit(write):
    folder = write({"shapes.py": "x", "curves.py": "x"})
    (folder / "shapes.py").chmod(0)
    assert "Permission denied" in problem(folder)
    assert problem(folder, "curves") is None


@posix
@not_root
def test_a_folder_that_may_not_be_read_is_a_wrong_use(write):
    folder = write({"shapes.py": "x"})
    folder.chmod(0)
    try:
        with pytest.raises(UsageError, match="Permission denied"):
            read_submission(folder, UNITS)
    finally:
        folder.chmod(0o700)


# --- the digest, from which the seed of a run is derived

texts = st.dictionaries(st.sampled_from(UNITS), st.text(), min_size=1)


def submission(texts):
    return Submission(Path("x"), {unit: Source(f"{unit}.py", t) for unit, t in texts.items()})


@given(texts, texts)
def test_the_digest_is_that_of_the_work(one, other):
    same = submission(one).digest == submission(other).digest
    assert same == (one == other)


@given(texts)
def test_the_digest_does_not_depend_on_place_or_order(texts):
    elsewhere = Submission(
        Path("elsewhere"), {unit: Source(f"a/{unit}.py", texts[unit]) for unit in reversed(texts)}
    )
    assert elsewhere.digest == submission(texts).digest
    assert 0 <= elsewhere.digest < 2**32
