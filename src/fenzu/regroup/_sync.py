"""The bulk engine for code that waits: each function is that of `fenzu.regroup.aio`, done in a thread of its own.

What they do is told there, once.
"""

from collections.abc import Callable, Generator
from typing import TypeVar

from fenzu.mirror.store import Mirror
from fenzu.mirror.waiting import iterate, wait_for
from fenzu.regroup import aio
from fenzu.regroup._events import Event
from fenzu.regroup._opening import OpenRun
from fenzu.regroup._ports import Settings
from fenzu.regroup._report import Report
from fenzu.regroup._undo import UndoEvent
from fenzu.regroup._values import Plan
from fenzu.regroup._verify import Told, Verification
from fenzu.regroup.aio import HasDirectory

F = TypeVar("F", bound=Callable[..., object])


def _told_by(source: Callable[..., object]) -> Callable[[F], F]:
    def tell(target: F) -> F:
        target.__doc__ = source.__doc__
        return target

    return tell


@_told_by(aio.save)
def save(plan: Plan, where: str) -> OpenRun:
    return wait_for(lambda: aio.save(plan, where))


@_told_by(aio.open_run)
def open_run(where: str, number: int | None = None, *, read_only: bool = False) -> OpenRun:
    return wait_for(lambda: aio.open_run(where, number, read_only=read_only))


@_told_by(aio.apply)
def apply(
    run: OpenRun,
    account: HasDirectory,
    *,
    mirror: Mirror | None = None,
    settings: Settings | None = None,
    force: bool = False,
) -> Generator[Event, None, None]:
    return iterate(lambda: aio.apply(run, account, mirror=mirror, settings=settings, force=force))


@_told_by(aio.finish)
def finish(
    run: OpenRun,
    account: HasDirectory,
    *,
    mirror: Mirror | None = None,
    settings: Settings | None = None,
    force: bool = False,
) -> Report:
    return wait_for(lambda: aio.finish(run, account, mirror=mirror, settings=settings, force=force))


@_told_by(aio.report)
def report(run: OpenRun) -> Report:
    return wait_for(lambda: aio.report(run))


@_told_by(aio.verify)
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


@_told_by(aio.undo)
def undo(
    run: OpenRun,
    account: HasDirectory,
    *,
    mirror: Mirror | None = None,
    settings: Settings | None = None,
) -> Generator[UndoEvent, None, None]:
    return iterate(lambda: aio.undo(run, account, mirror=mirror, settings=settings))
