"""Opening a store: making it, refusing what is none or is broken, bringing an older one up, keeping others out."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeAlias

import apsw

from fenzu.errors import StoreError
from fenzu.sandbox.store import sql
from fenzu.sandbox.store.audit import counts_agree, openids_agree
from fenzu.sandbox.store.database import Store
from fenzu.sandbox.store.file import FileStore
from fenzu.sandbox.store.file_troubles import broken, explain, not_ours
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
CHECKPOINT_PAGES = 4000
LOG_BYTES = 32 * 1024 * 1024
"""What the write-ahead log shrinks to after a big load."""


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
        raise explain(error, file) from None
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
        raise not_ours(file)


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
        raise not_ours(file)
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
        raise broken(file)


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
        raise broken(file)


def _check_pages(connection: SqliteConnection, file: Path) -> None:
    size = file.stat().st_size
    is_short = size < connection.pragma("page_count") * connection.pragma("page_size")
    if is_short or (size <= CHECKED_WHOLE and connection.pragma("quick_check", 1) != "ok"):
        raise broken(file)


def _check_books(connection: SqliteConnection, file: Path) -> None:
    size = file.stat().st_size
    try:
        if size <= CHECKED_WHOLE and not counts_agree(connection):
            raise broken(file)
        if size <= COMPARED_WHOLE and not openids_agree(connection):
            raise broken(file)
    except (apsw.SQLError, ValueError):  # a list that is none, a text that is none
        raise broken(file) from None
