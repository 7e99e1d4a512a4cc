"""A store on a PostgreSQL server: opening it, its connections, closing it. Other sandboxes may use it meanwhile."""

import psycopg

from fenzu.errors import StoreError
from fenzu.sandbox.store.postgres.address import Address
from fenzu.sandbox.store.postgres.connection import PostgresConnection, UncertainCommit
from fenzu.sandbox.store.postgres.schema import prepare
from fenzu.sandbox.store.postgres.troubles import explain, refused_while_connecting
from fenzu.sandbox.store.sql.postgres import SCHEMA_NAME

PLANS = (
    # Every statement has an index that fits; what the planner thinks of tables that grew a moment ago is not asked.
    "SET enable_seqscan = off",
    "SET enable_hashjoin = off",
    "SET enable_mergejoin = off",
    "SET enable_material = off",
    "SET jit = off",
)
PATIENCE = "SET idle_in_transaction_session_timeout = '30s'"
"""A sandbox that stands still in the middle of a transaction lets go of what the others wait for."""
_UNDONE = ("40001", "40P01")
_GONE = ("08", "57P")


class PostgresStore:
    """An open store: one connection that writes, and others that `connect` makes for whoever reads."""

    failures: tuple[type[Exception], ...] = (psycopg.Error,)
    is_shared = True

    def __init__(self, address: Address) -> None:
        self._address = address
        self.name: str | None = address.name
        self._reader: PostgresConnection | None = None
        self.writer = self.connect(durable=True)

    @property
    def reader(self) -> PostgresConnection:
        """A connection for what is read before there are threads that read."""
        if self._reader is None or self._reader.is_lost:
            self._reader = self.connect()
        return self._reader

    def open_view(self) -> "PostgresView":
        """Return a view of the store as it is now."""
        return PostgresView(self.connect())

    def connect(self, *, durable: bool = False) -> PostgresConnection:
        """Return a new connection; `durable` is for the one that must not answer before it is on disk."""
        made = psycopg.connect(**self._address.reveal())
        try:
            connection = PostgresConnection(made)
            for setting in (*PLANS, PATIENCE, f"SET synchronous_commit = {'on' if durable else 'off'}"):
                connection.run(setting)
            if not self._address.names_schema:
                connection.run(f"SET search_path = {SCHEMA_NAME}")
        except BaseException:
            made.close()
            raise
        return connection

    def reopen_writer(self) -> None:
        """Replace the writing connection; the server undoes what the other had begun."""
        used, self.writer = self.writer, self.connect(durable=True)
        used.close()

    def may_repeat(self, error: Exception) -> bool:
        """Tell whether it is certain that nothing was written, and likely that it will be the next time."""
        if not isinstance(error, psycopg.Error) or isinstance(error, UncertainCommit):
            return False
        state = error.sqlstate
        if state is None:
            return isinstance(error, psycopg.OperationalError)
        return state in _UNDONE or state.startswith(_GONE)

    def explain(self, error: Exception) -> StoreError:
        """Return what PostgreSQL complains of in words."""
        return explain(error, self._address.name)

    def close(self) -> None:
        """Close the writing connection; what `connect` made belongs to whoever asked for it."""
        self.writer.close()
        if self._reader is not None:
            self._reader.close()


class PostgresView:
    """A connection with a transaction that reads; the server keeps for it what is written over meanwhile."""

    def __init__(self, connection: PostgresConnection) -> None:
        self.connection = connection
        connection.run("SET idle_in_transaction_session_timeout = 0")
        connection.hold()

    def close(self) -> None:
        """End the transaction."""
        self.connection.close()


def open_postgres(address: str) -> PostgresStore:
    """Open the store at an address, making its tables if there are none; raises StoreError if it cannot be used."""
    where = Address(address)
    store: PostgresStore | None = None
    try:
        store = PostgresStore(where)
        prepare(store.writer, where.name, names_schema=where.names_schema)
    except psycopg.Error as error:
        # Raised below, outside: psycopg's frames hold the password.
        refused = refused_while_connecting(error, where.name) if store is None else store.explain(error)
    except BaseException:
        if store is not None:
            store.close()
        raise
    else:
        return store
    if store is not None:
        store.close()
    raise refused
