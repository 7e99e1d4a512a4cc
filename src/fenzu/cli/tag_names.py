"""Tags by the id or the name that a person gives."""

from typing import TYPE_CHECKING

from fenzu.cli.names import Noun, check_id, is_id, pick
from fenzu.model import Tag

if TYPE_CHECKING:
    from fenzu import AsyncClient

TAGS = Noun("tag", "tags", "标签")


async def tag_id(client: "AsyncClient", text: str) -> int:
    """Return the tag's id; asks the platform for its tags only where a name was given."""
    return check_id(text, TAGS) if is_id(text) else (await find_tag(client, text)).id


async def find_tag(client: "AsyncClient", text: str) -> Tag:
    """Return the tag of that id or name, or raise an error that lists the candidates."""
    return pick(text, await client.tags.list(), Tag, TAGS)
