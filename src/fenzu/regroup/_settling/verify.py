"""Whether the platform holds what a run has settled: asks for all whom it moved or for a sample, changes nothing."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

import msgspec

from fenzu.model import Group
from fenzu.regroup._asking.present import Asking, Person, Seen, see
from fenzu.regroup._books.book import Book
from fenzu.regroup._settling.returning import people_of
from fenzu.regroup._settling.sample import chosen

Told: TypeAlias = Callable[[int, int], object]
"""Hears of how many of how many it was asked."""


class Elsewhere(msgspec.Struct, frozen=True):
    """A follower who is not in the group that the run put them into."""

    openid: str
    wanted: int
    found: int


class GroupDiffers(msgspec.Struct, frozen=True):
    """A group that the run made or renamed, and that is not called so; `found` is None where there is none any more."""

    id: int
    wanted: str
    found: str | None


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What a verification found. Of everybody whom the run settled, or of a sample of them."""

    planned: int
    """Followers whom the plan moves."""
    asked: int
    """Of how many it was asked where they are now."""
    right: int
    """Those of them who are where the plan wants them."""
    elsewhere: tuple[Elsewhere, ...]
    gone: tuple[str, ...]
    """Who does not follow any more."""
    failed: int
    """Who could not be moved, by the journal; they were not asked for."""
    waiting: int
    """Who is in a batch that is not settled yet; they were not asked for."""
    groups: tuple[GroupDiffers, ...]
    """Those that the run made or renamed, and that are not as it left them."""
    seed: int | None
    """Of the sample; None where all were asked for."""

    @property
    def is_right(self) -> bool:
        """Whether nothing at all differs from the plan, as far as it was asked for."""
        return self.right == self.asked and not (self.failed or self.waiting or self.groups)


async def verify_run(
    book: Book,
    asking: Asking,
    *,
    sample: int | None = None,
    seed: int = 0,
    told: Told | None = None,
) -> Verification:
    """Ask where those are whom the run moved; `told` hears of how many of how many it was asked.

    Takes one groups/get, and a call of user/info/batchget for each hundred. Repeating is safe. Raises what a call met
    that repeating does not help (`DailyQuotaExceeded`, …); the mirror has learnt by then what was read.
    """
    tally = await asking.work(book.tally)
    settled = tally.moved
    whole = sample is None or sample >= settled
    people = _moved(book)
    if not whole:
        people = chosen(people, await asking.work(lambda: _counts(book)), sample or 0, seed)
    total = settled if whole else sample or 0
    seen: Counter[bool] = Counter()
    elsewhere: list[Elsewhere] = []
    gone: list[str] = []
    tell: Told = told or (lambda done, total: None)
    tell(0, total)
    groups = _groups(book, await asking.patiently(asking.directory.groups))
    async for some in see(people, asking):
        for one in some:
            _judge(one, seen, elsewhere, gone)
        tell(sum(seen.values()), total)
    return Verification(
        planned=tally.followers,
        asked=sum(seen.values()),
        right=seen[True],
        elsewhere=tuple(elsewhere),
        gone=tuple(gone),
        failed=tally.failed,
        waiting=tally.followers - settled - tally.failed,
        groups=groups,
        seed=None if whole else seed,
    )


def _judge(one: Seen, seen: "Counter[bool]", elsewhere: list[Elsewhere], gone: list[str]) -> None:
    person, found = one
    seen[found == person.target] += 1
    if found is None:
        gone.append(person.openid)
    elif found != person.target:
        elsewhere.append(Elsewhere(person.openid, person.target, found))


def _groups(book: Book, there: Iterable[Group]) -> tuple[GroupDiffers, ...]:
    """Return what the run made or renamed and is not so, by id."""
    done = {
        action.subject for action in book.actions() if action.kind == "rename" and action.group_id is not None
    }
    made = book.group_ids()
    wanted = {rename.group_id: rename.new for rename in book.renames if rename.group_id in done}
    wanted |= {made[create.slot]: create.name for create in book.creates if create.slot in made}
    names: dict[int, str] = {group.id: group.name for group in there}
    return tuple(
        GroupDiffers(number, name, names.get(number))
        for number, name in sorted(wanted.items())
        if names.get(number) != name
    )


def _counts(book: Book) -> dict[int, int]:
    """Return how many were moved into each group."""
    return dict(Counter(person.target for person in _moved(book)))


def _moved(book: Book) -> Iterator[Person]:
    """Yield whom the run moved, by its journal, in the order of the plan."""
    return people_of(book, book.settled(), {failure.openid for failure in book.failures()})
