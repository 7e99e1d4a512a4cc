"""The writer: one commit for what has queued up, and what happens when a commit fails."""

import asyncio
import errno
import gc
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.fixtures.world import ANA, BEN, CAT, OK, Tenant, World, code

from fenzu.errors import StoreError
from fenzu.sandbox.accounts import AccountSpec
from fenzu.sandbox.rules import decide as rules
from fenzu.sandbox.store.books import Books
from fenzu.sandbox.store.database import Connection

BUSY = b'{"errcode":-1,"errmsg":"system error"}'


class FailingFile(apsw.VFSFile):
    """A file whose syncs fail as long as its disk is broken."""

    def __init__(self, disk: "FailingDisk", name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = disk

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        self._disk.syncs += 1
        if self._disk.is_broken or self._disk.failures > 0:
            self._disk.failures -= 1
            raise apsw.exception_for(apsw.SQLITE_IOERR_FSYNC)
        super().xSync(flags)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802 - SQLite's name
        if self._disk.is_full:
            raise apsw.exception_for(apsw.SQLITE_FULL)
        super().xWrite(data, offset)


class FailingDisk(apsw.VFS):
    """A disk that a test can break, and that counts its syncs."""

    def __init__(self) -> None:
        self.is_broken = False
        self.is_full = False
        self.failures = 0
        """Of so many syncs, the next ones, each fails."""
        self.syncs = 0
        super().__init__("failing", "")

    def xOpen(self, name: Any, flags: list[int]) -> FailingFile:  # noqa: N802 - SQLite's name
        return FailingFile(self, name, flags)


@pytest.fixture
def disk() -> Iterator[FailingDisk]:
    disk = FailingDisk()
    yield disk
    disk.is_broken = disk.is_full = False
    gc.collect()
    disk.unregister()


@pytest.fixture
def frail(disk: FailingDisk, tmp_path: Path) -> Iterator[World]:
    """A world on that disk."""
    world = World(store=str(tmp_path / "store"), vfs="failing")
    yield world
    disk.is_broken = disk.is_full = False
    world.platform.close()


@pytest.mark.parametrize("trouble", ["is_broken", "is_full"])
async def test_a_failed_commit_acknowledges_nothing(
    frail: World, disk: FailingDisk, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever waited for it gets -1, reads show nothing of it, and once the disk works again all goes on."""
    tenant = await frail.tenant(followers=[ANA, BEN, CAT])
    before = await tenant.groups()
    setattr(disk, trouble, True)
    pending = [
        tenant.post("groups/create", {"group": {"name": "a"}}),
        tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 2}),
        tenant.post("groups/members/batchupdate", {"openid_list": [BEN, CAT], "to_groupid": 1}),
        frail.send("POST", "stable_token", body=tenant.credentials),
    ]
    assert await asyncio.gather(*pending) == [BUSY] * 4
    assert "cannot write to the store" in caplog.text
    assert tenant.token not in caplog.text
    assert await tenant.groups() == before
    assert [await tenant.group_of(openid) for openid in (ANA, BEN, CAT)] == [0, 0, 0]
    with pytest.raises(StoreError, match="cannot use the store"):
        await frail.platform.create_account(AccountSpec(appid="wx1"))
    setattr(disk, trouble, False)
    assert await tenant.post("groups/create", {"group": {"name": "b"}}) == b'{"group":{"id":100,"name":"b"}}'
    assert await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 100}) == OK
    assert await tenant.groups() == {
        0: ("未分组", 2),
        1: ("黑名单", 0),
        2: ("星标组", 0),
        100: ("b", 1),
    }
    assert len(await frail.platform.list_accounts()) == 1


@pytest.mark.parametrize("is_mended", [True, False])
async def test_a_failed_commit_does_not_come_back(
    frail: World, disk: FailingDisk, tmp_path: Path, is_mended: bool
) -> None:
    """What was answered -1 was not done, even if the sandbox is killed right after; one failed sync or many."""
    tenant = await frail.tenant(appid="wx1", secret="s", followers=[ANA, BEN])
    await tenant.post("groups/create", {"group": {"name": "kept"}})
    disk.failures = 1 if is_mended else 100
    body = {"openid_list": [ANA, BEN], "to_groupid": 100}
    assert await tenant.post("groups/members/batchupdate", body) == BUSY
    copy = tmp_path / "killed"
    copy.mkdir()
    for name in ("store", "store-wal"):
        shutil.copy(tmp_path / name, copy / name)
    disk.failures = 0
    killed = World(store=str(copy / "store"))
    same = Tenant(killed, "wx1", "s", tenant.token)
    assert await same.groups() == await tenant.groups()
    assert [await same.group_of(openid) for openid in (ANA, BEN)] == [0, 0]
    killed.platform.close()


@pytest.mark.parametrize("trouble", ["is_broken", "is_full"])
async def test_a_restore_that_the_disk_refuses(
    frail: World, disk: FailingDisk, tmp_path: Path, trouble: str
) -> None:
    """It is told in words and changes nothing, also for the next sandbox; once the disk works again it succeeds."""
    tenant = await frail.tenant(appid="wx1", followers=[ANA, *(f"o{number:027}" for number in range(2_000))])
    await frail.platform.snapshots.create("a")
    assert await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 2}) == OK
    setattr(disk, trouble, True)
    with pytest.raises(StoreError, match="cannot use the store"):
        await frail.platform.snapshots.restore("a")
    assert await tenant.group_of(ANA) == 2
    killed = tmp_path / "killed"
    killed.mkdir()
    for name in ("store", "store-wal"):
        (killed / name).write_bytes((tmp_path / name).read_bytes())
    again = World(store=str(killed / "store"))
    assert await Tenant(again, "wx1", tenant.secret, tenant.token).group_of(ANA) == 2
    again.platform.close()
    setattr(disk, trouble, False)
    assert await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 1}) == OK
    await frail.platform.snapshots.restore("a")
    assert await tenant.group_of(ANA) == 0


async def test_one_commit_for_many(frail: World, disk: FailingDisk) -> None:
    """What has queued up while the writer was busy costs one sync together; one after another costs one each."""
    tenant = await frail.tenant(followers=[ANA, BEN, CAT])
    busy = threading.Event()
    holding = asyncio.ensure_future(frail.platform._writer.perform(lambda _: busy.wait(), lambda _: None))
    await asyncio.sleep(0)
    disk.syncs = 0
    moves = [
        asyncio.ensure_future(tenant.post("groups/members/update", {"openid": openid, "to_groupid": group}))
        for group in (1, 2) * 10
        for openid in (ANA, BEN, CAT)
    ]
    await asyncio.sleep(0)
    busy.set()
    assert set(await asyncio.gather(*moves)) == {OK}
    await holding
    assert disk.syncs == 1
    for group in (0, 1, 2):
        await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": group})
    assert disk.syncs == 4


async def test_what_changes_nothing_is_not_written(frail: World, disk: FailingDisk) -> None:
    """A refused request, or a move to where one is, waits for no disk."""
    tenant = await frail.tenant(followers=[ANA])
    disk.syncs = 0
    await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 0})
    await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 999})
    await tenant.post("groups/delete", {"group": {"id": 1}})
    assert disk.syncs == 0


async def test_a_fault_of_a_rule_hits_its_request_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A rule that fails answers -1 and leaves a trace in the log; its neighbours are answered as ever."""
    tenant = await world.tenant(followers=[ANA])
    monkeypatch.setattr(rules, "rename", lambda *_: 1 / 0)
    pending = [
        tenant.post("groups/create", {"group": {"name": "a"}}),
        tenant.post("groups/update", {"group": {"id": 100, "name": "b"}}),
        tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 100}),
    ]
    assert [code(answer) for answer in await asyncio.gather(*pending)] == [0, -1, 0]
    assert "ZeroDivisionError" in caplog.text


