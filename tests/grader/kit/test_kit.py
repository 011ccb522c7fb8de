"""A kit grades its visible tests as the whole course does."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.course.bank import read_bank, text_of
from grader.course.model import Course, read_course
from grader.errors import CourseError, GraderError, UsageError
from grader.judge.options import Options
from grader.judge.record import SEED
from grader.judge.session import Session
from grader.judge.tape_file import read_tape
from grader.kit.make import kit_files, write_kit
from grader.report import Outcome, Report, TestResult
from grader.work.submission import Source, Submission
from tests.grader import command

from . import shop

Grade = Callable[[Course, str], Report]


@pytest.fixture(scope="module")
def kit(
    course: Course, files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> Course:
    folder = tmp_path_factory.mktemp("kit") / "kit"
    write_kit(files, folder, course)
    return read_course(folder)


@pytest.fixture(scope="module")
def grade(course: Course, kit: Course) -> Iterator[Grade]:
    sessions = {
        course.root: Session(course, Options(), own_work=True),
        kit.root: Session(kit, Options(), own_work=True),
    }

    def grade(course: Course, text: str) -> Report:
        unit = course.units[0].name
        work = Submission(course.root, {unit: Source(f"exercises/{unit}.py", text)})
        return sessions[course.root].grade(work, course.select([]), seed=SEED)

    yield grade
    for session in sessions.values():
        session.processes.close()


def without_time(test: TestResult) -> TestResult:
    return TestResult(**{**vars(test), "seconds": 0.0})


WORKS = {
    "right": "{solution}",
    "nothing": "def double(x): raise NotImplementedError('double')\n",
    "two more": "{solution}\ndef double(x): return x + 2\n",
    "raises": "{solution}\ndef double(x): return x.no_such_method()\n",
    "wrong type": "{solution}\ndef halve(x): return 'a half'\n",
    "exits": "{solution}\ndef halve(x): import os; os._exit(0)\n",
}


@pytest.mark.parametrize("work", WORKS)
def test_both_reports_agree_on_the_visible_tests(
    course: Course, kit: Course, grade: Grade, work: str
) -> None:
    text = WORKS[work].format(solution=shop.SOLUTION)
    assert_agreement(grade(course, text), grade(kit, text))


def test_a_wrong_answer_gets_its_sentence_in_the_kit(
    course: Course, kit: Course, grade: Grade
) -> None:
    answers = read_bank(course, course.units[0].name)
    assert answers
    for answer in answers:
        text = text_of(course, answer)
        assert_agreement(grade(course, text), grade(kit, text))
        said = {test.likely for test in grade(kit, text).tests}
        assert answer.correction in said


def assert_agreement(whole: Report, kits: Report) -> None:
    whole_tests = {test.id: without_time(test) for test in whole.tests}
    assert len(kits.tests) == 2
    for test in kits.tests:
        assert without_time(test) == whole_tests[test.id]


def test_a_recorded_mistake_is_told(kit: Course, grade: Grade) -> None:
    report = grade(kit, shop.SOLUTION + "\ndef double(x): return x + 2\n")
    assert report.tests[0].likely == "This is two more, not twice as much."


@pytest.mark.parametrize("option", ["--seed", "--variant"])
def test_other_inputs_than_the_recorded_are_refused(kit: Course, option: str) -> None:
    ran = command.grade(kit.root, option, "3")
    assert ran.returncode == 2
    assert "leave out --seed and --variant" in ran.stderr


def test_a_kit_carries_the_data_that_visible_tests_name_and_no_other(
    files: dict[str, bytes],
) -> None:
    data = {name: content for name, content in files.items() if "/data_" in name}
    assert data == {"tests/visible/data_scaling/few.csv": b"1,2,3\n"}


def test_the_same_bytes_twice(course: Course, files: dict[str, bytes]) -> None:
    assert kit_files(course) == files


def test_a_damaged_tape_costs_nobody_points(
    course: Course, files: dict[str, bytes], tmp_path: Path
) -> None:
    write_kit(files, tmp_path / "kit", course)
    kit = read_course(tmp_path / "kit")
    (tape,) = kit.suites_folder.glob("*.tape")
    whole = read_tape(tape)
    cut = {name: data[:-3] for name, data in whole.tests.items()}
    damages = b"no tape", tape.read_bytes()[:-20]
    for damage in damages:
        tape.write_bytes(damage)
        with Session(kit, Options(), own_work=True) as session:
            unit = kit.units[0].name
            work = Submission(kit.root, {unit: Source("x.py", shop.SOLUTION)})
            with pytest.raises(CourseError, match="restore it"):
                session.grade(work, kit.select([]))
    tape.write_bytes(dataclasses.replace(whole, tests=cut).encoded())
    with Session(kit, Options(), own_work=True) as session:
        report = session.grade(work, kit.select([]))
    assert report.score is None
    assert "restore the file" in (report.tests[0].message or "")


def test_a_tape_of_other_tests_is_a_fault_of_ours(
    course: Course, files: dict[str, bytes], tmp_path: Path
) -> None:
    write_kit(files, tmp_path / "kit", course)
    kit = read_course(tmp_path / "kit")
    (suite,) = kit.suites_folder.glob("*.py")
    suite.write_text(suite.read_text().replace("rng.integer(2, 5)", "rng.permutation(3)[0] + 2"))
    with Session(kit, Options(), own_work=True) as session:
        work = Submission(kit.root, {kit.units[0].name: Source("x.py", shop.SOLUTION)})
        report = session.grade(work, kit.select([]))
    assert report.score is None
    assert report.tests[0].outcome is Outcome.GRADER_FAULT
    assert "make the kit again" in (report.tests[0].message or "")


def test_what_a_recorded_value_takes_on_the_way_is_not_recorded(tmp_path: Path) -> None:
    course = shop.write_course(tmp_path / "course")
    unit = course.units[0].name
    suite = course.suite(unit)
    inner = "@recorded\ndef twice(x):\n    return x + x\n\n\n@recorded\ndef added_to_itself"
    text = suite.read_text().replace("@recorded\ndef added_to_itself", inner)
    suite.write_text(text.replace("nobody_shall_read_this + x", "twice(x)"))
    write_kit(kit_files(course), tmp_path / "kit", course)
    kit = read_course(tmp_path / "kit")
    with Session(kit, Options(), own_work=True) as session:
        work = Submission(kit.root, {unit: Source("x.py", shop.SOLUTION)})
        assert session.grade(work, kit.select([])).score == 5


# Making


def test_what_cannot_be_recorded_is_refused(tmp_path: Path) -> None:
    course = shop.write_course(tmp_path)
    suite = course.suite(course.units[0].name)
    text = suite.read_text()
    recipe = "@recorded\ndef recipe():\n    return lambda: 1\n\n\ndef check(got, x):\n    recipe()"
    suite.write_text(text.replace("def check(got, x):", recipe))
    with pytest.raises(
        CourseError, match=r"double.test_every_number_is_doubled asks for cannot be"
    ):
        kit_files(course)
    suite.write_text(text.replace("@visible", ""))
    with pytest.raises(CourseError, match="has no visible test"):
        kit_files(course)


def test_a_visible_test_must_pass_with_the_solution(tmp_path: Path) -> None:
    course = shop.write_course(tmp_path)
    suite = course.suite(course.units[0].name)
    suite.write_text(suite.read_text().replace("nobody_shall_read_this + x", "x"))
    with pytest.raises(CourseError, match="test_every_number_is_doubled does not pass"):
        kit_files(course)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('rng):\n        """Every number is d', 'rng, mine):\n        """Every number is d', ""),
        (
            "    @visible\n    @points(3)",
            "    @pytest.mark.parametrize('n', [1, 2])\n    @visible\n    @points(3)",
            "runs more than once",
        ),
        ('@exercise("halve")', '@exercise("halve")\n@visible', "not for a class"),
        (
            "            check(student",
            '            check = globals()["ch" + "eck_secretly"]\n            check(student',
            "does not work",
        ),
    ],
    ids=["a fixture", "parameters", "a class", "a name made up"],
)
def test_a_kit_that_would_not_work_is_not_made(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    course = shop.write_course(tmp_path)
    suite = course.suite(course.units[0].name)
    fixture = "import pytest\n\n\n@pytest.fixture\ndef mine():\n    return 1\n\n\nMORE ="
    text = suite.read_text().replace("MORE =", fixture)
    assert old in text
    suite.write_text(
        text.replace(old, new).replace(
            "(self, student, reference, device, rng)",
            "(self, student, reference, device, rng, n)"
            if "parametrize" in new
            else "(self, student, reference, device, rng)",
        )
    )
    if not reason:
        assert kit_files(course)
        return
    with pytest.raises(GraderError, match=reason):
        kit_files(course)


def test_an_earlier_kit_is_replaced_and_other_files_are_safe(
    course: Course, files: dict[str, bytes], tmp_path: Path
) -> None:
    write_kit(files, tmp_path, course)
    for left in (".git/config", "tests/visible/__pycache__/x.pyc", ".torchkata.json"):
        (tmp_path / left).parent.mkdir(exist_ok=True)
        (tmp_path / left).write_text("")
    write_kit(files, tmp_path, course)
    notes, stub = tmp_path / "notes.txt", tmp_path / "exercises" / f"{course.units[0].name}.py"
    notes.write_text("mine")
    with pytest.raises(UsageError, match=r"notes\.txt is not part"):
        write_kit(files, tmp_path, course)
    notes.unlink()
    stub.write_text("def double(x): return 2 * x\n")
    with pytest.raises(UsageError, match="holds someone's work"):
        write_kit(files, tmp_path, course)
    elsewhere = tmp_path.parent / "elsewhere.txt"
    elsewhere.write_text("mine")
    stub.unlink()
    stub.symlink_to(elsewhere)
    with pytest.raises(UsageError, match="is a link"):
        write_kit(files, tmp_path, course)
    assert elsewhere.read_text() == "mine"


def test_a_kit_has_its_place_outside_of_what_is_private(
    course: Course, files: dict[str, bytes], tmp_path: Path
) -> None:
    for place in ("solutions/kit", "tests/kit", "exercises"):
        with pytest.raises(UsageError, match="choose another folder"):
            write_kit(files, course.root / place, course)
    with pytest.raises(UsageError, match="cannot be written"):
        write_kit(files, course.root / "course.toml" / "x", course)


def test_only_the_whole_course_makes_kits_and_exercises(kit: Course) -> None:
    for arguments in (
        ["kit", "elsewhere"],
        ["kit", "--check", "."],
        ["bundle", "gradescope", "x.zip"],
        ["sync"],
        ["audit"],
        ["new", f"{kit.units[0].name}.another"],
    ):
        ran = command.grade(kit.root, *arguments)
        assert ran.returncode == 2, ran.stderr
        assert "is a kit, without solutions" in ran.stderr
    assert not (kit.root / "solutions").exists()
