"""A store file: opening it, refusing what is none, keeping other sandboxes out, closing it. Knows no account.

It hands out connections; what is read and written through them stands in `reader`, `books` and `load`.
"""

import os
import stat
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Literal, TypeAlias

import apsw

from fenzu.errors import StoreError
from fenzu.sandbox.store import sql
from fenzu.sandbox.store.audit import counts_agree, openids_agree
from fenzu.sandbox.store.database import Store
from fenzu.sandbox.store.lock import Lock
from fenzu.sandbox.store.sqlite import CACHE_KB, SqliteConnection
from fenzu.sandbox.store.temporary import STORE, make_folder
from fenzu.sandbox.store.wal import is_damaged
from fenzu.wire.extras import install
from fenzu.wire.words import Words

Synchronous: TypeAlias = Literal["FULL", "NORMAL", "OFF"]

PRIVATE = 0o600
CHECKED_WHOLE = 64 * 1024 * 1024
"""Up to this size a store is checked page by page when it is opened; a larger one by its frame only."""
COMPARED_WHOLE = 16 * 1024 * 1024
"""Up to this size every openid is compared as well."""
SERVERS = ("postgresql://", "postgres://")
READER_CACHE_KB = 4096
CHECKPOINT_PAGES = 4000
LOG_BYTES = 32 * 1024 * 1024
"""What the write-ahead log shrinks to after a big load."""

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
        return _translate(error, self.path)

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


def open_store(path: str | None, *, vfs: str | None = None, synchronous: Synchronous = "FULL") -> Store:
    """Open the store at `path`, making it if there is none; without a path a temporary one.

    A path may be the address of a PostgreSQL server, whose store several sandboxes share.

    `vfs` puts another file system underneath SQLite, and `synchronous` says how hard it syncs: both are for tests of
    durability, and only FULL keeps what was acknowledged. Raises StoreError for what is no store, is one of
    a later version, is broken, cannot be opened, or is in use.
    """
    folder = None
    if path is None:
        folder = make_folder()
        path = str(Path(folder.name, STORE))
    elif path.startswith(SERVERS):
        return _open_server(path)
    elif "://" in path:
        raise StoreError(
            Words(f"{path.partition(':')[0]} is no kind of store", f"不支持 {path.partition(':')[0]} 存储"),
            Words("give the path of a file, or postgresql://…", "请给出文件路径或 postgresql://…"),
        )
    file = Path(os.path.realpath(path))  # as SQLite does: one store has one lock, whatever link leads to it
    lock = Lock(file.with_name(file.name + ".lock"))
    _prepare(file, lock)
    try:
        connection = _connect(file, vfs, synchronous)
        try:
            _check(connection, file)
        finally:
            connection.close(True)
        _make_private(file)
        return FileStore(file, lock, lambda: _connect(file, vfs, synchronous), folder)
    except apsw.Error as error:
        lock.free()
        raise _translate(error, file) from None
    except BaseException:
        lock.free()
        raise


def _open_server(address: str) -> Store:
    try:
        from fenzu.sandbox.store.postgres.store import open_postgres
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise
        raise StoreError(
            Words("a store on PostgreSQL needs psycopg", "PostgreSQL 存储需要 psycopg"),
            install("postgres"),
        ) from None
    return open_postgres(address)


def _prepare(file: Path, lock: Lock) -> None:
    """Take the lock, and make the file with 0600 before SQLite would make it with less care."""
    try:
        if not lock.take():
            raise StoreError(
                Words(f"{file} is in use by another sandbox", f"{file} 正被另一个沙箱使用"),
                Words("stop that one, or give another --store", "先停掉那个沙箱，或换一个 --store"),
            )
        if file.is_dir():
            raise IsADirectoryError(21, "Is a directory", str(file))
        _look_at_head(file)
    except OSError as error:
        lock.free()
        raise StoreError(
            Words(
                f"cannot open the store {file}: {error.strerror}", f"无法打开存储 {file}：{error.strerror}"
            ),
            Words("check the folder and its permissions", "检查目录是否存在、是否可写"),
        ) from None
    except BaseException:
        lock.free()
        raise


def _make_private(file: Path) -> None:
    """Let nobody else read a store that was made with less care; its log and its index get its mode from SQLite."""
    if stat.S_IMODE(file.stat().st_mode) != PRIVATE:
        with suppress(PermissionError):  # somebody else's, who lets us use it
            file.chmod(PRIVATE)


