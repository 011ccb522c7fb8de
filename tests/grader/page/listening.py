"""Whoever reads the page, without a browser."""

import http.client
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from grader.page.live import Page
from tests.grader.processes import SECONDS


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: str


def get(url: str, method: str = "GET", **headers: str) -> Answer:
    """Ask for an address as it stands: nothing of its path is tidied."""
    connection = _connected(url)
    try:
        connection.request(method, _path(url), headers=headers)
        answer = connection.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        endless = names["content-type"].startswith("text/event-stream")
        return Answer(answer.status, names, "" if endless else answer.read().decode())
    finally:
        connection.close()


@dataclass
class Tab:
    """An open page: the events that it is sent."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = _connected(self.url)
        self.connection.request("GET", _path(self.url) + "events", headers=self.headers)
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200
        assert self.answer.getheader("content-type").startswith("text/event-stream")

    def __enter__(self) -> "Tab":
        return self

    def __exit__(self, *raised: object) -> None:
        self.answer.close()
        self.connection.close()

    def next(self) -> str | None:
        """The data of the next event; None at the end."""
        data = []
        while line := self.answer.readline().decode():
            line = line.rstrip("\r\n")
            if line.startswith("data: "):
                data.append(line.removeprefix("data: "))
            if not line and data:
                return "\n".join(data)
        return None

    def shows(self, text: str) -> str:
        """Wait for an event that holds this text."""
        while (shown := self.next()) is not None:
            if text in shown:
                return shown
        raise AssertionError(f"the page ended without {text}")


def address(page: Page) -> str:
    return str(page.address)


def _connected(url: str) -> http.client.HTTPConnection:
    where = urlsplit(url)
    return http.client.HTTPConnection(where.hostname, where.port, timeout=SECONDS)


def _path(url: str) -> str:
    return "/" + url.split("/", 3)[3]
