"""What databases of both kinds do when the file, the disk or the server is not as it should be."""

import sys
from collections.abc import Callable
from pathlib import Path

import apsw
import psycopg
import pytest
from tests.fixtures.dead_disk import DeadDisk

from fenzu.database import Database, open_database
from fenzu.database.address import read_address
from fenzu.database.formats import prepare
from fenzu.database.postgres import PostgresDatabase
from fenzu.database.sqlite import SqliteDatabase
from fenzu.database.trouble import trouble
from fenzu.errors import StoreError, UsageError

STEPS = (("CREATE TABLE thing (id {number}, name TEXT NOT NULL)",),)
Opening = Callable[[], Database]


def add(database: Database, name: str) -> None:
    """Add a row."""
    database.run("INSERT INTO thing (name) VALUES (?)", [name])


def names(database: Database) -> list[str]:
    """Return what was added."""
    return [str(name) for (name,) in database.rows("SELECT name FROM thing ORDER BY id")]


def end_all_but_mine(address: str) -> None:
    """End all connections of ours to the server, as its restart does."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
            "WHERE application_name = 'fenzu' AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def server(empty_postgres: str) -> tuple[PostgresDatabase, str]:
    """A database on a server, and its address."""
    database = PostgresDatabase(empty_postgres)
    prepare(database, "things", STEPS)
    return database, empty_postgres


def test_a_statement_after_a_restart_goes_to_the_new_server(server: tuple[PostgresDatabase, str]) -> None:
    """A connection that the server has closed between two statements is made anew, and each is carried out once."""
    database, address = server
    assert "CANARY" not in repr(vars(database))
    add(database, "before")
    end_all_but_mine(address)
    add(database, "after")
    end_all_but_mine(address)
    with database.transaction():
        add(database, "in one")
    assert names(database) == ["before", "after", "in one"]
    database.close()


def test_a_transaction_ends_with_its_connection(server: tuple[PostgresDatabase, str]) -> None:
    """Of a transaction whose connection is lost nothing remains, even if its block goes on; the next one works."""
    database, address = server

    def go_on() -> None:
        with database.transaction():
            add(database, "lost")
            end_all_but_mine(address)
            for name in ("first", "second"):
                with pytest.raises(StoreError, match="went away"):
                    add(database, name)

    with pytest.raises(StoreError, match="went away"):
        go_on()

    def fail_after_it() -> None:
        with database.transaction():
            add(database, "lost")
            end_all_but_mine(address)
            raise KeyError

    with pytest.raises(KeyError):
        fail_after_it()
    with database.transaction():
        add(database, "kept")
    assert names(database) == ["kept"]
    database.close()


def test_a_connection_lost_in_a_statement_is_told(server: tuple[PostgresDatabase, str]) -> None:
    """What the server ends in the middle is an error in words, since nobody knows how far it came."""
    database, address = server
    with pytest.raises(StoreError, match="went away"):
        database.rows("SELECT pg_terminate_backend(pg_backend_pid(), 0), pg_sleep(9)")
    add(database, "again")
    things = database.stream("SELECT name FROM thing, generate_series(1, 5000)")
    assert next(things) == ("again",)
    end_all_but_mine(address)
    with pytest.raises(StoreError, match="went away"):
        list(things)
    assert names(database) == ["again"]
    database.close()


def test_a_server_that_is_away_is_told_without_its_password() -> None:
    """A server that cannot be reached is told in both languages, without the password."""
    with pytest.raises(StoreError) as told:
        open_database("postgresql://fenzu:CANARY@127.0.0.1:1/nothing")
    assert "127.0.0.1" in str(told.value)
    assert "无法连接" in told.value.say("zh")
    assert "CANARY" not in repr(told.value) + told.value.say("en") + told.value.say("zh")
    assert told.value.__cause__ is None is told.value.__context__


def test_an_address_is_shown_so_that_it_can_be_typed_again() -> None:
    """Host, database and user are shown, the user as an address writes it; the password never is."""
    assert read_address("postgresql://me%40work:CANARY@db:5433/x").where == "postgresql://me%40work@db:5433/x"
    assert read_address("postgresql://:CANARY@db/x").where == "postgresql://db/x"


def test_an_address_that_makes_no_sense_is_refused() -> None:
    """What is no address is refused before anything is asked, without showing it."""
    with pytest.raises(UsageError, match="makes no sense") as told:
        open_database("postgresql://CANARY:%zz@/x?nonsense")
    assert "CANARY" not in str(told.value)


def test_the_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without psycopg the error says how to install it."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UsageError, match="psycopg") as told:
        open_database("postgresql://127.0.0.1/x")
    assert "[postgres]" in told.value.say("en")


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("42501", "InsufficientPrivilege", "may not do that"),
        ("25006", "ReadOnlySqlTransaction", "standby"),
        ("53100", "DiskFull", "disk is full"),
        ("53300", "TooManyConnections", "no more connections"),
        ("57P03", "CannotConnectNow", "cannot be reached"),
        ("08006", "ConnectionFailure", "cannot be reached"),
        (None, "OperationalError", "cannot be reached"),
        (None, "DataError", "answer as it should: DataError"),
        ("42P01", "UndefinedTable", "42P01 UndefinedTable"),
    ],
)
def test_what_a_server_refuses_is_told_by_its_code(code: str | None, kind: str, said: str) -> None:
    """A server's refusal becomes words with what to do, from its code alone."""
    told = trouble("postgresql://here/x", code, kind)
    assert said in str(told)
    assert told.advice.en
    assert told.advice.zh


