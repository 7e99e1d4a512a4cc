"""How large groups were, day by day, and when those in them began to follow. Days and months are Beijing's."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec

from fenzu.mirror._account import Account
from fenzu.mirror._statements import AHEAD, DAY, whole
from fenzu.model import Group, GroupID


class Size(msgspec.Struct, frozen=True):
    """How many were in a group at the end of a day, as far as it was asked: `day` as in 2026-11-26."""

    day: str
    group_id: GroupID
    followers: int


class Growth(msgspec.Struct, frozen=True):
    """How many of those who are in a group began to follow in a month: `month` as in 2026-11."""

    group_id: GroupID
    month: str
    followers: int


def note_sizes(account: Account, groups: Sequence[Group], at: float) -> None:
    """Keep the counts that the platform told: of a day, the last ones. Belongs into a transaction of the caller's."""
    day = _day_of(at)
    there = {int(group.id) for group in groups}
    noted = account.database.rows(
        "SELECT group_id FROM mirror_size WHERE account = ? AND day = ?", [account.id, day]
    )
    account.database.run_many(
        "DELETE FROM mirror_size WHERE account = ? AND day = ? AND group_id = ?",
        [(account.id, day, whole(group_id)) for (group_id,) in noted if whole(group_id) not in there],
    )
    account.database.run_many(
        "INSERT INTO mirror_size (account, day, group_id, followers) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (account, day, group_id) DO UPDATE SET followers = excluded.followers",
        [(account.id, day, int(group.id), group.count) for group in groups if group.count is not None],
    )


def forget_size(account: Account, group_id: int, at: float) -> None:
    """Keep no count of a group for the day on which it was deleted."""
    account.database.run(
        "DELETE FROM mirror_size WHERE account = ? AND day = ? AND group_id = ?",
        [account.id, _day_of(at), group_id],
    )


def sizes(account: Account) -> list[Size]:
    """Return what was kept, by day and group."""
    found = account.database.rows(
        "SELECT day, group_id, followers FROM mirror_size WHERE account = ? ORDER BY day, group_id",
        [account.id],
    )
    return [Size(str(day), GroupID(whole(group_id)), whole(followers)) for day, group_id, followers in found]


def growth_of(counted: Iterable[tuple[bytes, int]]) -> list[Growth]:
    """Sum up lines of group and number of the day; who began to follow nobody knows when is left out."""
    month_of = cache(lambda day: _day(int(day))[:7])  # there are many lines, and few days
    months: Counter[tuple[bytes, str]] = Counter()
    for line, n in counted:
        group_id, _, day = line.partition(b",")
        if day:
            months[group_id, month_of(day)] += n
    return sorted(
        (Growth(GroupID(int(group_id)), month, n) for (group_id, month), n in months.items()),
        key=lambda growth: (growth.group_id, growth.month),
    )


def _day_of(at: float) -> str:
    return _day(int(at + AHEAD) // DAY)


def _day(number: int) -> str:
    """Write the day of that number since 1970."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=number)).date().isoformat()
