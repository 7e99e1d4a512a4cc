"""A page of those who match a query, in an order: by key, so the last page is as near as the first.

A search that matches few reads the whole table, in the order in which it lies on the disk: for a million followers a
quarter of a second. Read backwards, a file that the system has not in memory takes ten times as long.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

import msgspec

from fenzu.database import Value
from fenzu.errors import UsageError
from fenzu.mirror._account import Account
from fenzu.mirror._cursor import Order, Place, key_of, read_cursor, write_cursor
from fenzu.mirror._query import Query, condition
from fenzu.mirror._statements import COLUMNS, row_of, whole
from fenzu.mirror.rows import Row
from fenzu.model import OpenID
from fenzu.wire.words import Words

PIECE = 10_000
"""So many openids are handed out at once."""
NEAR, FAR = 1_000, 400_000
"""So many numbers are looked through at first, and later, on the way from the newest to the oldest."""
_WITHOUT = "CASE WHEN remark = '' THEN 1 ELSE 0 END"


class Found(msgspec.Struct, frozen=True):
    """A page of a search, and where the pages beside it begin: None where there is nobody more."""

    rows: tuple[Row, ...]
    previous: str | None
    next: str | None


def search(account: Account, query: Query, order: Order, cursor: str | None, limit: int) -> Found:
    """Return a page; the first one, too, where nobody is left behind the cursor."""
    if limit < 1:
        raise UsageError(Words("a page has at least one row", "每页至少一行"))
    place = None if cursor is None else read_cursor(cursor, order)
    rows = list(islice(_fetched(account, query, order, place, limit + 1), limit + 1))
    if place is not None and not rows:
        return search(account, query, order, None, limit)
    is_back = place is not None and place.is_back
    is_more = len(rows) > limit
    del rows[limit:]
    if is_back:
        rows.reverse()
    has_previous, has_next = (is_more, True) if is_back else (place is not None, is_more)
    return Found(
        tuple(rows),
        write_cursor(Place(order, True, key_of(order, rows[0]))) if has_previous else None,
        write_cursor(Place(order, False, key_of(order, rows[-1]))) if has_next else None,
    )


def count(account: Account, query: Query) -> int:
    """Count who matches."""
    where, values = condition(account.database.kind, account.id, query)
    [(n,)] = account.database.rows(f"SELECT COUNT(*) FROM mirror_follower WHERE {where}", values)
    return whole(n)


def openids(account: Account, query: Query) -> Iterator[list[OpenID]]:
    """Yield who matches, in follow order, as it was when the reading began."""
    where, values = condition(account.database.kind, account.id, query)
    rows = account.database.stream(
        f"SELECT openid FROM mirror_follower WHERE {where} ORDER BY number", values
    )
    while piece := [OpenID(str(openid)) for (openid,) in islice(rows, PIECE)]:
        yield piece


def _fetched(account: Account, query: Query, order: Order, place: Place | None, limit: int) -> Iterator[Row]:
    """Yield the rows on the way from a place, `limit` of them or all that there are; sometimes more."""
    where, values = condition(account.database.kind, account.id, query)
    is_falling = (order == "newest") != (place is not None and place.is_back)
    key = partial(key_of, order)
    if order in {"newest", "oldest"} and is_falling:
        top = account.value("last_number")
        if place is not None:
            top = min(top, int(place.key[0]) - 1)
        by = "+number DESC" if account.database.kind == "sqlite" else "number DESC"
        for low, high in falling_ranges(top):
            within = f"{where} AND number > ? AND number <= ? ORDER BY {by}"
            some = _first(account, f"mirror_follower WHERE {within}", [*values, low, high], limit)
            yield from sorted(some, key=key, reverse=True)
        return
    table, keys = _keys(account, query, order)
    if place is not None:
        sign = "<" if is_falling else ">"
        where += f" AND ({', '.join(keys)}) {sign} ({', '.join('?' * len(keys))})"
        values += place.key
    by = ", ".join(f"{key} DESC" if is_falling else key for key in keys)
    yield from sorted(
        _first(account, f"{table} WHERE {where} ORDER BY {by}", values, limit), key=key, reverse=is_falling
    )


def _first(account: Account, ordered: str, values: Sequence[Value], limit: int) -> Iterator[Row]:
    """Return the first rows of a table. SQL sorts their numbers only: to sort whole rows takes twice the time."""
    found = account.database.rows(
        f"SELECT {COLUMNS} FROM mirror_follower WHERE account = ? AND number IN "
        f"(SELECT number FROM {ordered} LIMIT ?)",
        [account.id, *values, limit],
    )
    return map(row_of, found)


def _keys(account: Account, query: Query, order: Order) -> tuple[str, list[str]]:
    """Return the table, and what an order sorts by.

    By openid the index leads to everybody; to look up each row for some of them would take seconds. (`+` keeps SQLite
    from it.) PostgreSQL sorts as SQLite does, by the code of a character, whatever its language is.
    """
    is_lite = account.database.kind == "sqlite"
    if order == "openid" and query.is_everybody and is_lite:
        return account.by_openid, ["openid"]
    text = "+{}" if is_lite else '{} COLLATE "C"'
    keys = {"openid": [text.format("openid")], "remark": [_WITHOUT, text.format("remark"), "number"]}
    return "mirror_follower", keys.get(order, ["number"])


def falling_ranges(top: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of numbers from the highest to the lowest, small ones first: the number below, and the last."""
    size = NEAR
    while top > 0:
        yield max(0, top - size), top
        top -= size
        size = min(size * 4, FAR)
