"""Filling a mirror from an event loop; the types are those of `fenzu.mirror`."""

from collections.abc import AsyncGenerator
from typing import Protocol

from fenzu.mirror._sync import IN_FLIGHT, Wanted, run_sync
from fenzu.mirror.directory import Directory
from fenzu.mirror.events import Event
from fenzu.mirror.store import Mirror

__all__ = ["HasDirectory", "sync"]


class HasDirectory(Protocol):
    """A client, of either kind."""

    @property
    def directory(self) -> Directory:
        """The account, call by call."""
        ...


def sync(
    account: HasDirectory,
    mirror: Mirror,
    *,
    full: bool = False,
    older_than: float | None = None,
    in_flight: int = IN_FLIGHT,
) -> AsyncGenerator[Event, None]:
    """Bring the mirror up to date, event by event; it goes on only while somebody asks for the next one.

    The first sync reads all openids (10,000 a call) and all profiles (100 a call). A later one reads the openids again,
    to find who is new and who has left, and asks only for the profiles of the new: of all with `full`, and of those
    whose facts are older than so many seconds with `older_than`. One that was stopped or killed goes on where it was.
    The last event is `Finished`, or `Stopped` where the day's quota is used up or the platform stays away. Errors that
    no repeating mends are raised. Closed, it ends early, and what was answered is kept.
    Nobody counts as gone who may only have been missed while others came and left: a few such are asked for by profile.
    While another sync of this mirror is at work, `MirrorInUse` is raised.
    """
    return run_sync(account.directory, mirror, Wanted(full, older_than, in_flight))
