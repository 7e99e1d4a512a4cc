"""Asynchronous work for code that waits."""

import asyncio
import threading
from collections.abc import AsyncGenerator

import pytest

from fenzu.waiting import _Steps, iterate, wait_for


class Counting:
    """Counts up for ever, or to three; notes where it ran and whether it was put away."""

    def __init__(self) -> None:
        self.threads: set[str] = set()
        self.ended = False

    async def up(self, last: int | None = 3) -> AsyncGenerator[int, None]:
        number = 0
        try:
            while number != last:
                number += 1
                self.threads.add(threading.current_thread().name)
                await asyncio.sleep(0)
                yield number
        finally:
            self.ended = True


async def double(number: int) -> int:
    await asyncio.sleep(0)
    return 2 * number


async def fail() -> None:
    raise ValueError("no")


def test_a_value_is_waited_for() -> None:
    """The value of the work is returned, and what it raises is raised."""
    assert wait_for(lambda: double(4)) == 8
    with pytest.raises(ValueError, match="no"):
        wait_for(fail)


def test_events_come_as_they_are() -> None:
    """Every event comes, in order, and the work's own thread is gone afterwards."""
    counting = Counting()
    assert list(iterate(counting.up)) == [1, 2, 3]
    assert counting.threads == {"fenzu"}
    assert counting.ended
    assert not [thread for thread in threading.enumerate() if thread.name == "fenzu"]


async def test_it_works_where_a_loop_is_running() -> None:
    """In a notebook, where a loop runs already, it works all the same."""
    assert list(iterate(Counting().up)) == [1, 2, 3]
    assert wait_for(lambda: double(1)) == 2


def test_who_leaves_early_ends_the_work() -> None:
    """Leaving the loop ends the work, and its last words are spoken before the caller goes on."""
    counting = Counting()
    events = iterate(lambda: counting.up(None))
    assert next(events) == 1
    events.close()
    assert counting.ended


def test_what_ends_the_events_is_raised_after_them() -> None:
    """An error comes behind the events that came before it."""

    async def broken() -> AsyncGenerator[int, None]:
        yield 1
        raise ValueError("no")

    events = iterate(broken)
    assert next(events) == 1
    with pytest.raises(ValueError, match="no"):
        next(events)


def test_an_interruption_ends_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while waiting cancels the work, lets it end, and is raised."""
    begun, ended = threading.Event(), threading.Event()

    async def for_ever() -> None:
        begun.set()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.set()

    def interrupted(future: object, timeout: float | None = None) -> None:
        assert begun.wait(10)
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr("concurrent.futures.Future.result", interrupted)
    with pytest.raises(KeyboardInterrupt):
        wait_for(for_ever)
    assert ended.is_set()


async def test_what_was_not_begun_is_closed_too() -> None:
    """Events of which none was taken are closed without one."""
    counting = Counting()
    await _Steps(counting.up()).close()
    assert not counting.threads
