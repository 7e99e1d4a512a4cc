"""A crowd with one dead token asks for a new one once: threads, tasks, and the three ways in which a token dies."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from fenzu import AsyncClient, Client
from fenzu.client.transport import AsyncHttpTransport, HttpTransport, Request, Response
from fenzu.tokens import MemoryStore, StoredToken, TokenKey
from tests.conformance.referee import Account
from tests.conformance.sdks import VIPS

THREADS, TASKS = 64, 1_000
STABLE = "/cgi-bin/stable_token"


class Counting:
    """A transport that counts what is sent, by path."""

    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()
        self._inner = HttpTransport()
        self._lock = threading.Lock()

    def send(self, request: Request) -> Response:
        with self._lock:
            self.sent[urlsplit(request.url).path] += 1
        return self._inner.send(request)

    def close(self) -> None:
        self._inner.close()


class AsyncCounting:
    """The same, awaited."""

    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()
        self._inner = AsyncHttpTransport()

    async def send(self, request: Request) -> Response:
        self.sent[urlsplit(request.url).path] += 1
        return await self._inner.send(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def superseded(account: Account, store: MemoryStore) -> None:
    """Another client forces a new token: the one in `store` is refused from now on (40001)."""
    with Client(account.appid, account.secret, base_url=account.base_url, token_store=store) as client:
        client.groups.list()
    with Client(account.appid, account.secret, base_url=account.base_url) as other:
        other.token(force_refresh=True)


def made_up(account: Account, store: MemoryStore) -> None:
    """The store holds a token that nobody gave out, and that looks alive."""
    put(account, store, StoredToken("made-up", 0.0, float("inf"), float("inf")))


def past_its_life(account: Account, store: MemoryStore) -> None:
    """The store holds a token whose two hours are over, by the client's own clock."""
    put(account, store, StoredToken("long-gone", 0.0, 1.0, 2.0))


def put(account: Account, store: MemoryStore, token: StoredToken) -> None:
    key = TokenKey(account.base_url, account.appid, "stable")
    lease = store.acquire(key, 10.0)
    assert lease is not None
    assert store.put(key, token, lease)
    store.release(key, lease)


deaths = pytest.mark.parametrize("die", [superseded, made_up, past_its_life])


@deaths
@pytest.mark.parametrize("one_client", [True, False], ids=["one-client", "a-client-each"])
def test_threads_with_a_dead_token_fetch_one(
    account: Account, die: Callable[[Account, MemoryStore], None], one_client: bool
) -> None:
    """Sixty-four threads with one dead token make one token call, whether they share the client or the store."""
    store = MemoryStore()
    die(account, store)
    transport, together = Counting(), threading.Barrier(THREADS)

    def connect() -> Client:
        return Client(
            account.appid, account.secret, base_url=account.base_url, token_store=store, transport=transport
        )

    shared = connect()

    def ask(_: int) -> int:
        client = shared if one_client else connect()
        together.wait()
        return client.groups.of(VIPS[0])

    with ThreadPoolExecutor(THREADS) as pool:
        assert set(pool.map(ask, range(THREADS))) == {104}
    transport.close()
    assert transport.sent[STABLE] == 1
    assert transport.sent["/cgi-bin/groups/getid"] <= 2 * THREADS


@deaths
async def test_tasks_with_a_dead_token_fetch_one(
    account: Account, die: Callable[[Account, MemoryStore], None]
) -> None:
    """A thousand tasks with one dead token all succeed after one token call."""
    store = MemoryStore()
    await asyncio.to_thread(die, account, store)
    transport = AsyncCounting()
    async with AsyncClient(
        account.appid, account.secret, base_url=account.base_url, token_store=store, transport=transport
    ) as client:
        answers = await asyncio.gather(*(client.groups.of(VIPS[0]) for _ in range(TASKS)))
    assert set(answers) == {104}
    assert transport.sent[STABLE] == 1
    assert transport.sent["/cgi-bin/groups/getid"] <= 2 * TASKS
