"""Redis and PostgreSQL as they are met in the field: they restart, refuse, are new, and are inherited over a fork."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from tests.fixtures.postgres import PostgresServer
from tests.fixtures.redis import RedisServer
from tests.fixtures.stores import Place
from tests.unit.client.scripted import locals_in

from fenzu.errors import StoreError
from fenzu.tokens import PostgresStore, RedisStore, StoredToken, TokenKey

TOKEN = StoredToken("CANARY-TOKEN", 1.0, 2.0, 3.0)
FORKING = """
import os, sys
from fenzu import tokens

store = getattr(tokens, sys.argv[1])(sys.argv[2])
key = tokens.TokenKey("http://h", sys.argv[3], "stable")
lease = store.acquire(key, 60.0)
child = os.fork()
if child == 0:
    taken = store.acquire(key, 60.0)
    kept = store.put(key, tokens.StoredToken("CHILD", 1.0, 2.0, 3.0), lease)
    os._exit(0 if taken is None and kept else 1)
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status), store.get(key).value, store.acquire(key, 60.0))
"""
NAMES = {"file": "FileStore", "redis": "RedisStore", "postgres": "PostgresStore"}


@pytest.fixture(params=["redis", "postgres"])
def server(request: pytest.FixtureRequest) -> RedisServer | PostgresServer:
    """One server after the other."""
    found: RedisServer | PostgresServer = request.getfixturevalue(f"{request.param}_server")
    return found


@pytest.fixture
def database(postgres_server: PostgresServer) -> Iterator[str]:
    """A database without a table, and a user who may do nothing in it."""
    with psycopg.connect(postgres_server.dsn(), autocommit=True) as line:
        line.execute("CREATE DATABASE fresh")
        line.execute(f"CREATE USER poor PASSWORD '{PostgresServer.password}'")
    yield "fresh"
    with psycopg.connect(postgres_server.dsn(), autocommit=True) as line:
        line.execute("DROP DATABASE fresh WITH (FORCE)")
        line.execute("DROP USER poor")


def store_of(server: RedisServer | PostgresServer) -> RedisStore | PostgresStore:
    return RedisStore(server.url) if isinstance(server, RedisServer) else PostgresStore(server.dsn())


def test_a_server_that_restarts(server: RedisServer | PostgresServer, key: TokenKey) -> None:
    """While the server is down each step says so; when it is back the same store goes on without being made anew."""
    store = store_of(server)
    old = store.acquire(key, 60.0)
    assert old is not None
    store.release(key, old)
    server.stop()
    try:
        with pytest.raises(StoreError, match="away"):
            store.get(key)
        with pytest.raises(StoreError, match="away"):
            store.acquire(key, 60.0)
    finally:
        server.start()
    lease = store.acquire(key, 60.0)
    assert lease not in (None, old)
    store.close()
    assert store.acquire(key, 60.0) is None
    store.close()


def test_a_wrong_password(server: RedisServer | PostgresServer, key: TokenKey) -> None:
    """A server that refuses the password is told as away, with the advice to look at it, and the password is not."""
    address = server.url if isinstance(server, RedisServer) else server.dsn()
    wrong = address.replace(server.password, "CANARY-WRONG")
    store = RedisStore(wrong) if isinstance(server, RedisServer) else PostgresStore(wrong)
    with pytest.raises(StoreError, match="password") as told:
        store.put(key, TOKEN, 1)
    assert "CANARY" not in str(told.value) + locals_in(told.value)
    assert told.value.__context__ is None


def test_many_make_the_table_at_once(postgres_server: PostgresServer, database: str, key: TokenKey) -> None:
    """In a new database many programs that come at once make one table, and one of them gets the lease."""
    stores, together = [PostgresStore(postgres_server.dsn(database)) for _ in range(8)], Barrier(8)

    def ask(store: PostgresStore) -> int | None:
        together.wait()
        return store.acquire(key, 60.0)

    with ThreadPoolExecutor(8) as pool:
        assert sum(lease is not None for lease in pool.map(ask, stores)) == 1
    for store in stores:
        store.close()


def test_a_user_without_rights(postgres_server: PostgresServer, database: str, key: TokenKey) -> None:
    """A user who may not make the table is told who has to; one who may not use it, the same."""
    owner = PostgresStore(postgres_server.dsn(database))
    poor = PostgresStore(postgres_server.dsn(database, "poor"))
    for _ in range(2):
        with pytest.raises(StoreError, match="neither use nor make") as told:
            poor.acquire(key, 60.0)
        assert "share-a-token" in told.value.advice.zh
        assert owner.get(key) is None  # which makes the table
    owner.close()
    poor.close()


def test_a_store_that_crosses_a_fork(shared_place: Place, key: TokenKey) -> None:
    """A store made before a fork serves parent and child, each on a connection of its own."""
    done = subprocess.run(
        [sys.executable, "-c", FORKING, NAMES[shared_place.kind], shared_place.where, key.appid],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "0 CHILD None\n", done.stderr
