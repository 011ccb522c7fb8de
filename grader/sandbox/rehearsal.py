"""A rehearsal of the GPU: a device of its own, on any CPU build of torch, with real values.

A tensor of this device keeps its numbers in the memory of a CPU tensor, its host. Whatever runs on
it runs there, and what would fail on a GPU fails as it does there: tensors of two devices do not
mix, and NumPy cannot read one. How fast a GPU is, how its kernels round, and what it remembers is
not rehearsed.

Runs in the worker, for one call at a time. Needs the Python backends of torch 2.10 and later.
"""

import functools
import linecache
import re
import sys
from collections.abc import Container, Iterable, Sequence
from itertools import islice
from types import FrameType, TracebackType
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.utils import backend_registration
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing

NAME = "rehearsal"
SETUP = "_setup_privateuseone_for_python_backend"
IMPOSSIBLE = "cannot be rehearsed: it needs a real GPU"
# What errors say that are this device's own, and no GPU's.
OURS = re.compile(
    rf"{IMPOSSIBLE}|'{NAME}' backend|_DummyBackendModule|INTERNAL ASSERT|invalid python storage"
)
# Operators that may see tensors of two devices on a GPU as well: copies, and indices on the CPU.
BETWEEN_DEVICES = frozenset({"copy_", "_to_copy", "_copy_from"})
INDEXING = frozenset({"index", "index_put_", "index_put", "_index_put_impl_"})
# What changes a tensor's own memory behind the back of its host.
REFUSED = frozenset({"resize_", "resize_as_", "set_"})

# Operators that make a tensor of the CPU out of something else.
MAKING = frozenset({"lift_fresh", "_to_copy"})
MIXED = (
    "Expected all tensors to be on the same device, but found at least two devices, "
    f"{NAME}:0 and {{}}!"
)
INDICES = "indices should be either on cpu or on the same device as the indexed tensor (cpu)"
COPIED = ", and copied to the device"
CHARACTERS = 80  # of a call that is shown

_TorchsGenerator = torch.Generator
_torchs_tensor, _torchs_as_tensor = torch.tensor, torch.as_tensor


def is_possible() -> bool:
    """Whether this torch can do it."""
    return hasattr(backend_registration, SETUP)


def set_up() -> None:
    """Make the device known to torch, for as long as the process lives."""
    if not hasattr(torch, NAME):
        getattr(backend_registration, SETUP)(NAME)
        torch._C._set_only_lift_cpu_tensors(True)
        device: Any = getattr(torch, NAME)
        # What is random there is drawn on the CPU.
        device.get_rng_state = lambda device=None: torch.get_rng_state()
        device.set_rng_state = lambda state, device=None: torch.set_rng_state(state)


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

    def numpy(self, *, force: bool = False) -> Any:
        if force:
            return host(self).numpy().copy()
        raise TypeError(
            f"can't convert {self.device} device type tensor to numpy. Use Tensor.cpu() to copy "
            "the tensor to host memory first."
        )

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        return self.numpy()

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


def _tensor(data: Any, *args: Any, **kwargs: Any) -> Tensor:
    return _torchs_tensor(_read(data), *args, **kwargs)


def _as_tensor(data: Any, *args: Any, **kwargs: Any) -> Tensor:
    return _torchs_as_tensor(_read(data), *args, **kwargs)


def _read(data: Any) -> Any:
    """Tensors in a list are read one by one, past every operator."""
    return _hosts(data, []) if type(data) in (list, tuple) else data


