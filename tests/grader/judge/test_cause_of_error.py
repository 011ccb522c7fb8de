"""What is said of errors of torch's and Python's own, by their words and the learner's line."""

import math
import re
from bdb import BdbQuit

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from grader.course.known_errors import GROUP_CHARACTERS, KnownError, known_error
from grader.course.model import read_course
from grader.errors import CourseError, Frame, Raised
from grader.judge import cause_of_error
from grader.judge.cause_of_error import cause_of
from grader.judge.options import Options
from grader.judge.session import Session
from grader.report import Outcome
from grader.work.submission import Source, Submission
from tests.grader.tiny_course import SUITE, Unit

NO_MEMORY = (
    "[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory: "
    "you tried to allocate 4000000000000 bytes. Error code 12 (Cannot allocate memory)"
)
NO_PACKAGE = "attempted relative import with no known parent package"

# A line that fails, and part of what is said: a torch that changes its words is noticed here.
MISTAKES = """
if torch.ones(3) > 0: pass ~ chooses number by number
torch.ones(3) and torch.ones(3) ~ `and` needs one yes or no
not torch.ones(3) ~ `not` needs one yes or no
max(0, torch.ones(3)) ~ Python's own max
x = torch.ones(2, 2); max(x) ~ x.max() is the max of all its numbers
sorted(torch.ones(2, 2)) ~ Python's own sorted
0 < torch.ones(3) < 1 ~ (a < x) & (x < b)
nn.MSELoss(torch.ones(3), torch.ones(3)) ~ nn.MSELoss()(prediction, target)
assert torch.ones(3) == torch.ones(3) ~ A condition needs one yes or no
if torch.ones(0): pass ~ An empty tensor
torch.ones(3).sum().backward() ~ There is no way back from here
torch.tensor(torch.ones(3, requires_grad=True).sum()).backward() ~ forgets how they were computed
x = torch.ones(3, requires_grad=True); y = x @ x; y.backward(); y.backward() ~ anew in every step
torch.ones(3, requires_grad=True).mul(2).backward() ~ starts from one number
torch.ones(3).retain_grad() ~ requires_grad_() does
import copy; copy.deepcopy(2 * torch.ones(3, requires_grad=True)) ~ x.detach().clone() copies
torch.func.grad(lambda x: x)(torch.ones(1)) ~ reshape(()) makes it 0-dim
y = torch.ones(3, requires_grad=True) * 1; y.requires_grad = True ~ only for a tensor that you
torch.from_numpy(np.array(1.0) + 1) ~ np.asarray(...) makes an array
w = torch.ones(3, requires_grad=True); w -= 0.1 ~ with torch.no_grad()
w = torch.ones(3, requires_grad=True); w[0] = 1 ~ Writing into a part
x = torch.ones(3, requires_grad=True); y = x.exp(); y += 1; y.sum().backward() ~ overwritten
x = torch.ones(3, requires_grad=True); torch.heaviside(x, x).sum().backward() ~ no gradient of
torch.arange(3).requires_grad_() ~ Whole numbers have no gradient
torch.ones(3, requires_grad=True).numpy() ~ x.detach().numpy()
np.exp(torch.ones(3, requires_grad=True)) ~ x.detach().numpy()
torch.ones(3).sum().item().backward() ~ before .item()
f = lambda z: z; f.__module__, f.__qualname__ = "grader.x", "f"; nn.Sequential(f) ~ call it yourself
[].dataset ~ rows += len(x)
nn.ReLU().train(nn.ReLU().train) ~ takes True or False
type("A", (), {"__init__": lambda self: 1})() ~ leave its return out
x = torch.ones(3); x.grad = 0 ~ torch.zeros_like(p)
w = torch.ones(3).double(); w.grad = torch.zeros(3) ~ has the default dtype
torch.tensor(1.0)[:] ~ there is nothing to slice
w = torch.ones(3); w = w - 0.1 * w.grad ~ w is a new tensor
w = torch.ones(3); w.grad.zero_() ~ until backward() has filled it
w = torch.ones(3); w.sub_(w.grad) ~ A .grad is None
torch.ones(2, 3) @ torch.ones(2, 3) ~ Both are (2, 3)
torch.ones(3, 1) @ torch.ones(2, 3) ~ 1 is not 2
nn.Linear(3, 2)(torch.ones(4, 2)) ~ does a layer expect 3 features?
torch.ones(2, 3) @ torch.ones(2) ~ needs a vector of 3 numbers
torch.ones(3) @ torch.ones(2) ~ two vectors of equal length
torch.ones(3) @ torch.ones(3).double() ~ One side is Float, the other Double
torch.mm(torch.ones(3), torch.ones(3, 2)) ~ exactly one number of axes
torch.addmm(torch.ones(2), torch.ones(3), torch.ones(3, 2)) ~ exactly one number of axes
torch.ones(4, 2, 3) @ torch.ones(4, 2, 3) ~ must be the last but one on the right (2)
torch.ones(3) + torch.ones(4) ~ At axis 0 they are 3 and 4
x = torch.ones(2, 3); x / x.sum(1) ~ keepdim=True keeps it
x = torch.ones(3); x += torch.ones(2, 3) ~ The result has the shape [2, 3]
x = torch.ones(3); x[:2] = torch.ones(3) ~ [3] does not fit into the shape [2]
x = torch.ones(3); x[0] = torch.ones(3) ~ which has fewer axes
torch.ones(2, 3).t().view(6) ~ reshape copies where it has to
x = torch.ones(2, 3).t(); x.view(6)[0] = 1 ~ x.contiguous()
torch.ones(2, 3).view(7) ~ must multiply to 6
torch.ones(2, 3).view(4, -1) ~ no size fits in place of the -1
torch.ones(0, 3).view(0, -1) ~ any size would do for the -1
torch.ones(2, 3).view(-1, -1) ~ Only one size may be -1
torch.ones(2, 3).view(2, 6 / 2) ~ // divides without a rest
torch.ones(2, 3).reshape(3, -2) ~ -2 is no size
nn.Linear([3], 2) ~ there is list among them
torch.reshape(torch.ones(2, 3), 3, 2) ~ as one tuple
torch.ones(2, 3, 4).transpose(1, 0, 2) ~ x.permute(1, 0, 2)
torch.ones(2, 3).transpose(1) ~ needs the two axes
torch.ones(2, 3, 4).permute(1, 0) ~ the tensor has 3, and 2 were named
torch.ones(2, 3).permute(0, 0) ~ names every axis once
torch.ones(2, 3, 4).t() ~ transposes matrices only
torch.ones(3).sum(dim=1) ~ There is no axis 1
torch.ones(2, 3).index_select(1, torch.tensor([-1])) ~ take no negative numbers
torch.ones(2, 3).gather(1, torch.tensor([[-1]])) ~ take no negative numbers
x = torch.ones(3); x[[0, 1]] = torch.ones(2, dtype=torch.float64) ~ value.to(x.dtype)
copy = True; copy.deepcopy([1]) ~ `copy` is a bool here
x = torch.ones(2); x.is_leaf = True ~ x.is_leaf can only be read: it tells of x
x = torch.ones(2); x.shape = (1, 2) ~ reshape, view and permute
torch.tensor([1.0], torch.float64) ~ all else by name
nn.Parameter(torch.ones(2)).zero_grad() ~ w.grad = None
round(torch.ones(2)) ~ torch.round(x) rounds each
torch.ones(2).at[0].set(1.0) ~ x[rows, column] = value
torch.rint(torch.ones(2)) ~ rint is NumPy's
torch.grad(torch.sum) ~ torch.autograd.grad(y, x)
torch.Generator.manual_seed(3) ~ C().manual_seed(...)
x = torch.zeros(2).long(); x.scatter_add_(0, x, torch.ones(2)) ~ source.to(x.dtype)
x = torch.zeros(2); x.index_add_(0, x.long(), x.double()) ~ source.to(x.dtype)
torch.tensor(1.0) @ torch.ones(2, 2) ~ * multiplies by it
type("S", (), {"grad": property(lambda s: 0.0)})().grad = 1.0 ~ grad is a @property here
torch.ones(2, 3).sum(dim=2) ~ here up to 1
torch.ones(3).shape[1] ~ The shape has fewer entries
torch.ones(3)[5] ~ That axis has 3 entries
torch.ones(3)[0, 1] ~ more indices than axes
torch.tensor(3.0)[0] ~ a single number, without axes
torch.ones(3)[1.0] ~ An index is a whole number
torch.ones(3)[torch.ones(3)] ~ A tensor of floats cannot index
torch.ones(3)[torch.ones(2) > 0] ~ [3], not [2]
[1, 2][5] ~ The list is shorter than that
[1, 2][0, 1] ~ a[i][j]
{}["a"] ~ has no such key
torch.cat([torch.ones(2, 3), torch.ones(3, 2)]) ~ here 3 meets 2
torch.cat(torch.ones(3), torch.ones(3)) ~ go in as one list
torch.stack([torch.ones(2), torch.ones(3)]) ~ here [2] and [3] meet
torch.stack([]) ~ did the loop that fills it never run
np.concatenate([]) ~ did the loop that fills it never run
torch.stack([1.0, 2.0]) ~ there is float in it
torch.tensor([torch.ones(2), torch.ones(2)]) ~ torch.stack (a new axis)
torch.tensor([[1, 2], [3]]) ~ lengths 2 and 1 meet
torch.tensor([None]) ~ a None among the numbers
nn.Linear(3, 2)(torch.ones(4, 3).double()) ~ One side is Double
torch.ones(2, 3) @ torch.ones(3, 2).double() ~ One side is float
torch.allclose(torch.ones(3), torch.ones(3).double()) ~ must have one dtype
torch.arange(3).mean() ~ convert first
torch.arange(3).softmax(0) ~ whole numbers or booleans (Long)
x = torch.arange(3); x /= 2 ~ The tensor is Long
torch.zeros(3, dtype="float64") ~ A dtype is not a text
torch.ones(3).to("float64") ~ torch.float64, without quotes
torch.ones(3, device="gpu") ~ There is no device called gpu
torch.ones(3) ^ 2 ~ A power is **
2.0 ^ 2 ~ A power is **
torch.ones(3) > 0 & torch.ones(3) < 1 ~ conditions need brackets
1 - (torch.ones(3) > 0) ~ ~mask is its opposite
torch.where(torch.ones(3), 1.0, 0.0) ~ that is true or false for each number
float(torch.ones(3)) ~ take a tensor of one number
torch.ones(3).item() ~ take a tensor of one number
math.exp(torch.ones(3)) ~ torch.exp works on all of them
torch.exp(2.0) ~ math.exp is for those
torch.maximum(torch.ones(3), 0) ~ x.clamp(min=0)
torch.max(0, torch.ones(3)) ~ x.clamp(min=0)
torch.ones(3).clamp(minimum=0) ~ with (minimum=int)
torch.ones(3).sum(dims=0) ~ dim= and keepdim=
torch.ones(2, 3).mean(0, 1) ~ x.mean((0, 1))
torch.ones(3).softmax() ~ dim=-1 is the last one
torch.randperm(3, generator=0) ~ torch.Generator().manual_seed(seed)
torch.randperm(3.0) ~ randperm needs a whole number
range(3.0) ~ // divides without a rest
range(torch.ones(3)) ~ range needs a whole number
for i in 3: pass ~ for i in range(n)
1 / 0 ~ This divides by 0
math.exp(1000) ~ too large for a float
math.log(0) ~ log and sqrt have no value there
torch.ones(0).max() ~ The tensor is empty
nn.ReLU(torch.ones(3)).sum() ~ nn.ReLU(...)(x)
nn.ReLU(torch.ones(3)) + 1 ~ nn.ReLU(...)(x)
nn.Linear(3, 2)(nn.ReLU()) ~ nn.ReLU(...)(x)
nn.Sequential([nn.ReLU()]) ~ nn.Sequential(*layers)
nn.Sequential(nn.ReLU) ~ nn.ReLU()
nn.Sequential(F.relu) ~ Functions are called in forward
nn.ModuleList([nn.ReLU()])(torch.ones(2)) ~ Go through it in forward
l = nn.Linear(2, 3); l.weight = torch.ones(3, 2) ~ nn.Parameter(tensor)
l = nn.Linear(2, 3); l.train(l, 1) ~ train(model, x, y)
l = nn.Linear(2, 3); l.training() ~ read it without brackets
l = nn.Linear(2, 3); l.wieght ~ is weight meant?
l = nn.Linear(2, 3); l.predict(1) ~ model(x) computes
l = nn.Linear(2, 3); l.parameters().numel() ~ for p in model.parameters()
l = nn.Linear(2, 3); [p for p in l.parameters] ~ The brackets of the call are missing
l = nn.Linear(2, 3); [1 for n, p in l.parameters()] ~ named_parameters() gives pairs
nn.LazyLinear(3).weight.numel() ~ A lazy layer learns its sizes
with torch.no_grad: pass ~ with torch.no_grad():
torch.optim.SGD(nn.Linear(2, 3), lr=0.1) ~ model.parameters(), not the model itself
torch.optim.SGD([], lr=0.1) ~ No parameter came here
torch.optim.SGD([torch.ones(3, requires_grad=True) * 2], lr=0.1) ~ Only leaves can be optimized
torch.optim.SGD([torch.ones(3)], lr=0.1).backward() ~ loss.backward()
torch.ones(3).size[0] ~ x.shape[0]
torch.ones(3).shape() ~ x.shape is not called
torch.ones(3).dtype(3) ~ x.dtype is not called
from torch import *; float(3) ~ float is no longer Python's own
torch.ones(3).item * 2 ~ without being called
a, b = torch.ones(3, 2).size ~ without being called
2(3 + 1) ~ Is a * missing
x = None; x.shape ~ Something here is None
a, b = None ~ Something here is None
torch.sum(None) ~ got None in place of a tensor
torch.ones(2, 3).max(1).exp() ~ x.max(dim).values
x = torch.ones(2, 3); n, d, k = x.shape ~ This expects 3 axes, and the tensor has 2
x = torch.ones(2, 3, 4); n, d = x.shape ~ more than 2 axes
[1].mean() ~ This is a list, not a tensor
(1, 2).backward() ~ Two values returned are a tuple
(1, 2).append(3) ~ append to that
torch.tensor(3.0)[:] ~ nothing to slice
np.min(torch.ones(3)) ~ the tensor's own: x.min()
torch.from_numpy(np.ones(3).copy) ~ array.copy() its result
torch.ones(3).count(1) ~ (x == 1).sum()
x = torch.ones(3, 2); x.reshape(3, x.shape[1:]) ~ is their product
torch.ones(3, 2).permute(1, 0, ...) ~ ... is none
torch.ones(3).shape[0] = 2 ~ can be read, not written
(2, 3).index(-1) ~ with `in` first
[2, 3].index(-1) ~ with `in` first
index = 3; index.start ~ isinstance(index, slice)
torch.bincount(torch.tensor([1]), 3) ~ minlength=n
torch.FloatTensor(torch.ones(2).double()) ~ x.to(torch.float32) converts
s = slice(2, None); range(s.start, s.stop) ~ .stop is None
x = 0.5; x.item() ~ This is a plain float
[1] + 2 ~ + joins list and list
1 + [2] ~ + joins a list to another one
[1, 2] / 2 ~ A list or tuple cannot be computed with
"a" + 1 ~ + joins str and str
torch.ones(3).shape / 2 ~ x.shape is a tuple of all sizes
torch.ones(2) @ 2 ~ With a plain number it is *
isinstance(torch.ones(3), torch.tensor) ~ torch.Tensor, with a capital T
(lambda a: a)(1, 2) ~ 2 arguments without a name
(lambda a: a)(b=1) ~ has no argument called b
(lambda a: a)() ~ was called without 'a'
math.sqrt(undefined) ~
torch.softmx ~ is softmax meant?
torch.ones(3).softmx(0) ~ is softmax meant?
torch.ones(3).stack() ~ It is a function: torch.stack.
torch.view(torch.ones(3), 3) ~ each tensor x has: x.view
torch.Linear ~ torch.nn.Linear
nn.Relu ~ is ReLU meant?
nn.linear ~ is Linear meant?
math.abs(-3) ~ write abs(...), without math
torch.ones(3).copy() ~ x.clone()
torch.array([1]) ~ torch.tensor([1.0, 2.0])
torch.ones(3).zero_grad() ~ w.grad = None
torch.ones(3).to(float64) ~ torch.float64
exp(torch.ones(3)) ~ torch.exp(...)
negative_slope = 0.1; negative_slop * 2 ~ is negative_slope meant?
os.getcwd() ~ `import os` is missing
G.relu(torch.ones(3)) ~
self.linear ~ def forward(self, x)
x = true ~ with a capital letter
next(iter([])) ~ the iterator has ended
"""
CASES = [
    tuple(row.rsplit(" ~ ", 1)) for row in MISTAKES.replace(" ~\n", " ~ \n").split("\n") if row
]
KNOWN = {"torch": torch, "nn": nn, "F": F, "math": math, "np": np}


