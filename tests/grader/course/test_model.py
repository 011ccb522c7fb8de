from pathlib import Path

import pytest

from grader.course.model import find_course, read_course
from grader.errors import CourseError, UsageError

TEXT = """
title = "torch"

[[unit]]
name = "shapes"
title = "Shapes"
summary = "Many shapes."
points = 3
reading = ["a page: https://example.org"]
[[unit.exercise]]
name = "flatten"
title = "one row"
hints = ["first", "second"]
[[unit.exercise]]
name = "swap"
title = "two axes"

[[unit]]
name = "curves"
title = "Curves"
points = 4
[[unit.exercise]]
name = "softmax"
title = "sums to one"
[[unit.exercise]]
name = "swap"
title = "a name of two units"
"""


@pytest.fixture
def written(tmp_path):
    def written(text):
        (tmp_path / "course.toml").write_text(text)
        return tmp_path

    return written


@pytest.fixture
def course(written):
    return read_course(written(TEXT))


def test_units_and_exercises_keep_their_order(course):
    assert [(u.name, [e.name for e in u.exercises]) for u in course.units] == [
        ("shapes", ["flatten", "swap"]),
        ("curves", ["softmax", "swap"]),
    ]


def test_what_a_unit_says_of_itself_is_read(course):
    unit = course.unit("shapes")
    assert (unit.title, unit.summary, unit.points) == ("Shapes", "Many shapes.", 3)
    assert unit.reading == ("a page: https://example.org",)
    assert unit.exercise("flatten").hints == ("first", "second")
    assert unit.exercise("swap").hints == ()


def test_all_paths_follow_from_the_root(course):
    assert course.suite("shapes") == course.root / "tests" / "hidden" / "test_shapes.py"
    assert course.exercises_folder == course.root / "exercises"
    assert course.solutions_folder == course.root / "solutions"


def test_the_course_is_found_from_any_folder_inside_it(course):
    inside = course.root / "exercises" / "deeper"
    inside.mkdir(parents=True)
    assert find_course(inside) == find_course(course.root) == course


def test_outside_of_a_course_one_is_told_so(tmp_path):
    with pytest.raises(UsageError, match="`torchkata start FOLDER` lays one out"):
        find_course(tmp_path)


# --- selection


def test_no_names_mean_everything(course):
    assert course.select([]) == {"shapes": {"flatten", "swap"}, "curves": {"softmax", "swap"}}


def test_a_unit_means_all_its_exercises_and_a_full_name_one(course):
    assert course.select(["curves"]) == {"curves": {"softmax", "swap"}}
    assert course.select(["curves.softmax"]) == {"curves": {"softmax"}}


def test_names_add_up_in_the_order_of_the_course(course):
    selection = course.select(["curves.swap", "shapes.swap", "curves.softmax"])
    assert list(selection) == ["shapes", "curves"]
    assert selection == {"shapes": {"swap"}, "curves": {"swap", "softmax"}}
    assert course.select(["shapes", "shapes.swap"]) == course.select(["shapes"])


def test_the_path_of_a_module_or_notebook_means_its_unit(course):
    for name in ("shapes.py", "exercises/shapes.py", "./shapes.ipynb"):
        assert course.named(name).unit == "shapes"
        assert course.select([name]) == course.select(["shapes"])
    assert str(course.named("curves.softmax")) == "curves.softmax"
    assert course.named("shapes.ipynb").ending == ".ipynb"


def test_an_exercise_of_a_name_that_no_other_has_needs_no_unit(course):
    assert str(course.named("softmax")) == "curves.softmax"
    assert course.select(["softmax", "shapes.swap"]) == {"shapes": {"swap"}, "curves": {"softmax"}}


@pytest.mark.parametrize(
    ("name", "offer"),
    [
        ("shape", "shapes"),
        ("curves.sotfmax", "curves.softmax"),
        ("swap", "shapes.swap or curves.swap"),
        ("curves.flatten", "shapes.flatten"),
        ("flaten", "shapes.flatten"),
        ("shapes.softmax", "shapes"),
        ("something else", "`grade list` shows the units"),
        (".py", "`grade list` shows the units"),
        ("shapes.py.py", "did you mean shapes"),
        ("", "`grade list` shows the units"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(course, name, offer):
    with pytest.raises(UsageError, match=offer):
        course.select([name])


# --- a course that is broken


@pytest.mark.parametrize(
    "text",
    {
        "": "no title and no units",
        'title = "t"': "no units",
        '[[unit]]\nname = "x"': "no title",
        'title = "t"\nunit = 3': "units are a number",
        'title = "t"\n[unit]\nname = "x"': "one table in place of several",
        TEXT.replace("points = 3", ""): "a unit without points",
        TEXT.replace("points = 3", 'points = "many"'): "points in words",
        TEXT.replace('title = "one row"', ""): "an exercise without a title",
        TEXT.replace('"curves"', '"shapes"'): "a unit twice",
        TEXT.replace('"curves"', '"not a name"'): "a unit that cannot be imported",
        TEXT.replace('"curves"', '"../curves"'): "a unit outside",
        "title = ": "no TOML",
    },
)
def test_a_broken_course_is_named_with_its_file(written, text):
    with pytest.raises(CourseError, match=r"course\.toml"):
        read_course(written(text))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("points = 3", "", "the unit shapes has no `points`"),
        ("points = 3", 'points = "3"', "`points` of the unit shapes is to be a whole number"),
        ("reading = [", 'reading = "x"\nlater = [', "`reading` of the unit shapes is to be a list"),
        ('name = "flatten"', "", "an exercise of shapes has no `name`"),
        ('title = "one row"', "", r"the exercise shapes\.flatten has no `title`"),
        ('title = "one row"', "title = 1\n", r"`title` of .* is to be a text in quotes, and is 1"),
    ],
)
def test_what_is_missing_or_wrong_in_an_entry_is_named(written, old, new, said):
    assert old in TEXT
    with pytest.raises(CourseError, match=rf"course\.toml cannot be read: {said}"):
        read_course(written(TEXT.replace(old, new, 1)))


def test_a_course_may_begin_with_the_mark_that_windows_writes(written):
    assert read_course(written(f"\ufeff{TEXT}")).units


def test_a_course_that_is_not_text_is_named_with_its_file(tmp_path):
    (tmp_path / "course.toml").write_bytes(b"\xff")
    with pytest.raises(CourseError, match=r"course\.toml cannot be read"):
        read_course(tmp_path)


def test_the_real_course_is_sound():
    course = find_course(Path(__file__))
    assert course.units
    for unit in course.units:
        assert unit.points > 0
        assert course.suite(unit.name).is_file()
        assert all(exercise.hints for exercise in unit.exercises)


def test_an_exercise_keeps_its_id_when_it_gets_another_name(written):
    renamed = TEXT.replace('name = "flatten"', 'name = "one_row"\nid = "shapes.flatten"')
    course = read_course(written(renamed))
    assert course.ids["shapes.one_row"] == "shapes.flatten"
    assert course.ids["curves.swap"] == "curves.swap"


def test_two_exercises_cannot_have_one_id(written):
    twice = TEXT.replace('name = "flatten"', 'name = "flatten"\nid = "curves.softmax"')
    with pytest.raises(CourseError, match=r"two exercises have the id curves\.softmax"):
        read_course(written(twice))
