"""Every limit on what a worker may do, with its default, in one place."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds on one worker. Times are wall-clock seconds unless the name says otherwise."""

    call_seconds: float = 10.0
    unit_seconds: float = 60.0
    cpu_seconds: int = 60
    memory_bytes: int = 2048 * MIB
    file_bytes: int = 16 * MIB
    scratch_bytes: int = 64 * MIB
    scratch_files: int = 256
    open_files: int = 64
    threads: int = 64
    printed_bytes: int = 64 * 1024
    reply_bytes: int = 16 * MIB
    test_bytes: int = 256 * MIB  # of all replies between one test and the next
    callbacks: int = 100_000
    handles: int = 10_000
    spin_seconds: float = 0.0003  # of busy waiting for an answer, before a judge sleeps
    gpu_share: float = 0.25  # of the memory of each GPU, on CUDA


# What the JSON-like head of a frame may hold, on both sides.
HEAD_BYTES = MIB
HEAD_WEIGHT = 16  # a byte of it costs the judge about as much as so many bytes of numbers
NESTING = 40
# What is kept of an exception.
MESSAGE_CHARACTERS = 2000
FRAMES = 20
LEFT_OUT = 100  # of what a notebook's cells would have defined
TEXT_CHARACTERS = 100_000
# Of all tensors of an answer together, as if each were copied, and as if no axis were empty: the
# judge computes with them in float64, whatever they are, and broadcasts them with its own.
CLAIM_ELEMENTS = 8 * MIB
SMALL_CLAIM_ELEMENTS = MIB // 4  # of what a callback is given, and of what a rig gives
