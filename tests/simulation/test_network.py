"""The platform in memory and the network to it, spoken to by the real client: what a story is told with."""

import random
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest

from fenzu.errors import (
    ApiError,
    DailyQuotaExceeded,
    InvalidOpenid,
    MinuteQuotaExceeded,
    SystemBusy,
    TransportError,
    UnknownGroup,
)
from fenzu.mirror.directory import Directory
from tests.simulation.loop import VirtualClock, VirtualLoop
from tests.simulation.network import Network, client_of
from tests.simulation.platform import Platform
from tests.simulation.weather import CALM, Trouble

T = TypeVar("T")
NOON = 1_772_337_600.0
WHO = [f"o{number:027}" for number in range(60)]


def make(*troubles: Trouble | None) -> Network:
    """Make a network on which these troubles meet the first calls, one after the other."""
    platform = Platform({100: "VIP"}, dict.fromkeys(WHO, 0))
    network = Network(platform, CALM, random.Random(0))
    network.fixed = list(troubles)
    return network


def ask(network: Network, program: Callable[[Directory], Coroutine[Any, Any, T]], at: float = NOON) -> T:
    """Run a program against the network, in virtual time that begins at `at`."""
    loop = VirtualLoop()
    clock = VirtualClock(loop, at)
    network.begin(clock, CALM)
    try:
        return loop.run_until_complete(program(client_of(network, clock, random.Random(0)).directory))
    finally:
        loop.bury()


def test_the_platform_answers_the_real_client() -> None:
    """Groups are made, renamed, listed and deleted, followers moved and looked for, pages and profiles read."""
    network = make()

    async def program(directory: Directory) -> None:
        made = await directory.create_group("new")
        assert made.id == 101
        await directory.rename_group(101, "newer")
        await directory.move(WHO[:50], 101)
        assert (await directory.profiles(WHO[:1]))[0].group_id == 101
        counts = {int(group.id): (group.name, group.count) for group in await directory.groups()}
        assert counts[101] == ("newer", 50)
        await directory.delete_group(101)
        assert (await directory.profiles(WHO[:1]))[0].group_id == 0
        page = await directory.page(None)
        assert (len(page.openids), page.total) == (60, 60)
        assert (await directory.page(page.next)).next is None
        profiles = await directory.profiles([WHO[0], "o" * 28])
        assert [profile.subscribe for profile in profiles] == [True, False]
        assert (await directory.quota("groups.move_many")).used == 1

    ask(network, program)
    assert network.platform.created == [(101, "new")]
    assert network.platform.touched == set(WHO[:50])


def test_what_the_platform_refuses() -> None:
    """A bad openid refuses the whole batch, a group that is not there the call; nobody is moved."""
    network = make()

    async def program(directory: Directory) -> None:
        with pytest.raises(InvalidOpenid):
            await directory.move([*WHO[:10], "o" * 28], 100)
        with pytest.raises(UnknownGroup):
            await directory.move(WHO[:10], 7)
        with pytest.raises(UnknownGroup):
            await directory.rename_group(7, "x")

    ask(network, program)
    assert set(network.platform.members.values()) == {0}


def test_quotas_end_and_renew() -> None:
    """The day's calls and the minute's end at their limits, and renew with the virtual day and minute."""
    network = make()
    network.platform.day_limits["groups/members/batchupdate"] = 3
    network.platform.minute_limits["groups/members/batchupdate"] = 2

    async def program(directory: Directory) -> None:
        await directory.move(WHO[:1], 100)
        await directory.move(WHO[1:2], 100)
        with pytest.raises(MinuteQuotaExceeded):
            await directory.move(WHO[2:3], 100)

    async def more(directory: Directory) -> None:
        await directory.move(WHO[2:3], 100)
        with pytest.raises(DailyQuotaExceeded):
            await directory.move(WHO[3:4], 100)

    ask(network, program)
    ask(network, more, NOON + 60)
    ask(network, lambda directory: directory.move(WHO[3:4], 100), NOON + 86_400)
    assert network.platform.carried_out["groups/members/batchupdate"] == 4


@pytest.mark.parametrize(
    ("trouble", "error", "is_moved"),
    [
        ("lost", TransportError, True),
        ("reset", TransportError, False),
        ("gateway", TransportError, False),
        ("gateway_done", TransportError, True),
        ("busy", SystemBusy, False),
        ("busy_done", SystemBusy, True),
        ("minute", MinuteQuotaExceeded, False),
        ("too_slow", TransportError, True),
    ],
)
def test_each_trouble_does_what_it_says(
    trouble: Trouble, error: type[ApiError | TransportError], is_moved: bool
) -> None:
    """A call in trouble raises what the real transport and the platform would, carried out or not."""
    network = make(None, trouble)

    async def program(directory: Directory) -> None:
        with pytest.raises(error):
            await directory.move(WHO[:1], 100)

    ask(network, program)
    assert (network.platform.members[WHO[0]] == 100) is is_moved
    assert network.calls[1].carried_out is is_moved


@pytest.mark.parametrize("trouble", ["token_replaced", "token_ended", "slow", None])
def test_what_the_client_gets_over_by_itself(trouble: Trouble | None) -> None:
    """A token that ended is renewed and the call sent again; a slow answer is waited for."""
    network = make(None, trouble)

    async def program(directory: Directory) -> None:
        await directory.move(WHO[:1], 100)

    ask(network, program)
    assert network.platform.members[WHO[0]] == 100
