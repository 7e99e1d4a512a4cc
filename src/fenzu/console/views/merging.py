"""Merging a group into another: the form, and what became of it. Undoing it is undoing the move."""

from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.addresses import address_of
from fenzu.console.followers.move_words import problems, result_words
from fenzu.console.groups.changes import known_group, own_group
from fenzu.console.groups.merging import merge, outlook
from fenzu.console.groups.moving import Planning
from fenzu.console.views.group_forms import number_of
from fenzu.console.web.answers import answer, done, read
from fenzu.console.web.page import render, writable_desk_of
from fenzu.console.web.reader import reader_of
from fenzu.wire.words import Words

UNDO = Words("Undo", "撤销")


class Into(msgspec.Struct, frozen=True):
    """What the form for merging sends: a group's id, as fields of forms are."""

    to: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,18}$")]


async def merging(request: Request) -> Response:
    """The form that asks into which group this one goes; it tells how many would move, and how."""
    desk = writable_desk_of(request)
    group = await own_group(desk, number_of(request))
    return render(request, "groups-merge.html", group=group, outlook=await outlook(desk, group))


async def merge_into(request: Request) -> Response:
    """Move all of a group into another one, or make the plan for that and tell where it is."""
    desk = writable_desk_of(request)
    source = await own_group(desk, number_of(request))
    target = await known_group(desk, int((await read(request, Into)).to))
    result = await merge(desk, source, target)
    if isinstance(result, Planning):
        return answer(result)
    language, here = reader_of(request).language, address_of(desk.account.name)
    left = await desk.groups.get(source.id)
    return done(
        request,
        result_words(result, target.name),
        problems=[problem.say(language) for problem in problems(result)],
        undo=result.undo and f"{here}/moves/{result.undo}/undo",
        undo_name=UNDO.say(language),
        form=f"{here}/groups/{source.id}/delete" if left is not None and not left.count else None,
    )


ROUTES: tuple[BaseRoute, ...] = (
    Route("/groups/{group:int}/merge", merging),
    Route("/groups/{group:int}/merge", merge_into, methods=["POST"]),
)
