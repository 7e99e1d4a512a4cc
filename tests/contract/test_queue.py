"""The queue of runs on a real PostgreSQL server: what is put in is carried out once, by whoever may."""

import asyncio
import gc
import sys
import time
from collections.abc import Callable
from contextlib import closing

import psycopg
import pytest
from psycopg import sql

from fenzu.database import open_database
from fenzu.errors import StoreError, UsageError
from fenzu.regroup._queueing.queue import Account, Queue, queue_of
from fenzu.regroup._queueing.tables import schema_beside, waiting
from fenzu.regroup._queueing.worker import Again, Timing, _pass_over
from fenzu.regroup._running.ports import Settings

ONE, OTHER = Account("http://127.0.0.1:8060", "wx5eed"), Account("http://127.0.0.1:8060", "wx07e5")
QUICK = Timing(beat=0.1, stalled=0.4)


@pytest.fixture
def queue(queue_address: str) -> Queue:
    """An empty queue."""
    return Queue(queue_address)


def done_by(queue: Queue, *accounts: Account, carry: Callable[[int], object] = lambda run: None) -> list[int]:
    """Carry out what is there for these accounts, and return which runs that were."""
    seen: list[int] = []

    async def noting(run: int, settings: Settings) -> None:
        assert settings.in_flight == 7 or run != 7
        seen.append(run)
        carry(run)

    asyncio.run(queue.work(noting, accounts, at_once=2, timing=QUICK))
    return seen


def waiting_in(address: str) -> dict[int, float | None]:
    """Return what waits in the queue."""
    with closing(open_database(address)) as database:
        return waiting(database)


def statements(address: str, statement: str) -> list[tuple[object, ...]]:
    """Ask the queue's tables."""
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute("SELECT current_schema()").fetchone()
        assert row is not None
        connection.execute(
            sql.SQL("SET search_path TO {}").format(sql.Identifier(schema_beside(str(row[0]))))
        )
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def test_a_run_is_carried_out_once(queue: Queue, queue_address: str) -> None:
    """What was put in is carried out as it was asked for and is gone; putting it in twice before that is noticed."""
    assert asyncio.run(queue.put(7, ONE, Settings(in_flight=7)))
    assert not asyncio.run(queue.put(7, ONE))
    assert waiting_in(queue_address) == {7: None}
    assert done_by(queue, ONE) == [7]
    assert done_by(queue, ONE) == []
    assert waiting_in(queue_address) == {}
    assert repr(queue) == f"Queue({queue.where!r})"


def test_a_run_that_a_worker_has_is_not_queued_again(queue: Queue, queue_address: str) -> None:
    """Putting in what a worker has just now is noticed, and keeps it from nothing: it goes back and is taken again."""
    told: list[bool] = []

    async def carry(run: int, settings: Settings) -> None:
        told.append(await queue.put(7, ONE))
        if len(told) == 1:
            raise Again(0.0)

    asyncio.run(queue.put(7, ONE))
    for _ in range(2):
        asyncio.run(queue.work(carry, [ONE], at_once=2, timing=QUICK))
    assert told == [False, False]
    assert waiting_in(queue_address) == {}
    assert asyncio.run(queue.put(7, ONE))


def test_a_worker_is_given_its_own_accounts_only(queue: Queue) -> None:
    """A run of an account that a worker does not have waits for one that has it."""
    asyncio.run(queue.put(1, ONE))
    asyncio.run(queue.put(2, OTHER))
    assert done_by(queue, OTHER) == [2]
    assert done_by(queue, ONE, OTHER) == [1]


def test_runs_of_an_account_come_one_after_the_other(queue: Queue) -> None:
    """Two runs of one account are never under way at once, those of two accounts are."""
    for run, account in ((1, ONE), (2, ONE), (3, OTHER)):
        asyncio.run(queue.put(run, account))
    under_way: list[int] = []
    together: list[set[int]] = []

    async def slowly(run: int, settings: Settings) -> None:
        under_way.append(run)
        together.append(set(under_way))
        await asyncio.sleep(0.1)
        under_way.remove(run)

    for _ in range(2):  # a worker that ends when nothing is free does not wait for the second of them
        asyncio.run(queue.work(slowly, [ONE, OTHER], at_once=4, timing=QUICK))
    assert {1, 3} in together or {3, 1} in together
    assert not [some for some in together if {1, 2} <= some]
    assert {run for some in together for run in some} == {1, 2, 3}


def test_a_run_comes_again_when_it_says(queue: Queue, queue_address: str) -> None:
    """A run that says so waits until its hour and is carried out again, also when its worker ends; a failed one not."""

    def once(run: int) -> None:
        raise {1: Again(3600.0), 2: Again(0.0), 3: ValueError("broken")}[run]

    for run, account in ((1, ONE), (2, OTHER), (3, Account(OTHER.base_url, "third"))):
        asyncio.run(queue.put(run, account))
    seen = done_by(queue, ONE, Account(OTHER.base_url, "third"), carry=once)
    assert sorted(seen) == [1, 3]
    found = waiting_in(queue_address)
    assert found.keys() == {1, 2}
    hour = found[1]
    assert hour is not None
    assert 3590 < hour - time.time() <= 3600
    assert done_by(queue, ONE) == []


