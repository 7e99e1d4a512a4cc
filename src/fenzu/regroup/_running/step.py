"""What follows from an answer, as pure functions: of the error, the try and the time to what is done next."""

import random
from datetime import datetime, timedelta, timezone
from enum import Enum

from fenzu.errors import (
    ApiError,
    CredentialError,
    DailyQuotaExceeded,
    FenzuError,
    InvalidOpenid,
    MinuteQuotaExceeded,
    NotAFollower,
    SystemBusy,
    TransportError,
    UnknownGroup,
    UsageError,
)
from fenzu.wire.errcodes import Retry

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
TOKEN = "token."
"""How the calls that fetch a token begin."""
LOOK_AFTER = 3
"""After so many -1 it is looked whether the group is there: rulebook 2021 answers so for one that is not."""
LATE_RENEWAL = 600.0
"""So many seconds after midnight a day that has not begun yet is asked for again soon."""
SOON = 60.0


class Fate(Enum):
    """What an error says about the call that met it."""

    BAD_OPENID = "bad openid"
    """Refused for the sake of single openids."""
    AGAIN = "again"
    """Busy, or no usable answer: it may have been carried out, and may be repeated after a pause."""
    NEXT_MINUTE = "next minute"
    NEXT_DAY = "next day"
    NO_GROUP = "no group"
    END = "end"
    """Whoever sends it again will be refused again."""


def fate_of(error: FenzuError) -> Fate:
    """Tell what to do about an error."""
    match error:
        case InvalidOpenid() | NotAFollower() | UsageError():
            return Fate.BAD_OPENID
        case UnknownGroup():
            return Fate.NO_GROUP
        case MinuteQuotaExceeded():
            return Fate.NEXT_MINUTE
        case DailyQuotaExceeded():
            return Fate.NEXT_DAY
        case ApiError() | TransportError() if error.retry is Retry.YES or _ended_token(error):
            return Fate.AGAIN
        case _:
            return Fate.END


def _ended_token(error: FenzuError) -> bool:
    """Whether another system beside us fetches tokens and ends ours. What a token call refuses is a wrong secret."""
    return (
        isinstance(error, CredentialError)
        and error.retry is Retry.ONCE
        and not error.endpoint.startswith(TOKEN)
    )


def asks_for_a_look(error: FenzuError, tries: int) -> bool:
    """Whether the error may mean that the group is gone, so that groups/get has to be asked."""
    return isinstance(error, UnknownGroup) or (isinstance(error, SystemBusy) and tries == LOOK_AFTER)


def pause_after(tries: int, chance: random.Random) -> float:
    """Return how long to wait after so many failed tries: growing, with jitter."""
    longest = min(FIRST_PAUSE * 2.0 ** (tries - 1), LONGEST_PAUSE)
    return longest * (0.5 + 0.5 * chance.random())


def reason_of(error: FenzuError) -> str:
    """Return how the journal calls an error: its code, or its class."""
    return str(error.code) if isinstance(error, ApiError) else type(error).__name__


def next_minute(now: float) -> float:
    """Return when the next minute begins by the clock."""
    return now - now % 60.0 + 60.0


def next_day(now: float) -> float:
    """Return when the daily quotas renew: the next midnight in Beijing."""
    today = datetime.fromtimestamp(now, BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today + timedelta(days=1)).timestamp()


def wake_for_quota(now: float, waited_until: float | None) -> float:
    """Return when to ask again after the day's calls are used up.

    `waited_until` is the midnight that was waited for before, if no call succeeded since: a platform whose day begins a
    little later than ours is asked again soon, not a day later.
    """
    if waited_until is not None and now - waited_until < LATE_RENEWAL:
        return now + SOON
    return next_day(now)


def most_failures(asked: int | None, followers: int) -> int:
    """Return how many may fail: what was asked for, else 1 % of those to be moved, at least 20 and at most 500.

    Small runs are exempt from the percentage: of thirty wishes ten may be wrong and the other twenty right.
    """
    return asked if asked is not None else min(max(followers // 100, 20), 500)
