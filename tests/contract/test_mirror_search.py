"""Searching a mirror, over SQLite and PostgreSQL alike."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator
from itertools import product

import pytest

from fenzu.errors import UsageError
from fenzu.mirror import Found, Mirror, Order, Query, Row
from fenzu.model import Follower, GroupID, OpenID

URL, APPID = "http://127.0.0.1:8060", "wx1"
ORDERS: tuple[Order, ...] = ("newest", "oldest", "openid", "remark")
REMARKS = ("", "张三", "", "老客户 Anna", "anna%", "100%_\\'\"", "", "Ära", "a_b", "", "ANNA", "张三丰")


def sorted_by(rows: Iterable[Row], order: Order) -> list[Row]:
    """Sort as the orders are described."""
    match order:
        case "newest":
            return sorted(rows, key=lambda row: -row.number)
        case "oldest":
            return sorted(rows, key=lambda row: row.number)
        case "openid":
            return sorted(rows, key=lambda row: row.openid)
        case "remark":
            return sorted(rows, key=lambda row: (not row.remark, row.remark, row.number))


def openid_of(n: int) -> OpenID:
    """Ids whose order is not that in which they followed, in letters of both cases."""
    return OpenID(f"o{'aBcD'[n % 4]}{n * 37 % 100:02}{'x' * 20}{n:03}")


OPENIDS = [openid_of(n) for n in range(60)]


def profile(n: int) -> Follower:
    """What the platform says of the follower of that place."""
    group = GroupID((0, 100, 101)[n % 3])
    return Follower(OPENIDS[n], True, group, REMARKS[n % len(REMARKS)], subscribe_time=1_000 + n)


@pytest.fixture
def mirror(new_database_place: str) -> Iterator[Mirror]:
    """Sixty have followed; two have left, and the profiles of the last two are not read yet."""
    with Mirror.open(new_database_place, URL, APPID) as mirror:
        with mirror.transaction():
            mirror.account.take_numbers(5_000)  # as after many who came back
            for openid in OPENIDS[:58]:
                mirror.subscribed(openid, 900)
            mirror.learn(map(profile, range(58)), 2_000)
            for n in (7, 30):
                mirror.unsubscribed(OPENIDS[n], 3_000)
            mirror.subscribed(OPENIDS[58], 3_000)
            mirror.subscribed(OPENIDS[59], 3_000)
        yield mirror


def matches(query: Query, row: Row) -> bool:
    """Say plainly whom a query means."""
    text, at = query.text.strip(), row.subscribed_at
    return (
        row.follows
        and (row.openid.startswith(text) or lower(text) in lower(row.remark))
        and query.group_id in {None, row.group_id}
        and (query.followed_from is None or (at is not None and at >= query.followed_from))
        and (query.followed_before is None or (at is not None and at < query.followed_before))
    )


def lower(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def walk(mirror: Mirror, query: Query, order: Order, limit: int) -> list[Found]:
    """Turn all the pages forth, and see that the way back shows the same."""
    pages = [mirror.search(query, order=order, limit=limit)]
    while (cursor := pages[-1].next) is not None:
        pages.append(mirror.search(query, order=order, limit=limit, cursor=cursor))
    back = pages[-1:]
    while (cursor := back[-1].previous) is not None:
        back.append(mirror.search(query, order=order, limit=limit, cursor=cursor))
    assert [page.rows for page in back] == [page.rows for page in reversed(pages)]
    assert back[-1] == pages[0]
    return pages


QUERIES = [
    Query(text=text, group_id=group, followed_from=since, followed_before=before)
    for text, group, (since, before) in product(
        ("", "  ", "anna", "%", "_", "\\'\"", "张三", "oa", "oB", "ä", OPENIDS[3], "nobody"),
        (None, 0, 101, 999),
        ((None, None), (1_010, None), (1_010, 1_040)),
    )
]


@pytest.mark.parametrize("order", ORDERS)
def test_pages_hold_each_who_matches_once_in_order(mirror: Mirror, order: Order) -> None:
    """Whatever is searched for and in which order, the pages show exactly those who match, forth and back alike."""
    everybody = sorted_by(mirror.find(OPENIDS).values(), order)
    for query in QUERIES:
        wanted = [row for row in everybody if matches(query, row)]
        assert [row for page in walk(mirror, query, order, 13) for row in page.rows] == wanted, query
        assert mirror.count(query) == len(wanted)


def test_all_who_match_come_in_pieces(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that match, not only a page of them, are read in follow order, piece by piece."""
    monkeypatch.setattr("fenzu.mirror._search.PIECE", 8)
    query = Query(group_id=100)
    pieces = list(mirror.openids(query))
    wanted = [row.openid for row in mirror.search(query, order="oldest", limit=60).rows]
    assert [len(piece) for piece in pieces] == [8, 8, 2]
    assert [openid for piece in pieces for openid in piece] == wanted


