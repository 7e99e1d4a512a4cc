"""The bulk engine for code that waits: each function is that of `fenzu.regroup.aio`, done in a thread of its own.

What they do is told there, once.
"""

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from fenzu.mirror.aio import HasDirectory
from fenzu.mirror.store import Mirror
from fenzu.regroup import aio
from fenzu.regroup._books.opening import OpenRun
from fenzu.regroup._running.events import Event
from fenzu.regroup._running.ports import Settings
from fenzu.regroup._settling.report import Report
from fenzu.regroup._settling.undo import UndoEvent
from fenzu.regroup._settling.verify import Told, Verification
from fenzu.regroup._values import Plan
from fenzu.waiting import iterate, told_by, wait_for

if TYPE_CHECKING:
    from fenzu.regroup._planned import Planned
    from fenzu.regroup._planning.compare import OnConflict
    from fenzu.regroup._wishes.frames import Wish


@told_by(aio.plan)
def plan(
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
    return wait_for(
        lambda: aio.plan(
            account,
            mirror,
            wish,
            create=create,
            rename_where_cheaper=rename_where_cheaper,
            on_conflict=on_conflict,
            openid_column=openid_column,
            group_column=group_column,
            reserve=reserve,
            first=first,
            strict=strict,
        )
    )


@told_by(aio.save)
def save(plan: Plan, where: str, *, replace: bool = False) -> OpenRun:
    return wait_for(lambda: aio.save(plan, where, replace=replace))


@told_by(aio.open_run)
def open_run(where: str, number: int | None = None, *, read_only: bool = False) -> OpenRun:
    return wait_for(lambda: aio.open_run(where, number, read_only=read_only))


@told_by(aio.apply)
def apply(
    run: OpenRun,
    account: HasDirectory,
    *,
    mirror: Mirror | None = None,
    settings: Settings | None = None,
    force: bool = False,
) -> Generator[Event, None, None]:
    return iterate(lambda: aio.apply(run, account, mirror=mirror, settings=settings, force=force))


@told_by(aio.finish)
def finish(
    run: OpenRun,
    account: HasDirectory,
    *,
    mirror: Mirror | None = None,
    settings: Settings | None = None,
    force: bool = False,
) -> Report:
    return wait_for(lambda: aio.finish(run, account, mirror=mirror, settings=settings, force=force))


@told_by(aio.report)
def report(run: OpenRun) -> Report:
    return wait_for(lambda: aio.report(run))


@told_by(aio.verify)
def verify(
    run: OpenRun,
    account: HasDirectory,
    *,
    mirror: Mirror | None = None,
    sample: int | None = None,
    seed: int = 0,
    told: Told | None = None,
) -> Verification:
    return wait_for(lambda: aio.verify(run, account, mirror=mirror, sample=sample, seed=seed, told=told))


@told_by(aio.undo)
def undo(
    run: OpenRun,
    account: HasDirectory,
    *,
    mirror: Mirror | None = None,
    settings: Settings | None = None,
) -> Generator[UndoEvent, None, None]:
    return iterate(lambda: aio.undo(run, account, mirror=mirror, settings=settings))
