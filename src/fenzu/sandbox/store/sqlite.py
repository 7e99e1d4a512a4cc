"""A connection to a SQLite file. Fulfils `Connection`; what is read most goes through apsw's own methods, unwrapped."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TYPE_CHECKING

import apsw
import msgspec

from fenzu.sandbox.store.database import Cursor

CACHE_KB = 8192
LOADING_CACHE_KB = 64 * 1024


class SqliteConnection(apsw.Connection):
    """apsw's connection, and what goes by other names elsewhere."""

    if TYPE_CHECKING:

        def execute(  # type: ignore[override]  # it takes what `texts` and `numbers` return
            self, statement: str, values: Sequence[object] = (), /
        ) -> Cursor:
            """Carry out a statement."""

        def executemany(  # type: ignore[override]  # the same
            self, statement: str, rows: Iterable[Sequence[object]], /
        ) -> Cursor:
            """Carry out a statement once for each row of values."""

    def texts(self, values: Sequence[str]) -> object:
        """Return many texts as one value."""
        return apsw.carray(tuple(values))

    def numbers(self, values: Iterable[int]) -> object:
        """Return many whole numbers as one value."""
        return apsw.carray(array("q", values))

    def table(self, rows: Sequence[Sequence[object]]) -> object:
        """Return many rows as one value."""
        return msgspec.json.encode(rows).decode()

    def lock(self, number: int) -> None:
        """There is no other sandbox on this store."""

    def insert_new(self, statement: str, values: Sequence[object]) -> bool:
        """Insert rows, all or none: False where one of them is there already."""
        with self._room_to_sort():
            try:
                self.execute(statement, values)
            except apsw.ConstraintError:
                return False
        return True

    @contextmanager
    def _room_to_sort(self) -> Iterator[None]:
        self.pragma("cache_size", -LOADING_CACHE_KB)
        try:
            yield
        finally:
            self.pragma("cache_size", -CACHE_KB)
            self.release_memory()

    def moment(self) -> AbstractContextManager[object]:
        """Let all that is read in a `with` block be of one moment."""
        return self

    @property
    def is_idle(self) -> bool:
        """Tell whether no transaction is open."""
        return self.get_autocommit()

    def begin(self) -> None:
        """Begin a transaction that writes."""
        self.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Put it on disk."""
        try:
            self.execute("COMMIT")
        except apsw.Error:
            self.annul()
            raise

    def annul(self) -> None:
        """Make sure that what could not be committed was not done, whatever happens next.

        Where only the sync failed, all of it stands in the log, and a kill before the next commit would bring it back.
        So another commit is put in its place; should that fail to be synced as well, it stands there all the same.
        """
        with suppress(apsw.Error):
            if not self.get_autocommit():
                self.rollback()
            self.pragma("user_version", self.pragma("user_version"))

    def rollback(self) -> None:
        """Undo it."""
        self.execute("ROLLBACK")
