"""Whether a call may leave, now or later: every call of a run passes here. It also knows why the run stops."""

import asyncio
import random
from collections.abc import Callable

import msgspec

from fenzu.errors import FenzuError
from fenzu.mirror.ports import Clock
from fenzu.pauses import next_day
from fenzu.regroup._running.day import MOVE, Day
from fenzu.regroup._running.events import LOST, RESERVE, Reason, Waiting
from fenzu.regroup._running.hold import Hold
from fenzu.regroup._running.pacing import Pacing
from fenzu.regroup._running.ports import NotNow, Settings
from fenzu.regroup._running.step import wake_for_quota

LONGEST_NAP = 600.0
"""Seconds after which the clock is looked at again: a machine that sleeps at night has not waited for long."""


class Halted(Exception):
    """Ends what is under way because the run stops; never leaves the engine."""


class Stop(msgspec.Struct, frozen=True):
    """Why a run stops."""

    reason: Reason
    error: FenzuError | None = None
    renews_at: float | None = None


class Gate:
    """Lets calls pass while the run goes on."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        chance: random.Random,
        hold: Hold | None,
        tell: Callable[[Waiting], None],
    ) -> None:
        self.pacing = Pacing(settings.in_flight)
        self.day = Day(settings.reserve)
        self.stop: Stop | None = None
        self._waits_for_quota = settings.wait_for_quota
        self._clock, self._chance, self._hold, self._tell = clock, chance, hold, tell
        self._stopping = asyncio.Event()
        self._opens_at: float | None = None
        self._waited_until: float | None = None
        self._told = 0.0

    def halt(self, reason: Reason, error: FenzuError | None = None, renews_at: float | None = None) -> None:
        """Let nothing pass any more; the first reason stays."""
        if self.stop is None:
            self.stop = Stop(reason, error, renews_at)
        self._stopping.set()

    async def enter(self, call: str) -> float:
        """Wait until the call may be sent; return when that was. Raises `Halted` where the run stops."""
        while (seconds := self._seconds_to_wait()) > 0:
            await self.pause(min(seconds + self._chance.random(), LONGEST_NAP))
        now = self._clock.time()
        if call == MOVE:
            self.pacing.sent(now)
            self.day.sent()
        return now

    def check(self) -> None:
        """Raise `NotNow` where a call may not be sent any more that was let pass; may be called in a thread."""
        now = self._clock.time()
        if (
            self.stop is not None
            or (self._hold is not None and not self._hold.holds())
            or (self._opens_at is not None and now < self._opens_at)
            or self.pacing.is_refused(now)
        ):
            raise NotNow

    def unsent(self, call: str) -> None:
        """Note that a call was not sent that was let pass."""
        if call == MOVE:
            self.pacing.unsent()
            self.day.unsent()

    async def pause(self, seconds: float) -> None:
        """Wait, or less if the run stops meanwhile: then raise `Halted`."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return
        raise Halted

    def closed_for(self, now: float) -> float:
        """Return for how many seconds nothing passes, as far as is known."""
        return max(self._told - now, 0.0)

    def answered(self, call: str) -> None:
        """Note that a call is under way no more."""
        if call == MOVE:
            self.day.answered()

    def succeeded(self, call: str) -> None:
        """Note that the platform took a call."""
        self.pacing.succeeded()
        if call == MOVE:
            self.pacing.took()
        self._waited_until = None

    def use_up_day(self, reason: Reason, error: FenzuError | None = None) -> None:
        """Close until the day's calls renew; or stop, where nobody wants to wait for that."""
        now = self._clock.time()
        if not self._waits_for_quota:
            self.halt(reason, error, next_day(now).timestamp())
        elif self._opens_at is None:
            self._opens_at = wake_for_quota(now, self._waited_until)
            self._say(self._opens_at, reason)

    def _seconds_to_wait(self) -> float:
        if self._hold is not None and not self._hold.holds():
            self.halt(LOST)
        if self.day.is_used_up and self._opens_at is None:
            self.use_up_day(RESERVE)
        if self.stop is not None:
            raise Halted
        now = self._clock.time()
        if self._opens_at is not None:
            if now < self._opens_at:
                return self._opens_at - now
            self._opens_at, self._waited_until = None, self._opens_at
            self.day.begin_anew()
        seconds = self.pacing.seconds_to_wait(now)
        if seconds > 0:
            self._say(now + seconds, "45011")
        return seconds

    def _say(self, until: float, reason: Reason) -> None:
        if until > self._told + 1.0:  # many calls meet the same end of the same minute
            self._told = until
            self._tell(Waiting(until, reason))
