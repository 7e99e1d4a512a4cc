"""Telling a page by server-sent events, for as long as it looks and the console is there."""

import asyncio
from collections.abc import AsyncIterator

import anyio
from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import Response


def streaming(request: Request, messages: AsyncIterator[dict[str, str]]) -> Response:
    """Return messages as server-sent events that end with the console."""
    return EventSourceResponse(until(request.app.state.is_ending, messages), ping=15)


async def until(
    ending: anyio.Event, messages: AsyncIterator[dict[str, str]]
) -> AsyncIterator[dict[str, str]]:
    """Yield messages until there are no more, or the console ends: a page that watches must not hold it up."""
    end = asyncio.ensure_future(ending.wait())
    try:
        while not end.done():
            coming = asyncio.ensure_future(anext(messages, None))
            try:
                await asyncio.wait([coming, end], return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not coming.done():
                    coming.cancel()
                    await asyncio.wait([coming])
            message = None if coming.cancelled() else coming.result()
            if message is None:
                return
            yield message
    finally:
        end.cancel()
