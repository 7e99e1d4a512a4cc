"""How fast a run goes, and when it will be done: pure arithmetic, nights without quota among it."""

from collections import deque

import msgspec

from fenzu.pauses import next_day

WINDOW = 10.0
"""Seconds over which the rate is measured."""
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


class Quota(msgspec.Struct, frozen=True):
    """Moving calls left today and had every day; None where the platform does not tell. `reserve` is for others."""

    left: int | None
    limit: int | None
    reserve: int = 0


def seconds_left(now: float, calls: int, rate: float, quota: Quota, closed: float = 0.0) -> float | None:
    """Return how long so many calls will take at `rate` a second; None where that cannot be said.

    Nothing is sent for the next `closed` seconds. What today's quota does not cover begins at the next midnight in
    Beijing, and goes on day by day.
    """
    if calls == 0:
        return 0.0
    if rate <= 0:
        return None
    left = calls if quota.left is None else max(quota.left - quota.reserve, 0)
    if calls <= left:
        return closed + calls / rate
    a_day = (quota.limit or 0) - quota.reserve
    if a_day <= 0:
        return None
    more_days, on_the_last = divmod(calls - left - 1, a_day)
    return max(next_day(now).timestamp() - now, closed) + more_days * DAY + (on_the_last + 1) / rate
