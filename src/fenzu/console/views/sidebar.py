"""The groups at the side of the followers, as they are now."""

import asyncio

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.account import live_groups
from fenzu.console.account.live_groups import UNATTENDED_SECONDS, total
from fenzu.console.followers.searching import read_search
from fenzu.console.web.page import desk_of, render
from fenzu.errors import FenzuError
from fenzu.mirror import Mirror
from fenzu.model import Group
from fenzu.wire.limits import RESERVED_GROUPS


class Sidebar(msgspec.Struct, frozen=True, kw_only=True):
    """The groups beside the followers: in their usual order, the platform's own first."""

    reserved: tuple[Group, ...]
    own: tuple[Group, ...]
    everybody: int | None
    """None while nobody has read how many follow."""
    current: int | None
    """The group that is looked at."""
    trouble: FenzuError | None
    is_awaited: bool


async def sidebar(request: Request) -> Sidebar:
    """Return what `sidebar.html` shows."""
    desk = desk_of(request)
    groups = await desk.groups.list(fresh=_good_for(request))
    everybody = total(groups)
    if everybody is None:
        mirrors = await desk.mirrors()
        everybody = await asyncio.to_thread(followers_of, mirrors.read)
    return Sidebar(
        reserved=tuple(group for group in groups if group.id in RESERVED_GROUPS),
        own=tuple(group for group in groups if group.id not in RESERVED_GROUPS),
        everybody=everybody,
        current=read_search(request.query_params).group,
        trouble=desk.groups.trouble,
        is_awaited=desk.groups.is_awaited,
    )


def followers_of(mirror: Mirror) -> int | None:
    """Return how many follow; None before a sync has listed them."""
    sync = mirror.last_sync
    has_read = sync is not None and (sync.stage != "pages" or mirror.is_complete)
    return mirror.followers if has_read else None


def _good_for(request: Request) -> float:
    """Return how old a list may be: of a real account older where no person has asked for a page, but a module."""
    is_opened = request.headers.get("sec-fetch-mode", "navigate") == "navigate"
    return (
        live_groups.FRESH_SECONDS
        if is_opened or not desk_of(request).account.is_production
        else UNATTENDED_SECONDS
    )


async def listed(request: Request) -> Response:
    """The groups alone, to be put in the place of older ones."""
    return render(request, "sidebar.html", side=await sidebar(request))


ROUTES: tuple[BaseRoute, ...] = (Route("/groups/list", listed),)
