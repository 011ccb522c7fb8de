"""Learner code runs as it is written: torch's compiler stays out of a worker.

Importing it takes as long as half an `import torch`, and the first optimizer of a process does,
however it is spelled, and the first `torch.func.grad`, only to say that they must not be compiled.
Compiling wants a C++ compiler, which no worker may start. So `torch.compile` gives back what it was
given, and a small stand-in takes the place of `torch._dynamo`; whoever asks it for more gets the
real one.
"""

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

import torch

COMPILER = "torch._dynamo"


def run_eagerly() -> None:
    """Hold for this process, from before any learner code runs."""
    torch.compile = compile_nothing
    if COMPILER not in sys.modules:
        sys.modules[COMPILER] = _StandIn(COMPILER)
        sys.meta_path.insert(0, _Present())


def compile_nothing(model: Any = None, **options: Any) -> Any:
    """What `torch.compile` gives: the function or module itself, or a decorator that does."""
    return _itself if model is None else model


def _itself(function: Any) -> Any:
    return function


class _CompiledAutograd:
    """The compiler of backward passes, as far as `torch.func` asks it to leave one alone."""

    _disable = staticmethod(contextlib.nullcontext)

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(f"{COMPILER}.compiled_autograd"), name)


class _StandIn(types.ModuleType):
    """The compiler, as far as torch's own functions ask it to leave them alone."""

    compiled_autograd = _CompiledAutograd()

    def disable(self, fn: Any = None, recursive: bool = True, **options: Any) -> Any:
        return _itself if fn is None else fn

    def graph_break(self, msg: str = "") -> None:
        pass

    def reset(self) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__path__":  # whoever looks through all modules
            raise AttributeError(name)
        if sys.modules.get(COMPILER) is self:
            del sys.modules[COMPILER]
        return getattr(importlib.import_module(COMPILER), name)


class _Present(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds what the real compiler has imported of itself while Python asked the stand-in for
    its path, so that nothing of it is loaded twice."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.startswith(f"{COMPILER}.") and name in sys.modules:
            return importlib.machinery.ModuleSpec(name, self)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return sys.modules[spec.name]

    def exec_module(self, module: types.ModuleType) -> None:
        pass
