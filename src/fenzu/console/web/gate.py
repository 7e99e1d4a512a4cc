"""Who is let in: this machine, by a one-time link, from the console's own pages. Knows no page.

A page of another site must neither read nor change anything here, whatever name or address it uses: the Host header is
compared with a list, a session's cookie is never sent along from elsewhere, and Sec-Fetch-Site and Origin are asked.
"""

from collections.abc import Callable, Iterable

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fenzu.console.web.reader import reader_of
from fenzu.console.web.sessions import Sessions
from fenzu.errors import FenzuError
from fenzu.wire.words import Words

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types fenzu"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
SAFE = ("GET", "HEAD")
LOGIN, STATIC = "/login", "/static/"
"""What is answered without a session: nothing of an account is in it."""
WRONG_HOST = Words("This console answers to its own address only.\n", "控制台只响应自己的地址。\n")


class Foreign(FenzuError):
    """A page of another site has sent the request, or led here."""


class NotLetIn(FenzuError):
    """The browser has not come in by a link."""


def foreign() -> Foreign:
    """A request that another site's page makes is refused."""
    return Foreign(
        Words("the request comes from another site", "该请求来自其他网站"),
        Words("open the console by its own address", "请直接打开控制台自己的地址"),
    )


def not_let_in() -> NotLetIn:
    """A browser without a session is told how one comes in."""
    return NotLetIn(
        Words("this browser has not been let in", "此浏览器尚未登录控制台"),
        Words(
            "open the link that stands in the terminal where the console runs; each link lets one browser in, "
            "and Enter there gives another",
            "请打开运行控制台的终端里给出的链接；每个链接只能用一次，在终端按回车可再得到一个",
        ),
    )


class Gate:
    """The application behind the checks; adds the headers that keep a browser strict.

    `refuse` makes the answer that tells why somebody is not let in.
    """

    def __init__(
        self,
        app: ASGIApp,
        sessions: Sessions,
        hosts: Iterable[str],
        refuse: Callable[[Request, FenzuError], Response],
    ) -> None:
        self._app, self._sessions, self._hosts, self._refuse = app, sessions, frozenset(hosts), refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it; either way the browser is told to be strict."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            request = Request(scope)
            answer = self._refusal(request) or self._app
            await answer(scope, receive, _strict(send))
        else:  # there is no page that opens a WebSocket
            await send({"type": "websocket.close", "code": 1008})

    def _refusal(self, request: Request) -> Response | None:
        """Return why a request is not let through; None where it is. Notes whether its browser has come in."""
        host = request.headers.get("host", "")
        if host not in self._hosts:
            return PlainTextResponse(WRONG_HOST.say(reader_of(request).language), 421)
        request.state.entered = self._sessions.knows(request.cookies.get(self._sessions.cookie, ""))
        # The path as the routes will see it; `request.url` is put together anew from the Host header.
        path: str = request.scope["path"]
        if not _is_own(request, path, f"http://{host}"):
            return self._refuse(request, foreign())
        if request.state.entered or path == LOGIN or path.startswith(STATIC):
            return None
        return self._refuse(request, not_let_in())


def _is_own(request: Request, path: str, home: str) -> bool:
    """Whether it comes from a page of this console, or from a person who follows a link or types an address.

    The link may be followed from anywhere: an editor in the browser shows terminals too.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if origin not in {None, home}:
        return False
    if request.method in SAFE:
        return site in {None, "same-origin", "none"} or path == LOGIN
    return site == "same-origin" or (site is None and origin is not None)


def _strict(send: Send) -> Send:
    async def strict(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("cache-control", "no-store")
        await send(message)

    return strict
