"""Asking with patience, in virtual time."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest
from tests.pretended_account import refusal
from tests.simulation.loop import VirtualClock, VirtualLoop

from fenzu.errors import ApiError, TransportError, api_error
from fenzu.mirror.asking import Asker, StopAsking
from fenzu.mirror.events import Waiting
from fenzu.pauses import FIRST, LONGEST, MOST_MINUTES, TRIES
from fenzu.wire.words import Words

HALF_PAST = 1_800_000_030.0


class World:
    """A clock, an asker, and a platform that answers with what a test says."""

    def __init__(self, loop: VirtualLoop) -> None:
        self.loop = loop
        self.asker = Asker(VirtualClock(loop, HALF_PAST), random.Random(1))
        self.sent: list[float] = []

    def answering(self, *answers: Exception | None) -> Callable[[], Awaitable[str]]:
        left = list(answers)

        async def send() -> str:
            self.sent.append(self.loop.time())
            await asyncio.sleep(0.1)
            if left and (error := left.pop(0)) is not None:
                raise error
            return "answer"

        return send

    def ask(self, *answers: Exception | None) -> "asyncio.Task[str]":
        return self.loop.create_task(self.asker.ask("groups.list", self.answering(*answers)))


@pytest.fixture
def world() -> World:
    """Half past a minute."""
    return World(VirtualLoop())


def lost() -> TransportError:
    return TransportError(Words("lost", "丢失"))


def test_pauses_grow_to_a_longest_one(world: World) -> None:
    """Lost answers are asked for again after pauses that double up to half a minute, eight times in all."""
    with pytest.raises(StopAsking) as stopped:
        world.loop.run_until_complete(world.ask(*[lost()] * TRIES))
    pauses = [later - sooner - 0.1 for sooner, later in zip(world.sent, world.sent[1:], strict=False)]
    assert len(world.sent) == TRIES
    for n, pause in enumerate(pauses):
        longest = min(FIRST * 2**n, LONGEST)
        assert longest / 2 <= pause <= longest
    assert stopped.value.event.reason == "TransportError"
    assert world.asker.take_calls() == {"groups.list": TRIES}
    assert world.asker.take_calls() == {}
    world.loop.bury()


def test_all_wait_for_the_next_minute(world: World) -> None:
    """Where one call meets the end of the minute's quota, those begun meanwhile wait for the next minute too."""

    async def program() -> None:
        first, second = world.ask(refusal(45011, "")), world.ask(refusal(45011, ""))
        await asyncio.sleep(5)
        third = world.ask()
        assert set(await asyncio.gather(first, second, third)) == {"answer"}

    world.loop.run_until_complete(program())
    assert world.sent[:2] == [0.0, 0.0]
    assert all(30 <= at < 31.1 for at in world.sent[2:])
    world.loop.bury()


def test_what_is_waited_for_is_told_once(world: World) -> None:
    """Of many calls that wait for the same minute, one notice is given."""

    async def program() -> list[Waiting]:
        tasks = [world.ask(refusal(45011, "")) for _ in range(5)]
        notices = [notice async for notice in world.asker.until_one_is_done(tasks)]
        await asyncio.gather(*tasks)
        return notices

    [notice] = world.loop.run_until_complete(program())
    assert notice.reason == "45011"
    assert HALF_PAST + 30 <= notice.until < HALF_PAST + 31.1
    world.loop.bury()


def test_nothing_is_sent_after_the_end_of_the_day(world: World) -> None:
    """After 45009 those who pause give up at once, and whoever begins is told so."""

    async def program() -> list[object]:
        pausing, ending = world.ask(refusal(-1, "")), world.ask(refusal(45009, ""))
        results = await asyncio.gather(pausing, ending, return_exceptions=True)
        with pytest.raises(StopAsking):
            await world.ask()
        assert world.asker.has_stopped
        assert world.loop.time() < FIRST / 2  # the shortest pause
        return list(results)

    paused, ended = world.loop.run_until_complete(program())
    assert isinstance(paused, StopAsking)
    assert isinstance(ended, StopAsking)
    assert len(world.sent) == 2
    world.loop.bury()


def test_minutes_that_take_no_call_end_the_asking(world: World) -> None:
    """A platform that refuses every call for ten minutes in a row is given up; refused minutes are no failed tries."""
    with pytest.raises(StopAsking) as stopped:
        world.loop.run_until_complete(world.ask(*[refusal(45011, "")] * 20))
    assert len(world.sent) == MOST_MINUTES
    assert stopped.value.event.reason == "45011"
    assert 60 * (MOST_MINUTES - 2) < world.loop.time() < 60 * MOST_MINUTES
    world.loop.bury()


def test_a_call_that_is_taken_begins_the_count_of_minutes_anew(world: World) -> None:
    """An account that is used by others too goes on slowly, as long as some call of a minute is taken."""

    async def program() -> None:
        for _ in range(2 * MOST_MINUTES):
            assert await world.ask(refusal(45011, "")) == "answer"

    world.loop.run_until_complete(program())
    world.loop.bury()


@pytest.mark.parametrize("code", [40001, 42001])
def test_a_token_ended_by_another_system_is_borne(world: World, code: int) -> None:
    """Where another system fetches tokens too, a call that is refused for its token is sent again."""
    ended = api_error(code, "credential", "groups.list")
    assert world.loop.run_until_complete(world.ask(ended, ended)) == "answer"
    wrong = api_error(40001, "credential", "token.stable")
    with pytest.raises(ApiError) as met:
        world.loop.run_until_complete(world.ask(wrong))
    assert met.value is wrong
    world.loop.bury()
