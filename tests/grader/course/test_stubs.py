import ast
from pathlib import Path
from textwrap import dedent

import pytest

from grader.course.model import find_course
from grader.course.stubs import stub_of, stubs_of
from grader.errors import CourseError


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
