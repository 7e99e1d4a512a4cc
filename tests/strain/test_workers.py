"""Many accounts, many workers, one PostgreSQL: workers are killed and stopped at random, each account is done once."""

import asyncio
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from fenzu import Client
from fenzu.cli import profiles, secrets
from fenzu.control import Control, Fault
from fenzu.control.values import NewAccount
from fenzu.database import Database, open_database
from fenzu.regroup._books import book as _book
from fenzu.regroup._books.book import Book
from fenzu.regroup._queueing.queue import Account, Queue
from fenzu.regroup._values import Batch, Create, Header, KnownGroup, Plan
from fenzu.testing import SandboxProcess
from fenzu.tokens import PostgresStore
from tests.conformance.referee import Account as Referee
from tests.strain.fleet import Change, Fleet, changes, overlaps

EACH, BATCH = 120, 10
"""Followers of an account, and how many are moved in a call."""
LEASE = 2.0


class Size(msgspec.Struct, frozen=True):
    """How much of it."""

    workers: int
    accounts: int
    at_once: int
    pace: int
    """Calls a minute of an account: a run lasts long enough to be killed in its midst."""
    kills: int
    pauses: int


@pytest.fixture
def size(full: bool) -> Size:
    """Small, or what is promised."""
    return Size(8, 200, 4, 90, 60, 8) if full else Size(3, 16, 2, 240, 6, 1)


@pytest.fixture
def crowd(control: Control, size: Size) -> Iterator[list[NewAccount]]:
    """Accounts with followers, all in no group."""
    made = [
        control.accounts.create(followers=[_openid(number, person) for person in range(EACH)])
        for number in range(size.accounts)
    ]
    yield made
    for account in made:
        control.accounts.delete(account.appid)


@pytest.fixture
def database(queue_address: str) -> Iterator[Database]:
    """Where the runs lie."""
    database = open_database(queue_address)
    yield database
    database.close()


@pytest.fixture
def books(
    crowd: list[NewAccount],
    sandbox: SandboxProcess,
    database: Database,
    queue_address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> list[Book]:
    """A queued run for each account; the workers have the secrets of all."""
    monkeypatch.setenv("FENZU_CONFIG_DIR", str(tmp_path))
    base_url, kept, queue = sandbox.ready.base_url, profiles.Profiles(), Queue(queue_address)
    books = []
    for number, account in enumerate(crowd):
        kept = kept.with_profile(profiles.Profile(f"a{number}", account.appid, base_url, "file"))
        books.append(_book.create(database, _plan(number, account.appid, base_url)))
    profiles.save(kept)
    secrets._write({f"a{number}": account.secret for number, account in enumerate(crowd)})

    # Who dies while it renews a token lets others wait for up to 90 seconds; see tests/contract/test_token_crowd.py.
    with closing(PostgresStore(queue_address)) as tokens:
        for account in crowd:
            with Client(account.appid, account.secret, base_url=base_url, token_store=tokens) as client:
                client.token()

    async def put_all() -> None:
        for book in books:
            await queue.put(book.run, Account(base_url, book.header.appid))

    asyncio.run(put_all())
    return books


@pytest.mark.timeout(500)
def test_each_account_is_done_once_whoever_dies(
    books: list[Book],
    crowd: list[NewAccount],
    sandbox: SandboxProcess,
    queue_address: str,
    size: Size,
    tmp_path: Path,
) -> None:
    """Workers killed and stopped at random: every run is done, no account is changed by two at once, nothing twice."""
    chance = random.Random(20261126)
    with Control(sandbox.ready.control_url) as control:
        control.requests.clear()
        for account in crowd:  # so that a kill meets calls under way
            control.faults.set([Fault.delay("groups.*", (50, 400))], account.appid)
    arguments = [
        "--concurrency",
        str(size.at_once),
        "--pace",
        str(size.pace),
        "--global-pace",
        "60000",
        "--lease",
        str(LEASE),
    ]
    fleet = Fleet(size.workers, tmp_path / "log", arguments, {"FENZU_MIRROR": queue_address})
    try:
        _disturb(fleet, books, size, chance)
        codes = fleet.stop()
    finally:
        fleet.kill()
    assert codes == [0] * size.workers, fleet.said()
    with Control(sandbox.ready.control_url) as control:
        _check_turns(changes(control), size)
        for account in crowd:
            control.faults.clear(account.appid)
    with ThreadPoolExecutor(4) as pool:
        referees = [Referee(sandbox.ready.base_url, account.appid, account.secret) for account in crowd]
        list(pool.map(_check_account, range(size.accounts), referees))
    for book in books:
        tally = book.tally()
        assert (tally.settled, tally.moved, tally.failed) == (EACH // BATCH, EACH, 0)


def _disturb(fleet: Fleet, books: list[Book], size: Size, chance: random.Random) -> None:
    """Kill and stop workers until all runs are done."""
    blows = ["kill"] * size.kills + ["pause"] * size.pauses
    chance.shuffle(blows)
    ends = time.monotonic() + 400
    while not all(book.state().state == "done" for book in books):
        assert time.monotonic() < ends, fleet.said()[-5000:]
        time.sleep(chance.uniform(0.2, 1.0))
        match blows.pop() if blows and fleet.is_up() else "":
            case "kill":
                fleet.kill_one(chance)
            case "pause":
                fleet.pause_one(chance, LEASE * 1.5)
        fleet.renew()
    while not fleet.is_up():  # who is asked to end while it starts ends without a word
        assert time.monotonic() < ends, fleet.said()[-5000:]
        time.sleep(0.1)


def _check_turns(by_account: dict[str, list[Change]], size: Size) -> None:
    """No two workers have changed an account at once, though some have followed others."""
    assert len(by_account) == size.accounts
    assert {appid: found for appid, those in by_account.items() if (found := overlaps(those))} == {}
    followed = [appid for appid, those in by_account.items() if len({change.worker for change in those}) > 1]
    assert followed, "no run was taken over: nothing was tried"


def _check_account(number: int, account: Referee) -> None:
    """Everybody is where the plan puts them, and the group that it makes is there once."""
    made = [id_ for id_, (name, _) in account.groups().items() if name == _name(number)]
    assert len(made) == 1
    found: dict[str, int] = {}
    for start in range(0, EACH, 100):
        wish = [{"openid": _openid(number, person)} for person in range(start, min(start + 100, EACH))]
        rows = account.call("user/info/batchget", {"user_list": wish})["user_info_list"]
        found.update((row["openid"], row["groupid"]) for row in rows)
    wanted = {_openid(number, person): 2 if person < EACH // 2 else made[0] for person in range(EACH)}
    assert found == wanted


def _plan(number: int, appid: str, base_url: str) -> Plan:
    """Half of the followers into a group that is there, the others into one that is to be made."""
    header = Header(
        appid=appid, base_url=base_url, made_at=time.time(), wish="crowd.csv", wishes=EACH, followers=EACH
    )
    batches = tuple(
        Batch(
            start // BATCH + 1,
            2 if start < EACH // 2 else -1,
            tuple(_openid(number, person) for person in range(start, start + BATCH)),
            (0,) * BATCH,
        )
        for start in range(0, EACH, BATCH)
    )
    groups = (KnownGroup(0, "未分组"), KnownGroup(2, "星标组"))
    return Plan(header, groups, (Create(-1, _name(number)),), (), (), batches)


def _openid(number: int, person: int) -> str:
    return f"o{number:06}_{person:020}"


def _name(number: int) -> str:
    return f"g{number:06}"