def raised(error: Exception, line: str, source: str | None = None) -> Raised:
    made = Raised(str(error))
    made.kind, made.source = type(error).__name__, line if source is None else source
    made.frames = (Frame("tiny.py", 1, "double", line),) if line else ()
    return made


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("line", "said"), CASES, ids=[line for line, _ in CASES])
def test_an_error_is_told_by_its_words_and_the_line(line, said):
    with pytest.raises(Exception) as caught:
        exec(line, dict(KNOWN))
    sentence = cause_of(raised(caught.value, line))
    assert said in sentence if said else sentence is None


@pytest.mark.parametrize(
    ("error", "line", "said"),
    [
        (BdbQuit(), "breakpoint()", "delete that line"),
        (SystemExit(), "exit()", "`return` ends a function"),
        (SystemExit(1), "sys.exit(1)", "`return` ends a function"),
        (MemoryError(), "x = [0] * 10**12", "more memory than work may use"),
        (RuntimeError(NO_MEMORY), "x = torch.ones(10**12)", "more memory than work may use"),
        (ImportError(NO_PACKAGE), "from .mine import f", "without the dot"),
    ],
)
def test_what_ends_or_stops_the_whole_program_is_told(error, line, said):
    assert said in cause_of(raised(error, line))


def test_the_words_of_other_devices_are_known():
    of = "RuntimeError: Expected all tensors to be on the same device, but"
    other = "TypeError: can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu()"
    lazy = "UnboundLocalError: local variable 'x' referenced before assignment"
    for text, said in ((of, "device=x.device"), (other, "x.cpu().numpy()"), (lazy, "x is set")):
        kind, _, message = text.partition(": ")
        made = raised(ValueError(message), "f(x)")
        made.kind = kind
        assert said in (cause_of(made) or "")


