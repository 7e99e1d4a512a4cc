"""From a wish to a plan that is kept, and has a page of its own. What a plan holds, the engine decides."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from fenzu.console.account.desk import Desk
from fenzu.console.addresses import run_address
from fenzu.console.regroup.plan_files import SUFFIX, PlanNote, discard, save_run
from fenzu.console.regroup.plan_steps import COMPARING, SAVING, PlannedAt, Step
from fenzu.mirror import Mirror, Query
from fenzu.regroup._asking.present import Asking
from fenzu.threads import to_the_end
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.regroup import Planned
    from fenzu.regroup._planned import Wanted
    from fenzu.regroup._wishes import Wishes

FINDING = Words("Finding whom that means", "正在查找符合条件的粉丝")


async def plan_move(
    desk: Desk, to: int, whom: Sequence[str] | Query, about: Callable[[int], Words]
) -> AsyncGenerator[object, None]:
    """Plan that these followers go into a group, and keep the plan; tells its steps, and last where the plan is.

    `whom` are openids, or a query that all of them match. `about` says in a few words what the plan of so many is for.
    Changes nothing at the platform. Raises `UsageError` where there is no such group, `StoreError` where nobody is
    known yet.
    """
    from fenzu.regroup._planned import Wanted

    yield Step(FINDING)
    mirrors = await desk.mirrors()
    wishes, words = await desk.scans.run(partial(_wishes, mirrors.scan, to, whom, about))
    yield Step(COMPARING)
    planned = await compare(desk, wishes, Wanted())
    planned.check()
    yield Step(SAVING)
    yield PlannedAt(run_address(desk.account.name, await keep(desk, planned, "move", PlanNote(about=words))))


async def compare(desk: Desk, wishes: "Wishes", wanted: "Wanted") -> "Planned":
    """Make the plan against the groups as they are now, and the mirror; it takes no thread that pages wait for."""
    from fenzu.regroup._planned import plan_wishes

    mirrors = await desk.mirrors()
    asking = Asking(desk.client.directory, work=desk.scans.run)
    return await plan_wishes(wishes, asking, mirrors.scan, wanted)


async def keep(desk: Desk, planned: "Planned", word: str, told: PlanNote) -> str:
    """Write the plan into the account's folder, and return its stem. Cancelled meanwhile, it leaves no plan behind."""
    runs = desk.account.runs
    written: list[str] = []
    try:
        await to_the_end(lambda: written.append(save_run(runs, word, planned, told)))
    except asyncio.CancelledError:
        for stem in written:
            await to_the_end(partial(discard, runs / f"{stem}{SUFFIX}"))
        raise
    return written[0]


def _wishes(
    mirror: Mirror, to: int, whom: Sequence[str] | Query, about: Callable[[int], Words]
) -> tuple["Wishes", Words]:
    """Return the wish as a frame, and what it is for: of a million openids it takes some thirty megabytes."""
    from fenzu.regroup._polars import pl
    from fenzu.regroup._wishes import read_wishes

    pieces = mirror.openids(whom) if isinstance(whom, Query) else iter([list(whom)])
    parts = [pl.Series("openid", piece, pl.String) for piece in pieces]
    openids = pl.concat(parts) if parts else pl.Series("openid", [], pl.String)
    words = about(len(openids))
    frame = openids.to_frame().with_columns(pl.lit(to).alias("group_id"))
    return read_wishes(frame, name=words.en), words
