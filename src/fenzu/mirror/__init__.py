"""A local copy of who is in which group, since the platform cannot be asked that.

`Mirror` keeps it, in a SQLite file or in PostgreSQL; `sync` fills it. Programs that run on an event loop take
`sync` from `fenzu.mirror.aio`.
"""

from fenzu.mirror import aio
from fenzu.mirror._blocking import sync
from fenzu.mirror._cursor import Order
from fenzu.mirror._moves import PastMove
from fenzu.mirror._query import Query
from fenzu.mirror._search import Found
from fenzu.mirror._sizes import Growth, Size
from fenzu.mirror._status import GroupCount, LastSync, Status
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

__all__ = [
    "Column",
    "CountsDiffer",
    "Event",
    "Finished",
    "Found",
    "GroupCount",
    "GroupDifference",
    "Growth",
    "LastSync",
    "Listed",
    "Mirror",
    "Order",
    "PageRead",
    "PastMove",
    "ProfilesRead",
    "Query",
    "Row",
    "Size",
    "Started",
    "Status",
    "Stopped",
    "Waiting",
    "aio",
    "sync",
]
