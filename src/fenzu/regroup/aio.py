"""The bulk engine for asyncio; `fenzu.regroup` is the same for code that waits, with the same names and parameters.

Takes an `AsyncClient` or a `Client`: whatever has a `directory`.
"""

import asyncio
import random
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Protocol

from fenzu.database import Database
from fenzu.errors import StalePlan
from fenzu.mirror.directory import Directory
from fenzu.mirror.store import Mirror
from fenzu.regroup._alone import alone
from fenzu.regroup._book import Book
from fenzu.regroup._events import Event, Finished, GroupKept, GroupReady, Progress, Started, Stopped, Waiting
from fenzu.regroup._guard import judge, look
from fenzu.regroup._hold import Hold
from fenzu.regroup._opening import OpenRun
from fenzu.regroup._opening import open_run as _open_run
from fenzu.regroup._opening import save_plan as _save_plan
from fenzu.regroup._ports import Settings
from fenzu.regroup._present import Asking
from fenzu.regroup._report import FailureKind, Report, report_of
from fenzu.regroup._returning import LeftAlone
from fenzu.regroup._run import carry_out
from fenzu.regroup._stale import check_account
from fenzu.regroup._undo import GroupLeft, Undo, UndoEvent, make_undo
from fenzu.regroup._values import (
    Batch,
    Create,
    Delete,
    Failure,
    Flow,
    Header,
    KnownGroup,
    Plan,
    Rename,
    Tally,
    flows_of,
)
from fenzu.regroup._verify import Elsewhere, Told, Verification, verify_run

__all__ = [
    "Batch",
    "Create",
    "Delete",
    "Elsewhere",
    "Event",
    "Failure",
    "FailureKind",
    "Finished",
    "Flow",
    "GroupKept",
    "GroupLeft",
    "GroupReady",
    "Header",
    "KnownGroup",
    "LeftAlone",
    "OpenRun",
    "Plan",
    "Progress",
    "Rename",
    "Report",
    "Settings",
    "Started",
    "Stopped",
    "Tally",
    "Undo",
    "UndoEvent",
    "Verification",
    "Waiting",
    "apply",
    "finish",
    "open_run",
    "report",
    "save",
    "undo",
    "verify",
]


class HasDirectory(Protocol):
    """A client, of either kind, or a double of your own."""

    @property
    def directory(self) -> Directory:
        """The account, call by call."""
        ...


async def save(plan: Plan, where: str) -> OpenRun:
    """Write a plan into a new file, or into PostgreSQL (`postgresql://…`) as one of many, all or nothing, and open it.

    Raises `UsageError` where the file is there already, `StoreError` where it cannot be written. A plan on PostgreSQL
    has a `number`, by which it is opened again.
    """
    return await asyncio.to_thread(_save_plan, plan, where)


async def open_run(where: str, number: int | None = None, *, read_only: bool = False) -> OpenRun:
    """Open a plan that was saved, with what has become of it so far. Close it, or use it in a `with`.

    Raises `StoreError` where there is no plan, `UsageError` where several lie in one database and no number is given.
    """
    return await asyncio.to_thread(_open_run, where, number, read_only=read_only)


async def apply(
    run: OpenRun,
    account: HasDirectory,
    *,
    mirror: Mirror | None = None,
    settings: Settings | None = None,
    force: bool = False,
) -> AsyncGenerator[Event, None]:
    """Carry a plan out, or go on where it stopped, and yield what happens; the last event is `Finished` or `Stopped`.

    Safe to repeat, after a crash too: what is done is not done again. The `mirror` hears of each move, and tells
    whether the plan still stands. Leave early by closing the generator: what is under way is written down first.

    Raises before anything is changed: `UnsafePlan` where a guard refuses the plan and `force` is not set, `StalePlan`
    where the account has changed since it was made, `PlanError` where it is another account's, was undone, or somebody
    else changes the account just now. Raises `StoreError` where the journal or the mirror cannot be written.
    """
    book = run.for_apply()
    if not force and book.state().state == "planned":
        await asyncio.to_thread(lambda: judge(look(book.header, flows_of(book.batches()))))
    with alone(book.header, _databases(run, mirror)) as hold:
        async with aclosing(_carry(book, account, mirror, settings, hold)) as events:
            async for event in events:
                yield event


async def finish(
    run: OpenRun,
    account: HasDirectory,
    *,
    mirror: Mirror | None = None,
    settings: Settings | None = None,
    force: bool = False,
) -> Report:
    """Carry a plan out like `apply`, and return what has become of it; `state` tells whether it is done or stopped."""
    async with aclosing(apply(run, account, mirror=mirror, settings=settings, force=force)) as events:
        async for _ in events:
            pass
    return await report(run)


async def report(run: OpenRun) -> Report:
    """Return what has become of a plan so far; once it was undone, what has become of the undo. Takes no call."""
    return await asyncio.to_thread(lambda: report_of(run.latest))


async def verify(
    run: OpenRun,
    account: HasDirectory,
    *,
    mirror: Mirror | None = None,
    sample: int | None = None,
    seed: int = 0,
    told: Told | None = None,
) -> Verification:
    """Compare the platform with what a run has done: everybody whom it moved, or a `sample` of so many of them.

    A sample has some of each group, and is another for another `seed`. Takes a call for each hundred; changes
    nothing, and the `mirror` learns what was read. `told` is called with how many of how many were asked for. Raises
    `PlanError` for another account's plan, and what a call met that repeating does not help.
    """
    directory = account.directory
    book = await asyncio.to_thread(lambda: run.latest)
    check_account(book.header, directory.appid, directory.base_url)
    return await verify_run(book, Asking(directory, mirror), sample=sample, seed=seed, told=told)


async def undo(
    run: OpenRun,
    account: HasDirectory,
    *,
    mirror: Mirror | None = None,
    settings: Settings | None = None,
) -> AsyncGenerator[UndoEvent, None]:
    """Take a plan back, whether it was applied whole or in part, and yield what happens.

    First asks where everybody is, a call for each hundred, and yields an `Undo`: what goes back, and what is left
    alone because somebody else has changed it since. Close the generator then, and nothing is changed. What follows
    is written beside the plan and carried out like a plan: an undo that has stopped goes on when this is called
    again. Where nothing is to be taken back, the `Undo` is all there is. Raises as `apply` does.
    """
    check_account(run.planned.header, account.directory.appid, account.directory.base_url)
    with alone(run.planned.header, _databases(run, mirror)) as hold:
        try:
            book = run.stopped_undo()
            if book is not None:
                async with aclosing(_carry(book, account, mirror, settings, hold)) as events:
                    async for event in events:
                        yield event
                return
        except StalePlan:
            pass  # somebody has changed something since it stopped: look anew where everybody is
        found = await make_undo(run.planned, Asking(account.directory, mirror))
        yield found
        if found.plan.is_empty:
            return
        book = await asyncio.to_thread(run.add, found.plan)
        async with aclosing(_carry(book, account, mirror, settings, hold)) as events:
            async for event in events:
                yield event


def _databases(run: OpenRun, mirror: Mirror | None) -> list[Database]:
    return [run.database] if mirror is None else [run.database, mirror.database]


async def _carry(
    book: Book, account: HasDirectory, mirror: Mirror | None, settings: Settings | None, hold: Hold | None
) -> AsyncGenerator[Event, None]:
    events = carry_out(
        book,
        account.directory,
        mirror,
        settings or Settings(),
        clock=time,
        chance=random.Random(),
        hold=hold,
    )
    async with aclosing(events) as coming:
        async for event in coming:
            yield event
