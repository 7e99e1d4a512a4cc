"""Asynchronous work for code that waits: done in a thread with an event loop of its own.

So it goes on while its caller looks at an event, and it works in a notebook too, whose own loop is running already.
Knows nothing of what is done.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Iterator
from concurrent.futures import Future
from contextlib import aclosing, contextmanager
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
AsyncEvents: TypeAlias = AsyncGenerator[T, None]


def wait_for(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Do the work and return its value. Interrupted, it lets the work end first."""
    with _loop() as loop:
        return _result(asyncio.run_coroutine_threadsafe(work(), loop))


def iterate(events: Callable[[], AsyncEvents[T]]) -> Generator[T, None, None]:
    """Yield the events as they come. Left early or interrupted, it lets the work end first."""
    told: SimpleQueue[T | None] = SimpleQueue()

    async def pass_on() -> None:
        try:
            async with aclosing(events()) as coming:
                async for event in coming:
                    told.put(event)
        finally:
            told.put(None)

    with _loop() as loop:
        future = asyncio.run_coroutine_threadsafe(pass_on(), loop)
        try:
            while (event := told.get()) is not None:
                yield event
        except BaseException:
            future.cancel()
            raise
        _result(future)


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
