"""`fenzu worker` as a process of its own: it takes what is queued, and what it must leave goes back at once."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fenzu.control import Fault
from fenzu.database import open_database
from fenzu.regroup._books import book as _book
from fenzu.regroup._books.opening import save_plan
from fenzu.regroup._queueing.queue import Account, Queue
from fenzu.regroup._queueing.tables import waiting
from fenzu.regroup._running.lease import holders
from fenzu.regroup._values import Batch, Header, KnownGroup, Plan
from fenzu.testing import SandboxAccount
from tests.conformance.referee import Account as Referee

FOLLOWERS = 200


class Worker:
    """A running worker, and the lines that it writes."""

    def __init__(self, address: str, account: SandboxAccount, *arguments: str) -> None:
        environment = {**os.environ, **account.environment, "FENZU_MIRROR": address}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fenzu", "worker", *arguments],
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env=environment,
            text=True,
        )

    def until(self, event: str) -> dict[str, object]:
        """Read on until a line tells of that event."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            told: dict[str, object] = json.loads(line)
            if told["event"] == event:
                return told
        raise AssertionError(event)


@contextmanager
def working(address: str, account: SandboxAccount, *arguments: str) -> Iterator[Worker]:
    """Start a worker; it is ended at the latest with the block."""
    worker = Worker(address, account, *arguments)
    with worker.process:
        try:
            yield worker
        finally:
            worker.process.kill()


@pytest.fixture
def account_of_crowd(account: SandboxAccount) -> SandboxAccount:
    """An account with followers, in no group."""
    account.add_followers([f"o{number:027}" for number in range(FOLLOWERS)])
    return account


def plan_for(account: SandboxAccount) -> Plan:
    """All of them into the group 2, in calls of ten."""
    header = Header(
        appid=account.appid,
        base_url=account.base_url,
        made_at=time.time(),
        wish="crowd.csv",
        wishes=FOLLOWERS,
        followers=FOLLOWERS,
    )
    batches = tuple(
        Batch(start // 10 + 1, 2, tuple(f"o{number:027}" for number in range(start, start + 10)), (0,) * 10)
        for start in range(0, FOLLOWERS, 10)
    )
    return Plan(header, (KnownGroup(2, "星标组"),), (), (), (), batches)


def test_what_it_has_under_way_goes_back_when_it_is_stopped(
    account_of_crowd: SandboxAccount, queue_address: str
) -> None:
    """SIGTERM ends a worker within seconds and well; its run is in the queue and free, and the next worker ends it."""
    account = account_of_crowd
    account.faults(Fault.delay("groups.move_many", 100))
    database = open_database(queue_address)
    book = _book.create(database, plan_for(account))
    queue, whose = Queue(queue_address), Account(account.base_url, account.appid)
    assert asyncio.run(queue.put(book.run, whose))
    with working(queue_address, account, "--pace", "120") as first:
        assert first.until("working")["accounts"] == 1
        first.until("started")
        first.process.terminate()
        assert first.until("stopped")["reason"] == "interrupted"
        first.until("ended")
        assert first.process.wait(20) == 0
    assert holders(database) == {}
    assert waiting(database).keys() == {book.run}
    assert book.tally().settled < FOLLOWERS // 10
    with working(queue_address, account, "--global-pace", "6000") as second:
        assert second.until("started")["resumed"]
        assert second.until("finished")["moved"] == FOLLOWERS
        second.process.terminate()
        assert second.process.wait(20) == 0
    assert Referee(account.base_url, account.appid, account.secret).groups()[2][1] == FOLLOWERS
    database.close()


def test_a_worker_whose_server_goes_away_ends_with_an_error(
    account: SandboxAccount, queue_address: str
) -> None:
    """Where the tables of the queue are lost a worker ends with 1 and says so, for its supervisor to start it anew."""
    with working(queue_address, account, "--lease", "2") as worker:
        worker.until("working")
        queue = Queue(queue_address)
        database = open_database(queue_address)
        [(schema,)] = database.rows("SELECT current_schema()")
        database.run(f"ALTER TABLE {schema!s}_queue.procrastinate_workers RENAME TO away")
        assert worker.process.wait(30) == 1
        assert worker.process.stderr is not None
        assert queue.where in worker.process.stderr.read()
        database.close()


def test_a_plan_is_queued_and_carried_out(
    account_of_crowd: SandboxAccount, queue_address: str, tmp_path: Path
) -> None:
    """`apply --queue` hands a plan over and ends; a worker carries it out, and the status tells so."""
    account, plan = account_of_crowd, str(tmp_path / "crm.plan")
    save_plan(plan_for(account), plan).close()
    environment = {**os.environ, **account.environment}

    def fenzu(*arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "fenzu", "regroup", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout + (done.stderr if code else "")

    apply = ("apply", plan, "--yes", "--force", "--queue")
    assert "FENZU_MIRROR" in fenzu(*apply, code=2)
    assert fenzu(*apply, "--mirror", queue_address) == "1\n"
    again = json.loads(fenzu(*apply, "--mirror", queue_address, "--json"))
    assert (again["run"], again["queued"]) == (1, False)
    [told] = json.loads(fenzu("status", queue_address, "--json"))
    assert (told["state"], told["queued_until"], told["moved"]) == ("queued", None, 0)
    assert "CANARY" not in told["plan"]
    assert "run 1" in fenzu("resume", plan, "--yes", code=2)
    with working(queue_address, account) as worker:
        assert worker.until("finished")["run"] == 1
        worker.process.terminate()
        assert worker.process.wait(20) == 0
    [told] = json.loads(fenzu("status", queue_address, "--json"))
    assert (told["run"], told["state"], told["moved"]) == (1, "done", FOLLOWERS)
