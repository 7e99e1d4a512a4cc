"""Writes what happened, many entries at a time: first into the mirror, then into the journal, in a thread."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from fenzu.mirror.ports import Clock
from fenzu.regroup._books.book import Book
from fenzu.regroup._books.entries import Called, Entry
from fenzu.regroup._running.ports import Mirrored
from fenzu.threads import Work

T = TypeVar("T")
COUNTED = frozenset({"groups.move_many", "groups.create", "groups.rename", "groups.delete"})
"""The calls that change something, which the journal counts."""


class Recorder:
    """Gathers what happened until it is written."""

    def __init__(self, book: Book, mirror: Mirrored | None, work: Work, clock: Clock) -> None:
        self.calls = 0
        """Sent for the run so far, by earlier sessions too once they are added."""
        self._book, self._mirror, self._work, self._clock = book, mirror, work, clock
        self._entries: list[Entry] = []
        self._moved: dict[int, list[str]] = {}
        self._called: Counter[str] = Counter()

    @property
    def is_empty(self) -> bool:
        """Whether everything is written."""
        return not (self._entries or self._moved or self._called)

    def count(self, call: str, n: int) -> None:
        """Count a call that is sent, or take one back that was not."""
        if call in COUNTED:
            self.calls += n
            self._called[call] += n
            if not self._called[call]:
                del self._called[call]

    def moved(self, openids: Sequence[str], group: int) -> None:
        """Note who is in which group now."""
        self._moved.setdefault(group, []).extend(openids)

    def add(self, *entries: Entry) -> None:
        """Note what belongs into the journal."""
        self._entries.extend(entries)

    async def write(self, *entries: Entry, then: Callable[[], T] | None = None) -> T | None:
        """Write all that was gathered, and these entries; `then` is run in the same turn of the thread."""
        moved, self._moved = self._moved, {}
        written = [*self._entries, *(Called(call, n) for call, n in self._called.items()), *entries]
        self._entries, self._called = [], Counter()
        now = self._clock.time()

        def all_of_it() -> T | None:
            if self._mirror is not None:
                for group, openids in moved.items():
                    self._mirror.moved(openids, group, now)
            if written:
                self._book.write(written)
            return then() if then is not None else None

        return await self._work(all_of_it)
