"""A local copy of who is in which group, since the platform cannot be asked that.

`Mirror` keeps it, in a SQLite file or in PostgreSQL; `sync` fills it. Programs that run on an event loop take
`fenzu.mirror.aio`, which has the same names.
"""

from collections.abc import Generator

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
from fenzu.waiting import iterate

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
    "aio",
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
    Nobody counts as gone who may only have been missed while others came and left: a few such are asked for by profile.
    While another sync of this mirror is at work, `MirrorInUse` is raised.
    """
    return iterate(lambda: aio.sync(account, mirror, full=full, older_than=older_than, in_flight=in_flight))
