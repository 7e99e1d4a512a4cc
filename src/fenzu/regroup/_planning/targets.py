"""Which group each text of a wish means: an id, the name of one group, or the name of a group to be made.

Plain values in, plain values out; knows no frame and no follower.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

import msgspec

from fenzu.errors import UsageError
from fenzu.regroup._values import KnownGroup, NamedBy
from fenzu.wire.limits import GROUP_NAME_CHARACTERS, RESERVED_GROUPS
from fenzu.wire.words import Words

Unclear: TypeAlias = Literal["unknown_group", "ambiguous_group", "bad_group_name"]
"""Why a text means no group: none has it, several are called so, or none could ever be called so."""


class Targets(msgspec.Struct, frozen=True):
    """What the texts of a wish mean."""

    ids: dict[str, int]
    """The texts that mean a group that is there."""
    new: tuple[str, ...]
    """The names of groups to be made, in alphabetical order."""
    unclear: dict[str, Unclear]
    """The texts that mean no group, and why."""

    @property
    def numbers(self) -> dict[str, int]:
        """The number of each text that means a group: its id, or -1, -2, … for those to be made."""
        return self.ids | {name: -1 - at for at, name in enumerate(self.new)}


def find_targets(
    texts: Iterable[str], groups: Sequence[KnownGroup], *, create: bool, named_by: NamedBy = "either"
) -> Targets:
    """Tell what each text means among the account's groups; with `create` an unknown name is one to be made."""
    by_name = _by_name(groups)
    known = {group.id for group in groups} | set(RESERVED_GROUPS)
    ids: dict[str, int] = {}
    new: list[str] = []
    unclear: dict[str, Unclear] = {}
    for text in sorted(set(texts)):
        is_id = named_by == "id" or (named_by == "either" and _is_digits(text))
        found = _as_id(text, known) if is_id else by_name.get(text, ())
        if len(found) == 1:
            ids[text] = found[0]
        elif found:
            unclear[text] = "ambiguous_group"
        elif is_id or not create:
            unclear[text] = "unknown_group"
        elif not text.strip() or len(text) > GROUP_NAME_CHARACTERS:
            unclear[text] = "bad_group_name"
        else:
            new.append(text)
    return Targets(ids, tuple(new), unclear)


def find_ranks(first: Sequence[str], groups: Sequence[KnownGroup], meant: Targets) -> dict[int, int]:
    """Return the turn, from 0, of each group that is to be filled before the others, by its number in `meant`.

    Raises `UsageError` for what is no group that the wish wants anybody in.
    """
    by_id_or_name = find_targets(first, groups, create=False).ids
    wanted = meant.numbers
    ranks: dict[int, int] = {}
    for text in first:
        number = wanted.get(text, by_id_or_name.get(text))
        if number is None or number not in wanted.values():
            raise UsageError(
                Words(f"the wish wants nobody in {text}", f"名单中没有人要进入 {text}"),
                Words("name a group of the wish, by name or id", "请给出名单中的分组，用名称或 id"),
            )
        ranks.setdefault(number, len(ranks))
    return ranks


def _by_name(groups: Sequence[KnownGroup]) -> dict[str, tuple[int, ...]]:
    """Return the ids that a name stands for; the platform of today does not list all groups that it reserves."""
    found: dict[str, tuple[int, ...]] = {}
    for group in groups:
        found[group.name] = (*found.get(group.name, ()), group.id)
    listed = {group.id for group in groups}
    for number, name in RESERVED_GROUPS.items():
        if number not in listed and name not in found:
            found[name] = (number,)
    return found


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _as_id(text: str, known: set[int]) -> tuple[int, ...]:
    is_one = _is_digits(text) and len(text) < 19 and text == str(int(text))  # 0104 is some code, and no id
    return (int(text),) if is_one and int(text) in known else ()
