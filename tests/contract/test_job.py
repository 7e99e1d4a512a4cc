"""One queued run on a real PostgreSQL server and a platform in memory: what it leaves, and when it comes again."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from tests.unit.regroup.plans import a_plan, a_platform, openids
from tests.unit.regroup.platform import Event

from fenzu.database import Database, open_database
from fenzu.errors import CredentialError, PlanError, StoreError, api_error
from fenzu.mirror import Mirror
from fenzu.mirror.directory import Directory
from fenzu.regroup._books import book as _book
from fenzu.regroup._books.book import Book
from fenzu.regroup._queueing.job import Away, Busy, GivenUp, Jobs, Told
from fenzu.regroup._queueing.retaking import BUSY, SOON
from fenzu.regroup._queueing.worker import Again
from fenzu.regroup._running.events import Finished, Stopped
from fenzu.regroup._running.lease import Leases, holders
from fenzu.regroup._running.ports import Settings
from fenzu.regroup._values import Header
from fenzu.wire.words import Words

WORDS = Words("broken", "坏了")


class Bench:
    """A job, what it is done with, and what it told."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.leases = Leases(database)
        self.platform = a_platform(120)
        self.book = _book.create(database, a_plan(120))
        self.told: list[Told] = []
        self.trouble: Exception | None = None

    def carry(self, settings: Settings | None = None) -> None:
        """Carry the run out as a worker does."""
        jobs = Jobs(
            self.database, self.leases, self._open, lambda run, header, event: self.told.append(event)
        )
        asyncio.run(jobs.carry(self.book.run, settings or Settings()))

    def state(self) -> tuple[str, str]:
        """Return the run's state and reason."""
        run = Book(self.database, self.book.run).state()
        return run.state, run.reason

    @asynccontextmanager
    async def _open(self, header: Header) -> AsyncIterator[Directory]:
        if self.trouble is not None:
            raise self.trouble
        yield self.platform


@pytest.fixture
def bench(empty_postgres: str) -> Iterator[Bench]:
    """A run of 120 followers on an empty database."""
    database = open_database(empty_postgres)
    bench = Bench(database)
    yield bench
    assert holders(database) == {}, "a lease is left"
    bench.leases.close()
    database.close()


def test_a_run_is_done_and_its_mirror_hears_of_it(bench: Bench, empty_postgres: str) -> None:
    """A run is carried out under its lease; a mirror of the account in the same database learns where people are."""
    header = bench.book.header
    with Mirror.open(empty_postgres, header.base_url, header.appid) as mirror:
        for openid in openids(3):  # the plan is as of revision 7
            mirror.subscribed(openid, 1)
        bench.carry()
        assert {row.group_id for row in mirror.find(openids(3)).values()} == {100}
    assert isinstance(bench.told[-1], Finished)
    assert set(bench.platform.members.values()) == {100}
    assert bench.state() == ("done", "")
    calls = len(bench.platform.calls)
    bench.carry()
    assert len(bench.platform.calls) == calls


def test_an_account_that_somebody_else_changes_is_left_alone(bench: Bench) -> None:
    """While another run holds the account nothing is sent, and the run comes again soon."""
    header = bench.book.header
    other = Leases(bench.database)
    lease = other.take(header.base_url, header.appid)
    assert lease is not None
    with pytest.raises(Again) as again:
        bench.carry()
    assert again.value.seconds == BUSY
    assert bench.told == [Busy()]
    assert bench.platform.calls == []
    other.give_back(lease)


def test_a_plan_that_was_undone_is_not_carried_on(bench: Bench) -> None:
    """A run that was undone while it waited in the queue is given up: carried on, it would undo the undo."""
    plan = a_plan(50)
    undo = msgspec.structs.replace(
        plan, header=msgspec.structs.replace(plan.header, kind="undo", undoes=bench.book.run)
    )
    _book.create(bench.database, undo)
    with pytest.raises(GivenUp):
        bench.carry()
    assert bench.platform.calls == []
    last = bench.told[-1]
    assert isinstance(last, Stopped) and "undone" in str(last.error)


