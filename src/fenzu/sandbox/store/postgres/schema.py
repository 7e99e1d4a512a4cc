"""The tables on a PostgreSQL server: made where there are none, brought up where they are older, else left alone."""

import psycopg

from fenzu.errors import StoreError
from fenzu.sandbox.store import sql
from fenzu.sandbox.store.postgres.connection import PostgresConnection
from fenzu.sandbox.store.sql import postgres
from fenzu.wire.words import Words

LOCK = 7370303402611
"""One sandbox at a time looks at the tables and makes them; several may be started at once."""


def prepare(connection: PostgresConnection, name: str, *, names_schema: bool) -> None:
    """Let the tables be there, wholly or not at all; raises StoreError for what is somebody else's, or newer."""
    connection.begin()
    try:
        connection.execute("SELECT pg_advisory_xact_lock(?)", (LOCK,))
        if not names_schema:
            _make_schema(connection)
        _bring_up(connection, name, _version(connection))
        connection.commit()
    finally:
        if not connection.is_lost and not connection.is_idle:
            connection.rollback()


def _make_schema(connection: PostgresConnection) -> None:
    # Asked first: CREATE SCHEMA IF NOT EXISTS wants the right to create even where there is nothing to create.
    if not connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = ?", (postgres.SCHEMA_NAME,)).get:
        connection.execute(f"CREATE SCHEMA {postgres.SCHEMA_NAME}")


def _version(connection: PostgresConnection) -> int:
    """Return the version of the tables, 0 where there are none."""
    if connection.execute("SELECT to_regclass('sandbox_version')::text").get is None:
        return 0
    return int(connection.execute("SELECT version FROM sandbox_version").get or 0)


def _bring_up(connection: PostgresConnection, name: str, version: int) -> None:
    if version > sql.VERSION:
        raise StoreError(
            Words(
                f"{name} is a store of version {version}; this fenzu reads up to version {sql.VERSION}",
                f"{name} 是版本 {version} 的存储，本版 fenzu 最高只能读版本 {sql.VERSION}",
            ),
            Words("use the fenzu that made it, or another database", "用当初建它的 fenzu，或换一个数据库"),
        )
    if version == sql.VERSION:
        return
    steps = (
        postgres.STEPS[version - postgres.FIRST_VERSION :] if version else (postgres.SCHEMA, *postgres.STEPS)
    )
    is_foreign = False
    try:
        for step in steps:
            connection.run(step)
    except (psycopg.errors.DuplicateTable, psycopg.errors.DuplicateObject):
        is_foreign = True  # so that our error is raised outside: psycopg's frames hold the password
    if is_foreign:
        raise StoreError(
            Words(f"{name} holds tables of somebody else's", f"{name} 中有其他程序的表"),
            Words(
                "give a database of its own, or a schema: ?options=-csearch_path%3DNAME",
                "请使用单独的数据库或模式：?options=-csearch_path%3DNAME",
            ),
        )
    connection.execute("DELETE FROM sandbox_version")
    connection.execute("INSERT INTO sandbox_version VALUES (?)", (sql.VERSION,))
