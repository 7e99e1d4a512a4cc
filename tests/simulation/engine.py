"""The real engine as a story runs it: its database work is done on the spot, its clock is the loop's."""

import random

from fenzu.mirror import Mirror
from fenzu.mirror._sync import Wanted, run_sync
from fenzu.mirror.directory import Directory
from fenzu.mirror.ports import Clock
from fenzu.regroup._asking.present import Asking
from fenzu.regroup._books.book import Book
from fenzu.regroup._running.events import Event, Finished, Stopped
from fenzu.regroup._running.ports import Settings
from fenzu.regroup._running.run import carry_out
from fenzu.regroup._settling.undo import make_undo
from fenzu.regroup._values import Plan


async def carry_out_to_the_end(
    book: Book,
    directory: Directory,
    mirror: Mirror | None,
    clock: Clock,
    chance: random.Random,
    settings: Settings,
) -> Finished | Stopped:
    """Carry a run out and return its last event."""
    last: Event | None = None
    async for event in carry_out(
        book, directory, mirror, settings, clock=clock, chance=random.Random(chance.random())
    ):
        last = event
    assert isinstance(last, Finished | Stopped), f"the last event is {last}"
    return last


async def fill(mirror: Mirror, directory: Directory, clock: Clock, chance: random.Random) -> None:
    """Bring a mirror up to date."""
    async for _ in run_sync(directory, mirror, Wanted(), clock=clock, chance=chance):
        pass


async def plan_the_way_back(
    book: Book, directory: Directory, mirror: Mirror | None, clock: Clock, chance: random.Random
) -> Plan:
    """Ask where everybody is whom a run has moved, and plan the way back."""
    asking = Asking(directory, mirror, clock, chance)
    return (await make_undo(book, asking)).plan
