"""When the power fails, the sandbox's store keeps what was acknowledged; synced less it does not, and this tells."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import apsw
import msgspec
import pytest

from fenzu.errors import StoreError
from fenzu.sandbox.accounts import AccountSpec
from fenzu.sandbox.store import opening as store
from fenzu.sandbox.store.opening import Synchronous
from fenzu.sandbox.store.sqlite import SqliteConnection
from tests.strain.disk import Disk, Forgets, Image, Lose, Note
from tests.strain.inside import Inside, make_account, opened
from tests.strain.promises import Ids, Promises, settle_all
from tests.strain.writers import SHARED_GROUPS, Writer, openids_of, read_back

WRITERS, FOLLOWERS_EACH, CHANGES_EACH = 16, 6, 100
STORE = "store"


class Snapshot(msgspec.Struct, frozen=True):
    """What one writer was promised at a moment."""

    writer: int
    promises: Promises


class History(msgspec.Struct, frozen=True):
    """A run on the forgetful disk: from which event on there are promises, until when, and the token of the account."""

    disk: Disk
    begin: int
    end: int
    query: str


@pytest.fixture(autouse=True)
def many_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the log be written back often, so that the power fails in the middle of that as well.

    Here as in SQLite itself what goes wrong then does not concern the commit that came before. It takes a hook, because
    apsw would raise an error of a file system in Python from the commit.
    """
    connect = store._connect

    def connect_with_hook(file: Path, vfs: str | None, synchronous: Synchronous) -> SqliteConnection:
        connection = connect(file, vfs, synchronous)
        connection.set_wal_hook(checkpoint_often)
        return connection

    monkeypatch.setattr(store, "_connect", connect_with_hook)


def checkpoint_often(connection: apsw.Connection, database: str, pages: int) -> int:
    """Write the log back when it has fifty pages, as far as that goes."""
    if pages >= 50:
        with suppress(apsw.Error):
            connection.wal_checkpoint(database)
    return apsw.SQLITE_OK


@pytest.mark.timeout(600)
async def test_a_power_cut_loses_nothing_acknowledged(tmp_path: Path, full: bool) -> None:
    """Cut at 300 moments (FULL=1: 3,000) of a busy time, the store is whole each time and keeps every promise."""
    history, _ = await write_history(tmp_path)
    cuts = 0
    for moment, image in cut(history, 1_500 if full else 150):
        found_wrong = await what_is_wrong(history, moment, image, tmp_path / f"cut-{cuts}")
        assert found_wrong is None, f"cut before event {moment}: {found_wrong}"
        cuts += 1
    assert cuts == (3_000 if full else 300)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("failures", [0, 20])
@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
async def test_less_syncing_is_found_out(tmp_path: Path, synchronous: Synchronous, failures: int) -> None:
    """With `synchronous` turned down the same cuts lose acknowledged changes: the tests above and below can fail."""
    history, _ = await write_history(tmp_path, synchronous, failures)
    for number, (moment, image) in enumerate(cut(history, 60)):
        if await what_is_wrong(history, moment, image, tmp_path / f"cut-{number}"):
            return
    pytest.fail("no cut has lost anything")


@pytest.mark.timeout(600)
async def test_failed_syncs_lose_nothing_acknowledged(tmp_path: Path, full: bool) -> None:
    """Twenty syncs fail, what waited for them is answered -1 and is not done, then or after a power cut; the rest is.

    A disk forgets for good what it failed to sync, and the sandbox goes on as soon as the next sync works.
    """
    history, writers = await write_history(tmp_path, failures=20)
    assert sum(isinstance(event, Lose) for event in history.disk.events) == 20
    assert sum(writer.refused for writer in writers) >= 20
    for number, (moment, image) in enumerate(cut(history, 500 if full else 30)):
        found_wrong = await what_is_wrong(history, moment, image, tmp_path / f"cut-{number}")
        assert found_wrong is None, f"cut before event {moment}: {found_wrong}"


