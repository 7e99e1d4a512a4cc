"""A sync against an account in memory, in virtual time."""

import asyncio
import random
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any, TypeVar

import pytest
from tests.pretended_account import Made, PretendedAccount, openid_of, refusal
from tests.simulation.loop import Killed, VirtualClock, VirtualLoop

from fenzu.database import locks
from fenzu.errors import CallNotAllowed, MirrorInUse, TransportError
from fenzu.mirror import Mirror
from fenzu.mirror._sync import Wanted, run_sync
from fenzu.mirror.events import (
    CountsDiffer,
    Event,
    Finished,
    GroupDifference,
    Listed,
    PageRead,
    ProfilesRead,
    Started,
    Stopped,
    Waiting,
)
from fenzu.model import OpenID, Page
from fenzu.wire.words import Words

T = TypeVar("T")
GROUPS = {100: "VIP", 101: "新"}
START = 1_800_000_030.0
"""Half past a minute."""


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    """An empty mirror."""
    with Mirror.open(str(tmp_path / "mirror.db"), "http://127.0.0.1:8060", "wx1") as opened:
        yield opened


def an_account(n: int = 1_050, page: int = 200) -> PretendedAccount:
    """Followers in three groups in turn."""
    places = (0, 100, 101)
    return PretendedAccount({openid_of(k): places[k % 3] for k in range(1, n + 1)}, GROUPS, page=page)


def in_virtual_time(
    program: Callable[[VirtualClock], Coroutine[Any, Any, T]],
    start: float = START,
    kill_at: int | None = None,
) -> T:
    """Run a program in time that jumps; it may be killed at a turn of its loop."""
    loop = VirtualLoop()
    loop.kill_at(kill_at)
    try:
        return loop.run_until_complete(program(VirtualClock(loop, start)))
    finally:
        loop.bury()


def synced(
    account: PretendedAccount,
    mirror: Mirror,
    wanted: Wanted | None = None,
    start: float = START,
    kill_at: int | None = None,
) -> list[Event]:
    """Let a sync run to its end and return what it told."""

    async def program(clock: VirtualClock) -> list[Event]:
        sync = run_sync(account, mirror, wanted or Wanted(), clock=clock, chance=random.Random(1))
        return [event async for event in sync]

    return in_virtual_time(program, start, kill_at)


def the(kind: type[T], events: list[Event]) -> T:
    """Return the only event of a kind."""
    [found] = [event for event in events if isinstance(event, kind)]
    return found


def made(account: PretendedAccount, call: str) -> list[Made]:
    return [each for each in account.calls if each.call == call]


def check(account: PretendedAccount, mirror: Mirror) -> None:
    """The mirror says what the account says, in its order."""
    lines = b"".join(mirror.dump(["openid", "group_id"])).decode().splitlines()
    assert lines == [f"{openid},{group}" for openid, group in account.members.items()]
    assert (mirror.followers, mirror.unknown) == (len(account.members), 0)


def leave(account: PretendedAccount, *numbers: int) -> None:
    for number in numbers:
        del account.members[openid_of(number)]


def follow(account: PretendedAccount, *numbers: int) -> None:
    for number in numbers:
        account.members[openid_of(number)] = 0


def test_the_first_sync_makes_no_call_more_than_needed(mirror: Mirror) -> None:
    """A first sync makes as many calls as there are pages and hundreds of followers, and one for the groups."""
    account = an_account()
    events = synced(account, mirror)
    check(account, mirror)
    assert len(made(account, "followers.list")) == 6
    assert len(made(account, "followers.get_many")) == 11
    assert len(account.calls) == 6 + 11 + 1
    assert events[0] == Started(False, 0)
    assert events[1] == PageRead(200, 1_050, 200, 0)
    listed = the(Listed, events)
    assert (listed.followers, listed.gone, listed.to_ask) == (1_050, 0, 1_050)
    assert [event for event in events if isinstance(event, ProfilesRead)][-1] == ProfilesRead(1_050, 1_050)
    assert events[-1] == Finished(1_050, 0, {"followers.get_many": 11, "followers.list": 6, "groups.list": 1})
    assert [group.name for group in mirror.groups()] == ["未分组", "黑名单", "星标组", "VIP", "新"]


