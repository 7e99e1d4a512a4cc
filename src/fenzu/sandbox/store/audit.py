"""An audit of a store's books: do the counts that are kept agree with what they count? Knows no file and no account.

SQLite finds a page that makes no sense as a page. Bytes that were changed within a row it takes as they are; what is
kept twice (a count and what it counts, the list of followers and their index) tells.
"""

from collections import Counter
from collections.abc import Iterable

from fenzu.sandbox.store import sql
from fenzu.sandbox.store.database import Connection


def counts_agree(connection: Connection) -> bool:
    """Tell whether all are counted once where they are, each tag as often as it is carried, and no account is lost."""
    execute = connection.execute
    accounts = {number for (number,) in execute(sql.ACCOUNT_NUMBERS)}
    kept = {(account, id_): count for account, id_, count in execute(sql.KEPT_COUNTS)}
    in_groups = Counter[tuple[int, int]]()
    for account, group, count in execute(sql.MEMBERS_COUNTED):
        in_groups[account, group if (account, group) in kept else 0] += count
    left = {number for (number,) in execute(sql.DISCARDED_NUMBERS)}
    if not {account for account, _ in kept} <= accounts | left or not _same(kept, in_groups, accounts):
        return False
    tags = {(account, id_): count for account, id_, count in execute(sql.KEPT_TAG_COUNTS)}
    for statement in (sql.TAGGINGS_COUNTED, sql.NOTES_COUNTED):
        carried = {(account, tag): count for account, tag, count in execute(statement)}
        if not _same(tags, {key: carried[key] for key in carried if key in tags}, accounts):
            return False
    return _one(_of(accounts, execute(statement)) for statement in sql.FOLLOWERS_COUNTED)


def openids_agree(connection: Connection) -> bool:
    """Tell whether the list of followers and the index by openid say the same; takes long where there are many."""
    return not connection.execute(sql.OPENIDS_DIFFER).get


def _same(kept: dict[tuple[int, int], int], found: dict[tuple[int, int], int], accounts: set[int]) -> bool:
    """Compare, leaving out zeros and the remains of accounts that are gone."""
    sides = ({key: n for key, n in side.items() if n and key[0] in accounts} for side in (kept, found))
    return _one(sides)


def _of(accounts: set[int], rows: Iterable[tuple[int, ...]]) -> list[tuple[int, ...]]:
    return [row for row in rows if row[0] in accounts]


def _one(values: Iterable[object]) -> bool:
    first, *others = values
    return all(other == first for other in others)
