"""The life of the page: from the first moment that is shown to the end of the watch."""

import os
import sys
import threading
import webbrowser
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from grader.page.address import address_of
from grader.page.view import Parts, whole

if TYPE_CHECKING:
    import uvicorn

    from grader.page.newest import Newest

_REMOTE = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY", "CI")
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
_TAB_SECONDS = 2.5  # for a page that is still open to find us
_END_SECONDS = 2.0


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

        assert self._newest is not None
        app = app_of(
            self._newest, self.address.token, whole=self._whole, on_follow=self._is_followed.set
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

    def _whole(self) -> str:
        assert self._newest is not None
        return whole(self._newest.parts, title=self.title, command=self.command)


def has_desktop() -> bool:
    """Is there somebody at a terminal of this machine, with a screen for a browser?"""
    if not sys.stdout.isatty() or any(map(os.environ.get, _REMOTE)):
        return False
    return sys.platform in ("win32", "darwin") or any(map(os.environ.get, _DISPLAYS))
