"""Who goes back when a run is undone, and who is left alone: decided of each from where they are now."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias

import msgspec

from fenzu.model import Group
from fenzu.regroup._asking.present import Person, Seen
from fenzu.regroup._books.book import Book
from fenzu.regroup._values import Batch
from fenzu.wire.limits import BATCH_OPENIDS, RESERVED_GROUPS

Why: TypeAlias = Literal["moved_since", "gone", "group_gone"]


class LeftAlone(msgspec.Struct, frozen=True):
    """A follower whom an undo leaves where they are, and why.

    `moved_since`: somebody else has moved them. `gone`: they do not follow any more. `group_gone`: the group that they
    came from is deleted. `found` is the group they are in, None for who is gone.
    """

    openid: str
    why: Why
    found: int | None


class Returning:
    """Who goes back, gathered by the group they go to, and who does not."""

    def __init__(self, groups: Iterable[Group]) -> None:
        # Rulebook 2021 does not list 0 and 1, which are always there.
        self.groups = RESERVED_GROUPS | {int(group.id): group.name for group in groups}
        self.asked = self.back = 0
        self.left: list[LeftAlone] = []
        self._homeward: dict[int, list[Person]] = {}

    def add(self, some: Iterable[Seen]) -> None:
        """Decide of each whether they go back."""
        for person, found in some:
            self.asked += 1
            if found == person.source:
                self.back += 1
            elif why := why_left(person, found, self.groups):
                self.left.append(LeftAlone(person.openid, why, found))
            else:
                self._homeward.setdefault(person.source, []).append(person)

    def batches(self) -> Iterator[Batch]:
        """Yield the moves, group by group, in the order in which the run took them from there."""
        number = 0
        for target, people in sorted(self._homeward.items()):
            for start in range(0, len(people), BATCH_OPENIDS):
                number += 1
                some = people[start : start + BATCH_OPENIDS]
                openids = tuple(person.openid for person in some)
                yield Batch(number, target, openids, tuple(person.target for person in some))


def perhaps_moved(book: Book) -> Iterator[Person]:
    """Yield whom a run has moved or may have moved: all that was sent, but whom the platform refused."""
    refused = {failure.openid for failure in book.failures() if failure.code is not None}
    return people_of(book, book.begun(), refused)


def people_of(book: Book, batches: Iterable[Batch], refused: set[str]) -> Iterator[Person]:
    """Yield who is in these batches of a run and was not refused, with the ids of groups that the run has made."""
    made = book.group_ids()
    for batch in batches:
        target = made.get(batch.target, batch.target)
        for openid, source in zip(batch.openids, batch.sources, strict=True):
            if openid not in refused:
                yield Person(openid, source, target)


def why_left(person: Person, found: int | None, groups: Mapping[int, str]) -> Why | None:
    """Return why somebody does not go back, or None for who does."""
    if found is None:
        return "gone"
    if found != person.target:
        return "moved_since"
    return None if person.source in groups else "group_gone"
