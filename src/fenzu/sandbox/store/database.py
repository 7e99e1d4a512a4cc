"""What the store's code needs of a database, whichever it is: connections, cursors, and who hands them out.

Statements are named in `sql` and written in SQLite's dialect; a connection to another database knows its own text for
each. Values are whole numbers, text, and what `texts` and `numbers` return: many values that go as one.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from fenzu.errors import StoreError


class Cursor(Protocol):
    """The rows that a statement returned; what stands in a row is known to whoever wrote the statement."""

    @property
    def get(self) -> Any:  # noqa: ANN401 - as above
        """The one value, the one row where it has several, or None where there is no row."""

    def fetchone(self) -> Any:  # noqa: ANN401 - as above
        """Return the next row, None after the last one."""

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """One connection, used by one thread at a time; between `begin` and `commit` it holds a transaction."""

    def execute(self, statement: str, values: Sequence[object] = (), /) -> Cursor:
        """Carry out a statement."""
        ...

    def executemany(self, statement: str, rows: Iterable[Sequence[object]], /) -> object:
        """Carry out a statement once for each row of values."""
        ...

    def changes(self) -> int:
        """Return how many rows the last statement wrote."""
        ...

    def texts(self, values: Sequence[str], /) -> object:
        """Return many texts as one value; none of them holds a NUL."""
        ...

    def numbers(self, values: Iterable[int], /) -> object:
        """Return many whole numbers as one value."""
        ...

    def table(self, rows: Sequence[Sequence[object]], /) -> object:
        """Return many rows of text and numbers as one value, for statements that take a JSON list of lists."""
        ...

    def lock(self, number: int, /) -> None:
        """Let no other sandbox on this store pass here until the transaction ends."""
        ...

    def insert_new(self, statement: str, values: Sequence[object], /) -> bool:
        """Insert rows, all or none: False where one of them is there already. Room for sorting many is made."""
        ...

    def moment(self) -> AbstractContextManager[object]:
        """Let all that is read in a `with` block be of one moment, whatever is written meanwhile."""
        ...

    @property
    def is_idle(self) -> bool:
        """Tell whether no transaction is open."""
        ...

    def begin(self) -> None:
        """Begin a transaction that writes."""
        ...

    def commit(self) -> None:
        """Put it on disk; returns when it is there."""
        ...

    def rollback(self) -> None:
        """Undo it."""
        ...

    def interrupt(self) -> None:
        """Break off the statement that is running, from any thread."""
        ...


class View(Protocol):
    """A view of the store as it was when this was opened, whatever is written since."""

    @property
    def connection(self) -> Connection:
        """What reads it."""

    def close(self) -> None:
        """Let go of it."""
        ...


class Store(Protocol):
    """An open store."""

    failures: tuple[type[Exception], ...]
    """What its connections raise when something is wrong with the database."""
    is_shared: bool
    """Whether other processes write to it, too: what was read in one transaction counts for nothing in the next."""

    @property
    def name(self) -> str | None:
        """Where it is, to be told to anybody; None for one that goes with the process."""

    @property
    def writer(self) -> Connection:
        """The connection that writes."""

    @property
    def reader(self) -> Connection:
        """The connection that reads on the event loop."""

    def reopen_writer(self) -> None:
        """Replace a writing connection that is beyond use; what it had begun is undone."""
        ...

    def may_repeat(self, error: Exception) -> bool:
        """Tell whether it is certain that nothing was written, and likely that it will be the next time."""
        ...

    def open_view(self) -> View:
        """Return a view of the store as it is now; who asks for it closes it."""
        ...

    def explain(self, error: Exception) -> StoreError:
        """Return what the database complains of in words."""
        ...

    def close(self) -> None:
        """Close the connections, and remove a temporary store."""
        ...
