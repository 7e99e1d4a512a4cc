"""Filling the mirror from the page: it is started here, and watched like every job."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.account.sync import start_sync
from fenzu.console.web.answers import answer
from fenzu.console.web.page import desk_of
from fenzu.console.web.reader import reader_of


async def sync(request: Request) -> Response:
    """Start a sync."""
    job = await start_sync(desk_of(request))
    return answer(job.told(reader_of(request).language), 202)


ROUTES: tuple[BaseRoute, ...] = (Route("/sync", sync, methods=["POST"]),)
