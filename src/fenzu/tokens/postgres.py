"""Tokens in PostgreSQL, shared by processes on many hosts. It keeps what it is given and decides nothing.

One table with a row a key. Each step is one statement, carried out whole or not at all; time is the server's.
"""

import os
import threading
from typing import TYPE_CHECKING, Any, TypeAlias

from fenzu.errors import StoreError, UsageError
from fenzu.tokens import StoredToken, TokenKey
from fenzu.tokens.record import away, decode, encode, found, lacking
from fenzu.wire.extras import install
from fenzu.wire.words import Words

if TYPE_CHECKING:
    import psycopg

Value: TypeAlias = str | float | StoredToken

SETTINGS = {"connect_timeout": 5, "tcp_user_timeout": 10_000, "application_name": "fenzu"}
"""What the address does not say itself: how long to wait for a server that is away, and who is asking."""
MAKING = 0x66656E7A75
"""The number of the lock under which the table is made: two who make it at once would disturb each other."""

TABLE = """CREATE TABLE IF NOT EXISTS fenzu_tokens (
    base_url text NOT NULL, appid text NOT NULL, kind text NOT NULL,
    token text, lease bigint NOT NULL, lease_ends timestamptz,
    PRIMARY KEY (base_url, appid, kind)
)"""
_GET = "SELECT token FROM fenzu_tokens WHERE (base_url, appid, kind) = (%s, %s, %s)"
# By the clock, so that a number is not given out again after somebody has emptied the table.
_ACQUIRE = """INSERT INTO fenzu_tokens AS old (base_url, appid, kind, lease, lease_ends)
VALUES (%s, %s, %s, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
    clock_timestamp() + %s * interval '1 second')
ON CONFLICT (base_url, appid, kind) DO UPDATE
SET lease = greatest(old.lease + 1, excluded.lease), lease_ends = excluded.lease_ends
WHERE old.lease_ends IS NULL OR old.lease_ends <= clock_timestamp()
RETURNING lease"""
_PUT = """UPDATE fenzu_tokens SET token = %s
WHERE (base_url, appid, kind) = (%s, %s, %s) AND lease = %s AND lease_ends IS NOT NULL RETURNING lease"""
_RELEASE = """UPDATE fenzu_tokens SET lease_ends = NULL
WHERE (base_url, appid, kind) = (%s, %s, %s) AND lease = %s RETURNING lease"""


