"""The page over HTTP: who is let in, what follows a save, and how it ends."""

import gc
import os
import socket
import stat
import sys
import threading
import webbrowser
from contextlib import ExitStack
from pathlib import Path

import pytest

from grader.formats.parts.markup import element
from grader.page import live
from grader.page.live import FILE, Page, has_desktop
from grader.page.view import Parts
from tests.grader.processes import SECONDS

from .listening import Tab, get


def parts(news: str) -> Parts:
    return {
        name: element("p", news if name == "said" else "", id=name)
        for name in ("state", "said", "focus", "changes", "path")
    }


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "1")


@pytest.fixture
def begin(tmp_path: Path):
    """Begin a page of this course that has something to show."""
    with ExitStack() as stack:

        def begin() -> Page:
            page = stack.enter_context(Page(tmp_path, title="tiny", command="grade"))
            page.show(parts("first"))
            return page

        yield begin


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory):
    """The address of a page that only reads are made of."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CI", "1")
        with Page(tmp_path_factory.mktemp("course"), title="tiny", command="grade") as page:
            page.show(parts("first"))
            yield str(page.address)


# --- who is let in


def test_whoever_knows_the_address_gets_a_page_that_may_reach_nothing_else(served):
    answer = get(served)
    assert answer.status == 200
    assert ">first</p>" in answer.body
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "x/", "x/events", "TOKEN", "TOKENx/", "token/", "%00/", "%ff%fe/"),
        *("x/../TOKEN/", "./TOKEN/", "TOKEN/..", "TOKEN/../../course.toml", "TOKEN/page.js"),
        *("TOKEN/%2e%2e/%2e%2e/etc/passwd", "TOKEN/events/", "TOKEN//"),
    ],
)
def test_everything_else_is_not_there(served, path):
    start, token = served.removesuffix("/").rsplit("/", 1)
    path = path.replace("token", token.swapcase()).replace("TOKEN", token)
    answer = get(f"{start}/{path}")
    assert (answer.status, answer.body) == (404, "Not Found")


def test_nothing_can_be_written(served):
    assert {get(served, method).status for method in ("POST", "PUT", "DELETE", "OPTIONS")} == {405}
    assert get(f"{served}x", "POST").status == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *(("127.0.0.1:1", 200), ("localhost:8000", 200)),
        *(("evil.test", 400), ("127.0.0.1.evil.test", 400), ("localhost.evil.test:80", 400)),
        *(("0.0.0.0", 400), ("", 400), ("[::1]", 400)),
    ],
)
def test_a_name_that_was_made_to_lead_here_is_refused(served, host, status):
    assert get(served, Host=host).status == status
    assert get(f"{served}events", "HEAD", Host=host).status == status


def test_pages_of_others_may_not_read_it(served):
    answer = get(served, Origin="https://evil.test")
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_only_this_machine_can_reach_it(begin):
    page = begin()
    host, port = page.address.listening.getsockname()
    assert host == "127.0.0.1"
    if sys.platform == "linux":  # where all of 127/8 is this machine
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port))


# --- what follows


def test_every_tab_gets_what_is_so_and_then_what_comes(begin):
    page = begin()
    with Tab(str(page.address)) as one, Tab(str(page.address)) as other:
        assert [tab.next().count("first") for tab in (one, other)] == [1, 1]
        page.show(parts("second\nline"))
        assert [tab.next().count("second\nline") for tab in (one, other)] == [1, 1]
    assert ">second\nline</p>" in get(str(page.address)).body


def test_whoever_was_away_gets_what_is_so_now(begin):
    page = begin()
    with Tab(str(page.address)) as tab:
        tab.next()
    page.show(parts("second"))
    page.show(parts("third"))
    with Tab(str(page.address), {"Last-Event-ID": "1"}) as tab:
        assert ">third</p>" in tab.next()


def test_it_ends_with_the_watch_and_the_last_moment_is_still_seen(tmp_path):
    with Page(tmp_path, title="tiny", command="grade") as page:
        page.show(parts("first"))
        with Tab(str(page.address)) as tab:
            tab.next()
            page.show(parts("last"))
            page.__exit__(None, None, None)
            assert ">last</p>" in tab.next()
            assert tab.next() is None
    with pytest.raises(ConnectionRefusedError):
        get(str(page.address))


def test_whoever_comes_early_waits(tmp_path):
    with Page(tmp_path, title="tiny", command="grade") as page:
        early: list[str] = []
        reader = threading.Thread(target=lambda: early.append(get(str(page.address)).body))
        reader.start()
        page.show(parts("first"))
        reader.join()
        assert ">first</p>" in early[0]


def test_a_watch_that_ends_before_its_first_verdict_leaves_nothing(tmp_path):
    with Page(tmp_path, title="tiny", command="grade") as page:
        pass
    with pytest.raises(ConnectionRefusedError):
        get(str(page.address))


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of connections that were cut off
def test_whoever_does_not_read_or_talks_nonsense_hinders_no_end_and_is_no_news(begin, capfd):
    page = begin()
    asked = f"GET /{page.address.token}/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with ExitStack() as stack:
        for said in (asked.encode(), b"\0\r\n\r\n", b"GET / HTTP/1.1\r\n"):
            visitor = socket.create_connection(("127.0.0.1", page.address.port))
            stack.enter_context(visitor).sendall(said)
        with Tab(str(page.address)) as tab:
            tab.next()
            page.show(parts("long" * 2**20))
            tab.next()
        page.__exit__(None, None, None)
        page._thread.join(SECONDS)
        assert not page._thread.is_alive()
    gc.collect()
    assert capfd.readouterr() == ("", "")


# --- the next watch


def test_the_next_watch_has_the_same_address_and_an_open_page_goes_on(begin):
    page = begin()
    page.__exit__(None, None, None)
    again = begin()
    assert str(again.address) == str(page.address)
    with Tab(str(page.address), {"Last-Event-ID": "1"}) as tab:
        assert ">first</p>" in tab.next()


def test_two_watches_at_once_have_an_address_each(begin):
    one, other = begin(), begin()
    assert str(one.address) != str(other.address)
    assert one.address.token != other.address.token
    assert get(str(one.address)).status == get(str(other.address)).status == 200


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_an_address_that_others_may_have_read_is_not_used_again(begin, tmp_path):
    page = begin()
    page.__exit__(None, None, None)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    (tmp_path / FILE).chmod(0o644)
    again = begin()
    assert again.address.token != page.address.token
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "text",
    [
        *("", "nonsense", "http://127.0.0.1:99999/" + 43 * "a" + "/\n"),
        *("http://0.0.0.0:8000/" + 43 * "a" + "/\n", "http://127.0.0.1:1234//\n", "\ud800"),
    ],
)
def test_a_file_that_holds_no_address_does_no_harm(begin, tmp_path, text):
    (tmp_path / FILE).write_text(text, "utf-8", "surrogatepass")
    (tmp_path / FILE).chmod(0o600)
    assert get(str(begin().address)).status == 200


def test_a_folder_that_cannot_hold_the_address_costs_only_the_memory(begin, tmp_path):
    (tmp_path / FILE).mkdir()
    assert get(str(begin().address)).status == 200


# --- the browser


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    addresses: list[str] = []
    monkeypatch.setattr(live, "has_desktop", lambda: True)
    monkeypatch.setattr(webbrowser, "open", addresses.append)
    return addresses


def opener_is_done() -> None:
    for thread in threading.enumerate():
        if thread.name == "browser":
            thread.join()


def test_a_browser_is_opened_once(begin, opened):
    page = begin()
    page.show(parts("second"))
    opener_is_done()
    assert opened == [str(page.address)]


def test_a_page_that_is_still_open_is_not_opened_again(begin, opened, monkeypatch):
    monkeypatch.setattr(live, "_TAB_SECONDS", SECONDS)
    page = begin()
    opener_is_done()
    page.__exit__(None, None, None)
    page = begin()
    with Tab(str(page.address)) as tab:
        tab.next()
        opener_is_done()
    assert opened == [str(page.address)]


@pytest.mark.parametrize(
    ("variables", "terminal", "expected"),
    [
        ({"DISPLAY": ":0"}, True, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True, True),
        ({"DISPLAY": ":0"}, False, False),
        ({"DISPLAY": ":10", "SSH_CONNECTION": "1.2.3.4 1 5.6.7.8 22"}, True, False),
        ({"DISPLAY": ":0", "CI": "true"}, True, False),
        ({}, True, False),
    ],
)
def test_a_browser_is_opened_on_a_desktop_alone(monkeypatch, variables, terminal, expected):
    for name in (*live._REMOTE, *live._DISPLAYS):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    assert has_desktop() is expected
