"""Asking where everybody is: by the hundred, patiently, and the mirror learns what was read."""

import asyncio
import random
from collections.abc import Sequence

import pytest
from tests.pretended_account import Made, PretendedAccount, openid_of

from fenzu.errors import ApiError, DailyQuotaExceeded, FenzuError, SystemBusy, TransportError, api_error
from fenzu.model import Follower
from fenzu.regroup._asking.patience import pause_after
from fenzu.regroup._asking.present import Asking, Person, Seen, see
from fenzu.wire.words import Words

PEOPLE = [Person(openid_of(n), 0, 100) for n in range(450)]
LOST = TransportError(Words("lost", "丢失"))


class Pupil:
    """A mirror that only learns."""

    def __init__(self) -> None:
        self.learnt: list[Follower] = []
        self.revision = 1

    def learn(self, profiles: Sequence[Follower], at: float) -> None:
        assert at > 0
        self.learnt.extend(profiles)


@pytest.fixture
def account() -> PretendedAccount:
    """Four hundred and fifty followers, of whom the last one has gone."""
    return PretendedAccount(dict.fromkeys((person.openid for person in PEOPLE[:-1]), 100), {100: "VIP"})


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What would have been slept."""
    slept: list[float] = []

    async def nap(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", nap)
    return slept


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


async def test_what_may_pass_is_tried_again(account: PretendedAccount, naps: list[float]) -> None:
    """A busy platform and lost answers are met with growing pauses, and everybody is seen in the end."""
    troubles: list[FenzuError] = [LOST, SystemBusy(-1, "system error"), LOST]

    def before(made: Made) -> None:
        if troubles:
            raise troubles.pop()

    account.before = before
    assert len(await seen_by(Asking(account, at_once=1))) == 450
    assert len(naps) == 3
    assert 0.125 <= naps[0] <= 0.25 <= naps[1] <= 0.5 <= naps[2] <= 1.0


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


@pytest.mark.parametrize(
    ("error", "number", "low", "high"),
    [
        (LOST, 1, 0.125, 0.25),
        (api_error(-1, "system error"), 4, 1.0, 2.0),
        (api_error(45011, "too many"), 1, 20.0, 21.0),
    ],
)
def test_how_long_it_waits(error: ApiError, number: int, low: float, high: float) -> None:
    """The pause grows with each try; a minute's quota is waited for until the minute is over."""
    pause = pause_after(error, number, 160.0 * 60 + 40.0, random.Random(1))
    assert pause is not None
    assert low <= pause <= high


def test_when_it_gives_up() -> None:
    """The fifth try is the last one, and what will be refused again is not tried again."""
    chance = random.Random(1)
    assert pause_after(LOST, 5, 0.0, chance) is None
    assert pause_after(api_error(48001, "api unauthorized"), 1, 0.0, chance) is None
