"""A store in a file that is open: its connections, views, copies, and putting another store in its place.

It hands out connections; what is read and written through them stands in `reader`, `books` and `load`. How a file is
opened stands in `opening`.
"""

import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import apsw

from fenzu.errors import StoreError
from fenzu.sandbox.store import sql
from fenzu.sandbox.store.file_troubles import explain
from fenzu.sandbox.store.lock import Lock
from fenzu.sandbox.store.sqlite import SqliteConnection

READER_CACHE_KB = 4096

HIGHEST = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'account'"
RAISE_HIGHEST = "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'account'"


class FileStore:
    """An open file: one connection that writes, one that reads, and the lock on the file."""

    failures: tuple[type[Exception], ...] = (apsw.Error,)
    is_shared = False

    def __init__(
        self,
        path: Path,
        lock: Lock,
        connect: Callable[[], SqliteConnection],
        folder: "tempfile.TemporaryDirectory[str] | None",
    ) -> None:
        self.path = path
        self._lock = lock
        self._connect = connect
        self._folder = folder
        self._copier: SqliteConnection | None = None
        self.writer = connect()
        self.reader = self._open_reader()

    @property
    def name(self) -> str | None:
        """The path, None for a temporary store."""
        return None if self._folder else str(self.path)

    def reopen_writer(self) -> None:
        """Replace a writing connection that is beyond use; closing that one undoes what it had begun."""
        used, self.writer = self.writer, self._connect()
        used.close(True)

    def may_repeat(self, error: Exception) -> bool:
        """Tell that nothing is better the next time: nobody else is at this file."""
        return False

    def open_view(self) -> "FileView":
        """Return a view of the store as it is now."""
        return FileView(self._open_reader())

    @property
    def snapshots(self) -> Path:
        """The folder beside the file in which snapshots of it are kept."""
        return self.path.with_name(self.path.name + ".snapshots")

    def copy_to(self, file: Path) -> int:
        """Write the store as it is now to an empty file, and return how many accounts it has. Writes go on meanwhile.

        For any thread but those that write and read; pages that are free are left out.
        """
        self._copier = connection = self._connect()
        try:
            connection.execute("VACUUM INTO ?", (str(file),))
        except apsw.Error as error:
            raise self.explain(error) from None
        finally:
            self._copier = None
            connection.close(True)
        with closing(apsw.Connection(str(file), apsw.SQLITE_OPEN_READONLY)) as copy:
            return int(copy.execute(sql.NUMBER_OF_ACCOUNTS).get)

    def break_off_copy(self) -> None:
        """Break off `copy_to` if it is under way: it fails. From any thread."""
        connection = self._copier
        if connection is not None:
            with suppress(apsw.Error):  # closed meanwhile
                connection.interrupt()

    def take_over(self, file: Path) -> None:
        """Put a store that is closed in place of this one, in one commit; on the writer's thread, between transactions.

        Who reads goes on with what was there until that is done. No number that was given here is given again.
        """
        highest = self.writer.execute(HIGHEST).get
        try:
            with (
                closing(apsw.Connection(str(file), apsw.SQLITE_OPEN_READONLY)) as source,
                self.writer.backup("main", source, "main") as backup,
            ):
                backup.step()
        except apsw.Error:
            self.writer.annul()
            raise
        with suppress(apsw.Error):  # it is done: a number that is given twice is the smaller evil
            self.writer.execute(RAISE_HIGHEST, (highest,))

    def explain(self, error: Exception) -> StoreError:
        """Return in words what SQLite complains of, or a row that makes no sense."""
        return explain(error, self.path)

    def close(self) -> None:
        """Close the connections, free the lock, and remove a temporary store."""
        try:
            self.reader.close(True)
            self.writer.close(True)
        finally:
            self._lock.free()
            if self._folder is not None:
                self._folder.cleanup()

    def _open_reader(self) -> SqliteConnection:
        reader = self._connect()
        reader.pragma("query_only", True)
        reader.pragma("cache_size", -READER_CACHE_KB)
        return reader


class FileView:
    """A connection with a transaction that reads; until it ends, the store's log cannot be shortened."""

    def __init__(self, connection: SqliteConnection) -> None:
        self.connection = connection
        connection.execute("BEGIN")
        connection.pragma("schema_version")  # a transaction sees the store as it is at its first read

    def close(self) -> None:
        """End the transaction."""
        self.connection.close(True)
