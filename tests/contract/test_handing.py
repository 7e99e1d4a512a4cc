"""Plans in files handed over to a PostgreSQL database: once, whole, and not carried out in two places."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.regroup.plans import a_book, a_plan, a_platform, carried_out

from fenzu.cli.regroup.queueing import put_into_queue
from fenzu.database import Database, open_database
from fenzu.errors import AccountInUse, PlanError
from fenzu.regroup._books import book as _book
from fenzu.regroup._books.book import Book
from fenzu.regroup._books.entries import Sent, StateChanged
from fenzu.regroup._books.handing import HANDED, Handed, hand_over, handed_to
from fenzu.regroup._books.opening import OpenRun
from fenzu.regroup._running.hold import locked
from fenzu.regroup._running.ports import Settings
from fenzu.regroup._values import Create


@pytest.fixture
def server(empty_postgres: str) -> Iterator[Database]:
    """The database that plans are handed to."""
    database = open_database(empty_postgres)
    yield database
    database.close()


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """A plan in a file, not begun."""
    book = a_book(tmp_path, a_plan(120, -1, creates=(Create(-1, "新"),)))
    yield book
    book.database.close()


def test_a_plan_is_handed_over_once(book: Book, server: Database) -> None:
    """The whole plan becomes a run of the database, the file says which, and asking again makes no second one."""
    there = hand_over(book, server)
    assert there.plan() == book.plan()
    assert there.state().state == "planned"
    assert handed_to(book) == Handed(server.where, there.run)
    assert (book.state().state, book.state().reason) == ("stopped", HANDED)
    assert hand_over(book, server).run == there.run
    assert [run.number for run in _book.runs(server)] == [there.run]
    assert handed_to(there) is None


def test_a_crash_in_between_makes_no_second_run(book: Book, server: Database) -> None:
    """A plan that is in the database but of which the file does not know yet is found there."""
    there = _book.create(server, book.plan())
    assert hand_over(book, server).run == there.run
    assert handed_to(book) == Handed(server.where, there.run)


def test_what_was_handed_over_is_not_carried_out_here(book: Book, server: Database) -> None:
    """The engine refuses the file of a plan that lies elsewhere, and says where; it is handed to no third place."""
    there = hand_over(book, server)
    platform = a_platform(120)
    with pytest.raises(PlanError, match=f"run {there.run}"):
        carried_out(book, platform)
    assert platform.calls == []
    server.run("DELETE FROM regroup_run")
    with pytest.raises(PlanError, match="handed over"):
        hand_over(book, server)


def test_what_was_handed_over_is_not_told_of_here(book: Book, server: Database) -> None:
    """Whoever applies, takes back, verifies or reports by the file is sent to the database: the journal is there."""
    run = OpenRun(book.database, book.run)
    assert run.latest.run == run.for_undo().run == run.for_apply().run == book.run
    there = hand_over(book, server)
    told = f"handed over: it is run {there.run} of postgresql://"
    with pytest.raises(PlanError, match=told):
        _ = run.latest
    with pytest.raises(PlanError, match=told):
        run.for_undo()
    with pytest.raises(PlanError, match=told):
        run.for_apply()
    assert run.planned.run == book.run


def test_two_do_not_hand_over_one_plan_at_once(book: Book, queue_address: str) -> None:
    """While another process applies the file, or hands it over, it is not handed over a second time."""
    with locked([book.where]), pytest.raises(AccountInUse):
        asyncio.run(put_into_queue(queue_address, book, Settings()))
    assert asyncio.run(put_into_queue(queue_address, book, Settings()))[1:] == (1, True)
    assert asyncio.run(put_into_queue(queue_address, book, Settings()))[1:] == (1, False)


def test_what_was_begun_here_stays_here(book: Book, server: Database) -> None:
    """A plan whose journal has begun in the file is not handed over, since the journal would be lost."""
    book.write([Sent(1, 1.0), StateChanged("running", 1.0)])
    with pytest.raises(PlanError, match="begun"):
        hand_over(book, server)
    assert _book.runs(server) == []
