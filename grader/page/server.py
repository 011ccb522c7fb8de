"""The page over HTTP, and each change of it pushed: for whoever knows the address, read only."""

from collections.abc import Callable
from secrets import compare_digest
from typing import Any

from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from grader.page.newest import Newest
from grader.page.view import POLICY

HOSTS = ["127.0.0.1", "localhost"]  # a name that leads here all the same is somebody's trick
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_RETRY_MILLISECONDS = 1000  # until a page that lost us asks again


class Guard:
    """To whoever does not know the token there is nothing here."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app, self.token = app, token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = scope["path"].split("/")[1] if scope["path"].startswith("/") else ""
        if compare_digest(given.encode("utf-8", "surrogateescape"), self.token):
            await self.app(scope, receive, send)
        else:
            await PlainTextResponse("Not Found", 404)(scope, receive, send)


def app_of(
    newest: Newest, token: str, whole: Callable[[], str], on_follow: Callable[[], Any]
) -> ASGIApp:
    """The page under its token, and its events."""

    async def page(request: Request) -> HTMLResponse:
        return HTMLResponse(whole(), headers=HEADERS)

    async def events(request: Request) -> EventSourceResponse:
        on_follow()
        told = ({"data": p, "retry": _RETRY_MILLISECONDS} async for p in newest.follow())
        return EventSourceResponse(told, headers=HEADERS)

    routes = [Route("/{token}/", page), Route("/{token}/events", events)]
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False),
            Middleware(Guard, token=token),
        ],
    )
    app.router.redirect_slashes = False
    return app
