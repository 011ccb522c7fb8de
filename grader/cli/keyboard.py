"""Key presses, without blocking."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

if sys.platform == "win32":
    import msvcrt

    def _pressed() -> bool:
        found = msvcrt.kbhit()
        while msvcrt.kbhit():
            msvcrt.getwch()
        return found

    _each_key_at_once = nullcontext

else:
    import os
    import select
    import termios
    import tty

    def _pressed() -> bool:
        found = False
        while select.select([sys.stdin], [], [], 0)[0] and os.read(sys.stdin.fileno(), 1024):
            found = True
        return found

    @contextmanager
    def _each_key_at_once() -> Iterator[None]:
        saved = termios.tcgetattr(sys.stdin)
        tty.setcbreak(sys.stdin)
        try:
            yield
        finally:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, saved)


@contextmanager
def keyboard() -> Iterator[Callable[[], bool] | None]:
    """Gives a function: was a key pressed since it was last asked? None where there are no keys."""
    if not sys.stdin.isatty():
        yield None
        return
    with _each_key_at_once():
        yield _pressed
