"""Emptying and deleting at once: what changes at once, what is swept afterwards, and who waits for it."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.fixtures.world import ANA, BEN, CAT, OK, Tenant, World, code

from fenzu.sandbox.control_errors import UnknownAccount
from fenzu.sandbox.store import discard, sql

FILLED = ("follower_group", "follower", "roll", "membership", "wave", "tag", "tagging", "note")


def rows_of(world: World, table: str) -> int:
    return int(world.platform._store.reader.execute(f"SELECT count(*) FROM {table}").get)


class Sweeper:
    """Stands before the real sweep: writes down each piece, and waits where a test holds it."""

    def __init__(self, order: list[str]) -> None:
        self.order = order
        self.may_go_on = threading.Event()
        self.holds = threading.Event()

    def __call__(self, connection: Any) -> bool:
        if not SWEEP(connection):
            return False
        self.order.append("piece")
        self.holds.set()
        self.may_go_on.wait()
        return True


SWEEP = discard.sweep


@pytest.mark.parametrize("followers", [30_000])
async def test_nobody_waits_for_what_is_swept(
    world: World, monkeypatch: pytest.MonkeyPatch, followers: int, full: bool
) -> None:
    """A big account is empty at once; 64 moves of another one wait for the piece under way and no longer."""
    big = await world.tenant(followers=200_000 if full else followers)
    openids = [f"o{number:027}" for number in range(64)]
    other = await world.tenant(followers=openids)
    order: list[str] = []
    sweeper = Sweeper(order)
    monkeypatch.setattr(discard, "sweep", sweeper)
    await world.platform.reset(big.appid)
    assert json.loads(await big.get("user/get"))["total"] == 0
    await asyncio.to_thread(sweeper.holds.wait)
    assert rows_of(world, "roll") > len(openids)

    async def move(openid: str) -> None:
        assert await other.post("groups/members/update", {"openid": openid, "to_groupid": 2}) == OK
        order.append("move")

    moves = [asyncio.ensure_future(move(openid)) for openid in openids]
    await asyncio.sleep(0)
    sweeper.may_go_on.set()
    await asyncio.gather(*moves)
    await world.swept()
    first = order.index("move")
    assert order[:first].count("piece") <= 2
    assert order[first:].count("piece") > 3
    assert (rows_of(world, "roll"), (await other.groups())[2][1]) == (64, 64)


async def test_nothing_is_left_in_the_end(world: World) -> None:
    """Of accounts that were emptied and deleted no row stays, but for what an empty account has."""
    for index in range(3):
        tags = [{"name": "t", "followers": [ANA]}]
        await world.tenant(appid=f"wx{index}", followers=[BEN], groups=[{"name": "g"}], tags=tags)
    await world.tenant(appid="wx9")
    await world.swept()
    await world.platform.delete_account("wx0")
    await world.platform.reset_all()
    await world.platform.delete_account("wx1")
    await world.platform.reset("wx2")
    await world.swept()
    assert {table: rows_of(world, table) for table in FILLED} == {
        **dict.fromkeys(FILLED, 0),
        "follower_group": 6,
        "tag": 2,
    }


async def test_a_number_is_never_given_twice(world: World) -> None:
    """Resets, deletions and new accounts all get a number that no account had before."""
    seen: list[int] = []
    for _ in range(3):
        tenant = await world.tenant(appid="wx1")
        seen.append(world.platform._desk.by_appid["wx1"].number)
        await world.platform.reset(tenant.appid)
        seen.append(world.platform._desk.by_appid["wx1"].number)
        await world.platform.delete_account(tenant.appid)
        await world.swept()
    assert seen == sorted(set(seen))


async def test_an_emptied_account_keeps_its_place_and_its_tokens(tmp_path: Path) -> None:
    """The order of accounts and all tokens stay as they were, over a restart as well."""
    world = World(store=str(tmp_path / "store"))
    one, _ = await world.tenant(appid="wx1", followers=[ANA]), await world.tenant(appid="wx2")
    stable = (await one.stable())["access_token"]
    await world.platform.reset("wx1")
    assert (await one.stable())["access_token"] == stable
    for _ in range(2):
        assert [account.appid for account in await world.platform.list_accounts()] == ["wx1", "wx2"]
        for token in (one.token, stable):
            answer = await world.send("GET", "tags/get", f"access_token={token}")
            assert answer == '{"tags":[{"id":2,"name":"星标组","count":0}]}'.encode()
        world.platform.close()
        world = World(store=str(tmp_path / "store"))
    again = Tenant(world, "wx1", one.secret, one.token)
    assert (await again.stable())["access_token"] == stable
    await again.renew()
    await world.platform.delete_account("wx1")
    assert code(await again.get("groups/get")) == 40001
    world.platform.close()


async def test_what_was_queued_behind_a_reset_is_done_to_the_empty_account(world: World) -> None:
    """Calls and control operations in flight are answered as before the reset or as after it, one after another."""
    tenant = await world.tenant(appid="wx1", followers=[ANA])
    platform = world.platform
    answers: list[Any] = await asyncio.gather(
        tenant.post("groups/create", {"group": {"name": "a"}}),
        platform.reset("wx1"),
        tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 2}),
        tenant.post("groups/create", {"group": {"name": "b"}}),
        platform.add_followers("wx1", openids=[BEN]),
        platform.reset_all(),
        platform.add_followers("wx1", openids=[CAT]),
        tenant.post("groups/create", {"group": {"name": "c"}}),
        world.send("POST", "stable_token", body=tenant.credentials),
    )
    assert json.loads(answers[0])["group"] == {"id": 100, "name": "a"}
    assert code(answers[2]) == 40003
    assert [json.loads(answers[index])["group"]["name"] for index in (3, 7)] == ["b", "c"]
    token = json.loads(answers[8])["access_token"]
    assert json.loads(await world.send("GET", "user/get", f"access_token={token}"))["data"] == {
        "openid": [CAT]
    }
    assert (await tenant.groups())[100] == ("c", 0)
    await world.tenant()
    assert not platform._writer._renumberings


async def test_of_two_deletions_behind_a_reset_the_second_finds_nothing(world: World) -> None:
    """An account that was emptied is found by whoever asked for it before, until it is deleted."""
    await world.tenant(appid="wx1")
    outcomes = await asyncio.gather(
        *(world.platform.reset("wx1"), world.platform.delete_account("wx1"), world.platform.reset("wx1")),
        return_exceptions=True,
    )
    assert list(outcomes[:2]) == [None, None]
    assert isinstance(outcomes[2], UnknownAccount)
    assert "wx1" in str(outcomes[2])


async def test_who_followed_an_emptied_account_follows_nobody(world: World) -> None:
    """What is not swept yet counts nowhere: not as following another account, nor as following again."""
    one, two = await world.tenant(followers=[ANA]), await world.tenant()
    await world.platform.reset(one.appid)
    for tenant in (one, two):
        body = {"tagid": 2, "openid_list": [ANA]}
        assert code(await tenant.post("tags/members/batchtagging", body)) == 40003
    await world.platform.add_followers(one.appid, openids=[ANA])
    assert await one.group_of(ANA) == 0


async def test_sweeping_goes_on_after_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a sandbox had no time for is swept by the next one on the same store."""
    monkeypatch.setattr(discard, "sweep", lambda _: False)
    world = World(store=str(tmp_path / "store"))
    tenant = await world.tenant(followers=20)
    await world.platform.reset(tenant.appid)
    world.platform.close()
    monkeypatch.undo()
    world = World(store=str(tmp_path / "store"))
    await world.swept()
    assert rows_of(world, "roll") == 0
    world.platform.close()


async def test_a_sweep_that_fails_is_told_and_taken_up_again(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk in trouble stops the sweeping, not the sandbox; after the next write it goes on."""
    tenant = await world.tenant(followers=20)
    failed = threading.Event()

    def fail(connection: Any) -> bool:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM discarded")
        failed.set()
        raise apsw.exception_for(apsw.SQLITE_FULL)

    monkeypatch.setattr(discard, "sweep", fail)
    await world.platform.reset(tenant.appid)
    await asyncio.to_thread(failed.wait)
    await world.platform._writer.perform(lambda _: None, lambda _: None)
    assert rows_of(world, "discarded") == 1
    assert "cannot write to the store" in caplog.text
    monkeypatch.undo()
    await tenant.post("groups/create", {"group": {"name": "a"}})
    await world.swept()
    assert rows_of(world, "roll") == 0


def test_everything_that_lies_under_a_number_is_swept() -> None:
    """No table that an account fills is forgotten by the sweep."""
    swept = {statement.split()[2] for statement in sql.SWEEPS}
    assert swept == {
        table
        for table in sql.TABLES
        if table not in {"account", "token", "setting", "quota", "usage", "discarded"}
    }
