import ast
from pathlib import Path
from textwrap import dedent

import pytest

from grader.course.model import find_course
from grader.course.stubs import Stub, stub_of, stubs_of, without_markers
from grader.errors import CourseError
from grader.work.given import given_in


def stub(solution):
    return stub_of(dedent(solution).lstrip("\n"), "unit.py")


def test_what_stands_between_the_markers_is_left_out():
    made = stub('''
        def double(x):
            """Return 2 x."""
            # Think of addition.
            # BEGIN SOLUTION
            y = x + x
            return y
            # END SOLUTION


        LIMIT = 3
    ''')
    assert made == dedent('''
        def double(x):
            """Return 2 x."""
            # Think of addition.
            raise NotImplementedError("double")


        LIMIT = 3
    ''').lstrip("\n")


def test_a_method_is_named_with_its_class():
    made = stub("""
        class Model:
            def forward(self, x):
                # BEGIN SOLUTION
                return x
                # END SOLUTION
    """)
    assert '        raise NotImplementedError("Model.forward")\n' in made


def test_a_function_inside_an_exercise_is_named_after_the_exercise():
    made = stub("""
        def outer(x):
            def inner(y):
                # BEGIN SOLUTION
                return y
                # END SOLUTION
            return inner(x)
    """)
    assert 'raise NotImplementedError("outer")' in made


def test_a_region_outside_of_every_function_is_left_out():
    made = stub("""
        # BEGIN SOLUTION
        SECRET = 1
        # END SOLUTION
        PUBLIC = 2
    """)
    assert made == "PUBLIC = 2\n"


def test_a_function_may_have_several_regions():
    made = stub("""
        def f(x):
            # BEGIN SOLUTION
            y = 1
            # END SOLUTION
            print(y)
            # BEGIN SOLUTION
            return y
            # END SOLUTION
    """)
    assert made.count("raise NotImplementedError") == 2
    assert "print(y)" in made


def test_without_markers_nothing_changes():
    assert stub("x = 1\n") == "x = 1\n"


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (["# BEGIN SOLUTION"], 1),
        (["x = 1", "# END SOLUTION"], 2),
        (["# BEGIN SOLUTION", "# BEGIN SOLUTION", "# END SOLUTION"], 2),
        (["# BEGIN SOLUTION", "# END SOLUTION", "", "# END SOLUTION"], 4),
        (["x = 1", "def f(:"], 2),
    ],
)
def test_a_marker_without_a_partner_is_named_with_its_line(lines, wrong):
    with pytest.raises(CourseError, match=rf"unit\.py:{wrong}: "):
        stub_of("\n".join(lines), "unit.py")


MENDED = """
    def total(x):
        # BEGIN SOLUTION
        return sum(x)
        # INSTEAD
        # result = 0
        #
        # for number in x:  # one by one

        #     result = number
        # return result
        # END SOLUTION
"""


def test_a_program_to_mend_stands_in_comments_below_the_solution():
    assert stub(MENDED) == dedent("""
        def total(x):
            result = 0

            for number in x:  # one by one

                result = number
            return result
    """).lstrip("\n")
    assert without_markers(dedent(MENDED)) == "\ndef total(x):\n    return sum(x)\n"


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("# result = 0", "result = 0", r"unit\.py:5: below INSTEAD"),
        ("# for number in x:", "# for number in x", r"the stub of unit\.py:4: "),
        ("#\n", "# INSTEAD\n", r"unit\.py:6: this marker has no partner"),
        ("# BEGIN SOLUTION", "#", r"unit\.py:4: this marker has no partner"),
    ],
)
def test_what_is_no_program_to_mend_is_named_with_its_line(old, new, wrong):
    with pytest.raises(CourseError, match=wrong):
        stub(MENDED.replace(old, new))


def test_a_program_that_was_mended_is_not_overwritten(tmp_path):
    made = Stub(tmp_path / "unit.py", text := stub(MENDED), given_in(text, ["total"]))
    for there, holds in (
        (text, False),
        (text.replace("  # one by one\n\n", "\n").replace("result = 0", "result=0"), False),
        (text.replace("result = number", "result += number"), True),
        (text.replace("        result = number\n", "        pass\n"), True),
        ("def total(x):\n    raise NotImplementedError\n", False),
        ("", False),
    ):
        made.path.write_text(there)
        assert made.holds_work() is holds, there


def test_a_missing_solution_is_named(make_course):
    course = make_course()
    (path,) = course.solutions_folder.iterdir()
    path.unlink()
    with pytest.raises(CourseError, match=f"{path.name} is missing"):
        stubs_of(course)


def test_a_stub_is_written_when_the_file_holds_exactly_it(make_course):
    for made in stubs_of(make_course()):
        assert not made.is_written()
        made.path.write_text(made.text, encoding="utf-8")
        assert made.is_written()
        made.path.write_text(made.text + "\n", encoding="utf-8")
        assert not made.is_written()


def solution_lines(text):
    inside, lines = False, []
    for line in text.splitlines():
        if line.strip() in ("# BEGIN SOLUTION", "# END SOLUTION"):
            inside = not inside
        elif inside:
            lines.append(line)
    return lines


def test_the_real_stubs_are_python_that_keeps_docstrings_and_hides_solutions():
    course = find_course(Path(__file__))
    modules = [stub for stub in stubs_of(course) if stub.path.suffix == ".py"]
    for made, unit in zip(modules, course.units, strict=True):
        solution = (course.solutions_folder / f"{unit.name}.py").read_text(encoding="utf-8")
        stub, whole = ast.parse(made.text), ast.parse(solution)
        if "# INSTEAD" in solution:
            continue  # a program to mend has right lines in it
        documented = (ast.FunctionDef, ast.ClassDef)
        docstrings = [
            [ast.get_docstring(n) for n in tree.body if isinstance(n, documented)]
            for tree in (stub, whole)
        ]
        assert docstrings[0] == docstrings[1]
        assert "SOLUTION" not in made.text
        hidden = [line for line in solution_lines(solution) if line.strip().startswith("return")]
        assert hidden
        kept = made.text.splitlines()
        assert not [line for line in hidden if line in kept]
