"""Store files: what is kept over a restart, what is refused and how, who else is kept out."""

import json
import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import apsw
import msgspec
import pytest
from tests.fixtures.world import ANA, BEN, Tenant, World, code

from fenzu.errors import StoreError
from fenzu.sandbox.store import sql
from fenzu.sandbox.store import temporary as scratch
from fenzu.sandbox.store.lock import Lock
from fenzu.sandbox.store.opening import open_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


def refusal_of(path: Path | str) -> StoreError:
    with pytest.raises(StoreError) as caught:
        World(store=str(path))
    error = caught.value
    assert error.advice.en
    assert error.say("en") != error.say("zh")
    return error


async def test_a_restart_keeps_everything(path: Path) -> None:
    """Groups, members, order, counts, the next id, tokens, their grace and the refresh pause outlive the process."""
    world = World(store=str(path))
    tenant = await world.tenant(appid="wx1", followers=[BEN, ANA], whitelist=["127.0.0.1"], kind="test")
    old, stable = tenant.token, (await tenant.stable())["access_token"]
    forced = (await tenant.stable(force_refresh=True))["access_token"]
    await tenant.renew()
    await tenant.post("groups/create", {"group": {"name": "一"}})
    await tenant.post("groups/create", {"group": {"name": "二"}})
    await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": 101})
    await tenant.post("groups/delete", {"group": {"id": 101}})
    before = [
        await tenant.get("groups/get"),
        await tenant.get("user/get"),
        await tenant.get("user/info", openid=ANA),
    ]
    account = await world.platform.get_account("wx1")
    world.platform.close()

    again = World(store=str(path))
    same = Tenant(again, "wx1", tenant.secret, tenant.token)
    assert await again.platform.get_account("wx1") == msgspec.structs.replace(account, calls={})
    after = [
        await same.get("groups/get"),
        await same.get("user/get"),
        await same.get("user/info", openid=ANA),
    ]
    assert after == before
    assert json.loads(await same.post("groups/create", {"group": {"name": "三"}}))["group"]["id"] == 102
    again.now += 10
    assert (await same.stable(force_refresh=True))["access_token"] == forced
    assert [await code_with(again, token) for token in (old, stable, forced)] == [0, 40001, 0]
    again.now += 290
    assert await code_with(again, old) == 40001
    again.now += 7000
    assert await code_with(again, tenant.token) == 42001
    again.platform.close()


async def code_with(world: World, token: str) -> int:
    return code(await world.send("GET", "groups/get", f"access_token={token}"))


async def test_a_store_under_the_other_rulebook(path: Path) -> None:
    """A rulebook changes answers and not what is kept: one store may be opened under either."""
    world = World("2013", store=str(path))
    tenant = await world.tenant(appid="wx1", followers=[ANA])
    world.platform.close()
    again = World("2021", store=str(path))
    same = Tenant(again, "wx1", tenant.secret, tenant.token)
    assert list(await same.groups()) == [2]
    again.platform.close()


def test_a_store_is_private(path: Path) -> None:
    """The file can be read by its owner only, and nothing is left beside it when it is closed."""
    umask = os.umask(0)
    try:
        world = World(store=str(path))
        modes = {found.name: stat.S_IMODE(found.stat().st_mode) for found in path.parent.iterdir()}
        world.platform.close()
    finally:
        os.umask(umask)
    assert set(modes) > {"store.db", "store.db-wal"}
    assert set(modes.values()) == {0o600}
    assert [found.name for found in path.parent.iterdir()] == ["store.db"]


def test_a_store_tells_what_it_is(path: Path) -> None:
    """The file carries our application id and the version of its format."""
    World(store=str(path)).platform.close()
    head = path.read_bytes()[:100]
    assert head[68:72] == b"fenz"
    assert int.from_bytes(head[60:64]) == sql.VERSION


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    """A file made beforehand, as mktemp does, is as good as none."""
    path.touch()
    World(store=str(path)).platform.close()
    assert path.stat().st_size > 0


def test_a_store_in_use(path: Path) -> None:
    """A second sandbox is kept out with words, and let in once the first has ended."""
    first = World(store=str(path))
    assert "in use" in str(refusal_of(path))
    first.platform.close()
    World(store=str(path)).platform.close()


def test_a_store_in_use_by_another_name(path: Path) -> None:
    """A link leads to the same store, and so to the same lock."""
    link = path.with_name("link")
    link.symlink_to(path)
    first = World(store=str(path))
    assert "in use" in str(refusal_of(link))
    first.platform.close()
    World(store=str(link)).platform.close()
    assert path.stat().st_size > 0


