"""The sandbox's clock: what it shows, how it is turned, what follows it, and that a restart keeps it."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from tests.fixtures.world import ANA, START, Tenant, World, code

from fenzu.errors import UsageError
from fenzu.sandbox.clock import DAY, LATEST, SandboxClock, Setting, Turn, day_of, next_midnight, show, turn

BEIJING = timezone(timedelta(hours=8))
HOUR = 3600


def turned(*wishes: Turn, raw: float = 1000.0) -> Setting:
    setting = Setting()
    for wish in wishes:
        setting = turn(setting, raw, wish)
    return setting


@pytest.mark.parametrize(
    ("wishes", "after_10_seconds"),
    [
        ([], 1010.0),
        ([Turn(advance=0.25)], 1010.25),
        ([Turn(advance=DAY), Turn(advance=HOUR)], 1010.0 + DAY + HOUR),
        ([Turn(set=5000.0)], 5010.0),
        ([Turn(set=datetime.fromtimestamp(5000, BEIJING))], 5010.0),
        ([Turn(set=5000.0, advance=2, rate=3, freeze=True)], 5002.0),
        ([Turn(freeze=True)], 1000.0),
        ([Turn(freeze=True), Turn(advance=5)], 1005.0),
        ([Turn(freeze=True), Turn(freeze=False)], 1010.0),
        ([Turn(rate=60)], 1600.0),
        ([Turn(rate=0.5)], 1005.0),
        ([Turn(rate=60), Turn(freeze=True), Turn(freeze=False)], 1600.0),
        ([Turn(rate=60), Turn(rate=1)], 1010.0),
        ([Turn(advance=0)], 1010.0),
        ([Turn(set=LATEST - 1)], LATEST),
        ([Turn(set=LATEST)], LATEST),
    ],
)
def test_what_a_clock_shows(wishes: list[Turn], after_10_seconds: float) -> None:
    """It shows what it was told to, in the order set, advance, rate, freeze, and stops where calendars end."""
    assert show(turned(*wishes), 1010.0) == after_10_seconds


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Turn(), "say what to do"),
        (Turn(advance=-0.001), "forward only"),
        (Turn(set=999.9), "forward only"),
        (Turn(set=datetime.fromtimestamp(999, UTC)), "forward only"),
        (Turn(set=999.0, advance=5), "forward only"),
        (Turn(advance=1e300), "year 9999"),
        (Turn(set=LATEST + 1), "year 9999"),
        (Turn(rate=0), "above 0"),
        (Turn(rate=-1), "above 0"),
        (Turn(rate=1_000_001), "above 0"),
    ],
)
def test_what_cannot_be(wish: Turn, words: str) -> None:
    """A clock neither goes back nor stops by a rate of nothing; the refusal says why."""
    with pytest.raises(UsageError, match=words) as caught:
        turned(wish)
    assert caught.value.say("zh") != caught.value.say("en")


def test_real_time_that_is_set_back_does_not_turn_the_clock_back() -> None:
    """A clock that was moved on waits for real time that a time server sets back."""
    setting = turned(Turn(advance=5, rate=1_000_000))
    assert show(setting, 999.0) == 1005.0


def test_a_reading() -> None:
    """A reading tells the time, the date in Beijing, the next midnight there, and how far ahead of real time it is."""
    clock = SandboxClock(lambda: float(START), turned(Turn(set=START + 10), raw=float(START)))
    reading = clock.read()
    assert (reading.now, reading.offset, reading.rate, reading.frozen) == (START + 10, 10, 1, False)
    assert reading.beijing == "2023-11-15T06:13:30.000+08:00"
    assert reading.midnight == datetime(2023, 11, 16, tzinfo=BEIJING).timestamp()
    assert SandboxClock(lambda: LATEST + 99).read().beijing == "9999-12-31T08:00:00.000+08:00"


@pytest.mark.parametrize("second", [-1, 0, 1])
def test_days_begin_at_midnight_in_beijing(second: int) -> None:
    """The day changes where Beijing's calendar does."""
    midnight = int(datetime(2026, 11, 26, tzinfo=BEIJING).timestamp())
    assert day_of(midnight + second) - day_of(midnight) == (-1 if second < 0 else 0)
    assert next_midnight(midnight + second) == (midnight if second < 0 else midnight + DAY)


