"""What a suite may do, over the wire as in plain pytest, and what of it is its own fault."""

from pathlib import Path
from textwrap import dedent, indent

import pytest

from grader.judge.answer_key import answer_key_of
from grader.judge.item import Found, Judging
from grader.judge.options import Options
from grader.judge.pytest_run import Suite
from grader.judge.session import Session
from grader.report import Outcome
from grader.sandbox import jail
from grader.work.submission import Source, Submission
from tests.grader.tiny_course import Unit, write_files

SOLUTION = '''
import torch


class Squares:
    """The squares of 0 to n - 1."""

    limit = 9

    def __init__(self, n):
        self.n = n
        self.names = {"a", "b"}

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if i == "name":
            return "squares"
        if not 0 <= i < self.n:
            raise IndexError(f"there is no {i}")
        return i * i

    @classmethod
    def of(cls, x):
        return cls(len(x))


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        return 2 * ctx.saved_tensors[0] * grad


class Descent:
    def __init__(self, parameters, lr):
        self.parameters, self.lr = list(parameters), lr

    def step(self):
        with torch.no_grad():
            for p in self.parameters:
                p -= self.lr * p.grad

    def zero_grad(self):
        for p in self.parameters:
            p.grad = None


def evens(n):
    for i in range(0, n, 2):
        yield i


def common(a, b):
    return a & b


def double(x):
    return 2 * x


def model():
    return torch.nn.Linear(2, 1)


def first_line(path):
    with open(path) as lines:
        return next(lines).strip()
'''


def suite(**tests: str) -> str:
    """Tests of `double`, each with its body."""
    text = "import torch\nfrom grader.suite import *\n\n\n@exercise('double')\nclass TestDouble:\n"
    for name, body in tests.items():
        text += f"    @points(1)\n    def test_{name}(self, student, reference, rng):\n"
        text += f'        """{name}"""\n{indent(dedent(body).strip(), " " * 8)}\n\n'
    return text


SOUND = {
    "handles": """
        squares = student.Squares(4)
        assert len(squares) == 4 and squares[3] == 9 and squares["name"] == "squares"
        assert 9 in squares and 10 not in squares and list(squares) == [0, 1, 4, 9]
        assert_raises(IndexError, lambda: squares[4], mentions=(4,))
        assert bool(student.Squares(0))
    """,
    "iteration": "assert list(student.Squares(3)) == [0, 1, 4]",
    "next": """
        evens = student.evens(4)
        assert (next(evens), next(evens), next(evens, "none")) == (0, 2, "none")
    """,
    "classes": """
        assert student.Squares.get("limit") == 9
        assert len(student.Squares.of([1, 2])) == 2
        x = rng.normal(3).requires_grad_()
        student.Square.apply(x).sum().backward()
        assert_same(x.grad, 2 * x.detach())
        assert_same(student.Square.apply.observe(x).value, x * x)
    """,
    "sets": """
        assert_same(student.common({1, 2, "a"}, {2, "a", (3, None)}), {2, "a"})
        assert_same(student.common(frozenset([1]), {1}), frozenset({1}))
        assert_same(student.Squares(1).get("names"), {"a", "b"})
    """,
    "parameters": """
        p, q = student.parameter(torch.tensor([1.0, 2.0])), student.parameter(torch.ones(1))
        descent = student.Descent([p, q], lr=0.5)
        p.grad, q.grad = torch.tensor([2.0, 4.0]), torch.zeros(1)
        descent.step()
        descent.step()
        assert_same(p.value, torch.tensor([-1.0, -2.0]))
        assert_same(p.grad, torch.tensor([2.0, 4.0]))
        descent.zero_grad()
        assert p.grad is None
        p.value = torch.zeros(2)
        p.grad = torch.ones(2)
        q.grad = torch.ones(1)
        descent.step()
        assert_same(p.value, torch.full((2,), -0.5))
        assert p.get("is_leaf") and p.get("requires_grad")
        loss = (student.double(p) * torch.ones(2)).sum()
        assert loss.requires_grad
        p.value.add_(1)  # what was read is a copy
        assert_same(p.value, torch.full((2,), -0.5))
    """,
    "data": """
        assert_same(student.first_line(student.data("numbers.csv")), "1,2")
        assert_same(student.first_line(student.data("more/words.txt")), "a word")
    """,
    "a_rig_imports_the_unit": """
        rig = student.bring("rig_sound")
        assert rig.four_times(3) == 12
        assert rig.late(3) == 6
    """,
}
RIG = """
import sound
from sound import double


def four_times(x):
    return sound.double(double(x))


def late(x):
    from exercises.sound import double as again
    return again(x)
"""
SHORT = "def double(x): return 2 * x\n"

