"""The address of the followers page as a value, and back."""

import datetime as dt
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenzu.console.followers.searching import (
    AGES,
    ORDERS,
    PAGE_ROWS,
    Matching,
    Search,
    link_of,
    midnight,
    query_of,
    read_search,
)
from fenzu.mirror import Query

TODAY = dt.date(2026, 11, 26)
DATES = st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
SEARCHES = st.builds(
    Search,
    text=st.text(max_size=30).map(str.strip),
    group=st.none() | st.integers(0, 10**18 - 1),
    age=st.sampled_from(AGES),
    first=DATES,
    last=DATES,
    order=st.sampled_from(ORDERS),
    rows=st.sampled_from(PAGE_ROWS),
    cursor=st.none() | st.text("abc-_", min_size=1),
)


def read(link: str) -> Search:
    """Read a link as the view does."""
    return read_search(dict(parse_qsl(link.removeprefix("?"))))


@given(SEARCHES)
def test_an_address_says_all_of_a_search(search: Search) -> None:
    """A search written into a link and read from it is the same search."""
    assert read(link_of(search, cursor=search.cursor)) == search


def test_a_changed_search_begins_with_its_first_page() -> None:
    """A link that sorts otherwise keeps the filters and leaves the cursor behind."""
    search = Search(text="vip", group=100, cursor="abc")
    assert link_of(search, order="remark") == "?q=vip&group=100&sort=remark"
    assert link_of(Search()) == "?"


def test_what_makes_no_sense_counts_as_not_written() -> None:
    """Whatever stands in an address, the page shows followers."""
    params = {"group": "-1", "age": "9", "from": "yesterday", "to": "9999-12-31", "sort": "up", "rows": "1e9"}
    assert read_search(params) == Search()
    assert read_search({"group": "٣"}) == Search()
    assert read_search({"group": "9" * 30}) == Search()


@pytest.mark.parametrize(
    ("search", "since", "before"),
    [
        (Search(), None, None),
        (Search(age="7"), dt.date(2026, 11, 19), None),
        (Search(age="365"), dt.date(2025, 11, 26), None),
        (Search(age="older"), None, dt.date(2025, 11, 26)),
        (Search(age="between"), None, None),
        (
            Search(age="between", first=dt.date(2026, 1, 1), last=dt.date(2026, 1, 31)),
            dt.date(2026, 1, 1),
            dt.date(2026, 2, 1),
        ),
        (Search(first=dt.date(2026, 1, 1)), None, None),
    ],
)
def test_ages_begin_at_midnight(search: Search, since: dt.date | None, before: dt.date | None) -> None:
    """A filter by age means whole days, the last one included, and dates count only where they are asked for."""
    query = query_of(search, TODAY)
    assert query.followed_from == (None if since is None else midnight(since))
    assert query.followed_before == (None if before is None else midnight(before))


def test_all_that_match_are_sent_as_a_query() -> None:
    """What a page sends back for all that match means the same query."""
    query = Query(text="vip", group_id=0, followed_from=5, followed_before=9)
    assert Matching.of(query).query() == query
    assert not Search().is_filtered
    assert Search(group=0).is_filtered
