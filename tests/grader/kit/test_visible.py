"""What a kit holds of a suite's text."""

import ast
from pathlib import Path

import pytest

import grader.kit.visible_suite as visible_suite_module
from grader.errors import CourseError
from grader.kit.visible_suite import visible_data, visible_suite, visible_texts

from . import shop


def test_hidden_tests_and_what_only_they_need_are_left_out() -> None:
    text = sliced()
    for hidden in (
        "test_large_numbers_too",
        "check_secretly",
        "ONLY_HIDDEN",
        "math",
        "secret idea",
    ):
        assert hidden not in text
    for needed in (
        "test_every_number_is_doubled",
        "def check(",
        "MORE =",
        "test_every_number_is_h",
    ):
        assert needed in text


def test_of_a_recorded_function_the_signature_and_the_docstring_stay() -> None:
    text = sliced()
    assert 'def added_to_itself(x):\n    """What doubling gives."""\n    ...' in text
    assert 'about each."""\n    yield\n' in text
    assert "nobody_shall_read_this" not in text
    assert "x * x" not in text


def test_the_text_is_a_module_with_the_imports_that_it_needs() -> None:
    imports = [node for node in ast.parse(sliced()).body if isinstance(node, ast.ImportFrom)]
    (ours,) = imports
    names = [alias.name for alias in ours.names]
    assert names == ["assert_same", "exercise", "points", "recorded", "visible"]


def test_what_a_visible_test_brings_along_is_in_the_kit(tmp_path: Path) -> None:
    course = shop.write_course(tmp_path, "scaling")
    suite = course.suite("scaling")
    for rig in ("rig_it", "rig_no"):
        (suite.parent / f"{rig}.py").write_text(f"NAME = '{rig}'\n")
    suite.write_text(
        "@visible\ndef test_it(student):\n    student.bring('rig_it').f()\n"
        "def test_no(student):\n    student.bring('rig_no').f()\n"
    )
    texts = visible_texts(course, "scaling")
    assert list(texts) == ["test_scaling.py", "rig_it.py"]
    assert texts["rig_it.py"] == b"NAME = 'rig_it'\n"


def test_data_is_named_and_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    course = shop.write_course(tmp_path, "scaling")
    binary = course.data("scaling") / "more" / "numbers.bin"
    binary.parent.mkdir()
    binary.write_bytes(b"\xff" * 100)
    named = "student.data('few.csv'), student.data( \"more\")"
    files = visible_data(course, "scaling", named)
    assert list(files) == ["data_scaling/few.csv", "data_scaling/more/numbers.bin"]
    with pytest.raises(CourseError, match=r"data_scaling has no none\.csv"):
        visible_data(course, "scaling", "student.data('none.csv')")
    with pytest.raises(CourseError, match=r"has no \.\./test_scaling\.py"):
        visible_data(course, "scaling", "student.data('../test_scaling.py')")
    monkeypatch.setattr(visible_suite_module, "MOST_DATA", 50)
    with pytest.raises(CourseError, match="a kit carries"):
        visible_data(course, "scaling", named)


def test_a_name_that_is_given_twice_is_kept_with_all_that_it_is_given() -> None:
    text = "CASES = [1]\nCASES += [2]\n\n@visible\ndef test_it(student):\n    assert CASES\n"
    suite = visible_suite(text, "unit")
    assert suite is not None
    assert "CASES = [1]" in suite
    assert "CASES += [2]" in suite


def test_without_a_visible_test_there_is_nothing() -> None:
    assert visible_suite("def test_it(student):\n    pass\n", "unit") is None


def test_marks_count_however_they_are_written() -> None:
    text = """
from grader import suite

@suite.recorded
def formula(x): return x * 1234

class TestIt:
    \"\"\"What is tested.\"\"\"

    needed = 5
    secret = 77

    @suite.visible
    @suite.points(1)
    def test_it(self, student):
        assert student.f(self.needed) == formula(self.helped())

    def helped(self):
        return 3

    def oracle(self):
        return 99

    @suite.recorded
    def other(self): return 98
"""
    suite = visible_suite(text, "unit")
    assert suite is not None
    compile(suite, "suite", "exec")
    for hidden in ("1234", "secret", "77", "oracle", "99", "98"):
        assert hidden not in suite
    for needed in ("needed = 5", "def helped", "What is tested", "from grader import suite"):
        assert needed in suite


def sliced() -> str:
    suite = visible_suite(shop.SUITE, "scaling")
    assert suite is not None
    return suite
