"""When a token is renewed, and by whom: on a clock of the test's own, with stores that several accounts share."""

from collections.abc import Callable, Generator
from typing import Any

import pytest
from tests.unit.client.scripted import (
    APPID,
    BASE_URL,
    BUSY,
    SECRET,
    START,
    Answer,
    Clock,
    Driver,
    Platform,
    Script,
    Sent,
    account_of,
    coded,
    lost,
)

from fenzu import tokens
from fenzu.client import groups
from fenzu.client import token as token_calls
from fenzu.client._account import Account
from fenzu.client._flow import Alone
from fenzu.errors import (
    InvalidCredential,
    InvalidSecret,
    MinuteQuotaExceeded,
    StoreError,
    TransportError,
    UsageError,
)
from fenzu.tokens import MemoryStore, StoredToken, TokenKey, TokenTimes

KEY = TokenKey(BASE_URL, APPID, "stable")
LIST = '{"groups":[]}'


def gives(token: str, seconds: float = 7200) -> dict[str, Any]:
    return {"access_token": token, "expires_in": seconds}


class World:
    """One platform and one clock, and as many accounts as a test wants."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, *token_script: Script, script: tuple[Script, ...] = (LIST,)
    ) -> None:
        self.clock = Clock()
        self.driver = Driver(Platform(*script, tokens=token_script or None), self.clock)
        self.store = MemoryStore()
        monkeypatch.setattr(tokens, "time", self.clock)  # the store's leases run by the same clock

    def account(self, **options: Any) -> Account:
        return account_of(self.clock, **{"token_store": self.store, **options})

    def token(self, account: Account, *, force: bool = False) -> str:
        return self.driver.run(token_calls.get(account, force))

    def call(self, account: Account) -> None:
        self.driver.run(groups.list(account))

    def keep(self, token: str, *, asked: float = 0.0, renew: float = 6930.0, ends: float = 7200.0) -> None:
        """Put a token into the store, its times told from the start."""
        lease = self.store.acquire(KEY, 1.0)
        assert lease is not None
        assert self.store.put(KEY, StoredToken(token, START + asked, START + renew, START + ends), lease)
        self.store.release(KEY, lease)

    @property
    def fetched(self) -> int:
        return len(self.driver.platform.token_calls)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Callable[..., World]:
    return lambda *token_script, **options: World(monkeypatch, *token_script, **options)


def test_a_stable_token_is_asked_for(world: Callable[..., World]) -> None:
    """By default the stable token is asked for, without force, in the form that the platform documents."""
    here = world()
    assert here.token(here.account()) == "TOKEN-1"
    [sent] = here.driver.platform.token_calls
    assert (sent.method, sent.path, sent.query) == ("POST", "/cgi-bin/stable_token", {})
    assert sent.json == {
        "grant_type": "client_credential",
        "appid": APPID,
        "secret": SECRET,
        "force_refresh": False,
    }


def test_a_plain_token_is_asked_for_on_request(world: Callable[..., World]) -> None:
    """`token_kind="plain"` asks `/cgi-bin/token`, and keeps its token apart from the stable one."""
    here = world()
    assert here.token(here.account(token_kind="plain")) == "TOKEN-1"
    [sent] = here.driver.platform.token_calls
    assert (sent.method, sent.path, sent.body) == ("GET", "/cgi-bin/token", None)
    assert sent.query == {"grant_type": "client_credential", "appid": APPID, "secret": SECRET}
    assert here.token(here.account()) == "TOKEN-2"


def test_a_token_is_kept(world: Callable[..., World]) -> None:
    """A token is fetched when it is first needed, and then used until 4 min 30 s before its end."""
    here = world()
    account = here.account()
    assert here.fetched == 0
    here.call(account)
    here.clock.now += 7200 - 270.1
    here.call(account)
    assert here.fetched == 1
    here.clock.now += 0.2
    here.call(account)
    assert here.fetched == 2
    assert [sent.token for sent in here.driver.platform.sent] == ["TOKEN-1", "TOKEN-1", "TOKEN-2"]


def test_the_times_of_a_token_are_told_without_it(world: Callable[..., World]) -> None:
    """When the token in hand was asked for and when it ends is told without asking anybody, and without the token."""
    there = world(gives("A"))
    account = there.account()
    assert account.tokens.times is None
    there.call(account)
    assert account.tokens.times == TokenTimes(START, START + 6930, START + 7200)
    assert there.fetched == 1
    assert there.account(token="GIVEN").tokens.times is None


def test_the_same_token_again(world: Callable[..., World]) -> None:
    """Asked too early the platform gives the same token; it is used, and asked for again after 30 s."""
    here = world(gives("T1"), gives("T1", 265), gives("T1", 235), gives("T2"))
    account = here.account()
    for wait, token, fetched in [
        (0, "T1", 1),
        (6935, "T1", 2),
        (29, "T1", 2),
        (2, "T1", 3),
        (29, "T1", 3),
        (2, "T2", 4),
        (6900, "T2", 4),
    ]:
        here.clock.now += wait
        assert (here.token(account), here.fetched) == (token, fetched)


@pytest.mark.parametrize(("life", "kept"), [(10, 5), (100, 30), (271, 1)])
def test_a_short_life(world: Callable[..., World], life: float, kept: float) -> None:
    """A token with less than the usual life left is used for half of that, 30 s at most, before asking again."""
    here = world(gives("T1", life), gives("T2"))
    account = here.account()
    here.token(account)
    here.clock.now += kept - 0.1
    assert here.token(account) == "T1"
    here.clock.now += 0.2
    assert here.token(account) == "T2"


def test_two_clients_share_a_store(world: Callable[..., World]) -> None:
    """What one client fetched the other takes; of another appid, platform or kind it takes nothing."""
    here = world()
    assert here.token(here.account()) == here.token(here.account()) == "TOKEN-1"
    assert here.fetched == 1


def test_compare_before_refresh(world: Callable[..., World]) -> None:
    """A call that failed with a token which has meanwhile been replaced takes the new one and fetches nothing."""

    def judge(sent: Sent) -> Answer:
        return LIST if sent.token == "T2" else coded(40001)

    here = world(script=(judge,))
    account = here.account()
    here.keep("T1")
    assert here.token(account) == "T1"
    here.keep("T2", asked=1.0)
    here.call(account)
    assert here.fetched == 0
    assert [sent.token for sent in here.driver.platform.sent] == ["T1", "T2"]


def test_the_same_token_fetched_again_since_counts_as_another(world: Callable[..., World]) -> None:
    """Where somebody asked the platform since, and the same token came back, nobody asks for it once more."""
    here = world(script=(coded(40001), LIST))
    account = here.account()
    here.keep("T1")
    assert here.token(account) == "T1"
    here.keep("T1", asked=5.0)
    here.call(account)
    assert here.fetched == 0


@pytest.mark.parametrize("ends", [-1.0, 0.0])
def test_a_replacement_that_is_over_is_none(world: Callable[..., World], ends: float) -> None:
    """A newer token in the store whose life is over is not taken for a replacement."""
    here = world(script=(coded(42001), LIST))
    account = here.account()
    here.keep("T1")
    assert here.token(account) == "T1"
    here.keep("T2", asked=1.0, renew=ends, ends=ends)
    here.call(account)
    assert here.fetched == 1
    assert here.driver.platform.sent[-1].token == "TOKEN-1"


def test_the_store_may_know_more(world: Callable[..., World]) -> None:
    """Before fetching, the store is looked into: what another client renewed in time is taken."""
    here = world()
    account = here.account()
    here.keep("T1")
    here.token(account)
    here.clock.now += 7000
    here.keep("T2", asked=6950, renew=14000, ends=14200)
    assert here.token(account) == "T2"
    assert here.fetched == 0


def test_somebody_renews_while_one_waits_for_the_lease(
    world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who gets the right to renew just after somebody else has renewed takes that one and fetches nothing."""
    here = world()
    acquire = here.store.acquire

    def late(key: TokenKey, seconds: float) -> int | None:
        monkeypatch.setattr(here.store, "acquire", acquire)
        here.keep("T2")
        return acquire(key, seconds)

    monkeypatch.setattr(here.store, "acquire", late)
    assert here.token(here.account()) == "T2"
    assert here.fetched == 0
    assert here.store.acquire(KEY, 1.0) is not None


