"""From what a person calls something to its number: an id, or a name that only one has. For groups and tags."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from fenzu.cli.io import harmless
from fenzu.errors import FenzuError, UsageError
from fenzu.model import Group, GroupID, Tag
from fenzu.wire.limits import RESERVED_GROUPS
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu import AsyncClient

K = TypeVar("K", Group, Tag)

SHOWN = 10
"""So many candidates are listed, not more."""


class Noun(NamedTuple):
    """What is named, in both languages."""

    one: str
    many: str
    zh: str


GROUPS = Noun("group", "groups", "分组")
TAGS = Noun("tag", "tags", "标签")


async def group_id(client: "AsyncClient", text: str) -> GroupID:
    """Return the group's id; asks the platform for its groups only where a name was given."""
    return GroupID(check_id(text, GROUPS)) if is_id(text) else (await find_group(client, text)).id


async def find_group(client: "AsyncClient", text: str) -> Group:
    """Return the group of that id or name, or raise an error that lists the candidates."""
    return pick(text, await client.groups.list(), lambda number, name: Group(GroupID(number), name), GROUPS)


async def tag_id(client: "AsyncClient", text: str) -> int:
    """Return the tag's id; asks the platform for its tags only where a name was given."""
    return check_id(text, TAGS) if is_id(text) else (await find_tag(client, text)).id


async def find_tag(client: "AsyncClient", text: str) -> Tag:
    """Return the tag of that id or name, or raise an error that lists the candidates."""
    return pick(text, await client.tags.list(), Tag, TAGS)


def is_id(text: str) -> bool:
    """Tell whether `text` is taken as an id: digits alone. What is called by digits has to be given by its id."""
    return text.isascii() and text.isdigit()


def check_id(text: str, noun: Noun) -> int:
    """Return the id as a number; raises `UsageError` for one that nothing can have."""
    if len(text) < 19:  # whatever has 18 digits fits into 64 bits
        return int(text)
    raise UsageError(
        Words(f"no {noun.one} can have this id", f"不可能有这样的{noun.zh} id"),
        Words(f"see `fenzu {noun.many} list`", f"见 `fenzu {noun.many} list`"),
    )


def pick(text: str, listed: Sequence[K], make: Callable[[int, str], K], noun: Noun) -> K:
    """Return the one of that id or name, or raise an error that lists the candidates.

    Of an id that is not listed the platform is the judge. The platform of today does not list all that it reserves.
    """
    if is_id(text):
        number = check_id(text, noun)
        known = [each for each in listed if each.id == number]
        return known[0] if known else make(number, RESERVED_GROUPS.get(number, ""))
    found = [each for each in listed if each.name == text]
    found = found or [make(number, own) for number, own in RESERVED_GROUPS.items() if own == text]
    if len(found) == 1:
        return found[0]
    raise _ambiguous(text, found, noun) if found else _unknown(text, listed, noun)


def _ambiguous(text: str, found: Sequence[K], noun: Noun) -> FenzuError:
    name, candidates = harmless(text), _listed(found)
    return FenzuError(
        Words(f"{len(found)} {noun.many} are called {name}", f"有 {len(found)} 个{noun.zh}叫 {name}"),
        Words(f"give the id: {candidates}", f"请用 id 指定：{candidates}"),
    )


def _unknown(text: str, listed: Sequence[K], noun: Noun) -> FenzuError:
    near = set(get_close_matches(text, [each.name for each in listed], cutoff=0.5))
    candidates = _listed([each for each in listed if each.name in near] or listed)
    name = harmless(text) or "''"
    return FenzuError(
        Words(f"no {noun.one} is called {name}", f"没有叫 {name} 的{noun.zh}"),
        Words(f"take one of these: {candidates}", f"可选：{candidates}") if listed else None,
    )


def _listed(found: Sequence[K]) -> str:
    more = f", … ({len(found)})" if len(found) > SHOWN else ""
    return ", ".join(f"{each.id} {harmless(each.name)}".strip() for each in found[:SHOWN]) + more
