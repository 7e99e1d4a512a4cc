"""The bulk engine for asyncio; `fenzu.regroup` has the same functions for code that waits, and the types of both.

Takes an `AsyncClient` or a `Client`: whatever has a `directory`.
"""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from fenzu.database import Database
from fenzu.errors import StalePlan
from fenzu.mirror.aio import HasDirectory
from fenzu.mirror.store import Mirror
from fenzu.regroup._asking.present import Asking
from fenzu.regroup._books.book import Book
from fenzu.regroup._books.opening import OpenRun
from fenzu.regroup._books.opening import open_run as _open_run
from fenzu.regroup._books.saving import write_plan
from fenzu.regroup._planning.cost import Reserve
from fenzu.regroup._planning.guard import judge, look
from fenzu.regroup._running.alone import alone
from fenzu.regroup._running.events import (
    Event,
)
from fenzu.regroup._running.hold import Hold
from fenzu.regroup._running.ports import Settings
from fenzu.regroup._running.run import carry_out
from fenzu.regroup._running.stale import check_account
from fenzu.regroup._settling.report import Report, report_of
from fenzu.regroup._settling.undo import UndoEvent, make_undo
from fenzu.regroup._settling.verify import Told, Verification, verify_run
from fenzu.regroup._values import (
    Plan,
    flows_of,
)
from fenzu.threads import in_threads

if TYPE_CHECKING:
    from fenzu.regroup._planned import Planned
    from fenzu.regroup._planning.compare import OnConflict
    from fenzu.regroup._wishes.frames import Wish

__all__ = ["apply", "finish", "open_run", "plan", "report", "save", "undo", "verify"]


async def plan(
    account: HasDirectory,
    mirror: Mirror,
    wish: "Wish",
    *,
    create: bool = False,
    rename_where_cheaper: bool = False,
    on_conflict: "OnConflict" = "refuse",
    openid_column: str | None = None,
    group_column: str | None = None,
    reserve: int = 0,
    first: Sequence[str] = (),
    strict: bool = True,
) -> "Planned":
    """Compare a wish with the mirror, and return the plan that fulfils it, its cost and the rows with problems.

    The wish tells who should be in which group, by its name or id: a file (CSV, TSV, JSON Lines, Parquet, XLSX), a
    frame of polars or pandas with the columns `openid` and `group` or those that are named, a mapping of openids to
    groups, pairs, or what `fenzu.regroup.wishes` has read. Nobody else is touched. With `create`, groups that are
    missing are made; with `rename_where_cheaper` too, one all of whose members are listed may get the new name instead.
    `on_conflict` tells which row counts for who is wanted in two groups. `reserve` of the day's moving calls are left
    to others in what is told of cost. The groups in `first`, by name or id, are filled before all others.

    Asks for the groups once and for the quota of each call that the plan needs; changes nothing, so repeating is safe.
    Needs the extra `bulk`. Raises `UsageError` where the wish cannot be read, where groups may be renamed but not made,
    and, unless `strict` is False, where a group is unknown or not clear or rows contradict each other:
    `Planned.problems` then holds those rows, and the plan leaves them out. Raises `StoreError` where the mirror is
    empty.
    """
    from fenzu.regroup._planned import Wanted, plan_wishes
    from fenzu.regroup._wishes import read_wishes

    directory = account.directory
    mirror.check_account(directory.base_url, directory.appid)
    wanted = Wanted(
        create=create,
        rename_where_cheaper=rename_where_cheaper,
        on_conflict=on_conflict,
        reserve=Reserve(reserve),
        first=tuple(first),
    )
    wishes = await asyncio.to_thread(
        read_wishes, wish, openid_column=openid_column, group_column=group_column
    )
    planned = await plan_wishes(wishes, Asking(directory), mirror, wanted)
    if strict:
        planned.check()
    return planned


async def save(plan: Plan, where: str, *, replace: bool = False) -> OpenRun:
    """Write a plan into a file, or into PostgreSQL (`postgresql://…`) as one of many, all or nothing, and open it.

    Raises `UsageError` where the file is there already, unless `replace` is set and it is a plan of which nothing was
    done, and `StoreError` where it cannot be written. A plan on PostgreSQL has a `number`, by which it is opened again.
    """
    return await asyncio.to_thread(_save, plan, where, replace)


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
    where the account has changed since it was made, `AccountInUse` where somebody else changes the account just now,
    `PlanError` where it is another account's, was undone or handed over to a database. Raises `StoreError` where the
    journal or the mirror cannot be written.
    """
    book = await asyncio.to_thread(_for_apply, run, force)
    async with (
        in_threads(alone(run.planned.header, _databases(run, mirror))) as hold,
        aclosing(_carry(book, account, mirror, settings, hold)) as events,
    ):
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

    A sample has some of each group, and is another for another `seed`. Takes a call for each hundred, and one for the
    names of the groups that the run made or renamed. Changes nothing, and the `mirror` learns what was read. `told` is
    called with how many of how many were asked for. Raises `PlanError` for another account's plan, and what a call
    met that repeating does not help.
    """
    directory = account.directory
    book = await asyncio.to_thread(lambda: run.latest)
    check_account(book.header, directory.appid, directory.base_url)
    _databases(run, mirror)
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
    planned = await asyncio.to_thread(run.for_undo)
    check_account(planned.header, account.directory.appid, account.directory.base_url)
    async with in_threads(alone(run.planned.header, _databases(run, mirror))) as hold:
        try:
            book = await asyncio.to_thread(run.stopped_undo)
            if book is not None:
                async with aclosing(_carry(book, account, mirror, settings, hold)) as events:
                    async for event in events:
                        yield event
                return
        except StalePlan:
            pass  # somebody has changed something since it stopped: look anew where everybody is
        found = await make_undo(planned, Asking(account.directory, mirror))
        yield found
        if found.plan.is_empty:
            return
        book = await asyncio.to_thread(run.add, found.plan)
        async with aclosing(_carry(book, account, mirror, settings, hold)) as events:
            async for event in events:
                yield event


def _for_apply(run: OpenRun, force: bool) -> Book:
    """Return the book to be applied, once the guards have looked at it."""
    book = run.for_apply()
    if not force and book.state().state == "planned":
        judge(look(book.header, flows_of(book.batches())))
    return book


def _save(plan: Plan, where: str, replace: bool) -> OpenRun:
    return _open_run(where, write_plan(plan, where, replace=replace).number)


def _databases(run: OpenRun, mirror: Mirror | None) -> list[Database]:
    """Return what has to be held while a run is carried out."""
    if mirror is None:
        return [run.database]
    header = run.planned.header
    mirror.check_account(header.base_url, header.appid)
    return [run.database, mirror.database]


def _carry(
    book: Book, account: HasDirectory, mirror: Mirror | None, settings: Settings | None, hold: Hold | None
) -> AsyncGenerator[Event, None]:
    return carry_out(
        book,
        account.directory,
        mirror,
        settings or Settings(),
        clock=time,
        chance=random.Random(),
        hold=hold,
    )
