"""HTTP on one connection: uvicorn's httptools protocol, with the limits in time and size that it lacks.

Whatever bytes arrive get an answer or a close. This file knows nothing of the platform; it does not know what is
served, only how much of it may come, and how slowly.
"""

import asyncio
from enum import IntEnum
from math import inf
from typing import Any

import httptools
import msgspec
from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from fenzu.wire.limits import BODY_BYTES

PIECE = 16 * 1024
"""How much is parsed at a time: a flood of pipelined requests is taken up in pieces, each when the last is answered."""


class Limits(msgspec.Struct, frozen=True):
    """What a connection may cost. A request that is not complete `request_seconds` after its first byte is refused."""

    head_bytes: int = 64 * 1024
    body_bytes: int = BODY_BYTES
    request_seconds: float = 9.0
    idle_seconds: float = 75.0
    linger_seconds: float = 2.0
    answer_seconds: float = 60.0

    @property
    def message_bytes(self) -> int:
        """The most that a request may take with all its chunk sizes and trailers."""
        return self.head_bytes + 8 * self.body_bytes

    @property
    def sweep_seconds(self) -> float:
        """How often deadlines are looked at; one look at all connections is cheaper than a timer for each request."""
        return min(0.5, self.request_seconds / 4)


class Phase(IntEnum):
    """Where in a request the parser is."""

    BETWEEN = 0
    HEAD = 1
    BODY = 2


def _refusal(status: str) -> bytes:
    words = status.encode()
    head = b"HTTP/1.1 %b\r\ncontent-type: text/plain\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
    return head % (words, len(words)) + words


REFUSALS = {
    400: _refusal("400 Bad Request"),
    408: _refusal("408 Request Timeout"),
    413: _refusal("413 Content Too Large"),
    431: _refusal("431 Request Header Fields Too Large"),
}


class _StopParsing(Exception):
    """Leaves the parser in the middle of a piece; the refusal has been noted already."""


class _Flow(FlowControl):
    """Reading goes on only when what was read before is answered, else pipelined requests would pile up."""

    def __init__(self, transport: asyncio.Transport, owner: "LimitedProtocol") -> None:
        super().__init__(transport)
        self.owner = owner

    def resume_reading(self) -> None:
        if self.read_paused and not (self.owner.pipeline or self.owner.backlog):
            super().resume_reading()


