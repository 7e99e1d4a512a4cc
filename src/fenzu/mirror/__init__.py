"""A local copy of who is in which group, since the platform cannot be asked that.

`Mirror` keeps it, in a SQLite file or in PostgreSQL; `sync` fills it. Programs that run on an event loop take
`fenzu.mirror.aio`, which has the same names.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator

from fenzu.errors import UsageError
from fenzu.mirror import aio
from fenzu.mirror._status import GroupCount, LastSync, Status
from fenzu.mirror._sync import IN_FLIGHT
from fenzu.mirror.aio import HasDirectory
from fenzu.mirror.events import (
    CountsDiffer,
    Event,
    Finished,
    GroupDifference,
    Listed,
    PageRead,
    ProfilesRead,
    Started,
    Stopped,
    Waiting,
)
from fenzu.mirror.rows import Column, Row
from fenzu.mirror.store import Mirror
from fenzu.wire.words import Words

__all__ = [
    "Column",
    "CountsDiffer",
    "Event",
    "Finished",
    "GroupCount",
    "GroupDifference",
    "LastSync",
    "Listed",
    "Mirror",
    "PageRead",
    "ProfilesRead",
    "Row",
    "Started",
    "Status",
    "Stopped",
    "Waiting",
    "sync",
]


def sync(
    account: HasDirectory,
    mirror: Mirror,
    *,
    full: bool = False,
    older_than: float | None = None,
    in_flight: int = IN_FLIGHT,
) -> Generator[Event, None, None]:
    """Bring the mirror up to date, event by event; it goes on only while somebody asks for the next one.

    The first sync reads all openids (10,000 a call) and all profiles (100 a call). A later one reads the openids again,
    to find who is new and who has left, and asks only for the profiles of the new: of all with `full`, and of those
    whose facts are older than so many seconds with `older_than`. One that was stopped or killed goes on where it was.
    The last event is `Finished`, or `Stopped` where the day's quota is used up or the platform stays away. Errors that
    no repeating mends are raised. With `close()` it ends early, and what was answered is kept.
    """
    if _is_on_a_loop():
        raise UsageError(
            Words("an event loop runs here", "当前线程正在运行事件循环"),
            Words("take fenzu.mirror.aio.sync", "请使用 fenzu.mirror.aio.sync"),
        )
    return _driven(account, mirror, full=full, older_than=older_than, in_flight=in_flight)


def _driven(
    account: HasDirectory, mirror: Mirror, *, full: bool, older_than: float | None, in_flight: int
) -> Generator[Event, None, None]:
    with asyncio.Runner() as runner:
        events = aio.sync(account, mirror, full=full, older_than=older_than, in_flight=in_flight)
        try:
            while (event := runner.run(_next(events))) is not None:
                yield event
        finally:
            runner.run(events.aclose())


async def _next(events: AsyncGenerator[Event, None]) -> Event | None:
    return await anext(events, None)


def _is_on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
