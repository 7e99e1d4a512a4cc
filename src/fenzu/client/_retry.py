"""Whether to try again, and when: a pure function of the error, the attempt and the time."""

import random

import msgspec

from fenzu.errors import ApiError, DailyQuotaExceeded, FenzuError, TransportError
from fenzu.pauses import next_day, next_minute, pause_after
from fenzu.wire.errcodes import Retry
from fenzu.wire.words import Words

TRIES = 5
"""The first and up to four more."""
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 8.0


class Attempt(msgspec.Struct, frozen=True):
    """What is known after a failed try: which it was (from 1) of how many, with what error, and what time is left."""

    number: int
    error: FenzuError
    now: float
    """Unix time, for the platform's minutes."""
    seconds_left: float
    """Until the call's deadline."""
    tries: int = TRIES

    @property
    def is_last_but_one(self) -> bool:
        """Whether only one more try may follow."""
        return self.number + 1 == self.tries


def pause_before_next(attempt: Attempt, chance: random.Random) -> float | None:
    """Return the seconds to wait before the next try, or None to give up.

    Busy answers and transport failures: growing pauses with jitter, within the deadline. A minute's quota: the next
    minute begins by the platform's clock, so wait for it, whatever the deadline. Everything else is not tried again.
    """
    if attempt.number >= attempt.tries:
        return None
    error = attempt.error
    if isinstance(error, ApiError) and error.retry is Retry.NEXT_MINUTE:
        return next_minute(attempt.now) - attempt.now + chance.random()
    if error.retry is not Retry.YES or not isinstance(error, ApiError | TransportError):
        return None
    pause = pause_after(attempt.number, chance, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
    return pause if pause < attempt.seconds_left else None


def is_maybe_done(error: FenzuError) -> bool:
    """Whether the call may have been carried out although it failed: a lost answer, or a busy platform."""
    return isinstance(error, TransportError) or (isinstance(error, ApiError) and error.retry is Retry.YES)


def tell_renewal(error: DailyQuotaExceeded, now: float) -> None:
    """Put the hour of the renewal into the error and into its advice."""
    error.renews_at = next_day(now)
    hour = error.renews_at.strftime("%Y-%m-%d %H:%M")
    error.advice = Words(
        f"go on after {hour} Beijing time, when the quota renews, or clear it",
        f"北京时间 {hour} 额度更新后再继续，或清零一次额度",
    )
