"""The bytes between the judge and one worker: frames in and out, what it prints, and its end.

Reads no longer than the deadline, which is absolute: traffic does not extend it.
"""

import gc
import os
import select
import selectors
import socket
import stat
import struct
import sys
import time
from pathlib import Path
from typing import Any

from grader.errors import Died, Malformed, Stopped, SubmissionFault, TimedOut
from grader.sandbox import wire
from grader.sandbox.limits import HEAD_WEIGHT, MIB, Limits
from grader.sandbox.processes import Process

TICK_SECONDS = 0.1
EXIT_SECONDS = 0.5
CHUNK_BYTES = 65536
CHUNKS_AT_ONCE = 16
STACK_SECONDS = 1.0  # for a worker that is late to tell which line it runs; most take no time
SILENCE_SECONDS = 0.05
SWEEP_BYTES = 2 * MIB
DELETED = b" (deleted)"  # as the kernel says of a file that is in no folder any more
# For so long Linux itself waits for an answer: asking a selector first takes longer than most of
# them do.
PATIENCE = struct.pack("ll", 0, 5000)  # seconds, microseconds
AT_ONCE = getattr(socket, "MSG_DONTWAIT", 0)  # on Windows the whole socket does not wait


class Channel:
    """One worker's socket and output. After a `fault` it is never used again."""

    def __init__(self, process: Process, limits: Limits) -> None:
        self.process, self.limits = process, limits
        self.printed = bytearray()
        self.printed_in_all = 0
        self.fault: SubmissionFault | None = None
        self.ahead = bytearray()
        self.left = limits.test_bytes
        self.next_check = time.monotonic() + TICK_SECONDS
        self.selector = selectors.DefaultSelector()
        for channel in (process.channel, process.output):
            channel.setblocking(False)
            self.selector.register(channel, selectors.EVENT_READ)
        if sys.platform == "linux":
            process.channel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, PATIENCE)
            process.channel.setblocking(True)
        if process.pidfd is not None:
            self.selector.register(process.pidfd, selectors.EVENT_READ)

    def close(self) -> bool:
        """Stop listening; whether the process ended by itself."""
        self.selector.close()
        self._sweep()
        died = type(self.fault) is Died
        if died and self.process.pidfd is not None:
            # It hung up a moment before its end: wait for the exit code that tells why.
            select.select([self.process.pidfd], [], [], EXIT_SECONDS)
        return died

    def begin_test(self) -> None:
        """What came until now is no longer held against the worker: nobody keeps it."""
        self._sweep()
        self.left = self.limits.test_bytes

    def _sweep(self) -> None:
        """What was large went into a failure, and with it into a cycle that Python may leave."""
        if self.limits.test_bytes - self.left > SWEEP_BYTES:
            gc.collect()

    def take_printed(self) -> str | None:
        """What the learner printed since the last time, bounded."""
        self._read_output()
        if not self.printed_in_all:
            return None
        text = bytes(self.printed).decode("utf-8", "replace")
        left_out = self.printed_in_all - len(self.printed)
        self.printed.clear()
        self.printed_in_all = 0
        return text + (f"\n… ({left_out:,} more bytes)" if left_out else "")

    def broken(self, what: str) -> Malformed:
        """The fault of an answer that does not follow the protocol."""
        self.fault = Malformed(f"the answer could not be read: {what}")
        return self.fault

    def send(self, data: bytes, deadline: float) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[self.process.channel.send(view, AT_ONCE) :]
            except BlockingIOError:
                self._read_output()
                self.check_deadline(deadline)
                time.sleep(0.001)
            except OSError:
                raise self._died() from None

    def receive(self, deadline: float) -> tuple[list[Any], list[memoryview]]:
        header = self._read(wire.HEADER.size, deadline)
        try:
            head, body = wire.frame_size(bytes(header), self.limits.reply_bytes + 4096)
            self._spend(head, body)
            data = self._read(head + body, deadline)
            payload, buffers = wire.unpack(bytes(data[:head]), memoryview(data)[head:])
        except wire.ProtocolError as error:
            raise self.broken(str(error)) from None
        if type(payload) is not list:
            raise self.broken("it is not an answer")
        return payload, buffers

    def _read(self, size: int, deadline: float) -> bytearray:
        """The next bytes; what came with them waits for the next time."""
        data = self.ahead
        spin = time.perf_counter() + self.limits.spin_seconds
        sleeps = self.limits.spin_seconds == 0.0
        while len(data) < size:
            self.check_deadline(deadline)
            most = max(CHUNK_BYTES, min(size - len(data), 1 << 20))
            try:
                part = self.process.channel.recv(most, 0 if sleeps else AT_ONCE)
            except BlockingIOError:
                if sleeps:
                    self._wait(deadline)
                # Most answers come within that time, and to sleep and wake takes as long again.
                sleeps = sleeps or time.perf_counter() > spin
                continue
            except OSError:
                raise self._died() from None
            if not part:
                raise self._died()
            data += part
        self.ahead = data[size:]
        del data[size:]
        return data

    def _spend(self, head: int, body: int) -> None:
        """A test may keep all that it was given."""
        self.left -= HEAD_WEIGHT * head + body
        if self.left < 0:
            most = self.limits.test_bytes // MIB
            raise wire.ProtocolError(f"the answers to one test are larger than {most} MiB together")

    def _wait(self, deadline: float) -> None:
        """Until there is something to read; what is printed meanwhile is kept.

        The end of the process is noticed as such: a pipe that stays open proves nothing.
        """
        ended = False
        while True:
            self.check_deadline(deadline)
            left = max(0.0, deadline - time.monotonic())
            events = self.selector.select(min(left, TICK_SECONDS))
            ready = {key.fileobj for key, _ in events}
            if self.process.output in ready:
                self._read_output()
            if self.process.channel in ready:
                return
            if self.process.pidfd in ready or (not events and self.process.has_ended()):
                if ended:
                    raise self._died()
                ended = True  # once more: its last answer may have come just before its end

    def check_deadline(self, deadline: float) -> None:
        """Raises: TimedOut; Stopped if it has taken too much of something meanwhile."""
        if time.monotonic() >= deadline:
            self.fault = late = TimedOut(f"no answer within {self.limits.call_seconds:g} seconds")
            late.stack = self._stack()
            raise late
        self._check_use()

    def _stack(self) -> str:
        """What the process is running, as it tells by itself when it is signalled (see `worker`);
        anything else may come instead."""
        told, wait, until = bytearray(), STACK_SECONDS, time.monotonic() + STACK_SECONDS
        if not self.process.ask_for_stack():
            return ""
        ours = [self.process.channel]
        while wait > 0 and len(told) < CHUNK_BYTES and select.select(ours, [], [], wait)[0]:
            try:
                part = self.process.channel.recv(CHUNK_BYTES)
            except OSError:
                break
            if not part:
                break
            told += part
            wait = min(SILENCE_SECONDS, until - time.monotonic())
        return told.decode("utf-8", "replace")

    def _check_use(self) -> None:
        """What no resource limit covers: threads, and the scratch folder as a whole."""
        if time.monotonic() < self.next_check:
            return
        self.next_check = time.monotonic() + TICK_SECONDS
        if too_much := _excess(self.process, self.limits):
            self.fault = Stopped(f"stopped: {too_much}")
            raise self.fault

    def _read_output(self) -> None:
        for _ in range(CHUNKS_AT_ONCE):  # a flood must not keep the judge from its clock
            try:
                part = self.process.output.recv(CHUNK_BYTES)
            except (BlockingIOError, OSError):
                return
            if not part:
                if self.process.output in self.selector.get_map():
                    self.selector.unregister(self.process.output)
                return
            self.printed_in_all += len(part)
            self.printed += part[: self.limits.printed_bytes - len(self.printed)]

    def _died(self) -> Died:
        self.fault = Died("the process that ran your code ended")
        return self.fault


