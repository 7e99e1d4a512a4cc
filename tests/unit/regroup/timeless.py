"""An event loop whose time passes at once: whoever sleeps is woken, and the clock has moved on by so much."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
NOON = 1_780_027_200.0
"""2026-05-29 12:00 in Beijing."""


class _Jumping(selectors.SelectSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        """Let the time pass that nobody waits for."""
        if timeout is None:
            raise AssertionError("nobody would ever wake this loop")
        self.now += max(timeout, 0.0)
        return super().select(0)


class Timeless(asyncio.SelectorEventLoop):
    """The loop. Its own time begins at 0: with the present's great numbers a timer's rounding would show."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


class Clock:
    """The time of day on such a loop: it begins at noon."""

    def time(self) -> float:
        return NOON + asyncio.get_running_loop().time()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine without waiting."""
    with asyncio.Runner(loop_factory=Timeless) as runner:
        return runner.run(work)


async def inline(function: Callable[[], T]) -> T:
    """Do a database's work on the spot."""
    return function()
