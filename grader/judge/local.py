"""Calls carried out in the judge's own process: the reference, never a learner's work."""

import importlib.util
import operator
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.course.model import data_file
from grader.errors import CourseError
from grader.judge.subject import Call, Handle
from grader.sandbox import encode
from grader.sandbox.arguments import Results, containers_in, left_behind, tensors_in
from grader.sandbox.exchange import Answer
from grader.sandbox.functions import function_of
from grader.sandbox.observe import observed
from grader.sandbox.remote_gradients import out_of_reach
from grader.suite.compare.kinds import NAMES
from grader.suite.tape import rebuilt

# What can be compared crosses to another process, and nothing else does.
PLAIN = (*(kind for kind, _ in NAMES), np.generic)
# Each known wrong answer that is tried brings the suite's own files anew.
_compiled = lru_cache(maxsize=64)(compile)


def load_module(path: Path) -> ModuleType:
    """Import the file `path`, once per process, under a name that no other file has.

    Raises: CourseError if there is no such file, or it cannot be imported.
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
    except BaseException as error:
        del sys.modules[module.__name__]
        if not isinstance(error, Exception):
            raise
        raise CourseError(_why(path, error)) from error
    return module


def _why(path: Path, error: Exception) -> str:
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return f"{path}:{error.lineno}: {error.msg}"
    lines = [
        f":{f.lineno}" for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)
    ]
    return f"{path}{lines[-1] if lines else ''}: {type(error).__name__}: {error}"


def module_of(text: str, path: Path) -> ModuleType:
    """Execute `text`, which stands for the file `path`."""
    module = ModuleType(str(path))
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    exec(_compiled(text, str(path), "exec"), module.__dict__)
    return module


class LocalRunner:
    """Runs a unit of the author's and the suite's own files with the interface of a worker.

    What would not cross to a worker does not cross here either, so that a suite which works here
    works for learners as well.
    """

    def __init__(self, module: ModuleType, suite_folder: Path) -> None:
        self.suite_folder = suite_folder
        self.unit = Path(str(module.__file__)).stem
        self.modules = {"": module}
        self.objects: list[Any] = []
        self.moved: tuple[Tensor, ...] = ()
        self.results = Results()

    def run(self, call: Call) -> Answer:
        """Raises: CourseError, Unsendable, and whatever is raised by what it calls."""
        function = function_of(self._target(call.owner, call.name), call.name)
        encode.Writer().write([list(call.args), call.kwargs])
        args, kwargs = self._unwrap(call.args), self._unwrap(call.kwargs)
        before = [(t, _place(t)) for t in tensors_in(*args, *kwargs.values())]
        containers, dtype = containers_in(*args, *kwargs.values()), torch.get_default_dtype()
        torch.set_grad_enabled(True)
        reaches = any(t.requires_grad for t, _ in before)
        seen = None
        with self._importable():
            if call.observed:
                files = frozenset([str(self.modules[""].__file__)])
                seen = observed(lambda: function(*args, **kwargs), files)
            made = seen.value if seen else function(*args, **kwargs)
        value = self._wrap(made, reaches)
        seen = replace(seen, value=value) if seen else None
        self.moved = tuple(t for t, place in before if _place(t) != place or not t.is_leaf)
        left = left_behind(containers, dtype)
        if self.results.is_changed(call.name):
            left.append("result")
        self.results.note(call.name, made, tensors_in(*args, *kwargs.values()))
        torch.set_grad_enabled(True)
        return Answer(value, self.moved, left=tuple(left), seen=seen)

    def attribute(self, owner: str | Handle, name: str) -> Any:
        return self._wrap(_copied(operator.attrgetter(name)(self._target(owner, name))))

    def iterate(self, owner: Handle) -> list[Any]:
        return [self._wrap(_copied(item)) for item in self.objects[owner.identity]]

    def parameter(self, value: Tensor) -> int:
        self.objects.append(torch.nn.Parameter(value.detach().clone()))
        return len(self.objects) - 1

    def assign(self, owner: Handle, name: str, value: Tensor | None) -> None:
        setattr(self.objects[owner.identity], name, _copied(value))

    def bring(self, file: str) -> str:
        if file not in self.modules:
            path = self.suite_folder / f"{file}.py"
            if not path.is_file():
                raise CourseError(f"{path} is missing: the suite needs it")
            with self._importable():
                self.modules[file] = module_of(path.read_text(encoding="utf-8"), path)
        return file

    def data(self, name: str) -> str:
        return data_file(self.suite_folder, self.unit, name)

    def _target(self, owner: str | Handle, name: str) -> Any:
        """Whose `name` is meant. Raises: CourseError if a module does not define it."""
        if isinstance(owner, Handle):
            return self.objects[owner.identity]
        module = self.modules[owner]
        if (first := name.partition(".")[0]) not in vars(module):
            path = Path(str(module.__file__))
            place = f"{path.parent.name}/{path.name}"
            raise CourseError(f"the suite asks for {first}, which {place} does not define")
        return module

    @contextmanager
    def _importable(self) -> Iterator[None]:
        """As beside a worker, a rig may import the unit."""
        package = ModuleType("exercises")
        package.__path__ = []
        unit = self.modules[""]
        ours = {self.unit: unit, "exercises": package, f"exercises.{self.unit}": unit}
        before = {name: sys.modules[name] for name in ours if name in sys.modules}
        sys.modules.update(ours)
        try:
            yield
        finally:
            for name in ours:
                sys.modules.pop(name, None)
            sys.modules.update(before)

    def _wrap(self, value: Any, reaches: bool = True) -> Any:
        """A handle in place of everything that could not cross to another process.

        Unless the result `reaches` an argument that wants gradients, nobody can ask for any.
        """
        if isinstance(value, torch.nn.Module) or not isinstance(value, PLAIN):
            self.objects.append(value)
            return Handle(self, len(self.objects) - 1, type(value).__name__)
        if isinstance(value, Tensor) and not reaches and value.requires_grad and not value.is_leaf:
            return out_of_reach(value)
        return rebuilt(value, lambda item: self._wrap(item, reaches))

    def _unwrap(self, value: Any) -> Any:
        if isinstance(value, Handle):
            return self.objects[value.identity]
        if callable(value) and not isinstance(value, torch.dtype):
            return _on_snapshots(value)
        return rebuilt(value, self._unwrap)


def _on_snapshots(function: Callable[..., Any]) -> Callable[..., Any]:
    """As across processes, a callback sees copies that nobody changes afterwards."""

    def callback(*args: Any, **kwargs: Any) -> Any:
        value = function(*(a.detach().clone() if isinstance(a, Tensor) else a for a in args))
        encode.Writer().write(value)
        return value

    return callback


def _copied(value: Any) -> Any:
    """As across processes: what is done to a tensor that was read does not reach the original."""
    if not isinstance(value, Tensor):
        return value
    return value.detach().clone().requires_grad_(value.requires_grad)


def _place(tensor: Tensor) -> tuple[int, bool]:
    return tensor.untyped_storage().data_ptr(), tensor.requires_grad