def test_a_lease_held_by_another_is_waited_for(
    world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another client renews, nobody else does; the others take what it fetched."""
    here = world()
    lease = here.store.acquire(KEY, 90.0)
    assert lease is not None
    looks = []
    get = here.store.get

    def look(key: TokenKey) -> StoredToken | None:
        looks.append(key)
        if len(looks) == 10:
            here.store.put(key, StoredToken("T2", START, START + 10, START + 20), lease)
        return get(key)

    monkeypatch.setattr(here.store, "get", look)
    assert here.token(here.account()) == "T2"
    assert here.fetched == 0
    assert set(here.driver.slept) == {0.05}


def test_a_lease_whose_holder_died(world: Callable[..., World]) -> None:
    """The right to renew ends by itself, so that a killed client keeps the others waiting for 90 s at most."""
    here = world()
    here.store.acquire(KEY, 90.0)
    assert here.token(here.account()) == "TOKEN-1"
    assert 89 <= here.clock.now - START <= 91


def test_a_lease_that_goes_from_hand_to_hand(world: Callable[..., World]) -> None:
    """Somebody who never gets the right to renew is told so, and does not wait for ever."""
    here = world()
    here.store.acquire(KEY, 1_000.0)
    with pytest.raises(StoreError, match="too long"):
        here.token(here.account())
    assert here.fetched == 0


def test_nobody_waits_for_a_renewal_in_good_time(world: Callable[..., World]) -> None:
    """While another client renews before the end, the old token goes on working, and is used without waiting."""
    here = world()
    account = here.account()
    here.keep("T1")
    here.token(account)
    here.clock.now += 7000
    here.store.acquire(KEY, 90.0)
    assert here.token(account) == "T1"
    assert here.token(here.account()) == "T1"  # one that has not seen the token before
    assert here.driver.slept == []


def test_a_lost_lease(world: Callable[..., World]) -> None:
    """A client that took too long to fetch does not overwrite what its successor has put, but takes that."""
    here = world()

    def slow(_sent: Sent) -> Answer:
        here.clock.now += 1000
        here.keep("SUCCESSOR", asked=1000)
        return gives("MINE")

    here.driver.platform.script_tokens(slow)
    assert here.token(here.account(deadline=600)) == "SUCCESSOR"


def test_a_lost_lease_that_nobody_took(world: Callable[..., World]) -> None:
    """A client whose right to renew went away, store and all, uses what it fetched."""
    here = world()

    def slow(_sent: Sent) -> Answer:
        here.store._leases.clear()
        return gives("MINE")

    here.driver.platform.script_tokens(slow)
    account = here.account()
    assert here.token(account) == here.token(account) == "MINE"
    assert here.store.get(KEY) is None


@pytest.mark.parametrize("trouble", [lost(), BUSY, coded(45009), coded(45011)])
def test_an_old_token_that_still_works_is_used(world: Callable[..., World], trouble: Script) -> None:
    """Where the token call fails before the end, the old token is used without waiting, and asked again after 30 s."""
    here = world(gives("T1"), trouble, trouble, gives("T2"))
    account = here.account()
    here.token(account)
    for wait, token, fetched in [(6935, "T1", 2), (29, "T1", 2), (2, "T1", 3), (31, "T2", 4)]:
        here.clock.now += wait
        assert (here.token(account), here.fetched) == (token, fetched)
    assert here.driver.slept == []


def test_a_wrong_secret_is_told_while_the_old_token_works(world: Callable[..., World]) -> None:
    """A secret that was reset is told as soon as it is known, not hidden until the old token ends."""
    here = world(gives("T1"), coded(40125, "invalid appsecret"))
    account = here.account()
    here.token(account)
    here.clock.now += 7000
    with pytest.raises(InvalidSecret):
        here.token(account)


@pytest.mark.parametrize(
    ("trouble", "error"), [(lost(), TransportError), (coded(45011), MinuteQuotaExceeded)]
)
def test_without_a_token_trouble_is_tried_again_and_raised(
    world: Callable[..., World], trouble: Script, error: type[Exception]
) -> None:
    """Where no token works, the token call is tried as patiently as any, and its failure is the call's."""
    here = world(trouble)
    with pytest.raises(error):
        here.call(here.account())
    assert here.fetched == 5
    assert here.driver.platform.sent == []


def test_a_refused_token_is_not_fallen_back_on(world: Callable[..., World]) -> None:
    """A token that the platform refused is no old one that still works."""
    here = world(gives("T1"), lost(), script=(coded(40001),))
    with pytest.raises(TransportError):
        here.call(here.account())
    assert here.fetched == 6


def test_a_given_token_is_used_and_never_renewed(world: Callable[..., World]) -> None:
    """A token given by hand is used as it is, refused or not, forced or not; its owner renews it."""
    here = world(script=(coded(40001),))
    account = here.account(token="GIVEN")
    with pytest.raises(InvalidCredential):
        here.call(account)
    here.clock.now += 1e9
    assert here.token(account) == here.token(account, force=True) == "GIVEN"
    assert here.fetched == 0
    assert len(here.driver.platform.sent) == 1


def test_a_client_that_only_reads(world: Callable[..., World]) -> None:
    """With `read_only_token` a token is taken from the store and never fetched; without one there is an error."""
    here = world()
    account = here.account(secret=None, read_only_token=True)
    with pytest.raises(StoreError, match="only reads"):
        here.call(account)
    here.keep("T1")
    assert here.token(account) == "T1"
    here.clock.now += 7199
    assert here.token(account) == "T1"
    assert here.token(here.account(secret=None, read_only_token=True)) == "T1"
    here.clock.now += 2
    with pytest.raises(StoreError, match="only reads"):
        here.token(account)
    assert here.fetched == 0


def test_a_client_that_only_reads_compares_too(world: Callable[..., World]) -> None:
    """Refused, a reading client takes what has meanwhile come into the store, or raises what the platform said."""
    here = world(script=(coded(40001), coded(40001), LIST))
    account = here.account(secret=None, read_only_token=True)
    here.keep("T1")
    with pytest.raises(InvalidCredential):
        here.call(account)
    here.token(account)
    here.keep("T2", asked=1.0)
    here.call(account)
    assert [sent.token for sent in here.driver.platform.sent] == ["T1", "T1", "T2"]


def test_a_client_that_only_reads_cannot_force(world: Callable[..., World]) -> None:
    """Forcing a refresh with a client that only reads is refused with words, although a token is there."""
    here = world()
    here.keep("T1")
    with pytest.raises(UsageError, match="only reads"):
        here.token(here.account(read_only_token=True), force=True)
    assert here.fetched == 0


def test_a_forced_refresh(world: Callable[..., World]) -> None:
    """Force asks the platform to end the present token, though it works; all who share the store get the new one."""
    here = world()
    account, other = here.account(), here.account()
    here.token(account)
    here.token(other)
    assert here.token(account, force=True) == "TOKEN-2"
    assert [sent.json["force_refresh"] for sent in here.driver.platform.token_calls] == [False, True]
    here.driver.platform.script_calls(coded(40001), LIST)
    here.call(other)
    assert here.driver.platform.sent[-1].token == "TOKEN-2"
    assert here.fetched == 2


def test_a_forced_refresh_waits_for_its_turn(world: Callable[..., World]) -> None:
    """Force is not content with the old token while another client renews: it waits, and asks."""
    here = world()
    account = here.account()
    here.token(account)
    here.store.acquire(KEY, 20.0)
    assert here.token(account, force=True) == "TOKEN-2"
    assert here.driver.slept


def test_a_forced_refresh_that_fails(world: Callable[..., World]) -> None:
    """A failure of what was asked for is told; that the old token may work still does not hide it."""
    here = world(gives("T1"), coded(40125))
    account = here.account()
    here.token(account)
    with pytest.raises(InvalidSecret):
        here.token(account, force=True)
    assert here.token(account) == "T1"


def test_force_is_never_unasked(world: Callable[..., World]) -> None:
    """Whatever happens to a token, no refresh is forced: that would end the token of everybody else."""
    here = world(script=(coded(40001), LIST))
    account = here.account()
    here.call(account)
    here.clock.now += 10_000
    here.call(account)
    assert [sent.json["force_refresh"] for sent in here.driver.platform.token_calls] == [False] * 3


def test_whoever_breaks_off_leaves_nothing_locked(world: Callable[..., World]) -> None:
    """A flow that is closed in the midst of a renewal, as a cancelled task does, gives the right to renew back."""
    here = world()
    outer = token_calls.get(here.account(), False)
    alone = next(outer)
    assert isinstance(alone, Alone)
    inner: Generator[Any, Any, Any] = alone.flow
    next(inner)
    assert here.store.acquire(KEY, 1.0) is None
    inner.close()
    outer.close()
    assert here.store.acquire(KEY, 1.0) is not None


def test_a_failed_renewal_leaves_nothing_locked(world: Callable[..., World]) -> None:
    """A renewal that fails gives the right to renew back at once."""
    here = world(coded(40125))
    with pytest.raises(InvalidSecret):
        here.token(here.account())
    assert here.store.acquire(KEY, 1.0) is not None


def test_an_answer_that_is_no_token(world: Callable[..., World]) -> None:
    """An answer without a token, or without its life, is no answer; nothing is kept."""
    for answer in ({"access_token": "T"}, {"expires_in": 7200}, {}):
        here = world(answer)
        with pytest.raises(TransportError, match=r"token\.stable"):
            here.token(here.account())
        assert here.store.get(KEY) is None


def test_a_lease_that_passed_on_before_its_token_came(world: Callable[..., World]) -> None:
    """Where the next one has the right to renew but no token yet, the fresh token is used, not the refused one."""
    here = world(script=(coded(40001), LIST))
    here.keep("REFUSED")

    def slow(_sent: Sent) -> Answer:
        here.store._leases.clear()
        assert here.store.acquire(KEY, 60.0) is not None
        return gives("FRESH")

    here.driver.platform.script_tokens(slow)
    account = here.account()
    here.call(account)
    assert here.token(account) == "FRESH"
