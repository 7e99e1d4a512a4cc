"""Two sandboxes on one store in one process: what the one changes while the other is in the middle of something."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.fixtures.world import ANA, BEN, Tenant, World, code

from fenzu.errors import StoreError
from fenzu.sandbox.clock import REAL, Setting, Turn
from fenzu.sandbox.control_errors import AccountExists, UnknownAccount
from fenzu.sandbox.operations import timekeeping
from fenzu.sandbox.rules.quota import QuotaWish
from fenzu.sandbox.run.first_account import first_account
from fenzu.sandbox.store import books, load
from fenzu.sandbox.store.audit import counts_agree, openids_agree
from fenzu.sandbox.store.database import Connection
from fenzu.sandbox.store.postgres.connection import PostgresConnection
from fenzu.sandbox.transfer.arrival import Content

Pair = tuple[World, World]
TABLE = f"openid\n{ANA}\n".encode()


@pytest.fixture
async def pair(new_postgres: Callable[[], str]) -> AsyncIterator[Pair]:
    """Two sandboxes on one store, each with chances of its own; at the end the books are right."""
    address = new_postgres()
    one, other = World("2013", address), World("2013", address, seed=6)
    yield one, other
    connection = one.platform._store.reader
    assert counts_agree(connection)
    assert openids_agree(connection)
    for world in (one, other):
        world.platform.close()


def seen_by(world: World, tenant: Tenant) -> Tenant:
    """Return a tenant as another sandbox serves it."""
    return Tenant(world, tenant.appid, tenant.secret, tenant.token)


async def test_all_calls_go_by_the_mode_of_quotas_that_is_set(pair: Pair) -> None:
    """A mode of quotas that one sandbox sets holds at once for all calls of the other, those for tokens among them."""
    one, other = pair
    tenant = await one.tenant()
    await one.platform.quotas.set(tenant.appid, QuotaWish(used={"token.stable": 10**6, "groups.list": 10**6}))
    there = seen_by(other, tenant)
    assert code(await there.get("groups/get")) == 0
    await one.platform.quotas.set_mode("ordinary")
    assert code(await there.get("groups/get")) == 45009
    assert (await there.stable())["errcode"] == 45009
    await one.platform.quotas.set_mode("off")
    assert code(await there.get("groups/get")) == 0
    assert "access_token" in await there.stable()


async def test_who_leaves_is_moved_by_nobody_meanwhile(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """A follower who leaves by one sandbox while the other moves him is counted nowhere afterwards."""
    one, other = pair
    tenant = await one.tenant(followers=[ANA, BEN])
    there = seen_by(other, tenant)
    read, may_go_on, read_members = threading.Event(), threading.Event(), books.read_members

    def read_and_wait(*wanted: Any) -> Any:
        found = read_members(*wanted)
        read.set()
        may_go_on.wait(10)
        return found

    monkeypatch.setattr(load, "read_members", read_and_wait)
    leaving = asyncio.ensure_future(one.platform.remove_followers(tenant.appid, [ANA]))
    await asyncio.to_thread(read.wait, 10)
    moving = asyncio.ensure_future(there.post("groups/members/update", {"openid": ANA, "to_groupid": 2}))
    await asyncio.wait([moving], timeout=0.2)
    may_go_on.set()
    assert await leaving == 1
    assert code(await moving) == 40003
    assert {id_: count for id_, (_, count) in (await there.groups()).items()} == {0: 1, 1: 0, 2: 0}


async def test_a_seed_makes_one_account(pair: Pair, tmp_path: Path) -> None:
    """Of two sandboxes that are started at once with --seed one makes the account, the other finds it."""
    file = tmp_path / "seed.csv"
    file.write_bytes(TABLE)
    starts = (first_account(world.platform, demo=False, followers=None, seed=str(file)) for world in pair)
    first, second = await asyncio.gather(*starts)
    assert first == second


async def test_an_account_is_imported_once(pair: Pair) -> None:
    """Of two sandboxes that import the same account at once, one is told that it exists already."""
    imports = (world.platform.import_account(Content(TABLE), appid="wx1") for world in pair)
    outcomes = await asyncio.gather(*imports, return_exceptions=True)
    assert sum(isinstance(outcome, AccountExists) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 1


async def test_both_may_empty_an_account_at_once(pair: Pair) -> None:
    """What a control port does to an account reaches it whatever number another sandbox gave it meanwhile."""
    one, other = pair
    tenant = await one.tenant(followers=[ANA, BEN])
    await other.platform.catch_up()
    await one.platform.reset(tenant.appid)
    await other.platform.reset(tenant.appid)
    await one.platform.add_followers(tenant.appid, openids=[ANA])
    assert (await seen_by(other, tenant).groups())[0] == ("未分组", 1)
    await other.platform.delete_account(tenant.appid)
    with pytest.raises(UnknownAccount):
        await one.platform.reset(tenant.appid)


async def test_what_is_deleted_is_swept_whatever_the_desk_knows(pair: Pair) -> None:
    """An account is deleted and swept even if the desk learns of it from the store before its turn has come."""
    one, _ = pair
    tenant = await one.tenant(followers=[ANA])
    desk = one.platform._desk
    deleting = asyncio.ensure_future(one.platform.delete_account(tenant.appid))
    await asyncio.sleep(0)
    desk.by_appid.pop(tenant.appid)
    await deleting
    await asyncio.wait_for(one.swept(), 10)


async def test_a_deleted_account_leaves_no_minute_behind(pair: Pair) -> None:
    """Who has the appid of a deleted account begins with nothing used, of a minute as well."""
    _, other = pair
    once = QuotaWish(enforced=True, minute={"groups.list": 1})
    for world in pair:
        tenant = await world.tenant(appid="wx1", secret="s")
        await world.platform.quotas.set("wx1", once)
        assert code(await tenant.get("groups/get")) == 0
        assert code(await seen_by(other, tenant).get("groups/get")) == 45011
        await world.platform.delete_account("wx1")


async def test_a_question_that_fails_spoils_no_other(pair: Pair) -> None:
    """What fails in the middle of a transaction leaves the connection of its thread as good as it was."""
    one, _ = pair
    platform: Any = one.platform

    def fail(connection: PostgresConnection) -> None:
        connection.begin()
        connection.execute("SELECT 1 / 0")

    with pytest.raises(StoreError):
        await platform._ask(fail)
    assert await platform._ask(lambda connection: connection.execute("SELECT 7").get) == 7


async def test_a_clock_that_is_set_free_while_it_is_turned_stays_free(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a turn and a return to real time that come at once, the later one holds whole."""
    one, other = pair
    read, may_go_on, reads = threading.Event(), threading.Event(), timekeeping.read_setting

    def read_and_wait(connection: Connection) -> Setting:
        found = reads(connection)
        read.set()
        may_go_on.wait(10)
        return found

    with monkeypatch.context() as slowly:
        slowly.setattr(timekeeping, "read_setting", read_and_wait)
        turning = asyncio.ensure_future(one.platform.timekeeping.turn(Turn(advance=3600)))
        await asyncio.to_thread(read.wait, 10)
        freeing = asyncio.ensure_future(other.platform.timekeeping.free())
        await asyncio.wait([freeing], timeout=0.2)
        may_go_on.set()
        await asyncio.gather(turning, freeing)
    assert timekeeping.read_setting(one.platform._store.reader) == REAL


