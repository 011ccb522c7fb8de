"""A rehearsal of the GPU: a device of its own, on any CPU build of torch, with real values.

A tensor of this device keeps its numbers in the memory of a CPU tensor, its host. Whatever runs on
it runs there, and what would fail on a GPU fails as it does there: tensors of two devices do not
mix, and NumPy cannot read one. How fast a GPU is, how its kernels round, and what it remembers is
not rehearsed.

Runs in the worker, for one call at a time. Needs the Python backends of torch 2.10 and later.
"""

import sys
from types import TracebackType
from typing import Any, ClassVar, NoReturn

import torch
from torch import Tensor
from torch.utils import backend_registration
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing
from torch.utils._pytree import tree_iter, tree_map

NAME = "rehearsal"
SETUP = "_setup_privateuseone_for_python_backend"
IMPOSSIBLE = "cannot be rehearsed: it needs a real GPU"
# Operators that may see tensors of two devices on a GPU as well: copies, and indices on the CPU.
BETWEEN_DEVICES = frozenset({"copy_", "_to_copy", "_copy_from"})
INDEXING = frozenset({"index", "index_put_", "index_put", "_index_put_impl_"})
# What changes a tensor's own memory behind the back of its host.
REFUSED = frozenset({"resize_", "resize_as_", "set_"})

_TorchsGenerator = torch.Generator


def is_possible() -> bool:
    """Whether this torch can do it."""
    return hasattr(backend_registration, SETUP)


def set_up() -> None:
    """Make the device known to torch, once in a process."""
    if not hasattr(torch, NAME):
        getattr(backend_registration, SETUP)(NAME)
        torch._C._set_only_lift_cpu_tensors(True)


