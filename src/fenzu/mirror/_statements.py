"""The statements that differ between SQLite and PostgreSQL, and the reading of rows. Knows no connection."""

from typing import Literal, TypeAlias

from fenzu.database import Row as Found
from fenzu.mirror.rows import Column, Row
from fenzu.model import GroupID, OpenID

Kind = Literal["sqlite", "postgres"]

LISTED: dict[Kind, str] = {
    "sqlite": "openid IN (SELECT value FROM json_each(?))",
    "postgres": "openid = ANY(ARRAY(SELECT json_array_elements_text(CAST(? AS json))))",
}
"""Whether an openid is among those of a JSON list, which is one value: so any number of them is one statement."""

NUMBERED: dict[Kind, str] = {
    "sqlite": "number IN (SELECT value FROM json_each(?))",
    "postgres": "number = ANY(ARRAY(SELECT CAST(json_array_elements_text(CAST(? AS json)) AS BIGINT)))",
}
"""The same for numbers."""

HELD: dict[Kind, str] = {
    "sqlite": "json_array_length(moves)",
    "postgres": "json_array_length(CAST(moves AS json))",
}
"""How many moves a row of them holds."""


def by_index(kind: Kind, index: Literal["openid", "unknown", "gone"]) -> str:
    """Return the table of followers, to be read by one of its indexes.

    SQLite knows no better than to guess that an account has ten followers, and would look at all of them each time.
    PostgreSQL counts its rows, and has no words to be told.
    """
    return f"mirror_follower INDEXED BY mirror_{index}" if kind == "sqlite" else "mirror_follower"


COLUMNS = "openid, group_id, gone_at, number, revision, seen_at, remark, unionid, subscribed_at"

Cell: TypeAlias = Column | Literal["minute", "day"]

DAY = 86_400
AHEAD = 8 * 3_600
"""Seconds that Beijing's day begins before that of Unix time."""

_CELLS: dict[Cell, str] = {
    # Openids are written without quotes: letters, digits, - and _ (`learn` and `page` take no others).
    "number": "number",
    "openid": "openid",
    "group_id": "group_id",
    "remark": "'\"' || replace(remark, '\"', '\"\"') || '\"'",
    "unionid": "'\"' || replace(unionid, '\"', '\"\"') || '\"'",
    "subscribed_at": "COALESCE(CAST(subscribed_at AS TEXT), '')",
    "seen_at": "COALESCE(CAST(seen_at AS TEXT), '')",
    "minute": "CAST(seen_at / 60 AS BIGINT)",
    "day": f"COALESCE(CAST((subscribed_at + {AHEAD}) / {DAY} AS TEXT), '')",
}


def row_of(found: Found) -> Row:
    """Read what a SELECT of `COLUMNS` gave."""
    openid, group_id, gone_at, number, revision, seen_at, remark, unionid, subscribed_at = found
    return Row(
        OpenID(str(openid)),
        None if group_id is None else GroupID(whole(group_id)),
        gone_at is None,
        whole(number),
        whole(revision),
        None if seen_at is None else float(str(seen_at)),
        str(remark),
        str(unionid),
        None if subscribed_at is None else whole(subscribed_at),
        None if gone_at is None else float(str(gone_at)),
    )


def whole(value: object) -> int:
    """Read a number that the database gave."""
    return int(value)  # type: ignore[call-overload,no-any-return]  # a sum may be a Decimal


def lines(kind: Kind, columns: tuple[Cell, ...]) -> str:
    """Return the SELECT of CSV lines, as one text in UTF-8, of who is numbered above one number up to another.

    The database writes the text itself: rows fetched one by one and written by Python take ten times as long.
    """
    line = " || ',' || ".join(_CELLS[column] for column in columns)
    who = "account = ? AND number > ? AND number <= ? AND gone_at IS NULL AND group_id IS NOT NULL"
    if kind == "postgres":
        text = f"convert_to(string_agg(CAST({line} AS TEXT), chr(10) ORDER BY number), 'UTF8')"
        return f"SELECT {text} FROM mirror_follower WHERE {who}"
    # A range of the key is read in its order; to ask for the order would cost a fifth of the time.
    return f"SELECT CAST(group_concat({line}, char(10)) AS BLOB) FROM mirror_follower WHERE {who}"
