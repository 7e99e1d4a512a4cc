"""What is left of the day's moving calls, by the platform's last word and what was sent since."""

from fenzu.errors import FenzuError
from fenzu.mirror.directory import Directory
from fenzu.regroup._running.ports import NotNow

MOVE = "groups.move_many"


class Day:
    """The calls of today. `left` is None while the platform has not told."""

    def __init__(self, reserve: int) -> None:
        self.reserve = reserve
        self.left: int | None = None
        self.limit: int | None = None
        self._sent = self._answered = 0

    @property
    def is_used_up(self) -> bool:
        """Whether only the reserve is left. Without a reserve it is the platform that says so (45009)."""
        return self.reserve > 0 and self.left is not None and self.left <= self.reserve

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

    def begin_anew(self) -> None:
        """Note that the calls have renewed."""
        self.left = self.limit

    async def ask(self, directory: Directory) -> None:
        """Ask the platform. Where it does not tell, the run goes on without.

        Calls that were under way meanwhile are taken for calls that it has not counted yet: the reserve stays whole.
        """
        answered = self._answered
        try:
            quota = await directory.quota(MOVE)
        except (FenzuError, NotNow):
            return
        if quota.daily_limit > 0:
            self.left = max(quota.remain - (self._sent - answered), 0)
            self.limit = quota.daily_limit
