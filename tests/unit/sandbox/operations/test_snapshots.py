"""Snapshots: what they hold, what is refused, and what becomes of calls in flight."""

import asyncio
import json
import os
import stat
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.fixtures.world import ANA, BEN, CAT, OK, Tenant, World, code

from fenzu.errors import StoreError, UsageError
from fenzu.sandbox.clock import Turn
from fenzu.sandbox.control_errors import BadSnapshot, NotSupported, UnknownAccount, UnknownSnapshot
from fenzu.sandbox.platform import Platform
from fenzu.sandbox.rules.quota import QuotaWish
from fenzu.sandbox.store import sql
from fenzu.sandbox.store.file import FileStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def kept(path: Path) -> Iterator[World]:
    """A world on a store that stays."""
    world = World(store=str(path))
    yield world
    world.platform.close()


async def state_of(tenant: Tenant) -> list[bytes]:
    """Return what an account answers."""
    return [
        await tenant.get("groups/get"),
        await tenant.get("user/get"),
        await tenant.get("tags/get"),
        await tenant.get("user/info", openid=ANA),
    ]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_restore_puts_everything_back(kept: World) -> None:
    """Accounts, secrets, tokens, followers, groups, tags and next ids are as they were when it was made."""
    tags = [{"name": "t", "followers": [ANA]}]
    one = await kept.tenant(appid="wx1", followers=[BEN, ANA], groups=[{"name": "g"}], tags=tags)
    gone = await kept.tenant(appid="wx2")
    before = await state_of(one)
    made = await kept.platform.snapshots.create("before")
    assert (made.name, made.accounts, made.version) == ("before", 2, sql.VERSION)
    await one.post("groups/create", {"group": {"name": "later"}})
    await one.post("groups/members/update", {"openid": ANA, "to_groupid": 2})
    await kept.platform.delete_account("wx2")
    later = await kept.tenant(appid="wx3", followers=[CAT])
    for _ in range(2):
        await kept.platform.snapshots.restore("before")
        assert await state_of(one) == before
        assert [account.appid for account in await kept.platform.list_accounts()] == ["wx1", "wx2"]
        assert not code(await gone.get("groups/get"))
        assert code(await later.get("groups/get")) == 40001
        created = await one.post("groups/create", {"group": {"name": "new"}})
        assert json.loads(created)["group"]["id"] == 102
        await kept.platform.reset("wx1")
        await kept.platform.reset_all()
    assert [found.name for found in await kept.platform.snapshots.list()] == ["before"]


async def test_a_restore_outlives_a_restart(path: Path) -> None:
    """What was restored is on disk, and so is the snapshot."""
    world = World(store=str(path))
    tenant = await world.tenant(appid="wx1", followers=[ANA])
    await world.platform.snapshots.create("a")
    await world.platform.reset("wx1")
    await world.platform.snapshots.restore("a")
    world.platform.close()
    again = World(store=str(path))
    same = Tenant(again, "wx1", tenant.secret, tenant.token)
    assert await same.group_of(ANA) == 0
    await again.platform.reset("wx1")
    await again.platform.snapshots.restore("a")
    assert await same.group_of(ANA) == 0
    again.platform.close()


async def test_the_clock_goes_back_with_the_rest(world: World) -> None:
    """A restore sets the clock as it was set: tokens that ended meanwhile are taken again."""
    tenant = await world.tenant()
    await world.platform.timekeeping.turn(Turn(freeze=True))
    before = world.platform.timekeeping.read()
    await world.platform.snapshots.create("a")
    await world.platform.timekeeping.turn(Turn(advance=86_400, freeze=False))
    assert code(await tenant.get("groups/get")) == 42001
    await world.platform.snapshots.restore("a")
    assert world.platform.timekeeping.read().beijing == before.beijing
    assert not code(await tenant.get("groups/get"))


