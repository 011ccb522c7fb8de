"""Calls carried out in the judge's own process: the reference, never a learner's work."""

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.errors import CourseError
from grader.judge.subject import Call, Handle
from grader.sandbox.arguments import Results, containers_in, left_behind, tensors_in
from grader.sandbox.client import Answer
from grader.sandbox.observe import observed

PLAIN = (
    type(None),
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    list,
    tuple,
    dict,
    slice,
    torch.dtype,
    torch.device,
    Tensor,
    np.ndarray,
)


def load_module(path: Path) -> ModuleType:
    """Import the file `path`, once per process, under a name that no other file has.

    Raises: CourseError if there is no such file.
    """
    known = sys.modules.get(str(path))
    if known is not None:
        return known
    if not path.is_file():
        raise CourseError(f"{path} is missing: the suite needs it")
    spec = importlib.util.spec_from_file_location(str(path), path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # some of Python's own classes look for their module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[module.__name__]
        raise
    return module


def module_of(text: str, path: Path) -> ModuleType:
    """Execute `text`, which stands for the file `path`."""
    module = ModuleType(str(path))
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    exec(compile(text, str(path), "exec"), module.__dict__)
    return module


class LocalRunner:
    """Runs a unit of the author's and the suite's own files with the interface of a worker."""

    def __init__(self, module: ModuleType, suite_folder: Path) -> None:
        self.suite_folder = suite_folder
        self.modules = {"": module}
        self.objects: list[Any] = []
        self.moved: tuple[Tensor, ...] = ()
        self.results = Results()

    def run(self, call: Call) -> Answer:
        owner = call.owner
        target: Any
        target = self.objects[owner.identity] if isinstance(owner, Handle) else self.modules[owner]
        function = target if call.name == "__call__" else getattr(target, call.name)
        args, kwargs = self._unwrap(call.args), self._unwrap(call.kwargs)
        before = [(t, _place(t)) for t in tensors_in([args, kwargs])]
        containers = containers_in([args, kwargs])
        torch.set_grad_enabled(True)
        seen = None
        if call.observed:
            files = frozenset([str(self.modules[""].__file__)])
            seen = observed(lambda: function(*args, **kwargs), files)
        made = seen.value if seen else function(*args, **kwargs)
        value = self._wrap(made)
        seen = replace(seen, value=value) if seen else None
        self.moved = tuple(t for t, place in before if _place(t) != place or not t.is_leaf)
        left = left_behind(containers)
        if self.results.is_changed(call.name):
            left.append("result")
        self.results.note(call.name, made, [args, kwargs])
        torch.set_grad_enabled(True)
        return Answer(value, self.moved, left=tuple(left), seen=seen)

    def attribute(self, owner: Handle, name: str) -> Any:
        return self._wrap(getattr(self.objects[owner.identity], name))

    def iterate(self, owner: Handle) -> list[Any]:
        return [self._wrap(item) for item in self.objects[owner.identity]]

    def bring(self, file: str) -> str:
        self.modules[file] = load_module(self.suite_folder / f"{file}.py")
        return file

    def _wrap(self, value: Any) -> Any:
        """A handle in place of everything that could not cross to another process."""
        if isinstance(value, torch.nn.Module) or not isinstance(value, PLAIN):
            self.objects.append(value)
            return Handle(self, len(self.objects) - 1, type(value).__name__)
        if type(value) is list:
            return [self._wrap(item) for item in value]
        if type(value) is tuple:
            return tuple(self._wrap(item) for item in value)
        return value

    def _unwrap(self, value: Any) -> Any:
        if isinstance(value, Handle):
            return self.objects[value.identity]
        if type(value) is list:
            return [self._unwrap(item) for item in value]
        if type(value) is tuple:
            return tuple(self._unwrap(item) for item in value)
        if type(value) is dict:
            return {key: self._unwrap(item) for key, item in value.items()}
        if callable(value) and not isinstance(value, torch.dtype):
            return _on_snapshots(value)
        return value


def _on_snapshots(function: Callable[..., Any]) -> Callable[..., Any]:
    """As across processes, a callback sees copies that nobody changes afterwards."""

    def callback(*args: Any, **kwargs: Any) -> Any:
        return function(*(a.detach().clone() if isinstance(a, Tensor) else a for a in args))

    return callback


def _place(tensor: Tensor) -> tuple[int, bool]:
    return tensor.untyped_storage().data_ptr(), tensor.requires_grad
