"""What is left of the day's moving calls, by the platform's last word and what was sent since."""

from fenzu.errors import FenzuError
from fenzu.mirror.directory import Directory

MOVE = "groups.move_many"


class Day:
    """The calls of today. `left` is None while the platform has not told."""

    def __init__(self, reserve: int) -> None:
        self.reserve = reserve
        self.left: int | None = None
        self.limit: int | None = None

    @property
    def is_used_up(self) -> bool:
        """Whether only the reserve is left. Without a reserve it is the platform that says so (45009)."""
        return self.reserve > 0 and self.left is not None and self.left <= self.reserve

    def sent(self) -> None:
        """Note that a moving call is sent."""
        if self.left is not None:
            self.left = max(self.left - 1, 0)

    def begin_anew(self) -> None:
        """Note that the calls have renewed."""
        self.left = self.limit

    async def ask(self, directory: Directory) -> None:
        """Ask the platform. Where it does not tell, the run goes on without."""
        try:
            quota = await directory.quota(MOVE)
        except FenzuError:
            return
        if quota.daily_limit > 0:
            self.left, self.limit = quota.remain, quota.daily_limit
