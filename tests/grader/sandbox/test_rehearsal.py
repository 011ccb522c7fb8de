"""The device of a rehearsal: values as on the CPU, mistakes as on a GPU. What right answers do with
it is in test_idioms.py.

All that is tried runs in one process of its own: a device cannot be taken back.
"""

import json
import subprocess
import sys

import pytest

from grader.sandbox.rehearsal import is_possible

pytestmark = pytest.mark.skipif(not is_possible(), reason="torch is older than 2.10")

SETUP = """
import json, linecache, sys
import numpy as np
import torch
from grader.sandbox.rehearsal import Rehearsal, host, on_device, set_up

set_up()
x = torch.arange(6.0).reshape(2, 3)
"""
# What is evaluated with `x` on the CPU and `d` on the device, a copy of it: it is True.
HOLDS = {
    "a view shares memory": "(d[0].add_(10), host(d)[0].tolist() == [10.0, 11.0, 12.0])[1]",
    "the host sees changes": "(d.mul_(2), torch.equal(h, 2 * x))[1]",
    "a transposed view": "host(d.t()).stride() == x.t().stride() and same(d.t(), x.t())",
    "a copy to the CPU": "type(d.cpu()) is torch.Tensor and torch.equal(d.cpu(), x)",
    "device=": "same(d + torch.ones(3, device=d.device), x + 1)",
    "like": "same(torch.zeros_like(d), torch.zeros(2, 3))",
    "a product": "same(d @ d.t(), x @ x.t())",
    "pieces": "same(torch.cat([*d.split(1)]), x)",
    "two results": "same(d.max(dim=1).indices, x.max(dim=1).indices)",
    "a scalar of the CPU may mix": "same(d + torch.tensor(1.0), x + 1)",
    "an index of the CPU may be": "same(d[torch.tensor([1, 0])], x.flip(0))",
    "item": "d.sum().item() == 15.0 and float(d.sum()) == 15.0",
    "tolist": "d.tolist() == x.tolist()",
    "not cpu": "d.device.type == 'rehearsal' and not d.is_cpu and not d.is_cuda",
    "a gradient": "same(slope(d, lambda leaf: leaf**3), 3 * x**2)",
    "a module": "same(model(d), cpu_model(x))",
    "numbers in a list": "torch.tensor([d.sum(), d.max()]).tolist() == [15.0, 5.0]",
    "an accelerator": "torch.accelerator.current_accelerator().type == d.device.type",
    "it is printed": "repr(d).endswith(\"device='rehearsal:0')\")",
}
HELPERS = """
def same(got, expected):
    return got.device.type == "rehearsal" and torch.allclose(host(got.detach()), expected.detach())

def slope(d, function):
    leaf = d.clone().requires_grad_()
    function(leaf).sum().backward()
    return leaf.grad

cpu_model = torch.nn.Linear(3, 2)
"""
MIXED = "RuntimeError: Expected all tensors to be on the same device, but found at least two"
NO_NUMPY = "TypeError: can't convert rehearsal:0 device type tensor to numpy"
NEVER = "NotImplementedError: {} cannot be rehearsed: it needs a real GPU"
# What fails, and how it begins.
FAILS = {
    "d + torch.zeros(3)": MIXED,
    "torch.zeros(3) + d": MIXED,
    "d + torch.tensor([1.0, 2.0, 3.0])": MIXED,
    "d @ torch.from_numpy(np.ones((3, 2), dtype=np.float32))": MIXED,
    "torch.cat([d, torch.zeros(2, 3)])": MIXED,
    "d.add_(torch.ones(3))": MIXED,
    "torch.where(d > 0, d, torch.zeros(2, 3))": MIXED,
    "torch.nn.functional.mse_loss(d, d.cpu())": MIXED,
    "cpu_model(d)": MIXED,
    "d.numpy()": NO_NUMPY,
    "np.asarray(d)": NO_NUMPY,
    "np.stack([d])": NO_NUMPY,
    "x[torch.tensor([0], device='rehearsal')]": "RuntimeError: indices should be either on cpu",
    "torch.rand(3, device='rehearsal', generator=torch.Generator())": "RuntimeError: Expected a "
    "'rehearsal' device type for generator but found 'cpu'",
    "d.resize_(3)": NEVER.format("resize_"),
    "torch.nn.LSTM(3, 2).to('rehearsal')(d)": NEVER.format("_thnn_fused_lstm_cell"),
    "torch.nn.Parameter(d).__setattr__('grad', torch.zeros(2, 3))": "RuntimeError: attempting to "
    "assign a gradient with device type 'cpu'",
    "torch.inference_mode()(torch.add)(d, torch.zeros(3))": MIXED,
    "d.set_(torch.zeros(3))": MIXED,
}
RUN = """
def outcome(text, files=frozenset()):
    with Rehearsal(files):
        h = x.clone()
        d = on_device(h)
        model = torch.nn.Linear(3, 2).to("rehearsal")
        model.load_state_dict(cpu_model.state_dict())
        names = {**globals(), "d": d, "h": h, "model": model}
        try:
            return bool(eval(compile(text, "work.py", "eval"), names))
        except Exception as error:
            return f"{type(error).__name__}: {error}"

asked = json.load(sys.stdin)
holds = {text: outcome(text) for text in asked}
text = "\\n\\n(d +\\n torch.zeros(3))"
linecache.cache["work.py"] = len(text), None, text.splitlines(True), "work.py"
line = outcome(text, frozenset({"work.py"}))
json.dump([holds, line, type(torch.Generator()).__name__], sys.stdout)
"""


@pytest.fixture(scope="module")
def tried() -> list:
    """What each text gives, a message with its line, and the class of generators afterwards."""
    done = subprocess.run(
        [sys.executable, "-c", SETUP + HELPERS + RUN],
        input=json.dumps([*HOLDS.values(), *FAILS]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", HOLDS)
def test_it_computes_what_the_cpu_does(tried, name):
    assert tried[0][HOLDS[name]] is True


@pytest.mark.parametrize("text", FAILS)
def test_it_fails_as_a_gpu_does(tried, text):
    assert str(tried[0][text]).startswith(FAILS[text])


def test_a_mixture_names_the_line_that_made_the_tensor_of_the_cpu(tried):
    assert tried[1].endswith("(torch.zeros(3), line 4, is made on the CPU; d is on the device)")


def test_generators_are_torchs_own_again_afterwards(tried):
    assert tried[2] == "Generator"
