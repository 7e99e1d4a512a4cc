"""A question whose answer may take long: it is asked once at a time, and a page waits for it a moment only."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from fenzu.errors import FenzuError

T = TypeVar("T")

PATIENCE_SECONDS = 0.8
"""Seconds that a page waits; it is shown with what was known before then."""


class Question(Generic[T]):
    """Puts a question and hands its answer on; `trouble` tells why the last one was not answered."""

    def __init__(self, ask: Callable[[], Awaitable[T]], take: Callable[[T], None]) -> None:
        self._ask, self._take = ask, take
        self._task: asyncio.Task[None] | None = None
        self.trouble: FenzuError | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is put and not answered yet."""
        return self._task is not None and not self._task.done()

    def put(self) -> None:
        """Ask, unless that is under way."""
        if not self.is_open:
            self._task = asyncio.create_task(self._run())

    async def settle(self, patience: float | None = None) -> None:
        """Wait until it is answered, or so many seconds."""
        task = self._task
        if task is None:
            return
        await asyncio.wait([task], timeout=patience)
        if task.done():
            if self._task is task:  # somebody else who waited may have put the question again
                self._task = None
            task.result()

    async def close(self) -> None:
        """Ask no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def _run(self) -> None:
        try:
            answer = await self._ask()
        except FenzuError as error:
            self.trouble = error
        else:
            self.trouble = None
            self._take(answer)
