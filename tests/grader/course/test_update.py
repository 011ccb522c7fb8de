"""A learner's folder and the next version of its course."""

import json
from dataclasses import replace

import nbformat
import pytest

from grader.course.folder import read_folder
from grader.course.map import map_of
from grader.course.progress import Progress
from grader.course.update import carry_out, plan_of, read_there, told
from grader.kit.start import layout_of
from tests.grader.course.learner import MODULE, NOTEBOOK, RENAMED, TOP, Learner, unit


@pytest.fixture
def learn(tmp_path):
    return Learner(tmp_path)


FORMS = pytest.mark.parametrize("path", [MODULE, NOTEBOOK])


@FORMS
def test_an_exercise_is_added_at_its_place(learn, path):
    learn.start(tiny=unit("first", "last")).solve("first")
    lines = learn.update(tiny=unit("first", "middle", "last"))
    code = learn.code(path)
    assert "return x + x  # first" in code
    assert code.index("def first") < code.index("def middle") < code.index("def last")
    assert lines == ["added         tiny.middle"]


@FORMS
def test_what_is_untouched_becomes_what_the_course_has_now(learn, path):
    learn.start(tiny=unit(double="Twice.", halve="Half.")).solve("halve")
    lines = learn.update(tiny=unit(double="Two times.", halve="Half."))
    code = learn.code(path)
    assert '"""Two times."""' in code
    assert '"""Twice."""' not in code
    assert "return x + x  # halve" in code
    assert lines == ["refreshed     tiny.double"]


@FORMS
def test_what_is_edited_stays_and_is_told_of(learn, path):
    learn.start(tiny=unit(double="Twice.", halve="Half.")).solve("double")
    before = learn.files()
    lines = learn.update(tiny=unit(double="Two times.", halve="Half."))
    assert f"kept          tiny.double in {path}: yours; its task has changed:" in lines
    assert {"    -Twice.", "    +Two times."} < {*lines}
    assert learn.files()[path] == before[path]


@FORMS
def test_what_is_renamed_and_untouched_has_its_new_name(learn, path):
    learn.start(tiny=unit("double", "halve")).solve("halve")
    lines = learn.update(tiny=unit("twice", "halve", ids=RENAMED))
    code = learn.code(path)
    assert "def twice" in code
    assert "double" not in code
    assert code.index("def twice") < code.index("return x + x  # halve")
    assert lines == ["refreshed     tiny.twice, which was tiny.double"]


@FORMS
def test_what_is_renamed_and_edited_is_carried_over(learn, path):
    learn.start(tiny=unit("double", "halve")).solve("double")
    learn.edit(path, 'raise NotImplementedError("halve")', "return double(x) / 4")
    lines = learn.update(tiny=unit("twice", "halve", ids=RENAMED))
    code = learn.code(path)
    assert "def twice(x)" in code
    assert "return x + x  # double" in code
    assert "return twice(x) / 4" in code
    assert "def double" not in code
    assert (
        f"carried over  tiny.twice in {path}: yours, which was tiny.double; its task is the same"
        in lines
    )
    assert b"return double(x) / 4" in (learn.home / f"{path}.bak").read_bytes()


@FORMS
@pytest.mark.parametrize("mine", ["twice = 2", "def f(double): ...", "g = dict(double=1)"])
def test_a_name_that_may_mean_something_else_is_left_to_the_learner(learn, path, mine):
    learn.start(tiny=unit("double")).solve("double")
    learn.edit(path, "import math", f"import math\n\n{mine}")
    lines = learn.update(tiny=unit("twice", ids=RENAMED))
    code = learn.code(path)
    assert "def double(x)" in code
    assert "return x + x  # double" in code
    assert mine in code
    new = f"kept          tiny.double in {path}: yours; copy it to its new place, tiny.twice"
    assert new in lines or "twice" in mine
    assert ("def twice" in code) == ("twice" not in mine)


@FORMS
def test_what_is_removed_and_untouched_disappears(learn, path):
    learn.start(tiny=unit("double", "halve")).solve("halve")
    lines = learn.update(tiny=unit("halve"))
    assert "double" not in (learn.home / path).read_text()
    assert lines == ["gone          tiny.double"]


@FORMS
def test_what_is_removed_and_edited_stays(learn, path):
    learn.start(tiny=unit("double", "halve")).solve("double")
    lines = learn.update(tiny=unit("halve"))
    assert "return x + x  # double" in learn.code(path)
    assert f"kept          tiny.double in {path}: yours; it is no exercise any more" in lines