async def test_quotas_go_back_and_counters_go_on(world: World) -> None:
    """What was used of the day's quota is as it was, over a temporary store as well; calls since the start count on."""
    tenant = await world.tenant(appid="wx1")
    quotas = world.platform.quotas
    await quotas.set("wx1", QuotaWish(enforced=True, limits={"groups.list": 3}))
    for _ in range(2):
        await tenant.get("groups/get")
    await world.platform.snapshots.create("a")
    await tenant.get("groups/get")
    assert code(await tenant.get("groups/get")) == 45009
    await quotas.set("wx1", QuotaWish(enforced=False))
    for _ in range(2):
        await world.platform.snapshots.restore("a")
        assert quotas.get("wx1").used["groups.list"] == 2
        assert [code(await tenant.get("groups/get")) for _ in range(2)] == [0, 45009]
    assert (await world.platform.get_account("wx1")).calls["groups.list"] == 5


async def test_what_is_saved_around_a_restore_is_not_counted_twice(kept: World, path: Path) -> None:
    """The use that waits to be saved while a snapshot is restored is not added to what the snapshot holds."""
    tenant = await kept.tenant(appid="wx1")
    await tenant.get("groups/get")
    platform = kept.platform
    await platform.snapshots.create("a")
    await tenant.get("groups/get")
    async with kept.writer_busy():
        restoring = asyncio.ensure_future(platform.snapshots.restore("a"))
        await kept.waiting(1, restoring)
        saving = asyncio.ensure_future(platform.quotas.save())
        await kept.waiting(2, restoring, saving)
    await asyncio.gather(restoring, saving)
    platform.close()
    again = World(store=str(path))
    assert again.platform.quotas.get("wx1").used["groups.list"] == 1
    again.platform.close()


async def test_what_is_being_swept_goes_on_being_swept(kept: World) -> None:
    """A snapshot made while rows are swept is restored with them, and they are swept then."""
    tenant = await kept.tenant(appid="wx1", followers=30)
    await kept.platform.reset(tenant.appid)
    await kept.platform.snapshots.create("a")
    await kept.platform.add_followers("wx1", count=9)
    await kept.platform.snapshots.restore("a")
    await kept.swept()
    assert kept.platform._store.reader.execute("SELECT count(*) FROM roll").get == 0


async def test_a_number_given_after_the_snapshot_is_not_given_again(kept: World) -> None:
    """An account made after a restore has a number that none had before it, restored or not."""
    await kept.tenant(appid="wx1")
    await kept.platform.snapshots.create("a")
    await kept.tenant(appid="wx2")
    last = kept.platform._desk.by_appid["wx2"].number
    await kept.platform.snapshots.restore("a")
    await kept.tenant(appid="wx3")
    assert kept.platform._desk.by_appid["wx3"].number > last


async def test_calls_in_flight_are_answered_before_or_after(kept: World) -> None:
    """What is asked for around a restore is done to one state or the other, and never to somebody else's account."""
    one = await kept.tenant(appid="wx1", followers=[ANA, BEN])
    await kept.platform.snapshots.create("a")
    await one.post("groups/members/update", {"openid": ANA, "to_groupid": 2})
    other = await kept.tenant(appid="wx2", followers=[CAT])
    restoring = asyncio.ensure_future(kept.platform.snapshots.restore("a"))
    counts: set[tuple[int, ...]] = set()
    answers: set[int] = set()
    while not restoring.done():
        groups = await one.groups()
        counts.add(tuple(size for _, size in groups.values()))
        answers.add(code(await other.post("groups/members/update", {"openid": CAT, "to_groupid": 1})))
        await asyncio.sleep(0)
    await restoring
    assert counts <= {(1, 0, 1), (2, 0, 0)}
    assert answers <= {0, -1, 40001}
    assert [await one.group_of(openid) for openid in (ANA, BEN)] == [0, 0]


