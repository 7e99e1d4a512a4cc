"""What is left of today for the calls that the console makes, as the platform's own books tell it. Shows nothing."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from fenzu.errors import FenzuError
from fenzu.model import CallQuota
from fenzu.wire.endpoints import ENDPOINTS
from fenzu.wire.words import Words

USED: dict[str, Words] = {
    "groups.list": Words("Read the groups", "查询分组"),
    "groups.create": Words("Create a group", "创建分组"),
    "groups.rename": Words("Rename a group", "修改分组名"),
    "groups.delete": Words("Delete a group", "删除分组"),
    "groups.of": Words("Ask for a follower's group", "查询粉丝所在分组"),
    "groups.move": Words("Move one follower", "移动单个粉丝"),
    "groups.move_many": Words("Move up to fifty followers", "批量移动粉丝（每次最多 50 个）"),
    "followers.list": Words("Read who follows", "获取粉丝列表"),
    "followers.get_many": Words("Read up to a hundred profiles", "批量获取粉丝资料（每次最多 100 个）"),
    "followers.remark": Words("Set a remark", "设置备注"),
}
"""The calls that the console's pages lead to, and what they are for."""
FEW_LEFT = 0.1


class Left(msgspec.Struct, frozen=True):
    """What is known of one call: its quota, or why there is none."""

    call: str
    purpose: Words
    quota: CallQuota | None = None
    trouble: FenzuError | None = None

    @property
    def is_low(self) -> bool:
        """Whether less than a tenth is left of the day."""
        return self.quota is not None and self.quota.remain < FEW_LEFT * self.quota.daily_limit


async def left_of(ask: Callable[[str], Awaitable[CallQuota]]) -> list[Left]:
    """Ask for all of them at once; the errors of one call are its own."""
    return list(await asyncio.gather(*(_left(ask, call, purpose) for call, purpose in USED.items())))


async def _left(ask: Callable[[str], Awaitable[CallQuota]], call: str, purpose: Words) -> Left:
    try:
        return Left(call, purpose, await ask(ENDPOINTS[call].path))
    except FenzuError as error:
        return Left(call, purpose, trouble=error)