def test_files_of_a_unit_that_is_gone_stay_if_somebody_wrote_in_them(learn):
    learn.start(tiny=unit("double"), other=unit("halve")).solve("double")
    lines = learn.update(other=unit("halve"))
    assert "return x + x  # double" in learn.code(MODULE)
    assert f"kept          {MODULE}: you have written in it; the unit is gone" in lines
    assert learn.update(other=unit("halve")) == []


def test_files_of_a_unit_that_is_gone_go_if_nobody_did(learn):
    learn.start(tiny=unit("double"), other=unit("halve"))
    lines = learn.update(other=unit("halve"))
    assert not [name for name in learn.files() if "tiny" in name]
    assert lines == [
        "gone          tiny.double",
        f"gone          {MODULE}",
        f"gone          {NOTEBOOK}",
    ]


@FORMS
def test_what_was_written_goes_along_to_another_unit(learn, path):
    learn.start(tiny=unit("halve", double="Twice."), other=unit("third")).solve("double")
    learn.edit(path, "return x + x", "return math.fsum([x, x])")
    lines = learn.update(
        tiny=unit("halve"),
        other=unit("third", twice="Two times.", ids=RENAMED, top='"""No imports."""\n'),
    )
    there = path.replace("tiny", "other")
    code = learn.code(there)
    assert code.index("import math") < code.index("def third") < code.index("def twice")
    assert "return math.fsum([x, x])" in code
    assert 'NotImplementedError("twice")' not in code
    assert "double" not in learn.code(path)
    assert (
        f"carried over  other.twice in {there}: yours, which was tiny.double; its task has changed:"
        in lines
    )
    assert {"    -Twice.", "    +Two times."} < {*lines}


@FORMS
def test_what_needs_the_learners_own_functions_stays_where_they_are(learn, path):
    learn.start(tiny=unit("double", "halve"), other=unit("third")).solve("double")
    learn.edit(path, "return x + x", "return add(x, x)")
    learn.edit(path, "import math", "import math\n\ndef add(a, b):\n    return a + b")
    moved = unit("double", "third", ids={"double": "tiny.double"})
    lines = learn.update(tiny=unit("halve"), other=moved)
    assert "return add(x, x)" in learn.code(path)
    assert 'NotImplementedError("double")' in learn.code(path.replace("tiny", "other"))
    assert (
        f"kept          tiny.double in {path}: yours; copy it to its new place, other.double"
    ) in lines


def test_a_unit_that_is_renamed_takes_its_files_along(learn):
    learn.start(tiny=unit("double", "halve")).solve("double")
    learn.edit(MODULE, "import math", "import math\n\nMINE = 3")
    ids = {"double": "tiny.double", "halve": "tiny.halve"}
    lines = learn.update(small=unit("double", "halve", ids=ids))
    code = learn.code("exercises/small.py")
    assert "MINE = 3" in code
    assert "return x + x  # double" in code
    assert not (learn.home / MODULE).exists()
    assert "carried over  exercises/small.py, which was exercises/tiny.py" in lines
    assert learn.update(small=unit("double", "halve", ids=ids)) == []


@FORMS
def test_text_around_exercises_is_refreshed_around_what_was_written(learn, path):
    learn.start(tiny=unit("double")).solve("double")
    top = TOP.replace("A lesson", "Another lesson").replace("math", "math\nimport os")
    lines = learn.update(tiny=unit("double", top=top))
    text = (learn.home / path).read_text()
    assert "Another lesson" in text
    assert "A lesson" not in text
    assert "return x + x" in text
    assert "import os" in text
    assert text.count("import math") == 1
    assert lines == ["refreshed     the text around the exercises in tiny"]


@FORMS
def test_text_that_the_learner_has_changed_is_kept_and_imports_are_added(learn, path):
    learn.start(tiny=unit("double")).solve("double")
    learn.edit(path, "import math", "import math as m\nimport random")
    learn.update(tiny=unit("double", "halve", top=TOP + "from os import path, sep\n"))
    code = learn.code(path)
    assert "import math as m\nimport random" in code
    assert "from os import path" in code
    assert code.index("sep") < code.index("def double")


@FORMS
def test_an_import_that_the_learner_needs_stays(learn, path):
    learn.start(tiny=unit("double")).solve("double")
    learn.edit(path, "return x + x", "return math.fsum([x, x])")
    learn.update(tiny=unit("double", top='"""A lesson."""\n\nimport os\n'))
    assert "import math" in learn.code(path)


