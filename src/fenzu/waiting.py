"""Asynchronous work for code that waits: done in a thread with an event loop of its own.

So it goes on while its caller looks at an event, and it works in a notebook too, whose own loop is running already.
Knows nothing of what is done.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread
from typing import Any, Generic, TypeVar

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., object])


def wait_for(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Do the work and return its value. Interrupted, it lets the work end first."""
    with _loop() as loop:
        return _result(asyncio.run_coroutine_threadsafe(work(), loop))


def iterate(events: Callable[[], AsyncGenerator[T, None]]) -> Generator[T, None, None]:
    """Yield the events as they come; the next one is asked for when the caller asks for it.

    Left early or interrupted, it closes the events first, which lets the work end.
    """
    with _loop() as loop:
        steps = _Steps(events())
        try:
            while (event := _result(asyncio.run_coroutine_threadsafe(steps.take(), loop))) is not None:
                yield event
        finally:
            asyncio.run_coroutine_threadsafe(steps.close(), loop).result()


def told_by(source: Callable[..., object]) -> Callable[[F], F]:
    """Take the docstring of the function that is awaited for the one that waits: it is written once."""

    def tell(target: F) -> F:
        target.__doc__ = source.__doc__
        return target

    return tell


class _Steps(Generic[T]):
    """Takes events one by one, and closes them when none is being taken."""

    def __init__(self, coming: AsyncGenerator[T, None]) -> None:
        self._coming = coming
        self._taking: asyncio.Task[T | None] | None = None

    async def take(self) -> T | None:
        """Return the next event, or None at the end."""
        self._taking = asyncio.create_task(_next(self._coming))
        return await self._taking

    async def close(self) -> None:
        """Let the work end."""
        if self._taking is not None:
            self._taking.cancel()
            await asyncio.wait([self._taking])
        await self._coming.aclose()


async def _next(coming: AsyncGenerator[T, None]) -> T | None:
    return await anext(coming, None)


def _result(future: "Future[T]") -> T:
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


@contextmanager
def _loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Run a loop in a thread until the block ends and all that was begun in it."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="fenzu", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        asyncio.run_coroutine_threadsafe(_wind_up(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _wind_up() -> None:
    """Wait for what is cancelled, then let the threads end that were used."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
    await asyncio.get_running_loop().shutdown_default_executor()
