"""How many are in each group by the mirror, counted anew where somebody has moved. Asks the platform nothing."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from fenzu.console.question import PATIENCE, Question

Counted: TypeAlias = tuple[int, Mapping[int, int]]
"""A revision of the mirror, and the counts that it had then."""


class MirrorCounts:
    """Keeps the counts for as long as the mirror's revision stays: to count ten million takes seconds."""

    def __init__(
        self,
        revision: Callable[[], Awaitable[int]],
        count: Callable[[], Awaitable[Counted]],
        patience: float = PATIENCE,
    ) -> None:
        self._revision, self._patience = revision, patience
        self._question = Question(count, self._take)
        self._counted: Counted | None = None

    async def soon(self) -> Mapping[int, int] | None:
        """Return the counts, those of before where counting takes long, None where there are none yet."""
        if self._counted is None or self._counted[0] != await self._revision():
            self._question.put()
        await self._question.settle(self._patience)
        return None if self._counted is None else self._counted[1]

    async def close(self) -> None:
        """Count no more."""
        await self._question.close()

    def _take(self, counted: Counted) -> None:
        self._counted = counted
