"""Making, renaming and deleting groups: done on the platform, then noted in the list of groups and in the mirror.

Whatever error comes, the groups are asked for anew afterwards: a change whose answer was lost may have been made. The
mirror is told of the one group only: others may have been made elsewhere since they were listed.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import msgspec

from fenzu.console.account.desk import Desk
from fenzu.console.account.mirror_notes import tell
from fenzu.errors import FenzuError, UsageError
from fenzu.model import Group
from fenzu.wire.limits import GROUP_NAME_CHARACTERS, RESERVED_GROUPS
from fenzu.wire.words import Words


class Changed(NamedTuple):
    """A group as it is now, or was when it was deleted; `warning` tells that the mirror could not be told."""

    group: Group
    warning: Words | None


class NameTaken(UsageError):
    """Another group has this name. The platform allows it, and nobody can tell them apart by name."""


def checked_name(text: str) -> str:
    """Return a name without the blanks around it; raises `UsageError` where it is empty or too long."""
    name = text.strip()
    if not name:
        raise UsageError(Words("the group needs a name", "请填写分组名"))
    if len(name) > GROUP_NAME_CHARACTERS:
        raise UsageError(
            Words(
                f"the name has {len(name)} characters, and {GROUP_NAME_CHARACTERS} are allowed",
                f"分组名最多 {GROUP_NAME_CHARACTERS} 个字符，现在有 {len(name)} 个",
            )
        )
    return name


async def own_group(desk: Desk, group_id: int, *, anew: bool = False) -> Group:
    """Return a group that may be changed; raises `UsageError` for a reserved one, or where there is none."""
    if group_id in RESERVED_GROUPS:
        raise UsageError(
            Words("this group is the platform's own", "这是系统分组，不能改名、删除或合并"),
            Words("only groups that you have made can be changed", "只能修改自建的分组"),
        )
    return await known_group(desk, group_id, anew=anew)


async def known_group(desk: Desk, group_id: int, *, anew: bool = False) -> Group:
    """Return a group; raises `UsageError` where there is none of that id, and lets the groups be asked for again."""
    group = await desk.groups.get(group_id, anew=anew)
    if group is None:
        if not anew:
            desk.groups.forget()
        raise UsageError(
            Words(f"group {group_id} is not there any more", f"分组 {group_id} 已不存在"),
            Words("load the page anew", "请重新加载页面"),
        )
    return group


async def _check_free(desk: Desk, name: str, group_id: int | None = None) -> None:
    """Raise `NameTaken` where another group than this one has the name."""
    for group in await desk.groups.list():
        if group.name == name and group.id != group_id:
            raise NameTaken(
                Words(
                    f"a group of this name is there already (ID {group.id})",
                    f"已有同名分组（ID {group.id}）",
                ),
                Words(
                    "choose another name, or tick that two groups may be called so",
                    "请换一个名称，或勾选“允许与其他分组重名”",
                ),
            )


async def create(desk: Desk, text: str, *, again: bool = False) -> Changed:
    """Make a group; one of a name that there is already only `again`."""
    name = checked_name(text)
    async with desk.changing:
        if not again:
            await _check_free(desk, name)
        with _uncertain(desk):
            made = await desk.client.groups.create(name)
            group = Group(made.id, made.name, 0)
            desk.groups.put(group)
        return Changed(group, await _named(desk, group))


async def rename(desk: Desk, group: Group, text: str, *, again: bool = False) -> Changed:
    """Give a group another name; one that another group has already only `again`."""
    name = checked_name(text)
    async with desk.changing:
        if not again:
            await _check_free(desk, name, group.id)
        with _uncertain(desk):
            await desk.client.groups.rename(group, name)
            renamed = msgspec.structs.replace(group, name=name)
            desk.groups.put(renamed)
        return Changed(renamed, await _named(desk, renamed))


async def delete(desk: Desk, group: Group) -> Changed:
    """Delete a group. The platform puts its members into none, and so does the mirror if it knows them all."""
    async with desk.changing:
        now = await known_group(desk, group.id, anew=True)
        count = None if desk.groups.trouble else now.count
        with _uncertain(desk):
            await desk.client.groups.delete(group)
            at = time.time()
            desk.groups.remove(group.id)
        return Changed(now, await tell(desk, lambda mirror: mirror.group_deleted(group.id, at, count)))


async def _named(desk: Desk, group: Group) -> Words | None:
    at = time.time()
    return await tell(desk, lambda mirror: mirror.group_named(group.id, group.name, at))


@contextmanager
def _uncertain(desk: Desk) -> Iterator[None]:
    with desk.groups.changing():
        try:
            yield
        except (FenzuError, asyncio.CancelledError):
            desk.groups.forget()
            raise
