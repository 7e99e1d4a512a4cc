"""One call from beginning to end: when it is tried again, when it waits, when it gives up."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.unit.client.scripted import (
    BUSY,
    OK,
    START,
    Certain,
    Driver,
    Platform,
    Sent,
    account_of,
    coded,
    locals_in,
    lost,
    play,
)

from fenzu.client import groups, raw
from fenzu.client._account import Account
from fenzu.client._flow import Flow
from fenzu.client._retry import TRIES, Attempt, is_maybe_done, pause_before_next
from fenzu.errors import (
    ApiError,
    DailyQuotaExceeded,
    FenzuError,
    InvalidCredential,
    MinuteQuotaExceeded,
    StoreError,
    SystemBusy,
    TransportError,
    UsageError,
    api_error,
)
from fenzu.model import Group, GroupID
from fenzu.pauses import next_day
from fenzu.wire.errcodes import Retry
from fenzu.wire.words import Words

LIST = '{"groups":[{"id":104,"name":"华东媒","count":4}]}'
PAUSES = [0.25, 0.5, 1.0, 2.0]


def attempt(error: FenzuError, number: int = 1, left: float = 60.0, now: float = START) -> Attempt:
    return Attempt(number, error, now, left)


def test_pauses_grow_and_vary() -> None:
    """Each pause is up to twice the one before, and at least half of that: a crowd does not come back at once."""

    class Lowest(Certain):
        def random(self) -> float:
            return 0.0

    for number, longest in enumerate(PAUSES, 1):
        assert pause_before_next(attempt(lost(), number), Certain()) == longest
        assert pause_before_next(attempt(lost(), number), Lowest()) == longest / 2
    assert pause_before_next(attempt(lost(), TRIES), Certain()) is None


def test_no_pause_is_longer_than_eight_seconds() -> None:
    """Growing has an end, should there be more tries one day."""
    assert pause_before_next(Attempt(9, lost(), START, 60.0, tries=20), Certain()) == 8.0


def test_a_pause_beyond_the_deadline_is_not_taken() -> None:
    """Where the pause would take what time is left, the call gives up at once."""
    assert pause_before_next(attempt(lost(), left=0.25), Certain()) is None
    assert pause_before_next(attempt(lost(), left=0.26), Certain()) == 0.25


@pytest.mark.parametrize(("second", "pause"), [(0, 61.0), (59, 2.0), (30.5, 30.5)])
def test_a_minutes_quota_waits_for_the_next_minute(second: float, pause: float) -> None:
    """45011 is over when the next minute begins, plus a little chance; the deadline does not count there."""
    error = api_error(45011, "slower")
    assert pause_before_next(attempt(error, left=0.1, now=START + second), Certain()) == pause


@pytest.mark.parametrize("code", [40001, 40003, 40050, 45009, 45018, 48001, 123456])
def test_other_codes_are_not_tried_again(code: int) -> None:
    """What the platform refuses it refuses again."""
    error = api_error(code, "…")
    assert pause_before_next(attempt(error), Certain()) is None
    assert not is_maybe_done(error)


def test_what_may_have_been_done() -> None:
    """A lost answer and a busy platform leave open whether the call was carried out."""
    assert is_maybe_done(lost())
    assert is_maybe_done(api_error(-1, "…"))
    words = Words("x", "x")
    for error in (UsageError(words), StoreError(words)):
        assert not is_maybe_done(error)
        assert pause_before_next(attempt(error), Certain()) is None
    busy_store = StoreError(words)
    busy_store.retry = Retry.YES
    assert pause_before_next(attempt(busy_store), Certain()) is None


def read(account: Account) -> Flow[list[Group]]:
    return groups.list(account)


@pytest.mark.parametrize("trouble", [BUSY, lost(), b"", b"<html>", coded(268487002)])
def test_trouble_is_tried_again(trouble: Any) -> None:
    """A busy platform and a lost answer are tried up to four more times, with growing pauses, and then it is done."""
    value, driver = play(read, trouble, trouble, trouble, trouble, LIST)
    assert value == [Group(GroupID(104), "华东媒", 4)]
    assert driver.slept == PAUSES
    assert driver.platform.calls == ["groups/get"] * TRIES


@pytest.mark.parametrize("trouble", [BUSY, lost()])
def test_trouble_without_end_is_raised(trouble: Any) -> None:
    """After five tries the last failure is raised as it is."""
    driver = Driver(Platform(trouble))
    with pytest.raises((SystemBusy, TransportError)):
        driver.run(read(account_of(driver.clock)))
    assert len(driver.platform.sent) == TRIES
    assert driver.slept == PAUSES


def test_the_deadline_ends_the_tries() -> None:
    """Tries that take long are fewer, and none is given more time than is left."""
    driver = Driver(Platform(lost("operation timed out")))
    driver.seconds_a_call = 10.0
    with pytest.raises(TransportError, match="timed out"):
        driver.run(read(account_of(driver.clock, deadline=35.0, token="TOKEN")))
    assert [round(sent.timeout, 2) for sent in driver.platform.sent] == [10, 10, 10, 3.25]


def test_time_is_up_before_the_call_is_sent() -> None:
    """Where fetching the token took all the time, the call is not sent with none: that would only lose its answer."""
    driver = Driver(Platform(LIST))
    driver.seconds_a_call = 5.0
    with pytest.raises(TransportError, match=r"groups\.list: the deadline passed"):
        driver.run(read(account_of(driver.clock, deadline=4.0)))
    assert driver.platform.calls == []


def test_time_is_up_before_the_call_is_repeated() -> None:
    """Where looking took what time was left, the call is not repeated, and the failure that led there is raised."""
    driver = Driver(Platform(lost("the first"), LIST, lost("never")))
    account = account_of(driver.clock, deadline=15.0, token="TOKEN")
    driver.seconds_a_call = 7.5
    with pytest.raises(TransportError, match="the first"):
        driver.run(groups.create(account, "test"))
    assert driver.platform.calls == ["groups/create", "groups/get"]


def test_a_minutes_quota_is_waited_out() -> None:
    """45011 is waited for, minute after minute, whatever the deadline; other failures have theirs still."""
    value, driver = play(read, coded(45011), coded(45011), LIST, deadline=10.0)
    assert value
    assert driver.slept == [61.0, 60.0]


def test_a_minutes_quota_without_end_is_raised() -> None:
    """Five minutes of 45011 are enough."""
    driver = Driver(Platform(coded(45011)))
    with pytest.raises(MinuteQuotaExceeded):
        driver.run(read(account_of(driver.clock)))
    assert len(driver.platform.sent) == TRIES


def test_a_minutes_quota_is_waited_out_for_calls_that_are_not_repeatable() -> None:
    """45011 says that nothing was done, so a create may follow in the next minute without looking."""
    made, driver = play(
        lambda account: groups.create(account, "test"), coded(45011), '{"group":{"id":107,"name":"test"}}'
    )
    assert made == Group(GroupID(107), "test")
    assert driver.platform.calls == ["groups/create"] * 2


def test_the_days_quota_is_raised_at_once() -> None:
    """45009 is never waited for; the error tells the hour when the quota renews, midnight in Beijing."""
    driver = Driver(Platform(coded(45009, "reach max api daily quota limit")))
    with pytest.raises(DailyQuotaExceeded) as refused:
        driver.run(read(account_of(driver.clock)))
    assert driver.slept == []
    assert refused.value.renews_at == datetime(2027, 1, 15, 16, tzinfo=UTC)
    assert "2027-01-16 00:00" in refused.value.say("en")
    assert "2027-01-16 00:00" in refused.value.say("zh")


@pytest.mark.parametrize(("hour", "day"), [(0, 15), (15.99, 15), (16, 16), (23, 16)])
def test_the_day_ends_in_beijing(hour: float, day: int) -> None:
    """Days are counted where the platform is: the quota renews at 16:00 UTC."""
    now = datetime(2027, 1, 15, tzinfo=UTC).timestamp() + hour * 3600
    assert next_day(now) == datetime(2027, 1, day, 16, tzinfo=UTC)


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_dead_token_is_replaced_once(code: int) -> None:
    """40001, 40014 and 42001 fetch a new token and try again, once."""
    value, driver = play(read, coded(code), LIST)
    assert value
    assert [sent.token for sent in driver.platform.sent] == ["TOKEN-1", "TOKEN-2"]
    assert driver.slept == []


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_dead_token_is_replaced_no_more_than_once(code: int) -> None:
    """A platform that refuses the new token too is believed."""
    driver = Driver(Platform(coded(code)))
    with pytest.raises(ApiError) as refused:
        driver.run(read(account_of(driver.clock)))
    assert refused.value.code == code
    assert len(driver.platform.sent) == len(driver.platform.token_calls) == 2


def test_a_dead_token_and_trouble_add_up() -> None:
    """Replacing the token costs none of the five tries, and is done once however they end."""
    value, driver = play(read, BUSY, coded(40001), BUSY, BUSY, BUSY, LIST)
    assert value
    assert len(driver.platform.token_calls) == 2
    driver = Driver(Platform(BUSY, coded(40001), BUSY, coded(42001)))
    with pytest.raises(ApiError, match="42001"):
        driver.run(read(account_of(driver.clock)))
    assert len(driver.platform.sent) == 4


def test_what_the_transport_raises_by_mistake_is_not_hidden() -> None:
    """An error that is neither ours nor of the network, a bug of a transport say, comes out as it is."""
    with pytest.raises(ZeroDivisionError):
        play(read, ZeroDivisionError())


def test_an_error_drags_nothing_along() -> None:
    """A failure has neither cause nor context, where another library's error with the whole URL would hang."""

    def fail(_sent: Sent) -> Any:
        try:
            raise OSError("http://host/?access_token=CANARY")
        except OSError as error:
            raise lost() from error

    driver = Driver(Platform(fail))
    account = account_of(driver.clock)
    with pytest.raises(TransportError) as failed:
        driver.run(read(account))
    assert failed.value.__cause__ is failed.value.__context__ is None
    assert "CANARY" not in locals_in(failed.value)


