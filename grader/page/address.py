"""Where the page is: a port of this machine alone, and a token that nobody can guess.

A course's folder remembers it, so that a page that is still open finds the next watch.
"""

import os
import re
import secrets
import socket
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

FILE = ".torchkata-page"
HOST = "127.0.0.1"
_TOKEN_BYTES = 32
_PORTS = 65536
_WRITTEN = re.compile(rf"http://{re.escape(HOST)}:([1-9]\d{{0,4}})/([\w-]{{43}})/\n", re.ASCII)


@dataclass(frozen=True)
class Address:
    """`listening` is the socket that the page is served from; `is_known` if a watch before this one
    had the same address."""

    listening: socket.socket
    port: int
    token: str
    is_known: bool

    def __str__(self) -> str:
        return f"http://{HOST}:{self.port}/{self.token}/"


def address_of(root: Path) -> Address:
    """The address that this course had before, if it is still free; otherwise a new one."""
    file = root / FILE
    with suppress(OSError):
        found = _WRITTEN.fullmatch(_private_text(file))
        if found and (port := int(found[1])) < _PORTS:
            return Address(socket.create_server((HOST, port)), port, found[2], is_known=True)
    listening = socket.create_server((HOST, 0))
    token, port = secrets.token_urlsafe(_TOKEN_BYTES), listening.getsockname()[1]
    address = Address(listening, port, token, is_known=False)
    with suppress(OSError):  # a folder that cannot be written costs nothing but the memory
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="ascii", newline="\n") as written:
            written.write(f"{address}\n")
    return address


def _private_text(file: Path) -> str:
    """What it says; nothing if anybody else may have read it."""
    with open(file, encoding="ascii", errors="replace") as written:
        open_to_others = os.fstat(written.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        return "" if os.name == "posix" and open_to_others else written.read(200)
