"""One suite over all token stores; no test knows which. What holds for the real ones holds for one's own."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from tests.contract.colours import Colour
from tests.fixtures.stores import Place
from tests.servers import free_port
from tests.unit.client.scripted import APPID, Platform, locals_in

from fenzu.errors import StoreError
from fenzu.tokens import FileStore, PostgresStore, RedisStore, StoredToken, TokenKey, TokenStore
from fenzu.tokens.record import away

TOKEN = StoredToken("CANARY-TOKEN", 1.25, 2.5, 3.0)
NEWER = StoredToken("CANARY-NEWER" + "N" * 500, 4.0, 5.0, 6.0)
LIST = '{"groups":[]}'


def take(store: TokenStore, key: TokenKey, seconds: float = 60.0) -> int:
    lease = store.acquire(key, seconds)
    assert lease is not None
    return lease


def take_when_ended(store: TokenStore, key: TokenKey) -> int:
    """Take the lease that somebody else lets end."""
    for _ in range(400):
        lease = store.acquire(key, 60.0)
        if lease is not None:
            return lease
        time.sleep(0.01)
    pytest.fail("the lease did not end")


def test_a_token_is_kept_under_its_key(place: Place, key: TokenKey) -> None:
    """A token comes back as it was put, however old, to every store on the same place, and under its own key only."""
    store = place.open()
    assert store.get(key) is None
    assert store.put(key, TOKEN, take(store, key))
    assert store.get(key) == place.open().get(key) == TOKEN
    for other in (
        TokenKey("https://api.weixin.qq.com", key.appid, "stable"),
        TokenKey(key.base_url, key.appid + "x", "stable"),
        TokenKey(key.base_url, key.appid, "plain"),
    ):
        assert store.get(other) is None
        take(store, other)


def test_a_token_is_replaced(place: Place, key: TokenKey) -> None:
    """Under one lease, and under the next, the newer token takes the older one's place; platform tokens are long."""
    store = place.open()
    lease = take(store, key)
    assert store.put(key, TOKEN, lease)
    assert store.put(key, NEWER, lease)
    assert store.get(key) == NEWER
    store.release(key, lease)
    assert store.put(key, TOKEN, take(store, key))
    assert store.get(key) == TOKEN


def test_one_may_renew_at_a_time(place: Place, key: TokenKey) -> None:
    """While one has the right to renew nobody else gets it, through whichever store, until it is given back."""
    store, other = place.open(), place.open()
    lease = take(store, key)
    assert other.acquire(key, 60.0) is None
    assert store.acquire(key, 60.0) is None
    store.release(key, lease)
    assert take(other, key) != lease


def test_of_many_one_gets_the_right(place: Place, key: TokenKey) -> None:
    """Of many who ask at the same moment, exactly one gets the right; time after time."""
    stores, together = [place.open() for _ in range(8)], Barrier(8)

    def ask(store: TokenStore) -> int | None:
        together.wait()
        return store.acquire(key, 60.0)

    with ThreadPoolExecutor(8) as pool:
        for _ in range(10):
            [lease] = [lease for lease in pool.map(ask, stores) if lease is not None]
            stores[0].release(key, lease)


def test_a_late_holder_replaces_nothing(place: Place, key: TokenKey) -> None:
    """Who slept past the lease neither overwrites what the successor has put, nor gives back what is theirs."""
    slow, quick = place.open(), place.open()
    first = take(slow, key, 0.05)
    second = take_when_ended(quick, key)
    assert second != first
    assert quick.put(key, NEWER, second)
    assert not slow.put(key, TOKEN, first)
    slow.release(key, first)
    assert slow.acquire(key, 60.0) is None
    assert quick.get(key) == NEWER
    assert quick.put(key, TOKEN, second)


def test_a_lease_that_ended_and_nobody_took(place: Place, key: TokenKey) -> None:
    """A slow fetch is kept as long as nobody else has begun one."""
    store = place.open()
    lease = take(store, key, 0.01)
    time.sleep(0.05)
    assert store.put(key, TOKEN, lease)


def test_giving_back(place: Place, key: TokenKey) -> None:
    """Giving the right back may be repeated; after that it is not there to put with."""
    store = place.open()
    lease = take(store, key)
    store.release(key, lease)
    store.release(key, lease)
    assert not store.put(key, TOKEN, lease)
    assert store.get(key) is None
    store.release(TokenKey("http://h", "wx0", "plain"), lease)


