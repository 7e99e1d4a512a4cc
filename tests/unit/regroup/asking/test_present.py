"""Asking where everybody is: by the hundred, patiently, and the mirror learns what was read."""

from collections.abc import Sequence

import pytest
from tests.pretended_account import Made, PretendedAccount, openid_of
from tests.unit.regroup.timeless import Clock, inline, run

from fenzu.errors import DailyQuotaExceeded, FenzuError, SystemBusy, TransportError, api_error
from fenzu.model import Follower
from fenzu.pauses import TRIES
from fenzu.regroup._asking.present import Asking, Person, Seen, see
from fenzu.wire.words import Words

PEOPLE = [Person(openid_of(n), 0, 100) for n in range(450)]
LOST = TransportError(Words("lost", "丢失"))


class Pupil:
    """A mirror that only learns."""

    def __init__(self) -> None:
        self.learnt: list[Follower] = []
        self.id, self.revision = "a mirror", 1

    def learn(self, profiles: Sequence[Follower], at: float) -> None:
        assert at > 0
        self.learnt.extend(profiles)


@pytest.fixture
def account() -> PretendedAccount:
    """Four hundred and fifty followers, of whom the last one has gone."""
    return PretendedAccount(dict.fromkeys((person.openid for person in PEOPLE[:-1]), 100), {100: "VIP"})


async def seen_by(asking: Asking) -> list[Seen]:
    return [one async for some in see(PEOPLE, asking) for one in some]


async def test_a_call_asks_for_a_hundred(account: PretendedAccount) -> None:
    """Everybody is asked for once, a hundred a call, and told in their order; who does not follow is in no group."""
    pupil = Pupil()
    seen = await seen_by(Asking(account, pupil, at_once=2))
    assert [one.person for one in seen] == PEOPLE
    assert [len(made.openids) for made in account.calls] == [100, 100, 100, 100, 50]
    assert [one.found for one in seen] == [100] * 449 + [None]
    assert [one.openid for one in pupil.learnt] == [person.openid for person in PEOPLE]


async def test_the_mirror_hears_when_it_was_asked(account: PretendedAccount) -> None:
    """What was read counts from the asking: what the mirror learns while the answer is under way is newer."""

    class Time:
        now = 1.0

        def time(self) -> float:
            return self.now

    clock, times = Time(), set[float]()

    class Watched(Pupil):
        def learn(self, profiles: Sequence[Follower], at: float) -> None:
            times.add(at)

    def before(made: Made) -> None:
        clock.now += 1.0

    account.before = before
    await seen_by(Asking(account, Watched(), clock=clock, at_once=5))
    assert times == {1.0}


def test_what_may_pass_is_tried_again(account: PretendedAccount) -> None:
    """A busy platform, lost answers and a token that another system ended are borne: everybody is seen in the end."""
    troubles: list[FenzuError] = [
        api_error(40001, "invalid credential", "followers.get_many"),
        LOST,
        SystemBusy(-1, "system error"),
        LOST,
    ]

    def before(made: Made) -> None:
        if troubles:
            raise troubles.pop()

    account.before = before
    assert len(run(seen_by(Asking(account, clock=Clock(), work=inline, at_once=1)))) == 450
    assert not troubles


def test_one_whom_the_platform_does_not_know_spoils_no_hundred(account: PretendedAccount) -> None:
    """Of a hundred refused for one openid, the others are found by halving, and that one follows no more."""
    stranger = PEOPLE[130].openid

    def before(made: Made) -> None:
        if stranger in made.openids:
            raise api_error(40003, "invalid openid", "followers.get_many")

    account.before = before
    pupil = Pupil()
    seen = run(seen_by(Asking(account, pupil, clock=Clock(), work=inline)))
    assert [one.person for one in seen if one.found is None] == [PEOPLE[130], PEOPLE[-1]]
    assert {one.openid for one in pupil.learnt if not one.subscribe} == {stranger, PEOPLE[-1].openid}
    assert len(account.calls) <= 5 + 14


def test_a_platform_that_stays_away_is_given_up(account: PretendedAccount) -> None:
    """After eight tries of one call the error itself is raised, and nothing more is sent."""

    def before(made: Made) -> None:
        raise LOST

    account.before = before
    with pytest.raises(TransportError):
        run(seen_by(Asking(account, clock=Clock(), work=inline, at_once=1)))
    assert len(account.calls) == TRIES


async def test_what_was_read_is_kept_where_a_neighbour_fails(account: PretendedAccount) -> None:
    """A day's quota that ends in the middle is raised, and the mirror has learnt from the calls that were answered."""
    pupil = Pupil()
    account.daily["followers.get_many"] = 3
    with pytest.raises(DailyQuotaExceeded):
        await seen_by(Asking(account, pupil, at_once=5))
    assert len(pupil.learnt) == 300


async def test_nobody_learns_where_nothing_was_read(account: PretendedAccount) -> None:
    """A mirror is told nothing of a round in which every call failed."""
    pupil = Pupil()
    account.daily["followers.get_many"] = 0
    with pytest.raises(DailyQuotaExceeded):
        await seen_by(Asking(account, pupil))
    assert not pupil.learnt
