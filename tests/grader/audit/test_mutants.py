"""A mutant is the solution but for one edit that a suite could notice."""

import ast
from functools import cache
from pathlib import Path

import pytest

from grader.audit.mutants import Mutant, mutants_of

SOLUTIONS = sorted((Path(__file__).parents[3] / "solutions").glob("*.py"))[::3]


def definitions(text: str) -> list[ast.Module | ast.FunctionDef | ast.ClassDef]:
    kinds = (ast.Module, ast.FunctionDef, ast.ClassDef)
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)]


def names(text: str) -> list[str]:
    return [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]


@cache
def made(source: str) -> list[Mutant]:
    return mutants_of(source, names(source))


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
class TestMutantsOfASolution:
    @pytest.fixture
    def source(self, path: Path) -> str:
        return path.read_text(encoding="utf-8")

    @pytest.fixture
    def mutants(self, source: str) -> list[Mutant]:
        return made(source)

    def test_there_are_many_and_always_the_same(self, source, mutants) -> None:
        assert len(mutants) > 5 * len(names(source))
        assert made.__wrapped__(source) == mutants

    def test_each_is_another_program_than_every_other(self, source, mutants) -> None:
        programs = [ast.dump(ast.parse(text)) for text in (source, *(m.text for m in mutants))]
        assert len(set(programs)) == len(programs)

    def test_each_compiles_and_keeps_docstrings_and_imports(self, source, mutants) -> None:
        def kept(text: str) -> tuple[list[str | None], list[str]]:
            imports = (ast.Import, ast.ImportFrom)
            body = ast.parse(text).body
            docstrings = [ast.get_docstring(node) for node in definitions(text)]
            return docstrings, [ast.dump(node) for node in body if isinstance(node, imports)]

        expected = kept(source)
        for mutant in mutants:
            compile(mutant.text, "mutant", "exec")
            assert kept(mutant.text) == expected

    def test_only_its_lines_differ_and_they_stay_where_they_are(self, source, mutants) -> None:
        for mutant in mutants:
            old, new = source.split("\n"), mutant.text.split("\n")
            assert len(old) == len(new)
            height = mutant.before.count("\n") + 1
            after = mutant.line - 1
            assert old[:after] == new[:after]
            assert old[after].strip() == mutant.before.split("\n")[0]
            changed = [i for i in range(len(old)) if old[i] != new[i]]
            stretch = [line for line in old[changed[0] : changed[-1] + 1] if line.strip()]
            assert len(stretch) == height

    def test_it_belongs_to_the_exercise_around_it(self, source, mutants) -> None:
        tops = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
        for mutant in mutants:
            for top in tops:
                if top.name == mutant.exercise:
                    first = min([top.lineno, *(d.lineno for d in top.decorator_list)])
                    assert first <= mutant.line <= top.end_lineno


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("return a + b", {"return a - b"}),
        ("return (a) // (b)", {"return (a) / (b)"}),
        ("return a @ b", {"return a * b"}),
        ("a %= b", {"a //= b", "pass"}),
        ("return a < b", {"return a <= b", "return a >= b"}),
        ("return a not in b", {"return a in b"}),
        ("return a is b", {"return a is not b"}),
        (
            "return a < b < c",
            {f"return a {signs} c" for signs in ("<= b <", ">= b <", "< b <=", "< b >=")},
        ),
        ("return a and b or c", {"return a or b or c", "return a and b and c"}),
        ("return not a", {"return a"}),
        ("return -a", {"return a"}),
        ("return 7", {"return 8", "return 6"}),
        ("return 0.5", {"return 1.0", "return -0.5"}),
        ("return True", {"return False"}),
        ("return 'text'", set()),
        ("return f(k=a)", {"return f()"}),
        ("return f(a, k=b)", {"return f(a)"}),
        ("return f(k=a, l=b)", {"return f(l=b)", "return f(k=a)"}),
        ("return f(a, b, c)", {"return f(b, a, c)"}),
        ("return a if b else c", {"return a if not (b) else c"}),
        ("return a[b:c]", {"return a[:c]", "return a[b:]"}),
        ("return a.sum()", {"return a.mean()"}),
        ("return a.zeros_like(b)", {"return a.ones_like(b)"}),
        ("return max(a)", {"return min(a)"}),
        ("return sum(a)", set()),
        ("raise ValueError(f'{a + 1}: {b}')", {"pass"}),
        ("assert a", {"pass"}),
        ("c: int = a", {"pass"}),
        ("f(a)", {"pass"}),
        ("'a text that stands alone'", set()),
    ],
)
def test_what_becomes_of_a_line(line: str, expected: set[str]) -> None:
    source = f"def f(a, b, c):\n    {line}\n"
    found = {mutant.after for mutant in mutants_of(source, ["f"])} - {"return None"}
    assert found == expected


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("if a:\n        b = c\n", {"if not (a):", "pass"}),
        ("while a: b()\n", {"while not (a): b()", "while a: pass"}),
        ("for i in a: b()\n", {"for i in (): b()", "for i in a: pass"}),
        ("for i in a: break\n", {"for i in (): break", "for i in a: continue"}),
        ("with a: b()\n", {"if True: b()", "with a: pass"}),
        ("with a as c: b()\n", {"with a as c: pass"}),
    ],
)
def test_what_becomes_of_a_block(block: str, expected: set[str]) -> None:
    source = f"def f(a, b, c):\n    {block}"
    assert {mutant.after for mutant in mutants_of(source, ["f"])} == expected


def test_an_edit_of_several_lines_leaves_as_many() -> None:
    source = "def f(x):\n    for i in g(  # all\n        x,\n        dim=1,\n    ):\n        h(i)\n"
    found = mutants_of(source, ["f"])
    assert {mutant.text.count("\n") for mutant in found} == {source.count("\n")}
    assert "for i in (\n):" in {mutant.after for mutant in found}


def test_code_that_is_shared_belongs_to_no_exercise_and_defaults_are_code() -> None:
    source = "LIMIT = 3\ndef _g(x):\n    return x + 1\n@cache\ndef f(x, n: int = 2): ...\n"
    found = [(m.exercise, m.line, m.before, m.after) for m in mutants_of(source, ["f"])]
    assert found == [
        (None, 3, "return x + 1", "return None"),
        (None, 3, "return x + 1", "return x - 1"),
        (None, 3, "return x + 1", "return x + 0"),
        (None, 3, "return x + 1", "return x + 2"),
        ("f", 4, "@cache", ""),
        ("f", 5, "def f(x, n: int = 2): ...", "def f(x, n: int = 1): ..."),
        ("f", 5, "def f(x, n: int = 2): ...", "def f(x, n: int = 3): ..."),
    ]