# Mistakes of a suite, and what is said of each.
MISTAKEN = {
    "misspelled": (
        "assert_same(student.duoble(1), 2)",
        "the suite asks for duoble, which solutions/mistaken.py does not define",
    ),
    "misspelled_attribute": (
        "assert_same(student.double.aply(1), 2)",
        "the solution does not pass this test either: AttributeError",
    ),
    "misspelled_value": (
        "student.Sqares.get('limit')",
        "the suite asks for Sqares, which solutions/mistaken.py does not define",
    ),
    "an_argument_that_cannot_cross": (
        "student.double(torch.Generator())",
        "a Generator cannot cross to the worker: make it there, in a rig",
    ),
    "a_set_of_tensors": (
        "student.double({torch.ones(1)})",
        "a set cannot cross to the worker",
    ),
    "gradients_of_a_module": (
        "student.model()(torch.ones(1, 2)).sum().backward()",
        "gradients of the work's own parameters do not cross",
    ),
    "an_assert_on_a_handle": ("assert student.model() == 3", "AssertionError"),
    "too_many_arguments": ("student.double(1, 2)", "TypeError"),
    "a_rig_that_is_missing": ("student.bring('rig_nowhere')", "rig_nowhere.py is missing"),
    "data_that_is_missing": ("student.data('no.csv')", "data_mistaken has no no.csv"),
    "data_elsewhere": ("student.data('../test_sound.py')", "data_mistaken has no ../test_sound.py"),
    "a_parameter_of_integers": ("student.parameter(torch.arange(2))", "floating-point"),
}


@pytest.fixture(scope="module")
def course(make_course):
    mistaken = suite(**{name: body for name, (body, _) in MISTAKEN.items()})
    one = {"double": ("What is 2 * 3?",)}
    course = make_course(
        sound=Unit(points=len(SOUND), exercises=one, solution=SOLUTION, suite=suite(**SOUND)),
        mistaken=Unit(points=len(MISTAKEN), exercises=one, solution=SOLUTION, suite=mistaken),
    )
    files = {
        "rig_sound.py": RIG,
        "data_sound/numbers.csv": "1,2\n3,4\n",
        "data_sound/more/words.txt": "a word",
        "data_mistaken/numbers.csv": "5,6\n",
    }
    write_files(course.root, {f"tests/hidden/{name}": text for name, text in files.items()})
    return course


@pytest.fixture(scope="module")
def grade(course):
    """Grade one unit; the tests by name."""
    with Session(course, Options(), own_work=True) as session:

        def grade(unit, text):
            work = Submission(Path(), {unit: Source(f"{unit}.py", text)})
            report = session.grade(work, course.select([unit]))
            return {test.name.removeprefix("test_"): test for test in report.tests}

        yield grade


def test_a_suite_gets_over_the_wire_what_it_gets_in_plain_pytest(course, grade):
    tests = grade("sound", SOLUTION)
    assert {name: t.message for name, t in tests.items() if t.outcome is not Outcome.PASSED} == {}
    judging = Judging(answer_key_of(course))
    exercises = course.select(["sound"])["sound"]
    here = Suite(course.suite("sound")).run(judging, Found(), exercises)
    assert {t.name: t.message for t in here.values() if t.outcome is not Outcome.PASSED} == {}


