"""Asking the platform with patience: what may be repeated is repeated, and where it makes no sense all asking stops."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from typing import Any, TypeVar

from fenzu.errors import DailyQuotaExceeded, FenzuError
from fenzu.fate import Fate, fate_of, reason_of
from fenzu.mirror.events import Stopped, Waiting
from fenzu.mirror.ports import Clock
from fenzu.pauses import MOST_MINUTES, TRIES, next_minute, pause_after

T = TypeVar("T")


class StopAsking(Exception):
    """Nothing more can be asked now."""

    def __init__(self, event: Stopped) -> None:
        self.event = event


class Asker:
    """Sends calls, many at once, and counts them. After one has met the end of the day's quota it sends no more.

    The same where a call was tried too often, or the platform took none for many minutes in a row.
    """

    def __init__(self, clock: Clock, chance: random.Random) -> None:
        self._clock = clock
        self._chance = chance
        self._calls: Counter[str] = Counter()
        self._stopped: Stopped | None = None
        self._stopping = asyncio.Event()
        self._not_before = 0.0
        self._refused_minutes = 0
        self._news: asyncio.Queue[Waiting] = asyncio.Queue()
        self._told_until = 0.0

    @property
    def has_stopped(self) -> bool:
        """Whether no more is sent."""
        return self._stopped is not None

    async def until_one_is_done(self, tasks: Collection[asyncio.Future[T]]) -> AsyncGenerator[Waiting, None]:
        """Wait until one of the tasks is done, and meanwhile tell what they wait for."""
        while not any(task.done() for task in tasks):
            bell = asyncio.ensure_future(self._news.get())
            waited: set[asyncio.Future[Any]] = {*tasks, bell}
            try:
                await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            finally:
                bell.cancel()
            if bell.done() and not bell.cancelled():
                yield bell.result()

    def take_calls(self) -> dict[str, int]:
        """Return what was sent since this was last asked."""
        calls, self._calls = self._calls, Counter()
        return dict(calls)

    async def ask(self, call: str, send: Callable[[], Awaitable[T]]) -> T:
        """Send a call and return its answer, after as many repeats as make sense; raises `StopAsking` if none does.

        Errors that no repeating mends are raised as they are.
        """
        failed = 0
        while True:
            await self._wait_for_minute()
            self._calls[call] += 1
            try:
                answer = await send()
            except FenzuError as error:
                fate = fate_of(error)
                if fate is Fate.AGAIN:
                    failed += 1
                pause = self._pause_after(error, fate, failed)
            else:
                self._refused_minutes = 0
                return answer
            await self._pause(pause)

    def _pause_after(self, error: FenzuError, fate: Fate, failed: int) -> float:
        """Return how long to wait before the next try; raises where there is none."""
        now = self._clock.time()
        if fate is Fate.NEXT_MINUTE:
            pause = self._until_next_minute(error, now)
        elif fate is Fate.NEXT_DAY or failed >= TRIES:
            raise self._stop(error)
        elif fate is Fate.AGAIN:
            pause = pause_after(failed, self._chance)
        else:
            raise error
        if now + pause > self._told_until:
            self._told_until = now + pause
            self._news.put_nowait(Waiting(now + pause, reason_of(error)))
        return pause

    def _until_next_minute(self, error: FenzuError, now: float) -> float:
        """Close until the next minute; of many calls that were refused in the same one, the first counts it."""
        if self._not_before <= now:
            self._refused_minutes += 1
            if self._refused_minutes >= MOST_MINUTES:
                raise self._stop(error)
            self._not_before = next_minute(now) + self._chance.random()
        return self._not_before - now

    def _stop(self, error: FenzuError) -> StopAsking:
        renews_at = error.renews_at if isinstance(error, DailyQuotaExceeded) else None
        self._stopped = self._stopped or Stopped(
            reason_of(error), error, renews_at.timestamp() if renews_at else None
        )
        self._stopping.set()
        return StopAsking(self._stopped)

    async def _wait_for_minute(self) -> None:
        while (left := self._not_before - self._clock.time()) > 0:
            await self._pause(left)
        if self._stopped is not None:
            raise StopAsking(self._stopped)

    async def _pause(self, seconds: float) -> None:
        """Wait, or less if all asking stops meanwhile: then raise what says so."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return
        assert self._stopped is not None
        raise StopAsking(self._stopped)
