"""The writer on PostgreSQL: what is tried again, what is not, and that either way an answer tells the truth."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from tests.fixtures.world import ANA, OK, World, code

from fenzu.sandbox.store.audit import counts_agree, openids_agree
from fenzu.sandbox.store.postgres.connection import UncertainCommit
from fenzu.sandbox.store.writer import TRIES


@pytest.fixture
def address(new_postgres: Callable[[], str]) -> str:
    return new_postgres()


@pytest.fixture
def world(address: str) -> Iterator[World]:
    world = World("2013", address)
    yield world
    connection = world.platform._store.reader
    assert counts_agree(connection)
    assert openids_agree(connection)
    world.platform.close()


class Failing:
    """A writing connection whose commits fail for a while."""

    def __init__(self, connection: Any, error: psycopg.Error, times: int) -> None:
        self._connection = connection
        self._error = error
        self.left = times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def commit(self) -> None:
        if self.left:
            self.left -= 1
            raise self._error
        self._connection.commit()


def fail_commits(world: World, monkeypatch: pytest.MonkeyPatch, error: psycopg.Error, times: int) -> Failing:
    store: Any = world.platform._store
    failing = Failing(store.writer, error, times)
    monkeypatch.setattr(store, "writer", failing)
    return failing


@pytest.mark.parametrize("error", [psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure])
async def test_what_the_server_undid_is_done_anew(
    world: World, monkeypatch: pytest.MonkeyPatch, error: type[psycopg.Error]
) -> None:
    """A group of requests that the server undid is decided and written once more, and only once."""
    tenant = await world.tenant(followers=[ANA])
    failing = fail_commits(world, monkeypatch, error(), 3)
    assert await tenant.post("groups/create", {"group": {"name": "a"}}) == (
        b'{"group":{"id":100,"name":"a"}}'
    )
    assert failing.left == 0
    failing.left = 1
    await world.platform.add_followers(tenant.appid, count=5)
    groups = await tenant.groups()
    assert groups[0] == ("未分组", 6)
    assert 101 not in groups


async def test_trying_again_has_an_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is undone again and again hears that the platform is busy, and nothing of the request is there."""
    tenant = await world.tenant(followers=[ANA])
    monkeypatch.setattr("fenzu.sandbox.store.writer.PAUSE", 0)
    failing = fail_commits(world, monkeypatch, psycopg.errors.DeadlockDetected(), TRIES)
    assert code(await tenant.post("groups/create", {"group": {"name": "a"}})) == -1
    assert failing.left == 0
    assert 100 not in await tenant.groups()
    assert code(await tenant.post("groups/create", {"group": {"name": "a"}})) == 0


async def test_a_commit_that_is_in_doubt_is_not_repeated(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the connection was lost in the middle of a commit, the answer is -1: it may have been done."""
    tenant = await world.tenant(followers=[ANA])
    failing = fail_commits(world, monkeypatch, UncertainCommit(), 2)
    assert code(await tenant.post("groups/create", {"group": {"name": "a"}})) == -1
    assert failing.left == 1


async def test_a_real_deadlock_is_survived(world: World, address: str) -> None:
    """Another program that locks accounts in the other order stops nobody: all that is asked for is done."""
    first, second = await world.tenant(followers=[ANA]), await world.tenant(followers=[ANA])
    is_locked = threading.Event()

    def quarrel() -> None:
        with psycopg.connect(address) as other, other.cursor() as cursor:
            numbers = [row[0] for row in cursor.execute("SELECT number FROM account ORDER BY number DESC")]
            cursor.execute("SELECT 1 FROM account WHERE number = %s FOR UPDATE", numbers[:1])
            is_locked.set()
            cursor.execute("SELECT pg_sleep(0.3)")
            try:
                cursor.execute("SELECT 1 FROM account WHERE number = %s FOR UPDATE", numbers[1:])
            except psycopg.errors.DeadlockDetected:
                other.rollback()

    quarrelling = asyncio.ensure_future(asyncio.to_thread(quarrel))
    await asyncio.to_thread(is_locked.wait, 10)
    moves = [
        tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 2}) for tenant in (first, second)
    ]
    assert await asyncio.gather(*moves) == [OK, OK]
    await quarrelling
    assert [await tenant.group_of(ANA) for tenant in (first, second)] == [2, 2]


async def test_every_text_is_kept(world: World) -> None:
    """A NUL, which PostgreSQL's text cannot hold, comes back in names and remarks, and so does what stands for it."""
    tenant = await world.tenant(followers=[ANA])
    for text in ("a\0b", "\U0010fffd0", "\\\0", "\U0010fffd\0\U0010fffd1"):
        assert code(await tenant.post("groups/create", {"group": {"name": text}})) == 0
        assert code(await tenant.post("user/info/updateremark", {"openid": ANA, "remark": text})) == 0
        assert max((await tenant.groups()).items())[1][0] == text
        # Read and written once more on its way to the next remark.
        assert code(await tenant.post("tags/members/batchtagging", {"tagid": 2, "openid_list": [ANA]})) == 0
        profile = await tenant.get("user/info", openid=ANA)
        assert json.loads(profile)["remark"] == text
