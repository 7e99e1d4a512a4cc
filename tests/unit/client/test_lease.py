"""The right to renew, on loan: who gets it late, loses it or goes away leaves nothing locked."""

import asyncio
import threading
from typing import Any

import pytest
from tests.unit.client.scripted import (
    APPID,
    BASE_URL,
    SECRET,
    START,
    AsyncScriptedTransport,
    Clock,
    Driver,
    Platform,
    account_of,
)

from fenzu import AsyncClient, tokens
from fenzu.client import token as token_calls
from fenzu.client._flow import Alone, Ask
from fenzu.client._lease import Lease
from fenzu.client.transport import Request
from fenzu.tokens import MemoryStore, StoredToken, TokenKey

KEY = TokenKey(BASE_URL, APPID, "stable")


class SlowStore(MemoryStore):
    """A store that waits, as one with a server does; a test can hold it up."""

    waits = True

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.waiting = threading.Event()
        self.threads: set[threading.Thread] = set()

    def acquire(self, key: TokenKey, seconds: float) -> int | None:
        self.threads.add(threading.current_thread())
        self.waiting.set()
        assert self.goes_on.wait(10)
        return super().acquire(key, seconds)

    def is_free(self) -> bool:
        """Whether nobody holds the right; whoever is giving it back gets a moment."""
        for _ in range(1000):
            if not self._leases:
                return True
            threading.Event().wait(0.005)
        return False


class Standstill:
    """A transport whose token call never comes back."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def send(self, _request: Any) -> Any:
        self.asked.set()
        await asyncio.Event().wait()

    async def aclose(self) -> None:
        pass


def client(store: MemoryStore, transport: Any) -> AsyncClient:
    return AsyncClient(APPID, SECRET, base_url=BASE_URL, token_store=store, transport=transport)


async def test_a_store_that_waits_does_not_stop_the_loop() -> None:
    """A store that says that it waits is asked in a thread, one that does not, directly."""
    store = SlowStore()
    async with client(store, AsyncScriptedTransport(Platform())) as account:
        assert await account.token() == "TOKEN-1"
    assert threading.current_thread() not in store.threads
    assert store.is_free()


async def test_a_task_cancelled_while_it_fetches() -> None:
    """Cancelling a task that fetches a token gives the right to renew back."""
    store, transport = SlowStore(), Standstill()
    async with client(store, transport) as account:
        task = asyncio.create_task(account.token())
        await transport.asked.wait()
        assert store._leases
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(store.is_free)


async def test_a_task_cancelled_while_it_asks_for_the_right() -> None:
    """A right that a thread gets when its task is gone already goes straight back."""
    store = SlowStore()
    store.goes_on.clear()
    async with client(store, AsyncScriptedTransport(Platform())) as account:
        task = asyncio.create_task(account.token())
        await asyncio.to_thread(store.waiting.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        store.goes_on.set()
        assert await account.token() == "TOKEN-1"
    assert await asyncio.to_thread(store.is_free)


def test_a_right_is_given_back_once() -> None:
    """Giving back what is not there, or was given back, asks no store."""
    store = MemoryStore()
    lease = Lease(store, KEY)
    lease.give_back()
    assert lease.take(60.0)
    assert not Lease(store, KEY).take(60.0)
    lease.give_back()
    lease.give_back()
    assert Lease(store, KEY).take(60.0)


def test_a_holder_that_slept_before_it_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who slept past the lease before the token call does not make it: somebody else may have a fresh token by now."""
    clock, store = Clock(), MemoryStore()
    monkeypatch.setattr(tokens, "time", clock)
    driver = Driver(Platform(), clock)
    acquire = store.acquire
    slept: list[float] = []

    def sleepy(key: TokenKey, seconds: float) -> int | None:
        lease = acquire(key, seconds)
        if not slept:
            slept.append(clock.now)
            clock.now += 91.0
        return lease

    monkeypatch.setattr(store, "acquire", sleepy)
    assert driver.run(token_calls.get(account_of(clock, token_store=store), False)) == "TOKEN-1"
    assert len(driver.platform.token_calls) == 1
    assert driver.slept == []
    assert not store._leases


def test_a_token_that_another_thread_found_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many threads that find the token dead, one looks into the store; the others take what it found."""
    clock, store = Clock(), MemoryStore()
    monkeypatch.setattr(tokens, "time", clock)
    driver = Driver(Platform(), clock)
    keeper = account_of(clock, token_store=store).tokens
    old = driver.run(keeper.current())
    lease = store.acquire(KEY, 1.0)
    assert lease is not None
    store.put(KEY, StoredToken("T2", START + 1, START + 100, START + 100), lease)
    asked, get = [], store.get

    def look(key: TokenKey) -> StoredToken | None:
        asked.append(key)
        return get(key)

    monkeypatch.setattr(store, "get", look)
    for _ in range(10):
        assert driver.run(keeper.replace(old))
    assert driver.run(keeper.current()).value == "T2"
    assert len(asked) == 1


def test_a_task_cancelled_before_it_gives_the_right_back() -> None:
    """Who is cancelled when the store has not been asked yet to take the right back leaves nothing lent."""
    store = SlowStore()
    keeper = account_of(token_store=store).tokens
    alone = next(keeper.current())
    assert isinstance(alone, Alone)
    platform, flow = Platform(), alone.flow
    effect = next(flow)
    while not (isinstance(effect, Ask) and getattr(effect.work, "__name__", "") == "give_back"):
        assert isinstance(effect, Request | Ask)
        effect = flow.send(platform.answer(effect) if isinstance(effect, Request) else effect.work())
    assert store._leases
    flow.close()
    assert store.is_free()
