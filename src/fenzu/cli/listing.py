"""Lists: the rows of groups and tags; openids as long as they come, and where to go on when they break off."""

import asyncio
from collections.abc import AsyncIterator

from fenzu.cli.io import Column, Streams, harmless
from fenzu.errors import FenzuError
from fenzu.model import Group, Tag
from fenzu.wire.words import Words

ID = Column(Words("id", "id"), right=True, style="cyan")
NAME = Column(Words("name", "名称"))
COUNT = Column(Words("followers", "人数"), right=True)


def group_row(group: Group | Tag, *, drawn: bool) -> tuple[str, str, str]:
    """Return the cells of one group or tag; a person reads thousands apart, a program wants the digits alone."""
    count = "" if group.count is None else f"{group.count:,}" if drawn else str(group.count)
    return str(group.id), group.name, count


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
