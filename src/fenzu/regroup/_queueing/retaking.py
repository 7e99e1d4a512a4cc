"""What becomes of a run that has stopped while a worker had it: when it is taken again, if ever by itself.

Decides from the reason alone; knows no queue.
"""

from fenzu.errors import FenzuError, StoreError
from fenzu.regroup._running.events import INTERRUPTED, LOST
from fenzu.wire.errcodes import Retry

BUSY = 10.0
"""Seconds until an account is asked for again that another run has."""
SOON = 60.0
"""Seconds until what passes by itself is tried again: a busy platform, a broken line, a database that is away."""
LATE = 600.0
"""Seconds where the platform says that it takes longer."""
AFTER_MIDNIGHT = 5.0
"""Seconds behind the hour at which the day's calls renew: clocks differ."""


_AT_ONCE = {INTERRUPTED: 0.0, LOST: BUSY}
_BY_ADVICE = {
    Retry.ONCE: SOON,
    Retry.YES: SOON,
    Retry.NEXT_MINUTE: SOON,
    Retry.TOMORROW: LATE,
    Retry.LATER: LATE,
}


def pause_before(reason: str, error: FenzuError | None, renews_at: float | None, now: float) -> float | None:
    """Return in how many seconds to take the run again; None where a person has to look at it first."""
    if reason in _AT_ONCE:
        return _AT_ONCE[reason]
    if renews_at is not None:
        return max(0.0, renews_at + AFTER_MIDNIGHT - now)
    if isinstance(error, StoreError):
        return SOON
    return None if error is None else _BY_ADVICE.get(error.retry)