def test_a_number_is_given_out_once(place: Place, key: TokenKey) -> None:
    """The fence never repeats, in whichever order leases end or are given back."""
    store, seen = place.open(), []
    for _ in range(20):
        seen.append(take(store, key))
        store.release(key, seen[-1])
    assert len(set(seen)) == 20


def test_nothing_shows_a_token_or_a_password(place: Place, key: TokenKey) -> None:
    """Neither the store nor anything in it prints a token or the password of its address."""
    store = place.open()
    store.put(key, TOKEN, take(store, key))
    assert "CANARY" not in repr(store)
    assert "CANARY" not in repr(getattr(store, "_options", None))


def test_clients_share_a_token(place: Place, colour: Colour) -> None:
    """What one client has fetched another takes from the store, and a client that only reads does too."""
    platform = Platform(LIST)
    own = {"token_store": place.open(), "appid": f"{APPID[:-4]}{hash((place.kind, colour.name)) % 10000:04}"}
    with pytest.raises(StoreError, match="only reads"):
        colour.client(platform, read_only_token=True, **own).token()
    tokens = {colour.client(platform, **own).token() for _ in range(3)}
    tokens.add(colour.client(platform, secret=None, read_only_token=True, **own).token())
    assert tokens == {"TOKEN-1"}
    assert len(platform.token_calls) == 1


class Away:
    """A store that is not there; it counts who asks."""

    waits = True

    def __init__(self, fails_at: str) -> None:
        self.fails_at = fails_at
        self.asked: list[str] = []

    def _ask(self, name: str) -> None:
        self.asked.append(name)
        if name == self.fails_at:
            raise away("here", "asleep")

    def get(self, key: TokenKey) -> StoredToken | None:
        self._ask("get")
        return None

    def acquire(self, key: TokenKey, seconds: float) -> int | None:
        self._ask("acquire")
        return 1

    def put(self, key: TokenKey, token: StoredToken, lease: int) -> bool:
        self._ask("put")
        return True

    def release(self, key: TokenKey, lease: int) -> None:
        self._ask("release")


@pytest.mark.parametrize("fails_at", ["get", "acquire", "put"])
def test_a_store_that_is_away(colour: Colour, fails_at: str) -> None:
    """A call fails with words when the store does, nothing is sent past it, and the lease is given back."""
    platform, store = Platform(LIST), Away(fails_at)
    account = colour.client(platform, token_store=store, language="zh")
    with pytest.raises(StoreError, match="不可用") as told:
        account.groups.list()
    assert told.value.advice.en
    assert platform.sent == []
    assert len(platform.token_calls) == (1 if fails_at == "put" else 0)
    assert ("release" in store.asked) is (fails_at == "put")


def test_a_store_that_goes_away_at_the_end(colour: Colour) -> None:
    """A token that was fetched and kept is used, although the right could not be given back: it ends by itself."""
    platform, store = Platform(LIST), Away("release")
    assert colour.client(platform, token_store=store).groups.list() == []
    assert store.asked.count("release") == 1


def test_a_token_in_hand_asks_no_store(colour: Colour) -> None:
    """While the token in hand is fresh, the store may be away."""
    platform, store = Platform(LIST), Away("nowhere")
    account = colour.client(platform, token_store=store)
    account.groups.list()
    store.fails_at = "get"
    asked = len(store.asked)
    for _ in range(10):
        account.groups.list()
    assert len(store.asked) == asked


def away_from(kind: str) -> TokenStore:
    if kind == "file":
        return FileStore("/nonexistent-folder/tokens.json")
    if kind == "redis":
        return RedisStore(f"redis://:CANARY@127.0.0.1:{free_port()}/0")
    return PostgresStore(f"postgresql://fenzu:CANARY@127.0.0.1:{free_port()}/postgres")


@pytest.mark.parametrize("kind", ["file", "redis", "postgres"])
def test_a_server_that_is_away(kind: str, key: TokenKey) -> None:
    """Each step tells what is away and what to do, without the password in text, repr or traceback."""
    store = away_from(kind)
    steps: list[Callable[[], object]] = [
        lambda: store.acquire(key, 1.0),
        lambda: store.put(key, TOKEN, 1),
        lambda: store.release(key, 1),
    ]
    if kind != "file":  # a file that is not there holds no token
        steps.append(lambda: store.get(key))
    for step in steps:
        with pytest.raises(StoreError) as told:
            step()
        error = told.value
        assert error.advice.zh
        assert error.__cause__ is None
        assert "CANARY" not in str(error) + repr(error) + locals_in(error)