class Rehearsal(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """While it lasts, the device can be named. Notes which call in `files` makes a CPU tensor."""

    def __init__(self, files: Container[str] = ()) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.files = files

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # as for the counting of operators

    def __enter__(self) -> Any:
        torch.Generator = RehearsedGenerator  # type: ignore[misc]
        torch.tensor, torch.as_tensor = _tensor, _as_tensor
        return super().__enter__()  # type: ignore[no-untyped-call]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        torch.Generator = _TorchsGenerator  # type: ignore[misc]
        torch.tensor, torch.as_tensor = _torchs_tensor, _torchs_as_tensor
        super().__exit__(kind, error, trace)  # type: ignore[no-untyped-call]

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        try:
            made = _run(func, args, kwargs or {})
        except TwoDevices as mixed:
            raise RuntimeError(mixed.told(self._frame())) from None
        if isinstance(made, Rehearsed) and func.overloadpacket.__name__ == "_to_copy":
            _note_copy(args[0])
        if type(made) is Tensor:
            made.untyped_storage().origin = self._origin(func, args, kwargs)  # type: ignore[attr-defined]
        return made

    def _origin(self, func: Any, args: Any, kwargs: Any) -> str | None:
        """The call that makes a tensor on the CPU, and its line; of a result, that of what it is
        made of."""
        given: list[Tensor] = []
        _hosts([args, kwargs], given)
        if origin := origin_of(tensor for tensor in given if not isinstance(tensor, Rehearsed)):
            return origin
        frame = self._frame()
        if frame is None or (given and func.overloadpacket.__name__ not in MAKING):
            return None
        what = "a copy" if any(isinstance(t, Rehearsed) for t in given) else "made"
        where = " in __init__" if frame.f_code.co_name == "__init__" else ""
        return f"{_call_in(frame)}, line {frame.f_lineno}, is {what} on the CPU{where}"

    def _frame(self) -> FrameType | None:
        """What of the work runs now."""
        frame: FrameType | None = sys._getframe()
        while frame is not None and frame.f_code.co_filename not in self.files:
            frame = frame.f_back
        return frame


class TwoDevices(RuntimeError):
    """Tensors of two devices met in an operator."""

    def __init__(self, message: str, there: Sequence[Tensor], here: Sequence[Tensor]) -> None:
        super().__init__(message)
        self.message, self.there, self.here = message, there, here

    def told(self, frame: FrameType | None) -> str:
        """In torch's words, and then: which call made the one, and a name for the other."""
        name = None if frame is None else _name_in(frame, self.there)
        facts = [origin_of(self.here), name and f"{name} is on the device"]
        known = "; ".join(fact for fact in facts if fact)
        return f"{self.message} ({known})" if known else self.message


def origin_of(tensors: Iterable[Tensor]) -> str | None:
    """Which call of the work has made the first of these tensors of the CPU that it made."""
    known = (getattr(tensor.untyped_storage(), "origin", None) for tensor in tensors)
    return next(filter(None, known), None)


def _note_copy(tensor: Tensor) -> None:
    """Of this tensor there is a copy on the device now."""
    storage: Any = tensor.untyped_storage()
    if not isinstance(tensor, Rehearsed) and (origin := origin_of([tensor])):
        storage.origin = origin.removesuffix(COPIED) + COPIED


def _call_in(frame: FrameType) -> str:
    """The text of the call that runs in a frame."""
    places = islice(frame.f_code.co_positions(), frame.f_lasti // 2, None)
    first, last, start, end = next(places, (None, None, None, None))
    if first is None or last is None or start is None or end is None:
        return linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()[:CHARACTERS]
    lines = [
        linecache.getline(frame.f_code.co_filename, number).encode("utf-8", "replace")
        for number in range(first, last + 1)
    ]
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][start:]
    text = " ".join(b"".join(lines).decode("utf-8", "replace").split())
    return text if len(text) <= CHARACTERS else f"{text.partition('(')[0][:CHARACTERS]}(…)"


def _name_in(frame: FrameType, tensors: Sequence[Tensor]) -> str | None:
    """A name for a tensor of the device: for one of `tensors`, if one has a name."""
    found = {name: v for name, v in frame.f_locals.items() if isinstance(v, Rehearsed)}
    own = (name for name, value in found.items() if any(value is t for t in tensors))
    return next(own, next(iter(found), None))


def check_same_device(values: Iterable[object]) -> None:
    """What a function of somebody else's is given is on the device. Raises: RuntimeError."""
    here = [v for v in values if isinstance(v, Tensor) and not isinstance(v, Rehearsed) and v.dim()]
    if here:
        raise RuntimeError(TwoDevices(MIXED.format("cpu"), [], here).told(None))


@functools.cache
def _facts(func: Any) -> tuple[str, bool]:
    """The name of an operator, and whether its result may lie in the memory of an argument."""
    aliases = any(argument.alias_info is not None for argument in func._schema.arguments)
    return func.overloadpacket.__name__, aliases


def _run(func: Any, args: Any, kwargs: dict[str, Any]) -> object:
    """Run an operator on the hosts of its tensors. Raises: TwoDevices."""
    name, aliases = _facts(func)
    tensors: list[Tensor] = []
    host_args, host_kwargs = _hosts(args, tensors), _hosts(kwargs, tensors)
    device = kwargs.get("device")
    named = is_rehearsal(device)
    there = any(isinstance(t, Rehearsed) for t in tensors)
    if there and name in REFUSED:
        raise NotImplementedError(f"{name} {IMPOSSIBLE}")
    if there and name not in BETWEEN_DEVICES:
        _check_devices(name, args, tensors)
    wanted = isinstance(args[0], Rehearsed) if name == "copy_" else there and device is None
    if named:
        host_kwargs["device"] = torch.device("cpu")
    if (wanted or named) and (generator := kwargs.get("generator")) is not None:
        _check_generator(generator)
    try:
        made = func(*host_args, **host_kwargs)
    except NotImplementedError as error:
        raise NotImplementedError(f"{name} {IMPOSSIBLE}") from error
    if not (wanted or named):
        return made
    made = _moved(made)
    return return_and_correct_aliasing(func, args, kwargs, made) if there and aliases else made  # type: ignore[no-untyped-call]


def _hosts(value: Any, tensors: list[Tensor]) -> Any:
    """The same with the hosts of the tensors in it, which are added to `tensors`."""
    if isinstance(value, Tensor):
        tensors.append(value)
        return host(value)
    if type(value) in (list, tuple):
        return type(value)([_hosts(item, tensors) for item in value])
    if type(value) is dict:
        return {key: _hosts(item, tensors) for key, item in value.items()}
    return value


def _moved(made: Any) -> Any:
    """The same with the tensors in it on the device."""
    if isinstance(made, Tensor):
        return on_device(made)
    return type(made)(map(_moved, made)) if type(made) in (list, tuple) else made


def _check_devices(name: str, args: Any, tensors: list[Tensor]) -> None:
    """Raises: TwoDevices, in torch's own words."""
    there = [tensor for tensor in tensors if isinstance(tensor, Rehearsed)]
    if name in INDEXING:
        if not isinstance(args[0], Rehearsed):
            raise TwoDevices(INDICES, there, args[:1])
        tensors = [args[0], *args[2:3]]
    here = [t for t in tensors if isinstance(t, Tensor) and not isinstance(t, Rehearsed)]
    if any(tensor.dim() > 0 for tensor in here):
        here = [tensor for tensor in here if tensor.dim() > 0]
        raise TwoDevices(MIXED.format(here[0].device), there, here)


def _check_generator(generator: Any) -> None:
    if generator._cdata not in RehearsedGenerator.known:
        raise RuntimeError(
            f"Expected a '{NAME}' device type for generator but found '{generator.device}'"
        )
