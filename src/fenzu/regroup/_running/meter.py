"""How fast a run goes, and when it will be done: pure arithmetic, waits for the quota among it."""

from collections import deque

import msgspec

from fenzu.pauses import next_day

WINDOW = 10.0
"""Seconds over which the rate is measured."""
MINUTE = 60.0
DAY = 86_400.0


class Pace(msgspec.Struct, frozen=True):
    """Followers and batches a second: calls alone, which may be refused, bring no end nearer."""

    followers: float
    batches: float


class Meter:
    """Takes readings, and tells the pace over the last ten seconds."""

    def __init__(self) -> None:
        self._readings: deque[tuple[float, int, int]] = deque()

    def read(self, now: float, followers: int, batches: int) -> Pace:
        """Take a reading and return the pace."""
        readings = self._readings
        if readings and now < readings[-1][0]:
            readings.clear()  # the clock was set back
        readings.append((now, followers, batches))
        while now - readings[0][0] > WINDOW and len(readings) > 2:
            readings.popleft()
        then, followers_then, batches_then = readings[0]
        seconds = now - then
        if seconds <= 0:
            return Pace(0.0, 0.0)
        return Pace((followers - followers_then) / seconds, (batches - batches_then) / seconds)

    def forget(self) -> None:
        """Begin anew: nothing is sent for a while, which is no pace."""
        self._readings.clear()


class Minute(msgspec.Struct, frozen=True):
    """Moving calls that each minute seems to have, and left in this one; None where the platform has refused none."""

    limit: int | None = None
    left: int = 0
    ends_in: float = 0.0


UNLIMITED = Minute()


class Quota(msgspec.Struct, frozen=True):
    """Moving calls left today and had every day; None where the platform does not tell. `reserve` is for others."""

    left: int | None
    limit: int | None
    reserve: int = 0


def seconds_left(
    now: float, calls: int, rate: float, quota: Quota, closed: float = 0.0, minute: Minute = UNLIMITED
) -> float | None:
    """Return how long so many calls will take at `rate` a second; None where that cannot be said.

    Nothing is sent for the next `closed` seconds. What a minute does not cover goes on in the next ones. What today's
    quota does not cover begins at the next midnight in Beijing, and goes on day by day.
    """
    if calls == 0:
        return 0.0
    if rate <= 0 and minute.limit is not None:
        rate = minute.limit / MINUTE  # after a wait nothing is measured yet
    if rate <= 0 or minute.limit == 0:
        return None
    midnight = next_day(now).timestamp() - now
    left = calls if quota.left is None else max(quota.left - quota.reserve, 0)
    if quota.left is not None and closed >= midnight:
        left = 0  # the platform has refused them
    if calls <= left:
        return _seconds_of_day(calls, rate, minute, closed)
    a_day = (quota.limit or 0) - quota.reserve
    if a_day <= 0:
        return None
    more_days, on_the_last = divmod(calls - left - 1, a_day)
    begins = max(midnight, closed) + more_days * DAY
    return begins + _seconds_of_day(on_the_last + 1, rate, Minute(minute.limit, minute.limit or 0, MINUTE))


def _seconds_of_day(calls: int, rate: float, minute: Minute, closed: float = 0.0) -> float:
    """Return how long calls take that the day covers: as long as their pace says, and as the minutes."""
    seconds = closed + calls / rate
    if not minute.limit or calls <= minute.left:
        return seconds
    more_minutes, in_the_last = divmod(calls - minute.left - 1, minute.limit)
    begins = max(minute.ends_in, closed) + more_minutes * MINUTE
    return max(seconds, begins + (in_the_last + 1) / rate)
