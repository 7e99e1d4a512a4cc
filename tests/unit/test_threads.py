"""Blocks that are entered and left in threads."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from fenzu.threads import in_threads


async def test_what_is_being_taken_when_we_are_cancelled_is_given_back() -> None:
    """A lock that a thread is still waiting for when its owner is cancelled is given back once it is there."""
    asked, granted, log = threading.Event(), threading.Event(), list[str]()

    @contextmanager
    def lock() -> Iterator[None]:
        asked.set()
        assert granted.wait(10)
        log.append("taken")
        yield
        log.append("given back")

    async def owner() -> None:
        async with in_threads(lock()):
            log.append("used")

    task = asyncio.create_task(owner())
    await asyncio.to_thread(asked.wait, 10)
    task.cancel()
    await asyncio.sleep(0)
    granted.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert log == ["taken", "given back"]
