"""Whether an account's mirror may be taken for true. A sandbox can be put back or emptied behind its back."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from fenzu.errors import FenzuError
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.console.account.desk import Mirrors

BEFORE = Words(
    "The sandbox was put back or emptied. What fenzu knows of the followers is not what is there: read them anew.",
    "沙箱曾被恢复或清空，本机镜像与沙箱里的粉丝不再一致，请重新读取粉丝。",
)


class Doubt:
    """Why the mirror is not true any more, until a sync that began afterwards has read everything.

    The mirror itself keeps that it is so, for other programs and for the next time; here is only why.
    """

    def __init__(self, mirrors: Callable[[], Awaitable["Mirrors"]]) -> None:
        self._mirrors = mirrors
        self._words = BEFORE

    async def cast(self, words: Words) -> None:
        """Say that the mirror is not true any more."""
        mirrors = await self._mirrors()
        await asyncio.to_thread(mirrors.write.invalidate, time.time())
        self._words = words

    async def words(self) -> Words | None:
        """Return why it is not true; None where it is, or where it cannot be read: that is told beside."""
        try:
            mirrors = await self._mirrors()
            since = await asyncio.to_thread(lambda: mirrors.read.invalid_since)
        except FenzuError:
            return None
        return None if since is None else self._words
