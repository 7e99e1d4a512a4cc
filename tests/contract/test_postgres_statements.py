"""The statements of the sandbox on PostgreSQL: whether its own texts and the common ones are understood there."""

from collections.abc import Callable, Iterator

import pytest

from fenzu.sandbox.store import sql
from fenzu.sandbox.store.opening import open_store
from fenzu.sandbox.store.postgres.store import PostgresStore, open_postgres
from fenzu.sandbox.store.sql import postgres


def statements_of(module: object) -> dict[str, str]:
    """Return the statements that a module names, those in tuples with their place."""
    found: dict[str, str] = {}
    for name, value in vars(module).items():
        for place, statement in enumerate(value if isinstance(value, tuple) else (value,)):
            begins = str(statement).split(maxsplit=1)[:1]
            if not name.startswith("_") and begins in (["SELECT"], ["INSERT"], ["UPDATE"], ["DELETE"]):
                found[f"{name}-{place}"] = statement
    return found


STATEMENTS = statements_of(sql) | statements_of(postgres)


@pytest.fixture
def store(new_postgres: Callable[[], str]) -> Iterator[PostgresStore]:
    store = open_postgres(new_postgres())
    yield store
    store.close()


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_statement_is_understood(store: PostgresStore, name: str) -> None:
    """PostgreSQL can carry out each statement that the sandbox's store names."""
    store.writer.run(f"PREPARE tried AS {postgres.translate(STATEMENTS[name])}")


def test_texts_that_stand_for_nothing() -> None:
    """Each of PostgreSQL's own texts stands for a statement that there is."""
    assert postgres.TEXTS.keys() <= set(statements_of(sql).values())


def test_the_tables_are_the_same(store: PostgresStore) -> None:
    """Both databases have the same tables with the same columns, so no change of one forgets the other."""
    rows = store.writer.execute(
        "SELECT table_name::text, column_name::text FROM information_schema.columns "
        "WHERE table_schema = current_schema()"
    ).fetchall()
    there = {row for row in rows if row[0] not in {"sandbox_version", "minute_usage"}}
    file = open_store(None)
    columns = {
        (table, name)
        for table in sql.TABLES
        for name in file.reader.execute(f"SELECT name FROM pragma_table_info('{table}')")
    }
    file.close()
    assert there == {(table, name) for table, (name,) in columns}


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("SELECT a FROM b WHERE c = ? AND d = ?", "SELECT a FROM b WHERE c = $1 AND d = $2"),
        ("SELECT ?2, ?1, ?2", "SELECT $2, $1, $2"),
        ("SELECT 1", "SELECT 1"),
    ],
)
def test_placeholders(statement: str, told: str) -> None:
    """Placeholders in order and with numbers become PostgreSQL's."""
    assert postgres.translate(statement) == told
