"""A PostgreSQL server as a database (extra `postgres`)."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Literal, TypeVar

from fenzu.database import Row, Value
from fenzu.database.address import read_address
from fenzu.database.trouble import lost, trouble
from fenzu.errors import StoreError
from fenzu.wire.words import Words

if TYPE_CHECKING:
    import psycopg

T = TypeVar("T")
SOME = 1_000
_PATIENT = (
    "idle_in_transaction_session_timeout = 0",
    # The server finds out within a minute that a host is gone, and lets somebody else have its locks.
    "tcp_keepalives_idle = 30",
    "tcp_keepalives_interval = 10",
    "tcp_keepalives_count = 3",
)


class PostgresDatabase:
    """One connection, made anew where the server has closed it between two statements."""

    kind: Literal["sqlite", "postgres"] = "postgres"

    def __init__(self, dsn: str) -> None:
        address = read_address(dsn)
        del dsn  # it may hold a password, and tracebacks may show locals
        self._address = address
        self.where: str = address.where
        self._lock = threading.RLock()
        self._is_closed = False
        self._in_transaction = False
        self._connection = self._telling(self._connect)

    def __repr__(self) -> str:
        return f"PostgresDatabase({self.where!r})"

    def rows(self, statement: str, values: Sequence[Value] = ()) -> list[Row]:
        """Carry out a statement and return all its rows."""

        def ask() -> list[Row]:
            cursor = self._open().execute(_placed(statement), values)
            return cursor.fetchall() if cursor.description else []

        with self._lock:
            return self._telling(ask)

    def stream(self, statement: str, values: Sequence[Value] = ()) -> Iterator[Row]:
        """Yield the rows of a SELECT as they were when it began, on a connection of its own."""
        import psycopg

        reader = self._telling(lambda: self._connect(autocommit=False))
        cursor = reader.cursor("fenzu")
        try:
            self._telling(lambda: cursor.execute(_placed(statement), values))
            while some := self._telling(lambda: cursor.fetchmany(SOME)):
                yield from some
        finally:
            with suppress(psycopg.Error):  # what broke the reading is told already
                cursor.close()
            reader.close()

    def run(self, statement: str, values: Sequence[Value] = ()) -> int:
        """Carry out a statement and return how many rows it changed."""
        with self._lock:
            return self._telling(lambda: self._open().execute(_placed(statement), values).rowcount)

    def run_many(self, statement: str, rows: Iterable[Sequence[Value]]) -> None:
        """Carry out a statement for each row of values."""

        def ask() -> None:
            connection = self._open()
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(_placed(statement), rows)

        with self._lock:
            self._telling(ask)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what the block does."""
        with self._lock:
            assert not self._in_transaction, "transactions do not nest"
            self.run("BEGIN")
            self._in_transaction = True
            try:
                yield
                self.run("COMMIT")
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._in_transaction = False

    @contextmanager
    def holding(self, name: str) -> Iterator[bool]:
        """Hold what is called `name` until the block ends, and tell whether it is ours.

        A transaction on a connection of its own holds it, so it ends with the process, and behind a pooler too.
        """
        import psycopg

        holder = self._telling(lambda: self._connect(autocommit=False))
        try:
            yield self._telling(lambda: _take(holder, name))
            with suppress(psycopg.Error):  # a connection that is lost holds nothing any more
                holder.rollback()
        finally:
            holder.close()

    def close(self) -> None:
        """Close the connection. Repeating is safe."""
        with self._lock:
            self._is_closed = True
            self._connection.close()

    def _open(self) -> "psycopg.Connection":
        """Return a connection that the server has not closed; one that is lost takes its transaction with it."""
        if self._is_closed:
            raise StoreError(
                Words(f"{self.where} is closed", f"{self.where} 已关闭"), Words("open it anew", "请重新打开")
            )
        if _is_alive(self._connection):
            return self._connection
        if self._in_transaction:
            raise lost(self.where)
        self._connection = self._connect()
        return self._connection

    def _connect(self, *, autocommit: bool = True) -> "psycopg.Connection":
        import psycopg

        # Behind a pooler the next statement may meet another server, which knows no statement prepared before.
        return psycopg.connect(**self._address.reveal(), autocommit=autocommit, prepare_threshold=None)

    def _roll_back(self) -> None:
        """Undo what the transaction did; a connection on which that fails is given up, and the server undoes it."""
        import psycopg

        try:
            self._connection.execute("ROLLBACK")
        except psycopg.Error:
            self._connection.close()

    def _telling(self, act: Callable[[], T]) -> T:
        """Do something; raises `StoreError` outside of what psycopg raised, whose frames hold the password."""
        import psycopg

        try:
            return act()
        except psycopg.Error as error:
            told = trouble(self.where, error.sqlstate, type(error).__name__)
        raise told


def _take(holder: "psycopg.Connection", name: str) -> bool:
    """Take a lock of this schema, which the connection's transaction holds from now on, however long that waits."""
    for setting in _PATIENT:
        holder.execute(f"SET LOCAL {setting}".encode())
    found = holder.execute(
        "SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' ' || %s, 0))",
        [f"fenzu {name}"],
    )
    return found.fetchall() == [(True,)]


def _is_alive(connection: "psycopg.Connection") -> bool:
    """Tell whether the server has not ended the connection since it was last used: nothing is sent, nothing waits.

    So a statement need not be repeated after a restart, of which nobody could tell whether it was carried out.
    """
    import psycopg

    if connection.closed:
        return False
    try:
        for _ in range(2):  # the first takes in the server's last words, the second the end behind them
            connection.pgconn.consume_input()
    except psycopg.Error:
        connection.close()
        return False
    return True


def _placed(statement: str) -> str:
    """Write the places of values as psycopg wants them; no statement of ours holds a `?` or a `%` otherwise."""
    return statement.replace("?", "%s")
