"""Server-sent events: how they are written, and sent for as long as somebody reads them. Knows no route.

Whoever reads slowly makes the source wait, and one that reads nothing is let go by the connection: nothing piles up.
"""

import asyncio
from collections.abc import AsyncIterator

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPResponseStartEvent

LAST_EVENT_ID = b"last-event-id"
KEEP_ALIVE_SECONDS = 15.0
KEEP_ALIVE = b": nothing new\n\n"
HELLO = b": ready\n\n"
"""So that whoever asked knows at once that the stream has begun."""
START: HTTPResponseStartEvent = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")],
}


def event(name: str, number: int, data: bytes) -> bytes:
    """Return an event; `data` is JSON, so it has no line break."""
    return b"event: %b\nid: %d\ndata: %b\n\n" % (name.encode(), number, data)


async def send_events(
    events: AsyncIterator[bytes], receive: ASGIReceiveCallable, send: ASGISendCallable
) -> None:
    """Send events until there are no more, the client leaves or the port closes."""
    await send(START)
    await send({"type": "http.response.body", "body": HELLO, "more_body": True})
    gone = asyncio.ensure_future(_leaving(receive))
    coming = asyncio.ensure_future(_next(events))
    try:
        while not gone.done():
            await asyncio.wait(
                (gone, coming), timeout=KEEP_ALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            piece = coming.result() if coming.done() else KEEP_ALIVE
            if piece is None or gone.done():
                break
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            if coming.done():
                coming = asyncio.ensure_future(_next(events))
    finally:
        gone.cancel()
        coming.cancel()
        await asyncio.wait((gone, coming))
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _leaving(receive: ASGIReceiveCallable) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass  # the body, which nobody has asked for


async def _next(events: AsyncIterator[bytes]) -> bytes | None:
    return await anext(events, None)
