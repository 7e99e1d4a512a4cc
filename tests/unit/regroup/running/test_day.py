"""What is left of the day's moving calls."""

from tests.unit.regroup.platform import Platform
from tests.unit.regroup.timeless import Clock, run

from fenzu.model import CallQuota
from fenzu.regroup._running.day import Day


class Counting(Platform):
    """A platform whose answer about the quota takes so long that calls are sent meanwhile."""

    def __init__(self, day: Day) -> None:
        super().__init__({}, {})
        self.day = day

    async def quota(self, call: str) -> CallQuota:
        self.day.sent()
        self.day.answered()
        return CallQuota(call, 100_000, 99_000, 1_000)


def test_calls_under_way_are_not_counted_twice_nor_forgotten() -> None:
    """What was sent and not answered when the platform was asked, or sent meanwhile, may not be in its word yet."""
    day = Day(reserve=900)
    for _ in range(5):
        day.sent()
    day.answered()

    async def ask() -> None:
        await day.ask(Counting(day), Clock())

    run(ask())
    assert day.left == 1_000 - 4 - 1
    assert not day.is_used_up
    for _ in range(95):
        day.sent()
    assert day.is_used_up
    day.begin_anew()
    assert day.left == 100_000
