"""`%grade` in a real kernel, over a copy of the course: what it shows, what cannot disturb it."""

import ast
import json
import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel
from jupyter_core.utils import ensure_event_loop

from grader.course.model import read_course
from grader.course.progress import read_progress
from grader.course.stubs import stubs_of
from grader.errors import UsageError
from grader.jupyter.server import selected
from grader.work.notebook import Cell
from tests.grader.processes import is_alive, wait_for_end, wait_until

ROOT = Path(__file__).parents[3]
COURSE = read_course(ROOT)
SOLVED = {  # of functions alone, of some that call each other, of classes
    "activations": ["sigmoid"],
    "sgd": ["predict", "zero_grads_"],
    "regressor": ["LinearRegressor", "count_parameters"],
}
MISTAKE = "return torch.exp(x) / torch.exp(x).sum(dim, keepdim=True)"


class Kernel:
    """A kernel as Jupyter starts it, in the folder of the exercises."""

    def __init__(self, folder: Path, home: Path) -> None:
        ours = {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(home), "JUPYTER_DATA_DIR": str(home)}
        spec = home / "kernels" / "python3"
        spec.mkdir(parents=True)
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        text = json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"})
        (spec / "kernel.json").write_text(text)
        ours |= {"JUPYTER_RUNTIME_DIR": str(home), "TMPDIR": str(home)}
        self.home, self.environment = home, {**os.environ, **ours}
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("JUPYTER_PATH", str(home))
            self.manager, self.client = start_new_kernel(
                kernel_name="python3", cwd=str(folder), env=self.environment
            )

    def run(self, code: str) -> "Shown":
        shown = Shown()
        started = time.monotonic()
        reply = self.client.execute_interactive(
            code, output_hook=shown.add, timeout=60, allow_stdin=False
        )
        shown.seconds = time.monotonic() - started
        shown.number = reply["content"]["execution_count"]
        return shown

    def judge(self) -> int:
        """The number of the judge's process, once it has been asked something."""
        self.run("%grade nothing")
        code = "from grader.jupyter.check import _judge; print(_judge.process.pid)"
        return int(self.run(code).printed)

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()
        ensure_event_loop().close()  # nobody else closes the one that the client has used


