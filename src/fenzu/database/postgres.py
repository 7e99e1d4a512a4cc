"""A PostgreSQL server as a database (extra `postgres`)."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from fenzu.database import Row, Value
from fenzu.errors import StoreError, UsageError
from fenzu.wire.extras import install
from fenzu.wire.words import Words

if TYPE_CHECKING:
    import psycopg

SETTINGS = {
    "connect_timeout": 10,
    "tcp_user_timeout": 20_000,
    "keepalives_idle": 20,
    "application_name": "fenzu",
}
"""What the address does not say itself: how long to wait for a server that is away, and who is asking."""
SOME = 1_000


class PostgresDatabase:
    """One connection, made anew where the server has closed it between two statements."""

    kind: Literal["sqlite", "postgres"] = "postgres"

    def __init__(self, dsn: str) -> None:
        try:
            import psycopg
            from psycopg.conninfo import conninfo_to_dict
        except ImportError:
            raise UsageError(
                Words("PostgreSQL needs the library psycopg", "使用 PostgreSQL 需要 psycopg 库"),
                install("postgres"),
            ) from None
        self.where = ""
        self._lock = threading.RLock()
        self._connection: psycopg.Connection | None = None
        self._is_closed = False
        try:
            options = SETTINGS | conninfo_to_dict(dsn)
        except psycopg.Error:
            options = None
        del dsn  # it may hold a password, and tracebacks may show locals
        if options is None:
            raise UsageError(
                Words("the address of the PostgreSQL server makes no sense", "PostgreSQL 服务器的地址不正确"),
                Words(
                    "give postgresql://USER:PASSWORD@HOST/NAME, special characters as %XX",
                    "请给出 postgresql://USER:PASSWORD@HOST/NAME，特殊字符写成 %XX",
                ),
            )
        self._options = _Options(options)
        self.where = self._options.where
        self.rows("SELECT 1")

    def __repr__(self) -> str:
        return f"PostgresDatabase({self.where!r})"

    def rows(self, statement: str, values: Sequence[Value] = ()) -> list[Row]:
        """Carry out a statement and return all its rows."""
        with self._lock, self._told():
            cursor = self._open().execute(_placed(statement), values)
            return cursor.fetchall() if cursor.description else []

    def stream(self, statement: str, values: Sequence[Value] = ()) -> Iterator[Row]:
        """Yield the rows of a SELECT as they were when it began, on a connection of its own."""
        import psycopg

        with self._told():
            reader = psycopg.connect(**self._options.reveal())
            cursor = reader.cursor("fenzu")
        try:
            with self._told():
                cursor.execute(_placed(statement), values)
            while True:
                with self._told():
                    some = cursor.fetchmany(SOME)
                if not some:
                    return
                yield from some
        finally:
            with self._told():
                cursor.close()
                reader.close()

    def run(self, statement: str, values: Sequence[Value] = ()) -> int:
        """Carry out a statement and return how many rows it changed."""
        with self._lock, self._told():
            return self._open().execute(_placed(statement), values).rowcount

    def run_many(self, statement: str, rows: Iterable[Sequence[Value]]) -> None:
        """Carry out a statement for each row of values."""
        with self._lock, self._told():
            connection = self._open()
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(_placed(statement), rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what the block does."""
        with self._lock:
            with self._told():
                self._open().execute("BEGIN")
            try:
                yield
            except BaseException:
                connection = self._connection
                if connection is not None and not connection.closed:
                    with self._told():
                        connection.execute("ROLLBACK")
                raise
            with self._told():
                self._open().execute("COMMIT")

    def close(self) -> None:
        """Close the connection. Repeating is safe."""
        with self._lock:
            self._is_closed = True
            if self._connection is not None:
                self._connection.close()

    def _open(self) -> "psycopg.Connection":
        import psycopg

        if self._is_closed:
            raise StoreError(
                Words(f"{self.where} is closed", f"{self.where} 已关闭"), Words("open it anew", "请重新打开")
            )
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(
                **self._options.reveal(), autocommit=True, prepare_threshold=None
            )
        return self._connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Raise `StoreError` outside of what psycopg raised, whose frames hold the password."""
        import psycopg

        try:
            yield
            return
        except psycopg.Error as error:
            reason = (error.sqlstate or "") + f" {type(error).__name__}"
        raise StoreError(
            Words(
                f"{self.where} does not answer as it should: {reason.strip()}",
                f"{self.where} 应答异常：{reason.strip()}",
            ),
            Words(
                "check that the server runs and lets you in; then try again",
                "确认服务器在运行且允许访问，然后再试",
            ),
        )


class _Options:
    """What to connect with; `repr` shows no more than where."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        host, port, name = (options.get(each) for each in ("host", "port", "dbname"))
        self.where = f"postgresql://{host or ''}{f':{port}' if port else ''}/{name or ''}"

    def __repr__(self) -> str:
        return f"_Options({self.where!r})"

    def reveal(self) -> dict[str, Any]:
        return self._options


def _placed(statement: str) -> str:
    """Write the places of values as psycopg wants them; no statement of ours holds a `?` or a `%` otherwise."""
    return statement.replace("?", "%s")
