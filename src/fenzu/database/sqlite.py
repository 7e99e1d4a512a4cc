"""A SQLite file as a database. What is committed is on disk; only its owner may read it."""

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Literal

import apsw

from fenzu.database import FORMATS, Row, Value
from fenzu.errors import StoreError
from fenzu.wire.words import Words

PATIENCE = 60_000
"""Milliseconds to wait for another process that writes: of ten million, a change may take half of that."""
SOME = 1_000


class SqliteDatabase:
    """One connection to a file in WAL mode."""

    kind: Literal["sqlite", "postgres"] = "sqlite"

    def __init__(self, path: str, *, read_only: bool = False, travels: bool = False) -> None:
        self.where = path
        self._travels = travels and not read_only
        self._lock = threading.RLock()
        self._connection: apsw.Connection | None = None
        with self._told():
            if not read_only:
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._connection = _connect(path, read_only=read_only)
            self._path = Path(path).resolve()
            self._opened = self._path.stat()

    def __repr__(self) -> str:
        return f"SqliteDatabase({self.where!r})"

    def rows(self, statement: str, values: Sequence[Value] = ()) -> list[Row]:
        """Carry out a statement and return all its rows."""
        with self._lock, self._told():
            return list(self._open().execute(statement, tuple(values)))

    def stream(self, statement: str, values: Sequence[Value] = ()) -> Iterator[Row]:
        """Yield the rows of a SELECT as they were when it began, on a connection of its own."""
        with self._told():
            reader = _connect(self.where, read_only=True)
        try:
            with self._told():
                cursor = reader.execute(statement, tuple(values))
            while True:
                with self._told():
                    some = list(islice(cursor, SOME))
                if not some:
                    return
                yield from some
        finally:
            reader.close()

    def run(self, statement: str, values: Sequence[Value] = ()) -> int:
        """Carry out a statement and return how many rows it changed."""
        with self._lock, self._told():
            connection = self._open()
            before = connection.total_changes()
            connection.execute(statement, tuple(values))
            return connection.total_changes() - before

    def run_many(self, statement: str, rows: Iterable[Sequence[Value]]) -> None:
        """Carry out a statement for each row of values, in one transaction if none is open."""
        with self._lock, self._told():
            connection = self._open()
            if connection.in_transaction:
                connection.executemany(statement, rows)
                return
            with connection:
                connection.executemany(statement, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what the block does."""
        with self._lock:
            with self._told():
                self._open().execute("BEGIN IMMEDIATE")
            try:
                self._check_still_there()
                yield
                with self._told():
                    self._open().execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    def close(self) -> None:
        """Close the file; one that travels is brought into one piece."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is None:
                return
            try:
                with self._told():
                    if self._travels:
                        _into_one_piece(connection)
            finally:
                connection.close()

    def _roll_back(self) -> None:
        """Undo what the transaction did, where SQLite has not done so itself (a full disk); closing does it, too."""
        if self._connection is not None and self._connection.in_transaction:
            with self._told():
                self._connection.execute("ROLLBACK")

    def _check_still_there(self) -> None:
        """What is written into a file that has lost its name is lost, and SQLite may not say so."""
        try:
            if os.path.samestat(self._path.stat(), self._opened):
                return
        except FileNotFoundError:
            pass
        raise StoreError(
            Words(
                f"{self.where} was removed or replaced while it was in use",
                f"{self.where} 在使用过程中被删除或替换",
            ),
            Words(
                "put the file back if it was moved; what was done since is not in it",
                "若文件被移走，请移回原处；此后所做的没有记录在内",
            ),
        )

    def _open(self) -> apsw.Connection:
        if self._connection is None:
            raise StoreError(
                Words(f"{self.where} is closed", f"{self.where} 已关闭"), Words("open it anew", "请重新打开")
            )
        return self._connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
            return
        except (apsw.Error, OSError) as error:
            told = _trouble(self.where, error)
        raise told


def _into_one_piece(connection: apsw.Connection) -> None:
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
    except apsw.BusyError:
        pass  # somebody else reads it: it is as whole as it was, in two files


def _connect(path: str, *, read_only: bool) -> apsw.Connection:
    flags = apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE
    connection = apsw.Connection(str(Path(path).resolve()), flags=flags)
    connection.set_busy_timeout(PATIENCE)
    _check_ours(connection)
    if not read_only:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -65536")
    return connection


def _check_ours(connection: apsw.Connection) -> None:
    """Refuse a file that holds another program's tables, before anything in it is changed."""
    tables = {
        str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    if tables and FORMATS not in tables:
        connection.close()
        raise apsw.NotADBError


_REASONS: tuple[tuple[type[Exception], Words], ...] = (
    (apsw.NotADBError, Words("it is no file of fenzu's", "不是 fenzu 的文件")),
    (apsw.CorruptError, Words("it is damaged", "文件已损坏")),
    (apsw.BusyError, Words("somebody else holds it", "被其他程序占用")),
    (apsw.FullError, Words("the disk is full", "磁盘已满")),
    (apsw.ReadOnlyError, Words("it may not be written", "没有写入权限")),
    (apsw.CantOpenError, Words("it cannot be opened", "无法打开")),
)


def _trouble(where: str, error: Exception) -> StoreError:
    text = error.strerror or "" if isinstance(error, OSError) else str(error)
    reason = next((words for kind, words in _REASONS if isinstance(error, kind)), Words(text, text))
    told = Words(f"{where} is out of reach: {reason.en}", f"{where} 无法使用：{reason.zh}")
    if isinstance(error, apsw.NotADBError):
        return StoreError(
            told, Words("look at its path: another file may be meant", "请检查路径，可能给错了文件")
        )
    return StoreError(
        told,
        Words(
            "look whether the file and its folder are there, yours and on a disk with room; then try again",
            "请检查文件和目录是否存在、是否属于你、磁盘是否有空间，然后再试",
        ),
    )
