"""Moving up to fifty followers at once, and putting them back. Knows no page.

Who is where is asked before a move: it is that to which somebody is put back, and who is in the group already need not
be moved. The undoing leaves alone whom somebody else has moved meanwhile, and finds out who was moved by a call whose
answer was lost.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from fenzu.console.account.kept_moves import KeptMove
from fenzu.console.followers.sending import Sent, send
from fenzu.console.followers.whereabouts import Whereabouts, ask, ask_well
from fenzu.errors import FenzuError, PlatformBusy, QuotaExceeded, TransportError
from fenzu.wire.limits import BATCH_OPENIDS, BLACKLIST
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.console.account.desk import Desk

AT_ONCE = BATCH_OPENIDS
"""More than these become a plan."""
STOPS_MOVING = (TransportError, PlatformBusy, QuotaExceeded)
"""What the next move would meet too: all moves share the quota of a day."""


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
    doubtful: tuple[str, ...] = ()
    """Those of the failed who may have been moved all the same: an undo finds out."""
    blocked: int = 0
    """So many would come out of the blacklist, which was to be asked about first: nobody was moved."""
    unblocked: int = 0
    """How many of the moved came out of the blacklist."""
    undo: str | None = None
    """By this it can be taken back, or tried again."""
    warnings: tuple[Words, ...] = ()


async def move(desk: "Desk", openids: Sequence[str], to: int, *, asks_first: bool = False) -> Moved:
    """Move up to 50 followers; with `asks_first` nobody where some are in the blacklist.

    Raises the platform's error where nobody at all was moved because of it.
    """
    async with desk.changing:
        where = await ask(desk, openids)
        before = where.groups
        gone = {openid: unfollowed() for openid in openids if openid in before and before[openid] is None}
        # What the mirror says may be old: then all are sent, also who is there by its word.
        there = {openid for openid in openids if before.get(openid) == to and where.refusal is None}
        wanted = [openid for openid in dict.fromkeys(openids) if openid not in gone and openid not in there]
        blocked = {openid for openid in wanted if before.get(openid) == BLACKLIST}
        if asks_first and blocked:
            return Moved(to=to, blocked=len(blocked))
        sent = await send(desk, wanted, to, before)
    if sent.moved or there:
        desk.moves.went_to(to)
    sources = _sources(before, [*sent.moved, *sent.doubtful], to)
    return Moved(
        to=to,
        moved=tuple(sent.moved),
        already=tuple(openid for openid in openids if openid in there),
        failed=gone | sent.failed,
        doubtful=tuple(sent.doubtful),
        unblocked=sum(openid in blocked for openid in sent.moved),
        undo=desk.moves.keep(to, sources) if sources else None,
        warnings=(*_by_mirror(where), *sent.warnings),
    )


async def put_back(desk: "Desk", key: str) -> Moved:
    """Take a move back: all who are still where it put them go to where they were."""
    async with desk.changing:
        kept = desk.moves.take(key)
        try:
            return await _put_back(desk, key, kept)
        except (FenzuError, asyncio.CancelledError):
            if not desk.moves.holds(key):
                desk.moves.keep(kept.to, kept.sources, key)
            raise


async def _put_back(desk: "Desk", key: str, kept: KeptMove) -> Moved:
    where = await ask_well(desk, list(kept.sources))
    still = [openid for openid in kept.sources if where.groups.get(openid) == kept.to]
    failed = {openid: unplaced() for openid in kept.sources if openid not in where.groups}
    moved: list[str] = []
    doubtful: list[str] = []
    warnings = _by_mirror(where)
    stopped: FenzuError | None = None
    for source, some in _by_group(still, kept.sources).items():
        sent = await _send_back(desk, some, source, where.groups, stopped)
        moved += sent.moved
        doubtful += sent.doubtful
        failed |= sent.failed
        warnings += sent.warnings
        stopped = sent.stopped_by
    if failed:
        desk.moves.keep(kept.to, {openid: kept.sources[openid] for openid in failed}, key)
        if not moved:
            raise next(iter(failed.values()))
    return Moved(
        to=None,
        moved=tuple(moved),
        elsewhere=tuple(each for each in kept.sources if each not in still and each not in failed),
        failed=failed,
        doubtful=tuple(doubtful),
        undo=key if failed else None,
        warnings=tuple(dict.fromkeys(warnings)),
    )


async def _send_back(
    desk: "Desk",
    openids: Sequence[str],
    source: int,
    before: Mapping[str, int | None],
    stopped: FenzuError | None,
) -> Sent:
    """Move some to where they were, unless the platform is away already."""
    if stopped is not None:
        return Sent(failed=dict.fromkeys(openids, stopped), stopped_by=stopped)
    try:
        sent = await send(desk, openids, source, before)
    except FenzuError as error:
        sent = Sent(failed=dict.fromkeys(openids, error), stopped_by=error)
    return (
        sent if isinstance(sent.stopped_by, STOPS_MOVING) else msgspec.structs.replace(sent, stopped_by=None)
    )


def _sources(before: Mapping[str, int | None], openids: Iterable[str], to: int) -> dict[str, int]:
    """Return from where those came who were elsewhere, as far as that is known."""
    found = {str(openid): before.get(openid) for openid in openids}
    return {openid: group for openid, group in found.items() if group is not None and group != to}


def _by_mirror(where: Whereabouts) -> tuple[Words, ...]:
    if where.refusal is None:
        return ()
    en, zh = where.refusal.say("en"), where.refusal.say("zh")
    return (
        Words(
            f"in which group they were is told by the mirror, which may be old: {en}",
            f"原来的分组以镜像为准，可能不是最新：{zh}",
        ),
    )


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


def unplaced() -> FenzuError:
    """Tell of somebody of whom nobody knows where they are."""
    return FenzuError(
        Words("nobody can tell in which group they are now", "无法得知目前所在的分组"),
        Words("try again later", "请稍后再试"),
    )
