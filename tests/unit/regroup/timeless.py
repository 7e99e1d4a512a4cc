"""Running a coroutine in virtual time: whoever sleeps is woken at once, and the clock has moved on by so much."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from tests.simulation.loop import VirtualLoop

T = TypeVar("T")
NOON = 1_780_027_200.0
"""2026-05-29 12:00 in Beijing."""


class Clock:
    """The time of day on such a loop: it begins at noon."""

    def time(self) -> float:
        return NOON + asyncio.get_running_loop().time()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine without waiting."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


async def inline(function: Callable[[], T]) -> T:
    """Do a database's work on the spot."""
    return function()
