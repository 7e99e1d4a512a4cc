"""One complete request and its answer, as an ASGI application sees them. Knows no socket and no limit.

The application starts in the very moment the request is complete, and without a task of its own: most answers are
there at once. Only one that has to wait becomes a task. An answer is written in one piece, unless the application
says that more will come: then it goes out piece by piece, no faster than the client reads.
"""

import asyncio
import traceback
from collections.abc import Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Protocol

from uvicorn._types import (
    ASGI3Application,
    ASGIReceiveEvent,
    ASGISendEvent,
    HTTPResponseStartEvent,
    HTTPScope,
)
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from fenzu.sandbox.run.announce import say


class Connection(Protocol):
    """Where an answer goes."""

    def finish(self, exchange: "Exchange", answer: bytes, /) -> None:
        """Send the answer, or the rest of it; the exchange is over."""
        ...

    async def write(self, exchange: "Exchange", piece: bytes, /) -> None:
        """Send a piece of an answer, and return when the client has read enough for the next."""
        ...

    def fail(self) -> None:
        """The application broke down and will not answer."""
        ...

    def break_off(self, exchange: "Exchange", part: bytes, /, *, reset: bool) -> None:
        """Send a part of an answer, and end the connection: in good order, or by a reset."""
        ...


class BrokenOff(Exception):
    """Raised by an application that ends the connection on purpose, after a part of the body or nothing at all."""

    def __init__(self, part: bytes = b"", *, reset: bool = False) -> None:
        super().__init__()
        self.part = part
        self.reset = reset


class Exchange:
    """A request with its whole body, and the connection that it came by."""

    __slots__ = ("_body", "_gone", "_start", "connection", "has_left", "keep_alive", "scope")

    def __init__(self, connection: Connection, scope: HTTPScope, body: bytes, *, keep_alive: bool) -> None:
        self.scope = scope
        self.keep_alive = keep_alive
        self.connection = connection
        self.has_left = False
        self._body: bytes | None = body
        self._start: HTTPResponseStartEvent | None = None
        self._gone: asyncio.Future[None] | None = None
        """Waits for the client to leave, from the first piece of an answer that comes in pieces."""

    async def receive(self) -> ASGIReceiveEvent:
        """Return the body, once; after the first piece of an answer, return when the client has left."""
        body, self._body = self._body, None
        if body is not None:
            return {"type": "http.request", "body": body, "more_body": False}
        if self._gone is not None and not self.has_left:
            await self._gone
        return {"type": "http.disconnect"}

    def leave(self) -> None:
        """Note that nobody waits for more: the client has left, or the port is about to close."""
        self.has_left = True
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)

    async def send(self, message: ASGISendEvent) -> None:
        """Take the head of the answer, then its body, as a whole or in pieces."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        assert message["type"] == "http.response.body"
        assert self._start is not None
        if self._gone is not None or message.get("more_body"):
            await self._send_piece(self._start, message["body"], is_last=not message.get("more_body"))
            return
        self.connection.finish(self, self._frame(self._start, message["body"]))

    async def _send_piece(self, start: HTTPResponseStartEvent, body: bytes, *, is_last: bool) -> None:
        """Send a piece of an answer whose length nobody knows: in chunks, to HTTP/1.0 up to the close."""
        is_chunked = self.scope["http_version"] != "1.0"
        head = b""
        if self._gone is None:
            self._gone = asyncio.get_running_loop().create_future()
            self.keep_alive = self.keep_alive and is_chunked
            more = [(b"transfer-encoding", b"chunked")] if is_chunked else []
            head = self._frame({**start, "headers": [*start.get("headers", ()), *more]}, b"")
        if self.scope["method"] == "HEAD":
            self.leave()
            self.connection.finish(self, head)
            return
        if is_chunked:  # an empty chunk would be the last one
            body = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + (b"0\r\n\r\n" if is_last else b"")
        if is_last:
            self.connection.finish(self, head + body)
        else:
            await self.connection.write(self, head + body)

    def break_off(self, end: BrokenOff) -> None:
        """End the connection as the application wants it; what is sent of the body needs a head, once."""
        start = self._start if self._gone is None else None
        part = b"" if start is None else self._frame(start, end.part)
        self.connection.break_off(self, part, reset=end.reset)

    def _frame(self, start: HTTPResponseStartEvent, body: bytes) -> bytes:
        parts = [STATUS_LINE[start["status"]]]
        for name, value in start.get("headers", ()):
            parts += (name, b": ", value, b"\r\n")
        if not self.keep_alive:
            parts.append(b"connection: close\r\n")
        parts.append(b"\r\n")
        if self.scope["method"] != "HEAD":
            parts.append(body)
        return b"".join(parts)


def begin(app: ASGI3Application, exchange: Exchange) -> Coroutine[object, None, None] | None:
    """Run the application until it has answered or has to wait; what is left to do then is returned."""
    running = app(exchange.scope, exchange.receive, exchange.send)
    assert isinstance(running, Coroutine)
    try:
        awaited = running.send(None)
    except StopIteration:
        return None
    except BrokenOff as end:
        exchange.break_off(end)
        return None
    except Exception:  # noqa: BLE001 - no mistake of an application may reach the parser
        break_down(exchange)
        return None
    return _finish(exchange, running, awaited)


async def _finish(exchange: Exchange, running: Coroutine[object, None, None], awaited: object) -> None:
    try:
        await _drive(running, awaited)
    except BrokenOff as end:
        exchange.break_off(end)
    except Exception:  # noqa: BLE001 - as above
        break_down(exchange)


def break_down(exchange: Exchange) -> None:
    """Show the trace of an application that broke down, and close its connection."""
    say(traceback.format_exc())
    exchange.connection.fail()


@coroutine
def _drive(running: Coroutine[object, None, None], awaited: object) -> Generator[object, None, None]:
    """Go on with a coroutine that waits for `awaited` already."""
    while True:
        try:
            yield awaited
        except BaseException as error:  # noqa: BLE001 - whatever is thrown in here belongs to the coroutine
            go_on = partial(running.throw, error)
        else:
            go_on = partial(running.send, None)
        try:
            awaited = go_on()
        except StopIteration:
            return
