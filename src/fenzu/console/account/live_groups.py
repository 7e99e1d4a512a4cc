"""The groups of an account as they are now: asked of the platform, kept for a moment, and counted along."""

import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import msgspec

from fenzu.console.account.question import PATIENCE_SECONDS, Question
from fenzu.errors import FenzuError
from fenzu.model import Group, GroupID
from fenzu.wire.limits import RESERVED_GROUPS, UNGROUPED

FRESH_SECONDS = 30.0
"""Seconds that a list is good for: groups/get has a daily quota."""
UNATTENDED_SECONDS = 300.0
"""Seconds that it is good for where a page asks by itself: left open it would use the quota up, a thousand a day."""


class LiveGroups:
    """The list of groups with their counts. What is done here is counted along, and costs no call.

    `ask` asks the platform; `before` gives the list that was seen last, `count` the counts that the platform leaves
    out. While the platform is slow or refuses, the last list is shown, and `trouble` tells why.
    """

    def __init__(
        self,
        ask: Callable[[], Awaitable[Iterable[Group]]],
        before: Callable[[], Awaitable[Iterable[Group]]],
        count: Callable[[], Awaitable[Mapping[int, int] | None]],
        *,
        clock: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._ask, self._before, self._count = ask, before, count
        self._clock, self._patience = clock, patience
        self._question = Question(self._asked, self._take)
        self._groups: dict[int, Group] | None = None
        self._asked_at: float | None = None
        self._changes = self._under_way = 0

    @property
    def trouble(self) -> FenzuError | None:
        """Why the list may be old."""
        return self._question.trouble

    @property
    def is_awaited(self) -> bool:
        """Whether the platform is being asked just now, so that a newer list will be there soon."""
        return self._question.is_open

    async def list(self, *, anew: bool = False, fresh: float = FRESH_SECONDS) -> Sequence[Group]:
        """Return the groups, the three reserved ones first, then by id; asks where the last list is old, or `anew`.

        It waits a moment for the platform; `anew` waits until it has answered, or refused. Old is what was asked for
        `fresh` seconds ago.
        """
        if anew:
            await self._question.settle()
            self._put()
            await self._question.settle()
        elif self._asked_at is None or self._clock() - self._asked_at >= fresh:
            self._put()
        await self._question.settle(self._patience)
        groups = by_id(await self._before()) if self._groups is None else self._groups
        return await self._counted([groups[group_id] for group_id in sorted(groups)])

    async def get(self, group_id: int, *, anew: bool = False) -> Group | None:
        """Return one of them."""
        return next((group for group in await self.list(anew=anew) if group.id == group_id), None)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """While the block changes something, take no list: nobody can say whether it tells of before or after."""
        self._changes += 1
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    def moved(self, changes: Mapping[int, int]) -> None:
        """Add to each group's count what a move has changed in it."""
        self._changes += 1
        for group_id, change in changes.items():
            group = (self._groups or {}).get(group_id)
            if group is not None and group.count is not None:
                self._set(msgspec.structs.replace(group, count=max(group.count + change, 0)))

    def put(self, group: Group) -> None:
        """Note that a group was made, or has another name."""
        self._changes += 1
        self._set(group)

    def remove(self, group_id: int) -> None:
        """Note that a group was deleted: who was in it is in no group."""
        self._changes += 1
        gone = (self._groups or {}).pop(group_id, None)
        if gone is not None:
            self.moved({UNGROUPED: gone.count or 0})

    def forget(self) -> None:
        """Ask again the next time: nobody knows what has happened."""
        self._changes += 1
        self._asked_at = None

    async def close(self) -> None:
        """Ask no more."""
        await self._question.close()

    def _put(self) -> None:
        self._asked_at = self._clock()  # also where the platform refuses: it is not asked again at once
        self._question.put()

    def _set(self, group: Group) -> None:
        if self._groups is not None:
            self._groups[group.id] = group

    async def _asked(self) -> tuple[int, Iterable[Group]]:
        return self._changes, await self._ask()

    def _take(self, answer: tuple[int, Iterable[Group]]) -> None:
        changes, groups = answer
        if changes == self._changes and not self._under_way:
            self._groups = by_id(groups)
        else:  # it may tell of the time before a change of ours, which is counted along
            self._asked_at = None

    async def _counted(self, groups: Sequence[Group]) -> Sequence[Group]:
        if all(group.count is not None for group in groups):
            return groups
        counts = await self._count()
        if counts is None:
            return groups
        return [
            group
            if group.count is not None
            else msgspec.structs.replace(group, count=counts.get(group.id, 0))
            for group in groups
        ]


def by_id(groups: Iterable[Group]) -> dict[int, Group]:
    """Return groups by id. Rulebook 2021 leaves 0 and 1 out of its list; they are always there."""
    reserved = {number: Group(GroupID(number), name) for number, name in RESERVED_GROUPS.items()}
    return reserved | {group.id: group for group in groups}


def total(groups: Iterable[Group]) -> int | None:
    """Return how many are in all groups together; None where one's count is not known."""
    counts = [group.count for group in groups]
    return None if None in counts else sum(count or 0 for count in counts)
