"""Making, renaming and deleting groups: done on the platform, then noted in the list of groups and in the mirror.

Whatever error comes, the groups are asked for anew afterwards: a change whose answer was lost may have been made.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from fenzu.console.desk import Desk
from fenzu.errors import FenzuError, UsageError
from fenzu.mirror import Mirror, Query
from fenzu.model import Group
from fenzu.wire.limits import GROUP_NAME_CHARACTERS, RESERVED_GROUPS, UNGROUPED
from fenzu.wire.words import Words


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
    """Return a group; raises `UsageError` where there is none of that id."""
    group = await desk.groups.get(group_id, anew=anew)
    if group is None:
        raise UsageError(
            Words(f"group {group_id} is not there any more", f"分组 {group_id} 已不存在"),
            Words("load the page anew", "请重新加载页面"),
        )
    return group


async def create(desk: Desk, text: str) -> Group:
    """Make a group."""
    name = checked_name(text)
    with _uncertain(desk):
        made = await desk.client.groups.create(name)
    group = Group(made.id, made.name, 0)
    desk.groups.put(group)
    await _note(desk)
    return group


async def rename(desk: Desk, group: Group, text: str) -> Group:
    """Give a group another name."""
    name = checked_name(text)
    with _uncertain(desk):
        await desk.client.groups.rename(group, name)
    renamed = msgspec.structs.replace(group, name=name)
    desk.groups.put(renamed)
    await _note(desk)
    return renamed


async def delete(desk: Desk, group: Group) -> None:
    """Delete a group. The platform puts its members into none, and so does the mirror."""
    with _uncertain(desk):
        await desk.client.groups.delete(group)
    desk.groups.remove(group.id)
    mirrors = await desk.mirrors()
    await asyncio.to_thread(_release, mirrors.read, mirrors.write, group.id)
    await _note(desk)


def _release(read: Mirror, write: Mirror, group_id: int) -> None:
    for openids in read.openids(Query(group_id=group_id)):
        write.moved(openids, UNGROUPED, time.time())


async def _note(desk: Desk) -> None:
    if (groups := desk.groups.told) is not None:
        mirrors = await desk.mirrors()
        await asyncio.to_thread(mirrors.write.note_groups, groups, time.time())


@contextmanager
def _uncertain(desk: Desk) -> Iterator[None]:
    try:
        yield
    except FenzuError:
        desk.groups.forget()
        raise
