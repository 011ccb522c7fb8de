"""Somebody in whose folder a tiny course was laid out, and whose course moves on."""

import json

from grader.course.folder import read_folder
from grader.course.update import carry_out, plan_of, read_there, told
from grader.kit.start import lay_out, layout_of
from tests.grader.tiny_course import Unit, write_course

MODULE, NOTEBOOK = "exercises/tiny.py", "exercises/tiny.ipynb"
TOP = '"""A lesson.\n\nRead it."""\n\nimport math\n'
DOUBLE, HALVE = "Return 2 x.", "Return x / 2."


def exercise(name, task="Return x.", above=""):
    return (
        f'\n\n{above}def {name}(x):\n    """{task}"""\n    # Think first.\n'
        "    # BEGIN SOLUTION\n    return x\n    # END SOLUTION\n"
    )


def unit(*exercises, top=TOP, ids=None, **tasks):
    """A unit in which these can be done, or those with these tasks."""
    tasks = dict.fromkeys(exercises, "Return x.") | tasks
    solution = top + "".join(exercise(name, task) for name, task in tasks.items())
    return Unit(exercises=dict.fromkeys(tasks, ()), solution=solution, ids=ids or {})


class Learner:
    """Somebody whose course moves on."""

    def __init__(self, path):
        self.path, self.home, self.versions = path, path / "home", 0

    def version(self, **units):
        self.versions += 1
        root = self.path / f"version{self.versions}"
        root.mkdir()
        return write_course(root, **units)

    def start(self, **units):
        lay_out(self.version(**units), self.home)
        return self

    def plan(self, **units):
        old, new = read_folder(self.home), layout_of(self.version(**units))
        return plan_of(old, new, read_there(self.home, old, new))

    def update(self, **units):
        """What is told, without the lines on files that hold no exercises."""
        plan = self.plan(**units)
        lines = told(plan, read_folder(self.home))
        carry_out(self.home, plan)
        return lines

    def code(self, path):
        data = (self.home / path).read_text(encoding="utf-8")
        if path.endswith(".py"):
            return data
        cells = json.loads(data)["cells"]
        return "\n\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")

    def edit(self, path, old, new):
        """Change what stands in a file, in the only place where it stands."""
        assert self.code(path).count(old) == 1
        file = self.home / path
        if path.endswith(".py"):
            text = file.read_text(encoding="utf-8").replace(old, new)
        else:
            book = json.loads(file.read_text(encoding="utf-8"))
            for cell in book["cells"]:
                if cell["cell_type"] == "code":
                    source = "".join(cell["source"]).replace(old, new)
                    cell["source"] = source.splitlines(keepends=True)
            text = json.dumps(book, indent=1)
        file.write_text(text, encoding="utf-8", newline="\n")

    def solve(self, name):
        for path in (MODULE, NOTEBOOK):
            self.edit(path, f'raise NotImplementedError("{name}")', f"return x + x  # {name}")

    def files(self):
        files = (path for path in self.home.rglob("*") if path.is_file())
        return {path.relative_to(self.home).as_posix(): path.read_bytes() for path in files}


RENAMED = {"twice": "tiny.double"}
