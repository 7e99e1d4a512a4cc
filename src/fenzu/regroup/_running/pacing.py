"""How fast the calls go: how many at once, and how many a minute. Pure but for what it remembers.

Up by little, down by a share (AIMD): more at once while answers are good, fewer after a busy platform or a broken
connection; fewer a minute after the platform has refused a minute's calls (45011), then a little more each minute.
"""

from fenzu.pauses import next_minute
from fenzu.regroup._running.meter import MINUTE, Minute

AT_FIRST = 4
FEWER = 0.7
"""What is left of the calls at once after a busy answer or a lost one."""
SLOWER = 0.9
"""What is left of a minute's calls after the platform has refused some of them."""
FASTER = 0.02
"""What is added to a minute's calls after a minute without refusal."""
FEW = 100
"""A minute in which fewer calls were taken was used up by others, and says little about how many it has."""


class Pacing:
    """What the answers so far say about the pace of the next calls."""

    def __init__(self, most: int) -> None:
        self.most = max(most, 1)
        self.per_minute: int | None = None
        """None until the platform has refused a minute's calls."""
        self.refused_minutes = 0
        """So many minutes in a row in which the platform took no call."""
        self._at_once = float(min(AT_FIRST, self.most))
        self._grows_fast = True
        self._minute_ends = 0.0
        self._sent = self._taken = 0
        self._closed = False
        self._last_taken: int | None = None
        """So many calls the last minute took, if it was refused."""

    @property
    def at_once(self) -> int:
        """So many calls may be under way."""
        return int(self._at_once)

    def seconds_to_wait(self, now: float) -> float:
        """Return 0 if a call may be sent now, else how long it is until the next minute."""
        self._turn(now)
        if self._closed or (self.per_minute is not None and self._sent >= self.per_minute):
            return self._minute_ends - now
        return 0.0

    def minute(self, now: float) -> Minute:
        """Return how many calls a minute seems to have, and how many of them are left in this one."""
        self._turn(now)
        limit = self._learnt() if self._closed else self.per_minute
        if limit is None:
            if not self._closed and self._last_taken is None:
                return Minute()
            limit = max(self._last_taken or 0, self._taken)
        left = 0 if self._closed else max(limit - self._taken, 0)
        return Minute(limit, left, self._minute_ends - now)

    def sent(self, now: float) -> None:
        """Note that a moving call is sent."""
        self._turn(now)
        self._sent += 1

    def unsent(self) -> None:
        """Note that a moving call that counts as sent was not."""
        self._sent = max(self._sent - 1, 0)

    def is_refused(self, now: float) -> bool:
        """Whether the platform has said of this minute that it takes no more calls."""
        return self._closed and now < self._minute_ends

    def took(self) -> None:
        """Note that the platform took a moving call."""
        self._taken += 1
        self.refused_minutes = 0

    def succeeded(self) -> None:
        """Note a good answer to any call."""
        growth = 1.0 if self._grows_fast else 1.0 / self._at_once
        self._at_once = min(self._at_once + growth, float(self.most))

    def faltered(self) -> None:
        """Note a busy answer, or none."""
        self._grows_fast = False
        self._at_once = max(self._at_once * FEWER, 1.0)

    def minute_refused(self, now: float, sent_at: float) -> None:
        """Note that the platform takes no more calls this minute; those under way may all say so."""
        self._turn(now)
        if self._closed or sent_at < self._minute_ends - MINUTE:
            return
        self._closed = True
        if not self._taken:
            self.refused_minutes += 1

    def _turn(self, now: float) -> None:
        """Begin a new minute where the last one is over."""
        if self._minute_ends - MINUTE <= now < self._minute_ends:
            return
        self._last_taken = self._taken if self._closed else None
        self.per_minute = self._learnt()
        self._minute_ends = next_minute(now)
        self._sent = self._taken = 0
        self._closed = False

    def _learnt(self) -> int | None:
        """Return what this minute says about how many calls the next ones have."""
        if self._closed and self._taken >= FEW:
            return int(self._taken * SLOWER)
        if self.per_minute is None or self._closed:
            return self.per_minute
        return self.per_minute + max(int(self.per_minute * FASTER), 1)
