"""Whether a key was pressed, without waiting for one."""

import sys
from types import TracebackType
from typing import Any, Self


class Keys:
    """While open, the terminal hands over each key at once; without one no key is ever pressed."""

    def __enter__(self) -> Self:
        self._saved: list[Any] | None = None
        self.there = sys.stdin.isatty()
        if self.there and sys.platform != "win32":
            import termios
            import tty

            self._saved = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._saved is not None:
            import termios

            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._saved)

    def pressed(self) -> bool:
        """Was a key pressed since the last time? All that were are used up."""
        if not self.there:
            return False
        if sys.platform == "win32":
            import msvcrt

            found = msvcrt.kbhit()
            while msvcrt.kbhit():
                msvcrt.getwch()
            return found
        import os
        import select

        found = False
        while select.select([sys.stdin], [], [], 0)[0] and os.read(sys.stdin.fileno(), 1024):
            found = True
        return found