def test_an_account_without_followers_is_synced_with_two_calls(mirror: Mirror) -> None:
    """Nobody follows: one page and the groups."""
    account = PretendedAccount()
    events = synced(account, mirror)
    assert [each.call for each in account.calls] == ["followers.list", "groups.list"]
    assert the(Finished, events).followers == 0


def test_a_later_sync_asks_only_for_the_new(mirror: Mirror) -> None:
    """A later sync reads the pages again and the profiles of those who are new or back, and finds who has left.

    A few of whom the pages alone cannot say for sure that they have left are asked for too.
    """
    account = an_account()
    synced(account, mirror)
    leave(account, 3, 400, 401, 1_050, 2, 777)
    follow(account, 2_001, 2, 2_002, 777)
    account.calls.clear()
    events = synced(account, mirror, start=START + 86_400)
    check(account, mirror)
    assert [each.openids for each in made(account, "followers.get_many")] == [
        tuple(openid_of(number) for number in (3, 400, 401, 1_050)),
        tuple(openid_of(number) for number in (2_001, 2, 2_002, 777)),
    ]
    assert the(Listed, events).gone == 4
    pages = [event for event in events if isinstance(event, PageRead)]
    assert (sum(page.new for page in pages), sum(page.back for page in pages)) == (2, 2)


def test_who_left_long_ago_and_comes_back_is_asked_again(mirror: Mirror) -> None:
    """Somebody whom one sync found gone and a later one finds back stands at the end, with the group of now."""
    account = an_account(10)
    synced(account, mirror)
    leave(account, 4)
    synced(account, mirror)
    assert not mirror.find([openid_of(4)])[openid_of(4)].follows
    follow(account, 4)
    synced(account, mirror)
    check(account, mirror)
    assert mirror.find([openid_of(4)])[openid_of(4)].group_id == 0


def test_old_facts_are_asked_again_on_request(mirror: Mirror) -> None:
    """Facts older than asked for, or all, are asked again; without a word none is."""
    account = an_account(300)
    synced(account, mirror)
    mirror.moved([openid_of(1)], 100, START + 5_000)
    account.members = dict.fromkeys(account.members, 101)
    account.members[openid_of(1)] = 100

    def asked(wanted: Wanted, start: float = START + 6_000) -> int:
        account.calls.clear()
        synced(account, mirror, wanted, start)
        return sum(len(each.openids) for each in made(account, "followers.get_many"))

    assert asked(Wanted()) == 0
    assert asked(Wanted(older_than=7_000)) == 0
    assert asked(Wanted(older_than=2_000)) == 299
    check(account, mirror)
    assert asked(Wanted(full=True), START + 6_001) == 300


@pytest.mark.parametrize("last", range(19))
def test_a_sync_that_met_the_day_s_end_goes_on_where_it_was(mirror: Mirror, last: int) -> None:
    """Stopped by 45009 at any call, a sync tells when to go on; the next one makes no call twice."""
    account = an_account()

    def quota(made: Made) -> None:
        if len(account.calls) > last:
            raise refusal(45009, made.call)

    account.before = quota
    events = synced(account, mirror, Wanted(in_flight=1))
    if last < 18:
        assert the(Stopped, events).reason == "45009"
        assert len(account.calls) == last + 1
        assert isinstance(events[-1], Stopped)
    done = account.calls[:last]
    account.before = None
    account.calls.clear()
    again = synced(account, mirror, Wanted(in_flight=1), START + 86_400)
    check(account, mirror)
    assert the(Started, again).resumed == (last < 18)
    if last < 18:
        assert len(done) + len(account.calls) == 18
        assert not {each for each in done if each.call != "groups.list"} & set(account.calls)
        assert the(Finished, again).calls["followers.get_many"] == 11 + (last >= 7)


def test_a_sync_with_many_in_flight_sends_nothing_after_45009(mirror: Mirror) -> None:
    """After the first 45009 only what is already in flight is answered, and that is kept."""
    account = an_account(5_000, 10_000)

    async def slow(made: Made) -> None:
        await asyncio.sleep(0.1 + len(account.calls) % 7 / 100)

    account.before = slow
    account.daily = {"followers.get_many": 20}
    events = synced(account, mirror)
    assert isinstance(events[-1], Stopped)
    assert len(made(account, "followers.get_many")) <= 20 + 16
    assert mirror.unknown == 5_000 - 2_000
    account.calls_today.clear()
    account.calls.clear()
    account.daily = {}
    synced(account, mirror)
    check(account, mirror)
    assert len(made(account, "followers.get_many")) == 30


