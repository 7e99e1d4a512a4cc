"""What stands in the writer's queue: requests, work with a transaction of its own, and marks between them."""

import asyncio
import threading
from collections.abc import Callable

from fenzu.errors import ApiError
from fenzu.sandbox.rules.requests import Request
from fenzu.sandbox.rules.rows import Decision


class Ticket:
    """A request in the queue, and who waits for it."""

    __slots__ = ("future", "loop", "outcome", "request")

    def __init__(self, request: Request, loop: asyncio.AbstractEventLoop) -> None:
        self.request = request
        self.loop = loop
        self.future: asyncio.Future[bytes] = loop.create_future()
        self.outcome: Decision | ApiError | None = None


class Job:
    """Work that has a transaction of its own: making accounts, loading followers, emptying."""

    __slots__ = ("account", "enter", "error", "future", "loop", "renumbers", "result", "work")

    def __init__(
        self,
        work: Callable[..., object],
        enter: Callable[[object], None],
        loop: asyncio.AbstractEventLoop,
        *,
        account: int | None = None,
        renumbers: bool = False,
    ) -> None:
        self.work = work
        self.enter = enter
        self.loop = loop
        self.account = account
        """Whose number `work` is given, as it is by then."""
        self.renumbers = renumbers
        """Whether `work` returns the numbers that accounts had, each with the one it has now."""
        self.future: asyncio.Future[object] = loop.create_future()
        self.result: object = None
        self.error: Exception | None = None


class Replacement(Job):
    """Work that puts another state in place of all, by a transaction of its own making; `hold` is called before it.

    From `hold` to `release` the event loop reads what was there before, both on the event loop. Nothing else is
    written until `entered`.
    """

    __slots__ = ("entered", "hold", "release")

    def __init__(
        self,
        work: Callable[..., object],
        enter: Callable[[object], None],
        loop: asyncio.AbstractEventLoop,
        *,
        hold: Callable[[], None],
        release: Callable[[], None],
    ) -> None:
        super().__init__(work, enter, loop, renumbers=True)
        self.hold = hold
        self.release = release
        self.entered = threading.Event()


class Entered:
    """In the queue: what is queued behind it knows the new numbers of the oldest renumbering."""