class Shown:
    """What a cell has shown."""

    def __init__(self) -> None:
        self.printed = self.errors = self.html = self.text = self.raised = ""
        self.seconds, self.number = 0.0, 0

    def add(self, message) -> None:
        content = message["content"]
        match message["msg_type"]:
            case "stream" if content["name"] == "stdout":
                self.printed += content["text"]
            case "stream":
                self.errors += content["text"]
            case "display_data" | "execute_result":
                self.html += content["data"]["text/html"]
                self.text += content["data"]["text/plain"]
            case "error":
                self.raised += content["ename"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the course, with untouched notebooks and no modules."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "course.toml", root)
    shutil.copytree(ROOT / "solutions", root / "solutions")
    shutil.copytree(ROOT / "tests" / "hidden", root / "tests" / "hidden")
    (root / "exercises").mkdir()
    for stub in stubs_of(read_course(root)):
        if stub.path.suffix == ".ipynb":
            stub.path.write_text(stub.text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def kernel(folder, tmp_path_factory):
    kernel = Kernel(folder / "exercises", tmp_path_factory.mktemp("home"))
    kernel.run("%load_ext grader")
    yield kernel
    kernel.close()


def cells(folder, unit):
    """The code cells of a notebook by their ids, with some exercises solved."""
    data = json.loads((folder / "exercises" / f"{unit}.ipynb").read_text("utf-8"))
    found = {c["id"]: "".join(c["source"]) for c in data["cells"] if c["cell_type"] == "code"}
    solution = COURSE.solution(unit).read_text(encoding="utf-8")
    for node in ast.parse(solution).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in SOLVED.get(unit, []):
            found[node.name] = ast.get_source_segment(solution, node)
    if unit == "activations":
        found["softmax"] = found["softmax"].replace('raise NotImplementedError("softmax")', MISTAKE)
    return found


def test_notebooks_run_from_top_to_bottom(kernel, folder):
    checks = []
    for unit, solved in SOLVED.items():
        for name, text in cells(folder, unit).items():
            shown = kernel.run(text)
            assert (shown.raised, shown.errors) == ("", ""), shown.errors
            if not name.endswith("-check"):
                assert shown.html == ""
                continue
            checks.append(shown)
            exercise = name.removesuffix("-check")
            head = shown.text.splitlines()[0]
            assert head.startswith(f"{unit}.{exercise}  ")
            assert f"<b>{unit}.{exercise}</b>" in shown.html
            state = "passed" if exercise in solved else "not started"
            assert head.endswith("in progress" if exercise == "softmax" else state)
    assert len(checks) == sum(len(COURSE.unit(unit).exercises) for unit in SOLVED)
    seconds = sorted(shown.seconds for shown in checks[1:])
    assert seconds[len(seconds) // 2] < max(1, checks[0].seconds), seconds
    done = {f"{unit}.{name}" for unit, names in SOLVED.items() for name in names}
    assert read_progress(folder).finished == done


def test_a_failure_is_shown_with_its_cell_and_its_pictures(kernel, folder):
    kernel.run("import torch")
    written = kernel.run(cells(folder, "activations")["softmax"])
    kernel.run("%grade softmax")
    shown = kernel.run("%grade softmax")
    for text in (shown.html, shown.text):
        assert "Adding a constant to x changes nothing" in text
        assert f"Cell In[{written.number}], line 1" in text
    assert "<script" not in shown.html
    assert "\x1b" not in shown.text
    wrong = kernel.run("def sigmoid(x): return x.tanh()\n%grade sigmoid")
    assert "<svg" in wrong.html
    assert f"Cell In[{wrong.number}], line 1" in wrong.text


def test_what_was_run_last_counts_and_check_is_the_same(kernel):
    kernel.run("import torch, torchkata\ndef relu(x): return x")
    assert "in progress" in kernel.run("torchkata.check('activations.relu')").text
    kernel.run("def relu(x): return x.clamp(min=0)")
    shown = kernel.run("torchkata.check(relu)")
    assert shown.text.startswith("activations.relu  2/2  passed")
    assert "<b>activations.relu</b> 2/2" in shown.html
    told = kernel.run("_it = torchkata.check('relu')\nprint(_it.score, _it.max_score, _it.passed)")
    assert (told.printed, told.html) == ("2 2 True\n", "")
    kernel.run("def relu(x): return x  # and back")
    kernel.run("def relu(x): return x.clamp(min=0)")
    assert "passed" in kernel.run("%grade relu").text


def test_cells_with_definitions_inside_or_with_changes_alone_count_too(kernel):
    kernel.run("import torch, torchkata\nSCALE = {}\nSCALE['low'] = 1.0")
    kernel.run("SCALE['low'] = 0.0")
    kernel.run(
        "if True:\n    def relu(x):\n        display(x.shape)\n"
        "        return x.clamp(min=SCALE['low'])"
    )
    assert kernel.run("torchkata.check('relu')").text.startswith("activations.relu  2/2  passed")
    kernel.run("def relu(x): return x.clamp(min=0)")  # for the tests below


def test_a_cell_that_failed_says_why(kernel):
    kernel.run("%reset -f in")
    assert kernel.run("def patchify(x, p):\n    return (x").raised
    shown = kernel.run("%grade patchify")
    assert "'(' was never closed" in shown.text
    assert "line 2" in shown.text
    kernel.run("def merge_heads(x): return x")
    assert "left out" not in kernel.run("%grade merge_heads").text  # the kernel has said so


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("%grade softmaxx", "did you mean activations.softmax?"),
        ("%grade 'jacobian'  # mine", "jacobian is not defined yet: run its cell first"),
        ("%grade \x1b[2J<b>", r"there is no unit or exercise"),
    ],
)
def test_a_wrong_name_is_one_line_and_no_traceback(kernel, line, says):
    kernel.run("%reset -f in")
    shown = kernel.run(line)
    assert says in shown.text
    assert shown.text.startswith("grade: ")
    assert "\n" not in shown.text
    assert shown.html.startswith("<p>grade: ")
    assert (shown.raised, shown.errors) == ("", "")
    assert "\x1b" not in shown.text + shown.html
    assert "<b>" not in shown.html


def test_outside_of_a_course_it_says_so(kernel, folder, tmp_path):
    shown = kernel.run(f"%cd -q {tmp_path}\n%grade relu")
    assert "there is no course in" in shown.text
    kernel.run(f"%cd -q {folder / 'exercises'}")


def test_what_is_changed_in_the_kernel_does_not_reach_the_judge(kernel):
    kernel.run(
        "import json, subprocess, torch\n"
        "def elu(x, alpha=1.0): return torch.where(x > 0, x, alpha * torch.expm1(x.clamp(max=0)))"
    )
    kernel.run(
        "torch.allclose = lambda *a, **k: True\ntorch.expm1 = None\n"
        "torch.Tensor.__eq__ = lambda *a: True\n"
        "import grader.report\ngrader.report.TestResult.points = 1000"
    )
    shown = kernel.run("%grade elu")
    assert shown.text.startswith("activations.elu  4/4  passed")


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_stopping_a_check_leaves_the_kernel_and_the_next_check_sound(kernel):
    kernel.run("import torch\ndef tanh(x):\n    open('started', 'w')\n    while True: pass")
    before = kernel.judge()
    group = int(kernel.run("import os; print(os.getpgid(0))").printed)

    def interrupt():  # as Jupyter does it
        wait_until(lambda: [*kernel.home.glob("torchkata-*/*/started")])
        os.killpg(group, signal.SIGINT)

    threading.Thread(target=interrupt).start()
    assert kernel.run("%grade tanh").raised == "KeyboardInterrupt"
    assert not is_alive(before)
    kernel.run("def tanh(x): return torch.sigmoid(2 * x) * 2 - 1")
    assert kernel.run("%grade tanh").text.startswith("activations.tanh  ")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads /proc")
def test_a_judge_that_was_killed_is_started_again_and_ends_with_the_kernel(kernel):
    os.kill(kernel.judge(), 9)
    kernel.run("import torch\ndef relu(x): return x.clamp(min=0)")
    assert "passed" in kernel.run("%grade relu").text
    judge = kernel.judge()
    children = Path(f"/proc/{judge}/task/{judge}/children").read_text().split()
    assert children
    kernel.manager.shutdown_kernel(now=True)
    wait_for_end(judge, *map(int, children))


# --- which exercise a name means


def chosen(name, *texts):
    return selected(COURSE, name, [Cell(n, text) for n, text in enumerate(texts)])


def test_a_name_of_two_units_means_the_one_that_the_notebook_is_about():
    texts = "class LinearRegressor: ...", "def train(): ...", "def predict(): ..."
    assert chosen("predict", *texts) == ("regressor", frozenset({"predict"}))
    assert chosen("sgd.predict", *texts) == ("sgd", frozenset({"predict"}))
    with pytest.raises(UsageError, match=r"sgd\.predict or regressor\.predict"):
        chosen("predict", "def predict(): ...")


def test_no_name_means_all_that_is_defined():
    assert chosen("", "def mse(): ...", "fit = 3") == ("sgd", frozenset({"mse", "fit"}))
    assert chosen("sgd", "def mse(): ...") == ("sgd", frozenset({"mse"}))
    with pytest.raises(UsageError, match="no exercise is defined yet"):
        chosen("", "x == 1")
    with pytest.raises(UsageError, match="no exercise of sgd is defined yet"):
        chosen("sgd")
