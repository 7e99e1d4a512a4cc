"""A file of any length as an answer, sent piece by piece, no faster than it is read. Knows no route."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPResponseStartEvent

from fenzu.sandbox.http.exchange import BrokenOff

LINES_TYPE = "application/x-ndjson"
START: HTTPResponseStartEvent = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", LINES_TYPE.encode())],
}


async def send_file(
    pieces: AsyncIterator[bytes], receive: ASGIReceiveCallable, send: ASGISendCallable
) -> None:
    """Send all pieces. A client that leaves before is cut off by a reset, so that nobody takes a part for the whole."""
    await send(START)
    await send({"type": "http.response.body", "body": b"", "more_body": True})
    gone = asyncio.ensure_future(
        _leaving(receive)
    )  # from the first piece on: before, a client has not left yet
    try:
        async with aclosing(pieces):  # type: ignore[type-var]  # it is a generator
            async for piece in pieces:
                if gone.done():
                    raise BrokenOff(reset=True)
                await send({"type": "http.response.body", "body": piece, "more_body": True})
    finally:
        gone.cancel()
        with suppress(asyncio.CancelledError):
            await gone
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _leaving(receive: ASGIReceiveCallable) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass  # the body, which nobody has asked for
