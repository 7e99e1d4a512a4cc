"""The groups of an account as they are now: asked of the platform, kept for a moment, and counted along."""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping

import msgspec

from fenzu.errors import FenzuError, PlatformBusy, QuotaExceeded, TransportError
from fenzu.model import Group, GroupID
from fenzu.wire.limits import RESERVED_GROUPS

FRESH = 30.0
"""Seconds that a list is good for: groups/get has a daily quota."""
AWAY = (TransportError, PlatformBusy, QuotaExceeded)
"""What the platform is met with that passes by itself: the list of before is shown meanwhile."""


class LiveGroups:
    """The list of groups with their counts; `trouble` tells why it may be old."""

    def __init__(
        self,
        ask: Callable[[], Awaitable[Iterable[Group]]],
        before: Callable[[], Awaitable[Iterable[Group]]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask, self._before, self._clock = ask, before, clock
        self._groups: dict[int, Group] = {}
        self._asked_at: float | None = None
        self.trouble: FenzuError | None = None

    async def list(self, *, anew: bool = False) -> list[Group]:
        """Return the groups, the three reserved ones first, then by id; asks where the last list is old, or `anew`.

        While the platform is away the last list is returned, or the mirror's; other errors are raised.
        """
        is_fresh = self._asked_at is not None and self._clock() - self._asked_at < FRESH
        if anew or not is_fresh:
            try:
                self._take(await self._ask())
                self.trouble = None
            except AWAY as error:
                self.trouble = error
                if not self._groups:
                    self._take(await self._before())
        return [self._groups[group_id] for group_id in sorted(self._groups)]

    async def get(self, group_id: int) -> Group | None:
        """Return one of them."""
        return next((group for group in await self.list() if group.id == group_id), None)

    def moved(self, changes: Mapping[int, int]) -> None:
        """Add to each group's count what a move has changed in it."""
        for group_id, change in changes.items():
            group = self._groups.get(group_id)
            if group is not None and group.count is not None:
                count = max(group.count + change, 0)
                self._groups[group_id] = msgspec.structs.replace(group, count=count)

    def forget(self) -> None:
        """Ask again the next time: something was done that changes more than counts."""
        self._asked_at = None

    def _take(self, groups: Iterable[Group]) -> None:
        # Rulebook 2021 leaves 0 and 1 out of its list; they are always there.
        found = {number: Group(GroupID(number), name) for number, name in RESERVED_GROUPS.items()}
        self._groups = found | {group.id: group for group in groups}
        self._asked_at = self._clock()
