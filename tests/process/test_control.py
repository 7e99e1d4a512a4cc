"""The control client against a running sandbox: what is asked for is there afterwards."""

import pytest

from fenzu import Client
from fenzu.client.transport import HttpTransport, Request
from fenzu.control import Control, ControlError, GroupSeed, TagSeed
from fenzu.errors import NotFound
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


def test_an_account_comes_with_tags(sandbox: SandboxProcess, control: Control) -> None:
    """Tags by number and by openid; whoever carries one follows, in group 0 unless listed in another."""
    groups, tags = [GroupSeed("VIP", 104, VIP[:1])], [TagSeed("广东", 134, VIP), TagSeed("x", followers=5)]
    made = control.accounts.create(groups=groups, tags=tags)
    assert made.followers == 8
    with Client(made.appid, made.secret, base_url=sandbox.ready.base_url) as account:
        listed = [(tag.id, tag.name, tag.count) for tag in account.tags.list()]
        assert listed == [(2, "星标组", 0), (134, "广东", 3), (135, "x", 5)]
        assert list(account.tags.members(134)) == VIP
        assert [account.groups.of(openid) for openid in VIP] == [104, 0, 0]


@pytest.mark.parametrize(
    "tags",
    [
        [TagSeed("a"), TagSeed("a")],
        [TagSeed("a", 104)],
        [TagSeed("a", 134), TagSeed("b", 134)],
        [TagSeed("a", 1)],
        [TagSeed("a", 99)],
        [TagSeed("a", followers=-1)],
        [TagSeed("a", followers=["x"])],
        [TagSeed("a", followers=[VIP[0], VIP[0]])],
        [TagSeed(f"t{number}", followers=VIP) for number in range(21)],
    ],
)
def test_tags_that_cannot_be(control: Control, tags: list[TagSeed]) -> None:
    """Equal names and ids, a group's id, odd followers, and more than twenty on one are refused."""
    with pytest.raises(ControlError) as caught:
        control.accounts.create(groups=[GroupSeed("VIP", 104)], tags=tags)
    assert (caught.value.status, caught.value.code) == (400, "invalid_request")


def test_calls_are_told(sandbox: SandboxProcess, account: SandboxAccount) -> None:
    """Each call of the account counts under its name, refused ones too; token calls as well."""
    assert account.control.accounts.get(account.appid).calls == {}
    with Client(account.appid, account.secret, base_url=sandbox.ready.base_url) as client:
        client.groups.list()
        with pytest.raises(NotFound):
            client.groups.of(VIP[0])
    expected = {"token.stable": 1, "groups.list": 1, "groups.of": 1}
    assert account.control.accounts.get(account.appid).calls == expected


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
