"""What a plan costs in calls and days, told against the day's quota of each call. Pure.

Days are the platform's: they begin at midnight in Beijing, and with them the quotas.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

import msgspec

from fenzu.errors import UsageError
from fenzu.model import CallQuota
from fenzu.pauses import BEIJING
from fenzu.regroup._values import Plan
from fenzu.wire.endpoints import ENDPOINTS
from fenzu.wire.limits import DAILY
from fenzu.wire.words import Words

MOVE = "groups.move_many"
_RESERVE = re.compile(r"(?P<number>\d{1,12})(?P<percent>%?)")


class Reserve(msgspec.Struct, frozen=True):
    """What is left of each day's moving calls for the account's other systems: so many, or a share of the limit.

    Calls for groups have a small quota of their own, and a run keeps none of them back.
    """

    calls: int = 0
    percent: int = 0

    def of(self, call: str, limit: int) -> int:
        """Return how many of a call are left alone."""
        if call != MOVE:
            return 0
        return max(self.calls, -(-limit * self.percent // 100))


class CallCost(msgspec.Struct, frozen=True):
    """What the plan needs of one call."""

    call: str
    """Fenzu's name of it."""
    calls: int
    a_day: int
    """What may be made of it each day, without the reserve."""
    today: int
    """What of it can be made today."""
    is_told: bool
    """Whether the platform told the quota; else it is the documented one of an ordinary account, unused."""

    @property
    def days_more(self) -> int:
        """How many days after today it takes."""
        return -(-(self.calls - self.today) // self.a_day)


class Cost(msgspec.Struct, frozen=True):
    """What a plan costs."""

    of: tuple[CallCost, ...]
    on: date
    """Today, in Beijing."""

    @property
    def calls(self) -> int:
        """All calls that change something."""
        return sum(each.calls for each in self.of)

    @property
    def today(self) -> int:
        """Those that can be made today."""
        return sum(each.today for each in self.of)

    @property
    def days(self) -> int:
        """On how many days calls are made: 1 where today is enough, 0 where there is nothing to do."""
        more = max((each.days_more for each in self.of), default=0)
        return more + (1 if self.today else 0)

    @property
    def ends_on(self) -> date:
        """The day on which the last call is made, in Beijing."""
        return self.on + timedelta(days=max((each.days_more for each in self.of), default=0))


def needed(plan: Plan) -> dict[str, int]:
    """Count the calls that a plan needs, by fenzu's name of them, in the order in which they are made."""
    counted = {
        "groups.create": len(plan.creates),
        "groups.rename": len(plan.renames),
        MOVE: len(plan.batches),
        "groups.delete": len(plan.deletes),
    }
    return {call: n for call, n in counted.items() if n}


def tell_cost(calls: Mapping[str, int], quotas: Iterable[CallQuota], reserve: Reserve, now: float) -> Cost:
    """Return what so many calls cost, by what the platform told of their quotas at `now` (Unix seconds).

    Raises `UsageError` where the platform allows none of a call, or the reserve leaves none.
    """
    told = {quota.path: quota for quota in quotas}
    costs = [_cost(call, n, told.get(ENDPOINTS[call].path), reserve) for call, n in calls.items()]
    return Cost(tuple(costs), datetime.fromtimestamp(now, BEIJING).date())


def read_reserve(text: str) -> Reserve:
    """Read `2000` or `20%`; raises `UsageError` for anything else."""
    found = _RESERVE.fullmatch(text.strip())
    if found is None or (found["percent"] and int(found["number"]) > 99):
        raise UsageError(
            Words(
                "the reserve is a number of calls, or up to 99%", "保留额度应是次数，或不超过 99% 的百分比"
            ),
            Words("give 2000, or 20%", "请给出 2000 或 20% 这样的值"),
        )
    number = int(found["number"])
    return Reserve(percent=number) if found["percent"] else Reserve(calls=number)


def _cost(call: str, calls: int, quota: CallQuota | None, reserve: Reserve) -> CallCost:
    limit, left = (
        (DAILY[call].ordinary, DAILY[call].ordinary) if quota is None else (quota.daily_limit, quota.remain)
    )
    if limit <= 0:
        raise UsageError(
            Words(f"the account may not make {call}: 0 calls a day", f"账号不能调用 {call}：每日 0 次"),
            Words(
                "look at the account's permissions, and: fenzu quota", "请检查账号权限，并查看：fenzu quota"
            ),
        )
    kept = reserve.of(call, limit)
    if limit <= kept:
        raise UsageError(
            Words(
                f"the reserve leaves nothing of the {limit:,} calls a day of {call}",
                f"{call} 每日 {limit:,} 次，扣除保留额度后一次不剩",
            ),
            Words("keep fewer calls back: --reserve 20%", "请少保留一些：--reserve 20%"),
        )
    return CallCost(call, calls, limit - kept, min(calls, max(left - kept, 0)), quota is not None)
