"""The stores with a server or a cache behind them: what they say, what they hide, what they make of odd content.

What they do for the client is in tests/contract/test_token_stores.py; here no server is needed.
"""

import builtins
import os
from typing import Any

import psycopg
import pytest
import redis
from tests.unit.client.scripted import locals_in

from fenzu import tokens
from fenzu.errors import StoreError, UsageError
from fenzu.tokens import DjangoCacheStore, PostgresStore, RedisStore, StoredToken, TokenKey
from fenzu.tokens import postgres as postgres_stores

KEY = TokenKey("http://127.0.0.1:8060", "wx1", "stable")
TOKEN = StoredToken("CANARY", 1.0, 2.0, 3.0)
WRITTEN = '{"value":"CANARY","asked_at":1.0,"renew_at":2.0,"expires_at":3.0,"format":1}'


def test_the_stores_are_found_where_they_are_looked_for() -> None:
    """Each store is a name of `fenzu.tokens`, loaded when it is used; other names are not there."""
    assert {"DjangoCacheStore", "FileStore", "PostgresStore", "RedisStore"} <= set(dir(tokens))
    assert all(getattr(tokens, name) is not None for name in tokens.__all__)
    with pytest.raises(AttributeError, match="NoSuchStore"):
        _ = tokens.NoSuchStore


@pytest.mark.parametrize(
    ("package", "make"),
    [
        ("redis", lambda: RedisStore("redis://h")),
        ("psycopg", lambda: PostgresStore("host=h")),
        ("django", DjangoCacheStore),
    ],
)
def test_a_library_that_is_missing(package: str, make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its library a store says what to install."""
    find = builtins.__import__

    def miss(name: str, *more: Any) -> Any:
        if name.partition(".")[0] == package:
            raise ImportError(name)
        return find(name, *more)

    monkeypatch.setattr(builtins, "__import__", miss)
    with pytest.raises(UsageError, match="not installed") as told:
        make()
    assert "pip install" in told.value.advice.en


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "http://:CANARY@h",
        "redis://:CANARY#x@h:CANARY/0",
        "redis://:CANARY@h:99999999",
        5,
        None,
    ],
)
def test_a_redis_address_that_makes_no_sense(url: Any) -> None:
    """An address that cannot be used is refused before anything is sent, and not shown."""
    with pytest.raises(UsageError, match="makes no sense") as told:
        RedisStore(url)
    assert "CANARY" not in str(told.value) + locals_in(told.value)
    assert told.value.__context__ is None


@pytest.mark.parametrize(
    "dsn", ["nonsense CANARY", "postgresql://u:CANARY@h:1/%zz", "password=CANARY bogus=1", 5]
)
def test_a_postgres_address_that_makes_no_sense(dsn: Any) -> None:
    """The same for PostgreSQL."""
    with pytest.raises(UsageError, match="makes no sense") as told:
        PostgresStore(dsn)
    assert "CANARY" not in str(told.value) + locals_in(told.value)
    assert told.value.__context__ is None


@pytest.mark.parametrize(
    ("store", "shown"),
    [
        (lambda: RedisStore("rediss://u:CANARY@h:6380/3?x=CANARY"), "RedisStore('rediss://h:6380/3')"),
        (
            lambda: RedisStore("unix://u@/run/redis.sock?password=CANARY"),
            "RedisStore('unix:///run/redis.sock')",
        ),
        (lambda: PostgresStore("postgresql://u:CANARY@h:5433/n"), "PostgresStore('postgresql://h:5433/n')"),
        (lambda: PostgresStore("password=CANARY"), "PostgresStore('postgresql:///')"),
        (lambda: DjangoCacheStore("shared"), "DjangoCacheStore('shared')"),
    ],
)
def test_what_a_store_shows(store: Any, shown: str) -> None:
    """A store shows where it is, without user, password and options."""
    assert repr(store()) == shown


class ScriptedRedis:
    """A Redis client that answers from a script."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[Any, ...]] = []

    def eval(self, *arguments: Any) -> object:
        return self.get(*arguments)

    def get(self, *arguments: Any) -> object:
        self.asked.append(arguments)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        self.asked.append(("close",))


def redis_store(*answers: object) -> tuple[RedisStore, ScriptedRedis]:
    store, client = RedisStore("redis://:CANARY@h/0"), ScriptedRedis(*answers)
    store._client = client  # type: ignore[assignment]  # a scripted one
    return store, client


def test_redis_answers() -> None:
    """What the scripts answer is understood, whether it comes as bytes or as text."""
    store, client = redis_store(None, b"7", "8", None, 1, 0, 1, WRITTEN.encode(), None)
    assert [store.acquire(KEY, each) for each in (0.0001, 1, 2)] == [None, 7, 8]
    assert client.asked[0][-1] == 1
    assert store.acquire(KEY, 1) is None
    assert store.put(KEY, TOKEN, 8)
    assert client.asked[-1][-1] == WRITTEN.encode()
    assert not store.put(KEY, TOKEN, 7)
    store.release(KEY, 8)
    assert store.get(KEY) == TOKEN
    assert store.get(KEY) is None
    names = client.asked[0][2:5]
    assert len({name.partition("}")[0] for name in names}) == 1
    store.close()


@pytest.mark.parametrize("error", [redis.TimeoutError("CANARY"), redis.ResponseError("CANARY")])
def test_redis_trouble(error: Exception) -> None:
    """Whatever the server or the way to it does, the error tells its kind and none of its text."""
    store, _ = redis_store(error)
    with pytest.raises(StoreError, match=type(error).__name__) as told:
        store.put(KEY, TOKEN, 1)
    assert "CANARY" not in str(told.value) + locals_in(told.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (WRITTEN.replace(":1}", ":2}"), "newer fenzu"),
        ("CANARY", "something else"),
        (5, "something else"),
        ('{"format":1}', "something else"),
    ],
)
def test_content_that_is_not_ours(content: object, words: str) -> None:
    """What a newer fenzu or somebody else has put in the token's place is refused with words and not shown."""
    store, _ = redis_store(content)
    with pytest.raises(StoreError, match=words) as told:
        store.get(KEY)
    assert "CANARY" not in str(told.value) + locals_in(told.value)


