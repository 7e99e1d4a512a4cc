"""Locks that keep others out while somebody is at work on a file or on a server.

A lock ends with the process that holds it, however that ends. On one machine it lies in a file beside what it guards,
since locking a SQLite file itself would disturb SQLite.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fenzu.database import Database
from fenzu.errors import FenzuError, StoreError
from fenzu.wire.words import Words

TRIES, PAUSE = 5, 0.05
"""A lock that somebody has is tried for again so often, after so many seconds."""


@contextmanager
def alone(database: Database, name: str, taken: FenzuError) -> Iterator[None]:
    """Hold what is called `name` in a database until the block ends; raises `taken` where somebody else has it."""
    if database.kind == "sqlite":
        with locked(f"{database.where}.{name}", taken):
            yield
        return
    from fenzu.database.postgres import PostgresDatabase

    assert isinstance(database, PostgresDatabase)
    with database.holding(name) as is_ours:
        if not is_ours:
            raise taken
        yield


@contextmanager
def locked(path: str, taken: FenzuError) -> Iterator[None]:
    """Hold the lock beside a file until the block ends; raises `taken` where another process has it."""
    descriptor = _lock(path)
    if descriptor is None:
        raise taken
    try:
        yield
    finally:
        # Removed while it is locked: whoever opens it before that finds out, and whoever comes later makes a new one.
        Path(_lock_of(path)).unlink()
        os.close(descriptor)


def is_held(path: str) -> bool:
    """Whether a process of this machine holds a file."""
    import fcntl  # there is none on Windows

    try:
        descriptor = os.open(_lock_of(path), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _lock(path: str) -> int | None:
    """Return the descriptor that holds the lock, None where another process has it.

    Who merely looks at it (`is_held`) has it for a moment.
    """
    for _ in range(TRIES):
        descriptor = _open(_lock_of(path))
        if _is_locked(descriptor) and _is_still(_lock_of(path), descriptor):
            return descriptor
        os.close(descriptor)
        time.sleep(PAUSE)
    return None


def _lock_of(path: str) -> str:
    return f"{os.path.realpath(path)}.lock"


def _is_locked(descriptor: int) -> bool:
    import fcntl  # there is none on Windows

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open(name: str) -> int:
    try:
        return os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        reason = error.strerror or ""
    raise StoreError(
        Words(f"{name} cannot be made: {reason}", f"无法创建 {name}：{reason}"),
        Words("take a folder that you may write", "请使用有写权限的目录"),
    )


def _is_still(name: str, descriptor: int) -> bool:
    """Whether nobody has removed the file between its opening and its locking."""
    try:
        there = Path(name).stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(there, os.fstat(descriptor))
