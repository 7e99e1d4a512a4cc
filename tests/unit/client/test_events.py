"""What a listener is told of a call, and what it is never told."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.client.scripted import (
    APPID,
    BASE_URL,
    BUSY,
    OK,
    SECRET,
    START,
    AsyncScriptedTransport,
    Driver,
    Platform,
    ScriptedTransport,
    account_of,
    coded,
    lost,
)

from fenzu import AsyncClient, Client
from fenzu.client import groups
from fenzu.client._account import Account
from fenzu.client._flow import Flow
from fenzu.errors import InvalidOpenid
from fenzu.telemetry import Answered, AnyEvent, Retrying, Sending, TokenRenewed

OPENID = "oDF3iYx0ro3_7jD4HFRDfrjdCM58"
WHO: dict[str, Any] = {"appid": APPID, "base_url": BASE_URL, "endpoint": "groups.move"}
TOKEN: dict[str, Any] = {**WHO, "endpoint": "token.stable"}


def heard(platform: Platform, flow_of: Callable[[Account], Flow[object]], **options: Any) -> list[AnyEvent]:
    """Run a flow and return what its listener heard; an error of the platform's is left aside."""
    events: list[AnyEvent] = []
    driver = Driver(platform)
    driver.seconds_a_call = 0.5
    account = account_of(driver.clock, on_event=events.append, **options)
    try:
        driver.run(flow_of(account))
    except InvalidOpenid:
        pass
    return events


def move(account: Account) -> Flow[None]:
    return groups.move(account, OPENID, 100)


def test_a_call_from_beginning_to_end() -> None:
    """A first call tells of the token that it fetched, and of itself: before, after, how long."""
    assert heard(Platform(OK), move) == [
        Sending(**TOKEN, number=1),
        Answered(**TOKEN, number=1, started_at=START, seconds=0.5),
        TokenRenewed(**TOKEN, expires_in=7200),
        Sending(**WHO, number=1),
        Answered(**WHO, number=1, started_at=START + 0.5, seconds=0.5),
    ]


def test_the_plain_token_call_is_told_by_its_name() -> None:
    """Who chose the old kind of token hears of that call."""
    renewed = heard(Platform(OK), move, token_kind="plain")[2]
    assert isinstance(renewed, TokenRenewed)
    assert renewed.endpoint == "token.get"


def test_a_refusal_is_told_by_code_and_class() -> None:
    """What the platform refuses is told with its code, its class and the platform's number of the request."""
    refusal = coded(40003, "invalid openid rid: 6123-4567")
    assert heard(Platform(refusal), move, token="given")[-1] == Answered(
        **WHO, number=1, started_at=START, seconds=0.5, errcode=40003, error="InvalidOpenid", rid="6123-4567"
    )


def test_retries_are_told() -> None:
    """A busy platform and a lost answer are told with the pause that follows, and each try has its number."""
    events = heard(Platform(BUSY, lost(), OK), move, token="given")
    assert [type(event) for event in events] == [Sending, Answered, Retrying] * 2 + [Sending, Answered]
    assert events[2] == Retrying(**WHO, number=1, seconds=0.25, errcode=-1, error="SystemBusy")
    assert events[5] == Retrying(**WHO, number=2, seconds=0.5, errcode=None, error="TransportError")
    assert events[6] == Sending(**WHO, number=3)


def test_a_refused_token_makes_a_second_try() -> None:
    """The try with a new token is told as the second one, the pauses of later ones count on."""
    events = heard(Platform(coded(42001), BUSY, OK), move)
    sent = [
        event.number for event in events if isinstance(event, Sending) and event.endpoint == "groups.move"
    ]
    assert sent == [1, 2, 3]
    assert [event.number for event in events if isinstance(event, Retrying)] == [2]


def test_no_event_tells_a_secret() -> None:
    """Neither secret nor token, neither openid nor a group's name stands in any event."""
    said = repr(heard(Platform(coded(42001), lost(), coded(40003, f"bad {OPENID}")), move))
    assert not [secret for secret in (SECRET, "TOKEN-", OPENID, OPENID[5:20]) if secret in said]


def test_a_broken_listener_breaks_no_call(caplog: pytest.LogCaptureFixture) -> None:
    """What a listener raises is logged under `fenzu`, and the call goes on."""

    def broken(event: AnyEvent) -> None:
        raise LookupError("the listener is broken")

    driver = Driver(Platform(OK))
    with caplog.at_level(logging.ERROR, "fenzu"):
        driver.run(move(account_of(driver.clock, token="given", on_event=broken)))
    assert [record.name for record in caplog.records] == ["fenzu", "fenzu"]
    assert "the listener is broken" in caplog.text


async def test_both_clients_tell() -> None:
    """`on_event` is taken by both clients, and both tell the same."""
    one: list[AnyEvent] = []
    other: list[AnyEvent] = []
    answer = {"groupid": 104}
    with Client(
        APPID,
        base_url=BASE_URL,
        token="T",
        transport=ScriptedTransport(Platform(answer)),
        on_event=one.append,
    ) as account:
        account.groups.of(OPENID)
    async with AsyncClient(
        APPID,
        base_url=BASE_URL,
        token="T",
        transport=AsyncScriptedTransport(Platform(answer)),
        on_event=other.append,
    ) as waiting:
        await waiting.groups.of(OPENID)
    assert [type(event) for event in one] == [type(event) for event in other] == [Sending, Answered]
