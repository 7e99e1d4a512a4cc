"""A file system that fails at one chosen operation, whatever it is, and works before and after."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import apsw

T = TypeVar("T")
NAME = "troubled"
FAILURES = {
    "open": apsw.SQLITE_CANTOPEN,
    "read": apsw.SQLITE_IOERR_READ,
    "write": apsw.SQLITE_FULL,
    "truncate": apsw.SQLITE_IOERR_TRUNCATE,
    "sync": apsw.SQLITE_IOERR_FSYNC,
    "size": apsw.SQLITE_IOERR_FSTAT,
    "delete": apsw.SQLITE_IOERR_DELETE,
    "lock": apsw.SQLITE_IOERR_LOCK,
}


class Trouble:
    """Counts operations, and lets the one with number `at` fail."""

    def __init__(self, at: int | None = None) -> None:
        self.at = at
        self.count = 0
        self.what = ""
        self.total = 0

    def end(self) -> None:
        """From now on all goes well; tell how much was done until now."""
        self.total, self.at = self.count, None

    def attempt(self, what: str, work: Callable[[], T]) -> T:
        """Carry out an operation, or fail."""
        self.count += 1
        if self.count == self.at:
            self.what = what
            raise apsw.exception_for(FAILURES[what])
        return work()


@contextmanager
def mounted(trouble: Trouble) -> Iterator[str]:
    """Make the file system known to SQLite; gives its name."""
    system = _FileSystem(trouble)
    try:
        yield NAME
    finally:
        system.unregister()


class _FileSystem(apsw.VFS):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(NAME, base="")
        self.trouble = trouble

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's name
        return self.trouble.attempt("open", lambda: _File(self.trouble, name, flags))

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 - SQLite's name
        self.trouble.attempt("delete", lambda: apsw.VFS.xDelete(self, filename, syncdir))


class _File(apsw.VFSFile):
    def __init__(self, trouble: Trouble, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self.trouble = trouble

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - SQLite's name
        return self.trouble.attempt("read", lambda: apsw.VFSFile.xRead(self, amount, offset))

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        self.trouble.attempt("write", lambda: apsw.VFSFile.xWrite(self, data, offset))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's name
        self.trouble.attempt("truncate", lambda: apsw.VFSFile.xTruncate(self, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        self.trouble.attempt("sync", lambda: apsw.VFSFile.xSync(self, flags))

    def xFileSize(self) -> int:  # noqa: N802 - SQLite's name
        return self.trouble.attempt("size", lambda: apsw.VFSFile.xFileSize(self))

    def xLock(self, level: int) -> None:  # noqa: N802 - SQLite's name
        self.trouble.attempt("lock", lambda: apsw.VFSFile.xLock(self, level))
