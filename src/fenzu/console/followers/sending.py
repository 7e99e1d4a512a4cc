"""One call that moves up to fifty followers to a group, and who is told of it: the mirror and the counts.

An answer that was lost leaves nobody's place known: the mirror says so, and the groups are asked for anew.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from fenzu.client._retry import is_maybe_done
from fenzu.console.account.mirror_notes import tell
from fenzu.errors import FenzuError, UnknownGroup
from fenzu.mirror import Mirror
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.console.account.desk import Desk


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What became of those who were sent to one group."""

    moved: Sequence[str] = ()
    failed: dict[str, FenzuError] = {}
    doubtful: Sequence[str] = ()
    stopped_by: FenzuError | None = None
    warnings: tuple[Words, ...] = ()


async def send(desk: "Desk", openids: Sequence[str], to: int, before: Mapping[str, int | None]) -> Sent:
    """Move, and tell the mirror and the counts. Raises what stopped it where that left everybody where they were."""
    if not openids:
        return Sent()
    with desk.groups.changing():
        try:
            result = await desk.client.groups.move_many(openids, to=to)
        except asyncio.CancelledError:
            desk.groups.forget()
            await _tell(desk, Sent(doubtful=openids), to)
            raise
        doubtful = [openid for openid, error in result.failed.items() if is_maybe_done(error)]
        if doubtful or isinstance(result.stopped_by, UnknownGroup):
            desk.groups.forget()
        if result.stopped_by is not None and not result.moved and not doubtful:
            raise result.stopped_by
        changes = Counter({to: len(result.moved)})
        changes.subtract(group for openid in result.moved if (group := before.get(openid)) is not None)
        desk.groups.moved(changes)
    failed = dict(result.failed)
    if result.stopped_by is not None:
        failed.update(dict.fromkeys(result.not_tried, result.stopped_by))
    sent = Sent(moved=result.moved, failed=failed, doubtful=doubtful, stopped_by=result.stopped_by)
    return msgspec.structs.replace(sent, warnings=await _tell(desk, sent, to))


async def _tell(desk: "Desk", sent: Sent, to: int) -> tuple[Words, ...]:
    """Tell the mirror who was moved, and of whom nobody knows it; return what to warn of."""
    at = time.time()  # not before: what a sync has asked meanwhile is older

    def note(mirror: Mirror) -> None:
        with mirror.transaction():
            if sent.moved:
                mirror.moved(sent.moved, to, at)
            if sent.doubtful:
                mirror.doubted(sent.doubtful, at)

    warning = await tell(desk, note)
    return () if warning is None else (warning,)
