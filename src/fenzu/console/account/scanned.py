"""What is counted over the whole mirror: kept while nobody in it has moved, come or left. Knows not what is counted."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from fenzu.console.account.question import PATIENCE_SECONDS, Question

T = TypeVar("T")


class Scanned(Generic[T]):
    """Keeps what was counted for as long as the mirror's revision stays: to count ten million takes seconds.

    `count` returns what it has counted, and the mirror's revision before it began.
    """

    def __init__(
        self, revision: Callable[[], Awaitable[int]], count: Callable[[], Awaitable[tuple[int, T]]]
    ) -> None:
        self._revision = revision
        self._question = Question(count, self._take)
        self._counted: tuple[int, T] | None = None

    async def get(self, patience: float | None = PATIENCE_SECONDS) -> T | None:
        """Return it, the one of before where counting takes longer than so many seconds; None while there is none."""
        if self._counted is None or self._counted[0] != await self._revision():
            self._question.put()
        await self._question.settle(patience)
        return None if self._counted is None else self._counted[1]

    async def close(self) -> None:
        """Count no more."""
        await self._question.close()

    def _take(self, counted: tuple[int, T]) -> None:
        self._counted = counted