def test_the_platform_may_repeat_a_secret() -> None:
    """Should the platform's text repeat the token or the secret, it is struck out."""
    said = "invalid credential CANARY-TOKEN and CANARY-SECRET rid: 1-2-3"
    with pytest.raises(InvalidCredential) as refused:
        play(read, coded(40001, said), token="CANARY-TOKEN", secret="CANARY-SECRET")
    assert refused.value.message == "invalid credential … and …"
    assert refused.value.rid == "1-2-3"
    with pytest.raises(InvalidCredential) as refused:
        play(read, coded(40001, "a short one"), token="short", secret=None)
    assert refused.value.message == "a short one"


def call(
    path: str, body: Any = None, params: Any = None, method: str | None = None
) -> Callable[[Account], Flow[Any]]:
    return lambda account: raw.call(account, path, body, params, method)


@pytest.mark.parametrize("path", ["groups/get", "cgi-bin/groups/get", "/cgi-bin/groups/get"])
def test_a_path_in_any_form(path: str) -> None:
    """`groups/get` is short for `/cgi-bin/groups/get`; the method is the one that the call is known to want."""
    value, driver = play(call(path), LIST)
    assert value == {"groups": [{"id": 104, "name": "华东媒", "count": 4}]}
    assert [(sent.method, sent.path) for sent in driver.platform.sent] == [("GET", "/cgi-bin/groups/get")]


