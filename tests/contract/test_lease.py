"""Leases on accounts over a real PostgreSQL server: by hand with a clock of the test, and between processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import psycopg
import pytest
from tests.contract.lease_holder import ACCOUNT

from fenzu.database import open_database
from fenzu.regroup._running.lease import Lease, Leases, holders, now

OTHER = ("http://127.0.0.1:8060", "wx07e5")


class Watch:
    """A clock that only a test moves."""

    time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def watch() -> Watch:
    """The clock of all leases of a test."""
    return Watch()


@pytest.fixture
def leasing(empty_postgres: str, watch: Watch) -> Iterator[Callable[[float], Leases]]:
    """Leases as one process after the other has them; the server counts real seconds, each process the test's."""
    with ExitStack() as stack:
        yield lambda seconds: stack.enter_context(opened(empty_postgres, seconds, watch))


@contextmanager
def opened(address: str, seconds: float, clock: Callable[[], float] = now) -> Iterator[Leases]:
    """Open leases on a connection of their own."""
    database = open_database(address)
    leases = Leases(database, seconds=seconds, clock=clock)
    yield leases
    leases.close()
    database.close()


def taken(leases: Leases, account: tuple[str, str] = ACCOUNT) -> Lease:
    """Take a lease that is free."""
    lease = leases.take(*account)
    assert lease is not None
    return lease


def end(leases: Leases) -> None:
    """Let the time of all leases be over by the server's clock."""
    leases._database.run("UPDATE regroup_lease SET until = clock_timestamp()")


def test_one_holder_an_account(leasing: Callable[[float], Leases]) -> None:
    """Of two processes one has the account until it gives it back; other accounts are free, and nobody has it twice."""
    one, other = leasing(60), leasing(60)
    lease = taken(one)
    assert lease.holds()
    assert other.take(*ACCOUNT) is None is one.take(*ACCOUNT)
    elsewhere = taken(other, OTHER)
    assert holders(one._database) == {ACCOUNT: one.holder, OTHER: other.holder}
    assert one.holder in repr(one)
    assert repr(lease) == f"Lease({ACCOUNT[1]!r}, {ACCOUNT[0]!r})"
    one.give_back(lease)
    one.give_back(lease)
    assert not lease.holds()
    assert taken(other).holds()
    assert elsewhere.holds()


def test_it_ends_for_its_holder_before_it_ends_for_others(
    leasing: Callable[[float], Leases], watch: Watch
) -> None:
    """Who does not extend stops after two thirds of the time; a heartbeat puts that off, counted from its question."""
    leases = leasing(60)
    lease = taken(leases)
    watch.time += 39
    assert lease.holds()
    leases.extend()
    watch.time += 39
    assert lease.holds()
    watch.time += 1
    assert not lease.holds()
    leases.extend()
    assert lease.holds()


def test_who_was_late_has_lost(leasing: Callable[[float], Leases]) -> None:
    """An account that somebody else took after the end is lost for good, and is not given back in his place."""
    late, other = leasing(60), leasing(60)
    lease = taken(late)
    end(late)
    second = taken(other)
    late.extend()
    assert not lease.holds()
    late.give_back(lease)
    late.extend()
    assert second.holds()
    assert holders(late._database) == {ACCOUNT: other.holder}


def test_a_lease_that_ran_out_may_be_taken_anew(leasing: Callable[[float], Leases]) -> None:
    """Who takes his own account again after the end has one lease, not two."""
    leases = leasing(60)
    first = taken(leases)
    end(leases)
    second = taken(leases)
    assert second.holds()
    assert not first.holds()
    leases.give_back(first)
    assert holders(leases._database) == {ACCOUNT: leases.holder}


def test_what_could_not_be_given_back_is_given_back_later(
    leasing: Callable[[float], Leases], empty_postgres: str
) -> None:
    """While the server is away a lease ends all the same, and the heartbeat does not keep it alive."""
    leases = leasing(60)
    lease, rest = taken(leases), taken(leases, OTHER)
    with psycopg.connect(empty_postgres, autocommit=True) as connection:
        connection.execute("ALTER TABLE regroup_lease RENAME TO away")
        leases.give_back(lease)
        assert not lease.holds()
        connection.execute("ALTER TABLE away RENAME TO regroup_lease")
    leases.extend()
    assert rest.holds()
    assert holders(leases._database) == {OTHER: leases.holder}


def test_the_heart_beats_over_a_server_that_is_away(empty_postgres: str) -> None:
    """The heartbeat keeps leases over their time, also after statements that failed, and ends with its process."""
    database = open_database(empty_postgres)
    leases = Leases(database, seconds=0.9)
    leases.start()
    lease = taken(leases)
    with psycopg.connect(empty_postgres, autocommit=True) as connection:
        connection.execute("ALTER TABLE regroup_lease RENAME TO away")
        time.sleep(0.25)
        connection.execute("ALTER TABLE away RENAME TO regroup_lease")
    time.sleep(1)
    assert lease.holds()
    leases.close()
    leases.close()
    assert not lease.holds()
    assert holders(database) == {}
    database.close()


def test_a_killed_holder_is_followed(empty_postgres: str) -> None:
    """What a process held that was killed is free when the lease has ended, and not before."""
    with started(empty_postgres, 1.0) as holder:
        assert line_of(holder) == "sent"
        holder.kill()
        killed = time.monotonic()
    with opened(empty_postgres, 1.0) as leases:
        while leases.take(*ACCOUNT) is None:
            time.sleep(0.02)
        assert time.monotonic() - killed > 0.7


def test_a_stopped_holder_sends_no_more(empty_postgres: str) -> None:
    """A process that was stopped for longer than its lease and goes on then sends nothing more."""
    with opened(empty_postgres, 60) as leases, started(empty_postgres, 1.0) as holder:
        assert line_of(holder) == "sent"
        os.kill(holder.pid, signal.SIGSTOP)
        while leases.take(*ACCOUNT) is None:
            time.sleep(0.02)
        os.kill(holder.pid, signal.SIGCONT)
        assert line_of(holder) == "lost"


def test_a_holder_without_a_server_stops_in_time(empty_postgres: str) -> None:
    """A process that cannot reach the server any more stops before its lease is free, however often it tries."""
    with started(empty_postgres, 1.5) as holder:
        assert line_of(holder) == "sent"
        with psycopg.connect(empty_postgres, autocommit=True) as connection:
            connection.execute("ALTER TABLE regroup_lease RENAME TO away")
            while (said := line_of(holder)) == "sent":
                pass
            assert said == "lost"
            row = connection.execute("SELECT until > clock_timestamp() FROM away").fetchone()
        assert row == (True,)


@contextmanager
def started(address: str, seconds: float) -> "Iterator[subprocess.Popen[str]]":
    """Start a process that holds the account."""
    command = [sys.executable, "-m", "tests.contract.lease_holder", address, str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def line_of(holder: "subprocess.Popen[str]") -> str:
    """Return the next thing that it says; right after it, it naps."""
    assert holder.stdout is not None
    return holder.stdout.readline().strip()
