"""That a plan is carried out by one at a time: what the engine asks before each call, and the locks of one machine."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Protocol

from fenzu.database.locks import locked as lock
from fenzu.errors import AccountInUse
from fenzu.wire.words import Words

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
            stack.enter_context(lock(path, in_use(appid) if appid else _taken(path)))
        yield


def in_use(appid: str) -> AccountInUse:
    """Return what says that an account is changed by somebody else."""
    return AccountInUse(Words(f"another run changes {appid} just now", f"另一个任务正在修改 {appid}"), _WAIT)


def _taken(path: str) -> AccountInUse:
    return AccountInUse(
        Words(f"{path} is in use: another process applies it", f"{path} 正在使用：另一个进程正在执行"), _WAIT
    )
