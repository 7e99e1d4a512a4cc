"""Blocking work for code that must not wait: done in a thread, to its end also where its caller is cancelled.

Knows nothing of what is done.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from functools import partial
from typing import Protocol, TypeVar

T = TypeVar("T")


class Work(Protocol):
    """Runs what blocks, such as a database's work: `asyncio.to_thread`."""

    def __call__(self, function: Callable[[], T], /) -> Awaitable[T]:
        """Run the function and return what it returns."""
        ...


@asynccontextmanager
async def in_threads(
    manager: AbstractContextManager[T], work: Work = asyncio.to_thread
) -> AsyncGenerator[T, None]:
    """Enter a context and leave it again, each in a thread and each to its end.

    What was entered is left also where we are cancelled meanwhile: no lock is taken behind our back.
    """
    entered = ExitStack()
    try:
        yield await to_the_end(partial(entered.enter_context, manager), work)
    finally:
        await to_the_end(entered.close, work)


async def to_the_end(function: Callable[[], T], work: Work = asyncio.to_thread) -> T:
    """Do something in a thread. Cancelled meanwhile, we are so once it is done."""
    done = asyncio.ensure_future(work(function))
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        await asyncio.wait([done])
        raise