@FORMS
def test_an_old_name_can_be_that_of_a_new_exercise(learn, path):
    learn.start(tiny=unit("double")).solve("double")
    ids = {"twice": "tiny.double", "double": "tiny.double again"}
    lines = learn.update(tiny=unit("double", "twice", ids=ids))
    code = learn.code(path)
    assert "return x + x  # double" in code[code.index("def twice") :]
    assert code.count('NotImplementedError("double")') == code.count("def double") == 1
    assert (
        f"carried over  tiny.twice in {path}: yours, which was tiny.double; its task is the same"
        in lines
    )
    assert "added         tiny.double" in lines
    if path == NOTEBOOK:
        nbformat.validate(nbformat.reads((learn.home / path).read_text(), as_version=4))
    assert learn.update(tiny=unit("double", "twice", ids=ids)) == []


def test_what_stands_between_exercises_is_refreshed_unless_it_was_changed(learn):
    old, new = f"{TOP}\nSIZE = 1\nRATE = 1\nGONE = 1\n", f"{TOP}\nSIZE = 2\nRATE = 2\n"
    learn.start(tiny=unit("double", top=old))
    learn.edit(MODULE, "SIZE = 1", "SIZE = 3")
    lines = learn.update(tiny=unit("double", top=new))
    code = learn.code(MODULE)
    assert code.index("SIZE = 3") < code.index("RATE = 2") < code.index("def double")
    assert not {"SIZE = 1", "SIZE = 2", "RATE = 1", "GONE = 1"} & {*code.splitlines()}
    assert f"kept          the text around the exercises in {MODULE}: you have changed it" in lines


def test_where_module_and_notebook_disagree_both_are_named(learn):
    learn.start(tiny=unit(double="Twice."))
    learn.edit(MODULE, 'raise NotImplementedError("double")', "return 2 * x")
    assert learn.update(tiny=unit(double="Two times.")) == [
        f"kept          tiny.double in {MODULE}: yours; its task has changed:",
        "    -Twice.",
        "    +Two times.",
        f"refreshed     tiny.double in {NOTEBOOK}",
    ]


@FORMS
def test_what_the_learner_has_deleted_is_laid_out_again_only_as_a_file(learn, path):
    learn.start(tiny=unit("double", "halve"))
    (learn.home / path).unlink()
    (learn.home / "README.md").unlink()
    assert learn.update(tiny=unit("double", "halve")) == [f"added         {path}"]
    assert not (learn.home / "README.md").exists()
    learn.edit(path, "def halve(x):", "def other(x):")
    assert learn.update(tiny=unit("double", "halve")) == []
    assert "def halve" not in learn.code(path)


def test_other_files_are_refreshed_unless_the_learner_has_changed_them(learn):
    learn.start(tiny=unit("double"))
    (learn.home / "AGENTS.md").write_text("mine")
    before = learn.files()
    new = layout_of(learn.version(tiny=unit("double")))
    files = {**new.files, "AGENTS.md": b"new", "README.md": b"new", "docs/new.md": b"new"}
    old = read_folder(learn.home)
    plan = plan_of(old, replace(new, files=files), read_there(learn.home, old, new))
    carry_out(learn.home, plan)
    after = learn.files()
    assert after["AGENTS.md"] == b"mine"
    assert after["README.md"] == after["docs/new.md"] == b"new"
    assert {*after} == {*before, "docs/new.md"}
    assert "kept          AGENTS.md: you have changed it" in told(plan, old)


@pytest.mark.parametrize("broken", ["def double(x:\n", "x = 'unclosed\n", "if 1:\n"])
def test_a_module_that_is_no_python_waits(learn, broken):
    learn.start(tiny=unit(double="Twice.", halve="Half."))
    good = learn.files()[MODULE]
    (learn.home / MODULE).write_bytes(good + broken.encode())
    new = unit(double="Two times.", halve="Half.", third="A third.")
    lines = learn.update(tiny=new)
    assert learn.files()[MODULE] == good + broken.encode()
    assert [line for line in lines if line.startswith(f"left alone    {MODULE}:")]
    (learn.home / MODULE).write_bytes(good + b"mine = 3\n")
    assert learn.update(tiny=new) == ["added         tiny.third", "refreshed     tiny.double"][::-1]
    code = learn.code(MODULE)
    assert "Two times." in code
    assert "mine = 3" in code
    assert "def third" in code


