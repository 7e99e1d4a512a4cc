"""Lists of openids as long as they come, and where to go on when one breaks off."""

import asyncio
from collections.abc import AsyncIterator

from fenzu.cli.io import Streams, harmless
from fenzu.errors import FenzuError
from fenzu.wire.words import Words


async def list_openids(streams: Streams, found: AsyncIterator[str]) -> None:
    """Print openids as they come; tell where to go on if the list breaks off."""
    last: str | None = None
    try:
        async for openid in found:
            if streams.as_json:
                streams.json_line({"openid": openid})
            else:
                streams.line(openid)
            last = openid
    except (FenzuError, asyncio.CancelledError):
        if last is not None:
            streams.out.flush()
            where = harmless(last)
            streams.say(
                Words(
                    f"The list broke off; go on with --after {where}",
                    f"列表中断；可用 --after {where} 接着列",
                )
            )
        raise
