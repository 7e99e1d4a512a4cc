"""Followers as a table for spreadsheets, which Regroup takes again once the groups in it are others. Knows no page."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from fenzu.console.account.twins import twins
from fenzu.console.times import day
from fenzu.mirror import Mirror, Query
from fenzu.model import Group
from fenzu.spreadsheet import csv_pieces
from fenzu.wire.words import Language

ROWS_A_LOOK = 1_000
"""So many are read at a time."""
TITLES: dict[Language, tuple[str, ...]] = {
    "en": ("openid", "group", "remark", "followed"),
    "zh": ("openid", "分组", "备注", "关注时间"),
}


def table(
    open_mirror: Callable[[], Mirror], query: Query, groups: Iterable[Group], language: Language
) -> Iterator[bytes]:
    """Yield who matches as CSV, the newest first. Opens a mirror for itself: a million rows take their time."""
    with open_mirror() as mirror:
        yield from csv_pieces(TITLES[language], _rows(mirror, query, _called(groups)))


def _rows(mirror: Mirror, query: Query, called: Mapping[int, str]) -> Iterator[tuple[object, ...]]:
    cursor: str | None = None
    while True:
        found = mirror.search(query, cursor=cursor, limit=ROWS_A_LOOK)
        for row in found.rows:
            group = "" if row.group_id is None else called.get(int(row.group_id), str(row.group_id))
            since = "" if row.subscribed_at is None else day(row.subscribed_at)
            yield row.openid, group, row.remark, since
        if found.next is None:
            return
        cursor = found.next


def _called(groups: Iterable[Group]) -> dict[int, str]:
    """Return how a list names each group: by its name, by its id where another one has the name too."""
    groups = list(groups)
    same = twins(groups)
    return {int(group.id): str(group.id) if group.id in same else group.name for group in groups}
