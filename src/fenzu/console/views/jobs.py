"""Watching what is at work, and stopping it."""

from collections.abc import AsyncIterator

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.account.jobs import Job
from fenzu.console.web.answers import answer, nothing_here
from fenzu.console.web.page import desk_of
from fenzu.console.web.reader import reader_of
from fenzu.console.web.streaming import streaming
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
