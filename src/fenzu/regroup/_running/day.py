"""What is left of the day's moving calls, by the platform's last word and what was sent since."""

from fenzu.errors import FenzuError
from fenzu.fate import Fate, fate_of
from fenzu.mirror.directory import Directory
from fenzu.mirror.ports import Clock
from fenzu.pauses import next_day
from fenzu.regroup._running.ports import NotNow

MOVE = "groups.move_many"


class Day:
    """The calls of today. `left` is None while the platform has not told."""

    def __init__(self, reserve: int) -> None:
        self.reserve = reserve
        self.left: int | None = None
        self.limit: int | None = None
        self._sent = self._answered = 0
        self._renews_at = 0.0
        self._is_asked = False

    @property
    def has_to_be_asked(self) -> bool:
        """Whether a reserve is to be left, and the platform has not been asked yet what is left of today."""
        return self.reserve > 0 and not self._is_asked

    @property
    def is_used_up(self) -> bool:
        """Whether only the reserve is left. Without a reserve it is the platform that says so (45009)."""
        return self.reserve > 0 and self._is_asked and self.left is not None and self.left <= self.reserve

    @property
    def has_only_the_reserve(self) -> bool:
        """Whether a whole day's calls are no more than the reserve."""
        return self.reserve > 0 and self.limit is not None and self.limit <= self.reserve

    def sent(self) -> None:
        """Note that a moving call is sent."""
        self._sent += 1
        if self.left is not None:
            self.left = max(self.left - 1, 0)

    def unsent(self) -> None:
        """Note that a moving call that counts as sent was not; it counts as answered all the same."""
        if self.left is not None:
            self.left += 1

    def answered(self) -> None:
        """Note that a moving call has its answer, or will have none."""
        self._answered += 1

    def turn(self, now: float) -> None:
        """Begin anew where it is another day in Beijing than before."""
        if now < self._renews_at:
            return
        if self._renews_at:
            self.begin_anew()
        self._renews_at = next_day(now).timestamp()

    def begin_anew(self) -> None:
        """Note that the calls have renewed: so it is taken that all are there, until the platform tells."""
        self.left = self.limit
        self._is_asked = False

    async def ask(self, directory: Directory, clock: Clock) -> FenzuError | None:
        """Ask the platform; return what has kept it from telling, if it may tell when it is asked again.

        One that does not tell at all is taken to have calls enough. Calls that were under way meanwhile are taken for
        calls that it has not counted yet: the reserve stays whole. An answer about yesterday counts for nothing.
        """
        self.turn(clock.time())
        answered, renews_at = self._answered, self._renews_at
        try:
            quota = await directory.quota(MOVE)
        except NotNow:
            return None
        except FenzuError as error:
            if fate_of(error) in {Fate.AGAIN, Fate.NEXT_MINUTE}:
                return error
            self._is_asked = True
            return None
        self.turn(clock.time())
        if self._renews_at == renews_at:
            self._is_asked = True
            if quota.daily_limit > 0:
                self.left = max(quota.remain - (self._sent - answered), 0)
                self.limit = quota.daily_limit
        return None
