"""A transport that tells of every exchange that goes through it, secrets blanked. It changes nothing on the way."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from fenzu.client.transport import AsyncTransport, Request, Response

BLANK = "…"
SECRET_FIELDS = frozenset({"access_token", "secret"})


class Exchange(msgspec.Struct, frozen=True):
    """One call and its answer, as they may be shown."""

    method: str
    path: str
    body: str | None
    answer: str


class TellingTransport:
    """Hands each exchange to `tell` once it is answered."""

    def __init__(self, inner: AsyncTransport, tell: Callable[[Exchange], None]) -> None:
        self._inner = inner
        self._tell = tell

    async def send(self, request: Request) -> Response:
        """Send the request through the transport inside."""
        response = await self._inner.send(request)
        body = None if request.body is None else blank_body(request.body)
        self._tell(Exchange(request.method, blank_path(request.url), body, blank_body(response.body)))
        return response

    async def aclose(self) -> None:
        """Close the transport inside."""
        await self._inner.aclose()


def blank_path(url: str) -> str:
    """Return path and query of the address without its token and secret."""
    parts = urlsplit(url)
    shown = [(name, value) for name, value in parse_qsl(parts.query) if name not in SECRET_FIELDS]
    return f"{parts.path}?{urlencode(shown)}" if shown else parts.path


def blank_body(body: bytes) -> str:
    """Return a body as text, its tokens and secrets blanked; what is no JSON object is shown as it is."""
    try:
        content = msgspec.json.decode(body, type=dict[str, object])
    except msgspec.MsgspecError:
        return body.decode(errors="replace")
    if not SECRET_FIELDS & content.keys():
        return body.decode()
    safe = {name: BLANK if name in SECRET_FIELDS else value for name, value in content.items()}
    return msgspec.json.encode(safe).decode()
