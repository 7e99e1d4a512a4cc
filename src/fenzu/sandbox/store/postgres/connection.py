"""A connection to PostgreSQL that fulfils `Connection`: the statements of `sql` go in, each in PostgreSQL's own text.

PostgreSQL's text cannot hold a NUL, which names and remarks may: it is kept as two other characters. A connection that
is lost, or whose commit was lost, raises and is of no more use; whoever owns it makes a new one.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import msgspec
import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8Dumper

from fenzu.sandbox.store.sql.postgres import translate

MARK = "\U0010fffd"
"""Stands before `0` for a NUL and before `1` for itself; the last character that Unicode leaves to everybody's use."""
_NUL, _SELF = f"{MARK}0", f"{MARK}1"
_JSON = ((_NUL.encode(), rb"\u0000"), (_SELF.encode(), MARK.encode()))

SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
LOCK = "SELECT pg_advisory_xact_lock(?::int, hashtext(current_schema()))"

Row = tuple[Any, ...]


class UncertainCommit(psycopg.OperationalError):
    """The connection was lost while a transaction was committed: it may be on disk or not."""


def _hide(text: str) -> str:
    return text.replace(MARK, _SELF).replace("\0", _NUL) if "\0" in text or MARK in text else text


def _reveal(value: object) -> object:
    if isinstance(value, str) and MARK in value:
        return value.replace(_NUL, "\0").replace(_SELF, MARK)
    return value


class _Hidden(str):
    """Text in which no NUL is left."""

    __slots__ = ()


class _JsonLoader(Loader):
    """Loads JSON as bytes, with NULs as JSON writes them."""

    def load(self, data: Buffer) -> bytes:
        text = bytes(data)
        for kept, told in _JSON:
            text = text.replace(kept, told)
        return text


class PostgresCursor:
    """The rows of a statement, all of them fetched."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows
        self._next = iter(rows)

    @property
    def get(self) -> Any:  # noqa: ANN401 - what stands in a row is known to whoever wrote the statement
        """The one value, the one row where it has several, or None where there is no row."""
        if not self._rows:
            return None
        row = self._rows[0]
        return row[0] if len(row) == 1 else row

    def fetchone(self) -> Any:  # noqa: ANN401 - as above
        """Return the next row, None after the last one."""
        return next(self._next, None)

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""
        return list(self._next)

    def __iter__(self) -> Iterator[Any]:
        return self._next


class PostgresConnection:
    """psycopg's connection in the shape that the sandbox's code knows."""

    def __init__(self, connection: "psycopg.Connection[Row]") -> None:
        connection.autocommit = True  # transactions begin where `begin` says so
        connection.cursor_factory = psycopg.RawCursor
        connection.adapters.register_dumper(int, Int8Dumper)  # one type, so one prepared statement
        connection.adapters.register_loader("json", _JsonLoader)
        self._connection = connection
        self._changes = 0
        self._is_held = False

    def execute(self, statement: str, values: Sequence[object] = (), /) -> PostgresCursor:
        """Carry out a statement."""
        cursor = self._connection.execute(_raw(statement), _bound(values))
        self._changes = cursor.rowcount
        return PostgresCursor([tuple(map(_reveal, row)) for row in cursor] if cursor.description else [])

    def executemany(self, statement: str, rows: Iterable[Sequence[object]], /) -> PostgresCursor:
        """Carry out a statement once for each row of values."""
        with self._connection.cursor() as cursor:
            cursor.executemany(_raw(statement), [_bound(values) for values in rows])
            self._changes = cursor.rowcount
        return PostgresCursor([])

    def run(self, script: str) -> None:
        """Carry out statements that stand in no `sql` and take no values, several if need be."""
        self._connection.execute(script.encode(), prepare=False)

    def changes(self) -> int:
        """Return how many rows the last statement wrote."""
        return self._changes

    def texts(self, values: Sequence[str]) -> object:
        """Return many texts as one value."""
        return list(values)

    def numbers(self, values: Iterable[int]) -> object:
        """Return many whole numbers as one value."""
        return list(values)

    def table(self, rows: Sequence[Sequence[object]]) -> object:
        """Return many rows as one value."""
        hidden = [[_hide(value) if isinstance(value, str) else value for value in row] for row in rows]
        return _Hidden(msgspec.json.encode(hidden).decode())

    def lock(self, number: int) -> None:
        """Let no other sandbox on this store pass here until the transaction ends."""
        # By schema: those that share a database but no tables do not wait for each other.
        self.execute(LOCK, (number,))

    def insert_new(self, statement: str, values: Sequence[object]) -> bool:
        """Insert rows, all or none: False where one of them is there already."""
        self.execute("SAVEPOINT before")
        self.execute("SET LOCAL work_mem = '64MB'")
        try:
            self.execute(statement, values)
        except psycopg.errors.UniqueViolation:
            self.execute("ROLLBACK TO SAVEPOINT before")
            return False
        self.execute("RELEASE SAVEPOINT before")
        return True

    @contextmanager
    def moment(self) -> Iterator[None]:
        """Let all that is read in a `with` block be of one moment."""
        if self._is_held:
            yield
            return
        self.execute(SNAPSHOT)
        try:
            yield
        finally:
            if not self.is_lost:
                self.rollback()

    def hold(self) -> None:
        """Let all that is read from now on be of this moment."""
        self.execute(SNAPSHOT)
        self.execute("SELECT 1")  # a snapshot is taken by the first statement
        self._is_held = True

    @property
    def is_idle(self) -> bool:
        """Tell whether no transaction is open."""
        return self._connection.info.transaction_status == TransactionStatus.IDLE

    @property
    def is_lost(self) -> bool:
        """Tell whether the server is gone, or has ended this connection."""
        return self._connection.closed

    def begin(self) -> None:
        """Begin a transaction that writes."""
        self.execute("BEGIN")

    def commit(self) -> None:
        """Put it on disk; a server that is lost meanwhile raises UncertainCommit."""
        try:
            done = self._connection.execute("COMMIT").statusmessage
        except psycopg.OperationalError as error:
            if error.sqlstate is not None and error.sqlstate.startswith("40"):
                raise
            raise UncertainCommit("the connection was lost") from None
        if done != "COMMIT":  # PostgreSQL answers ROLLBACK, and no error, where a statement before had failed
            raise psycopg.errors.InFailedSqlTransaction("nothing was committed")

    def rollback(self) -> None:
        """Undo it."""
        self.execute("ROLLBACK")

    def interrupt(self) -> None:
        """Break off the statement that is running, from any thread."""
        with suppress(psycopg.OperationalError):  # the server is away, and so is what it was at
            self._connection.cancel_safe(timeout=5)

    def close(self) -> None:
        """Close the connection; the server undoes what was begun."""
        self._connection.close()


def _raw(statement: str) -> bytes:
    return translate(statement).encode()


def _bound(values: Sequence[object]) -> list[object]:
    return [_hide(value) if type(value) is str else value for value in values]