async def test_what_was_queued_behind_a_restore_finds_its_own_account(
    kept: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request names the account that it was made for, whatever number that has in the restored state."""
    await kept.tenant(appid="wx1", followers=[ANA])
    await kept.platform.snapshots.create("a")
    await kept.platform.delete_account("wx1")
    later = await kept.tenant(appid="wx2", followers=[ANA])
    again = await kept.tenant(appid="wx1", followers=[ANA, BEN])
    platform, writer = kept.platform, kept.platform._writer
    queued: list[asyncio.Future[Any]] = []
    perform = writer.replace

    async def replace(*arguments: Any) -> None:
        restoring = asyncio.ensure_future(perform(*arguments))
        await asyncio.sleep(0)
        for tenant in (again, later):
            moving = tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 2})
            queued.append(asyncio.ensure_future(moving))
        queued.append(asyncio.ensure_future(platform.add_followers("wx1", openids=[CAT])))
        queued.append(asyncio.ensure_future(platform.add_followers("wx2", openids=[CAT])))
        queued.append(asyncio.ensure_future(platform.remove_followers("wx2", [CAT])))
        await asyncio.sleep(0)
        await restoring

    monkeypatch.setattr(writer, "replace", replace)
    await platform.snapshots.restore("a")
    outcomes: list[Any] = await asyncio.gather(*queued, return_exceptions=True)
    moved, lost, added, *refused = outcomes
    assert (moved, code(lost), added) == (OK, -1, 1)
    assert [type(one) for one in refused] == [UnknownAccount, UnknownAccount]
    token = await Tenant(kept, "wx1", platform._desk.by_appid["wx1"].secret).renew()
    same = Tenant(kept, "wx1", "", token)
    assert [await same.group_of(openid) for openid in (ANA, BEN, CAT)] == [2, 40003, 0]


async def test_snapshots_are_private(kept: World, path: Path) -> None:
    """The folder and what is in it can be read by its owner only, and nothing but snapshots is left there."""
    umask = os.umask(0)
    try:
        await kept.platform.snapshots.create("a")
        await kept.platform.snapshots.restore("a")
    finally:
        os.umask(umask)
    folder = path.with_name("store.snapshots")
    assert names_in(folder) == ["a"]
    assert [stat.S_IMODE(found.stat().st_mode) for found in (folder, folder / "a")] == [0o700, 0o600]


async def test_snapshots_of_a_temporary_store_go_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a path snapshots work as well, and leave nothing behind."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    world = World()
    tenant = await world.tenant(followers=[ANA])
    await world.platform.snapshots.create("a")
    await world.platform.reset(tenant.appid)
    await world.platform.snapshots.restore("a")
    assert await tenant.group_of(ANA) == 0
    world.platform.close()
    assert names_in(tmp_path) == []


async def test_a_snapshot_is_replaced_listed_and_deleted(kept: World) -> None:
    """One made under a known name takes its place; one that is deleted is unknown."""
    snapshots = kept.platform.snapshots
    assert await snapshots.list() == []
    tenant = await kept.tenant(followers=[ANA])
    await snapshots.create("b")
    await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 2})
    again = await snapshots.create("b")
    await kept.tenant()
    other = await snapshots.create("A-1_x.y")
    assert await snapshots.list() == [other, again]
    await snapshots.restore("b")
    assert await tenant.group_of(ANA) == 2
    await snapshots.delete("b")
    for gone in (snapshots.delete("b"), snapshots.restore("b")):
        with pytest.raises(UnknownSnapshot, match="no snapshot b"):
            await gone


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", ".draft-1", "a b", "快照", "a\0", "x" * 65])
async def test_a_name_is_no_path(kept: World, path: Path, name: str) -> None:
    """What could lead out of the folder, or hide in it, is refused, and nothing is made."""
    snapshots = kept.platform.snapshots
    for call in (snapshots.create, snapshots.restore, snapshots.delete):
        with pytest.raises(UsageError, match="a snapshot's name"):
            await call(name)
    assert not path.with_name("store.snapshots").exists()


def cut(file: Path, rest: int) -> None:
    with file.open("r+b") as opened:
        opened.truncate(file.stat().st_size - rest)


def flip(file: Path, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


HARMS: dict[str, Callable[[Path], object]] = {
    **{f"cut {rest}": partial(cut, rest=rest) for rest in (1, 64, 65, 200, 5_000)},
    **{f"flip {at}": partial(flip, at=at) for at in (5_000, 50, -1, -70, -150)},
    "empty": lambda file: file.write_bytes(b""),
    "text": lambda file: file.write_text("openid,group\n" * 1_000),
    "longer": lambda file: file.write_bytes(file.read_bytes() + b"x"),
    "moved": lambda file: file.write_bytes(b"x" + file.read_bytes()),
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
async def test_a_torn_or_altered_snapshot_is_refused(
    kept: World, path: Path, harm: Callable[[Path], object]
) -> None:
    """Whatever happened to a snapshot, it is told, and the sandbox goes on as it was."""
    tenant = await kept.tenant(followers=[ANA])
    await kept.platform.snapshots.create("a")
    await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 2})
    folder = path.with_name("store.snapshots")
    harm(folder / "a")
    with pytest.raises(BadSnapshot, match=r"snapshot a (is torn|was altered)"):
        await kept.platform.snapshots.restore("a")
    assert await tenant.group_of(ANA) == 2
    assert names_in(folder) == ["a"]


async def test_a_snapshot_of_a_later_fenzu_is_refused(kept: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both versions are told, and the sandbox is left as it is."""
    tenant = await kept.tenant(followers=[ANA])
    await kept.platform.snapshots.create("a")
    with monkeypatch.context() as patch:
        patch.setattr(sql, "VERSION", sql.VERSION - 1)
        with pytest.raises(BadSnapshot, match=f"a is a store of version {sql.VERSION + 1}"):
            await kept.platform.snapshots.restore("a")
    assert await tenant.group_of(ANA) == 0


async def test_a_snapshot_of_an_older_fenzu_is_brought_up(
    kept: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One made before the tables changed is restored as a store of that time is opened."""
    tenant = await kept.tenant(appid="wx1", followers=[ANA])
    store = kept.platform._store
    assert isinstance(store, FileStore)
    copy_to = store.copy_to

    def copy_old(file: Path) -> int:
        accounts = copy_to(file)
        connection = apsw.Connection(str(file))
        connection.execute(
            "DROP TABLE discarded; ALTER TABLE account DROP COLUMN place; PRAGMA user_version = 4"
        )
        connection.close()
        return accounts

    monkeypatch.setattr(store, "copy_to", copy_old)
    await kept.platform.snapshots.create("old")
    await kept.platform.reset("wx1")
    await kept.platform.snapshots.restore("old")
    assert await tenant.group_of(ANA) == 0
    await kept.platform.reset("wx1")


async def test_what_a_kill_left_is_swept_up(kept: World, path: Path) -> None:
    """Half a snapshot of a sandbox that was killed is listed nowhere, and goes with the next one."""
    folder = path.with_name("store.snapshots")
    folder.mkdir()
    (folder / ".draft-0").write_text("half")
    assert await kept.platform.snapshots.list() == []
    await kept.platform.snapshots.create("a")
    assert names_in(folder) == ["a"]


async def test_a_folder_that_cannot_be_used(kept: World, path: Path) -> None:
    """What the file system complains of is told in words."""
    path.with_name("store.snapshots").write_text("a file")
    for call in (kept.platform.snapshots.create("a"), kept.platform.snapshots.delete("a")):
        with pytest.raises(StoreError, match="cannot use the snapshots in"):
            await call


async def test_a_restore_that_fails_leaves_everything(kept: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk in trouble is told in words; reads and writes go on with what was there."""
    tenant = await kept.tenant(followers=[ANA])
    await kept.platform.snapshots.create("a")
    await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 2})

    def fail(_: Path) -> None:
        raise apsw.exception_for(apsw.SQLITE_FULL)

    with monkeypatch.context() as patch:
        patch.setattr(kept.platform._store, "take_over", fail)
        with pytest.raises(StoreError, match="cannot use the store"):
            await kept.platform.snapshots.restore("a")
    assert await tenant.group_of(ANA) == 2
    assert await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 1}) == OK
    assert await tenant.group_of(ANA) == 1


async def test_the_end_of_the_sandbox_breaks_a_snapshot_off(kept: World, path: Path) -> None:
    """Whoever stops the sandbox does not wait for a big snapshot, and no half of one stays."""
    await kept.tenant(followers=100_000)
    making = asyncio.ensure_future(kept.platform.snapshots.create("a"))
    await asyncio.sleep(0.01)
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    folder = path.with_name("store.snapshots")
    assert not folder.exists() or names_in(folder) in ([], ["a"])


async def test_a_store_that_is_no_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the store is no file, snapshots are refused with words."""
    platform: Platform = world.platform
    monkeypatch.setattr(platform.snapshots, "_store", object())
    with pytest.raises(NotSupported, match="takes no snapshots"):
        await platform.snapshots.create("a")
