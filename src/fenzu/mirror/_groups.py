"""The groups that a mirror has seen: how a whole list is taken over, and how a single one is made, named or deleted.

All belong into a transaction of the caller's. Only a whole list that the platform has just told says which groups are
no more: what is known of one group says nothing of the others.
"""

from collections.abc import Collection, Sequence

from fenzu.database.text import storable
from fenzu.mirror import _sizes
from fenzu.mirror._account import Account
from fenzu.mirror._statements import whole
from fenzu.model import Group
from fenzu.wire.limits import RESERVED_GROUPS, UNGROUPED


def note(account: Account, groups: Sequence[Group], at: float, before: Collection[int]) -> None:
    """Write the list of all groups. Who was in one of those of before that is no more is in none known.

    What was noted of a group since the list was asked for stays.
    """
    newer = {
        whole(group_id)
        for (group_id,) in account.database.rows(
            "SELECT group_id FROM mirror_group WHERE account = ? AND seen_at > ?", [account.id, at]
        )
    }
    # Those that are always there need not be listed: rulebook 2021 leaves 0 and 1 out.
    there = {*RESERVED_GROUPS, *(group.id for group in groups), *newer}
    for group_id in sorted(set(before) - there):
        _empty(account, group_id)
    _sizes.note_sizes(account, groups, at)
    account.database.run("DELETE FROM mirror_group WHERE account = ? AND seen_at <= ?", [account.id, at])
    account.database.run_many(
        "INSERT INTO mirror_group (account, group_id, name, followers, seen_at) VALUES (?, ?, ?, ?, ?)",
        [
            (account.id, group.id, storable(group.name), group.count, at)
            for group in groups
            if group.id not in newer
        ],
    )


def put(account: Account, group_id: int, name: str, at: float) -> None:
    """Write a group's name."""
    account.database.run(
        "INSERT INTO mirror_group (account, group_id, name, followers, seen_at) VALUES (?, ?, ?, NULL, ?) "
        "ON CONFLICT (account, group_id) DO UPDATE SET name = excluded.name, seen_at = excluded.seen_at",
        [account.id, group_id, storable(name), at],
    )


def delete(account: Account, group_id: int, at: float, count: int | None) -> None:
    """Take a group away; its members are in none, unless the platform's count of before says otherwise."""
    if count is not None and count == _held(account, group_id):
        account.database.run(
            "UPDATE mirror_follower SET group_id = ?, seen_at = ?, revision = ? "
            "WHERE account = ? AND group_id = ? AND gone_at IS NULL",
            [UNGROUPED, at, account.next_revision(), account.id, group_id],
        )
    _empty(account, group_id)
    account.database.run(
        "DELETE FROM mirror_group WHERE account = ? AND group_id = ?", [account.id, group_id]
    )
    _sizes.forget_size(account, group_id, at)


def _held(account: Account, group_id: int) -> int:
    [(n,)] = account.database.rows(
        "SELECT COUNT(*) FROM mirror_follower WHERE account = ? AND group_id = ? AND gone_at IS NULL",
        [account.id, group_id],
    )
    return whole(n)


def _empty(account: Account, group_id: int) -> None:
    """Write that nobody knows where its members are."""
    account.database.run(
        "UPDATE mirror_follower SET group_id = NULL, revision = ? WHERE account = ? AND group_id = ?",
        [account.next_revision(), account.id, group_id],
    )
