"""Quota, rid, addresses and remarks: small calls that have rules of their own."""

from typing import Any

import pytest
from tests.unit.client.scripted import APPID, BUSY, OK, Driver, Platform, account_of, coded, lost, play

from fenzu.client import domain, followers, quota
from fenzu.errors import (
    ClearsUsedUp,
    InvalidRemark,
    NotAFollower,
    SystemBusy,
    TransportError,
    UnknownPath,
    UnknownRid,
    UsageError,
)
from fenzu.model import CallQuota

COUNTS = {"daily_limit": 1000, "used": 1, "remain": 999}


@pytest.mark.parametrize("path", ["groups/get", "/cgi-bin/groups/get"])
def test_a_quota(path: str) -> None:
    """A call's quota is asked for by its path, in short or whole."""
    answer = {"errcode": 0, "quota": COUNTS, "rate_limit": {"call_count": 5000, "refresh_second": 60}}
    found, driver = play(lambda account: quota.get(account, path), answer)
    assert found == CallQuota("/cgi-bin/groups/get", 1000, 1, 999, 5000, 60)
    assert driver.platform.sent[0].json == {"cgi_path": "/cgi-bin/groups/get"}


def test_a_quota_without_a_rate() -> None:
    """Where the platform tells no rate, there is none."""
    found, _ = play(lambda account: quota.get(account, "groups/get"), {"quota": COUNTS})
    assert (found.rate_calls, found.rate_seconds) == (None, None)


def test_the_quota_of_no_call() -> None:
    """The platform judges whether a call exists; what is no path is refused here."""
    with pytest.raises(UnknownPath):
        play(lambda account: quota.get(account, "nothing"), coded(76021))
    with pytest.raises(UsageError):
        play(lambda account: quota.get(account, "groups/get?x=1"))


def test_clearing() -> None:
    """All quotas are cleared by the account's appid."""
    _, driver = play(quota.clear, OK)
    assert driver.platform.sent[0].json == {"appid": APPID}
    with pytest.raises(ClearsUsedUp):
        play(quota.clear, coded(48006))


@pytest.mark.parametrize(("trouble", "kind"), [(lost(), TransportError), (BUSY, SystemBusy)])
def test_a_clear_is_never_repeated(trouble: Any, kind: type[Exception]) -> None:
    """A clear that may have been carried out is not sent again: there are ten a month."""
    driver = Driver(Platform(trouble, OK))
    with pytest.raises(kind):
        driver.run(quota.clear(account_of(driver.clock)))
    assert driver.platform.calls == ["clear_quota"]


REMEMBERED = {
    "invoke_time": 1599803741,
    "cost_in_ms": 30,
    "request_url": "/cgi-bin/token?grant_type=client_credential&appid=wx1&secret=5ec4e7&component_access_token=T-3",
    "request_body": '{"secret": "5ec4e7", "appid":"wx1"}',
    "response_body": '{"access_token":"T-1","expires_in":7200}',
    "client_ip": "127.0.0.1",
}


def test_a_remembered_request_holds_no_secret() -> None:
    """What the platform remembers is told without tokens and secrets, and shown without bodies."""
    found, driver = play(lambda account: quota.rid(account, "5f5b0d5d-1-2"), {"request": REMEMBERED})
    assert driver.platform.sent[0].json == {"rid": "5f5b0d5d-1-2"}
    assert (found.invoked_at, found.cost_ms, found.client_ip) == (1599803741, 30, "127.0.0.1")
    assert found.url.startswith("/cgi-bin/token?grant_type=client_credential&appid=wx1&")
    assert found.response_body == '{"access_token":"…","expires_in":7200}'
    whole = found.url + found.request_body + found.response_body
    assert not [secret for secret in ("5ec4e7", "T-1", "T-3") if secret in whole]
    assert repr(found) == "RequestRecord(invoked_at=1599803741, cost_ms=30)"


def test_an_answer_that_holds_secrets_does_not_show_them() -> None:
    """A traceback that shows locals shows no remembered token."""
    from msgspec import convert

    from fenzu.client._codec import InvocationAnswer

    answer = convert({"request": REMEMBERED}, InvocationAnswer)
    assert "T-1" not in repr(answer)


def test_an_unknown_rid() -> None:
    """A rid that the platform does not know is told as that; what is no text is refused here."""
    with pytest.raises(UnknownRid):
        play(lambda account: quota.rid(account, "x"), coded(76001))
    nothing: Any = None
    with pytest.raises(UsageError, match="rid has to be a text"):
        play(lambda account: quota.rid(account, nothing))


def test_addresses() -> None:
    """The platform's addresses come as they are told."""
    for flow, call in ((domain.ips, "get_api_domain_ip"), (domain.callback_ips, "getcallbackip")):
        found, driver = play(flow, {"ip_list": ["127.0.0.1", "101.226.62.77/25"]})
        assert found == ["127.0.0.1", "101.226.62.77/25"]
        assert driver.platform.calls == [call]


@pytest.mark.parametrize("text", ["胖子", ""])
def test_a_remark(text: str) -> None:
    """A remark is sent raw, and an empty one takes it away."""
    _, driver = play(lambda account: followers.remark(account, "o1", text), OK)
    assert driver.platform.sent[0].json == {"openid": "o1", "remark": text}


def test_a_remark_that_is_refused() -> None:
    """How long a remark may be and who follows is the platform's to judge."""
    for code, kind in ((40092, InvalidRemark), (43004, NotAFollower)):
        with pytest.raises(kind):
            play(lambda account: followers.remark(account, "o1", "x" * 30), coded(code))
    nothing: Any = None
    with pytest.raises(UsageError, match="remark has to be a text"):
        play(lambda account: followers.remark(account, "o1", nothing))
