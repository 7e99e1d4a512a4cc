"""From what a person calls a group to its number: an id, or a name that only one group has."""

from difflib import get_close_matches
from typing import TYPE_CHECKING

from fenzu.cli.io import harmless
from fenzu.errors import FenzuError, UsageError
from fenzu.model import Group, GroupID
from fenzu.wire.limits import RESERVED_GROUPS
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu import AsyncClient

SHOWN = 10
"""So many candidates are listed, not more."""


def is_id(text: str) -> bool:
    """Tell whether `text` is taken as an id: digits alone. A group whose name is digits has to be given by its id."""
    return text.isascii() and text.isdigit()


def check_id(text: str) -> GroupID:
    """Return the id as a number; raises `UsageError` for one that no group can have."""
    if len(text) < 19:  # whatever has 18 digits fits into 64 bits
        return GroupID(int(text))
    raise UsageError(
        Words("no group can have this id", "不可能有这样的分组 id"),
        Words("see `fenzu groups list`", "见 `fenzu groups list`"),
    )


async def group_id(client: "AsyncClient", text: str) -> GroupID:
    """Return the group's id; asks the platform for its groups only where a name was given."""
    return check_id(text) if is_id(text) else (await find_group(client, text)).id


async def find_group(client: "AsyncClient", text: str) -> Group:
    """Return the group of that id or name, or raise an error that lists the candidates."""
    groups = await client.groups.list()
    if is_id(text):
        number = check_id(text)
        return next(
            (group for group in groups if group.id == number),
            Group(GroupID(number), RESERVED_GROUPS.get(number, "")),
        )
    found = [group for group in groups if group.name == text] or _reserved(text)
    if len(found) == 1:
        return found[0]
    raise _ambiguous(text, found) if found else _unknown(text, groups)


def _reserved(name: str) -> list[Group]:
    """The platform of today does not list 0 and 1, and moving to them is allowed all the same."""
    return [Group(GroupID(number), own) for number, own in RESERVED_GROUPS.items() if own == name]


def _ambiguous(text: str, found: list[Group]) -> FenzuError:
    name, candidates = harmless(text), _listed(found)
    return FenzuError(
        Words(f"{len(found)} groups are called {name}", f"有 {len(found)} 个分组叫 {name}"),
        Words(f"give the id: {candidates}", f"请用 id 指定：{candidates}"),
    )


def _unknown(text: str, groups: list[Group]) -> FenzuError:
    names = [group.name for group in groups]
    near = set(get_close_matches(text, names, cutoff=0.5))
    candidates = _listed([group for group in groups if group.name in near] or groups)
    name = harmless(text) or "''"
    return FenzuError(
        Words(f"no group is called {name}", f"没有叫 {name} 的分组"),
        Words(f"take one of these: {candidates}", f"可选：{candidates}") if groups else None,
    )


def _listed(groups: list[Group]) -> str:
    more = f", … ({len(groups)})" if len(groups) > SHOWN else ""
    return ", ".join(f"{group.id} {harmless(group.name)}".strip() for group in groups[:SHOWN]) + more
