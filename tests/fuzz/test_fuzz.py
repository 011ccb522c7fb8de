"""Whatever a worker sends: no error but a fault of the submission, bounded memory and time.

A file of `corpus/` is named after what was asked, and holds the bytes that came instead of an
answer: frames of real runs, and what once got through. Each is replayed, and then mutated: a part
of the payload replaced, left out, repeated or nested, the lengths and the bytes of the frame
changed. TORCHKATA_FUZZ_SECONDS makes that go on; what fails is left in TORCHKATA_FUZZ_FOUND.
"""

import os
import random
import socket
import struct
import time
from pathlib import Path
from typing import Any

import msgpack
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from grader.errors import SubmissionFault
from grader.sandbox import wire
from tests.grader.sandbox.forged import ASKS, client
from tests.grader.sandbox.frames import reaches_past_its_storage, tensors_in

resource = pytest.importorskip("resource", reason="measures as POSIX does")

CORPUS = {path.name: path.read_bytes() for path in sorted(Path(__file__).parent.glob("corpus/*"))}
SECONDS = float(os.environ.get("TORCHKATA_FUZZ_SECONDS", "0"))
FOUND = os.environ.get("TORCHKATA_FUZZ_FOUND")
CPU_SECONDS = 2.0  # for one payload; all that is known take some milliseconds
MEBIBYTES = 400  # for one payload: eight million entries as complex128, and copies of 16 MiB
MOST_BYTES = 60_000  # fits the socket at once

pytestmark = pytest.mark.filterwarnings("ignore")


def check(ask: str, data: bytes) -> None:
    """The laws, for one answer. Raises: AssertionError, or what the judge must not."""
    ours, theirs = socket.socketpair()
    output, printed = socket.socketpair()
    with ours, theirs, output, printed:
        theirs.sendall(data[:MOST_BYTES])
        theirs.shutdown(socket.SHUT_WR)
        worker = client(ours, output)
        began, before = time.process_time(), _peak_mebibytes()
        try:
            value = ASKS[ask](worker)
            tensors = tensors_in(getattr(value, "value", value))
            for tensor in tensors:
                assert not reaches_past_its_storage(tensor)
            for tensor in [t for t in tensors if t.grad_fn is not None][:1]:
                tensor.real.sum().backward()
        except (SubmissionFault, wire.Unsendable):  # the latter for gradients out of reach
            pass
        finally:
            worker.close()
        assert _peak_mebibytes() - before < MEBIBYTES
        assert time.process_time() - began < CPU_SECONDS


def _peak_mebibytes() -> float:
    kibibytes: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kibibytes / 1024


@pytest.mark.parametrize("name", CORPUS)
def test_what_is_in_the_corpus_does_no_harm(name):
    check(name.partition("-")[0], CORPUS[name])


# --- mutations


def frames_of(data: bytes) -> list[tuple[Any, bytes]]:
    """The frames of some bytes, each as its head, read from msgpack, and its body."""
    frames = []
    while len(data) >= wire.HEADER.size:
        size, body = wire.HEADER.unpack(data[: wire.HEADER.size])
        start, end = wire.HEADER.size, wire.HEADER.size + size
        head = msgpack.unpackb(data[start:end], unicode_errors="surrogatepass")
        frames.append((head, data[end : end + body]))
        data = data[end + body :]
    return frames


def framed(frames: list[tuple[Any, bytes]]) -> bytes:
    parts = []
    for head, body in frames:
        packed = msgpack.packb(head, unicode_errors="surrogatepass")
        parts += [wire.HEADER.pack(len(packed), len(body)), packed, body]
    return b"".join(parts)