def test_all_who_match_are_those_of_the_beginning(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is moved out of a group while all in it are read is read all the same."""
    monkeypatch.setattr("fenzu.mirror._search.PIECE", 8)
    read = []
    for piece in mirror.openids(Query(group_id=100)):
        read += piece
        mirror.moved(OPENIDS, 101, 4_000)
    assert len(read) == 18


def test_a_search_finds_where_it_is_far(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way from the newest to the oldest is looked through to its end, however long it is."""
    monkeypatch.setattr("fenzu.mirror._search.NEAR", 2)
    monkeypatch.setattr("fenzu.mirror._search.FAR", 9)
    assert [row.openid for row in mirror.search(Query(text=OPENIDS[0])).rows] == [OPENIDS[0]]
    assert len([row for page in walk(mirror, Query(), "newest", 5) for row in page.rows]) == 58


def test_who_comes_or_leaves_moves_nobody_to_another_page(mirror: Mirror) -> None:
    """The next page goes on behind the last row, whoever has come or left meanwhile."""
    first = mirror.search(Query(), limit=5)
    mirror.subscribed("oNewcomer", 5_000)
    mirror.unsubscribed(first.rows[4].openid, 5_000)
    second = mirror.search(Query(), limit=5, cursor=first.next)
    assert [row.number for row in second.rows] == [first.rows[4].number - n for n in range(1, 6)]
    back = mirror.search(Query(), limit=5, cursor=second.previous)
    assert back.rows[1:] == first.rows[:4]
    assert back.rows[0].openid == "oNewcomer"


def test_where_nobody_is_left_the_first_page_is_shown(mirror: Mirror) -> None:
    """A cursor behind which nobody matches any more leads to the first page, which may be empty."""
    found = mirror.search(Query(group_id=100), order="oldest", limit=17)
    mirror.moved([mirror.search(Query(group_id=100), limit=1).rows[0].openid], 101, 4_000)
    again = mirror.search(Query(group_id=100), order="oldest", limit=17, cursor=found.next)
    assert again == Found(found.rows, None, None)
    mirror.moved(OPENIDS, 101, 4_000)
    assert mirror.search(Query(group_id=100), order="oldest", cursor=found.next) == Found((), None, None)


def cursor_of(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "!",
        "ä",
        "A",
        "bm90IGpzb24",
        cursor_of('["newest",false]'),
        cursor_of('["newest",false,["a"]]'),
        cursor_of('["newest",false,[1,2]]'),
        cursor_of('["newest",false,[-1]]'),
        cursor_of('["newest",false,[9223372036854775808]]'),
        cursor_of('["newest",false,[true]]'),
        cursor_of('["newest",1,[1]]'),
        cursor_of('["openid",false,["o"]]'),
        cursor_of('["oldest",false,[1]]'),
        cursor_of('["newest",false,[1],1]'),
    ],
)
def test_a_garbled_cursor_is_refused(mirror: Mirror, cursor: str) -> None:
    """A cursor that no search in this order gave is refused with words."""
    with pytest.raises(UsageError, match="cursor"):
        mirror.search(Query(), cursor=cursor)


def test_a_made_up_cursor_does_no_harm(mirror: Mirror) -> None:
    """A cursor far beyond all rows shows what is on that side, and a text that no database holds is refused."""
    far = cursor_of('["newest",false,[9223372036854775807]]')
    assert mirror.search(Query(), cursor=far).rows == mirror.search(Query()).rows
    with pytest.raises(UsageError):
        mirror.search(Query(), order="openid", cursor=cursor_of('["openid",false,["\\u0000"]]'))


def test_cursors_are_safe_in_a_link(mirror: Mirror) -> None:
    """A cursor is letters, digits, - and _, whatever the remark beside which the page is cut."""
    for page in walk(mirror, Query(), "remark", 1):
        assert re.fullmatch("[A-Za-z0-9_-]+", (page.previous or "") + (page.next or ""))


def test_what_no_search_can_mean_is_refused(mirror: Mirror) -> None:
    """An empty page and numbers that no column holds are refused; a text with a NUL finds nobody."""
    with pytest.raises(UsageError):
        mirror.search(Query(), limit=0)
    for query in (Query(group_id=2**63), Query(followed_from=-(2**64)), Query(followed_before=2**70)):
        with pytest.raises(UsageError):
            mirror.count(query)
    assert mirror.count(Query(text="o\0")) == 0
