"""That a plan is carried out by one at a time: what the engine asks before each call, and the locks of one machine.

A lock ends with the process that holds it, however that ends. It lies in a file beside what it guards, since locking
a SQLite file itself would disturb SQLite.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from fenzu.errors import AccountInUse, StoreError
from fenzu.wire.words import Words

TRIES, PAUSE = 5, 0.05
"""A lock that somebody has is tried for again so often, after so many seconds."""


class Hold(Protocol):
    """Somebody's right to change an account."""

    def holds(self) -> bool:
        """Whether it still is theirs. Asked before each call, so it answers from memory."""
        ...


@contextmanager
def locked(paths: Sequence[str]) -> Iterator[None]:
    """Hold the locks beside these files until the block ends; raises `AccountInUse` where another process has one."""
    with ExitStack() as stack:
        for path in sorted(set(paths)):
            stack.enter_context(_locked(path))
        yield


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


@contextmanager
def _locked(path: str) -> Iterator[None]:
    descriptor = _lock(path)
    try:
        yield
    finally:
        # Removed while it is locked: whoever opens it before that finds out, and whoever comes later makes a new one.
        Path(_lock_of(path)).unlink()
        os.close(descriptor)


def _lock(path: str) -> int:
    """Return the descriptor that holds the lock; who merely looks at it (`is_held`) has it for a moment."""
    for _ in range(TRIES):
        descriptor = _open(_lock_of(path))
        if _is_locked(descriptor) and _is_still(_lock_of(path), descriptor):
            return descriptor
        os.close(descriptor)
        time.sleep(PAUSE)
    raise _taken(path)


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
        Words("put the plan into a folder that you may write", "请把计划文件放到有写权限的目录"),
    )


def _is_still(name: str, descriptor: int) -> bool:
    """Whether nobody has removed the file between its opening and its locking."""
    try:
        there = Path(name).stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(there, os.fstat(descriptor))


def _taken(path: str) -> AccountInUse:
    return AccountInUse(
        Words(f"{path} is in use: another process applies it", f"{path} 正在使用：另一个进程正在执行"),
        Words("wait for that one, or end it; then resume", "请等它结束或终止它，然后继续（resume）"),
    )
