"""The store in memory: what is kept, and who may renew it."""

import threading

import pytest
from tests.unit.client.scripted import Clock

from fenzu import tokens
from fenzu.tokens import MemoryStore, StoredToken, TokenKey
from fenzu.tokens.record import Record

KEY = TokenKey("http://127.0.0.1:8060", "wx1", "stable")
TOKEN = StoredToken("CANARY", 1.0, 2.0, 3.0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(tokens, "time", clock)
    return clock


def test_a_token_is_kept_under_its_key() -> None:
    """Tokens of two platforms, accounts or kinds never meet."""
    store = MemoryStore()
    lease = store.acquire(KEY, 1.0)
    assert lease is not None
    assert store.get(KEY) is None
    assert store.put(KEY, TOKEN, lease)
    assert store.get(KEY) == TOKEN
    for other in (
        TokenKey("https://api.weixin.qq.com", "wx1", "stable"),
        TokenKey(KEY.base_url, "wx2", "stable"),
        TokenKey(KEY.base_url, "wx1", "plain"),
    ):
        assert store.get(other) is None
        assert store.acquire(other, 1.0) is not None


def test_one_may_renew_at_a_time(clock: Clock) -> None:
    """While one has the right to renew nobody else gets it, until it is given back or ends."""
    store = MemoryStore()
    first = store.acquire(KEY, 10.0)
    assert first is not None
    clock.now += 9.9
    assert store.acquire(KEY, 10.0) is None
    clock.now += 0.1
    second = store.acquire(KEY, 10.0)
    assert second is not None
    assert second != first
    store.release(KEY, second)
    assert store.acquire(KEY, 10.0) is not None


def test_a_right_that_has_passed_on_puts_nothing(clock: Clock) -> None:
    """Who lost the right to renew overwrites nothing, and cannot give back what is another's."""
    store = MemoryStore()
    first = store.acquire(KEY, 10.0)
    assert first is not None
    clock.now += 11
    second = store.acquire(KEY, 10.0)
    assert second is not None
    assert not store.put(KEY, TOKEN, first)
    assert store.get(KEY) is None
    store.release(KEY, first)
    assert store.put(KEY, TOKEN, second)


def test_a_right_that_has_ended_but_not_passed_on_still_puts(clock: Clock) -> None:
    """A slow fetch is kept as long as nobody else has begun one."""
    store = MemoryStore()
    lease = store.acquire(KEY, 10.0)
    assert lease is not None
    clock.now += 60
    assert store.put(KEY, TOKEN, lease)


def test_giving_back_twice() -> None:
    """Giving the right back may be repeated; after that it is not there to put with."""
    store = MemoryStore()
    lease = store.acquire(KEY, 10.0)
    assert lease is not None
    store.release(KEY, lease)
    store.release(KEY, lease)
    assert not store.put(KEY, TOKEN, lease)


def test_many_threads_one_right() -> None:
    """Of many threads that ask at once, exactly one gets the right."""
    store, won, together = MemoryStore(), [], threading.Barrier(16)

    def ask() -> None:
        together.wait()
        won.append(store.acquire(KEY, 60.0))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 16
    assert sum(lease is not None for lease in won) == 1


def test_nothing_shows_a_token() -> None:
    """Neither a token nor its store prints it."""
    store = MemoryStore()
    lease = store.acquire(KEY, 1.0)
    assert lease is not None
    store.put(KEY, TOKEN, lease)
    assert repr(TOKEN) == "StoredToken(expires_at=3)"
    assert repr(Record.of(TOKEN)) == "Record(expires_at=3)"
    assert repr(store) == "MemoryStore()"
