"""That a plan is carried out by one at a time: what the engine asks before each call, and the locks of one machine.

A lock ends with the process that holds it, however that ends. It lies in a file beside what it guards, since locking
a SQLite file itself would disturb SQLite.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Protocol

from fenzu.errors import PlanError, StoreError
from fenzu.wire.words import Words


class Hold(Protocol):
    """Somebody's right to change an account."""

    def holds(self) -> bool:
        """Whether it still is ours. Asked before each call, so it answers from memory."""
        ...


@contextmanager
def locked(paths: Sequence[str]) -> Iterator[None]:
    """Hold the locks beside these files until the block ends; raises `PlanError` where another process has one."""
    with ExitStack() as stack:
        for path in sorted(set(paths)):
            stack.enter_context(_locked(path))
        yield


@contextmanager
def _locked(path: str) -> Iterator[None]:
    import fcntl  # there is none on Windows

    name = f"{os.path.realpath(path)}.lock"
    while True:
        descriptor = _open(name)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise _taken(path) from None
        if _is_still(name, descriptor):
            break
        os.close(descriptor)  # whoever had it has removed it between our opening and our locking
    try:
        yield
    finally:
        os.unlink(name)  # noqa: PTH108 - a name as the rest here; removed while it is locked, so nobody else has it
        os.close(descriptor)


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
    try:
        there = os.stat(name)  # noqa: PTH116 - compared with what the descriptor tells
    except FileNotFoundError:
        return False
    ours = os.fstat(descriptor)
    return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)


def _taken(path: str) -> PlanError:
    return PlanError(
        Words(f"{path} is in use: another process applies it", f"{path} 正在使用：另一个进程正在执行"),
        Words("wait for that one, or end it; then resume", "请等它结束或终止它，然后继续（resume）"),
    )