def test_a_sync_that_was_killed_repeats_no_more_than_was_in_flight(mirror: Mirror, full: bool) -> None:
    """Killed at any moment and begun again, a sync ends like one that ran through, and repeats what was under way."""
    chance = random.Random(7)
    for turn in range(1, 160) if full else range(5, 160, 13):
        account = an_account(600)
        fresh = Mirror.open(mirror.where + str(turn), "http://127.0.0.1:8060", "wx1")

        async def slow(made: Made) -> None:
            await asyncio.sleep(0.1 + chance.random())

        account.before = slow
        with fresh:
            try:
                synced(account, fresh, Wanted(in_flight=4), kill_at=turn)
            except Killed:
                synced(account, fresh, Wanted(in_flight=4), START + 100)
            check(account, fresh)
        assert len(account.calls) <= 3 + 6 + 1 + WAVE_IN_FLIGHT


WAVE_IN_FLIGHT = 4 + 20
"""Calls under way, and answers that wait to be written together."""


def test_what_was_answered_is_kept_where_nobody_listens_any_more(mirror: Mirror) -> None:
    """A sync that its reader leaves keeps what was answered, and the next one asks for the rest."""
    account = an_account(5_000, 10_000)

    async def program(clock: VirtualClock) -> None:
        sync = run_sync(account, mirror, Wanted(in_flight=2), clock=clock)
        async for event in sync:
            if isinstance(event, ProfilesRead):
                break
        await sync.aclose()

    in_virtual_time(program)
    answered = 5_000 - mirror.unknown
    assert answered >= 2_000
    account.calls.clear()
    synced(account, mirror)
    check(account, mirror)
    assert len(made(account, "followers.get_many")) == (5_000 - answered) // 100


