"""What may be true of a writer's followers and groups, and the judgement over what the sandbox says.

An acknowledged change leaves one possibility, one whose answer never came leaves two. It sends nothing.
"""

from collections.abc import Iterable, Sequence

import msgspec

SHARED = (0, 2, 100, 101, 102, 103)
"""Groups that every writer moves its followers to; nobody deletes them."""
GIVEN = frozenset({0, 1, 2, 100, 101, 102, 103})


class Batch(msgspec.Struct, frozen=True):
    """A batch that was sent and not answered: all of it happened, or nothing."""

    before: dict[str, int]
    to: int


class Found(msgspec.Struct, frozen=True):
    """What the sandbox says: where each follower is, and name and count of each group."""

    group_of: dict[str, int]
    names: dict[int, str]
    counts: dict[int, int]


class Ids:
    """Every number that the sandbox ever gave to a group; none may come twice, and they rise."""

    def __init__(self) -> None:
        self.seen: set[int] = set(GIVEN)

    def highest(self) -> int:
        """Return the highest number given so far."""
        return max(self.seen)

    def take(self, number: int, above: int = 0) -> None:
        """Enter a number that was given now."""
        assert number not in self.seen, f"group {number} was given a second time"
        assert number > above, f"group {number} was given after {above}"
        self.seen.add(number)


class Promises:
    """What one writer was promised, and what it has asked for since."""

    def __init__(self, openids: Iterable[str]) -> None:
        self.may_be_in: dict[str, frozenset[int]] = {openid: frozenset({0}) for openid in openids}
        self.names: dict[int, frozenset[str]] = {}
        """Own groups and what they may be called."""
        self.deleting: int | None = None
        self.creating: str | None = None
        self.batch: Batch | None = None

    def copy(self) -> "Promises":
        """Return what is promised at this moment."""
        other = Promises(())
        other.may_be_in, other.names = dict(self.may_be_in), dict(self.names)
        other.deleting, other.creating, other.batch = self.deleting, self.creating, self.batch
        return other

    def ask_move(self, openids: Sequence[str], to: int) -> None:
        """Note that these are about to be moved, all or none."""
        self.batch = Batch({openid: min(self.may_be_in[openid]) for openid in openids}, to)
        for openid in openids:
            self.may_be_in[openid] |= {to}

    def keep_move(self) -> None:
        """Note that they were."""
        assert self.batch is not None
        for openid in self.batch.before:
            self.may_be_in[openid] = frozenset({self.batch.to})
        self.batch = None

    def ask_delete(self, number: int) -> None:
        """Note that a group is about to be deleted."""
        self.deleting = number
        for openid, possible in self.may_be_in.items():
            if number in possible:
                self.may_be_in[openid] |= {0}

    def keep_delete(self) -> None:
        """Note that it was: nobody is in it."""
        assert self.deleting is not None
        self.may_be_in = {openid: possible - {self.deleting} for openid, possible in self.may_be_in.items()}
        del self.names[self.deleting]
        self.deleting = None

    def settle(self, found: Found, ids: Ids) -> None:
        """Compare what the sandbox says with what may be true, and go on from what it says."""
        for openid, possible in self.may_be_in.items():
            assert found.group_of[openid] in possible, (
                f"{openid} is in {found.group_of[openid]}, not {possible}"
            )
        self._settle_batch(found)
        self.may_be_in = {openid: frozenset({found.group_of[openid]}) for openid in self.may_be_in}
        if self.deleting is not None and self.deleting not in found.names:
            del self.names[self.deleting]
        for number, possible_names in self.names.items():
            assert found.names.get(number) in possible_names, f"group {number}: {found.names.get(number)}"
            self.names[number] = frozenset({found.names[number]})
        for number, name in found.names.items():
            if name == self.creating:
                ids.take(number)
                self.names[number] = frozenset({name})
        self.deleting = self.creating = self.batch = None

    def _settle_batch(self, found: Found) -> None:
        batch = self.batch
        if batch is not None:
            moved = {
                found.group_of[openid] == batch.to
                for openid, before in batch.before.items()
                if before != batch.to
            }
            assert len(moved) <= 1, "half of a batch was moved"


def settle_all(promises: Sequence[Promises], found: Found, ids: Ids) -> None:
    """Settle with every writer; the groups are theirs and no others, and the counts add up."""
    for one in promises:
        one.settle(found, ids)
    assert set(found.names) == GIVEN.union(*(one.names for one in promises))
    for number, count in found.counts.items():
        assert count == sum(group == number for group in found.group_of.values()), (
            f"count of {number}: {count}"
        )
