"""Work on plans as jobs: a plan carried out, taken back, looked at before that, and checked. Knows no page.

The engine does all of it; here it is opened and closed, and the account's groups are asked anew afterwards.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypeAlias

import msgspec

from fenzu.console.account.desk import Desk
from fenzu.mirror import Mirror
from fenzu.regroup import GroupLeft, OpenRun, Settings, Undo, Verification, aio
from fenzu.regroup._asking.present import Asking
from fenzu.regroup._running.stale import check_account
from fenzu.regroup._settling.undo import make_undo

Steps: TypeAlias = AsyncGenerator[object, None]
"""What a job tells."""
TellAsked: TypeAlias = Callable[[int, int], object]
"""Is told of how many of how many it was asked."""
RUN, LOOK, CHECK = KINDS = "run", "look", "check"
"""The kinds of jobs; each is about one plan, named by its stem."""
SAMPLE_FOLLOWERS = 1_000
"""So many are asked for when a run is checked: ten calls."""
TICK_SECONDS = 0.25


class Asked(msgspec.Struct, frozen=True):
    """Of how many of how many it was asked where they are."""

    asked: int
    total: int


class WayBack(msgspec.Struct, frozen=True, kw_only=True):
    """What an undo would do, told before it is confirmed."""

    at: float
    """When it was found out, in Unix seconds."""
    moves: int
    calls: int
    back: int
    """Who is where they came from already."""
    left: Mapping[str, int]
    """Who is left alone, by why."""
    renames: int
    deletes: int
    groups_left: tuple[GroupLeft, ...]


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found, and when."""

    at: float
    found: Verification


def apply(desk: Desk, path: Path, settings: Settings, *, force: bool = False) -> Steps:
    """Carry a plan out, or go on where it stopped."""
    return _steps(
        desk,
        path,
        lambda run, mirror: aio.apply(run, desk.client, mirror=mirror, settings=settings, force=force),
    )


def undo(desk: Desk, path: Path, settings: Settings) -> Steps:
    """Take a plan back, or go on with that where it stopped."""
    return _steps(
        desk, path, lambda run, mirror: aio.undo(run, desk.client, mirror=mirror, settings=settings)
    )


def look(desk: Desk, path: Path) -> Steps:
    """Ask where everybody is whom a plan moved, and tell what an undo would do. Changes nothing."""

    async def ask(run: OpenRun, mirror: Mirror, told: TellAsked) -> WayBack:
        book = await asyncio.to_thread(run.for_undo)
        check_account(book.header, desk.account.appid, desk.account.base_url)
        total = await asyncio.to_thread(lambda: sum(len(batch.openids) for batch in book.begun()))
        asking = Asking(desk.client.directory, mirror)
        return way_back(await make_undo(book, asking, told=lambda asked: told(asked, total)))

    return _steps(desk, path, lambda run, mirror: _told_along(partial(ask, run, mirror)))


def check(desk: Desk, path: Path) -> Steps:
    """Ask where some of those are whom a plan moved, and tell who is elsewhere. Changes nothing."""

    async def ask(run: OpenRun, mirror: Mirror, told: TellAsked) -> Checked:
        sample = {"sample": SAMPLE_FOLLOWERS, "seed": int(time.time())}
        found = await aio.verify(run, desk.client, mirror=mirror, told=told, **sample)
        return Checked(at=time.time(), found=found)

    return _steps(desk, path, lambda run, mirror: _told_along(partial(ask, run, mirror)))


def way_back(found: Undo) -> WayBack:
    """Return what is shown of an undo."""
    plan = found.plan
    return WayBack(
        at=time.time(),
        moves=plan.moves,
        calls=plan.calls,
        back=found.back,
        left=Counter(one.why for one in found.left),
        renames=len(plan.renames),
        deletes=len(plan.deletes),
        groups_left=found.groups_left,
    )


async def _steps(desk: Desk, path: Path, work: Callable[[OpenRun, Mirror], Steps]) -> Steps:
    """Open a plan, and yield what is told of the work on it."""
    mirrors = await desk.mirrors()
    async with _opened(desk, path) as run, aclosing(work(run, mirrors.write)) as steps:
        async for event in steps:
            if not isinstance(event, Undo):  # it was shown before; a million moves are in it
                yield event


@asynccontextmanager
async def _opened(desk: Desk, path: Path) -> AsyncIterator[OpenRun]:
    """Open a plan until the block ends; the groups are another then."""
    run = await aio.open_run(str(path))
    try:
        yield run
    finally:
        desk.groups.forget()
        await asyncio.to_thread(run.close)


async def _told_along(call: Callable[[TellAsked], Awaitable[object]]) -> Steps:
    """Yield how far a call has come that tells it, a few times a second, then what it returns."""
    last = Asked(0, 0)

    def told(asked: int, total: int) -> None:
        nonlocal last
        last = Asked(asked, total)

    calling = asyncio.ensure_future(call(told))
    try:
        while not calling.done():
            await asyncio.wait([calling], timeout=TICK_SECONDS)
            yield last
        yield calling.result()
    finally:
        calling.cancel()
        await asyncio.wait([calling])