async def test_text_that_cannot_be_looked_up_is_nobody(world: World) -> None:
    """An openid with a NUL in it answers 40003, as any other that is malformed, and its neighbours go on."""
    tenant, other = await world.tenant(followers=[ANA]), await world.tenant(followers=[BEN])
    answers = await asyncio.gather(
        other.post("groups/members/update", {"openid": BEN, "to_groupid": 1}),
        tenant.post("groups/members/batchupdate", {"openid_list": [ANA, "o\0"], "to_groupid": 1}),
        tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 2}),
    )
    assert [code(answer) for answer in answers] == [0, 40003, 0]


async def test_rows_that_cannot_be_read_hit_their_request_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What goes wrong while the rows of a commit are read is -1 for the request at fault alone."""
    tenant = await world.tenant(followers=[ANA, BEN, CAT])
    monkeypatch.setattr("fenzu.sandbox.handlers.fields.may_be_openids", lambda _: True)
    bodies = [[ANA], ["o\0"], [BEN, CAT]]
    answers = await asyncio.gather(
        *(
            tenant.post("groups/members/batchupdate", {"openid_list": openids, "to_groupid": 2})
            for openids in bodies
        )
    )
    assert [code(answer) for answer in answers] == [0, -1, 0]
    assert (await tenant.groups())[2][1] == 3
    assert "ValueError" in caplog.text


async def test_a_client_that_left_does_not_stop_the_others(world: World) -> None:
    """A request whose caller is gone is carried out all the same, and the next ones are answered."""
    tenant = await world.tenant(followers=[ANA, BEN])
    leaving = asyncio.ensure_future(tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 1}))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await tenant.post("groups/members/update", {"openid": BEN, "to_groupid": 1}) == OK
    assert await tenant.group_of(ANA) == 1


async def test_closing_finishes_what_is_queued(tmp_path: Path) -> None:
    """What was asked for before the end is on disk after it."""
    world = World(store=str(tmp_path / "store"))
    tenant = await world.tenant(appid="wx1", followers=[ANA])
    moving = world.ask(
        "POST", "groups/members/update", f"access_token={tenant.token}", {"openid": ANA, "to_groupid": 2}
    )
    world.platform.close()
    assert not isinstance(moving, bytes)
    assert await moving == OK
    again = World(store=str(tmp_path / "store"))
    assert (
        json.loads(await again.send("GET", "user/info", f"access_token={tenant.token}&openid={ANA}"))[
            "groupid"
        ]
        == 2
    )
    again.platform.close()


async def test_finishing_breaks_off_what_control_asked_for(world: World) -> None:
    """A load that would take long fails with words; calls queued before and behind it are carried out."""
    tenant = await world.tenant(followers=[ANA, BEN])
    before = asyncio.ensure_future(tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 1}))
    loading = asyncio.ensure_future(world.platform.add_followers(tenant.appid, count=50_000_000))
    await asyncio.sleep(0)
    behind = asyncio.ensure_future(tenant.post("groups/members/update", {"openid": BEN, "to_groupid": 2}))
    await asyncio.sleep(0)
    await world.platform.finish()
    assert (await before, await behind) == (OK, OK)
    with pytest.raises(StoreError, match="interrupt"):
        await loading
    assert [await tenant.group_of(openid) for openid in (ANA, BEN)] == [1, 2]


async def test_a_store_that_cannot_be_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read that fails on the disk answers -1 and a line in the log, not a crash."""
    tenant = await world.tenant(followers=[ANA])

    def fail(*_: object) -> None:
        raise apsw.IOError(errno.EIO, "disk")

    monkeypatch.setattr(world.platform._reader, "group_of", fail)
    assert await tenant.post("groups/getid", {"openid": ANA}) == BUSY