@pytest.mark.parametrize(
    ("line", "error", "told"),
    [
        ("    raise RuntimeError('mat1 and mat2 shapes')", RuntimeError, False),
        ("    raise ValueError(x.shape())", RuntimeError, True),
        ("    if x.shape() == (3,): raise ValueError(x)", RuntimeError, True),
        ("    raise error", RuntimeError, False),
        ("    assert mse(x)", RuntimeError, True),
        ("    raise_the_bar(x)", RuntimeError, True),
    ],
)
def test_what_a_learner_raises_is_not_explained_as_torchs(line, error, told):
    message = "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"
    assert (cause_of(raised(error(message), line)) is not None) == told


def test_every_known_error_can_be_told_and_is_short():
    for known in cause_of_error._table():
        known.check()
        assert len(known.likely) <= 200
        assert known.likely.endswith((".", "?", ":", ")"))


def test_a_misspelled_name_is_never_another_exercise_that_waits():
    source = "def softmax(x):\n    raise NotImplementedError\n"
    for name in ("softmx", "sofmax_"):
        error = NameError(f"name '{name}' is not defined")
        assert cause_of(raised(error, f"return {name}", source)) is None


@pytest.mark.parametrize(
    "message",
    [
        "shape '[" + "9, " * 5000 + "]' is invalid for input of size 3",
        "mat1 and mat2 shapes cannot be multiplied (" + "1" * 5000 + "x2 and 3x4)",
        "shape '[1]' is invalid for input of size {0.__class__} {n!r:>99999}",
        "'Tensor' object has no attribute '" + "a" * 400 + "'",
        "\0\n" * 1000,
        "",
    ],
)
@pytest.mark.parametrize("kind", ["RuntimeError", "AttributeError", "TypeError", "<b>", ""])
def test_hostile_words_are_bounded(kind, message):
    made = raised(ValueError(message), "x = '[' * 9" * 20, "self." * 50_000)
    made.kind = kind
    assert len(cause_of(made) or "") < 1200


