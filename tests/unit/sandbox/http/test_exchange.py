"""Requests and answers as an application sees them: with and without waiting, and when it breaks down."""

import asyncio
from typing import Any

import pytest
from uvicorn._types import ASGI3Application

from fenzu.sandbox.http.exchange import BrokenOff, Exchange, begin


class Sink:
    """A connection that keeps what it is given."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.failed = 0
        self.broken_off: list[tuple[bytes, bool]] = []

    def finish(self, _exchange: Exchange, answer: bytes, /) -> None:
        self.answers.append(answer)

    async def write(self, _exchange: Exchange, piece: bytes, /) -> None:
        self.answers.append(piece)

    def fail(self) -> None:
        self.failed += 1

    def break_off(self, _exchange: Exchange, part: bytes, /, *, reset: bool) -> None:
        self.broken_off.append((part, reset))


def exchange(sink: Sink, *, keep_alive: bool = True) -> Exchange:
    scope: Any = {"type": "http", "method": "POST"}
    return Exchange(sink, scope, b"body", keep_alive=keep_alive)


def application(*pauses: "asyncio.Future[int]", fail: bool = False) -> ASGI3Application:
    """An application that waits for `pauses` in turn, and then answers or fails."""

    async def app(_scope: object, receive: Any, send: Any) -> None:
        total = sum([await pause for pause in pauses])
        await asyncio.sleep(0) if pauses else None
        if fail:
            raise ZeroDivisionError
        body = (await receive())["body"] + b"%d" % total
        await send({"type": "http.response.start", "status": 201, "headers": [(b"a", b"b")]})
        await send({"type": "http.response.body", "body": body})

    return app


async def test_an_answer_that_is_there_needs_no_task() -> None:
    """An application that does not wait has answered when `begin` returns."""
    sink = Sink()
    assert begin(application(), exchange(sink)) is None
    assert sink.answers == [b"HTTP/1.1 201 Created\r\na: b\r\n\r\nbody0"]


async def test_an_answer_that_waits_goes_on_where_it_was() -> None:
    """Futures that are done, to come, or refused are awaited as in any task."""
    loop = asyncio.get_running_loop()
    first, second = loop.create_future(), loop.create_future()
    sink = Sink()
    waiting = begin(application(first, second), exchange(sink, keep_alive=False))
    assert waiting is not None
    first.set_result(3)
    task = loop.create_task(waiting)
    loop.call_soon(second.set_result, 4)
    await task
    assert sink.answers == [b"HTTP/1.1 201 Created\r\na: b\r\nconnection: close\r\n\r\nbody7"]


async def test_an_application_that_breaks_down_closes_its_connection(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """At once or after a wait: the trace is shown, the connection told."""
    loop = asyncio.get_running_loop()
    sink, pause = Sink(), loop.create_future()
    assert begin(application(fail=True), exchange(sink)) is None
    waiting = begin(application(pause), exchange(sink))
    assert waiting is not None
    pause.set_exception(KeyError("lost"))
    await waiting
    assert (sink.failed, sink.answers) == (2, [])
    shown = capsys.readouterr().err
    assert "ZeroDivisionError" in shown
    assert "KeyError: 'lost'" in shown


async def test_a_cancelled_answer_is_cancelled() -> None:
    """Ending the sandbox ends what still waits."""
    loop = asyncio.get_running_loop()
    sink = Sink()
    waiting = begin(application(loop.create_future()), exchange(sink))
    assert waiting is not None
    task = loop.create_task(waiting)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (sink.failed, sink.answers) == (0, [])


async def test_the_body_is_given_once() -> None:
    """Who asks again hears that nothing more will come."""
    one = exchange(Sink())
    assert await one.receive() == {"type": "http.request", "body": b"body", "more_body": False}
    assert await one.receive() == {"type": "http.disconnect"}


@pytest.mark.parametrize("waits", [False, True])
async def test_an_application_may_break_off(waits: bool) -> None:
    """At once or after a wait, before or in its answer: the connection is told what to send and how to end."""
    loop = asyncio.get_running_loop()
    sink = Sink()
    pauses: list[asyncio.Future[int]] = [loop.create_future(), loop.create_future()]

    def broken(end: BrokenOff, *, begun: bool) -> ASGI3Application:
        async def app(_scope: object, _receive: Any, send: Any) -> None:
            if waits:
                await pauses[begun]
            if begun:
                await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
            raise end

        return app

    waiting = [
        begin(broken(BrokenOff(), begun=False), exchange(sink)),
        begin(broken(BrokenOff(b"half", reset=True), begun=True), exchange(sink)),
    ]
    for pause, rest in zip(pauses, waiting, strict=True):
        pause.set_result(0)
        if rest is not None:
            await rest
    assert sink.broken_off == [(b"", False), (b"HTTP/1.1 200 OK\r\na: b\r\n\r\nhalf", True)]
    assert (sink.failed, sink.answers) == (0, [])
