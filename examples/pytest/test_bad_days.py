"""Tests of a job on bad days of the platform. Run: `pytest test_bad_days.py`."""

import pytest

from fenzu import Client
from fenzu.control import Fault
from fenzu.errors import PlatformBusy
from fenzu.testing import SandboxAccount


def sort(account: Client, openids: list[str]) -> int:
    """Make the group 新粉丝, put followers into it one by one, and return its id."""
    group = account.groups.create("新粉丝")
    for openid in openids:
        account.groups.move(openid, to=group)
    return group.id


def test_answers_are_lost(wechat_sandbox: SandboxAccount, wechat_client: Client) -> None:
    openids = wechat_sandbox.add_followers(5)
    wechat_sandbox.faults(Fault.lost_answer("groups.create", nth=1), Fault.reset("groups.move", nth=3))
    group = sort(wechat_client, openids)
    assert [each.name for each in wechat_client.groups.list()].count("新粉丝") == 1
    assert {wechat_client.groups.of(openid) for openid in openids} == {group}


def test_the_platform_stays_busy(wechat_sandbox: SandboxAccount, wechat_client: Client) -> None:
    openids = wechat_sandbox.add_followers(3)
    wechat_sandbox.faults(Fault.busy("groups.move"))
    with pytest.raises(PlatformBusy):
        sort(wechat_client, openids)


@pytest.mark.parametrize("seed", range(3))
def test_one_call_in_ten_goes_wrong(wechat_sandbox: SandboxAccount, wechat_client: Client, seed: int) -> None:
    openids = wechat_sandbox.add_followers(20)
    wechat_sandbox.faults(
        Fault.busy("groups/*", chance=0.05), Fault.lost_answer("groups/*", chance=0.05), seed=seed
    )
    group = sort(wechat_client, openids)
    wechat_sandbox.faults()
    assert {wechat_client.groups.of(openid) for openid in openids} == {group}
