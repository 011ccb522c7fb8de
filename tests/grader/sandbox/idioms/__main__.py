"""Tries every idiom on the CPU and on the rehearsal device; writes what came of each, as JSON."""

import json
import sys
import warnings

import numpy as np
import torch

from grader.sandbox.rehearsal import NAME, Rehearsal, host, on_device, set_up
from tests.grader.sandbox.idioms import NEEDS_GPU, WORKS, Idiom


def parts_of(value: object) -> list[object]:
    """All that is in it, one by one."""
    if isinstance(value, torch.Tensor):
        return [value.dtype, value.requires_grad, value.stride(), host(value.detach())]
    if isinstance(value, np.ndarray):
        return [value.dtype, torch.from_numpy(value.copy())]
    if isinstance(value, dict):
        return [*value.keys(), *(part for item in value.values() for part in parts_of(item))]
    if isinstance(value, list | tuple):
        return [len(value), *(part for item in value for part in parts_of(item))]
    return [value]


def same(a: object, b: object) -> bool:
    if not isinstance(a, torch.Tensor) or not isinstance(b, torch.Tensor):
        return a == b
    return a.shape == b.shape and torch.allclose(a, b, equal_nan=True)


def outcome(idiom: Idiom, device: str) -> list[object] | str:
    """The parts of what it gives there, or its error."""
    torch.manual_seed(0)
    x, i = torch.randn(4, 3), torch.tensor([2, 0, 1, 1])
    if device == NAME:
        x, i = on_device(x), on_device(i)
    try:
        return parts_of(idiom(x, i, device))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def tried(idiom: Idiom) -> object:
    """True if it gives the same on both devices; otherwise what it says there."""
    expected = outcome(idiom, "cpu")
    with Rehearsal():
        got = outcome(idiom, NAME)
    if isinstance(got, str) or isinstance(expected, str):
        return got if isinstance(got, str) else expected
    if len(got) != len(expected):
        return f"{len(got)} parts for {len(expected)}"
    wrong = [f"{a} for {b}" for a, b in zip(got, expected, strict=True) if not same(a, b)]
    return wrong[0] if wrong else True


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    set_up()
    json.dump({name: tried(idiom) for name, idiom in (WORKS | NEEDS_GPU).items()}, sys.stdout)
