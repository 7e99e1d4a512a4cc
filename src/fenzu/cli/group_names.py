"""Groups by the id or the name that a person gives."""

from typing import TYPE_CHECKING

from fenzu.cli.names import Noun, check_id, is_id, pick
from fenzu.model import Group, GroupID

if TYPE_CHECKING:
    from fenzu import AsyncClient

GROUPS = Noun("group", "groups", "分组")


async def group_id(client: "AsyncClient", text: str) -> GroupID:
    """Return the group's id; asks the platform for its groups only where a name was given."""
    return GroupID(check_id(text, GROUPS)) if is_id(text) else (await find_group(client, text)).id


async def find_group(client: "AsyncClient", text: str) -> Group:
    """Return the group of that id or name, or raise an error that lists the candidates."""
    return pick(text, await client.groups.list(), lambda number, name: Group(GroupID(number), name), GROUPS)