class Stuck:
    """A connection that can neither commit nor roll back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def commit(self) -> None:
        raise apsw.exception_for(apsw.SQLITE_IOERR)

    rollback = commit


async def test_a_connection_beyond_use_is_replaced(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """When not even undoing works, the writer goes on with a new connection, and what was begun is undone."""
    tenant = await world.tenant(followers=[ANA])
    writer = world.platform._writer
    stuck: Any = Stuck(world.platform._store.writer)
    monkeypatch.setattr(world.platform._store, "writer", stuck)
    monkeypatch.setattr(writer, "_books", Books(stuck))
    body = {"openid": ANA, "to_groupid": 2}
    assert await tenant.post("groups/members/update", body) == BUSY
    assert await tenant.group_of(ANA) == 0
    assert await tenant.post("groups/members/update", body) == OK
    assert await tenant.group_of(ANA) == 2


async def test_the_writer_survives_a_disk_that_is_gone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if no new connection can be had, every request is answered."""
    tenant = await world.tenant(followers=[ANA])
    store, writer = world.platform._store, world.platform._writer
    sound = store.writer
    stuck: Any = Stuck(sound)
    monkeypatch.setattr(store, "writer", stuck)
    monkeypatch.setattr(writer, "_books", Books(stuck))

    def fail() -> None:
        raise apsw.exception_for(apsw.SQLITE_CANTOPEN)

    monkeypatch.setattr(store, "_connect", fail)
    for _ in range(3):
        assert await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 2}) == BUSY
    assert await tenant.group_of(ANA) == 0
