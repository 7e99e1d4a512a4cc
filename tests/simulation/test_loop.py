"""Time that jumps: what the simulation of the engine stands on."""

import asyncio

import pytest

from tests.simulation.loop import Killed, Stuck, VirtualClock, VirtualLoop


def test_a_week_takes_no_time() -> None:
    """Sleeping for a week takes a moment, and the loop's time and the clock's are a week later."""
    loop = VirtualLoop()
    clock = VirtualClock(loop, 1000.0)
    loop.run_until_complete(asyncio.sleep(7 * 86400))
    loop.close()
    assert loop.time() == pytest.approx(7 * 86400)
    assert clock.time() == pytest.approx(1000.0 + 7 * 86400)
    assert clock.monotonic() == loop.time()


def test_who_waits_shorter_comes_first() -> None:
    """Tasks go on in the order of their times, whatever order they began in."""
    said: list[tuple[str, float]] = []
    loop = VirtualLoop()

    async def say(name: str, after: float) -> None:
        await asyncio.sleep(after)
        said.append((name, loop.time()))

    async def all_of_them() -> None:
        await asyncio.gather(say("late", 3.0), say("early", 1.0), say("between", 2.0))

    loop.run_until_complete(all_of_them())
    loop.close()
    assert said == [("early", 1.0), ("between", 2.0), ("late", 3.0)]


def test_what_belongs_into_a_thread_is_done_at_once() -> None:
    """`asyncio.to_thread` runs on the spot, and what it raises is raised to who awaits it."""
    loop = VirtualLoop()
    assert loop.run_until_complete(asyncio.to_thread(lambda: 7)) == 7
    with pytest.raises(ZeroDivisionError):
        loop.run_until_complete(asyncio.to_thread(lambda: 1 // 0))
    loop.close()


def test_a_kill_ends_everything_between_two_turns() -> None:
    """A killed program does nothing more, not even in a `finally`, until it is buried; then it may not wait."""
    loop, done = VirtualLoop(), list[str]()

    async def work() -> None:
        try:
            while True:
                await asyncio.sleep(1)
                done.append("worked")
        finally:
            done.append("cleaned up")

    loop.kill_at(20)
    with pytest.raises(Killed):
        loop.run_until_complete(work())
    assert "cleaned up" not in done
    loop.bury()
    assert 0 < done.count("worked") < 20


def test_a_program_that_waits_for_nobody_is_found_out() -> None:
    """Where all wait for what nobody will do, the loop says so instead of standing still."""
    loop = VirtualLoop()

    async def wait() -> None:
        await loop.create_future()

    with pytest.raises(Stuck):
        loop.run_until_complete(wait())
    loop.bury()
