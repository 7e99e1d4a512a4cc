"""Whom the followers page is asked for: its address as a value, and back. Knows no mirror that answers and no request.

Whatever somebody writes into an address means something: what makes no sense counts as not written.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args
from urllib.parse import urlencode

import msgspec

from fenzu.console.addresses import whole_number
from fenzu.mirror import Order, Query

Age: TypeAlias = Literal["", "7", "30", "365", "older", "between"]
"""How long somebody follows: at any time, for so many days at most, for more than a year, or between two dates."""
AGES: tuple[Age, ...] = get_args(Age)
ORDERS: tuple[Order, ...] = get_args(Order)
PAGE_ROWS = (50, 100, 200)
YEAR_DAYS = 365
FIRST_YEAR, LAST_YEAR = 2000, 2100
_LONGEST = 100
"""Characters of a search: an openid has 28, a remark fewer than 30."""


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What the address asks for; the dates count with `age` "between" alone, and both days belong to it."""

    text: str = ""
    group: int | None = None
    age: Age = ""
    first: dt.date | None = None
    last: dt.date | None = None
    order: Order = "newest"
    rows: int = PAGE_ROWS[0]
    cursor: str | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether it may leave somebody out."""
        return bool(self.text) or self.group is not None or self.age != ""


class Matching(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All who match, as a page sends it back: the query with its times, so that it means the same an hour later."""

    text: str = ""
    group: int | None = None
    since: int | None = None
    before: int | None = None

    @classmethod
    def of(cls, query: Query) -> "Matching":
        """Return what stands for a query."""
        return cls(
            text=query.text, group=query.group_id, since=query.followed_from, before=query.followed_before
        )

    def query(self) -> Query:
        """Return the query that it stands for."""
        return Query(
            text=self.text, group_id=self.group, followed_from=self.since, followed_before=self.before
        )


def read_search(params: Mapping[str, str]) -> Search:
    """Read an address."""
    rows, age, order = params.get("rows", ""), params.get("age", ""), params.get("sort", "")
    return Search(
        text=params.get("q", "").strip()[:_LONGEST],
        group=whole_number(params.get("group", "")),
        age=next((each for each in AGES if each == age), ""),
        first=_read_date(params.get("from", "")),
        last=_read_date(params.get("to", "")),
        order=next((each for each in ORDERS if each == order), "newest"),
        rows=next((each for each in PAGE_ROWS if str(each) == rows), PAGE_ROWS[0]),
        cursor=params.get("at") or None,
    )


def link_of(search: Search, **changes: object) -> str:
    """Return the address of a search, as it follows `?`; with changes it begins with the first page."""
    search = msgspec.structs.replace(search, **{"cursor": None, **changes})
    written = {
        "q": search.text,
        "group": "" if search.group is None else str(search.group),
        "age": search.age,
        "from": _write_date(search.first),
        "to": _write_date(search.last),
        "sort": "" if search.order == "newest" else search.order,
        "rows": "" if search.rows == PAGE_ROWS[0] else str(search.rows),
        "at": search.cursor or "",
    }
    return "?" + urlencode({name: value for name, value in written.items() if value})


def query_of(search: Search, today: dt.date) -> Query:
    """Return whom a search is for; days begin at midnight by this machine's clock."""
    since: int | None = None
    before: int | None = None
    match search.age:
        case "7" | "30" | "365":
            since = midnight(today - dt.timedelta(days=int(search.age)))
        case "older":
            before = midnight(today - dt.timedelta(days=YEAR_DAYS))
        case "between":
            since = None if search.first is None else midnight(search.first)
            before = None if search.last is None else midnight(search.last + dt.timedelta(days=1))
    return Query(text=search.text, group_id=search.group, followed_from=since, followed_before=before)


def midnight(day: dt.date) -> int:
    """Return when a day begins on this machine, in Unix seconds."""
    return int(dt.datetime.combine(day, dt.time.min).timestamp())


def _read_date(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year < LAST_YEAR else None


def _write_date(day: dt.date | None) -> str:
    return "" if day is None else day.isoformat()