def test_who_may_not_is_told_what_to_grant(server: tuple[PostgresDatabase, str]) -> None:
    """A user without rights is told what to have granted."""
    database, _ = server
    database.run("DROP ROLE IF EXISTS fenzu_nobody")
    database.run("CREATE ROLE fenzu_nobody")
    try:
        [(schema,)] = database.rows("SELECT current_schema()")
        database.run(f"GRANT USAGE ON SCHEMA {schema!s} TO fenzu_nobody")
        database.run("SET ROLE fenzu_nobody")
        with pytest.raises(StoreError, match="grant"):
            add(database, "x")
    finally:
        database.run("RESET ROLE")
        database.run("DROP OWNED BY fenzu_nobody")
        database.run("DROP ROLE fenzu_nobody")
        database.close()


def test_a_block_may_close_its_database(opening: Opening) -> None:
    """Who closes a database in the middle of a transaction loses it, and is told."""
    database = opening()
    prepare(database, "things", STEPS)

    def close_within() -> None:
        with database.transaction():
            add(database, "lost")
            database.close()

    with pytest.raises(StoreError, match="closed"):
        close_within()
    assert names(opening()) == []


def test_rows_are_added_together_in_and_outside_a_transaction(opening: Opening) -> None:
    """Many rows at once are all or nothing, by themselves and as part of a transaction."""
    database = opening()
    prepare(database, "things", STEPS)
    insert = "INSERT INTO thing (name) VALUES (?)"
    with database.transaction():
        database.run_many(insert, [("a",), ("b",)])
    database.run_many(insert, [("c",)])
    with pytest.raises(StoreError):
        database.run_many(insert, [("d",), (None,)])
    assert names(database) == ["a", "b", "c"]
    assert database.where in repr(database)


def test_a_stream_that_is_left_ends(opening: Opening) -> None:
    """Who stops reading half-way leaves nothing behind that hinders others."""
    database = opening()
    prepare(database, "things", STEPS)
    add(database, "a")
    things = database.stream("SELECT name FROM thing")
    assert next(things) == ("a",)
    del things
    with pytest.raises(StoreError):
        next(database.stream("SELECT * FROM nothing_of_that_name"))
    database.run("DELETE FROM thing")
    assert names(database) == []


