"""HTTP on one connection: uvicorn's httptools protocol, with the limits in time and size that it lacks.

Whatever bytes arrive get an answer or a close. This file knows nothing of the platform; it does not know what is
served, only how much of it may come, and how slowly.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from enum import IntEnum
from math import inf
from typing import Any
from urllib.parse import unquote

import httptools
from uvicorn._types import ASGIVersions, HTTPScope
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from fenzu.sandbox.http.exchange import Exchange, begin
from fenzu.sandbox.http.hosts import Hosts
from fenzu.sandbox.http.limits import PIECE, REFUSALS, Limits
from fenzu.sandbox.http.reset import reset_when_sent

ASGI_VERSION: ASGIVersions = {"version": "3.0", "spec_version": "2.3"}


class Phase(IntEnum):
    """Where in a request the parser is."""

    BETWEEN = 0
    HEAD = 1
    BODY = 2


def any_body(_scope: HTTPScope) -> bool:
    """Take the body of every request."""
    return True


class StopParsing(Exception):
    """Leaves the parser in the middle of a piece; the refusal has been noted already."""


class LimitedProtocol(HttpToolsProtocol):
    """One connection. Requests are answered in order; `check` has to be called now and then and ends what is late.

    Of uvicorn's protocol it keeps the frame. The exchange of request and answer is its own (see `exchange`), because
    uvicorn's starts before a request is complete, and writes each answer in two pieces.
    """

    refusals: Mapping[int, bytes] = REFUSALS

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limits: Limits,
        takes_body: Callable[[HTTPScope], bool] = any_body,
        hosts: Hosts | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.limits = limits
        self.hosts = hosts
        self.takes_body = takes_body
        self.phase = Phase.BETWEEN
        self.deadline = self.loop.time() + limits.request_seconds
        self.write_deadline = inf
        self.received = 0
        self.body = bytearray()
        self.current: Exchange | None = None
        self.queue: deque[Exchange] = deque()
        self.backlog = bytearray()
        self.refused = 0
        self.is_lingering = self.has_ended = self.is_parsing = self.is_starting = False
        self.ignores_upgrade = self.has_ignored = False
        self.keeps_body = True

    # What the transport calls

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget all that was still to be done; the parser holds us, so it goes first."""
        self.connections.discard(self)
        del self.parser
        if self.current is not None:
            self.current.leave()
        self.flow.resume_writing()  # whoever waits for the client to read waits no more
        self.current = None
        self.queue.clear()
        self.backlog.clear()
        self.body = bytearray()

    def data_received(self, data: bytes) -> None:
        """Parse what came: at once if it is little, else piece by piece as earlier requests get their answers."""
        if self.refused:
            return
        if len(data) <= PIECE and not self.backlog:
            self._parse(data)
        else:
            self.backlog += data
        if self.backlog or self.refused:
            self._advance()

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn's lets the transport close at once
        """Keep a half-closed connection open until all that was asked for is answered; TLS knows none."""
        self.has_ended = True
        if self.current is not None:
            self.current.leave()
        if self.phase is not Phase.BETWEEN:
            self._refuse(400)
        self._advance()
        return self.transport.can_write_eof()

    def pause_writing(self) -> None:
        """The client reads slowly or not at all; from now on it has a deadline."""
        super().pause_writing()
        self.write_deadline = self.loop.time() + self.limits.answer_seconds

    def resume_writing(self) -> None:
        """The client reads again."""
        super().resume_writing()
        self.write_deadline = inf
        self._advance()

    # What the parser calls

    def on_message_begin(self) -> None:
        """Start the request's clock; nothing that comes later puts it off."""
        self.phase = Phase.HEAD
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self.received = 0
        self.deadline = self.loop.time() + self.limits.request_seconds

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep one header; a Host header that names somebody else ends it here, before anything else is read."""
        if self.phase is not Phase.HEAD:
            return  # a trailer; nobody needs one, and thousands would fill the memory
        name = name.lower()
        if name == b"host":
            hosts = self.hosts
            if hosts is not None and value not in hosts.known and not hosts.admits(value):
                self._refuse(403)
                raise StopParsing
        elif name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Judge the head: too large, for a proxy, an offer to upgrade (passed over), or one to go on with."""
        if self.received > self.limits.head_bytes - PIECE and self._count_head() > self.limits.head_bytes:
            self._refuse(431)
            raise StopParsing
        upgrades = self.parser.should_upgrade()
        if upgrades and (self.has_ignored or self.parser.get_method() == b"CONNECT"):
            self._refuse(400)
            raise StopParsing
        self.scope = self._make_scope()
        if upgrades:
            self.ignores_upgrade = True
            return
        self.has_ignored = False
        self.keeps_body = self.takes_body(self.scope)
        self.phase = Phase.BODY
        if self.expect_100_continue and self.current is None:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """Take up a part of the body, as far as it may go; drop it if the answer will not depend on it."""
        if not self.keeps_body:
            return
        self.body += body
        if len(self.body) > self.limits.body_bytes:
            self._refuse(413)
            raise StopParsing

    def on_message_complete(self) -> None:
        """Answer the request, or let it wait for those before it."""
        if self.ignores_upgrade:
            return
        self.phase = Phase.BETWEEN
        self.deadline = inf
        keep_alive = self.scope["http_version"] != "1.0" and self.parser.should_keep_alive()
        exchange = Exchange(self, self.scope, bytes(self.body), keep_alive=keep_alive)
        if self.body:
            self.body = bytearray()
        if self.current is None and not self.queue and not self.flow.write_paused:
            self._start(exchange)
        else:
            self.queue.append(exchange)
            self.flow.pause_reading()

    # What an exchange calls

    def finish(self, exchange: Exchange, answer: bytes) -> None:
        """Send the answer of the exchange under way, and go on with what has waited for it."""
        if exchange is not self.current or self.transport.is_closing():
            return
        self.current = None
        self.transport.write(answer)
        if not exchange.keep_alive:
            self.transport.close()
            return
        if self.phase is Phase.BETWEEN:
            self.deadline = self.loop.time() + self.limits.idle_seconds
        if not self.is_starting:
            self._advance()

    async def write(self, exchange: Exchange, piece: bytes) -> None:
        """Send a piece of the answer under way, and wait while the client reads too slowly for more."""
        if exchange is self.current and not self.transport.is_closing():
            self.transport.write(piece)
            await self.flow.drain()

    def fail(self) -> None:
        """Close: the application broke down, and what it had to say is not known."""
        self.transport.close()

    def break_off(self, exchange: Exchange, part: bytes, *, reset: bool) -> None:
        """Send a part of an answer and end the connection; what has waited behind it is never answered."""
        if exchange is not self.current or self.transport.is_closing():
            return
        if part:
            self.transport.write(part)
        if not reset:
            self.transport.close()
            return
        self.loop.call_soon(reset_when_sent, self.transport, self.loop)  # what was written goes out before

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

    def shutdown(self) -> None:
        """Close once the answer under way is sent; what waits behind it is dropped.

        An answer that comes in pieces ends with the piece under way, or at once if the client does not read.
        """
        self.queue.clear()
        self.backlog.clear()
        if self.current is None:
            self.transport.close()
            return
        self.current.keep_alive = False
        self.current.leave()
        if self.flow.write_paused:
            self.transport.abort()

    # Steps

    def _parse(self, data: bytes) -> None:
        self.received += len(data)
        self.is_parsing = True
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self._refuse(400)
        finally:
            self.is_parsing = False
        if self.phase is Phase.HEAD and self.received > self.limits.head_bytes:
            self._refuse(431)
        elif self.phase is Phase.BODY and self.received > self.limits.message_bytes:
            self._refuse(413)

    def _start(self, exchange: Exchange) -> None:
        self.current = exchange
        if self.has_ended:
            exchange.leave()
        self.is_starting = True
        waiting = begin(self.app, exchange)
        self.is_starting = False
        if waiting is not None:
            task = self.loop.create_task(waiting)
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    def _advance(self) -> None:
        """Do what has waited: queued requests, a refusal, unparsed bytes, the end. Others get their turn in between."""
        while self._is_free():
            if self.queue:
                self._start(self.queue.popleft())
            elif self.refused:
                self._write_refusal()
                return
            elif self.backlog:
                self.flow.pause_reading()
                piece = bytes(self.backlog[:PIECE])
                del self.backlog[:PIECE]
                self._parse(piece)
                if self.phase is not Phase.BODY:
                    self.loop.call_soon(self._advance)
                    return
            elif self.has_ended:
                self.transport.close()
            else:
                self.flow.resume_reading()
                return

    def _is_free(self) -> bool:
        """Tell whether the next thing may be done."""
        if self.current is not None or self.is_parsing or self.flow.write_paused:
            return False
        return not self.transport.is_closing()

    def _make_scope(self) -> HTTPScope:
        url = httptools.parse_url(self.url)
        path = url.path.decode("ascii")
        return {
            "type": "http",
            "asgi": ASGI_VERSION,
            "http_version": self.parser.get_http_version(),
            "method": self.parser.get_method().decode("ascii"),
            "scheme": self.scheme or "http",
            "path": unquote(path) if "%" in path else path,
            "raw_path": url.path,
            "query_string": url.query or b"",
            "root_path": "",
            "headers": self.headers,
            "client": self.client,
            "server": self.server,
        }

    def _count_head(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _upgrade(self, rest: bytes) -> None:
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
            if name not in (b"upgrade", b"http2-settings"):
                rest_of_it = _without_upgrade(value) if name == b"connection" else value
                head += [name, b": ", rest_of_it, b"\r\n"]
        self.ignores_upgrade, self.has_ignored = False, True
        self.phase = Phase.BETWEEN
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.backlog[:0] = b"".join(head) + b"\r\n" + rest

    def _refuse(self, status: int) -> None:
        """Note that `status` is to be answered once all earlier requests are, and read no more of the connection."""
        if not self.refused:
            self.refused = status
            self.deadline = inf
            self.backlog.clear()

    def _write_refusal(self) -> None:
        """Answer and close in two steps; a close with bytes unread would take the answer back from the client."""
        if self.is_lingering:
            if self.has_ended:
                self.transport.close()
            return
        self.is_lingering = True
        self.transport.write(self.refusals[self.refused])
        if self.has_ended:
            self.transport.close()
            return
        if self.transport.can_write_eof():  # TLS cannot: there the client goes by the answer's length
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
            self._advance()


def _without_upgrade(connection: bytes) -> bytes:
    """Return a Connection header without what belongs to the offer; whether to close belongs to the request."""
    options = [option.strip() for option in connection.split(b",")]
    return b", ".join(option for option in options if option.lower() not in (b"upgrade", b"http2-settings"))