def test_a_path_beside_cgi_bin() -> None:
    """A path that begins with a slash is taken as it is: the platform has calls elsewhere too."""
    _, driver = play(call("/datacube/getusersummary", {"begin_date": "2026-11-01"}), OK)
    assert [(sent.method, sent.path) for sent in driver.platform.sent] == [
        ("POST", "/datacube/getusersummary")
    ]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "groups/get?x=1",
        "groups/get#x",
        "//host/x",
        "a//b",
        "a b",
        "a\n",
        "https://host/x",
        "\ud800",
        "贵",
        "a/",
        None,
        5,
    ],
)
def test_no_path_is_refused(path: Any) -> None:
    """What would change the host or the query is refused before anything is sent."""
    with pytest.raises(UsageError, match="not a path"):
        play(call(path))


def test_a_call_takes_body_and_params() -> None:
    """Parameters go into the query behind the token, the body out as JSON."""
    value, driver = play(
        call("openapi/quota/get", {"cgi_path": "/cgi-bin/groups/get"}, {"debug": 1}), {"quota": {}}
    )
    assert value == {"quota": {}}
    [sent] = driver.platform.sent
    assert sent.method == "POST"
    assert sent.query == {"access_token": "TOKEN-1", "debug": "1"}
    assert sent.body == b'{"cgi_path":"/cgi-bin/groups/get"}'


