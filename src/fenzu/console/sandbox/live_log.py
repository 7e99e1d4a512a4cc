"""Following a sandbox's requests while somebody looks: read in a thread, handed on in bundles. Knows no page.

The control port's client waits, so each stream has a thread of its own, which ends when nobody looks any more. Of what
comes faster than it can be shown the oldest is left out and counted.
"""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Generic, Protocol, TypeVar

import msgspec

from fenzu.console.account.desk import Desk
from fenzu.control import LoggedRequest
from fenzu.errors import FenzuError, UsageError
from fenzu.wire.words import Words

T = TypeVar("T")

PAUSE_SECONDS = 0.2
"""Seconds between two bundles."""
MOST_HELD = 500
"""So many requests wait for the next bundle."""
MOST_READERS = 8
"""Pages of one account that follow the log at once; a browser that shows more of them has forgotten them."""


class Stream(Protocol):
    """Requests as they come, from a port that is waited for."""

    def __iter__(self) -> Iterator[LoggedRequest]: ...

    def close(self) -> None:
        """End it, also while another thread waits for the next one."""
        ...


class Bundle(msgspec.Struct, Generic[T], frozen=True):
    """What has come since the last one; the first, which tells that the stream has begun, holds nothing."""

    entries: tuple[T, ...] = ()
    left_out: int = 0


@contextmanager
def one_reader(desk: Desk) -> Iterator[None]:
    """Count a page among those that follow the log; raises `UsageError` where there are too many already."""
    if desk.log_readers >= MOST_READERS:
        raise UsageError(
            Words(f"{MOST_READERS} pages follow this log already", f"已有 {MOST_READERS} 个页面在查看该日志"),
            Words("close some of them", "请关闭其中几个"),
        )
    desk.log_readers += 1
    try:
        yield
    finally:
        desk.log_readers -= 1


async def follow(
    open_stream: Callable[[], Stream], made: Callable[[LoggedRequest], T | None], pause: float = PAUSE_SECONDS
) -> AsyncGenerator[Bundle[T], None]:
    """Yield what comes, made into what is shown, until the stream ends; an error that ends it is raised.

    What is made into None is left out.
    """
    reading = _Reading(open_stream, made, asyncio.get_running_loop())
    reading.start()
    try:
        while await reading.wait():
            yield reading.take()
            await asyncio.sleep(pause)
    finally:
        reading.close()


class _Reading(Generic[T]):
    """The thread that reads, and what it has read."""

    def __init__(
        self,
        open_stream: Callable[[], Stream],
        made: Callable[[LoggedRequest], T | None],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._open, self._made, self._loop = open_stream, made, loop
        self._lock = threading.Lock()
        self._news = asyncio.Event()
        self._held: deque[T] = deque(maxlen=MOST_HELD)
        self._left_out = 0
        self._stream: Stream | None = None
        self._is_closed = self._is_over = False
        self._error: FenzuError | None = None

    def start(self) -> None:
        """Begin to read."""
        threading.Thread(target=self._run, name="fenzu-console-log", daemon=True).start()

    async def wait(self) -> bool:
        """Wait for news; False when there will be none, and raises what ended it."""
        await self._news.wait()
        self._news.clear()
        if self._is_over and not self._held:
            if self._error is not None:
                raise self._error
            return False
        return True

    def take(self) -> Bundle[T]:
        """Return what has come since the last time."""
        with self._lock:
            bundle = Bundle(tuple(self._held), self._left_out)
            self._held.clear()
            self._left_out = 0
        if self._is_over:
            self._news.set()
        return bundle

    def close(self) -> None:
        """End the thread, also while it waits."""
        with self._lock:
            self._is_closed = True
            stream = self._stream
        if stream is not None:
            stream.close()

    def _run(self) -> None:
        try:
            stream = self._open()
            with self._lock:
                self._stream = stream
                is_closed = self._is_closed
            if is_closed:
                stream.close()
                return
            self._tell()
            for request in stream:
                entry = self._made(request)
                if entry is not None:
                    self._hold(entry)
        except FenzuError as error:
            self._error = error
        finally:
            self._is_over = True
            self._tell()

    def _hold(self, entry: T) -> None:
        with self._lock:
            self._left_out += len(self._held) == MOST_HELD
            self._held.append(entry)
        self._tell()

    def _tell(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            self._loop.call_soon_threadsafe(self._news.set)
