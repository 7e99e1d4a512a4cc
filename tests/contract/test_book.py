"""A run's book, over SQLite and PostgreSQL alike."""

from collections.abc import Callable

import pytest

from fenzu.database import Database
from fenzu.errors import StoreError
from fenzu.regroup._books import book as _book
from fenzu.regroup._books.entries import ActionDone, ActionSent, Called, Entry, Sent, Settled, StateChanged
from fenzu.regroup._values import Batch, Create, Failure, Header, KnownGroup, Plan

OPENIDS = tuple(f"o{'A' * 24}{n:03}" for n in range(120))
Opening = Callable[[], Database]


def a_plan() -> Plan:
    """Seventy followers into a group to be made, fifty into 100."""
    header = Header(
        appid="wx1", base_url="http://127.0.0.1:8060", made_at=1.5, wish="crm.csv", wishes=130, followers=200
    )
    batches = (
        Batch(1, -1, OPENIDS[:50], (0,) * 50),
        Batch(2, -1, OPENIDS[50:70], (0, 100) * 10),
        Batch(3, 100, OPENIDS[70:], (0,) * 50),
    )
    return Plan(header, (KnownGroup(100, "朋友"),), (Create(-1, "VIP"),), (), (), batches)


def test_a_plan_comes_out_as_it_went_in(opening: Opening) -> None:
    """What is read out of a book is the plan that was written, to the last openid."""
    book = _book.create(opening(), a_plan())
    again = _book.Book(opening(), book.run)
    assert again.plan() == a_plan()
    assert again.state().state == "planned"


def test_the_journal_tells_what_is_left_to_do(opening: Opening) -> None:
    """A batch is left to do until it is settled, whether or not it was sent; failures and calls are counted."""
    book = _book.create(opening(), a_plan())
    failure = Failure(OPENIDS[3], 1, 40003, "invalid openid")
    book.write([StateChanged("running", 2.0), Sent(1, 2.0), Sent(2, 2.0), Called("groups.move_many", 2)])
    book.write([Settled(1, 3.0, 49, (failure,)), Called("groups.move_many")])
    again = _book.Book(opening(), book.run)
    assert [batch.number for batch in again.unsettled(0, 10)] == [2, 3]
    assert [batch.number for batch in again.unsettled(2, 10)] == [3]
    assert [batch.number for batch in again.settled()] == [1]
    assert list(again.failures()) == [failure]
    tally = again.tally()
    assert (tally.batches, tally.settled, tally.followers, tally.moved, tally.failed) == (3, 1, 120, 49, 1)
    assert again.calls() == {"groups.move_many": 3}


def test_entries_written_twice_count_once(opening: Opening) -> None:
    """Writing an entry again, as after a crash, changes nothing."""
    book = _book.create(opening(), a_plan())
    entries: list[Entry] = [
        ActionSent("create", -1, 2.0, 106),
        ActionDone("create", -1, 3.0, 107),
        Sent(3, 3.0),
        Settled(3, 4.0, 50),
    ]
    book.write(entries)
    book.write(entries)
    assert book.group_ids() == {-1: 107}
    assert book.tally().moved == 50


def test_runs_of_one_database_do_not_meet(opening: Opening) -> None:
    """Two runs in one database each have their own batches and journal; a run that is not there is refused."""
    database = opening()
    first, second = _book.create(database, a_plan()), _book.create(database, a_plan())
    first.write([Sent(1, 2.0), Settled(1, 3.0, 50), StateChanged("stopped", 3.0, "45009")])
    assert second.tally().settled == 0
    assert [(run.state, run.reason) for run in _book.runs(database)] == [
        ("stopped", "45009"),
        ("planned", ""),
    ]
    with pytest.raises(StoreError, match="no run"):
        _book.Book(database, 99)


def test_a_database_without_runs_has_none(opening: Opening) -> None:
    """A database in which nothing was planned yet lists no run; a book says where it lies."""
    database = opening()
    assert _book.runs(database) == []
    book = _book.create(database, a_plan())
    assert repr(book) == f"Book({book.where!r}, 1)"