async def test_an_account_is_exported_whatever_its_number(pair: Pair) -> None:
    """An export finds an account that another sandbox has emptied; of one that it has deleted nothing is told."""
    one, other = pair
    tenant = await one.tenant(appid="wx1", followers=[ANA])
    for world in pair:
        await world.platform.catch_up()
    await other.platform.reset(tenant.appid)
    lines = b"".join([piece async for piece in await one.platform.export_account("wx1")])
    assert lines.endswith(b'{"followers":0}\n')
    await other.platform.delete_account("wx1")
    with pytest.raises(UnknownAccount):
        _ = [piece async for piece in await one.platform.export_account("wx1")]


async def test_an_export_tells_of_a_server_that_is_away(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no connection is to be had for an export, the store's own words say so."""
    one, _ = pair
    await one.tenant(appid="wx1")

    def refuse() -> None:
        raise psycopg.OperationalError("password=CANARY")

    monkeypatch.setattr(one.platform._store, "open_view", refuse)
    with pytest.raises(StoreError, match="no PostgreSQL server answers") as told:
        _ = [piece async for piece in await one.platform.export_account("wx1")]
    assert "CANARY" not in str(told.value)


async def test_an_export_that_is_called_off_leaves_no_view_behind(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever leaves while the view of an export is being opened does not keep it open."""
    one, _ = pair
    await one.tenant(appid="wx1")
    opening, may_go_on, closed = threading.Event(), threading.Event(), threading.Event()

    class Slow:
        def __init__(self) -> None:
            opening.set()
            may_go_on.wait(10)

        def close(self) -> None:
            closed.set()

    monkeypatch.setattr(one.platform._store, "open_view", Slow)
    first: Any = anext(aiter(await one.platform.export_account("wx1")))
    leaving = asyncio.ensure_future(first)
    await asyncio.to_thread(opening.wait, 10)
    leaving.cancel()
    await asyncio.sleep(0)
    may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert closed.is_set()


async def test_both_may_empty_all_accounts_at_once(pair: Pair) -> None:
    """Sandboxes that empty all accounts, or one, at the same time do not get in each other's way."""
    one, other = pair
    for _ in range(4):
        await one.tenant(followers=[ANA])
    tenant = await one.tenant(followers=[BEN])
    for _ in range(5):
        await other.platform.catch_up()
        await one.platform.add_followers(tenant.appid, openids=[ANA])
        await asyncio.gather(
            one.platform.reset_all(), other.platform.reset_all(), other.platform.reset(tenant.appid)
        )
        assert (await seen_by(other, tenant).groups())[0] == ("未分组", 0)


async def test_the_end_needs_no_server(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox ends even if the server that it wants to break something off at is away."""
    one, _ = pair
    tried = threading.Event()

    def refuse(*_: object, **_more: object) -> None:
        tried.set()
        raise psycopg.OperationalError

    monkeypatch.setattr(psycopg.Connection, "cancel_safe", refuse)
    async with one.writer_busy():
        one.platform.interrupt()
    assert tried.is_set()
