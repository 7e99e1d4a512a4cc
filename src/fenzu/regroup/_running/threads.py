"""A block that is entered and left by waiting for disks and servers, for code that must not wait: in threads."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@asynccontextmanager
async def in_threads(manager: AbstractContextManager[T]) -> AsyncGenerator[T, None]:
    """Enter a context and leave it again, each in a thread and each to its end.

    What was entered is left also where we are cancelled meanwhile: no lock is taken behind our back.
    """
    entered = ExitStack()
    try:
        yield await _to_the_end(entered.enter_context, manager)
    finally:
        await _to_the_end(entered.close)


async def _to_the_end(work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    done = asyncio.create_task(asyncio.to_thread(work, *args, **named))
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        await asyncio.wait([done])
        raise