def test_what_is_under_way_goes_back_when_the_worker_ends(queue: Queue) -> None:
    """A run that is cut off because its worker ends is in the queue again at once."""
    asyncio.run(queue.put(1, ONE))

    async def cut() -> None:
        begun, stopping = asyncio.Event(), asyncio.Event()

        async def long(run: int, settings: Settings) -> None:
            begun.set()
            await asyncio.sleep(60)

        worker = asyncio.create_task(queue.work(long, [ONE], at_once=1, timing=QUICK, stopping=stopping))
        await begun.wait()
        stopping.set()
        await asyncio.wait_for(worker, 20)

    asyncio.run(cut())
    assert done_by(queue, ONE) == [1]


def test_what_a_dead_worker_had_is_taken_again(queue: Queue, queue_address: str) -> None:
    """A run whose worker is not heard of any more is taken by another one."""
    asyncio.run(queue.put(1, ONE))
    statements(
        queue_address, "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 h')"
    )
    statements(
        queue_address,
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)",
    )
    seen: list[int] = []

    async def until_seen() -> None:
        begun, stopping = asyncio.Event(), asyncio.Event()

        async def note(run: int, settings: Settings) -> None:
            seen.append(run)
            begun.set()

        worker = asyncio.create_task(queue.work(note, [ONE], at_once=1, timing=QUICK, stopping=stopping))
        await asyncio.wait_for(begun.wait(), 20)
        await asyncio.sleep(0.1)
        stopping.set()
        await asyncio.wait_for(worker, 20)

    asyncio.run(until_seen())
    assert seen == [1]
    assert waiting_in(queue_address) == {}


def test_a_worker_that_loses_its_server_ends_with_words(queue: Queue, queue_address: str) -> None:
    """A worker whose tables or server go away ends and says so, instead of waiting for nothing."""

    async def work() -> None:
        worker = asyncio.create_task(
            queue.work(_nothing, [ONE], at_once=1, timing=QUICK, stopping=asyncio.Event())
        )
        await asyncio.sleep(0.3)
        statements(queue_address, "ALTER TABLE procrastinate_workers RENAME TO away")
        await asyncio.wait_for(worker, 20)

    with pytest.raises(StoreError, match="went away"):
        asyncio.run(work())
    statements(queue_address, "DROP TABLE procrastinate_jobs CASCADE")
    with pytest.raises(StoreError, match="went away"):
        asyncio.run(queue.put(1, ONE))
    with pytest.raises(StoreError, match="went away"):
        asyncio.run(queue.work(_nothing, [ONE], at_once=1, timing=QUICK))


def test_tables_of_an_older_procrastinate_are_brought_up(queue_address: str) -> None:
    """What a newer Procrastinate brings along is applied to tables that an older one has made, once."""
    Queue(queue_address)
    [(newest,)] = statements(queue_address, "SELECT max(name) FROM fenzu_steps WHERE name LIKE '%.sql'")
    statements(queue_address, f"DELETE FROM fenzu_steps WHERE name = '{newest!s}'")
    statements(queue_address, "DROP FUNCTION procrastinate_retry_job_v1")
    queue = Queue(queue_address)
    assert [(newest,)] == statements(
        queue_address, "SELECT max(name) FROM fenzu_steps WHERE name LIKE '%.sql'"
    )
    assert asyncio.run(queue.put(1, ONE))


def test_a_server_that_refuses_is_told(postgres_address: str) -> None:
    """A server that lets nobody in is told without its password, one that is away too."""
    with pytest.raises(StoreError, match="cannot be reached") as told:
        Queue("postgresql://fenzu:CANARY@127.0.0.1:1/x")
    assert "CANARY" not in repr(told.value)
    assert told.value.__context__ is None


def test_the_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Procrastinate the error says how to install it."""
    monkeypatch.setitem(sys.modules, "procrastinate", None)
    with pytest.raises(UsageError, match="procrastinate") as told:
        Queue("postgresql://127.0.0.1/x")
    assert "[queue]" in told.value.say("en")


def test_nothing_waits_where_there_is_no_queue(queue_address: str) -> None:
    """A database without a queue is asked all the same, and none is made."""
    assert waiting_in(queue_address) == {}
    with pytest.raises(psycopg.errors.UndefinedTable):
        statements(queue_address, "SELECT 1 FROM procrastinate_jobs")


def test_names_of_queues() -> None:
    """A queue's name tells the account, never two accounts', and fits into a PostgreSQL channel's name."""
    assert queue_of(ONE).startswith("wx5eed-")
    assert queue_of(ONE) != queue_of(Account("https://api.weixin.qq.com", ONE.appid))
    assert len("procrastinate_queue_v1#" + queue_of(Account("x" * 200, "y" * 64))) < 64
    assert schema_beside("public") == "fenzu_queue"


async def _nothing(run: int, settings: Settings) -> None:
    """Carry out nothing."""


def test_a_job_that_another_worker_has_done_is_passed_over(
    queue: Queue, queue_address: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A worker whose job is gone when it is done with it goes on without a trace; other failures are still told."""
    asyncio.run(queue.put(1, ONE))
    assert done_by(
        queue, ONE, carry=lambda _: statements(queue_address, "DELETE FROM procrastinate_jobs")
    ) == [1]
    gc.collect()
    assert [record for record in caplog.records if record.name == "asyncio"] == []
    loop = asyncio.new_event_loop()
    _pass_over(loop, {"message": "something else"})
    loop.close()
    assert [record.message for record in caplog.records if record.name == "asyncio"] == ["something else"]
