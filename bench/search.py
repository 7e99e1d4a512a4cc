"""What searching a mirror costs that the console shows: pages, counts, growth, among a million followers.

Every turn opens the mirror anew, so nothing is in SQLite's own memory. The peers are plain SQL on the same file: fifty
rows read by their key, and one pass over the table that adds up a column.
"""

import random
from collections.abc import Callable, Iterator

from bench.measure import interleave, seconds
from bench.report import Bound, Row, at_most, compare
from bench.settings import Settings
from fenzu.mirror import Mirror, Order, Query
from fenzu.model import Group, GroupID

URL, APPID = "http://127.0.0.1:8060", "wxbench"
GROUPS = (0, 0, 0, 100, 101, 102, 103)
NOBODY = Query(text="nobody %")
FIFTY, PASS = "fifty rows by key", "one bare pass"
SECOND = at_most(1, of="value")
Act = Callable[[Mirror], object]


def measure_search(settings: Settings) -> Iterator[Row]:
    """Pages beside fifty rows that are read by key, and what has to look at everybody beside one pass."""
    n = settings.take(1_000_000, 20_000)
    place = settings.store("search")
    make(place, n)

    def beside(what: str, ours: Act, peer: Act, name: str, bound: Bound | None = SECOND) -> Row:
        sides = {each: _timed(place, act) for each, act in (("ours", ours), ("peer", peer))}
        found = interleave(settings.load_rounds, sides)
        return compare(f"{what} of {n:,}", "s", found["ours"], found["peer"], name, bound)

    orders: tuple[Order, ...] = ("newest", "openid", "remark")
    for order in orders:
        peer, name = (_pass, PASS) if order == "remark" else (_fifty(n), FIFTY)
        yield beside(f"first page, {order},", _page(Query(), order), peer, name)
        yield beside(f"page turn, {order},", _turn(place, order), peer, name)
        yield beside(f"nobody found, {order},", _page(NOBODY, order), _pass, PASS)
    yield beside("a text counted,", lambda mirror: mirror.count(Query(text="客户")), _pass, PASS)
    yield beside("growth by month,", lambda mirror: mirror.growth(), _pass, PASS, None)


def _timed(place: str, act: Act) -> Callable[[], float]:
    def turn() -> float:
        with Mirror.open(place, URL, APPID, read_only=True) as mirror:
            return seconds(lambda: act(mirror))

    return turn


def _page(query: Query, order: Order) -> Act:
    return lambda mirror: mirror.search(query, order=order)


def _turn(place: str, order: Order) -> Act:
    """Turn from the tenth page to the next."""
    cursor: str | None = None
    with Mirror.open(place, URL, APPID, read_only=True) as mirror:
        for _ in range(10):
            cursor = mirror.search(Query(), order=order, cursor=cursor).next
    return lambda mirror: mirror.search(Query(), order=order, cursor=cursor)


def _fifty(n: int) -> Act:
    statement = "SELECT * FROM mirror_follower WHERE account = 1 AND number BETWEEN ? AND ?"
    return lambda mirror: mirror.database.rows(statement, [n // 2, n // 2 + 49])


def _pass(mirror: Mirror) -> object:
    return mirror.database.rows("SELECT SUM(seen_at) FROM mirror_follower WHERE account = 1")


def make(place: str, n: int, url: str = URL, appid: str = APPID) -> None:
    """Write a mirror of so many followers, every fifth with a remark; the dice fall alike each time."""
    dice = random.Random(1)

    def rows() -> Iterator[tuple[str | int | float, ...]]:
        for number in range(1, n + 1):
            openid = f"oFzu{dice.getrandbits(80):024}"
            remark = f"客户 {dice.randrange(n)}" if dice.random() < 0.2 else ""
            yield 1, number, openid, dice.choice(GROUPS), remark, 1_400_000_000 + 300 * number, 1.0, 1

    with Mirror.open(place, url, appid) as mirror, mirror.transaction():
        mirror.note_groups([Group(GroupID(each), f"g{each}") for each in set(GROUPS)], 1.0)
        mirror.database.run_many(
            "INSERT INTO mirror_follower (account, number, openid, group_id, remark, subscribed_at, seen_at, revision) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            rows(),
        )
        mirror.database.run("UPDATE mirror_account SET revision = 1, last_number = ?, entries = ?", [n, n])