def test_a_store_that_others_could_read(path: Path) -> None:
    """A store that was made with less care is made private when it is opened, with all that lies beside it."""
    World(store=str(path)).platform.close()
    path.chmod(0o644)
    world = World(store=str(path))
    modes = {stat.S_IMODE(found.stat().st_mode) for found in path.parent.iterdir()}
    world.platform.close()
    assert modes == {0o600}


def write_text(path: Path) -> None:
    path.write_text("openid,group\n" * 100)


def write_little(path: Path) -> None:
    path.write_bytes(b"x")


def write_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE somebody (else_ TEXT)")
    connection.close()


@pytest.mark.parametrize("write", [write_text, write_little, write_database])
def test_a_file_that_is_no_store(path: Path, write: Callable[[Path], None]) -> None:
    """Somebody else's file is refused and left as it is, to the byte."""
    write(path)
    before = path.read_bytes()
    assert "not a store" in str(refusal_of(path))
    assert path.read_bytes() == before
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_somebody_elses_log_is_left_alone(path: Path, tmp_path: Path) -> None:
    """A foreign database with a write-ahead log keeps that log."""
    other = apsw.Connection(str(path))
    other.pragma("journal_mode", "wal")
    other.execute("CREATE TABLE somebody (else_ TEXT)")
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in (path.name, path.name + "-wal"):
        (copy / name).write_bytes((tmp_path / name).read_bytes())
    assert "not a store" in str(refusal_of(copy / path.name))
    assert (copy / (path.name + "-wal")).exists()
    other.close()


@pytest.mark.parametrize("version", [-1, sql.VERSION + 1, 99])
def test_a_store_of_another_version(path: Path, version: int) -> None:
    """A store of a later version, or of none there ever was, is refused with both numbers."""
    World(store=str(path)).platform.close()
    connection = apsw.Connection(str(path))
    connection.pragma("user_version", version)
    connection.close()
    message = str(refusal_of(path))
    assert f"version {version}" in message
    assert f"version {sql.VERSION}" in message


