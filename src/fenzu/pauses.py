"""How long to wait: growing pauses after a failure, and the ends of a minute and of a day by the platform's clock.

Pure. It knows neither what is repeated nor whether that makes sense.
"""

import random
from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
FIRST, LONGEST = 0.5, 30.0
"""Seconds of the first pause and of the longest one, for work that nobody waits for."""
TRIES = 8
"""So often such work sends a call that is met by a busy platform or a broken connection."""
MOST_MINUTES = 10
"""After so many minutes in a row in which the platform took no call, such work stops."""


def pause_after(
    tries: int, chance: random.Random, *, first: float = FIRST, longest: float = LONGEST
) -> float:
    """Return how long to wait after so many failed tries: doubled each time, with jitter."""
    most = min(first * 2.0 ** (tries - 1), longest)
    return most * (0.5 + 0.5 * chance.random())


def next_minute(now: float) -> float:
    """Return when the next minute begins, in Unix seconds: a minute's quota renews then."""
    return now - now % 60.0 + 60.0


def next_day(now: float) -> datetime:
    """Return when the daily quotas renew: the next midnight in Beijing."""
    today = datetime.fromtimestamp(now, BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)
