"""What mirror and engine need besides the platform: a clock, and threads."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """Tells the time; the module `time` is one."""

    def time(self) -> float:
        """Return the Unix time in seconds."""
        ...


class Work(Protocol):
    """Runs what blocks, such as a database's work: `asyncio.to_thread`."""

    def __call__(self, function: Callable[[], T], /) -> Awaitable[T]:
        """Run the function and return what it returns."""
        ...
