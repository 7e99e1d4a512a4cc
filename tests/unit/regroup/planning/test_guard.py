"""Guards: what has to be wanted expressly."""

import msgspec
import pytest
from tests.unit.regroup.planned import openid, plan_for

from fenzu.cli import main
from fenzu.errors import UnsafePlan
from fenzu.regroup._planning.guard import judge, look
from fenzu.regroup._values import Plan


def moving(moved: int, followers: int, to: str = "VIP") -> Plan:
    state = {openid(n): 0 for n in range(followers)}
    return plan_for(state, [(openid(n), to) for n in range(moved)])


def kinds(plan: Plan) -> list[str]:
    return [finding.kind for finding in look(plan.header, plan.flows())]


def test_moving_many_is_a_finding() -> None:
    """Over 30 % of the followers is one, 30 % is not; accounts under twenty followers are exempt."""
    assert kinds(moving(30, 100)) == []
    assert kinds(moving(31, 100)) == ["many_moved"]
    assert kinds(moving(19, 19)) == []
    assert kinds(moving(20, 20)) == ["many_moved"]


def test_renamed_groups_count_too() -> None:
    """Who gets another group's name without being moved is counted with those who are moved."""
    state = {openid(n): 100 for n in range(100)}
    plan = plan_for(state, [(one, "Gold") for one in state], create=True, rename=True)
    assert (plan.moves, kinds(plan)) == (0, ["many_moved"])


def test_anybody_into_the_blacklist_is_a_finding() -> None:
    """A single follower is enough, in the smallest account."""
    assert kinds(moving(1, 5, to="黑名单")) == ["into_blacklist"]


def test_anybody_out_of_the_blacklist_is_a_finding() -> None:
    """Whoever was shut out gets no say again by being among those who are sorted."""
    state = {openid(n): 1 if n < 2 else 0 for n in range(5)}
    plan = plan_for(state, [(openid(1), "VIP"), (openid(4), "VIP")])
    [finding] = look(plan.header, plan.flows())
    assert (finding.kind, finding.followers) == ("out_of_blacklist", 1)
    assert finding.words.zh == "有 1 个粉丝会被移出黑名单"


def test_all_findings_are_told_before_it_is_refused() -> None:
    """The refusal names everything at once, in both languages, and how to force it; it ends a command with 7."""
    plan = moving(40, 50, to="1")
    with pytest.raises(UnsafePlan, match=r"40 of 50 followers \(80 %\).*黑名单: 40.*--force") as refused:
        judge(look(plan.header, plan.flows()))
    assert "移入黑名单" in refused.value.say("zh")
    assert main.code_of(refused.value) == main.REFUSED
    judge(())


def test_an_undo_is_never_a_finding() -> None:
    """Going back to what was needs a yes and no force."""
    plan = moving(40, 50, to="1")
    undo = msgspec.structs.replace(plan.header, kind="undo")
    assert look(undo, plan.flows()) == ()
