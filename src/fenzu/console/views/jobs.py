"""Watching what is at work, and stopping it."""

import asyncio
from collections.abc import AsyncIterator

import anyio
import msgspec
from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.account.jobs import Job
from fenzu.console.web.answers import answer, nothing_here
from fenzu.console.web.page import desk_of
from fenzu.console.web.reader import reader_of
from fenzu.wire.words import Language


def job_of(request: Request) -> Job:
    """Return the job that the address names."""
    job = desk_of(request).jobs.get(request.path_params["job"])
    if job is None:
        raise nothing_here()
    return job


async def events(request: Request) -> Response:
    """How a job stands, at once and after each change, as server-sent events; the last one tells how it ended."""
    return streaming(request, _told(job_of(request), reader_of(request).language))


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


async def _told(job: Job, language: Language) -> AsyncIterator[dict[str, str]]:
    async for told in job.watch(language):
        yield {"data": msgspec.json.encode(told).decode()}


async def stop(request: Request) -> Response:
    """End a job early; what was under way is written down first."""
    job = job_of(request)
    await job.stop()
    return answer(job.told(reader_of(request).language))


ROUTES: tuple[BaseRoute, ...] = (
    Route("/jobs/{job}/events", events),
    Route("/jobs/{job}/stop", stop, methods=["POST"]),
)