class Rehearsed(Tensor):
    """A tensor on the device. Its storage knows the memory of its host."""

    __torch_function__ = torch._C._disabled_torch_function_impl  # type: ignore[assignment]

    @classmethod
    def __torch_dispatch__(  # type: ignore[override]
        cls, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        return _run(func, args, kwargs or {})

    def tolist(self) -> Any:
        return host(self).tolist()

    def numpy(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(
            f"can't convert {self.device} device type tensor to numpy. Use Tensor.cpu() to copy "
            "the tensor to host memory first."
        )

    __array__ = numpy

    def __format__(self, spec: str) -> str:
        return format(host(self).item(), spec) if self.dim() == 0 else object.__format__(self, spec)

    def __repr__(self, *, tensor_contents: Any = None) -> Any:  # type: ignore[override]
        text = repr(host(self).requires_grad_(self.requires_grad and self.is_leaf))
        return f"{text[:-1]}, device='{self.device}')"


class RehearsedGenerator(torch.Generator):
    """A generator that may be on the device: one for the other device is an error, as on a GPU."""

    known: ClassVar[set[int]] = set()  # those on the device, as C++ knows them

    def __new__(cls, device: Any = "cpu") -> "RehearsedGenerator":
        there = is_rehearsal(device)
        generator = super().__new__(cls, "cpu" if there else device)  # type: ignore[call-arg]
        (cls.known.add if there else cls.known.discard)(generator._cdata)  # type: ignore[attr-defined]
        return generator

    @property
    def device(self) -> torch.device:  # type: ignore[override]
        return torch.device(NAME, 0) if self._cdata in self.known else super().device  # type: ignore[attr-defined]


def is_rehearsal(device: Any) -> bool:
    return device is not None and torch.device(device).type == NAME


def on_device(tensor: Tensor) -> Tensor:
    """A tensor of the device whose host is `tensor`: they share their memory."""
    wanted = tensor.requires_grad
    inner = tensor.detach()
    made = Tensor._make_wrapper_subclass(
        Rehearsed,
        inner.size(),
        strides=inner.stride(),
        storage_offset=inner.storage_offset(),
        dtype=inner.dtype,
        device=torch.device(NAME, 0),
    )
    made.untyped_storage().host = inner.untyped_storage()  # type: ignore[attr-defined]
    result: Tensor = made.requires_grad_(wanted)
    return result


def host(tensor: Tensor) -> Tensor:
    """The CPU tensor in whose memory the numbers of a rehearsed one are; any other as it is."""
    if not isinstance(tensor, Rehearsed):
        return tensor
    memory: Any = tensor.untyped_storage().host  # type: ignore[attr-defined]
    with torch._C._DisableTorchDispatch():
        empty = torch.empty(0, dtype=tensor.dtype)
        return empty.set_(memory, tensor.storage_offset(), tensor.size(), tensor.stride())


class Rehearsal(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """While it lasts, the device can be named. Notes which line of `files` makes a CPU tensor."""

    def __init__(self, files: frozenset[str] = frozenset()) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        set_up()
        self.files = files

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # as for the counting of operators

    def __enter__(self) -> Any:
        torch.Generator = RehearsedGenerator  # type: ignore[misc]
        return super().__enter__()  # type: ignore[no-untyped-call]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        torch.Generator = _TorchsGenerator  # type: ignore[misc]
        super().__exit__(kind, error, trace)  # type: ignore[no-untyped-call]

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        made = _run(func, args, kwargs or {})
        if isinstance(made, Tensor) and not isinstance(made, Rehearsed) and self.files:
            given = any(isinstance(value, Tensor) for value in tree_iter((args, kwargs)))
            if not given or func.overloadpacket.__name__ == "lift_fresh":
                line = _line_in(self.files)
                if line is not None:
                    made.untyped_storage().made_in_line = line  # type: ignore[attr-defined]
        return made


def _line_in(files: frozenset[str]) -> int | None:
    """The line of the work that runs now."""
    frame = sys._getframe()
    while frame is not None and frame.f_code.co_filename not in files:
        frame = frame.f_back  # type: ignore[assignment]
    return None if frame is None else frame.f_lineno


def _run(func: Any, args: Any, kwargs: dict[str, Any]) -> object:
    """Run an operator on the hosts of its tensors."""
    name = func.overloadpacket.__name__
    tensors = [value for value in tree_iter((args, kwargs)) if isinstance(value, Tensor)]
    device = kwargs.get("device")
    there = any(isinstance(t, Rehearsed) for t in tensors)
    if there and name in REFUSED:
        raise NotImplementedError(f"{name} {IMPOSSIBLE}")
    if there and name not in BETWEEN_DEVICES:
        _check_devices(name, args, tensors)
    wanted = is_rehearsal(device) if device is not None else there
    if wanted or is_rehearsal(device):
        _check_generator(kwargs.get("generator"))
    if name == "copy_":
        wanted = isinstance(args[0], Rehearsed)
    hosts = tree_map(_host_of, (args, kwargs))
    if is_rehearsal(device):
        hosts[1]["device"] = torch.device("cpu")
    try:
        made = func(*hosts[0], **hosts[1])
    except NotImplementedError as error:
        raise NotImplementedError(f"{name} {IMPOSSIBLE}") from error
    if not wanted:
        return made
    made = tree_map(lambda value: on_device(value) if isinstance(value, Tensor) else value, made)
    return return_and_correct_aliasing(func, args, kwargs, made) if there else made  # type: ignore[no-untyped-call]


def _host_of(value: Any) -> Any:
    return host(value) if isinstance(value, Tensor) else value


def _check_devices(name: str, args: Any, tensors: list[Tensor]) -> None:
    """Raises: RuntimeError where two devices meet, in torch's own words."""
    if name in INDEXING:
        if not isinstance(args[0], Rehearsed):
            raise RuntimeError(
                "indices should be either on cpu or on the same device as the indexed tensor (cpu)"
            )
        tensors = [args[0], *args[2:3]]
    for tensor in tensors:
        if isinstance(tensor, Tensor) and not isinstance(tensor, Rehearsed) and tensor.dim() > 0:
            line = getattr(tensor.untyped_storage(), "made_in_line", None)
            raise RuntimeError(
                "Expected all tensors to be on the same device, but found at least two devices, "
                f"{NAME}:0 and {tensor.device}!" + (f" (made in line {line})" if line else "")
            )


def _check_generator(generator: Any) -> None:
    if generator is not None and generator._cdata not in RehearsedGenerator.known:
        raise RuntimeError(
            f"Expected a '{NAME}' device type for generator but found '{generator.device}'"
        )
