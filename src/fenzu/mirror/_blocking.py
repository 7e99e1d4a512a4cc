"""Filling a mirror, for code that waits: what `fenzu.mirror.aio` does, in a thread of its own."""

from collections.abc import Generator

from fenzu.mirror import aio
from fenzu.mirror._sync import IN_FLIGHT
from fenzu.mirror.aio import HasDirectory
from fenzu.mirror.events import Event
from fenzu.mirror.store import Mirror
from fenzu.waiting import iterate, told_by


@told_by(aio.sync)
def sync(
    account: HasDirectory,
    mirror: Mirror,
    *,
    full: bool = False,
    older_than: float | None = None,
    in_flight: int = IN_FLIGHT,
) -> Generator[Event, None, None]:
    return iterate(lambda: aio.sync(account, mirror, full=full, older_than=older_than, in_flight=in_flight))
