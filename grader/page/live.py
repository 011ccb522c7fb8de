"""The life of the page, from the first moment that is shown to the end of the watch; and where it
is: a port of this machine alone, and a token that nobody can guess.

A course's folder remembers it, so that a page that is still open finds the next watch.
"""

import os
import re
import secrets
import socket
import stat
import sys
import threading
import webbrowser
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.page.view import Parts, whole

if TYPE_CHECKING:
    import uvicorn

    from grader.page.newest import Newest

FILE = ".torchkata-page"
HOST = "127.0.0.1"
_TOKEN_BYTES = 32
_PORTS = 65536
_WRITTEN = re.compile(rf"http://{re.escape(HOST)}:([1-9]\d{{0,4}})/([\w-]{{43}})/\n", re.ASCII)
_REMOTE = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY", "CI")
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
_TAB_SECONDS = 2.5  # for a page that is still open to find us
_END_SECONDS = 2.0


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


class Page(AbstractContextManager["Page"]):
    """A page of this machine alone, served by a thread of its own."""

    def __init__(self, root: Path, *, title: str, command: str) -> None:
        """Take its address; whoever opens it already waits until there is something to show."""
        self.title, self.command = title, command
        self.address = address_of(root)
        self._newest: Newest | None = None
        self._is_followed = threading.Event()
        self._has_ended = False
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread(target=self._serve, name="page", daemon=True)

    def __exit__(self, *raised: object) -> None:
        """End it in good order: whoever follows gets the last moment first."""
        self._has_ended = True
        if self._newest is not None:
            self._newest.end()
            if self._server is not None:
                self._server.should_exit = True
            self._thread.join(_END_SECONDS)
            self._server = None
        self.address.listening.close()

    def show(self, parts: Parts) -> None:
        """What there is to see now. With the first the server begins, and a browser is opened."""
        if self._newest is not None:
            self._newest.show(parts)
            return
        from grader.page.newest import Newest  # asyncio, which torch has imported by now

        self._newest = Newest(parts)
        self._thread.start()
        if has_desktop():
            threading.Thread(target=self._open, name="browser", daemon=True).start()

    def _open(self) -> None:
        """Open a browser, unless a page of the watch before this one is still open."""
        if not (self.address.is_known and self._is_followed.wait(_TAB_SECONDS)):
            webbrowser.open(str(self.address))

    def _serve(self) -> None:
        import uvicorn

        from grader.page.server import app_of

        newest = self._newest
        assert newest is not None
        app = app_of(
            newest,
            self.address.token,
            whole=lambda: whole(newest.parts, title=self.title, command=self.command),
            on_follow=self._is_followed.set,
        )
        # The terminal is the watch's alone: a page that is cut off is no news there.
        config = uvicorn.Config(
            app,
            http="h11",
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        if not self._has_ended:
            self._server.run(sockets=[self.address.listening])


def has_desktop() -> bool:
    """Is there somebody at a terminal of this machine, with a screen for a browser?"""
    if not sys.stdout.isatty() or any(map(os.environ.get, _REMOTE)):
        return False
    return sys.platform in ("win32", "darwin") or any(map(os.environ.get, _DISPLAYS))
