"""A connection without a socket: bytes go in, bytes come out, and the clock is a number."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from uvicorn._types import ASGI3Application, HTTPScope
from uvicorn.server import ServerState

from fenzu.sandbox.calls.app import Answering, make_app
from fenzu.sandbox.calls.call import Call
from fenzu.sandbox.http.hosts import Hosts
from fenzu.sandbox.http.limits import Limits
from fenzu.sandbox.http.listen import configure
from fenzu.sandbox.http.protocol import LimitedProtocol, any_body
from fenzu.sandbox.log.memory import RequestLog

Answer = Callable[[str, str, bytes], bytes | Awaitable[bytes]]


class Echo:
    """A platform that answers what it was asked; what is asked for /slow waits for `gate`."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.request_log = RequestLog(lambda: 0.0, lambda _appid: "")
        self.asked: list[tuple[str, str, bytes, bytes, str]] = []

    def answer(self, call: Call, /) -> bytes | Awaitable[bytes]:
        self.asked.append((call.method, call.path, call.query, call.body, call.client_ip))
        if call.path == "/fault":
            raise ZeroDivisionError
        answer = b"%s %s %d" % (call.method.encode(), call.path.encode(), len(call.body))
        return self._later(answer) if call.path == "/slow" else answer

    def busy(self) -> bytes:
        return b'{"errcode":-1,"errmsg":"system error"}'

    async def _later(self, answer: bytes) -> bytes:
        await self.gate.wait()
        return answer


class Wire(asyncio.Transport):
    """The transport that a protocol writes to; it remembers."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = bytearray()
        self.reading = True
        self.closed = self.aborted = self.half_closed = False

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ["127.0.0.1", 50000] if name == "peername" else default

    def get_write_buffer_size(self) -> int:
        return 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.half_closed, "written after the end"
        self.sent += data

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.half_closed = True

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = self.aborted = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


class Tap:
    """One connection under test. `send` returns what was answered since the last time."""

    def __init__(
        self,
        limits: Limits | None = None,
        takes_body: Callable[[HTTPScope], bool] = any_body,
        platform: Answering | None = None,
        app: ASGI3Application | None = None,
        hosts: Hosts | None = None,
        protocol: type[LimitedProtocol] = LimitedProtocol,
    ) -> None:
        self.platform = Echo()
        self.limits = limits or Limits()
        self.wire = Wire()
        self.state = ServerState()
        self.protocol = protocol(
            configure(app or make_app(platform or self.platform)),
            self.state,
            {},
            limits=self.limits,
            takes_body=takes_body,
            hosts=hosts,
        )
        self.protocol.connection_made(self.wire)
        self._waiting = bytearray()

    async def send(self, *pieces: bytes) -> bytes:
        """Send the pieces as the network would: nothing arrives while reading is paused."""
        self._waiting += b"".join(pieces)
        for piece in pieces:
            await self._deliver(len(piece))
        return await self.read()

    async def _deliver(self, size: int) -> None:
        for _ in range(100_000):
            if self.wire.closed or not self._waiting:
                return
            if self.wire.reading:
                piece = bytes(self._waiting[:size])
                del self._waiting[:size]
                self.protocol.data_received(piece)
                return
            await asyncio.sleep(0)

    async def end(self) -> bytes:
        """Half-close, as a client does that has said everything."""
        if not self.protocol.eof_received():
            self.wire.close()
        return await self.read()

    async def read(self) -> bytes:
        """Let the server work, and return what it sent."""
        for _ in range(50):
            await asyncio.sleep(0)
        sent = bytes(self.wire.sent)
        self.wire.sent.clear()
        return sent

    async def pass_time(self, seconds: float) -> bytes:
        """Look at the deadlines as the sweeper will in `seconds`."""
        self.protocol.check(asyncio.get_running_loop().time() + seconds)
        return await self.read()
