"""The first page of an account: its groups, and who follows."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.page import desk_of, render
from fenzu.console.views.groups import sidebar
from fenzu.console.views.sync import KIND, start_sync


async def followers(request: Request) -> Response:
    """Groups at the left, followers at the right."""
    desk = desk_of(request)
    mirrors = await desk.mirrors()
    side, known = await asyncio.gather(sidebar(request), asyncio.to_thread(lambda: mirrors.read.followers))
    job = desk.jobs.running(KIND)
    if not known and desk.jobs.last(KIND) is None and not desk.account.is_production:
        job = await start_sync(desk)  # a sandbox's calls cost nobody anything
    return render(
        request,
        "followers.html",
        followers=known,
        job=job,
        side=side,
    )


ROUTES: tuple[BaseRoute, ...] = (Route("/", followers),)
