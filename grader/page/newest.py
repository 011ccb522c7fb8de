"""What is to be seen now, set by the thread that grades and awaited by those who follow."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from grader.formats.parts.markup import Markup, joined
from grader.page.view import Parts


class Newest:
    """The newest parts of the page. Whoever is slow misses what came between."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._has_ended = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()

    def show(self, parts: Parts) -> None:
        """Replace what is shown; any thread may."""
        self.parts = parts
        self._wake()

    def end(self) -> None:
        """Nothing more will come."""
        self._has_ended = True
        self._wake()

    async def follow(self) -> AsyncIterator[Markup]:
        """What is shown now, and all that comes, until the end."""
        self._loop = asyncio.get_running_loop()
        seen: Parts | None = None
        while True:
            changed, parts, has_ended = self._changed, self.parts, self._has_ended
            if parts is not seen:
                seen = parts
                yield joined(*parts.values())
            elif has_ended:
                return
            else:
                await changed.wait()

    def _wake(self) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the server may be gone
                self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
