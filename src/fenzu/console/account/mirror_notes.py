"""Telling the mirror what was just done on the platform. Where that fails, the deed stands, and it is a warning."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from fenzu.errors import StoreError
from fenzu.mirror import Mirror
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.console.account.desk import Desk


async def tell(desk: "Desk", what: Callable[[Mirror], object]) -> Words | None:
    """Tell the mirror; return what to warn of where it cannot take it."""
    try:
        mirrors = await desk.mirrors()
        await asyncio.to_thread(what, mirrors.write)
    except StoreError as error:
        return Words(
            f"this is done, but the mirror does not know of it: {error.say('en')}",
            f"操作已完成，但镜像未能更新：{error.say('zh')}",
        )
    return None
