"""Moving followers into a group: a few at once, more by a plan that has a page of its own."""

from collections.abc import Callable, Sequence

from fenzu.console.account.desk import Desk
from fenzu.console.followers.moves import AT_ONCE, Moved, move
from fenzu.console.regroup.planning import plan_move
from fenzu.errors import UsageError
from fenzu.mirror import Query
from fenzu.wire.words import Words


async def move_or_plan(
    desk: Desk,
    to: int,
    whom: Sequence[str] | Query,
    about: Callable[[int], Words],
    *,
    nobody: UsageError,
    asks_first: bool = False,
) -> Moved | str:
    """Move up to fifty and return what became of them; of more return the address of the plan.

    `whom` are openids, or a query that all of them match. `about` says what the plan of so many is for. Raises
    `nobody` where there is none to move. With `asks_first` nobody is moved at once where some are in the blacklist.
    """
    openids = await _first(desk, whom) if isinstance(whom, Query) else list(dict.fromkeys(whom))
    if not openids:
        raise nobody
    if len(openids) <= AT_ONCE:
        return await move(desk, openids, to, asks_first=asks_first)
    if not isinstance(whom, Query):
        return await plan_move(desk, to, openids, about(len(openids)))
    mirrors = await desk.mirrors()
    n = await desk.scans.run(lambda: mirrors.scan.count(whom))
    return await plan_move(desk, to, whom, about(n))


async def _first(desk: Desk, query: Query) -> list[str]:
    """Return those who match; of more than can be moved at once, one more than that."""
    mirrors = await desk.mirrors()
    found = await desk.scans.run(lambda: mirrors.scan.search(query, order="oldest", limit=AT_ONCE + 1))
    return [row.openid for row in found.rows]
