"""Laws of one word for many outcomes, and of scores that are derived, never stored."""

from hypothesis import given
from hypothesis import strategies as st

from grader.report import ExerciseResult, Outcome, Report, TestResult, UnitResult, status_of

outcome = st.sampled_from(Outcome)
outcomes = st.lists(outcome, max_size=6)


@given(outcomes, st.randoms())
def test_order_and_number_do_not_matter(some, random):
    shuffled = [*some, *some]
    random.shuffle(shuffled)
    assert status_of(shuffled) == status_of(some)


@given(outcome, st.integers(1, 4))
def test_what_all_have_in_common_is_said_of_them(one, times):
    assert status_of([one] * times) is one


@given(outcomes)
def test_passed_means_that_nothing_was_missed(some):
    assert (status_of(some) is Outcome.PASSED) == (set(some) <= {Outcome.PASSED})


@given(outcomes)
def test_a_fault_of_the_grader_outweighs_everything(some):
    assert (status_of(some) is Outcome.GRADER_FAULT) == (Outcome.GRADER_FAULT in some)


@given(outcomes)
def test_work_that_has_begun_is_never_not_started(some):
    if status_of(some) is Outcome.NOT_STARTED:
        assert set(some) <= {Outcome.NOT_STARTED, Outcome.BLOCKED}


@given(outcomes)
def test_the_word_is_failed_or_one_that_was_there(some):
    assert status_of(some) in {*some, Outcome.FAILED, Outcome.PASSED}


@given(outcomes)
def test_tests_that_passed_hide_no_single_fault_of_the_rest(some):
    missed = set(some) - {Outcome.PASSED}
    if len(missed) == 1 and missed != {Outcome.NOT_STARTED}:
        assert status_of(some) in missed


def results(some):
    return tuple(
        TestResult("unit", "exercise", f"test{n}", "title", outcome, max_points=n + 1)
        for n, outcome in enumerate(some)
    )


exercises = st.builds(lambda some: ExerciseResult("e", results(some)), outcomes)
units = st.builds(lambda some: UnitResult("u", "U", tuple(some)), st.lists(exercises, max_size=3))
reports = st.builds(lambda some: Report(tuple(some), 0, "cpu"), st.lists(units, max_size=3))


@given(reports)
def test_points_are_those_of_passed_tests(report):
    earned = sum(t.max_points for t in report.tests if t.outcome is Outcome.PASSED)
    assert sum(unit.score for unit in report.units) == earned
    assert report.score in (earned, None)


@given(reports)
def test_a_score_is_withheld_after_a_fault_of_the_grader_and_only_then(report):
    assert (report.score is None) == any(t.outcome is Outcome.GRADER_FAULT for t in report.tests)


@given(reports)
def test_full_marks_mean_that_everything_passed(report):
    full = report.score == report.max_score
    assert full == (report.status is Outcome.PASSED)
    assert report.max_score == sum(t.max_points for t in report.tests)


@given(reports)
def test_a_status_is_that_of_all_tests_below(report):
    assert report.status is status_of(t.outcome for t in report.tests)
    for unit in report.units:
        assert unit.status is status_of(t.outcome for e in unit.exercises for t in e.tests)


@given(outcomes)
def test_an_exercise_is_finished_when_all_passed_and_has_no_points_after_a_fault(some):
    exercise = ExerciseResult("e", results(some))
    report = Report((UnitResult("u", "U", (exercise,)),), 0, "cpu")
    assert report.finished == ({"u.e"} if set(some) <= {Outcome.PASSED} else set())
    assert report.earned == {"u.e": None if Outcome.GRADER_FAULT in some else exercise.score}