def write_version(version: int, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a store as fenzu made it: ANA in the blacklist, BEN in 104, a token; before version 2 there were no tags."""
    with monkeypatch.context() as patch:
        patch.setattr(sql, "STEPS", sql.STEPS[:version])
        patch.setattr(sql, "VERSION", version)
        patch.setattr(sql, "TABLES", sql.TABLES[: {1: 7, 4: 13}.get(version, 10)])
        store = open_store(str(path))
    execute = store.writer.execute
    execute(sql.ADD_ACCOUNT, ("wx1", "s", "ordinary", "active", "[]", "wx1", 105))
    for group in ((0, "未分组", 0), (1, "黑名单", 1), (2, "星标组", 0), (104, "华东媒", 1)):
        execute(sql.SET_GROUP, (1, *group))
    for number, openid, group_id in ((1, ANA, 1), (2, BEN, 104)):
        execute("INSERT INTO roll VALUES (1, ?, ?)", (number, openid))
        execute("INSERT INTO follower VALUES (1, ?, ?)", (openid, number))
        execute("INSERT INTO membership VALUES (1, ?, ?)", (number, group_id))
    if version > 1:
        execute(sql.SET_TAG, (1, 2, "星标组", 0))
    execute("INSERT INTO wave VALUES (1, 1, 1, 0)")
    kind = "ordinary" if version < 3 else "plain"
    execute(sql.SET_TOKEN, (1, kind, 1, "token", 2_000_000_000, 2_000_000_000))
    store.close()


@pytest.mark.parametrize("version", [1, 2, 3, 4])
async def test_an_older_store_is_brought_up(
    path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    """What was in it is there, tags can be made, the blacklist is listed; from then on it is of this version."""
    write_version(version, path, monkeypatch)
    world = World(store=str(path))
    tenant = Tenant(world, "wx1", "s", "token")
    assert [await tenant.group_of(openid) for openid in (ANA, BEN)] == [1, 104]
    assert b'"data":{"openid":["%s"]}' % ANA.encode() in await tenant.post("tags/members/getblacklist", {})
    assert await tenant.get("tags/get") == '{"tags":[{"id":2,"name":"星标组","count":0}]}'.encode()
    assert await tenant.post("tags/create", {"tag": {"name": "a"}}) == b'{"tag":{"id":105,"name":"a"}}'
    assert not code(await tenant.post("clear_quota", {"appid": "wx1"}))
    await tenant.renew()
    assert [row.serial for row in world.platform._reader.tokens() if row.kind == "plain"] == [1, 2]
    world.platform.close()
    test_a_store_tells_what_it_is(path)


def test_a_broken_store_of_version_1_stays_as_it_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that cannot be brought up is refused, and is of version 1 still, without half of the new tables."""
    write_version(1, path, monkeypatch)
    drop_a_table(path)
    assert "membership" in str(refusal_of(path))
    connection = apsw.Connection(str(path))
    assert connection.pragma("user_version") == 1
    assert not connection.table_exists(None, "tag")
    connection.close()


def cut_short(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def overwrite_middle(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 8192)


def drop_a_table(path: Path) -> None:
    connection = apsw.Connection(str(path))
    connection.execute("DROP TABLE membership")
    connection.close()


@pytest.mark.parametrize("damage", [cut_short, overwrite_middle, drop_a_table])
async def test_a_damaged_store(path: Path, damage: Callable[[Path], None]) -> None:
    """Missing pages, nonsense in the middle, a missing table: refused with words."""
    world = World(store=str(path))
    await world.tenant(followers=2_000)
    world.platform.close()
    damage(path)
    assert "damaged" in str(refusal_of(path))


def test_a_damaged_head(path: Path) -> None:
    """A store whose first page is nonsense after its marks is refused as damaged, not with a traceback."""
    World(store=str(path)).platform.close()
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xa5" * 3000)
    assert "damaged" in str(refusal_of(path))


async def test_a_store_whose_rows_make_no_sense(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Damage that shows only when the accounts are read is refused with words as well, and the store is let go."""
    world = World(store=str(path))
    await world.tenant()
    world.platform.close()

    def fail(*_: object) -> None:
        raise apsw.exception_for(apsw.SQLITE_CORRUPT)

    with monkeypatch.context() as patch:
        patch.setattr("fenzu.sandbox.platform.fill_desk", fail)
        assert "damaged" in str(refusal_of(path))
    World(store=str(path)).platform.close()


def test_paths_that_cannot_be(tmp_path: Path) -> None:
    """A folder, a missing folder, a link to itself, a database address: each is refused with the reason."""
    round_ = tmp_path / "round"
    round_.symlink_to(round_)
    assert "symbolic links" in str(refusal_of(round_))
    round_.unlink()
    assert "Is a directory" in str(refusal_of(tmp_path))
    assert "No such file" in str(refusal_of(tmp_path / "no" / "store"))
    message = str(refusal_of("mysql://user:secret@host/db"))
    assert "mysql is no kind of store" in message
    assert "secret" not in message
    assert not list(tmp_path.iterdir())


def test_a_temporary_store_goes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a path the data lie in a folder of their own, which goes when the sandbox is closed."""
    monkeypatch.setattr("tempfile.tempdir", str(path.parent))
    world = World()
    assert len(list(path.parent.iterdir())) == 1
    world.platform.close()
    world.platform.close()
    assert not list(path.parent.iterdir())


def test_remains_of_killed_sandboxes_are_swept_up(tmp_path: Path) -> None:
    """A temporary folder whose lock is free goes; one that is locked, young, somebody's own, or bare stays."""
    folders = [tmp_path / f"{scratch.PREFIX}{name}" for name in ("dead", "alive", "young", "own", "bare")]
    for folder in folders:
        folder.mkdir()
        (folder / "store").write_text("x")
    for folder in folders[:4]:
        (folder / scratch.LOCK).touch()
    for folder in (*folders[:3], folders[4]):
        (folder / scratch.MARK).touch()
    alive = Lock(folders[1] / scratch.LOCK)
    assert alive.take()
    for folder in (*folders[:2], *folders[3:]):
        os.utime(folder, (0, 0))
    scratch.sweep(tmp_path)
    assert [folder.exists() for folder in folders] == [False, True, True, True, True]
    alive.free()


def test_a_lock_is_held_once(tmp_path: Path) -> None:
    """A lock keeps others out until it is freed; freeing it twice does nothing."""
    first, second = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    assert first.take()
    assert not second.take()
    first.free()
    first.free()
    assert second.take()
    second.free()
    assert not list(tmp_path.iterdir())


def test_a_store_that_was_cut_off_while_it_was_made(path: Path) -> None:
    """A file that carries our mark and no table yet is made whole."""
    connection = apsw.Connection(str(path))
    connection.pragma("application_id", sql.APPLICATION_ID)
    connection.close()
    open_store(str(path)).close()
    assert int.from_bytes(path.read_bytes()[60:64]) == sql.VERSION
