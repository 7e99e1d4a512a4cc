"""`CallsPerMinute` in memory and on a real Redis server."""

import sys
import traceback

import pytest
from tests.fixtures.redis import RedisServer

from fenzu.errors import StoreError, UsageError
from fenzu.pace import CallsPerMinute

HERE = ("http://127.0.0.1:8060", "wx5eed")


def test_the_call_over_the_limit_waits() -> None:
    """So many calls a minute go at once; the next one is told how long to wait, and takes nothing."""
    pace = CallsPerMinute(3)
    assert [pace.take(*HERE, "groups.of") for _ in range(3)] == [0, 0, 0]
    assert 0 < pace.take(*HERE, "groups.of") <= 60
    assert 0 < pace.take(*HERE, "groups.of") <= 60
    assert not pace.waits


def test_other_calls_and_accounts_have_counts_of_their_own() -> None:
    """The platform counts by call and account, so does the pace; another host is another platform."""
    pace = CallsPerMinute(1)
    assert pace.take(*HERE, "groups.of") == 0
    assert pace.take(*HERE, "groups.move") == 0
    assert pace.take(HERE[0], "wxother", "groups.of") == 0
    assert pace.take("http://127.0.0.1:9", HERE[1], "groups.of") == 0


@pytest.mark.needs("redis-server")
def test_processes_share_a_count(redis_server: RedisServer) -> None:
    """Two paces that name the same server count together, as two processes do."""
    one, other = (CallsPerMinute(2, redis_server.url) for _ in range(2))
    place = ("http://127.0.0.1:8060", "wxshared", "groups.of")
    assert one.take(*place) == other.take(*place) == 0
    assert one.take(*place) > 0 < other.take(*place)
    assert one.waits


def test_a_server_that_is_away_is_told() -> None:
    """Without its server a shared pace lets nothing go, says so, and shows no password."""
    pace = CallsPerMinute(2, "redis://:CANARY@127.0.0.1:1/0")
    with pytest.raises(StoreError) as told:
        pace.take(*HERE, "groups.of")
    assert "CANARY" not in f"{told.value} {told.value!r} {pace!r}"
    assert told.value.__cause__ is None is told.value.__context__


@pytest.mark.parametrize(
    "url",
    [
        "redos://:CANARY@127.0.0.1",
        "redis://:CANARY@127.0.0.1:notaport",
        "redis://:CANARY@[::1",
        "memcachedd://CANARY",
        "async+redis://:CANARY@127.0.0.1",
        "",
    ],
)
def test_an_address_that_is_none(url: str) -> None:
    """An address that cannot be used is refused when the pace is made, and its password is shown nowhere."""
    with pytest.raises(UsageError, match="cannot be used") as told:
        CallsPerMinute(2, url)
    assert told.value.__cause__ is None is told.value.__context__
    own = told.value.__traceback__ and told.value.__traceback__.tb_next
    frames = traceback.StackSummary.extract(traceback.walk_tb(own), capture_locals=True)
    assert "CANARY" not in f"{told.value} {told.value!r} {[frame.locals for frame in frames]}"


def test_a_unix_socket() -> None:
    """The address of a socket is taken as `RedisStore` takes it; that nobody listens is told at a call."""
    pace = CallsPerMinute(2, "unix:///nowhere/redis.sock")
    with pytest.raises(StoreError):
        pace.take(*HERE, "groups.of")


@pytest.mark.parametrize("calls", [0, -1, True, 1.5, "many"])
def test_a_limit_that_is_none(calls: int) -> None:
    """A limit below one call, or no number, is refused when the pace is made."""
    with pytest.raises(UsageError, match="number"):
        CallsPerMinute(calls)


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra is not installed, the error names it."""
    monkeypatch.setitem(sys.modules, "limits.storage", None)
    with pytest.raises(UsageError, match=r"pip install '\.\[pace\]'"):
        CallsPerMinute(1)