async def write_history(
    folder: Path, synchronous: Synchronous = "FULL", failures: int = 0
) -> tuple[History, list[Writer]]:
    """Let writers write to a real store on the forgetful disk, of whose syncs some fail."""
    disk, ids, rng, name = Disk(), Ids(), random.Random(8), f"forgetful-{synchronous}"

    def writer(number: int) -> Writer:
        def note(promises: Promises) -> None:
            disk.record(Note(Snapshot(number, promises.copy())))

        return Writer(
            f"w{number}", openids_of(number, FOLLOWERS_EACH), ids, random.Random(rng.random()), note
        )

    writers = [writer(number) for number in range(WRITERS)]
    followers = [openid for one in writers for openid in one.promises.may_be_in]
    with disk.mounted(name):
        async with opened(folder / STORE, vfs=name, synchronous=synchronous) as platform:
            query = await make_account(platform, followers, groups=SHARED_GROUPS)
            for number, one in enumerate(writers):
                disk.record(Note(Snapshot(number, one.promises.copy())))
            begin = len(disk.events)
            disk.fails = {
                disk.syncs + number for number in rng.sample(range(2, 120, 3), failures)
            }.__contains__
            await asyncio.gather(*(one.run(Inside(platform), query, CHANGES_EACH) for one in writers))
            end = len(disk.events)
            disk.fails = lambda _: False
            found = await read_back(Inside(platform), query, [one.promises for one in writers])
            settle_all([one.promises.copy() for one in writers], found, Ids())
    return History(disk, begin, end, query), writers


@pytest.mark.timeout(600)
async def test_a_power_cut_at_birth_leaves_a_store_that_opens(tmp_path: Path) -> None:
    """A store whose making was cut off opens, is whole, and takes an account."""
    history, _ = await write_history(tmp_path)
    rng = random.Random(6)
    moments = sorted(rng.sample(range(history.begin), min(40, history.begin)))
    for number, (moment, image) in enumerate(history.disk.cut(moments, "something", rng)):
        folder = tmp_path / f"cut-{number}"
        image.write_to(folder)
        async with opened(folder / STORE) as platform:
            await platform.create_account(AccountSpec(followers=3))
        assert integrity(folder / STORE) == "ok", f"cut before event {moment}"


def cut(history: History, moments: int) -> Iterator[tuple[int, Image]]:
    """Cut the power at so many moments, twice: once all that was not synced is gone, once any part of it.

    Half of the moments are those just after an answer, where a promise is youngest.
    """
    rng = random.Random(7)
    notes = [number + 1 for number in range(history.begin, history.end) if is_note(history, number)]
    chosen = rng.sample(notes, moments // 2) + rng.sample(
        range(history.begin, history.end), moments - moments // 2
    )
    ways: tuple[Forgets, ...] = ("everything", "something")
    for forgets in ways:
        yield from history.disk.cut(chosen, forgets, rng)


def is_note(history: History, number: int) -> bool:
    return isinstance(history.disk.events[number], Note)


async def what_is_wrong(history: History, moment: int, image: Image, folder: Path) -> str | None:
    """Open what the disk holds, and compare it with what was promised until then."""
    image.write_to(folder)
    promises: dict[int, Promises] = {}
    for event in history.disk.events[:moment]:
        if isinstance(event, Note) and isinstance(event.what, Snapshot):
            promises[event.what.writer] = event.what.promises
    known = [one.copy() for one in promises.values()]
    try:
        if (said := integrity(folder / STORE)) != "ok":
            return said
        async with opened(folder / STORE) as platform:
            found = await read_back(Inside(platform), history.query, known)
            settle_all(known, found, Ids())
    except (AssertionError, KeyError, StoreError) as error:
        return repr(error)
    return None


def integrity(path: Path) -> str:
    """Ask SQLite whether the file is whole; a look at a copy would not recover the log."""
    connection = apsw.Connection(str(path))
    try:
        return str(connection.pragma("integrity_check"))
    except apsw.Error as error:
        return repr(error)
    finally:
        connection.close()
