"""How many calls of a kind are left today, and when the rest will be done: decided from plain numbers."""

from typing import TYPE_CHECKING

import msgspec

from fenzu.cli.counted import counted
from fenzu.cli.span import span
from fenzu.errors import FenzuError
from fenzu.model import CallQuota
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.mirror.directory import Directory

CALLS = ("followers.list", "followers.get_many")


class Budget(msgspec.Struct, frozen=True):
    """The calls left when the work began, and how many things each of them does."""

    left: int | None
    """None where the platform does not tell."""
    a_day: int
    each: int

    def rest(self, done: int, total: int, seconds: float) -> Words:
        """Tell how long the rest takes, after `done` of `total` took so many seconds; the day may end before it."""
        if self.left is not None and -(-total // self.each) > self.left:
            today = self.left * self.each
            days = -(-(total - today) // (max(self.a_day, 1) * self.each))
            return Words(
                f"today's quota is enough for {today:,}; {counted(days, 'more day')} for the rest",
                f"今天的额度够 {today:,} 个，其余还要 {days} 天",
            )
        if not done or seconds <= 0:
            return Words("", "")
        left = span(seconds / done * (total - done))
        return Words(f"{left.en} left", f"还需 {left.zh}")


async def ask_quotas(directory: "Directory") -> dict[str, CallQuota]:
    """Ask what is left of the calls that a sync makes; what the platform does not tell is left out."""
    found = {}
    for call in CALLS:
        try:
            found[call] = await directory.quota(call)
        except FenzuError:  # a sync needs no quota to be known; if nothing works, its own calls say so
            continue
    return found


def budget_of(quotas: dict[str, CallQuota], call: str, each: int) -> Budget:
    """Return the budget of one of the calls."""
    quota = quotas.get(call)
    return Budget(quota.remain, quota.daily_limit, each) if quota else Budget(None, 0, each)