def test_what_an_error_fills_in_is_short_and_is_no_template():
    known = KnownError(r"RuntimeError: (?P<what>.*)", "It is {what}.", r"(?P<line>\w+)")
    assert known.explains("RuntimeError", "{line}", "x") == "It is {line}."
    said = known.explains("RuntimeError", "a" * 999, "x")
    assert said is not None
    assert len(said) < GROUP_CHARACTERS + 20


OWN = r"""
[[error]]
error = 'TypeError: unsupported operand type\(s\) for @: .* and .int.'
line = '(?P<name>\w+) @ 2'
likely = "The course knows: {name} is no matrix."
"""
RAISES = (
    SUITE
    + '''

    @points(1)
    def test_text_is_refused(self, student, reference, device, rng):
        """Text is refused with a ValueError."""
        from grader.suite import assert_raises

        assert_raises(ValueError, lambda: student.halve("text"), mentions=("text",))
'''
)


@pytest.fixture(scope="module")
def read(make_course):
    """What is said of each failed test of a work, as the reports hold it."""
    made = make_course(tiny=Unit(suite=RAISES, points=6))
    text = (made.root / "course.toml").read_text(encoding="utf-8")
    (made.root / "course.toml").write_text(text + OWN, encoding="utf-8")
    course = read_course(made.root)
    with Session(course, Options(), own_work=True) as session:

        def read(text):
            work = Submission(course.root, {"tiny": Source("tiny.py", text)})
            report = session.grade(work, course.select(["tiny"]))
            return {t.name: t.likely for t in report.tests if t.outcome is Outcome.FAILED}

        yield read


