"""A rehearsal of the GPU: a device of its own, on any CPU build of torch, with real values.

A tensor of this device keeps its numbers in the memory of a CPU tensor, its host. Whatever runs on
it runs there, and what would fail on a GPU fails as it does there: tensors of two devices do not
mix, and NumPy cannot read one. How fast a GPU is, how its kernels round, and what it remembers is
not rehearsed.

Runs in the worker, for one call at a time. Needs the Python backends of torch 2.10 and later.
"""

import copy
import functools
import re
import sys
import warnings
from collections import OrderedDict
from collections.abc import Callable, Container, Iterable
from types import FrameType
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn.parameter import Parameter, is_lazy
from torch.utils import backend_registration
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing

from grader.sandbox.origins import TwoDevices, made_by, note, note_copy, origin_of

NAME = "rehearsal"
SETUP = "_setup_privateuseone_for_python_backend"
IMPOSSIBLE = "cannot be rehearsed: it needs a real GPU"
# What errors say that are this device's own, and no GPU's.
OURS = re.compile(
    rf"{IMPOSSIBLE}|{NAME}' backend|Rehearsed|_DummyBackendModule|INTERNAL ASSERT|PrivateUse1"
    r"|for Dlpack|invalid python storage"
)
# Operators that may see tensors of two devices on a GPU as well: copies, and indices on the CPU.
BETWEEN_DEVICES = frozenset({"copy_", "_to_copy", "_copy_from"})
INDEXING = frozenset({"index", "index_put_", "index_put", "_index_put_impl_"})
# What changes a tensor's own memory behind the back of its host, or goes from the CPU to the device
# and back by rules of its own.
REFUSED = frozenset({"resize_", "resize_as_", "_ctc_loss", "_pack_padded_sequence"})

# Operators that make a tensor of the CPU out of something else.
MAKING = frozenset({"lift_fresh", "_to_copy"})
MIXED = (
    "Expected all tensors to be on the same device, but found at least two devices, "
    f"{NAME}:0 and {{}}!"
)
INDICES = "indices should be either on cpu or on the same device as the indexed tensor (cpu)"

_TorchsGenerator = torch.Generator
_torchs_tensor, _torchs_as_tensor = torch.tensor, torch.as_tensor


def is_possible() -> bool:
    """Whether this torch can do it."""
    return hasattr(backend_registration, SETUP)


def set_up() -> None:
    """Make the device known to torch, for as long as the process lives."""
    if hasattr(torch, NAME):
        return
    getattr(backend_registration, SETUP)(NAME)
    torch._C._set_only_lift_cpu_tensors(True)
    torch.serialization.register_package(0, lambda storage: None, _loaded)
    torch.accelerator.synchronize = lambda device=None: None
    # In inference mode operators come here as they are, not as the simple ones they consist of.
    internals: Any = torch._C
    internals._InferenceMode = lambda mode: torch.set_grad_enabled(not mode)
    device: Any = getattr(torch, NAME)
    device.get_amp_supported_dtype = lambda: [torch.bfloat16, torch.float16]
    # What is random there is drawn on the CPU.
    device.get_rng_state = lambda device=None: torch.get_rng_state()
    device.set_rng_state = lambda state, device=None: torch.set_rng_state(state)


class Memory(torch.UntypedStorage):
    """The memory of a tensor on the device: that of its host. torch saves and loads it."""

    host: Any

    def data_ptr(self) -> int:
        return int(self.host.data_ptr())

    def nbytes(self) -> int:
        return int(self.host.nbytes())

    def cpu(self) -> Any:
        return self.host.clone()

    def _write_file(self, *args: Any) -> None:
        self.host._write_file(*args)

    def _set_from_file(self, *args: Any) -> None:
        self.host._set_from_file(*args)


class Rehearsed(Tensor):
    """A tensor on the device."""

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

    def data_ptr(self) -> int:
        return host(self).data_ptr()

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if id(self) not in memo and isinstance(self, Parameter):
            memo[id(self)] = Parameter(self.data.clone(), self.requires_grad)
        elif id(self) not in memo:
            made = on_device(copy.deepcopy(host(self), memo)).requires_grad_(self.requires_grad)
            made.grad = copy.deepcopy(self.grad, memo)
            memo[id(self)] = made
        return memo[id(self)]

    def __reduce_ex__(self, protocol: Any) -> Any:
        if isinstance(self, Parameter):
            return Parameter.__reduce_ex__(self, protocol)  # type: ignore[no-untyped-call]
        storage = self._typed_storage()  # type: ignore[no-untyped-call]
        parts = storage, self.storage_offset(), self.size(), self.stride()
        return torch._utils._rebuild_tensor_v2, (*parts, self.requires_grad, OrderedDict())

    def __tensor_flatten__(self) -> Any:
        """Parameters of a class that has this stay the same objects when their module moves, as on
        a GPU: whoever knows them, an optimizer or another layer, goes on knowing them."""
        raise NotImplementedError(f"torch.compile {IMPOSSIBLE}")

    @staticmethod
    def __tensor_unflatten__(*parts: Any) -> Any:
        raise NotImplementedError(f"torch.compile {IMPOSSIBLE}")

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
    if inner._is_zerotensor():
        inner = torch.zeros(inner.shape, dtype=inner.dtype, device="cpu")
    if inner.layout is not torch.strided or inner.is_conj() or inner.is_neg():
        raise NotImplementedError(f"a tensor with another layout {IMPOSSIBLE}")
    made = Tensor._make_wrapper_subclass(
        Rehearsed,
        inner.size(),
        strides=inner.stride(),
        storage_offset=inner.storage_offset(),
        dtype=inner.dtype,
        device=torch.device(NAME, 0),
    )
    memory: Any = made.untyped_storage()
    memory.__class__ = Memory
    memory.host = inner.untyped_storage()
    result: Tensor = made.requires_grad_(wanted)
    return result