def test_a_file_of_another_program_is_refused_and_left(tmp_path: Path) -> None:
    """A file that is none of ours is refused, be it text or another program's SQLite, and not a byte of it changes."""
    text, foreign = tmp_path / "notes.txt", tmp_path / "foreign.db"
    text.write_bytes(b"openid,group\n" * 400)
    with apsw.Connection(str(foreign)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    for path in (text, foreign):
        before = path.read_bytes()
        with pytest.raises(StoreError, match="no file of fenzu's"):
            SqliteDatabase(str(path))
        assert path.read_bytes() == before


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    """A file whose middle is overwritten is said to be damaged."""
    path = tmp_path / "fenzu.db"
    database = SqliteDatabase(str(path), travels=True)
    prepare(database, "things", STEPS)
    database.run_many("INSERT INTO thing (name) VALUES (?)", [("x" * 500,) for _ in range(100)])
    database.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096 * 6)
    with pytest.raises(StoreError, match="damaged"):
        names(SqliteDatabase(str(path)))


def test_a_file_that_may_only_be_read_is_read(tmp_path: Path) -> None:
    """A database opened for reading is read, refuses to be written with words, and is made nowhere."""
    path = tmp_path / "fenzu.db"
    database = SqliteDatabase(str(path), travels=True)
    prepare(database, "things", STEPS)
    add(database, "a")
    database.close()
    reader = SqliteDatabase(str(path), read_only=True)
    assert names(reader) == ["a"]
    with pytest.raises(StoreError, match="may not be written"):
        add(reader, "b")
    reader.close()
    with pytest.raises(StoreError, match="cannot be opened"):
        SqliteDatabase(str(tmp_path / "none.db"), read_only=True)
    assert [each.name for each in tmp_path.iterdir()] == ["fenzu.db"]


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    """A file in a folder that is not there, or one that is a folder, is told with the system's reason."""
    with pytest.raises(StoreError, match="No such file"):
        SqliteDatabase(str(tmp_path / "no" / "fenzu.db"))
    with pytest.raises(StoreError, match="directory"):
        SqliteDatabase(str(tmp_path))


def test_a_file_that_is_held_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody else writes a file and does not end, one who wants to write is told so."""
    monkeypatch.setattr("fenzu.database.sqlite.PATIENCE", 0)
    path = str(tmp_path / "fenzu.db")
    one, other = SqliteDatabase(path), SqliteDatabase(path)
    prepare(one, "things", STEPS)
    with one.transaction(), pytest.raises(StoreError, match="somebody else holds it"):
        add(other, "x")
    add(other, "y")
    assert names(one) == ["y"]


def test_a_full_disk_ends_the_transaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk a transaction is told as such and undone; once there is room, the next one works."""
    disk = DeadDisk()
    connect = apsw.Connection
    monkeypatch.setattr(apsw, "Connection", lambda path, flags: connect(path, flags=flags, vfs="dead"))
    database = SqliteDatabase(str(tmp_path / "fenzu.db"))
    prepare(database, "things", STEPS)

    def fill() -> None:
        with database.transaction():
            add(database, "lost")
            disk.is_dead = True

    with pytest.raises(StoreError, match="disk is full"):
        fill()
    disk.is_dead = False
    with database.transaction():
        add(database, "kept")
    assert names(database) == ["kept"]
    database.close()


def test_nothing_is_written_into_a_file_that_has_lost_its_name(tmp_path: Path) -> None:
    """A file that is removed or replaced while it is open is told at the next transaction, which is rolled back."""
    path = tmp_path / "a.db"
    database = open_database(str(path))
    prepare(database, "thing", STEPS)
    other = tmp_path / "b.db"
    for do in (lambda: path.rename(other), path.touch):
        do()
        with pytest.raises(StoreError, match="was removed or replaced"), database.transaction():
            add(database, "lost")
    other.rename(path)
    with database.transaction():
        add(database, "kept")
    assert names(database) == ["kept"]
    database.close()


def test_a_travelling_file_that_is_read_stays_in_two_pieces(tmp_path: Path) -> None:
    """A file that travels is brought into one piece when it is closed; one that somebody else reads is left whole."""
    path = tmp_path / "fenzu.db"
    one, other = SqliteDatabase(str(path), travels=True), SqliteDatabase(str(path), travels=True)
    prepare(one, "things", STEPS)
    add(one, "a")
    assert names(other) == ["a"]
    one.close()
    assert (tmp_path / "fenzu.db-wal").exists()
    other.close()
    assert [each.name for each in tmp_path.iterdir()] == ["fenzu.db"]
