"""Where access tokens are kept between calls, so that all who share an account share its token.

A store holds tokens and lends the right to renew one; when a token has to be renewed is decided by the client. The
stores that need a file or a server have modules of their own, which are loaded when they are first used.
"""

import os
import threading
import time
import weakref
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import msgspec

if TYPE_CHECKING:
    from fenzu.tokens.django import DjangoCacheStore
    from fenzu.tokens.file import FileStore
    from fenzu.tokens.postgres import PostgresStore
    from fenzu.tokens.redis import RedisStore

_HOMES = {
    "DjangoCacheStore": "fenzu.tokens.django",
    "FileStore": "fenzu.tokens.file",
    "PostgresStore": "fenzu.tokens.postgres",
    "RedisStore": "fenzu.tokens.redis",
}

__all__ = [
    "DjangoCacheStore",
    "FileStore",
    "MemoryStore",
    "PostgresStore",
    "RedisStore",
    "StoredToken",
    "TokenKey",
    "TokenKind",
    "TokenSource",
    "TokenStore",
    "TokenTimes",
]

TokenKind: TypeAlias = Literal["stable", "plain"]
"""`stable` is `/cgi-bin/stable_token`, `plain` is `/cgi-bin/token`; the platform keeps the two apart."""
TokenSource: TypeAlias = Callable[[], str | Awaitable[str]]
"""Gives the token that somebody else keeps: a text, or in `AsyncClient` also an awaitable of one."""


class TokenKey(msgspec.Struct, frozen=True):
    """Whose token: tokens of two platforms (production, a sandbox), accounts or kinds never meet."""

    base_url: str
    appid: str
    kind: TokenKind


class StoredToken(msgspec.Struct, frozen=True):
    """A token: when the platform gave it, when a new one is asked for, and when it ends, in Unix seconds.

    `repr` does not show the token.
    """

    value: str
    asked_at: float
    renew_at: float
    expires_at: float

    def __repr__(self) -> str:
        return f"StoredToken(expires_at={self.expires_at:.0f})"


class TokenTimes(msgspec.Struct, frozen=True):
    """When a token was asked for, when a new one is asked for, and when it ends, in Unix seconds; not the token."""

    asked_at: float
    renew_at: float
    expires_at: float


class TokenStore(Protocol):
    """What the client needs of a place for tokens. Its methods may be called from many threads.

    Where `waits` is true, `AsyncClient` calls them in a thread. A method
    that cannot do its work raises `StoreError`; the client never fetches past a store that is away. `acquire` has to
    be atomic, and so has `put`: its lease is the fence that keeps a late holder from replacing a fresh token.
    """

    @property
    def waits(self) -> bool:
        """Whether the methods may wait on a file or a server."""
        ...

    def get(self, key: TokenKey) -> StoredToken | None:
        """Return the token kept under `key`, however old it is."""
        ...

    def acquire(self, key: TokenKey, seconds: float) -> int | None:
        """Lend the right to renew for so many seconds; return its number, or None while somebody else has it."""
        ...

    def put(self, key: TokenKey, token: StoredToken, lease: int) -> bool:
        """Keep a token; False, and nothing kept, if the lease was given back or has passed on meanwhile."""
        ...

    def release(self, key: TokenKey, lease: int) -> None:
        """Give the right back early. Repeating is safe."""
        ...


class MemoryStore:
    """Tokens in this process's memory, shared by every client that is given the same store."""

    waits = False

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: dict[TokenKey, StoredToken] = {}
        self._leases: dict[TokenKey, tuple[int, float]] = {}
        self._last_lease = 0
        _in_memory.add(self)

    def __repr__(self) -> str:
        return "MemoryStore()"

    def get(self, key: TokenKey) -> StoredToken | None:
        """Return the token kept under `key`, however old it is."""
        return self._tokens.get(key)

    def acquire(self, key: TokenKey, seconds: float) -> int | None:
        """Lend the right to renew for so many seconds; return its number, or None while somebody else has it."""
        now = time.monotonic()
        with self._lock:
            if key in self._leases and now < self._leases[key][1]:
                return None
            self._last_lease += 1
            self._leases[key] = (self._last_lease, now + seconds)
            return self._last_lease

    def put(self, key: TokenKey, token: StoredToken, lease: int) -> bool:
        """Keep a token; False, and nothing kept, if the lease has ended and passed on meanwhile."""
        with self._lock:
            if self._leases.get(key, (0, 0.0))[0] != lease:
                return False
            self._tokens[key] = token
            return True

    def release(self, key: TokenKey, lease: int) -> None:
        """Give the right back early. Repeating is safe."""
        with self._lock:
            if self._leases.get(key, (0, 0.0))[0] == lease:
                del self._leases[key]

    def begin_anew(self) -> None:
        """Forget what the parent's threads held when the process forked: in the child nobody would give it back."""
        self._lock = threading.Lock()
        self._leases = {}


_in_memory: weakref.WeakSet[MemoryStore] = weakref.WeakSet()


def _after_fork() -> None:
    for store in list(_in_memory):
        store.begin_anew()


if hasattr(os, "register_at_fork"):  # pragma: no branch - not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_after_fork)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'fenzu.tokens' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
