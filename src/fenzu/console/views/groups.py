"""Groups: the list at the side of the followers, and making, renaming and deleting them."""

import asyncio
from typing import Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.account import live_groups
from fenzu.console.account.live_groups import UNATTENDED, total
from fenzu.console.followers.searching import read_search
from fenzu.console.groups import changes as group_changes
from fenzu.console.web.answers import done, read
from fenzu.console.web.page import desk_of, render, writable_desk_of
from fenzu.errors import FenzuError
from fenzu.mirror import Mirror
from fenzu.model import Group
from fenzu.wire.limits import RESERVED_GROUPS
from fenzu.wire.words import Words


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


class Named(msgspec.Struct, frozen=True):
    """What a form for a group's name sends; `again` where a name that a group has already is meant all the same."""

    name: str
    again: Literal["", "yes"] = ""


async def sidebar(request: Request) -> Sidebar:
    """Return what `groups.html` shows."""
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
    return live_groups.FRESH if is_opened or not desk_of(request).account.is_production else UNATTENDED


async def listed(request: Request) -> Response:
    """The groups alone, to be put in the place of older ones."""
    return render(request, "groups.html", side=await sidebar(request))


async def new(request: Request) -> Response:
    """The form for a new group."""
    desk_of(request).check_may_write()
    return render(request, "groups-new.html")


async def create(request: Request) -> Response:
    """Make a group."""
    desk = writable_desk_of(request)
    wish = await read(request, Named)
    group, warning = await group_changes.create(desk, wish.name, again=bool(wish.again))
    return done(
        request,
        Words(f"The group {group.name} is there.", f"已新建分组“{group.name}”。"),
        warning,
        id=group.id,
    )


async def renaming(request: Request) -> Response:
    """The form for another name."""
    desk = writable_desk_of(request)
    return render(
        request, "groups-rename.html", group=await group_changes.own_group(desk, number_of(request))
    )


async def rename(request: Request) -> Response:
    """Give a group another name."""
    desk = writable_desk_of(request)
    before = await group_changes.own_group(desk, number_of(request))
    wish = await read(request, Named)
    group, warning = await group_changes.rename(desk, before, wish.name, again=bool(wish.again))
    return done(
        request,
        Words(f"{before.name} is called {group.name} now.", f"分组“{before.name}”已改名为“{group.name}”。"),
        warning,
    )


async def deleting(request: Request) -> Response:
    """The question before a group is deleted; it tells how many are in it just now."""
    desk = writable_desk_of(request)
    group = await group_changes.own_group(desk, number_of(request), anew=True)
    return render(request, "groups-delete.html", group=group, trouble=desk.groups.trouble)


async def delete(request: Request) -> Response:
    """Delete a group."""
    desk = writable_desk_of(request)
    group = await group_changes.own_group(desk, number_of(request))
    _, warning = await group_changes.delete(desk, group)
    return done(
        request,
        Words(f"The group {group.name} is deleted.", f"已删除分组“{group.name}”。"),
        warning,
        gone=group.id,
    )


def number_of(request: Request) -> int:
    """Return the group's id that the address holds."""
    number: int = request.path_params["group"]
    return number


ROUTES: tuple[BaseRoute, ...] = (
    Route("/groups", create, methods=["POST"]),
    Route("/groups/list", listed),
    Route("/groups/new", new),
    Route("/groups/{group:int}/rename", renaming),
    Route("/groups/{group:int}/delete", deleting),
    Route("/groups/{group:int}", rename, methods=["PUT"]),
    Route("/groups/{group:int}", delete, methods=["DELETE"]),
)
