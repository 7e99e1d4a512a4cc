"""Answers that come in pieces, without a socket: how they are framed, how fast they go, and when they end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.unit.sandbox.http.wire_tap import Tap

from fenzu.sandbox.control.files import send_file

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\na: b\r\n"


class Source:
    """An application that sends what the test gives it, piece by piece, until there is a None or nobody waits."""

    def __init__(self) -> None:
        self.pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.sent = 0
        self.ended = 0

    def give(self, *pieces: bytes | None) -> None:
        for piece in pieces:
            self.pieces.put_nowait(piece)

    async def app(self, _scope: object, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        gone = asyncio.ensure_future(receive())
        while not gone.done():
            coming = asyncio.ensure_future(self.pieces.get())
            await asyncio.wait((gone, coming), return_when=asyncio.FIRST_COMPLETED)
            if not coming.done() or (piece := coming.result()) is None:
                coming.cancel()
                break
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            self.sent += 1
        gone.cancel()
        await send({"type": "http.response.body", "body": b"end", "more_body": False})
        self.ended += 1


def connected() -> tuple[Tap, Source]:
    """A connection, and what its requests are answered by."""
    source = Source()
    return Tap(app=source.app), source


async def test_pieces_go_out_as_they_come() -> None:
    """The head is sent before there is anything to tell, each piece as a chunk, and then the connection goes on."""
    tap, source = connected()
    assert await tap.send(GET) == HEAD + b"transfer-encoding: chunked\r\n\r\n"
    source.give(b"hello, world")
    assert await tap.read() == b"c\r\nhello, world\r\n"
    source.give(b"", None)
    assert await tap.read() == b"3\r\nend\r\n0\r\n\r\n"
    source.give(None)
    assert (await tap.send(GET)).endswith(b"3\r\nend\r\n0\r\n\r\n")
    assert not tap.wire.closed


async def test_requests_behind_it_wait_for_its_end() -> None:
    """A pipelined request is answered after the last piece, not between two."""
    tap, source = connected()
    assert (await tap.send(GET + GET)).count(b"HTTP/1.1 200") == 1
    source.give(None, b"second", None)
    assert (await tap.read()).endswith(b"6\r\nsecond\r\n3\r\nend\r\n0\r\n\r\n")
    assert source.ended == 2


async def test_an_old_client_reads_up_to_the_close() -> None:
    """HTTP/1.0 knows no chunks: the pieces come bare, and the close tells the end."""
    tap, source = connected()
    source.give(b"hello", None)
    assert await tap.send(b"GET /a HTTP/1.0\r\n\r\n") == HEAD + b"connection: close\r\n\r\nhelloend"
    assert tap.wire.closed


async def test_head_has_no_pieces() -> None:
    """HEAD gets the head alone, and the application hears that nobody waits for more."""
    tap, source = connected()
    answer = await tap.send(b"HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer == HEAD + b"transfer-encoding: chunked\r\n\r\n"
    assert (source.ended, tap.wire.closed) == (1, False)


async def test_no_piece_goes_out_before_the_last_is_taken() -> None:
    """While the client does not read, the application waits: nothing piles up in memory."""
    tap, source = connected()
    await tap.send(GET)
    tap.protocol.pause_writing()
    source.give(b"a", b"b", b"c")
    assert await tap.read() == b"1\r\na\r\n"
    tap.protocol.resume_writing()
    assert await tap.read() == b"1\r\nb\r\n1\r\nc\r\n"


async def test_a_client_that_stops_reading_is_dropped() -> None:
    """A stream that nobody reads ends like every answer that nobody reads."""
    tap, source = connected()
    await tap.send(GET)
    tap.protocol.pause_writing()
    source.give(b"a")
    await tap.read()
    await tap.pass_time(tap.limits.answer_seconds + 1)
    assert tap.wire.aborted
    tap.protocol.connection_lost(None)
    await tap.read()
    assert (source.ended, len(tap.state.tasks)) == (1, 0)


@pytest.mark.parametrize("how", ["lost", "half-closed"])
async def test_the_application_hears_that_the_client_has_left(how: str) -> None:
    """A client that goes away, or says that it has nothing more to say, ends its stream at once."""
    tap, source = connected()
    await tap.send(GET)
    if how == "lost":
        tap.protocol.connection_lost(None)
        await tap.read()
    else:
        assert await tap.end() == b"3\r\nend\r\n0\r\n\r\n"
        assert tap.wire.closed
    assert (source.ended, len(tap.state.tasks)) == (1, 0)


@pytest.mark.parametrize("reads", [True, False])
async def test_a_port_that_closes_ends_its_streams(reads: bool) -> None:
    """No stream keeps a sandbox from ending, be it read or not."""
    tap, source = connected()
    await tap.send(GET)
    if not reads:
        tap.protocol.pause_writing()
        source.give(b"a")
        await tap.read()
    tap.protocol.shutdown()
    if not reads:
        tap.protocol.connection_lost(None)  # the transport tells, once it is aborted
    await tap.read()
    assert tap.wire.closed
    assert tap.wire.aborted is not reads
    assert (source.ended, len(tap.state.tasks)) == (1, 0)


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
async def test_a_file_that_nobody_waits_for_ends_its_connection(version: bytes) -> None:
    """A client that leaves in mid-file leaves no connection behind, and no part that looks like the whole."""
    pieces: asyncio.Queue[bytes] = asyncio.Queue()

    async def source() -> AsyncIterator[bytes]:
        while True:
            yield await pieces.get()

    async def app(_scope: object, receive: Any, send: Any) -> None:
        await receive()
        await send_file(source(), receive, send)

    tap = Tap(app=app)
    pieces.put_nowait(b"first")
    assert b"first" in await tap.send(b"GET /a HTTP/%b\r\nHost: x\r\n\r\n" % version)
    assert await tap.end() == b""
    pieces.put_nowait(b"second")
    assert await tap.read() == b""
    assert tap.wire.aborted
    assert not tap.state.tasks
