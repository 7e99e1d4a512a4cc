"""A call that only reads, repeated while that may help: a busy platform, a lost answer, a minute's quota.

Decides from the error alone whether and when; what the day's quota or the account itself forbids is raised at once.
"""

import random

from fenzu.errors import FenzuError
from fenzu.wire.errcodes import Retry

TRIES = 5
"""The first and up to four more."""
FIRST_PAUSE = 0.25


def pause_after(error: FenzuError, number: int, now: float, chance: random.Random) -> float | None:
    """Return the seconds to wait after try `number` failed so, or None to give up."""
    if number >= TRIES:
        return None
    if error.retry is Retry.NEXT_MINUTE:
        return 60.0 - now % 60.0 + chance.random()
    if error.retry is not Retry.YES:
        return None
    return FIRST_PAUSE * 2.0 ** (number - 1) * (0.5 + 0.5 * chance.random())