async def test_a_token_dies_when_the_clock_is_moved_on(world: World) -> None:
    """Two hours take no time: the token answers 42001 and a new one can be had."""
    tenant = await world.tenant()
    first = await tenant.stable()
    assert first["expires_in"] == 7200
    await world.platform.timekeeping.turn(Turn(advance=7000))
    assert (await tenant.stable())["expires_in"] == 7200  # a new one, in the last five minutes
    assert not code(await tenant.get("groups/get"))
    reading = await world.platform.timekeeping.turn(Turn(advance=200))
    assert reading.now == START + 7200
    assert code(await tenant.get("groups/get")) == 42001
    await tenant.renew()
    assert not code(await tenant.get("groups/get"))


async def test_grace_follows_the_clock(world: World) -> None:
    """A superseded token lives five minutes of the sandbox's."""
    tenant = await world.tenant()
    old = Tenant(world, tenant.appid, tenant.secret, tenant.token)
    await tenant.renew()
    await world.platform.timekeeping.turn(Turn(advance=299))
    assert not code(await old.get("groups/get"))
    await world.platform.timekeeping.turn(Turn(advance=1))
    assert code(await old.get("groups/get")) == 40001


async def test_follow_times_and_rids_follow_the_clock(new_world: World) -> None:
    """Who follows after the clock was moved on does so then; a rid holds the moment, too."""
    tenant = await new_world.tenant()
    await new_world.platform.timekeeping.turn(Turn(advance=HOUR))
    await new_world.platform.add_followers(tenant.appid, openids=[ANA])
    assert json.loads(await tenant.get("user/info", openid=ANA))["subscribe_time"] == START + HOUR
    rid = json.loads(await tenant.post("groups/getid", {}))["errmsg"].rpartition(" rid: ")[2]
    assert int(rid[:8], 16) == START + HOUR


@pytest.mark.parametrize(
    ("wish", "later"),
    [
        (Turn(advance=DAY), lambda slept: START + DAY + slept),
        (Turn(freeze=True, advance=DAY), lambda slept: START + DAY),
        (Turn(rate=60), lambda slept: START + 60 * slept),
    ],
)
async def test_a_restart_goes_on_at_the_same_time(
    tmp_path: Path, wish: Turn, later: Callable[[float], float]
) -> None:
    """A day ahead is still a day ahead, frozen stays frozen, and a fast clock has run on meanwhile."""
    world = World(store=str(tmp_path / "store"))
    await world.platform.timekeeping.turn(wish)
    world.platform.close()
    again = World(store=str(tmp_path / "store"))
    again.now += 100
    assert again.platform.timekeeping.read().now == later(100)
    again.platform.close()


async def test_turns_at_once_all_count(world: World) -> None:
    """Whoever moves the clock on while others do moves it on by as much as was asked for."""
    turns = [world.platform.timekeeping.turn(Turn(advance=1)) for _ in range(50)]
    await asyncio.gather(*turns)
    assert world.platform.timekeeping.read().offset == 50


async def test_a_refused_turn_changes_nothing(world: World) -> None:
    """The clock shows what it showed before a turn that cannot be."""
    await world.platform.timekeeping.turn(Turn(advance=5))
    with pytest.raises(UsageError):
        await world.platform.timekeeping.turn(Turn(advance=5, rate=0))
    assert world.platform.timekeeping.read().now == START + 5


async def test_back_to_real_time(world: World) -> None:
    """What was given in the future is no longer given again, and taken to its end; the future's day is not today."""
    tenant = await world.tenant()
    await world.platform.timekeeping.turn(Turn(advance=10 * DAY))
    await tenant.renew()
    future = (await tenant.stable())["access_token"]
    assert not code(await tenant.get("groups/get"))
    assert (await world.platform.timekeeping.free()).now == START
    assert not code(await tenant.get("groups/get"))
    present = await tenant.stable()
    assert present["access_token"] != future
    assert present["expires_in"] == 7200
