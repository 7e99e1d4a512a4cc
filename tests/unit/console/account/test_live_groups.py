"""The list of groups between the platform, which is asked seldom, and the pages, which want it at once."""

import asyncio
from collections.abc import Iterable, Mapping

import pytest
from starlette.applications import Starlette
from tests.unit.console.browsing import Browser

from fenzu.console.account.accounts import Account
from fenzu.console.account.live_groups import FRESH_SECONDS, LiveGroups, total
from fenzu.console.account.scanned import Scanned
from fenzu.errors import FenzuError, QuotaExceeded, TransportError
from fenzu.model import Group, GroupID
from fenzu.wire.words import Words

LOST = TransportError(Words("no answer", "没有应答"))


def group(number: int, name: str = "VIP", count: int | None = 0) -> Group:
    return Group(GroupID(number), name, count)


class World:
    """A platform with a list of groups, a mirror with another one, and a clock."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.asked = 0
        self.groups: list[Group] = [group(0, "未分组", 5), group(1, "黑名单"), group(2, "星标组"), group(100)]
        self.error: FenzuError | None = None
        self.answers = asyncio.Event()
        self.answers.set()
        self.mirror = [group(100, "as seen last", 3)]
        self.counts: Mapping[int, int] | None = None
        self.live = LiveGroups(self._ask, self._before, self._count, clock=lambda: self.now, patience=0)

    async def names(self, *, anew: bool = False) -> list[str]:
        return [each.name for each in await self.live.list(anew=anew)]

    async def count(self, group_id: int) -> int | None:
        found = await self.live.get(group_id)
        assert found is not None
        return found.count

    async def _ask(self) -> Iterable[Group]:
        self.asked += 1
        found = list(self.groups)
        await self.answers.wait()
        if self.error is not None:
            raise self.error
        return found

    async def _before(self) -> Iterable[Group]:
        return self.mirror

    async def _count(self) -> Mapping[int, int] | None:
        return self.counts


async def test_a_list_is_good_for_half_a_minute() -> None:
    """However many pages want the groups, the platform is asked once in half a minute."""
    world = World()
    await world.live.list(anew=True)
    for _ in range(3):
        await world.live.list()
    assert world.asked == 1
    world.now += FRESH_SECONDS
    await world.live.list()
    assert world.asked == 2
    await world.live.close()


async def test_a_list_can_be_asked_for_anew() -> None:
    """Before a question that matters the platform is asked whatever the age of the list, and waited for."""
    world = World()
    await world.live.list(anew=True)
    world.groups.append(group(101, "new"))
    assert (await world.names(anew=True))[-1] == "new"


async def test_while_the_platform_is_slow_the_page_is_not() -> None:
    """A page shows what was seen last, and what the platform says once it has said it."""
    world = World()
    world.answers.clear()
    assert "as seen last" in await world.names()
    assert world.live.is_awaited
    world.answers.set()
    assert "VIP" in await world.names(anew=True)
    assert not world.live.is_awaited


@pytest.mark.parametrize("error", [LOST, QuotaExceeded(45009, "reach max"), FenzuError(Words("a", "b"))])
async def test_while_the_platform_refuses_the_last_list_stays(error: FenzuError) -> None:
    """Whatever the platform is met with, the groups of before are shown, and the trouble beside them."""
    world = World()
    await world.live.list(anew=True)
    world.error, world.now = error, world.now + FRESH_SECONDS
    assert "VIP" in await world.names(anew=True)
    assert world.live.trouble is error
    world.error = None
    await world.live.list(anew=True)
    assert world.live.trouble is None


async def test_a_platform_that_refuses_is_not_asked_at_once_again() -> None:
    """A refusal holds for half a minute too, so that a used-up quota is not called upon with each page."""
    world = World()
    world.error = LOST
    await world.live.list(anew=True)
    await world.live.list()
    assert world.asked == 1
    await world.live.close()


async def test_the_reserved_groups_are_always_there() -> None:
    """Rulebook 2021 leaves two of them out of its list, and they stand in their usual order all the same."""
    world = World()
    world.groups = [group(102, "b"), group(2, "星标组"), group(100, "a")]
    assert await world.names(anew=True) == ["未分组", "黑名单", "星标组", "a", "b"]


async def test_counts_that_the_platform_leaves_out_come_from_the_mirror() -> None:
    """A group without a count is given the mirror's, and none where the mirror has not counted yet."""
    world = World()
    world.groups = [group(2, "星标组", 7)]
    await world.live.list(anew=True)
    assert await world.count(0) is None
    world.counts = {0: 41, 2: 6}
    assert [await world.count(number) for number in (0, 1, 2)] == [41, 0, 7]