class PostgresStore:
    """Tokens in the table `fenzu_tokens`, made when it is first needed. Extra: `postgres`.

    `dsn` is whatever libpq takes: `postgresql://…` or `host=… dbname=…`. Keeps one connection a process until `close`,
    makes a new one after a fork or when the server went away, and works behind a pooler.
    """

    waits = True

    def __init__(self, dsn: str) -> None:
        try:
            import psycopg
            import psycopg.conninfo
        except ImportError:
            psycopg = None  # type: ignore[assignment]  # so that our error is raised outside
        if psycopg is None:
            raise lacking("PostgresStore", "psycopg", install("postgres"))
        self._options = _Options({})
        try:
            self._options = _Options(SETTINGS | psycopg.conninfo.conninfo_to_dict(dsn))
            is_made = True
        except (psycopg.Error, TypeError, AttributeError):
            is_made = False
        del dsn  # it may hold a password, and tracebacks may show locals
        if not is_made:
            raise _bad_dsn()
        self._locks: dict[int, threading.Lock] = {}
        self._connections: dict[int, psycopg.Connection] = {}
        """By process: one that a fork has inherited is the parent's, and is left alone; so is its lock."""

    def __repr__(self) -> str:
        return f"PostgresStore({self._options.where!r})"

    def get(self, key: TokenKey) -> StoredToken | None:
        """Return the token kept under `key`, however old it is."""
        return found(decode((self._ask(_GET, *_columns(key)) or (None,))[0], repr(self)))

    def acquire(self, key: TokenKey, seconds: float) -> int | None:
        """Lend the right to renew for so many seconds; return its number, or None while somebody else has it."""
        row = self._ask(_ACQUIRE, *_columns(key), seconds)
        return None if row is None else int(row[0])

    def put(self, key: TokenKey, token: StoredToken, lease: int) -> bool:
        """Keep a token; False, and nothing kept, if the lease was given back or has passed on meanwhile."""
        return self._ask(_PUT, token, *_columns(key), lease) is not None

    def release(self, key: TokenKey, lease: int) -> None:
        """Give the right back early. Repeating is safe."""
        self._ask(_RELEASE, *_columns(key), lease)

    def close(self) -> None:
        """Close the connection. Repeating is safe; what is asked afterwards opens one anew."""
        with self._locked():
            connection = self._connections.pop(os.getpid(), None)
            if connection is not None:
                connection.close()

    def _locked(self) -> threading.Lock:
        """Return this process's lock: one that a fork has inherited may be held by a thread that is not there."""
        return self._locks.setdefault(os.getpid(), threading.Lock())

    def _ask(self, statement: str, *values: Value) -> tuple[Any, ...] | None:
        """Carry out a statement; raises `StoreError` outside of what psycopg raised, whose frames hold the password."""
        import psycopg

        try:
            with self._locked():
                return self._on_a_live_connection(statement, values)
        except psycopg.errors.InsufficientPrivilege:
            denied, reason = True, ""
        except psycopg.Error as error:
            denied, reason = False, type(error).__name__
        raise _denied(self._options.where) if denied else away(self._options.where, reason)

    def _on_a_live_connection(self, statement: str, values: tuple[Value, ...]) -> tuple[Any, ...] | None:
        """Try a connection that may have died since it was last used; then a new one."""
        import psycopg

        connection = self._connections.get(os.getpid())
        if connection is not None:
            try:
                return _carry_out(connection, statement, values)
            except psycopg.OperationalError:
                connection.close()  # safe to repeat: at the worst a lease that nobody knows of has to end
        # Behind a pooler the next statement may meet another server, which knows no statement prepared before.
        made = psycopg.connect(**self._options.reveal(), autocommit=True, prepare_threshold=None)
        self._connections[os.getpid()] = made
        return _carry_out(made, statement, values)


class _Options:
    """What to connect with; `repr` shows no more than where."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        host, port, name = (options.get(each) for each in ("host", "port", "dbname"))
        self.where = f"postgresql://{host or ''}{f':{port}' if port else ''}/{name or ''}"

    def __repr__(self) -> str:
        return f"_Options({self.where!r})"

    def reveal(self) -> dict[str, Any]:
        return self._options


def _columns(key: TokenKey) -> tuple[str, str, str]:
    return key.base_url, key.appid, key.kind


def _carry_out(
    connection: "psycopg.Connection", statement: str, values: tuple[Value, ...]
) -> tuple[Any, ...] | None:
    from psycopg import errors

    texts = [encode(each).decode() if isinstance(each, StoredToken) else each for each in values]
    try:
        return connection.execute(statement, texts).fetchone()
    except errors.UndefinedTable:
        pass
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])
        connection.execute(TABLE)
    return connection.execute(statement, texts).fetchone()


def _denied(where: str) -> StoreError:
    return StoreError(
        Words(
            f"{where}: this user may neither use nor make the table fenzu_tokens",
            f"{where}：此用户既不能使用也不能创建表 fenzu_tokens",
        ),
        Words(
            "let an administrator make it as docs/howto/share-a-token.md shows, and grant SELECT, INSERT and UPDATE",
            "请管理员按 docs/howto/share-a-token.md 创建该表，并授予 SELECT、INSERT、UPDATE 权限",
        ),
    )


def _bad_dsn() -> UsageError:
    return UsageError(
        Words("the address of the PostgreSQL server makes no sense", "PostgreSQL 服务器的地址不正确"),
        Words(
            "give postgresql://USER:PASSWORD@HOST/NAME, special characters as %XX",
            "请给出 postgresql://USER:PASSWORD@HOST/NAME，特殊字符写成 %XX",
        ),
    )