class ScriptedConnection:
    """A PostgreSQL connection that answers from a script."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.is_closed = False

    def execute(self, statement: str, _values: object = None) -> "ScriptedConnection":
        self.asked.append(statement)
        self._answer = self.answers.pop(0)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self

    def fetchone(self) -> object:
        return self._answer

    def transaction(self) -> Any:
        from contextlib import nullcontext

        return nullcontext()

    def close(self) -> None:
        self.is_closed = True


class ScriptedServer:
    """Connects to one scripted connection after the other."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *connections: ScriptedConnection) -> None:
        self.left = list(connections)
        self.options: dict[str, Any] = {}
        monkeypatch.setattr(psycopg, "connect", self.connect)

    def connect(self, **options: Any) -> ScriptedConnection:
        self.options = options
        return self.left.pop(0)


def test_postgres_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """One connection serves all steps; what the statements answer is understood; the address's own options win."""
    line = ScriptedConnection((7,), None, (7,), None, None, (WRITTEN,), (None,), None)
    server = ScriptedServer(monkeypatch, line)
    store = PostgresStore("host=h connect_timeout=3 password=CANARY")
    assert store.acquire(KEY, 1) == 7
    assert store.acquire(KEY, 1) is None
    assert store.put(KEY, TOKEN, 7)
    assert not store.put(KEY, TOKEN, 6)
    store.release(KEY, 7)
    assert store.get(KEY) == TOKEN
    assert store.get(KEY) is None
    assert store.get(KEY) is None
    assert server.options["connect_timeout"] == "3"
    assert "CANARY" not in repr(store._options)
    store.close()
    store.close()
    assert line.is_closed


def test_postgres_makes_its_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that is not there is made, under a lock, and the step carried out."""
    line = ScriptedConnection(psycopg.errors.UndefinedTable(), None, None, (7,))
    ScriptedServer(monkeypatch, line)
    assert PostgresStore("host=h").acquire(KEY, 1) == 7
    assert "advisory" in line.asked[1]
    assert line.asked[2] == postgres_stores.TABLE
    assert line.asked[3] == line.asked[0]


def test_postgres_connects_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that died since its last use is replaced without a word; a child of a fork opens its own."""
    first = ScriptedConnection((1,), psycopg.OperationalError("the server has gone away"))
    second, third = ScriptedConnection((2,)), ScriptedConnection((3,))
    ScriptedServer(monkeypatch, first, second, third)
    store = PostgresStore("host=h")
    assert [store.acquire(KEY, 1), store.acquire(KEY, 1)] == [1, 2]
    assert first.is_closed
    monkeypatch.setattr(os, "getpid", lambda: 1)
    assert store.acquire(KEY, 1) == 3
    assert not second.is_closed


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (psycopg.errors.InsufficientPrivilege("CANARY"), "neither use nor make"),
        (psycopg.errors.DiskFull("CANARY"), "DiskFull"),
        (psycopg.OperationalError("CANARY"), "OperationalError"),
    ],
)
def test_postgres_trouble(error: Exception, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the server or the way to it does, the error tells its kind, what to do, and none of its text."""
    ScriptedServer(monkeypatch, ScriptedConnection(error))
    store = PostgresStore("host=h password=CANARY")
    with pytest.raises(StoreError, match=words) as told:
        store.put(KEY, TOKEN, 1)
    assert told.value.advice.zh
    assert "CANARY" not in str(told.value) + locals_in(told.value)
    assert told.value.__context__ is None


def test_a_cache_that_keeps_nothing(django_caches: dict[str, Any]) -> None:
    """A cache that forgets at once is found out before everybody fetches."""
    with pytest.raises(StoreError, match="keeps nothing"):
        DjangoCacheStore("dummy").acquire(KEY, 60.0)


def test_a_cache_that_fails(django_caches: dict[str, Any]) -> None:
    """Whatever a cache raises becomes a `StoreError` that shows no address; so does a cache that is not set up."""
    for alias in ("broken", "no-such-alias"):
        with pytest.raises(StoreError, match="away") as told:
            DjangoCacheStore(alias).put(KEY, TOKEN, 1)
        assert "CANARY" not in str(told.value) + locals_in(told.value)
        assert told.value.__context__ is None