def test_a_call_to_post_without_a_body() -> None:
    """A call that is known to want POST is posted, body or not: the platform then says what it misses."""
    with pytest.raises(ApiError, match="44002"):
        play(call("groups/create"), coded(44002, "empty post data"))
    driver = play(call("unknown/call", {}), OK)[1]
    assert (driver.platform.sent[0].method, driver.platform.sent[0].body) == ("POST", b"{}")
    assert play(call("unknown/call"), OK)[1].platform.sent[0].method == "GET"
    assert play(call("groups/get", method="POST"), OK)[1].platform.sent[0].method == "POST"


@pytest.mark.parametrize("method", ["get", "PUT", "GET /x"])
def test_no_method_is_refused(method: str) -> None:
    """The platform knows two methods."""
    with pytest.raises(UsageError, match="GET and POST"):
        play(call("groups/get", method=method))


def test_the_token_is_the_clients() -> None:
    """A token of one's own in the parameters would stand there twice."""
    with pytest.raises(UsageError, match="token is added"):
        play(call("groups/get", params={"access_token": "x"}))


def test_a_call_raises_on_an_errcode() -> None:
    """The answer's code is raised, with the name of the call, or its path where fenzu has no name for it."""
    with pytest.raises(ApiError, match=r"40050 .*\(groups.rename\)"):
        play(call("groups/update", {}), coded(40050))
    with pytest.raises(ApiError, match=r"\(/cgi-bin/menu/create\)"):
        play(call("menu/create", {}), coded(40050))


@pytest.mark.parametrize(
    ("path", "body", "tries"),
    [
        ("menu/create", {}, 1),
        ("menu/get", None, TRIES),
        ("groups/create", {}, 1),
        ("groups/update", {}, TRIES),
        ("clear_quota", {}, 1),
    ],
)
def test_what_is_repeated_of_calls(path: str, body: Any, tries: int) -> None:
    """Of the calls that fenzu does not know only GET is repeated; of the others what is safe to repeat."""
    driver = Driver(Platform(BUSY))
    with pytest.raises(SystemBusy):
        driver.run(call(path, body)(account_of(driver.clock)))
    assert len(driver.platform.sent) == tries


def test_a_call_that_takes_no_token() -> None:
    """The token calls themselves are made without one."""
    value, driver = play(
        call("token", params={"grant_type": "client_credential"}),
        tokens=['{"access_token":"T","expires_in":7200}'],
    )
    assert value["access_token"] == "T"
    assert driver.platform.token_calls[0].token is None
