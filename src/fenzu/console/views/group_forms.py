"""Making, renaming and deleting groups: the forms, and what was done."""

from typing import Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.groups import changes as group_changes
from fenzu.console.web.answers import done, read
from fenzu.console.web.page import desk_of, render, writable_desk_of
from fenzu.wire.words import Words


class GroupName(msgspec.Struct, frozen=True):
    """What a form for a group's name sends; `again` where a name that a group has already is meant all the same."""

    name: str
    again: Literal["", "yes"] = ""


async def new(request: Request) -> Response:
    """The form for a new group."""
    desk_of(request).check_may_write()
    return render(request, "groups-new.html")


async def create(request: Request) -> Response:
    """Make a group."""
    desk = writable_desk_of(request)
    wish = await read(request, GroupName)
    group, warning = await group_changes.create(desk, wish.name, again=bool(wish.again))
    return done(
        request,
        Words(f"Created group {group.name}.", f"已新建分组“{group.name}”。"),
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
    wish = await read(request, GroupName)
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
    Route("/groups/new", new),
    Route("/groups/{group:int}/rename", renaming),
    Route("/groups/{group:int}/delete", deleting),
    Route("/groups/{group:int}", rename, methods=["PUT"]),
    Route("/groups/{group:int}", delete, methods=["DELETE"]),
)
