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


_WAIT = Words("wait until it has ended, then do the same again", "请等它结束后，再执行同样的操作")


class Hold(Protocol):
    """Somebody's right to change an account."""

    def holds(self) -> bool:
        """Whether it still is theirs. Asked before each call, so it answers from memory."""
        ...


@contextmanager
def locked(paths: Sequence[str], *, appid: str | None = None) -> Iterator[None]:
    """Hold the locks beside these files until the block ends; raises `AccountInUse` where another process has one.

    What stands for an account is told by its `appid`, else by the file.
    """
    with ExitStack() as stack:
        for path in sorted(set(paths)):
            stack.enter_context(_locked(path, in_use(appid) if appid else _taken(path)))
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
def _locked(path: str, taken: AccountInUse) -> Iterator[None]:
    descriptor = _lock(path)
    if descriptor is None:
        raise taken
    try:
        yield
    finally:
        # Removed while it is locked: whoever opens it before that finds out, and whoever comes later makes a new one.
        Path(_lock_of(path)).unlink()
        os.close(descriptor)


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
        Words("put the plan into a folder that you may write", "请把计划文件放到有写权限的目录"),
    )


def _is_still(name: str, descriptor: int) -> bool:
    """Whether nobody has removed the file between its opening and its locking."""
    try:
        there = Path(name).stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(there, os.fstat(descriptor))


def in_use(appid: str) -> AccountInUse:
    """Return what says that an account is changed by somebody else."""
    return AccountInUse(Words(f"another run changes {appid} just now", f"另一个任务正在修改 {appid}"), _WAIT)


def _taken(path: str) -> AccountInUse:
    return AccountInUse(
        Words(f"{path} is in use: another process applies it", f"{path} 正在使用：另一个进程正在执行"), _WAIT
    )
