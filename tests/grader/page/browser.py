"""A real browser that is told what to do and asked what it shows, through a pipe."""

import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from typing import Any

import pytest

from tests.grader.processes import SECONDS

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
_OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe"),
    *("--disable-background-networking", "--disable-component-update"),
)
_HIGH = 20
# The browser looks for the ends of its pipe at 3 and 4.
_MOVED = (
    "import os, sys; [os.dup2(int(sys.argv[n]), n + 2) for n in (1, 2)]; "
    "os.execv(sys.argv[3], sys.argv[3:])"
)


class Browser:
    """One page of Chromium; skips the test where there is none, or none that listens."""

    def __init__(self) -> None:
        if not BROWSER:
            pytest.skip("there is no chromium here")
        self._profile = tempfile.mkdtemp(prefix="browser-")
        (theirs_in, self._in), (self._out, theirs_out) = os.pipe(), os.pipe()
        theirs = [fcntl.fcntl(end, fcntl.F_DUPFD, _HIGH) for end in (theirs_in, theirs_out)]
        line = [BROWSER, *_OPTIONS, f"--user-data-dir={self._profile}", "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _MOVED, *map(str, theirs), *line],
            pass_fds=theirs,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for end in (theirs_in, theirs_out, *theirs):
            os.close(end)
        self._count, self._unread, self._session = 0, b"", ""
        self.complaints: list[str] = []
        try:
            page = self._call("Target.createTarget", url="about:blank")["targetId"]
            told = self._call("Target.attachToTarget", targetId=page, flatten=True)
        except EOFError:
            self.close()
            pytest.skip("the chromium here does not listen")
        self._session = told["sessionId"]
        for domain in ("Page", "Log", "Runtime"):
            self._call(f"{domain}.enable")

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for end in (self._in, self._out):
            os.close(end)
        shutil.rmtree(self._profile, ignore_errors=True)

    def open(self, address: str) -> None:
        self._call("Page.navigate", url=address)
        self.waits_for("document.readyState === 'complete'")

    def asks(self, script: str) -> Any:
        """What an expression is in the page."""
        found = self._call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def waits_for(self, script: str) -> None:
        until = time.monotonic() + SECONDS
        while not self.asks(script):
            assert time.monotonic() < until, f"waited in vain for {script}"
            time.sleep(0.05)

    def shows(self, text: str) -> None:
        self.waits_for(f"document.body.innerText.includes({json.dumps(text)})")

    def presses(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            text = "\r" if key == "Enter" else ""
            self._call("Input.dispatchKeyEvent", type=kind, key=key, code=key, text=text)

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._count += 1
        call: dict[str, Any] = {"id": self._count, "method": method, "params": parameters}
        if self._session:
            call["sessionId"] = self._session
        try:
            os.write(self._in, json.dumps(call).encode() + b"\0")
        except BrokenPipeError:
            raise EOFError from None
        while (message := self._read()).get("id") != self._count:
            self._hear(message)
        return dict(message["result"])

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._unread:
            if not select.select([self._out], [], [], SECONDS)[0]:
                raise EOFError
            if not (part := os.read(self._out, 1 << 20)):
                raise EOFError
            self._unread += part
        message, _, self._unread = self._unread.partition(b"\0")
        return dict(json.loads(message))

    def _hear(self, message: dict[str, Any]) -> None:
        """Keep what the console says."""
        if message.get("method") == "Log.entryAdded":
            self.complaints.append(message["params"]["entry"]["text"])
        if message.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(message["params"]["exceptionDetails"]))
