"""Calls carried out in the judge's own process: the reference, never a learner's work."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.errors import CourseError
from grader.judge.behaviour import tensors_in
from grader.judge.subject import Handle, Seen
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


def load_module(path: Path, name: str) -> ModuleType:
    """Import the file `path` as module `name`, once per process.

    Raises: CourseError if there is no such file.
    """
    known = sys.modules.get(name)
    if known is not None and known.__file__ == str(path):
        return known
    if not path.is_file():
        raise CourseError(f"{path} is missing: the suite needs it")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def module_of(text: str, path: Path, name: str) -> ModuleType:
    """Execute `text`, which stands for the file `path`, as module `name`."""
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    exec(compile(text, str(path), "exec"), module.__dict__)
    return module


class LocalRunner:
    """Runs a unit of the author's and the suite's own files with the interface of a worker."""

    def __init__(self, module: ModuleType, suite_folder: Path) -> None:
        self.suite_folder = suite_folder
        self.modules = {"": module}
        self.objects: list[Any] = []
        self._rebound: list[Tensor] = []

    def call(
        self, owner: str | Handle, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        function, args, kwargs = self._prepare(owner, name, args, kwargs)
        before = [(t, _place(t)) for t in tensors_in([args, kwargs])]
        value = function(*args, **kwargs)
        self._rebound = [t for t, place in before if _place(t) != place or not t.is_leaf]
        return self._wrap(value)

    def observe(
        self, owner: str | Handle, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Seen:
        function, args, kwargs = self._prepare(owner, name, args, kwargs)
        files = frozenset([str(self.modules[""].__file__)])
        value, seen = observed(lambda: function(*args, **kwargs), files)
        return Seen(self._wrap(value), seen.operations, seen.steps, seen.seconds)

    def attribute(self, owner: Handle, name: str) -> Any:
        return self._wrap(getattr(self.objects[owner.identity], name))

    def iterate(self, owner: Handle) -> list[Any]:
        return [self._wrap(item) for item in self.objects[owner.identity]]

    def bring(self, file: str) -> str:
        self.modules[file] = load_module(self.suite_folder / f"{file}.py", f"brought.{file}")
        return file

    def rebound(self, tensor: Tensor) -> bool:
        return any(tensor is other for other in self._rebound)

    def _prepare(
        self, owner: str | Handle, name: str, args: Any, kwargs: Any
    ) -> tuple[Callable[..., Any], Any, Any]:
        target: Any
        target = self.objects[owner.identity] if isinstance(owner, Handle) else self.modules[owner]
        function = target if name == "__call__" else getattr(target, name)
        return function, self._unwrap(args), self._unwrap(kwargs)

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
