"""Making an account from a file: the work of one transaction, on the writer's thread, in pieces that fit in memory."""

from collections import Counter

from fenzu.errors import UsageError, mask
from fenzu.sandbox.rules.rows import Note
from fenzu.sandbox.store import sql
from fenzu.sandbox.store.add_account import add_account
from fenzu.sandbox.store.books import write_notes, write_taggings
from fenzu.sandbox.store.database import Connection
from fenzu.sandbox.transfer.arrival import Arrival, Head, Source
from fenzu.sandbox.transfer.waves import Waves
from fenzu.wire.limits import FIRST_CUSTOM_ID
from fenzu.wire.words import Words

UNNAMED = Head("account", 1, "")


def load_account(
    connection: Connection, source: Source, appid: str, secret: str, now: int, *, first: bool = False
) -> int:
    """Make the account that a file tells of, and return its number; refuses a taken appid and lines that are wrong.

    `first` refuses by AccountExists where there is any account.
    """
    head = source.head or UNNAMED
    account = add_account(
        connection,
        appid,
        secret,
        kind=head.kind,
        state=head.state,
        whitelist=head.whitelist,
        seed=head.seed or appid,
        next_group=FIRST_CUSTOM_ID,
        first=first,
    )
    followers, in_groups, in_tags = _load_followers(connection, account, source, now)
    groups = [(account, id_, name, in_groups[id_]) for id_, name in sorted(source.groups.items())]
    connection.executemany(sql.SET_GROUP, groups)
    tags = [(account, id_, name, in_tags[id_]) for id_, name in sorted(source.tags.items())]
    connection.executemany(sql.SET_TAG, tags)
    last = max(FIRST_CUSTOM_ID - 1, head.next_group - 1, *source.groups, *source.tags)
    connection.execute(sql.SET_LEDGER, (last + 1, followers + 1, head.made_up, 0, 0, 0, 0, 0, account))
    return account


def _load_followers(
    connection: Connection, account: int, source: Source, now: int
) -> tuple[int, Counter[int], Counter[int]]:
    """Load them in their order, and return how many they are, in each group and with each tag."""
    waves, in_groups, in_tags, number = Waves(), Counter[int](), Counter[int](), 0
    for piece in source.arrivals():
        numbered = list(enumerate(piece, number + 1))
        openids = connection.texts([arrival.openid for arrival in piece])
        connection.execute(sql.ADD_TO_ROLL, (account, number + 1, openids))
        memberships = connection.numbers([index << 32 | arrival.group for index, arrival in numbered])
        connection.execute(sql.SET_MEMBERSHIPS, (account, memberships))
        _load_labels(connection, account, numbered)
        for index, arrival in numbered:
            waves.add(index, now if arrival.since is None else arrival.since)
        in_groups.update(arrival.group for arrival in piece)
        in_tags.update(tag for arrival in piece for tag in arrival.tags)
        number += len(piece)
    connection.executemany(sql.ADD_WAVE, [(account, *wave) for wave in waves.found()])
    if number and not connection.insert_new(sql.ADD_FOLLOWERS, (account, 1)):
        raise _twice(connection.execute(sql.LISTED_TWICE, (account,)).get, source)
    return number, in_groups, in_tags


def _load_labels(connection: Connection, account: int, numbered: list[tuple[int, Arrival]]) -> None:
    notes = {index: Note(one.tags, one.remark) for index, one in numbered if one.tags or one.remark}
    if notes:
        write_notes(connection, account, notes)
        taggings = {(tag, index): True for index, note in notes.items() for tag in note.tags}
        write_taggings(connection, account, taggings)


def _twice(openid: str, source: Source) -> UsageError:
    lines = [str(one.line) for piece in source.arrivals() for one in piece if one.openid == openid]
    where = ", ".join(lines[:10])
    return UsageError(
        Words(f"{mask(openid)} is listed twice: lines {where}", f"{mask(openid)} 重复：第 {where} 行"),
        Words("leave one of them; nothing was loaded", "只保留其一；未载入任何内容"),
    )
