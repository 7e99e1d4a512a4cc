"""Moving up to fifty followers at once, and putting them back. Knows no page and no words.

Who is where is asked before a move: it is that to which somebody is put back, and who is in the group already need not
be moved. The undoing leaves alone whom somebody else has moved meanwhile.
"""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from fenzu.errors import (
    ApiError,
    FenzuError,
    PlatformBusy,
    QuotaExceeded,
    TransportError,
    UnknownGroup,
)
from fenzu.model import OpenID
from fenzu.wire.limits import BATCH_OPENIDS
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.console.desk import Desk

AT_ONCE = BATCH_OPENIDS
"""More than these become a plan."""
AWAY = (TransportError, PlatformBusy, QuotaExceeded)
"""What the next call would meet too."""


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What became of followers who were to be moved; each stands once."""

    to: int | None
    """None where they were put back, each to a group of their own."""
    moved: tuple[str, ...] = ()
    already: tuple[str, ...] = ()
    """Were there before."""
    elsewhere: tuple[str, ...] = ()
    """Were left where somebody else has put them since the move that was to be taken back."""
    failed: dict[str, FenzuError] = {}
    undo: str | None = None
    """By this it can be taken back, or tried again."""


async def move(desk: "Desk", openids: Sequence[str], to: int) -> Moved:
    """Move up to 50 followers. Raises the platform's error where nobody at all was moved because of it."""
    before = await _groups_of(desk, openids)
    gone = {openid: unfollowed() for openid in openids if openid in before and before[openid] is None}
    already = [openid for openid in openids if before.get(openid) == to]
    wanted = [openid for openid in dict.fromkeys(openids) if openid not in gone and before.get(openid) != to]
    moved, failed = await _send(desk, wanted, to, before)
    if moved or already:
        desk.moves.went_to(to)
    sources = {str(openid): group for openid in moved if (group := before.get(openid)) is not None}
    return Moved(
        to=to,
        moved=tuple(moved),
        already=tuple(already),
        failed=gone | failed,
        undo=desk.moves.keep(to, sources) if sources else None,
    )


async def put_back(desk: "Desk", key: str) -> Moved:
    """Take a move back: all who are still where it put them go to where they were."""
    kept = desk.moves.take(key)
    try:
        before = await _groups_of(desk, list(kept.sources))
    except FenzuError:
        desk.moves.keep(kept.to, kept.sources, key)
        raise
    still = [openid for openid in kept.sources if before.get(openid) == kept.to]
    moved: list[str] = []
    failed: dict[str, FenzuError] = {}
    stopped: FenzuError | None = None
    for source, some in _by_group(still, kept.sources).items():
        done, refused, stopped = await _send_back(desk, some, source, before, stopped)
        moved += done
        failed |= refused
    if failed:
        desk.moves.keep(kept.to, {openid: kept.sources[openid] for openid in failed}, key)
        if not moved:
            raise next(iter(failed.values()))
    return Moved(
        to=None,
        moved=tuple(moved),
        elsewhere=tuple(openid for openid in kept.sources if openid not in still),
        failed=failed,
        undo=key if failed else None,
    )


async def _send_back(
    desk: "Desk",
    openids: Sequence[str],
    source: int,
    before: Mapping[str, int | None],
    stopped: FenzuError | None,
) -> tuple[Sequence[str], dict[str, FenzuError], FenzuError | None]:
    """Move some to where they were, unless the platform is away already: that is returned, too."""
    if stopped is not None:
        return [], dict.fromkeys(openids, stopped), stopped
    try:
        moved, failed = await _send(desk, openids, source, before)
    except FenzuError as error:
        return [], dict.fromkeys(openids, error), error if isinstance(error, AWAY) else None
    return moved, failed, None


async def _send(
    desk: "Desk", openids: Sequence[str], to: int, before: Mapping[str, int | None]
) -> tuple[list[OpenID], dict[str, FenzuError]]:
    """Move, and tell the mirror and the counts. Raises what stopped it where that left everybody where they were."""
    if not openids:
        return [], {}
    at = time.time()
    result = await desk.client.groups.move_many(openids, to=to)
    if isinstance(result.stopped_by, UnknownGroup):
        desk.groups.forget()
    if result.stopped_by is not None and not result.moved:
        raise result.stopped_by
    mirrors = await desk.mirrors()
    if result.moved:
        await asyncio.to_thread(mirrors.write.moved, result.moved, to, at)
    changes = Counter({to: len(result.moved)})
    changes.subtract(group for openid in result.moved if (group := before.get(openid)) is not None)
    desk.groups.moved(changes)
    failed = dict(result.failed)
    if result.stopped_by is not None:
        failed.update(dict.fromkeys(result.not_tried, result.stopped_by))
    return result.moved, failed


async def _groups_of(desk: "Desk", openids: Sequence[str]) -> dict[str, int | None]:
    """Return the group of each as the platform says it, None for who does not follow; the mirror is told too.

    Where the platform refuses to tell, the mirror's word counts, and whom it does not know is left out.
    """
    mirrors = await desk.mirrors()
    at = time.time()
    try:
        profiles = await desk.client.followers.get_many(openids)
    except AWAY:
        raise
    except ApiError:
        rows = await asyncio.to_thread(mirrors.read.find, openids)
        return {row.openid: row.group_id for row in rows.values() if row.group_id is not None}
    await asyncio.to_thread(mirrors.write.learn, profiles, at)
    return {
        profile.openid: profile.group_id if profile.subscribe else None
        for profile in profiles
        if not profile.subscribe or profile.group_id is not None
    }


def _by_group(openids: Sequence[str], groups: Mapping[str, int]) -> dict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for openid in openids:
        found[groups[openid]].append(openid)
    return dict(found)


def unfollowed() -> FenzuError:
    """Tell of somebody who has left."""
    return FenzuError(
        Words("does not follow any more", "已取消关注"),
        Words("read who follows again", "请重新读取粉丝"),
    )