async def test_a_sync_leaves_the_loop_to_others(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a sync reads and writes, from its lock to its last wave, is done in threads, also where it is left."""
    loop, on_loop = threading.get_ident(), list[str]()

    def watched(owner: object, name: str) -> None:
        plain = getattr(owner, name)

        def call(*args: object, **named: object) -> object:
            if threading.get_ident() == loop:
                on_loop.append(name)
            return plain(*args, **named)

        monkeypatch.setattr(owner, name, call)

    watched(locks, "_lock")
    for name in ("rows", "run", "run_many", "transaction"):
        watched(mirror.database, name)
    async with aclosing(run_sync(an_account(3_000), mirror, Wanted(in_flight=2))) as left:
        async for event in left:
            if isinstance(event, ProfilesRead):
                break
    async for _ in run_sync(an_account(3_000), mirror, Wanted()):
        pass
    assert on_loop == []


def test_busy_and_lost_answers_are_repeated(mirror: Mirror) -> None:
    """-1, lost answers and 45011 are waited for and repeated, and what is waited for is told."""
    account = an_account()
    troubles = iter([refusal(-1, ""), None, lost(), None, refusal(45011, ""), lost(), None, refusal(-1, "")])

    def trouble(made: Made) -> None:
        if (error := next(troubles, None)) is not None:
            raise error

    account.before = trouble
    events = synced(account, mirror)
    check(account, mirror)
    waits = [event for event in events if isinstance(event, Waiting)]
    assert {wait.reason for wait in waits} == {"-1", "TransportError", "45011"}
    [minute] = [wait for wait in waits if wait.reason == "45011"]
    assert START + 30 <= minute.until < START + 31
    assert isinstance(events[-1], Finished)


def test_a_platform_that_stays_away_stops_the_sync(mirror: Mirror) -> None:
    """After eight tries with growing pauses a sync stops, and can go on later."""
    account = an_account()

    def away(made: Made) -> None:
        if made.call == "followers.get_many":
            raise lost()

    account.before = away
    events = synced(account, mirror)
    stopped = the(Stopped, events)
    assert (stopped.reason, stopped.renews_at) == ("TransportError", None)
    assert max(made(account, "followers.get_many").count(each) for each in set(account.calls)) == 8
    account.before = None
    synced(account, mirror)
    check(account, mirror)


def test_what_no_repeating_mends_is_raised(mirror: Mirror) -> None:
    """A call that the account may not make ends the sync with the platform's error."""
    account = an_account()

    def forbidden(made: Made) -> None:
        if made.call == "followers.get_many":
            raise refusal(48001, made.call)

    account.before = forbidden
    with pytest.raises(CallNotAllowed):
        synced(account, mirror)
    assert mirror.followers == 1_050


def test_counts_that_differ_are_told(mirror: Mirror) -> None:
    """Where the platform counts others than the mirror, the sync says in which groups; a full one mends it."""
    account = an_account(300)
    synced(account, mirror)
    account.members[openid_of(1)] = 101
    differ = the(CountsDiffer, synced(account, mirror))
    assert differ.groups == (GroupDifference(100, "VIP", 99, 100), GroupDifference(101, "新", 101, 100))
    again = synced(account, mirror, Wanted(full=True), START + 1)
    assert not any(isinstance(event, CountsDiffer) for event in again)
    check(account, mirror)


def test_members_of_a_deleted_group_are_asked_again(mirror: Mirror) -> None:
    """Who was in a group that the platform no longer lists is asked for in the same sync."""
    account = an_account(300)
    synced(account, mirror)
    del account.names[101]
    account.members = {openid: 0 if group == 101 else group for openid, group in account.members.items()}
    account.calls.clear()
    synced(account, mirror)
    check(account, mirror)
    assert len(made(account, "followers.get_many")) == 1


def test_members_of_a_group_that_no_list_held_are_asked_again(mirror: Mirror) -> None:
    """The same for a group that was made after one sync's list of groups and deleted before the next one's."""
    account = an_account(300)

    def make(made: Made) -> None:
        if made.call == "followers.get_many":
            account.names[105] = "brief"
            account.members[openid_of(1)] = 105

    account.before = make
    synced(account, mirror)
    check(account, mirror)
    account.before = None
    del account.names[105]
    account.members[openid_of(1)] = 0
    synced(account, mirror)
    check(account, mirror)


def test_a_sync_goes_on_with_what_either_wanted(mirror: Mirror) -> None:
    """A stopped sync that is gone on with asks again for what the first or the second of them wanted."""
    account = an_account(300)
    synced(account, mirror)
    account.daily = {"followers.list": 0}
    assert isinstance(synced(account, mirror, Wanted(full=True), START + 50)[-1], Stopped)
    account.daily = {}
    account.calls.clear()
    account.members = dict.fromkeys(account.members, 101)
    synced(account, mirror, Wanted(), START + 60)
    check(account, mirror)
    account.daily = {"followers.list": 0}
    account.calls_today.clear()
    assert isinstance(synced(account, mirror, Wanted(), START + 70)[-1], Stopped)
    account.daily = {}
    account.members = dict.fromkeys(account.members, 100)
    synced(account, mirror, Wanted(older_than=5), START + 80)
    check(account, mirror)


def test_busy_answers_for_the_groups_are_waited_for(mirror: Mirror) -> None:
    """The list of groups is asked for again where the platform is busy."""
    account = an_account(10)
    busy = iter([True])

    def trouble(made: Made) -> None:
        if made.call == "groups.list" and next(busy, False):
            raise refusal(-1, made.call)

    account.before = trouble
    assert any(isinstance(event, Waiting) for event in synced(account, mirror))
    check(account, mirror)


def test_one_whom_the_platform_does_not_know_spoils_no_hundred(mirror: Mirror) -> None:
    """Of a hundred with one that the platform refuses, the others are learnt and the one counts as gone."""
    account = an_account(300)

    def refuse(made: Made) -> None:
        if made.call == "followers.get_many" and openid_of(150) in made.openids:
            raise refusal(40003, made.call)

    account.before = refuse
    synced(account, mirror)
    assert (mirror.followers, mirror.unknown) == (299, 0)
    assert len(made(account, "followers.get_many")) <= 3 + 14


def test_a_page_that_begins_behind_one_who_has_left_begins_before(mirror: Mirror) -> None:
    """If the last of a page leaves before the next one is read, the sync begins that one behind the one before."""
    account = an_account(600)

    def leaves(made: Made) -> None:
        if made.openids == (openid_of(400),) and openid_of(400) in account.members:
            leave(account, 400)

    account.before = leaves
    synced(account, mirror)
    check(account, mirror)
    account.before = None
    account.members = {}

    async def nobody(after: OpenID | None) -> Page:
        raise refusal(40003, "followers.list")

    account.page = nobody  # type: ignore[method-assign]  # a platform out of its mind
    with pytest.raises(Exception, match="40003"):
        synced(account, mirror)


def test_the_first_of_all_may_leave_too(mirror: Mirror) -> None:
    """If all of the pages before have left, the sync begins at the beginning."""
    account = an_account(3, 1)

    def leaves(made: Made) -> None:
        if (
            made.openids == (openid_of(1),)
            and made.call == "followers.list"
            and openid_of(1) in account.members
        ):
            leave(account, 1)

    account.before = leaves
    synced(account, mirror)
    synced(account, mirror)
    check(account, mirror)


@pytest.mark.parametrize(
    "page",
    [Page((OpenID("o,1"),), 9, OpenID("o,1")), Page((OpenID("o1"),), 9, OpenID("o1"))],
    ids=["no openid", "in circles"],
)
def test_a_page_that_no_platform_sends_is_refused(mirror: Mirror, page: Page) -> None:
    """Pages that lead in circles, or hold what is no openid, are not written down."""
    account = an_account(1)

    async def odd(after: OpenID | None) -> Page:
        return page

    account.page = odd  # type: ignore[method-assign]  # no platform does so
    with pytest.raises(TransportError, match=r"followers\.list"):
        synced(account, mirror)
    assert mirror.followers <= 1


def test_two_syncs_of_one_mirror_do_not_mix(mirror: Mirror) -> None:
    """While one sync is at work, another one of the same mirror ends with words before it has made a call."""
    account = an_account()

    async def program(clock: VirtualClock) -> None:
        first = run_sync(account, mirror, Wanted(), clock=clock)
        assert isinstance(await anext(first), Started)
        calls = len(account.calls)
        with Mirror.open(mirror.where, mirror.base_url, mirror.appid) as same:
            second = run_sync(account, same, Wanted(), clock=clock)
            with pytest.raises(MirrorInUse, match="another sync"):
                await anext(second)
        assert len(account.calls) == calls
        assert isinstance(await anext(first), PageRead)
        await first.aclose()

    in_virtual_time(program)
    synced(account, mirror)
    check(account, mirror)


def lost() -> TransportError:
    return TransportError(Words("the answer is lost", "应答丢失"))


def test_a_mirror_that_became_untrue_is_read_anew(mirror: Mirror) -> None:
    """After an account was put back the next sync asks for everybody, and the mirror is true once it is through."""
    account = an_account(300)
    synced(account, mirror)
    mirror.moved([openid_of(3)], 101, START + 10)
    mirror.invalidate(START + 20)
    assert (mirror.invalid_since, mirror.status().invalid_since) == (START + 20, START + 20)
    synced(account, mirror, start=START + 30)
    check(account, mirror)
    assert (mirror.invalid_since, mirror.status().invalid_since) == (None, None)


def test_a_sync_that_began_before_makes_no_mirror_true(mirror: Mirror) -> None:
    """What was read before an account was put back is read again: a sync that was stopped then does not go on."""
    account = an_account(1_050)
    account.daily = {"followers.get_many": 3}
    synced(account, mirror)
    account.members = dict.fromkeys(account.members, 0)
    mirror.invalidate(START + 10)
    account.daily, before = {}, len(made(account, "followers.list"))
    events = synced(account, mirror, start=START + 20)
    assert not the(Started, events).resumed
    assert len(made(account, "followers.list")) == before + 6
    check(account, mirror)
    assert mirror.invalid_since is None


def test_a_mirror_that_becomes_untrue_during_a_sync_stays_so(mirror: Mirror) -> None:
    """A sync that is at work when the account is put back ends, and the next one reads everything."""
    account = an_account(300)

    def put_back(made: Made) -> None:
        if made.call == "groups.list" and mirror.invalid_since is None:
            mirror.invalidate(START + 1_000)

    account.before = put_back
    synced(account, mirror)
    assert mirror.invalid_since == START + 1_000
    account.before = None
    synced(account, mirror, start=START + 500)
    assert mirror.invalid_since is None