def test_a_module_that_is_no_python_is_found_again_after_its_unit_was_renamed(learn):
    learn.start(tiny=unit("double")).solve("double")
    good = learn.files()[MODULE]
    (learn.home / MODULE).write_bytes(good + b"x = (")
    small = unit("double", ids={"double": "tiny.double"})
    lines = learn.update(small=small)
    assert learn.files()[MODULE] == good + b"x = ("
    assert [line for line in lines if line.startswith(f"left alone    {MODULE}:")]
    (learn.home / MODULE).write_bytes(good)
    learn.update(small=small)
    assert "return x + x  # double" in learn.code("exercises/small.py")


@pytest.mark.parametrize(
    "data", ["é = 1".encode("latin-1"), b"# coding: latin-1\n", "é = 1".encode("utf-16")]
)
def test_a_module_in_another_encoding_is_left_alone(learn, data):
    learn.start(tiny=unit(double="Twice."))
    (learn.home / MODULE).write_bytes(data)
    lines = learn.update(tiny=unit(double="Two times."))
    assert learn.files()[MODULE] == data
    said = f"left alone    {MODULE} is not UTF-8 text: save it with the encoding UTF-8"
    assert said in lines


def test_a_notebook_of_an_older_format_stays_one(learn):
    learn.start(tiny=unit("double"))
    file = learn.home / NOTEBOOK
    book = json.loads(file.read_text())
    book["nbformat_minor"] = 4
    for cell in book["cells"]:
        del cell["id"]
    file.write_text(json.dumps(book))
    learn.update(tiny=unit("double", "halve"))
    assert "def halve" in learn.code(NOTEBOOK)
    assert not [cell for cell in json.loads(file.read_text())["cells"] if "id" in cell]
    file.write_text(json.dumps({**book, "nbformat": 3, "worksheets": []}))
    lines = learn.update(tiny=unit("double"))
    assert [line for line in lines if line.startswith(f"left alone    {NOTEBOOK} is in an old")]


def test_a_notebook_that_is_none_waits_and_one_with_a_broken_cell_does_not(learn):
    learn.start(tiny=unit(double="Twice.", halve="Half."))
    learn.edit(NOTEBOOK, 'raise NotImplementedError("halve")', "return (x")
    lines = learn.update(tiny=unit(double="Two times.", halve="Half."))
    assert "return (x" in learn.code(NOTEBOOK)
    assert "Two times." in learn.code(NOTEBOOK)
    assert lines == ["refreshed     tiny.double"]
    (learn.home / NOTEBOOK).write_text("{")
    lines = learn.update(tiny=unit(double="Double.", halve="Half."))
    assert (learn.home / NOTEBOOK).read_text() == "{"
    assert [line for line in lines if line.startswith(f"left alone    {NOTEBOOK}:")]


def test_outputs_and_what_is_noted_in_a_notebook_stay(learn):
    learn.start(tiny=unit(double="Twice.", halve="Half.")).solve("halve")
    file = learn.home / NOTEBOOK
    book = json.loads(file.read_text())
    output = {"name": "stdout", "output_type": "stream", "text": ["seen \u00e9"]}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [output]
    book["cells"].insert(4, {"cell_type": "markdown", "id": "n", "metadata": {}, "source": "Note"})
    book["metadata"]["mine"] = 1
    file.write_text(json.dumps(book))
    learn.update(tiny=unit(double="Two times.", halve="Half."))
    after = json.loads(file.read_text())
    nbformat.validate(nbformat.reads(file.read_text(), as_version=4))
    assert after["metadata"]["mine"] == 1
    assert "Note" in ["".join(cell["source"]) for cell in after["cells"]]
    with_output = {cell["id"] for cell in after["cells"] if cell.get("outputs")}
    assert with_output == {"imports-", "double-check", "halve", "halve-check"}


def test_progress_goes_along_and_that_of_what_is_gone_does_not_count(learn):
    learn.version(tiny=unit("double", "halve"))
    progress = Progress(learn.home)
    progress.note({"tiny.double": 3, "tiny.third": 9}, ["tiny.double", "tiny.third"])
    course = learn.version(other=unit("double", ids={"double": "tiny.double"}))
    shown = map_of(course, progress, course.everything)
    assert shown.total == "3 of 3 points, as last graded"
    assert shown.stops[0].steps[0].is_done
