"""What a plan costs in calls and days."""

from datetime import date

import pytest
from tests.unit.regroup.planned import openid, plan_for

from fenzu.errors import UsageError
from fenzu.model import CallQuota
from fenzu.regroup._planning.cost import CallCost, Reserve, needed, read_reserve, tell_cost

MOVES, CREATES = "/cgi-bin/groups/members/batchupdate", "/cgi-bin/groups/create"
NOON = 1_764_129_600.0  # 2025-11-26 12:00 in Beijing
NOTHING = Reserve()


def quota(path: str = MOVES, limit: int = 1_000, remain: int = 1_000) -> CallQuota:
    return CallQuota(path, limit, limit - remain, remain)


def test_what_is_needed_is_counted_by_call() -> None:
    """Batches, creates and renames are counted apart, each under its own name; what is not needed is left out."""
    state = {openid(n): 0 for n in range(60)}
    plan = plan_for(state, [(one, "new") for one in state], create=True)
    assert needed(plan) == {"groups.create": 1, "groups.move_many": 2}
    assert needed(plan_for(state, [])) == {}


def test_a_small_plan_is_done_today() -> None:
    """What is left of today's calls is enough: one day, today."""
    cost = tell_cost({"groups.move_many": 900}, [quota()], NOTHING, NOON)
    assert (cost.calls, cost.today, cost.days, cost.ends_on) == (900, 900, 1, date(2025, 11, 26))


def test_a_plan_over_several_days_tells_when_it_ends() -> None:
    """Today takes what is left of today, each following day a whole quota."""
    cost = tell_cost({"groups.move_many": 2_500}, [quota(remain=400)], NOTHING, NOON)
    assert (cost.today, cost.days, cost.ends_on) == (400, 4, date(2025, 11, 29))
    nothing_today = tell_cost({"groups.move_many": 1_000}, [quota(remain=0)], NOTHING, NOON)
    assert (nothing_today.today, nothing_today.days, nothing_today.ends_on) == (0, 1, date(2025, 11, 27))


def test_the_day_is_that_of_beijing() -> None:
    """Late in the evening by UTC it is tomorrow already where the quotas renew."""
    assert tell_cost({}, [], NOTHING, NOON + 12 * 3600).on == date(2025, 11, 27)


def test_the_slowest_call_decides() -> None:
    """Groups are made under a quota of their own; the plan takes as long as the call that takes longest."""
    told = [quota(), quota(CREATES, 10, 10)]
    cost = tell_cost({"groups.create": 25, "groups.move_many": 30}, told, NOTHING, NOON)
    assert (cost.calls, cost.today, cost.days) == (55, 40, 3)
    assert tell_cost({}, told, NOTHING, NOON).days == 0


def test_the_reserve_is_kept_each_day() -> None:
    """What the account's other systems need is taken off today and off each day, as a number or as a share."""
    by_number = tell_cost({"groups.move_many": 1_000}, [quota(remain=900)], Reserve(calls=500), NOON)
    by_share = tell_cost({"groups.move_many": 1_000}, [quota(remain=900)], Reserve(percent=50), NOON)
    assert by_number == by_share
    assert (by_number.today, by_number.days) == (400, 3)
    spent = tell_cost({"groups.move_many": 1}, [quota(remain=100)], Reserve(calls=500), NOON)
    assert (spent.today, spent.days) == (0, 1)


def test_a_quota_that_is_not_told_is_the_documented_one() -> None:
    """Where the platform does not tell a quota, the documented one of an ordinary account stands in, and says so."""
    cost = tell_cost({"groups.move_many": 5}, [], NOTHING, NOON)
    assert cost.of == (CallCost("groups.move_many", 5, 100_000, 5, is_told=False),)


def test_a_reserve_that_leaves_nothing_is_refused() -> None:
    """With all calls held back the plan would never end."""
    with pytest.raises(UsageError, match="leaves nothing"):
        tell_cost({"groups.move_many": 5}, [quota()], Reserve(calls=1_000), NOON)


def test_the_reserve_is_of_moving_calls() -> None:
    """A reserve of more than the few calls a day that make groups is no reason against a plan that makes some."""
    told = [quota(remain=900), quota(CREATES, 10, 10)]
    cost = tell_cost({"groups.create": 3, "groups.move_many": 30}, told, Reserve(calls=500), NOON)
    assert [(each.today, each.a_day) for each in cost.of] == [(3, 10), (30, 500)]


def test_a_call_that_is_not_allowed_is_no_matter_of_the_reserve() -> None:
    """Where the platform allows no call a day, that is said, and no reserve is blamed that nobody gave."""
    with pytest.raises(UsageError, match=r"may not make groups\.create: 0 calls a day"):
        tell_cost({"groups.create": 1}, [quota(CREATES, 0, 0)], NOTHING, NOON)


def test_a_reserve_is_read() -> None:
    """A number is calls, with a percent sign it is a share; anything else is no reserve."""
    assert read_reserve(" 2000 ") == Reserve(calls=2_000)
    assert read_reserve("20%") == Reserve(percent=20)
    for text in ("", "-1", "100%", "1.5", "20 %%", "²"):
        with pytest.raises(UsageError, match="reserve"):
            read_reserve(text)
