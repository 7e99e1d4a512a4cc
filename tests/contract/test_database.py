"""Databases, over SQLite and PostgreSQL alike."""

from collections.abc import Callable

import pytest

from fenzu.database import Database
from fenzu.database.formats import prepare, version_of
from fenzu.errors import StoreError

STEPS = (("CREATE TABLE thing (id {number}, name TEXT NOT NULL, data {blob})",),)
Opening = Callable[[], Database]


def test_what_is_written_is_read_by_another_connection(opening: Opening) -> None:
    """What one connection has committed, another one reads."""
    first, second = opening(), opening()
    prepare(first, "things", STEPS)
    first.run_many("INSERT INTO thing (name, data) VALUES (?, ?)", [("甲", b"\x00\xff"), ("乙", None)])
    assert second.rows("SELECT name, data FROM thing ORDER BY id") == [("甲", b"\x00\xff"), ("乙", None)]
    assert [name for (name,) in second.stream("SELECT name FROM thing WHERE id > ? ORDER BY id", [1])] == [
        "乙"
    ]


def test_a_stream_leaves_no_row_out(opening: Opening) -> None:
    """However many rows there are, a stream yields each of them once, in order."""
    database = opening()
    prepare(database, "things", STEPS)
    database.run_many("INSERT INTO thing (name) VALUES (?)", [(str(n),) for n in range(3_005)])
    streamed = [name for (name,) in database.stream("SELECT name FROM thing ORDER BY id")]
    assert streamed == [str(n) for n in range(3_005)]


def test_a_transaction_is_all_or_nothing(opening: Opening) -> None:
    """What a block wrote before it failed is not there afterwards, and the next block works."""
    database = opening()
    prepare(database, "things", STEPS)

    def add_and_fail() -> None:
        with database.transaction():
            database.run("INSERT INTO thing (name) VALUES (?)", ["lost"])
            raise KeyError

    with pytest.raises(KeyError):
        add_and_fail()
    with database.transaction():
        assert database.run("INSERT INTO thing (name) VALUES (?)", ["kept"]) == 1
    assert database.rows("SELECT name FROM thing") == [("kept",)]


def test_a_statement_that_fails_is_told_without_the_database_s_own_error(opening: Opening) -> None:
    """Whatever fails in the database is a StoreError with words, and the connection goes on."""
    database = opening()
    with pytest.raises(StoreError):
        database.rows("SELECT * FROM nothing_of_that_name")
    assert database.rows("SELECT 1") == [(1,)]


def test_older_tables_are_brought_up_and_newer_ones_refused(opening: Opening) -> None:
    """Tables of an older version are brought up step by step; those of a newer one are refused and left as they are."""
    database = opening()
    prepare(database, "things", STEPS)
    more = (*STEPS, ("ALTER TABLE thing ADD COLUMN age BIGINT",))
    prepare(database, "things", more)
    database.run("INSERT INTO thing (name, age) VALUES (?, ?)", ["old", 7])
    with pytest.raises(StoreError, match="newer"):
        prepare(opening(), "things", STEPS)
    assert version_of(database, "things") == 2
    assert database.rows("SELECT age FROM thing") == [(7,)]


def test_a_closed_database_says_so(opening: Opening) -> None:
    """A closed database refuses with words, and closing it again does no harm."""
    database = opening()
    database.close()
    database.close()
    with pytest.raises(StoreError, match="closed"):
        database.rows("SELECT 1")
