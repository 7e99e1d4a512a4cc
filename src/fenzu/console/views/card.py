"""A follower's card: what the mirror knows, what the platform says just now; and the remark."""

import asyncio
import time

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.client._check import check_openid
from fenzu.console.account.mirror_notes import tell
from fenzu.console.followers.scenes import scene_words
from fenzu.console.web.answers import done, nothing_here, read
from fenzu.console.web.page import desk_of, render, writable_desk_of
from fenzu.errors import FenzuError, mask
from fenzu.mirror import Mirror, PastMove, Row
from fenzu.model import OpenID
from fenzu.wire.words import Words


class Remark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a follower is to be called."""

    remark: str


def openid_of(request: Request) -> OpenID:
    """Return the openid that the address names."""
    return check_openid(request.path_params["openid"])


async def card(request: Request) -> Response:
    """What the mirror knows of somebody."""
    desk, openid = desk_of(request), openid_of(request)
    mirrors = await desk.mirrors()
    groups, (row, history, since) = await asyncio.gather(
        desk.groups.list(), asyncio.to_thread(_look, mirrors.read, openid)
    )
    if row is None:
        raise nothing_here()
    return render(
        request,
        "card.html",
        row=row,
        history=history,
        kept_since=None if since is None or since <= (row.subscribed_at or 0) else since,
        names={int(group.id): group.name for group in groups},
    )


async def live(request: Request) -> Response:
    """What the platform says of somebody just now; the mirror learns it too."""
    desk, openid = desk_of(request), openid_of(request)
    at = time.time()
    try:
        profile = await desk.client.followers.get(openid)
    except FenzuError as error:
        return render(request, "card-live.html", profile=None, error=error, scene=None, openid=openid)
    mirrors = await desk.mirrors()
    await asyncio.to_thread(mirrors.write.learn, [profile], at)
    names = {group.id: group.name for group in await desk.groups.list()}
    scene = scene_words(profile.subscribe_scene) if profile.subscribe_scene else None
    return render(
        request, "card-live.html", profile=profile, error=None, scene=scene, openid=openid, names=names
    )


async def remark(request: Request) -> Response:
    """Give somebody another remark."""
    desk = writable_desk_of(request)
    openid = openid_of(request)
    text = (await read(request, Remark)).remark.strip()
    await desk.client.followers.remark(openid, text)
    at = time.time()
    warning = await tell(desk, lambda mirror: mirror.remarked(openid, text, at))
    words = warning or Words(f"Remark of {mask(openid)} saved", f"已保存 {mask(openid)} 的备注")
    return done(request, words, remark=text)


def _look(mirror: Mirror, openid: OpenID) -> tuple[Row | None, list[PastMove], float | None]:
    return mirror.find([openid]).get(openid), mirror.history(openid), mirror.moves_since


ROUTES: tuple[BaseRoute, ...] = (
    Route("/followers/{openid}", card),
    Route("/followers/{openid}/live", live),
    Route("/followers/{openid}/remark", remark, methods=["PUT"]),
)
