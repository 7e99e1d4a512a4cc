"""Where the mirror and the runs of the regroup engine lie: a SQLite file, or PostgreSQL for many processes and hosts.

The same statements serve both. What differs between the two is here, and nothing of what the tables mean.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Literal, Protocol, TypeAlias

Value: TypeAlias = str | int | float | bytes | None
Row: TypeAlias = tuple[Value, ...]

POSTGRES = ("postgresql://", "postgres://")
FORMATS = "fenzu_format"
"""The table that tells which tables a database of ours holds."""


class Database(Protocol):
    """One connection. Several threads may share it: each statement, and each transaction, has it to itself.

    Values stand as `?` in a statement. Every method raises `StoreError` where the file or the server fails.
    """

    kind: Literal["sqlite", "postgres"]
    where: str
    """The path, or the server's address without its password."""

    def rows(self, statement: str, values: Sequence[Value] = ()) -> list[Row]:
        """Carry out a statement and return all its rows: for few of them."""
        ...

    def stream(self, statement: str, values: Sequence[Value] = ()) -> Iterator[Row]:
        """Yield the rows of a SELECT one by one, in constant memory."""
        ...

    def run(self, statement: str, values: Sequence[Value] = ()) -> int:
        """Carry out a statement and return how many rows it changed."""
        ...

    def run_many(self, statement: str, rows: Iterable[Sequence[Value]]) -> None:
        """Carry out a statement for each row of values."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing of what the block does; its statements are committed together. Does not nest."""
        ...

    def close(self) -> None:
        """Close the connection. Repeating is safe."""
        ...


def is_postgres(where: str) -> bool:
    """Tell a server's address from a file's path."""
    return where.startswith(POSTGRES)


def open_database(where: str, *, read_only: bool = False, travels: bool = False) -> Database:
    """Open a file, which is made if it is missing, or connect to a server (extra `postgres`).

    A file that `travels` is left in one piece when it is closed, without SQLite's log beside it. `read_only` is for a
    file too, which has to be there; a server's database is opened the same either way.
    """
    if is_postgres(where):
        from fenzu.database.postgres import PostgresDatabase

        return PostgresDatabase(where)
    from fenzu.database.sqlite import SqliteDatabase

    return SqliteDatabase(where, read_only=read_only, travels=travels)
