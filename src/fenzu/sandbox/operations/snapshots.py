"""Snapshots of a whole sandbox: making one while calls go on, and putting everything back as it was, in one step.

A snapshot holds the store as it is: accounts with their secrets and tokens, followers, groups, tags, quotas and how the
clock is set. It knows no file format; what lies in memory is filled anew by whoever owns it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from fenzu.errors import StoreError
from fenzu.sandbox.control_errors import BadSnapshot, NotSupported
from fenzu.sandbox.store import sql
from fenzu.sandbox.store.database import Connection
from fenzu.sandbox.store.file import FileStore
from fenzu.sandbox.store.opening import open_store
from fenzu.sandbox.store.reader import Reader
from fenzu.sandbox.store.snapshot_files import Snapshot, SnapshotFiles, check_name
from fenzu.sandbox.store.writer import Writer
from fenzu.wire.words import Words

NOBODY = 0
"""The number that no account has: whose account is gone with a restore is answered as one deleted."""


class Snapshots:
    """The snapshots of one sandbox.

    `save` puts into the store what lies in memory only, `refill` enters in memory what the store holds by then.
    """

    def __init__(
        self,
        store: object,
        reader: Reader,
        writer: Writer,
        *,
        save: Callable[[], Awaitable[None]],
        refill: Callable[[], None],
    ) -> None:
        self._store = store
        self._reader = reader
        self._writer = writer
        self._save = save
        self._refill = refill
        self._one_at_a_time = asyncio.Lock()

    async def create(self, name: str) -> Snapshot:
        """Keep everything as it is now under a name, in place of what was kept under it before. Calls go on."""
        store, files = self._home()
        check_name(name)
        async with self._one_at_a_time:
            await self._save()
            made = asyncio.ensure_future(asyncio.to_thread(_make, store, files, name))
            return await _to_the_end(made, store.break_off_copy)

    async def list(self) -> list[Snapshot]:
        """Return the snapshots by their names."""
        return await asyncio.to_thread(self._home()[1].list)

    async def delete(self, name: str) -> None:
        """Remove a snapshot; raises UnknownSnapshot if there is none."""
        await asyncio.to_thread(self._home()[1].delete, check_name(name))

    async def restore(self, name: str) -> None:
        """Put everything back as it was, at once: each call is answered as before it or as after it.

        Raises UnknownSnapshot, and BadSnapshot for one that is torn, altered or of a later fenzu; nothing changes then.
        """
        store, files = self._home()
        check_name(name)
        async with self._one_at_a_time:
            draft = files.draft()
            copy = await asyncio.to_thread(draft.__enter__)
            try:
                numbers = await asyncio.to_thread(_take_out, files, name, copy)
                await self._take_over(store, copy, numbers)
            finally:
                await asyncio.to_thread(draft.__exit__, None, None, None)

    async def _take_over(self, store: FileStore, copy: Path, after: Mapping[str, int]) -> None:
        def work(connection: Connection) -> dict[int, int]:
            before = _numbers(connection)
            store.take_over(copy)  # nothing that may fail stands behind it
            return {number: after.get(appid, NOBODY) for appid, number in before.items()}

        await self._writer.replace(work, self._reader.hold, self._reader.release, lambda _: self._refill())

    def _home(self) -> tuple[FileStore, SnapshotFiles]:
        if not isinstance(self._store, FileStore):
            raise NotSupported(
                Words("this store takes no snapshots", "这种存储不支持快照"),
                Words("use a store in a file", "请使用文件存储"),
            )
        return self._store, SnapshotFiles(self._store.snapshots)


async def _to_the_end(made: "asyncio.Future[Snapshot]", break_off: Callable[[], None]) -> Snapshot:
    """Wait until it is made; when whoever waits is stopped, break it off, and do not leave before it has ended."""
    try:
        return await asyncio.shield(made)
    except asyncio.CancelledError:
        while not made.done():
            break_off()  # again and again: it hits only a statement that is running
            await asyncio.wait([made], timeout=0.01)
        if not made.cancelled():
            made.exception()
        raise


def _make(store: FileStore, files: SnapshotFiles, name: str) -> Snapshot:
    with files.draft() as draft:
        accounts = store.copy_to(draft)
        return files.keep(draft, name, version=sql.VERSION, made=time.time(), accounts=accounts)


def _take_out(files: SnapshotFiles, name: str, copy: Path) -> dict[str, int]:
    """Write the store that a snapshot holds, brought up to the present version; refuses what is none.

    Returns the numbers of its accounts by their appids.
    """
    files.take_out(name, copy)
    try:
        store = open_store(str(copy))
    except StoreError as error:
        en, zh = (error.words.say(language).replace(str(copy), name) for language in ("en", "zh"))
        raise BadSnapshot(name, f"cannot be restored: {en}", f"无法恢复：{zh}") from None
    try:
        return _numbers(store.reader)
    finally:
        store.close()


def _numbers(connection: Connection) -> dict[str, int]:
    return dict(connection.execute(sql.NUMBERS_BY_APPID).fetchall())
