"""A few threads for one kind of blocking work, so that what hangs in it keeps nothing else of the console waiting.

Knows nothing of what is done.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Threads:
    """At most so many threads; what comes beyond them waits its turn."""

    def __init__(self, name: str, most: int) -> None:
        self._pool = ThreadPoolExecutor(most, thread_name_prefix=name)

    async def run(self, work: Callable[[], T], patience: float | None = None) -> T:
        """Do the work and return what it returns.

        Raises `TimeoutError` where it takes more than so many seconds. What has begun goes on until it ends of itself.
        """
        return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(self._pool, work), patience)

    def close(self) -> None:
        """Begin nothing more; what is under way is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)
