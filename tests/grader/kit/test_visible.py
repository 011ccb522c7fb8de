"""What a kit holds of a suite's text."""

import ast

from grader.kit.visible_suite import visible_suite

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


def test_what_a_visible_test_brings_along_is_named() -> None:
    suite = visible_suite(
        "@visible\ndef test_it(student):\n    student.bring('rig_it').f()\n"
        "def test_no(student):\n    student.bring('rig_no').f()\n",
        "unit",
    )
    assert suite is not None
    assert suite.rigs == ("rig_it",)


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
    compile(suite.text, "suite", "exec")
    for hidden in ("1234", "secret", "77", "oracle", "99", "98"):
        assert hidden not in suite.text
    for needed in ("needed = 5", "def helped", "What is tested", "from grader import suite"):
        assert needed in suite.text


def sliced() -> str:
    suite = visible_suite(shop.SUITE, "scaling")
    assert suite is not None
    return suite.text