SEEDS = {
    ask: [frames_of(data) for name, data in CORPUS.items() if name.partition("-")[0] == ask]
    for ask in ASKS
}
ALL = [frames for known in SEEDS.values() for frames in known]
NUMBERS = [-(2**63), -(2**31), -2, -1, 0, 1, 2, 3, 7, 24, 25, 2**24, 2**31, 2**47, 2**48]
WORDS = [*wire.DTYPES, *"ltdbcisDVznTahf", "cpu", "cuda", "meta", "<f4", "|O", "0x1", "unit.py"]
WORDS += ["done", "raised", "missing", "unsendable", "callback", "loaded", "ValueError"]
OTHERS = [None, True, False, 0.5, float("nan"), float("inf"), "", b"", b"\0", [], {}, "x" * 3000]
LEAVES = [*NUMBERS, 2**62, 2**63 - 1, 2**64 - 1, *WORDS, *OTHERS]


def places(tree: Any) -> list[tuple[list[Any], int]]:
    """Every place in nested lists: the list, and where in it."""
    found: list[tuple[list[Any], int]] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        for index, part in enumerate(node):
            found.append((node, index))
            if isinstance(part, list):
                waiting.append(part)
    return found


# Parts of what is in the corpus, to be put elsewhere.
PARTS = [n[k] for frames in ALL for head, _ in frames for n, k in places(head) if n[k]]


def copied(tree: Any) -> Any:
    return [copied(part) for part in tree] if isinstance(tree, list) else tree


def mutate(tree: list[Any], chance: random.Random) -> None:
    node, index = chance.choice(places(tree))
    match chance.randrange(7):
        case 0 | 1:
            node[index] = chance.choice(LEAVES)
        case 2:
            node[index] = copied(chance.choice(PARTS))
        case 3:
            del node[index]
        case 4:
            node[index:index] = [copied(node[index]) for _ in range(chance.choice([1, 2, 50]))]
        case 5:
            for _ in range(chance.choice([1, 40, 50, 300])):
                node[index] = [chance.choice("lt"), [node[index]]]
        case 6 if type(node[index]) is int:
            node[index] += chance.choice([-1, 1])


@st.composite
def answers(draw: Any, ask: str) -> bytes:
    """Frames of the corpus, or of another question's, in which something was changed."""
    chance = draw(st.randoms(use_true_random=False))
    known = SEEDS[ask] if SEEDS[ask] and chance.random() < 0.9 else ALL
    frames = [(copied(head), body) for head, body in chance.choice(known)]
    if chance.random() < 0.2:
        frames += [(copied(head), body) for head, body in chance.choice(known)]
    for _ in range(chance.choice([1, 1, 2, 4])):
        number = chance.randrange(len(frames))
        head, body = frames[number]
        if isinstance(head, list) and head:
            mutate(head, chance)
        if chance.random() < 0.1:
            body = body[: chance.randrange(len(body) + 1)] + bytes(chance.choice([0, 1, 4096]))
        frames[number] = head, body
    try:
        data = bytearray(framed(frames))
    except (ValueError, OverflowError, RecursionError):  # deeper or larger than msgpack can be
        return b""
    if chance.random() < 0.2:
        place = chance.randrange(len(data) + 1)
        data[place : place + chance.randrange(4)] = chance.randbytes(chance.randrange(4))
    if chance.random() < 0.05:
        data[:12] = struct.pack("!IQ", chance.choice([0, 5, 2**32 - 1]), chance.choice([0, 2**63]))
    return bytes(data)


@pytest.mark.parametrize("ask", ASKS)
def test_mutations_do_no_harm(ask):
    until = time.monotonic() + SECONDS / len(ASKS)
    first = time.time_ns() if SECONDS else 0
    for number in range(1_000_000):
        _run(ask, first + number, 300 if SECONDS else 25)
        if time.monotonic() >= until:
            break


def _run(ask: str, number: int, examples: int) -> None:
    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(answers(ask))
    def hold(data: bytes) -> None:
        try:
            check(ask, data)
        except BaseException:
            if FOUND:
                Path(FOUND).mkdir(parents=True, exist_ok=True)
                (Path(FOUND) / f"{ask}-found").write_bytes(data)
            raise

    hold()


def test_the_corpus_knows_every_question():
    assert all(SEEDS.values())
