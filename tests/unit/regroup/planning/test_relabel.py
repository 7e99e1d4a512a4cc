"""Renaming a group instead of moving its followers: where it is cheaper, and where it must not be done."""

from tests.unit.regroup.planned import GROUPS, applied, openid, plan_for

from fenzu.regroup._values import Create, KnownGroup, Rename

STATE = {openid(n): 100 if n < 120 else 0 for n in range(130)}
ALL = [(openid(n), "Gold") for n in range(120)]


def test_a_group_that_only_gets_another_name_is_renamed() -> None:
    """Where everybody of a group goes to one new name, one call is enough and nobody is moved."""
    plan = plan_for(STATE, ALL, create=True, rename=True)
    assert (plan.renames, plan.creates, plan.batches) == ((Rename(100, "VIP", "Gold", 120),), (), ())
    assert (plan.header.along, plan.header.unchanged, plan.calls) == (120, 0, 1)
    assert KnownGroup(100, "VIP") in plan.groups
    assert plan_for(STATE, ALL, create=True).calls == 4


def test_the_few_who_go_elsewhere_are_moved() -> None:
    """A group is renamed for most of its followers, and the others leave it; who joins is moved in."""
    rows = [*ALL[:-2], (openid(118), "0"), (openid(119), "Silver"), (openid(125), "Gold")]
    plan = plan_for(STATE, rows, create=True, rename=True)
    assert plan.renames == (Rename(100, "VIP", "Gold", 120),)
    assert plan.creates == (Create(-1, "Silver"),)
    after = applied(plan, STATE)
    assert [after[openid(n)] for n in (0, 118, 119, 125, 126)] == [100, 0, -1, 100, 0]


def test_a_name_that_is_still_wanted_is_made_anew() -> None:
    """A group that is split keeps most of its followers under the new name; the old name is made again for the rest."""
    plan = plan_for(STATE, [*ALL[:-1], (openid(119), "VIP")], create=True, rename=True)
    assert plan.renames == (Rename(100, "VIP", "Gold", 120),)
    assert plan.creates == (Create(-1, "VIP"),)
    assert applied(plan, STATE)[openid(119)] == -1
    assert plan.calls == 3


def test_nobody_is_carried_along_who_is_not_listed() -> None:
    """One follower of the group whom the wish does not list, or whose wish means nothing, and it keeps its name."""
    assert not plan_for(STATE, ALL[1:], create=True, rename=True).renames
    assert not plan_for(STATE, [(openid(0), "twin"), *ALL[1:]], create=True, rename=True).renames


def test_the_platform_may_know_of_more() -> None:
    """Where the platform counts more followers in the group than the mirror knows, it is not renamed."""
    assert not plan_for(STATE, ALL, create=True, rename=True, counts={100: 121}).renames
    assert plan_for(STATE, ALL, create=True, rename=True, counts={100: 120}).renames


def test_groups_that_are_meant_themselves_keep_their_names() -> None:
    """Reserved groups, groups that the wish calls by their id, and groups that share a name are never renamed."""
    for group, more in ((0, []), (100, [(openid(500), "100")]), (102, [])):
        state = {openid(n): group for n in range(120)}
        rows = [*ALL, *more]
        assert not plan_for(state, rows, create=True, rename=True).renames
    assert GROUPS[5].name == GROUPS[6].name


def test_it_has_to_be_cheaper() -> None:
    """A rename that saves no call is not made: a fresh group does as well."""
    state = {openid(n): 100 if n < 2 else 0 for n in range(60)}
    rows = [(openid(n), "Gold") for n in range(40)]
    assert not plan_for(state, rows, create=True, rename=True).renames
    assert not plan_for(STATE, ALL, rename=True).renames