async def test_moves_are_counted_along() -> None:
    """A move shows in the counts without a call, never falls below nobody, and leaves unknown groups alone."""
    world = World()
    world.live.moved({100: 1})  # nothing is known yet
    await world.live.list(anew=True)
    world.live.moved({0: -2, 100: 2, 1: -1, 999: 4})
    assert [await world.count(number) for number in (0, 1, 100)] == [3, 0, 2]
    assert await world.live.get(999) is None
    assert world.asked == 1


async def test_own_changes_are_counted_along() -> None:
    """A group that was made, renamed or deleted here shows so without a call; who was in it is in none."""
    world = World()
    await world.live.list(anew=True)
    world.live.put(group(101, "new", 0))
    world.live.put(group(100, "renamed", 4))
    assert (await world.names())[-2:] == ["renamed", "new"]
    world.live.remove(100)
    assert await world.names() == ["未分组", "黑名单", "星标组", "new"]
    assert await world.count(0) == 9
    world.live.remove(100)
    assert await world.count(0) == 9
    assert world.asked == 1


async def test_an_answer_from_before_an_own_change_is_thrown_away() -> None:
    """A list that was asked for before a group was made does not hide it, and the next page asks again."""
    world = World()
    await world.live.list(anew=True)
    world.now += FRESH_SECONDS
    world.answers.clear()
    await world.live.list()
    world.live.put(group(101, "new", 0))
    world.groups.append(group(101, "new", 0))
    world.answers.set()
    assert "new" in await world.names()
    assert "new" in await world.names()
    await world.live.list(anew=True)
    assert "new" in await world.names()


@pytest.mark.parametrize("answers", ["during the move", "after it"])
@pytest.mark.parametrize("asked", ["before the move", "during it"])
async def test_a_list_that_crosses_a_move_is_thrown_away(asked: str, answers: str) -> None:
    """It may count who was moved or not, so the counts go on from the list of before, and the next page asks again."""
    world = World()
    await world.live.list(anew=True)
    world.now += FRESH_SECONDS
    world.answers.clear()
    if asked == "before the move":
        await world.live.list()
    with world.live.changing():
        if asked == "during it":
            await world.live.list()
        if answers == "during the move":
            world.answers.set()
            await world.live._question.settle()
        world.live.moved({0: -1, 100: 1})
    world.answers.set()
    await world.live._question.settle()
    assert world.live._groups is not None
    assert [world.live._groups[number].count for number in (0, 100)] == [4, 1]
    await world.live.list()
    await world.live.close()
    assert world.asked == 3


async def test_what_is_uncertain_is_asked_for() -> None:
    """After a lost answer nobody knows what was done, and the platform is asked without delay."""
    world = World()
    await world.live.list(anew=True)
    world.live.forget()
    await world.live.list()
    await world.live.close()
    assert world.live.is_awaited is False
    assert world.asked == 2


async def test_a_mistake_of_our_own_is_not_swallowed() -> None:
    """What is no trouble of the platform's comes out where the list is wanted."""
    world = World()
    world.groups = None  # type: ignore[assignment]  # makes the question itself fail
    with pytest.raises(TypeError):
        await world.live.list(anew=True)


def test_everybody_is_the_sum_of_all_groups() -> None:
    """The sum is told only where all counts are known."""
    assert total([group(0, count=3), group(100, count=4)]) == 7
    assert total([group(0, count=None), group(100, count=4)]) is None


async def test_the_mirror_is_counted_anew_where_it_has_changed() -> None:
    """Counting millions takes seconds: it is done once for a state of the mirror, and waited for a moment only."""
    revision, counted, ready = 1, 0, asyncio.Event()

    async def now() -> int:
        return revision

    async def count() -> tuple[int, Mapping[int, int]]:
        nonlocal counted
        counted += 1
        await ready.wait()
        return revision, {0: revision * 10}

    counts = Scanned(now, count)
    assert await counts.get(0) is None
    ready.set()
    await counts.close()
    counts = Scanned(now, count)
    assert await counts.get() == {0: 10}
    before = counted
    assert await counts.get() == {0: 10}
    assert counted == before
    revision = 2
    assert await counts.get() == {0: 20}
    await counts.close()


async def test_a_page_that_is_left_open_leaves_the_quota_alone(
    app: Starlette, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a real account a module gets a list that is some minutes old; whoever opens a page gets one that is not."""
    monkeypatch.setattr(Account, "is_production", True)
    groups, now, asked = app.state.desks.get("shop").groups, 1000.0, list[float]()

    def put() -> None:
        asked.append(now)
        groups._asked_at = now

    monkeypatch.setattr(groups, "_clock", lambda: now)
    monkeypatch.setattr(groups, "_put", put)
    for _ in range(20):
        await browser.get("/a/shop/groups/list", sec_fetch_mode="cors")
        now += 60
    assert asked == [1000.0, 1300.0, 1600.0, 1900.0]
    now += FRESH_SECONDS
    await browser.get("/a/shop/groups", sec_fetch_mode="navigate")
    assert asked[-1] == now