@pytest.mark.parametrize(
    ("before", "after", "test", "called"),
    [
        ("return i * i", "return i + i", "handles", "Squares(…)[3]"),
        ("range(0, n, 2)", "range(1, n, 2)", "next", "next(generator(…))"),
        ("return 2 * ctx", "return ctx", "classes", "Square.apply("),
        ("return a & b", "return a | b", "sets", "common({1, 2, 'a'}, {2, 'a', (3, None)})"),
        ("p -= self", "p += self", "parameters", "Descent(…).step()"),
        (".strip()", "", "data", "first_line('data_sound/numbers.csv')"),
    ],
)
def test_wrong_work_fails_and_reads_what_was_called(grade, before, after, test, called):
    failed = grade("sound", SOLUTION.replace(before, after))[test]
    assert failed.outcome is Outcome.FAILED
    assert called in failed.called


LIES = {
    "an immense length": ("return self.n\n", "return 2**62\n", "iteration"),
    "a length that is none": ("return self.n\n", "return 'four'\n", "handles"),
    "an end": ("return i * i", "import os; os._exit(0)", "handles"),
    "an endless object": ("yield i", "yield (n for n in iter(int, 1))", "next"),
    "an error that Python knows": ("yield i", "raise AttributeError('value')", "next"),
    "a sparse gradient": ("p -= self", "p.grad = p.grad.to_sparse(); p -= self", "parameters"),
    "no gradient": ("p -= self", "p.requires_grad_(False); p -= self", "parameters"),
    "numbers of another kind": ("p -= self", "p.data = p.data.long(); p -= self", "parameters"),
    "a set of objects": ("return a & b", "return {object()}", "sets"),
    "an immense set": ("return a & b", "return set(range(10**6))", "sets"),
}


@pytest.mark.parametrize("lie", LIES)
def test_whatever_stays_with_the_work_it_is_judged_as_its_own(grade, lie):
    before, after, test = LIES[lie]
    tests = grade("sound", SOLUTION.replace(before, after))
    assert tests[test].outcome in (Outcome.FAILED, Outcome.CRASHED), tests[test]
    assert Outcome.GRADER_FAULT not in {test.outcome for test in tests.values()}
    assert tests["a_rig_imports_the_unit"].outcome is Outcome.PASSED


GREEDY = """
def first_line(path):
    import os
    here = path[:path.index("data_sound")] + "data_sound"
    greed = {
        "write": lambda: open(path, "a"),
        "empty": lambda: os.truncate(path, 0),
        "remove": lambda: os.unlink(path),
        "rename": lambda: os.rename(path, path + "2"),
        "add": lambda: open(here + "/new", "w"),
        "make": lambda: os.mkdir(here + "/new"),
        "list above": lambda: os.listdir(here + "/.."),
        "suite": lambda: open(here + "/../test_sound.py"),
        "other data": lambda: open(here + "/../data_mistaken/numbers.csv"),
        "solution": lambda: open(here + "/../../../solutions/sound.py"),
    }
    reached = []
    for name, act in greed.items():
        try:
            act()
            reached.append(name)
        except OSError:
            pass
    return f"reached {reached}" if reached else open(path).readline().strip()
"""


@pytest.mark.skipif(jail.unavailable() is not None, reason="no confinement here")
def test_the_work_reads_the_data_of_its_unit_and_reaches_nothing_beside_it(course, grade):
    test = grade("sound", SOLUTION + GREEDY)["data"]
    assert (test.outcome, test.got) == (Outcome.PASSED, None)
    assert (course.data("sound") / "numbers.csv").read_text() == "1,2\n3,4\n"


@pytest.mark.parametrize("work", [SOLUTION, SHORT, "def double(x): return 3 * x\n"])
def test_a_mistake_of_the_suite_is_never_the_learners(grade, work):
    tests = grade("mistaken", work)
    for name, (_, said) in MISTAKEN.items():
        if name == "gradients_of_a_module" and work != SOLUTION:
            continue  # there is no model
        if name == "an_assert_on_a_handle" and work != SOLUTION:
            continue
        assert tests[name].outcome is Outcome.GRADER_FAULT, (name, tests[name].message)
        assert said in tests[name].message


@pytest.mark.skipif(jail.unavailable() is not None, reason="no confinement here")
def test_a_worker_in_the_place_of_one_that_has_died_reads_the_data_too(grade):
    tests = grade("sound", SOLUTION + "\ndef common(a, b):\n    __import__('os')._exit(1)\n")
    assert tests["sets"].outcome is Outcome.CRASHED
    assert tests["data"].outcome is Outcome.PASSED, tests["data"].message
