"""The tags that an account is made with: their ids, who follows because of them, and who carries which."""

from collections.abc import Iterable, Mapping, Sequence

from fenzu.sandbox.accounts import AccountSpec, TagSpec
from fenzu.sandbox.rules.rows import Note
from fenzu.sandbox.store import sql
from fenzu.sandbox.store.books import read_members, write_notes, write_taggings
from fenzu.sandbox.store.database import Connection
from fenzu.wire.limits import FIRST_CUSTOM_ID, RESERVED_GROUPS, STARRED


def name_tags(specs: Sequence[TagSpec], groups: Iterable[int]) -> dict[int, TagSpec]:
    """Return the account's tags by id: the reserved one, and those asked for; who has no id gets the next one."""
    tags = {STARRED: TagSpec(RESERVED_GROUPS[STARRED], STARRED)}
    tags.update((spec.id, spec) for spec in specs if spec.id is not None)
    last = max(FIRST_CUSTOM_ID - 1, *groups, *tags)
    tags.update(enumerate((spec for spec in specs if spec.id is None), last + 1))
    return tags


def list_newcomers(spec: AccountSpec, tags: Mapping[int, TagSpec]) -> list[int | list[str]]:
    """Return for each tag who follows because of it: so many made-up ones, or those who are listed nowhere before."""
    known: set[str] = set()
    for followers in (spec.followers, *(group.followers for group in spec.groups)):
        known.update(followers if isinstance(followers, list) else ())
    newcomers: list[int | list[str]] = []
    for tag in tags.values():
        if isinstance(tag.followers, int):
            newcomers.append(tag.followers)
            continue
        newcomers.append([openid for openid in tag.followers if openid not in known])
        known.update(tag.followers)
    return newcomers


def add_tags(
    connection: Connection, account: int, tags: Mapping[int, TagSpec], sizes: Sequence[int], first: int
) -> None:
    """Write the tags and who carries them; `sizes` tells how many came for each, from number `first` on."""
    notes: dict[int, Note] = {}
    for (id_, tag), size in zip(tags.items(), sizes, strict=True):
        count = tag.followers if isinstance(tag.followers, int) else len(tag.followers)
        if isinstance(tag.followers, int):
            for statement in sql.TAG_RANGE:
                connection.execute(statement, (account, id_, first, first + size))
        elif tag.followers:
            members = read_members(connection, account, tuple(tag.followers))
            write_taggings(connection, account, {(id_, number): True for number, _ in members.values()})
            for number, _ in members.values():
                notes[number] = Note((*notes.get(number, Note()).tags, id_))
        connection.execute(sql.SET_TAG, (account, id_, tag.name, count))
        first += size
    write_notes(connection, account, dict(sorted(notes.items())))