DOUBLED, HALVED = "test_every_number_is_doubled", "test_every_number_is_halved"
REFUSED = "test_text_is_refused"
SOUND = "def double(x): return x + x\n"
CHECKED = "def halve(x):\n    if isinstance(x, str): raise ValueError(x)\n    return x / 2\n"


@pytest.mark.parametrize(
    ("text", "test", "said"),
    [
        (f"def double(x): return x @ 2\n{CHECKED}", DOUBLED, "The course knows: x is no matrix."),
        (f"def double(x): return max(0, x)\n{CHECKED}", DOUBLED, "Python's own max"),
        (f"def double(): return 2\n{CHECKED}", DOUBLED, "The tests call it as the exercise says"),
        (f"def double(value): return valeu * 2\n{CHECKED}", DOUBLED, "is value meant?"),
        (f"import torch\ndef double(x): return torch.no_grad\n{CHECKED}", DOUBLED, None),
        (
            f"def double(x):\n    raise RuntimeError('1D tensors expected')\n{CHECKED}",
            DOUBLED,
            None,
        ),
        (f"{SOUND}def halve(x): return x / 2\n", REFUSED, "Look at the argument before"),
        (f"{SOUND}def halve(x): return half(x)\n", HALVED, None),
        (f"{SOUND}def halve(x): return x / torch.tensor(2)\n", REFUSED, "`import torch`"),
        (f"{SOUND}def halve(x): return float(x) if x is str else x / 2\n", REFUSED, "Look at"),
        (f"{SOUND}def halve(x):\n    raise RuntimeError(x)\n", REFUSED, "your own line raises it"),
        (f"{SOUND}def halve(x):\n    raise ValueError\n", REFUSED, "an f-string puts a value"),
    ],
)
def test_a_report_says_it(read, text, test, said):
    likely = read(text)[test]
    assert (said in likely) if said else likely is None or "conver" in likely


def test_a_module_without_forward_is_not_one_that_waits(read):
    text = f"from torch import nn\nclass M(nn.Module):\n    pass\ndouble = M()\n{CHECKED}"
    assert "M has no forward" in read(text)[DOUBLED]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"error": "no kind", "likely": "x"}, "KIND: PATTERN"),
        ({"error": "TypeError: (", "likely": "x"}, "TypeError: ("),
        ({"error": "TypeError: x", "likely": "{name}"}, "no group name"),
        ({"error": "TypeError: x", "likely": "{"}, "TypeError: x"),
    ],
)
def test_an_error_that_could_never_be_told_is_the_authors(entry, words, make_course):
    with pytest.raises(ValueError, match=re.escape(words)):
        known_error(entry)
    course = make_course()
    text = (course.root / "course.toml").read_text(encoding="utf-8")
    lines = "".join(f"{key} = '{value}'\n" for key, value in entry.items())
    with pytest.raises(CourseError, match=re.escape(words)):
        read_course(course.root, f"{text}\n[[error]]\n{lines}")
