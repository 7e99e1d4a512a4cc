"""Who is let in: this machine, by a one-time link, from the console's own pages. Knows no page.

A page of another site must neither read nor change anything here, whatever name or address it uses: the Host header is
compared with a list, a session's cookie is never sent along from elsewhere, and Sec-Fetch-Site and Origin are asked.
"""

import hmac
import secrets
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fenzu.console.reader import reader_of
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
OPEN = ("/static/", "/login")
"""What is answered without a session: nothing of an account is in it."""
WRONG_HOST = Words("This console answers to its own address only.\n", "控制台只响应自己的地址。\n")
FOREIGN = Words("Refused: the request comes from another site.\n", "已拒绝：请求来自其他网站。\n")
LOCKED = Words(
    "Open the console by the link in the terminal where it runs. Each link lets one browser in; "
    "press Enter there for another one.\n",
    "请用运行控制台的终端里给出的链接打开。每个链接只能用一次；在终端按回车可再得到一个。\n",
)


class Sessions:
    """The one-time links that were given out, and the browsers that came in by one."""

    def __init__(self, port: int) -> None:
        self.cookie = f"fenzu_console_{port}"
        """Cookies do not tell ports apart, so the name does."""
        self._links: set[str] = set()
        self._sessions: set[str] = set()

    def new_link(self) -> str:
        """Return a key that lets one browser in."""
        key = secrets.token_urlsafe(32)
        self._links.add(key)
        return key

    def enter(self, key: str) -> str | None:
        """Return a new session for a link's key, which is worth nothing afterwards; None for any other key."""
        found = next((link for link in self._links if hmac.compare_digest(link.encode(), key.encode())), None)
        if found is None:
            return None
        self._links.discard(found)
        session = secrets.token_urlsafe(32)
        self._sessions.add(session)
        return session

    def knows(self, session: str) -> bool:
        """Whether a browser that shows this cookie has come in by a link."""
        return any(hmac.compare_digest(known.encode(), session.encode()) for known in self._sessions)


class Gate:
    """The application behind the checks; adds the headers that keep a browser strict."""

    def __init__(self, app: ASGIApp, sessions: Sessions, hosts: Iterable[str]) -> None:
        self._app, self._sessions, self._hosts = app, sessions, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it; either way the browser is told to be strict."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def strict(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        request = Request(scope)
        refusal = self._refusal(request)
        await (self._app if refusal is None else refusal)(scope, receive, strict)

    def _refusal(self, request: Request) -> Response | None:
        """Return why a request is not let through; None where it is."""
        language = reader_of(request).language
        host = request.headers.get("host", "")
        if host not in self._hosts:
            return PlainTextResponse(WRONG_HOST.say(language), 421)
        if not self._is_own(request, host):
            return PlainTextResponse(FOREIGN.say(language), 403)
        if request.url.path.startswith(OPEN):
            return None
        if not self._sessions.knows(request.cookies.get(self._sessions.cookie, "")):
            return PlainTextResponse(LOCKED.say(language), 401)
        return None

    def _is_own(self, request: Request, host: str) -> bool:
        """Whether it comes from a page of this console, or from a person who follows a link or types an address.

        The link may be followed from anywhere: an editor in the browser shows terminals too.
        """
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        if request.method in SAFE:
            return site in {None, "same-origin", "none"} or request.url.path == "/login"
        if origin is not None and origin != f"http://{host}":
            return False
        return site == "same-origin" or (site is None and origin is not None)