def _look_at_head(file: Path) -> None:
    """Refuse what is somebody else's by its first bytes: SQLite would tidy up a foreign database by looking at it."""
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE), "rb") as opened:
        head = opened.read(100)
    log = file.with_name(file.name + "-wal")
    if not head and log.exists() and log.stat().st_size:
        raise StoreError(
            Words(
                f"the store {file} is empty, but its log {log} is not",
                f"存储 {file} 是空的，但它的日志 {log} 不是",
            ),
            Words(
                "restore a copy of both, or remove the log to begin anew",
                "恢复两者的备份，或删除日志后重新开始",
            ),
        )
    if not head or file.with_name(file.name + "-journal").exists():  # new, or cut off while it was made
        return
    if not head.startswith(b"SQLite format 3\0") or head[68:72] != sql.APPLICATION_ID.to_bytes(4):
        raise _not_ours(file)


def _connect(file: Path, vfs: str | None, synchronous: Synchronous) -> SqliteConnection:
    connection = SqliteConnection(str(file), apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE, vfs)
    # Else SQLite plans each statement anew whenever a bound value changes: 9.5 µs for a point read instead of 2.3.
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    connection.set_busy_timeout(5000)
    connection.pragma("synchronous", synchronous)
    connection.pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
    connection.pragma("journal_size_limit", LOG_BYTES)
    connection.pragma("cache_size", -CACHE_KB)
    return connection


def _check(connection: SqliteConnection, file: Path) -> None:
    """Make the tables in an empty file, and bring those of an older version up; refuse what is no whole store."""
    application, version = connection.pragma("application_id"), connection.pragma("user_version")
    if application in (0, sql.APPLICATION_ID) and version == 0 and connection.pragma("schema_version") == 0:
        _create(connection)
        return
    if application != sql.APPLICATION_ID:
        raise _not_ours(file)
    if not 1 <= version <= sql.VERSION:
        raise StoreError(
            Words(
                f"{file} is a store of version {version}; this fenzu reads up to version {sql.VERSION}",
                f"{file} 是版本 {version} 的存储，本版 fenzu 最高只能读版本 {sql.VERSION}",
            ),
            Words(
                "use the fenzu that made it, or give another --store", "用当初建它的 fenzu，或换一个 --store"
            ),
        )
    _check_log(connection, file)
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)  # what a killed sandbox left in the log
    _check_pages(connection, file)
    _bring_up(connection, version)
    _check_tables(connection, file)
    _check_books(connection, file)


def _check_log(connection: SqliteConnection, file: Path) -> None:
    recovered, _ = connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_NOOP)
    if is_damaged(file.with_name(file.name + "-wal"), max(0, recovered), sql.PAGE_SIZE):
        # Else closing it writes back what can be read and removes the rest, and the loss could not be seen any more.
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        raise _broken(file)


def _create(connection: SqliteConnection) -> None:
    connection.pragma("page_size", sql.PAGE_SIZE)
    # Before the log: it has to stand in the file's head.
    connection.pragma("application_id", sql.APPLICATION_ID)
    connection.pragma("journal_mode", "wal")
    _bring_up(connection, 0)


def _bring_up(connection: SqliteConnection, version: int) -> None:
    """Bring the tables from `version` to the present one, wholly or not at all."""
    if version == sql.VERSION:
        return
    with connection:
        for step in sql.STEPS[version:]:
            connection.execute(step)
        connection.pragma("user_version", sql.VERSION)


def _check_tables(connection: SqliteConnection, file: Path) -> None:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not tables.issuperset(sql.TABLES):
        raise _broken(file)


def _check_pages(connection: SqliteConnection, file: Path) -> None:
    size = file.stat().st_size
    is_short = size < connection.pragma("page_count") * connection.pragma("page_size")
    if is_short or (size <= CHECKED_WHOLE and connection.pragma("quick_check", 1) != "ok"):
        raise _broken(file)


def _check_books(connection: SqliteConnection, file: Path) -> None:
    size = file.stat().st_size
    try:
        if size <= CHECKED_WHOLE and not counts_agree(connection):
            raise _broken(file)
        if size <= COMPARED_WHOLE and not openids_agree(connection):
            raise _broken(file)
    except (apsw.SQLError, ValueError):  # a list that is none, a text that is none
        raise _broken(file) from None


def _not_ours(file: Path) -> StoreError:
    return StoreError(
        Words(f"{file} is not a store of the fenzu sandbox", f"{file} 不是 fenzu 沙箱的存储"),
        Words("give another --store; the file was left as it is", "换一个 --store；该文件未被改动"),
    )


def _broken(file: Path) -> StoreError:
    return StoreError(
        Words(f"the store {file} is damaged", f"存储 {file} 已损坏"),
        Words("restore a copy of it, or give another --store", "恢复备份，或换一个 --store"),
    )


def _translate(error: Exception, file: Path) -> StoreError:
    if isinstance(error, apsw.NotADBError):
        return _not_ours(file)
    if isinstance(error, apsw.CorruptError | ValueError):
        return _broken(file)
    return StoreError(
        Words(f"cannot use the store {file}: {error}", f"无法使用存储 {file}：{error}"),
        Words("check the disk and the permissions", "检查磁盘空间和权限"),
    )
