"""Tokens in Django's cache: the best that can be done there, which is less than the other stores do.

A cache has `add`, so one process at a time gets the right to renew; it has no compare-and-set, so a holder that was
slow may overwrite a newer token, and a cache may forget anything at any time. Neither harms stable tokens: it costs a
fetch. Use another store where that matters.
"""

import hashlib
import secrets
from collections.abc import Callable
from typing import Protocol

from fenzu.errors import StoreError
from fenzu.tokens import StoredToken, TokenKey
from fenzu.tokens.record import away, decode, encode, found, lacking, name_of
from fenzu.wire.words import Words


class _Cache(Protocol):
    def get(self, key: str) -> object: ...

    def add(self, key: str, value: object, timeout: float | None) -> bool: ...

    def set(self, key: str, value: object, timeout: float | None) -> None: ...

    def delete(self, key: str) -> bool: ...


class DjangoCacheStore:
    """Tokens in one of Django's caches, by its alias. Best effort: a cache has no compare-and-set.

    The cache has to be one that all processes share (Redis, Memcached, database, files); local memory is shared by
    nobody. Django's settings are read at the first use. A cache that keeps nothing (dummy) raises `StoreError`.
    """

    waits = True

    def __init__(self, alias: str = "default") -> None:
        try:
            from django.core.cache import caches
        except ImportError:
            caches = None
        if caches is None:
            raise lacking("DjangoCacheStore", "Django", Words("pip install django", "pip install django"))
        self._alias = alias
        self._find: Callable[[], _Cache] = lambda: caches[alias]

    def __repr__(self) -> str:
        return f"DjangoCacheStore({self._alias!r})"

    def get(self, key: TokenKey) -> StoredToken | None:
        """Return the token kept under `key`, however old it is, if the cache still has it."""
        return found(decode(self._ask(lambda cache: cache.get(_name(key, "token"))), repr(self)))

    def acquire(self, key: TokenKey, seconds: float) -> int | None:
        """Lend the right to renew for so many seconds; return its number, or None while somebody else has it."""
        number = secrets.randbits(53)
        # Whole seconds, of which some caches take no fewer than one.
        timeout = max(1, round(seconds))
        if not self._ask(lambda cache: cache.add(_name(key, "lease"), number, timeout)):
            return None
        self._ask(lambda cache: cache.set(_name(key, "number"), number, None))
        if self._ask(lambda cache: cache.get(_name(key, "lease"))) != number:
            raise _keeps_nothing(repr(self))
        return number

    def put(self, key: TokenKey, token: StoredToken, lease: int) -> bool:
        """Keep a token; False, and nothing kept, if the lease was given back or has passed on meanwhile."""
        if self._ask(lambda cache: cache.get(_name(key, "number"))) != lease:
            return False
        self._ask(lambda cache: cache.set(_name(key, "token"), encode(token).decode(), None))
        return True

    def release(self, key: TokenKey, lease: int) -> None:
        """Give the right back early. Repeating is safe."""
        if self._ask(lambda cache: cache.get(_name(key, "number"))) == lease:
            self._ask(lambda cache: cache.delete(_name(key, "number")))
            self._ask(lambda cache: cache.delete(_name(key, "lease")))

    def _ask(self, work: Callable[[_Cache], object]) -> object:
        try:
            return work(self._find())
        except Exception as error:  # noqa: BLE001 - each cache raises what its own library raises
            reason = type(error).__name__
        raise away(repr(self), reason)


def _name(key: TokenKey, part: str) -> str:
    """Return a name of few plain letters: Memcached takes no others."""
    return f"fenzu.{hashlib.sha256(name_of(key).encode()).hexdigest()[:32]}.{part}"


def _keeps_nothing(where: str) -> StoreError:
    return StoreError(
        Words(
            f"{where}: the cache keeps nothing, or forgets at once", f"{where}：该缓存不保存内容，或立即丢弃"
        ),
        Words("name a cache that all processes share", "请指定一个所有进程共享的缓存"),
    )
