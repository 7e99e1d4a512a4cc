"""Plans to be carried out, and what carrying them out took."""

import asyncio
import random
from contextlib import aclosing
from pathlib import Path
from typing import TypeVar

from tests.unit.regroup.platform import URL, Platform
from tests.unit.regroup.timeless import Clock, inline, run

from fenzu.database import open_database
from fenzu.regroup._books import book as _book
from fenzu.regroup._books.book import Book
from fenzu.regroup._running.events import Event
from fenzu.regroup._running.hold import Hold
from fenzu.regroup._running.ports import Mirrored, Settings
from fenzu.regroup._running.run import carry_out
from fenzu.regroup._values import Batch, Create, Delete, Header, KnownGroup, Plan, Rename

E = TypeVar("E")
NAMES = {0: "未分组", 1: "黑名单", 2: "星标组", 100: "朋友", 101: "同事"}


def openids(n: int) -> tuple[str, ...]:
    """So many openids."""
    return tuple(f"o{number:027}" for number in range(n))


def a_plan(
    n: int,
    target: int = 100,
    *,
    creates: tuple[Create, ...] = (),
    renames: tuple[Rename, ...] = (),
    deletes: tuple[Delete, ...] = (),
) -> Plan:
    """A plan that moves so many followers from group 0 to `target`."""
    header = Header(appid="wx1", base_url=URL, made_at=1.0, wish="crm.csv", wishes=n, followers=n, revision=7)
    everybody = openids(n)
    batches = tuple(
        Batch(number, target, some, (0,) * len(some))
        for number, some in enumerate((everybody[start : start + 50] for start in range(0, n, 50)), start=1)
    )
    groups = tuple(KnownGroup(id_, name) for id_, name in NAMES.items())
    return Plan(header, groups, creates, renames, deletes, batches)


def a_platform(n: int) -> Platform:
    """A platform with so many followers, all in group 0."""
    return Platform(dict.fromkeys(openids(n), 0), NAMES)


def a_book(path: Path, plan: Plan) -> Book:
    """The plan, written into a file."""
    return _book.create(open_database(str(path / "plan.fenzu")), plan)


def again(book: Book) -> Book:
    """The book as another process would open it."""
    return Book(open_database(book.where), book.run)


def carried_out(
    book: Book,
    platform: Platform,
    mirror: Mirrored | None = None,
    *,
    hold: Hold | None = None,
    seed: int = 1,
    interrupt_after: float | None = None,
    **settings: int | bool | None,
) -> list[Event]:
    """Carry the plan out and return the events; interrupted after so many seconds."""
    events: list[Event] = []

    async def go() -> None:
        steps = carry_out(
            book,
            platform,
            mirror,
            Settings(**settings),  # type: ignore[arg-type]  # what the test says
            clock=Clock(),
            chance=random.Random(seed),
            work=inline,
            hold=hold,
        )
        async with aclosing(steps):
            async for event in steps:
                events.append(event)  # noqa: PERF401 - what came before an interruption counts

    async def interrupted() -> None:
        task = asyncio.create_task(go())
        await asyncio.sleep(interrupt_after or 0.0)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()

    run(go() if interrupt_after is None else interrupted())
    return events


def only(kind: type[E], events: list[Event]) -> list[E]:
    """The events of one kind."""
    return [event for event in events if isinstance(event, kind)]
