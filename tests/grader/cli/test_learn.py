"""What learners ask beside the run itself: the list of exercises, and hints."""

import re

from tests.grader import command


def test_the_list_shows_units_exercises_and_points(grade):
    shown = grade("list").stdout
    assert re.search(r"^tiny: A tiny unit \(5 points\)$", shown, re.MULTILINE)
    assert re.search(r"^ +tiny\.double +3 +twice as much$", shown, re.MULTILINE)
    assert "done" not in shown


def test_outside_of_a_course_grade_says_so(tmp_path):
    ran = command.grade(tmp_path, "list")
    assert ran.returncode == 2
    assert "run grade inside the folder of a course" in ran.stderr


def test_hints_come_one_at_a_time(grade):
    first, second, third, again = (grade("hint", "tiny.double").stdout for _ in range(4))
    assert "Hint 1 of 3: What is 2 * 3?" in first
    assert "Hint 2" not in first
    assert "Ask again" in first
    assert "Hint 2 of 3" in second
    assert "Hint 3 of 3" not in second
    assert "Hint 3 of 3: return 2 * x" in third
    assert "Ask again" not in third
    assert again == third


def test_all_hints_come_at_once_if_asked_for(grade):
    shown = grade("hint", "tiny.double", "--all").stdout
    assert all(f"Hint {n} of 3" in shown for n in (1, 2, 3))
    assert "no hints" in grade("hint", "tiny.halve").stdout