def _excess(process: Process, limits: Limits) -> str | None:
    if process.pidfd is None:
        return None
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
        threads = int(status.partition("Threads:")[2].split(maxsplit=1)[0])
        if threads > limits.threads:
            return f"it started {threads} threads, at most {limits.threads} are allowed"
    except (OSError, ValueError, IndexError):
        return None
    nameless = _sizes_of_nameless_files(process, limits)
    size, files = sum(nameless), len(nameless)
    unseen: list[OSError] = []
    for folder, folders, names in os.walk(process.scratch, onerror=unseen.append):
        files += len(folders) + len(names)
        if files > limits.scratch_files:
            return f"it made more than {limits.scratch_files} files"
        for name in names:
            try:
                size += os.lstat(os.path.join(folder, name)).st_size
            except OSError:
                continue
        if size > limits.scratch_bytes:
            return f"it wrote more than {limits.scratch_bytes >> 20} MiB of files"
    # A folder may be too deep, or without leave to read; one that has just gone is no matter.
    if any(not isinstance(error, (FileNotFoundError, NotADirectoryError)) for error in unseen):
        return "it made a folder whose files cannot be counted"
    return None


def _sizes_of_nameless_files(process: Process, limits: Limits) -> list[int]:
    """Of the files that are in no folder any more, and live as long as the process has them open
    or mapped. Nobody tells the size of one that is only mapped: it counts as the largest."""
    found: dict[int, int] = {}
    try:
        maps = Path(f"/proc/{process.pid}/maps").read_bytes()
        for line in maps.splitlines() if DELETED in maps else ():  # there are thousands
            if line.endswith(DELETED) and os.fsencode(process.scratch) in line:
                found[int(line.split(maxsplit=5)[4])] = limits.file_bytes
        descriptors = f"/proc/{process.pid}/fd"
        for name in os.listdir(descriptors):
            open_file = os.stat(f"{descriptors}/{name}")
            if stat.S_ISREG(open_file.st_mode) and open_file.st_nlink == 0:
                found[open_file.st_ino] = open_file.st_size
    except (OSError, ValueError, IndexError):
        pass  # it has ended, or hides what it has: then the kernel's own limits are left
    return list(found.values())
