"""The control client against a running sandbox: what is asked for is there afterwards."""

import pytest

from fenzu.client.transport import HttpTransport, Request
from fenzu.control import Control, ControlError, GroupSeed
from fenzu.testing import SandboxAccount, SandboxProcess
from tests.process.sockets import ask

VIP = [f"oVIP{number:024d}" for number in range(3)]


def test_health_tells_what_runs(control: Control) -> None:
    """The sandbox says that it is ready, and under which rules."""
    health = control.health()
    assert (health.ready, health.rules) == (True, "2013")
    assert health.accounts >= 1


def test_an_account_comes_as_it_was_asked_for(control: Control) -> None:
    """Followers by number and by openid, groups with and without an id."""
    made = control.accounts.create(followers=10, groups=[GroupSeed("VIP", 104, VIP), GroupSeed("x")])
    assert made.followers == 13
    assert control.accounts.get(made.appid).groups == made.groups
    assert made.appid in [account.appid for account in control.accounts.list()]


def test_people_come_and_go(account: SandboxAccount) -> None:
    """Followers are added by number or openid, and removed by openid."""
    control = account.control
    assert control.followers.add(account.appid, count=5).followers == 5
    assert control.followers.add(account.appid, openids=VIP).followers == 8
    assert control.followers.remove(account.appid, VIP[:2]).followers == 6


def test_a_reset_account_is_empty_and_still_there(account: SandboxAccount) -> None:
    """Reset takes followers and groups; appid and secret stay."""
    account.control.followers.add(account.appid, count=5)
    account.control.reset(account.appid)
    assert account.control.accounts.get(account.appid).followers == 0


def test_a_deleted_account_is_gone(account: SandboxAccount) -> None:
    """After its removal an account is unknown to control and to the platform."""
    account.control.accounts.delete(account.appid)
    with pytest.raises(ControlError, match="unknown_account"):
        account.control.accounts.get(account.appid)
    query = f"grant_type=client_credential&appid={account.appid}&secret={account.secret}"
    transport = HttpTransport(trust_env=False)
    answer = transport.send(Request("GET", f"{account.base_url}/cgi-bin/token?{query}"))
    transport.close()
    assert answer.body == b'{"errcode":40013,"errmsg":"invalid appid"}'


@pytest.mark.parametrize("appid", ["%2e%2e%2Fhealth", "wx%201", "%E6%9C%AA%E7%9F%A5", "%2e%2e", ".."])
def test_odd_appids_are_just_unknown(sandbox: SandboxProcess, appid: str) -> None:
    """Whatever stands for an appid leads to no other route."""
    request = b"GET /accounts/%b HTTP/1.1\r\nHost: localhost\r\n\r\n" % appid.encode()
    answer = ask(sandbox.ready.control_url, request)
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"unknown_account" in answer


def test_a_taken_appid_is_told(account: SandboxAccount) -> None:
    """A second account of the same appid is refused."""
    with pytest.raises(ControlError, match="409 account_exists"):
        account.control.accounts.create(appid=account.appid)