class LimitedProtocol(HttpToolsProtocol):
    """One connection. `check` has to be called now and then; it ends what has taken too long."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limits: Limits,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.limits = limits
        self.phase = Phase.BETWEEN
        self.deadline = self.loop.time() + limits.request_seconds
        self.write_deadline = inf
        self.received = 0
        self.body_bytes = 0
        self.backlog = bytearray()
        self.refused = 0
        self.ended = False
        self.ignoring_upgrade = False

    # What the transport calls

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Take up a new connection."""
        super().connection_made(transport)
        self.flow = _Flow(transport, self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget all that was still to be done."""
        self.pipeline.clear()
        self.backlog.clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came: at once if it is little, else piece by piece as earlier requests get their answers."""
        if self.refused:
            return
        if len(data) <= PIECE and not self.backlog:
            self._feed(data)
        else:
            self.backlog += data
        if self.backlog:
            self._feed_backlog()

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn always closes; see below
        """Keep a half-closed connection open as long as it is owed an answer."""
        self.ended = True
        if self.refused:
            return self._is_busy()
        if self.phase is not Phase.BETWEEN:
            self._refuse(400)
            return True
        return self._is_busy()

    def pause_writing(self) -> None:
        """The client reads slowly or not at all; from now on it has a deadline."""
        super().pause_writing()
        self.write_deadline = self.loop.time() + self.limits.answer_seconds

    def resume_writing(self) -> None:
        """The client reads again."""
        super().resume_writing()
        self.write_deadline = inf

    # What the parser calls

    def on_message_begin(self) -> None:
        """Start the request's clock; nothing that comes later puts it off."""
        super().on_message_begin()
        self.phase = Phase.HEAD
        self.received = self.body_bytes = 0
        self.deadline = self.loop.time() + self.limits.request_seconds

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep one header."""
        if self.phase is not Phase.HEAD:
            return  # a trailer; nobody needs one, and thousands would fill the memory
        name = name.lower()
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Start answering, unless the head is too large; an offer to upgrade is passed over."""
        if self.received > self.limits.head_bytes - PIECE and self._count_head() > self.limits.head_bytes:
            self._refuse(431)
            raise _StopParsing
        if self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT":
            self.ignoring_upgrade = True
            return
        super().on_headers_complete()
        self.phase = Phase.BODY

    def on_body(self, body: bytes) -> None:
        """Take up a part of the body, as far as it may go."""
        self.body_bytes += len(body)
        if self.body_bytes > self.limits.body_bytes:
            self._refuse(413)
            raise _StopParsing
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Stop the request's clock."""
        if self.ignoring_upgrade:
            return
        self.phase = Phase.BETWEEN
        self.deadline = self.loop.time() + self.limits.idle_seconds if self.cycle.response_complete else inf
        super().on_message_complete()

    # What the answered request calls

    def on_response_complete(self) -> None:
        """Go on with what has waited for this answer."""
        if self.transport.is_closing():
            return
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
        elif self.refused:
            self._write_refusal()
        elif self.backlog:
            self._feed_backlog()
        elif self.ended:
            self.transport.close()
        else:
            self._await_next()

    # What the server calls

    def check(self, now: float) -> None:
        """End the connection if it has taken longer than it may."""
        if self.transport.is_closing():
            if self.write_deadline is inf:
                self.write_deadline = now + self.limits.answer_seconds
            elif now > self.write_deadline:
                self.transport.abort()
        elif now > self.write_deadline:
            self.transport.abort()
        elif now > self.deadline:
            self._end_late(now)

    # Steps

    def _feed(self, data: bytes) -> None:
        self.received += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._ignore_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self._refuse(400)
        else:
            if self.phase is Phase.HEAD and self.received > self.limits.head_bytes:
                self._refuse(431)
            elif self.received > self.limits.message_bytes and self.phase is Phase.BODY:
                self._refuse(413)

    def _feed_backlog(self) -> None:
        while self.backlog and not self.pipeline and not self.refused:
            piece = bytes(self.backlog[:PIECE])
            del self.backlog[:PIECE]
            self._feed(piece)
        if self.backlog:
            self.flow.pause_reading()
        elif not self.refused and not self._is_busy():
            self._await_next()

    def _await_next(self) -> None:
        self.flow.resume_reading()
        if self.phase is Phase.BETWEEN:
            self.deadline = self.loop.time() + self.limits.idle_seconds

    def _is_busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _count_head(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _ignore_upgrade(self, rest: bytes) -> None:
        """Parse the request again as if it had not asked to upgrade: Java's own client asks so in every first call."""
        head = [
            self.parser.get_method(),
            b" ",
            self.url,
            b" HTTP/",
            self.parser.get_http_version().encode(),
            b"\r\n",
        ]
        for name, value in self.headers:
            if name not in (b"upgrade", b"connection", b"http2-settings"):
                head += [name, b": ", value, b"\r\n"]
        self.ignoring_upgrade = False
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.backlog[:0] = b"".join(head) + b"\r\n" + rest

    def _refuse(self, status: int) -> None:
        """Answer `status` once all earlier requests of the connection are answered, and read no more of it."""
        if self.refused:
            return
        self.refused = status
        self.deadline = inf
        self.backlog.clear()
        if self.phase is Phase.BODY and self._is_busy():
            self._drop_unfinished()
        if not self._is_busy():
            self._write_refusal()

    def _drop_unfinished(self) -> None:
        """Forget the request that is refused in its middle: queued, or waiting for the rest of its body."""
        if self.pipeline:
            self.pipeline.popleft()
            return
        self.cycle.disconnected = self.cycle.response_complete = True
        self.cycle.message_event.set()

    def _write_refusal(self) -> None:
        """Answer and close in two steps; a close with bytes unread would take the answer back from the client."""
        if self.transport.is_closing():
            return
        self.transport.write(REFUSALS[self.refused])
        if self.ended or not self.transport.can_write_eof():
            self.transport.close()
            return
        self.transport.write_eof()
        self.deadline = self.loop.time() + self.limits.linger_seconds
        self.flow.resume_reading()

    def _end_late(self, now: float) -> None:
        if self.flow.read_paused:  # it is our reading that waits, not the client
            self.deadline = now + self.limits.request_seconds
        elif self.refused:
            self.transport.abort()
        elif self.phase is Phase.BETWEEN:
            self.transport.close()
        else:
            self._refuse(408)
