"""Opening a store on PostgreSQL: what is refused, in which words, and that none of them tells a password."""

import subprocess
import sys
from collections.abc import Callable

import psycopg
import pytest
from tests.fixtures.postgres import PostgresServer
from tests.fixtures.world import World
from tests.servers import free_port

from fenzu.errors import StoreError
from fenzu.sandbox.store import sql
from fenzu.sandbox.store.opening import open_store
from fenzu.sandbox.store.sql import postgres

PASSWORD = PostgresServer.password


def refusal_of(address: str) -> str:
    """Return the words with which an address is refused; what is raised along with them tells nothing more."""
    with pytest.raises(StoreError) as caught:
        open_store(address)
    error: BaseException | None = caught.value
    assert error is not None
    assert error.__cause__ is None
    assert error.__context__ is None
    told = f"{error} {error!r} {caught.getrepr(showlocals=False)}"
    assert "CANARY" not in told
    return str(error)


def test_servers_that_cannot_be_used(postgres_server: PostgresServer) -> None:
    """No server, another password, a user or database that is not there: each is told for what it is."""
    away = f"postgresql://fenzu:{PASSWORD}@127.0.0.1:{free_port()}/postgres"
    assert "no PostgreSQL server answers at postgresql://127.0.0.1:" in refusal_of(away)
    wrong = postgres_server.dsn().replace(PASSWORD, "CANARY-WRONG")
    assert "refuses this user or password" in refusal_of(wrong)
    assert "refuses this user or password" in refusal_of(postgres_server.dsn(user="nobody"))
    assert "no such database" in refusal_of(postgres_server.dsn("nowhere"))


@pytest.mark.parametrize(
    "address", [f"postgresql://fenzu:{PASSWORD}@[::1/x", f"postgresql://h/x?pass{PASSWORD}=1"]
)
def test_addresses_that_make_no_sense(address: str) -> None:
    """An address that libpq cannot read is refused without repeating it."""
    assert "makes no sense" in refusal_of(address)


def test_a_user_without_rights(postgres_server: PostgresServer) -> None:
    """Who may not make the tables is told which right is lacking."""
    with psycopg.connect(postgres_server.dsn(), autocommit=True) as admin:
        admin.execute(f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'".encode())
        admin.execute(b"CREATE DATABASE guarded")
    assert "lacks rights" in refusal_of(postgres_server.dsn("guarded", user="guest"))


def test_the_schema_of_an_address_without_one(postgres_server: PostgresServer) -> None:
    """Without a search_path the tables are in the schema fenzu_sandbox; a second opening finds them."""
    with psycopg.connect(postgres_server.dsn(), autocommit=True) as admin:
        admin.execute(b"CREATE DATABASE plain")
    for _ in range(2):
        store = open_store(postgres_server.dsn("plain"))
        assert store.name == f"postgresql://127.0.0.1:{postgres_server.port}/plain"
        assert store.writer.execute("SELECT current_schema()::text").get == "fenzu_sandbox"
        assert store.writer.execute("SELECT version FROM sandbox_version").get == sql.VERSION
        store.close()


def test_a_store_of_a_later_version(new_postgres: Callable[[], str]) -> None:
    """Tables that a later fenzu made are refused and left as they are."""
    address = new_postgres()
    store = open_store(address)
    store.writer.execute("UPDATE sandbox_version SET version = ?", (sql.VERSION + 1,))
    store.close()
    try:
        assert f"a store of version {sql.VERSION + 1}" in refusal_of(address)
    finally:
        with psycopg.connect(address) as admin:
            admin.execute("UPDATE sandbox_version SET version = %s", [sql.VERSION])


def test_a_store_of_an_earlier_version(
    new_postgres: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables that an earlier fenzu made are brought up by the steps in between, whole or not at all."""
    address = new_postgres()
    open_store(address).close()
    step = "ALTER TABLE discarded ADD COLUMN IF NOT EXISTS since bigint"
    monkeypatch.setattr(postgres, "STEPS", (*postgres.STEPS, step, "DROP TABLE nothing_of_the_kind"))
    monkeypatch.setattr(sql, "VERSION", sql.VERSION + 2)
    refusal_of(address)
    monkeypatch.setattr(postgres, "STEPS", (*postgres.STEPS[:-1], "ALTER TABLE discarded DROP COLUMN since"))
    store = open_store(address)
    assert store.writer.execute("SELECT version FROM sandbox_version").get == sql.VERSION
    store.writer.execute("UPDATE sandbox_version SET version = ?", (sql.VERSION - 2,))
    store.close()


def test_tables_of_somebody_else(new_postgres: Callable[[], str]) -> None:
    """A schema in which another program has a table of one of our names is left alone."""
    address = new_postgres()
    with psycopg.connect(address) as admin:
        is_ours = admin.execute("SELECT to_regclass('sandbox_version')").fetchone() != (None,)
        if is_ours:
            admin.execute("ALTER TABLE sandbox_version RENAME TO hidden_version")
        else:
            admin.execute("CREATE TABLE account (x int)")
    try:
        assert "tables of somebody else" in refusal_of(address)
    finally:
        with psycopg.connect(address) as admin:
            admin.execute(
                b"ALTER TABLE hidden_version RENAME TO sandbox_version" if is_ours else b"DROP TABLE account"
            )


async def test_what_is_told_of_the_store(new_postgres: Callable[[], str]) -> None:
    """Health names host and database, and no password."""
    world = World(store=new_postgres())
    try:
        assert "CANARY" not in repr(world.platform.health())
        assert str(world.platform.health().store).startswith("postgresql://")
    finally:
        world.platform.close()


def test_without_psycopg() -> None:
    """Where psycopg is not installed, the extra that brings it is named."""
    program = """
import sys
sys.modules["psycopg"] = None
from fenzu.errors import StoreError
from fenzu.sandbox.store.opening import open_store
try:
    open_store("postgresql://h/x")
except StoreError as error:
    print(error)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "[postgres]'" in ran.stdout
