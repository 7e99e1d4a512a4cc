"""Whether a call may leave, now or later: every call of a run passes here. It also knows why the run stops."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import msgspec

from fenzu.errors import FenzuError, UsageError
from fenzu.fate import reason_of
from fenzu.mirror.ports import Clock
from fenzu.regroup._running.day import MOVE, Day
from fenzu.regroup._running.events import LOST, RESERVE, Reason, Waiting
from fenzu.regroup._running.hold import Hold
from fenzu.regroup._running.pacing import Pacing
from fenzu.regroup._running.ports import NotNow, Settings
from fenzu.regroup._running.step import wake_for_quota
from fenzu.wire.words import Words

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
        self._taken_at: dict[str, float] = {}
        """Of each call when the last one was sent that the platform took."""
        self._told = 0.0

    def halt(self, reason: Reason, error: FenzuError | None = None, renews_at: float | None = None) -> None:
        """Let nothing pass any more; the first reason stays."""
        if self.stop is None:
            self.stop = Stop(reason, error, renews_at)
        self._stopping.set()

    async def enter(self, call: str, ask: Callable[[], Awaitable[None]] | None = None) -> float:
        """Wait until the call may be sent; return when that was. Raises `Halted` where the run stops.

        `ask` has the platform tell what is left of the day, where that has to be known first.
        """
        while True:
            if (seconds := self._seconds_to_wait(call)) > 0:
                await self.pause(min(seconds + self._chance.random(), LONGEST_NAP))
            elif ask is not None and self.day.has_to_be_asked:
                await ask()
            else:
                break
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
            or not self.is_ours
            or (self._opens_at is not None and now < self._opens_at)
            or self.pacing.is_refused(now)
        ):
            raise NotNow

    @property
    def is_ours(self) -> bool:
        """Whether nobody else can have taken over the account."""
        return self._hold is None or self._hold.holds()

    def go_on(self) -> None:
        """Raise `Halted` where the run stops; may be called in a thread."""
        if self.stop is not None:
            raise Halted

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

    def succeeded(self, call: str, sent_at: float) -> None:
        """Note that the platform took a call."""
        self.pacing.succeeded()
        if call == MOVE:
            self.pacing.took()
        self._taken_at[call] = sent_at

    def use_up_day(
        self, call: str, sent_at: float, reason: Reason = RESERVE, error: FenzuError | None = None
    ) -> None:
        """Close until the day's calls renew; or stop, where nobody wants to wait for that.

        What was sent before midnight and is refused after it says nothing about the new day.
        """
        renews_at = wake_for_quota(sent_at, self._taken_at.get(call))
        if renews_at <= self._clock.time():
            return
        if not self._waits_for_quota:
            self.halt(reason, error, renews_at)
        elif self._opens_at is None:
            self._opens_at = renews_at
            self._say(self._opens_at, reason)

    def _seconds_to_wait(self, call: str) -> float:
        if not self.is_ours:
            self.halt(LOST)
        now = self._clock.time()
        self.day.turn(now)
        if call == MOVE:
            self._keep_reserve(now)
        if self.stop is not None:
            raise Halted
        if self._opens_at is not None:
            if now < self._opens_at:
                return self._opens_at - now
            self._opens_at = None
            self.day.begin_anew()
        seconds = self.pacing.seconds_to_wait(now)
        if seconds > 0:
            self._say(now + seconds, "45011")
        return seconds

    def _keep_reserve(self, now: float) -> None:
        if self.day.has_only_the_reserve:
            error = _only_the_reserve(self.day.limit or 0, self.day.reserve)
            self.halt(reason_of(error), error)
        elif self.day.is_used_up and self._opens_at is None:
            self.use_up_day(MOVE, now)

    def _say(self, until: float, reason: Reason) -> None:
        if until > self._told + 1.0:  # many calls meet the same end of the same minute
            self._told = until
            self._tell(Waiting(until, reason))


def _only_the_reserve(limit: int, reserve: int) -> UsageError:
    return UsageError(
        Words(
            f"the reserve of {reserve:,} calls leaves none: the account has {limit:,} moving calls a day",
            f"预留 {reserve:,} 次后无可用调用：该账号每天只有 {limit:,} 次移动调用",
        ),
        Words("resume with a smaller --reserve", "请用更小的 --reserve 继续"),
    )
