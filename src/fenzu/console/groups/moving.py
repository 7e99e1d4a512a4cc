"""Moving followers into a group: a few at once, more by a plan that has a page of its own."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

import msgspec

from fenzu.console.account.desk import Desk
from fenzu.console.addresses import wait_address
from fenzu.console.followers.moves import AT_ONCE, Moved, move
from fenzu.console.regroup.plan_steps import PlannedAt, tell
from fenzu.console.regroup.planning import plan_move
from fenzu.errors import UsageError
from fenzu.mirror import Query
from fenzu.wire.words import Words

Kind: TypeAlias = Literal["move", "merge"]
"""The kinds of jobs that make such a plan: of who is selected, or of a group."""
PATIENCE_SECONDS = 1.0
"""A plan of some thousands is there sooner; a larger one is waited for on a page of its own."""


class Planning(msgspec.Struct, frozen=True):
    """Where a plan is; or, while it is made, where it is waited for."""

    go: str
    waits: bool


async def move_or_plan(
    desk: Desk,
    to: int,
    whom: Sequence[str] | Query,
    about: Callable[[int], Words],
    *,
    kind: Kind,
    nobody: UsageError,
    asks_first: bool = False,
) -> Moved | Planning:
    """Move up to fifty and return what became of them; of more a plan is made, and it is returned where that is.

    `whom` are openids, or a query that all of them match. `about` says what the plan of so many is for. Raises
    `nobody` where there is none to move. With `asks_first` nobody is moved at once where some are in the blacklist.
    Whoever asks again for what is being planned gets that, unless it is being stopped.
    """
    subject = hashlib.sha256(msgspec.json.encode((to, whom))).hexdigest()
    running = await desk.jobs.going_on(kind, subject)
    if running is None:
        openids = await _first(desk, whom) if isinstance(whom, Query) else list(dict.fromkeys(whom))
        if not openids:
            raise nobody
        if len(openids) <= AT_ONCE:
            return await move(desk, openids, to, asks_first=asks_first)
        whom = whom if isinstance(whom, Query) else openids
        running = desk.jobs.start(kind, subject, plan_move(desk, to, whom, about), tell)
    await running.wait(PATIENCE_SECONDS)
    planned = running.heard(PlannedAt)
    if planned is None:
        return Planning(wait_address(desk.account.name, running.id), waits=True)
    return Planning(planned.address, waits=False)


async def _first(desk: Desk, query: Query) -> list[str]:
    """Return those who match; of more than can be moved at once, one more than that."""
    mirrors = await desk.mirrors()
    found = await desk.scans.run(lambda: mirrors.scan.search(query, order="oldest", limit=AT_ONCE + 1))
    return [row.openid for row in found.rows]