def test_a_run_that_was_done_and_undone_stays_done(bench: Bench) -> None:
    """A run that is queued again after it was done and undone is given up, and is not said to have stopped."""
    bench.carry()
    plan = a_plan(50)
    undo = msgspec.structs.replace(
        plan, header=msgspec.structs.replace(plan.header, kind="undo", undoes=bench.book.run)
    )
    _book.create(bench.database, undo)
    with pytest.raises(GivenUp):
        bench.carry()
    assert bench.state() == ("done", "")


def test_a_plan_that_was_changed_is_refused_each_time(bench: Bench) -> None:
    """A plan that is not what its digest was made of is refused, and refused again when it is taken once more."""
    header = msgspec.structs.replace(bench.book.header, digest="another")
    bench.database.run(
        "UPDATE regroup_run SET header = ? WHERE run = ?", [msgspec.json.encode(header), bench.book.run]
    )
    for _ in range(2):
        with pytest.raises(GivenUp):
            bench.carry()
    assert set(bench.platform.members.values()) == {0}


def test_a_used_up_day_is_waited_for_in_the_queue(bench: Bench) -> None:
    """A run that has used the day's calls up comes again when they renew, even if it was asked to wait for that."""

    def script(call: str, number: int) -> Event:
        return api_error(45009, "") if call == "groups.move_many" else None

    bench.platform.script = script
    with pytest.raises(Again) as again:
        bench.carry(Settings(wait_for_quota=True))
    last = bench.told[-1]
    assert isinstance(last, Stopped)
    assert last.renews_at is not None
    assert 0 < again.value.seconds - (last.renews_at - time.time()) < 60
    assert bench.state() == ("stopped", "45009")


def test_what_a_person_has_to_look_at_is_given_up(bench: Bench) -> None:
    """A stale plan, or an account without credentials, is told and noted, and not tried again by itself."""
    bench.platform.names[100] = "another name"
    with pytest.raises(GivenUp):
        bench.carry()
    last = bench.told[-1]
    assert isinstance(last, Stopped)
    assert isinstance(last.error, PlanError)
    assert bench.state() == ("stopped", "StalePlan")
    bench.trouble = CredentialError(40013, "invalid appid")
    with pytest.raises(GivenUp):
        bench.carry()
    assert bench.state() == ("stopped", "40013")


def test_a_database_that_is_away_is_waited_for(bench: Bench) -> None:
    """Where a store fails the run comes again soon, and its lease is given back."""
    bench.trouble = StoreError(WORDS)
    with pytest.raises(Again) as again:
        bench.carry()
    assert again.value.seconds == SOON
    assert isinstance(bench.told[-1], Away)
    bench.trouble = None
    bench.database.run("ALTER TABLE regroup_lease RENAME TO away")
    with pytest.raises(Again):
        bench.carry()
    bench.database.run("ALTER TABLE away RENAME TO regroup_lease")
    bench.database.run("DELETE FROM regroup_run")
    with pytest.raises(GivenUp, match="no such run"):
        bench.carry()


def test_a_lost_lease_ends_the_run_where_it_is(bench: Bench) -> None:
    """A run whose lease is lost half-way sends no more, leaves the run's state to its new holder, and comes again."""

    def script(call: str, number: int) -> Event:
        if call == "groups.move_many" and number == 1:
            bench.database.run("UPDATE regroup_lease SET holder = 'somebody else'")
            bench.leases.extend()
        return None

    bench.platform.script = script
    with pytest.raises(Again) as again:
        bench.carry(Settings(in_flight=1))
    assert again.value.seconds == BUSY
    assert bench.platform.count("groups.move_many") == 1
    assert bench.state()[0] == "running"
    bench.database.run("DELETE FROM regroup_lease")
