"""The units of a submission as modules that can be imported, in the worker."""

import ast
import importlib.abc
import importlib.machinery
import os
import re
import types
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from grader.sandbox.notebook_module import DEFINITIONS, Notebook, rest_of

_MAGIC = re.compile(r"^[%!][^\n]*", re.MULTILINE)


class Sibling(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one unit from what was sent, as `unit` or `exercises.unit`."""

    def __init__(self, unit: str, file: str, source: str | list[list[str]]) -> None:
        self.unit, self.file, self.source = unit, file, source
        self.parts = [[file, source]] if isinstance(source, str) else source
        self.notebook, self.python = Notebook([]), ""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name == "exercises":
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        if name in (self.unit, f"exercises.{self.unit}"):
            return importlib.machinery.ModuleSpec(name, self, origin=self.file)
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        if module.__name__ != "exercises":
            module.__file__ = self._on_disk()
            if isinstance(self.source, str):
                self.python, code = _compiled(self.source, self.file)
                try:
                    exec(code, module.__dict__)
                except BaseException as error:  # the trial of a function is not the function
                    self.notebook = rest_of(code, self.python, error, module.__dict__)
                return
            self.notebook = Notebook(self.parts)
            self.notebook.execute(module.__dict__)

    def _on_disk(self) -> str:
        """A copy that can be opened: the file itself is out of reach."""
        path = os.path.abspath(self.file)
        if isinstance(self.source, str) and not os.path.isabs(self.file):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8", errors="replace") as copy:
                copy.write(self.source)
        return path


def _compiled(source: str, file: str) -> tuple[str, types.CodeType]:
    """A module as it is, or if Python cannot read it, without what was meant for a notebook."""
    with suppress(SyntaxError):
        return source, compile(source, file, "exec")
    source = _MAGIC.sub("", source)
    return source, compile(source, file, "exec")


def definitions_of(source: str, file: str) -> list[list[Any]]:
    """The functions and classes a module defines, with their lines; the last definition wins."""
    found, waiting = [], ast.parse(source).body[::-1]
    while waiting:
        match waiting.pop():
            case ast.If(body=body, orelse=other):
                waiting += [*body, *other][::-1]
            case ast.Try(body=body, handlers=handlers, orelse=other):
                waiting += [*body, *(one for h in handlers for one in h.body), *other][::-1]
            case node if isinstance(node, DEFINITIONS):
                found.append([node.name, file, node.lineno])
    return found
