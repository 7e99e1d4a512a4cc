"""Tests of a job that outlasts its quota and its token. Run: `pytest test_two_days.py`."""

from fenzu import Client
from fenzu.errors import DailyQuotaExceeded
from fenzu.testing import SandboxAccount


def move_all(account: Client, openids: list[str]) -> list[str]:
    """Move as many as today's quota allows into the starred group, and return those who are left for tomorrow."""
    result = account.groups.move_many(openids, to=2)
    if isinstance(result.stopped_by, DailyQuotaExceeded):
        return [*result.failed, *result.not_tried]
    return []


def test_the_quota_is_used_up(wechat_sandbox: SandboxAccount, wechat_client: Client) -> None:
    openids = wechat_sandbox.add_followers(250)
    wechat_sandbox.set_quota(limits={"groups.move_many": 3})
    assert len(move_all(wechat_client, openids)) == 100


def test_the_second_day(own_wechat_sandbox: SandboxAccount) -> None:
    own = own_wechat_sandbox
    openids = own.add_followers(250)
    own.set_quota(limits={"groups.move_many": 3})
    with Client(own.appid, own.secret, base_url=own.base_url) as account:
        left = move_all(account, openids)
        own.control.clock.advance_to_midnight()
        assert move_all(account, left) == []
        assert account.groups.of(openids[-1]) == 2


def test_the_token_ends_in_between(own_wechat_sandbox: SandboxAccount) -> None:
    own = own_wechat_sandbox
    with Client(own.appid, own.secret, base_url=own.base_url) as account:
        first = account.token()
        own.control.clock.advance(7200)
        account.groups.list()
        assert account.token() != first
