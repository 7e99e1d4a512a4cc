"""The page of groups: a table of them, and pictures of their sizes and growth."""

import asyncio
from collections.abc import Callable, Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.pictures import areas, bars, timeline
from fenzu.console.views.sidebar import sidebar
from fenzu.console.web.page import desk_of, render
from fenzu.console.web.reader import reader_of
from fenzu.model import Group, GroupID
from fenzu.wire.limits import UNGROUPED
from fenzu.wire.words import Language, Words


async def page(request: Request) -> Response:
    """All groups; the pictures come afterwards, because they may take a moment."""
    return render(request, "groups.html", side=await sidebar(request))


async def pictures(request: Request) -> Response:
    """The pictures; of those in no group, beside whom the others might not be seen, where that is asked for."""
    desk = desk_of(request)
    mirrors = await desk.mirrors()
    groups, sizes, growth = await asyncio.gather(
        desk.groups.list(), asyncio.to_thread(mirrors.read.sizes), desk.growth.get(None)
    )
    has_ungrouped = "ungrouped" in request.query_params

    def is_shown(group_id: int) -> bool:
        return has_ungrouped or group_id != UNGROUPED

    return render(
        request,
        "groups-pictures.html",
        name=naming(groups, reader_of(request).language),
        has_ungrouped=has_ungrouped,
        bars=bars.lay_out(
            (group.id, group.count) for group in groups if group.count is not None and is_shown(group.id)
        ),
        sizes=_drawn(
            timeline.recorded(
                (size.group_id, size.day, size.followers) for size in sizes if is_shown(size.group_id)
            )
        ),
        growth=_drawn(
            timeline.cumulated(
                (month.group_id, month.month, month.followers)
                for month in growth or ()
                if is_shown(month.group_id)
            )
        ),
    )


def _drawn(found: timeline.Timeline | None) -> areas.Areas | None:
    return None if found is None else areas.lay_out(found)


def naming(groups: Iterable[Group], language: Language) -> Callable[[int | None, int], str]:
    """Return what says how a picture calls a group, or so many that have no place of their own in it."""
    names = {group.id: group.name for group in groups}

    def name(group_id: int | None, others: int = 1) -> str:
        if group_id is None:
            return Words(f"{others} others", f"其他 {others} 个分组").say(language)
        return names.get(GroupID(group_id)) or Words(f"group {group_id}", f"分组 {group_id}").say(language)

    return name


ROUTES: tuple[BaseRoute, ...] = (Route("/groups", page), Route("/groups/pictures", pictures))