def host(tensor: Tensor) -> Tensor:
    """The CPU tensor in whose memory the numbers of a rehearsed one are; any other as it is."""
    if not isinstance(tensor, Rehearsed):
        return tensor
    memory: Any = tensor.untyped_storage()
    with torch._C._DisableTorchDispatch():
        return _empty(tensor.dtype).set_(
            memory.host, tensor.storage_offset(), tensor.size(), tensor.stride()
        )


def _empty(dtype: torch.dtype) -> Tensor:
    return torch.empty(0, dtype=dtype, device="cpu")  # whatever the default device is


def _loaded(memory: Any, location: str) -> Any:
    """What torch.load has read, where a file or whoever loads it says that it is on the device."""
    if not location.startswith(NAME):
        return None
    return on_device(_empty(torch.uint8).set_(memory)).untyped_storage()


def _tensor(data: Any, *args: Any, **kwargs: Any) -> Tensor:
    # What torch warns of would name this line; on the CPU it has named the learner's.
    with warnings.catch_warnings(action="ignore"):
        return _torchs_tensor(_read(data), *args, **kwargs)


def _as_tensor(data: Any, *args: Any, **kwargs: Any) -> Tensor:
    with warnings.catch_warnings(action="ignore"):
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

    def __exit__(self, *raised: Any) -> None:
        torch.Generator = _TorchsGenerator  # type: ignore[misc]
        torch.tensor, torch.as_tensor = _torchs_tensor, _torchs_as_tensor
        super().__exit__(*raised)  # type: ignore[no-untyped-call]

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        try:
            made = _run(func, args, kwargs or {})
        except TwoDevices as mixed:
            raise RuntimeError(mixed.told(self._frame())) from None
        name = func.overloadpacket.__name__
        if isinstance(made, Rehearsed) and name == "_to_copy" and type(args[0]) is Tensor:
            note_copy(args[0])
        if type(made) is Tensor:
            self._note_origin(made, name, [args, kwargs])
        return made

    def _note_origin(self, made: Tensor, name: str, arguments: Any) -> None:
        """Note the call that makes a tensor on the CPU; of a result, that of what it is made of."""
        given: list[Tensor] = []
        _hosts(arguments, given)
        if origin := origin_of(tensor for tensor in given if not isinstance(tensor, Rehearsed)):
            note(made, origin)
        elif (not given or name in MAKING) and (frame := self._frame()) is not None:
            copied = any(isinstance(tensor, Rehearsed) for tensor in given)
            note(made, made_by(frame, "a copy" if copied else "made"))

    def _frame(self) -> FrameType | None:
        """What of the work runs now."""
        frame: FrameType | None = sys._getframe()
        while frame is not None and frame.f_code.co_filename not in self.files:
            frame = frame.f_back
        return frame


def place_of_results(values: Iterable[object]) -> Callable[[Tensor], Tensor]:
    """Where a function of somebody else's puts what it gives for these values: on the device, but a
    number that it makes of numbers of the CPU alone stays there. Raises: RuntimeError, for any
    other tensor of the CPU."""
    tensors = [value for value in values if isinstance(value, Tensor)]
    here = [tensor for tensor in tensors if not isinstance(tensor, Rehearsed)]
    if rows := [tensor for tensor in here if tensor.dim()]:
        raise RuntimeError(TwoDevices(MIXED.format("cpu"), [], rows).told(None))
    if here and len(here) == len(tensors):
        return lambda made: on_device(made) if made.dim() else made
    return on_device


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
    if named and args and is_lazy(args[0]):
        raise NotImplementedError(f"a lazy module that has not run yet {IMPOSSIBLE}")
    if there and name not in BETWEEN_DEVICES:
        _check_devices(name, args, tensors)
    if there and name == "set_":
        return _set(*args)
    wanted = isinstance(args[0], Rehearsed) if name == "copy_" else there and device is None
    if named:
        host_kwargs["device"] = torch.device("cpu")
    generator: Any = kwargs.get("generator") if wanted or named else None
    if generator is not None and generator._cdata not in RehearsedGenerator.known:
        raise RuntimeError(
            f"Expected a '{NAME}' device type for generator but found '{generator.device}'"
        )
    try:
        made = func(*host_args, **host_kwargs)
    except NotImplementedError as error:
        raise NotImplementedError(f"{name} {IMPOSSIBLE}") from error
    if not (wanted or named):
        return made
    made = _moved(made)
    return return_and_correct_aliasing(func, args, kwargs, made) if there and aliases else made  # type: ignore[no-untyped-call]


def _set(tensor: Tensor, source: Any, *place: Any) -> Tensor:
    """Let a tensor of the device lie where another does, or in a memory, as what is loaded does."""
    memory: Any = source.host if isinstance(source, Memory) else host(source)
    tensor.data = on_device(_empty(tensor.dtype).set_(memory, *place))
    return tensor


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
