"""Tokens in a file, shared by the processes of one machine. When a token is due is none of its business.

Readers take no lock, since the file is replaced whole. Writers lock a neighbour, `NAME.lock`, for moments; whoever
fetches a token holds no lock, but an entry in the file, which ends by the clock or with the process.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from fenzu.errors import StoreError, UsageError
from fenzu.tokens import StoredToken, TokenKey
from fenzu.tokens.holder import Holder, is_gone, this_process
from fenzu.tokens.record import FORMAT, Record, foreign_format, name_of, not_ours
from fenzu.wire.words import Words

LONGEST_WAIT = 10.0
"""Seconds to wait for the lock; whoever has it needs milliseconds, unless the disk or the process stands still."""
PAUSE = 0.002


class _Lease(msgspec.Struct, frozen=True):
    """Who may renew, under which number, for how many seconds and until when (Unix time)."""

    number: int
    seconds: float
    ends_at: float
    holder: Holder

    def holds(self) -> bool:
        """Whether nobody else may renew yet. A clock that was set back does not make a lease longer."""
        return 0 < self.ends_at - time.time() <= self.seconds and not is_gone(self.holder)


class _Content(msgspec.Struct):
    """The whole file."""

    format: int = FORMAT
    last_lease: int = 0
    tokens: dict[str, Record] = {}
    leases: dict[str, _Lease] = {}


class FileStore:
    """Tokens in a JSON file that only its owner can read (0600), for processes of one user on one machine.

    Its folder has to be there, on a local disk. A lease ends with its process, however that ends. A relative path is
    looked up once, here. Not for Windows, whose locks and file replacement nobody has tried with it: it refuses.
    """

    waits = True

    def __init__(self, path: str | os.PathLike[str]) -> None:
        if sys.platform == "win32":
            raise _not_here()
        self._path = Path(os.path.realpath(path))
        self._where = str(self._path)

    def __repr__(self) -> str:
        return f"FileStore({self._where!r})"

    def get(self, key: TokenKey) -> StoredToken | None:
        """Return the token kept under `key`, however old it is."""
        record = self._read().tokens.get(name_of(key))
        return None if record is None else record.token()

    def acquire(self, key: TokenKey, seconds: float) -> int | None:
        """Lend the right to renew for so many seconds; return its number, or None while somebody else has it."""
        name = name_of(key)
        if _is_lent(self._read(), name):
            return None
        with self._locked():
            content = self._read()
            if _is_lent(content, name):
                return None
            # By the clock, so that a number is not given out again after somebody has removed the file.
            number = max(content.last_lease + 1, time.time_ns() // 1000)
            content.last_lease = number
            content.leases[name] = _Lease(number, seconds, time.time() + seconds, this_process())
            self._write(content)
        return number

    def put(self, key: TokenKey, token: StoredToken, lease: int) -> bool:
        """Keep a token; False, and nothing kept, if the lease was given back or has passed on meanwhile."""
        name = name_of(key)
        with self._locked():
            content = self._read()
            if not _is_latest(content, name, lease):
                return False
            content.tokens[name] = Record.of(token)
            self._write(content)
        return True

    def release(self, key: TokenKey, lease: int) -> None:
        """Give the right back early. Repeating is safe."""
        name = name_of(key)
        with self._locked():
            content = self._read()
            if _is_latest(content, name, lease):
                del content.leases[name]
                self._write(content)

    def _read(self) -> _Content:
        try:
            content = _parse(self._path.read_bytes(), self._where)
        except FileNotFoundError:
            return _Content()
        except OSError as error:
            content = self._trouble(error.strerror or "")
        if isinstance(content, StoreError):
            raise content
        return content

    def _write(self, content: _Content) -> None:
        """Replace the file: after a crash there is the old one or the new one, whole."""
        try:
            descriptor, new = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(msgspec.json.format(msgspec.json.encode(content)) + b"\n")
                    file.flush()
                    os.fsync(file.fileno())
                Path(new).replace(self._path)
            except BaseException:
                Path(new).unlink(missing_ok=True)
                raise
            _sync_folder(self._path.parent)
        except OSError as error:
            reason = error.strerror or ""
        else:
            return
        raise self._trouble(reason)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        import fcntl  # there is none on Windows

        descriptor = self._open_lock()
        try:
            until = time.monotonic() + LONGEST_WAIT
            while not _lock(descriptor):
                if time.monotonic() > until:
                    raise self._trouble("somebody has held its lock for too long", "它的锁被占用得太久")
                time.sleep(PAUSE)
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # a child forked meanwhile has the descriptor too
            os.close(descriptor)

    def _open_lock(self) -> int:
        try:
            return os.open(f"{self._where}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            reason = error.strerror or ""
        raise self._trouble(reason)

    def _trouble(self, reason: str, reason_zh: str | None = None) -> StoreError:
        return StoreError(
            Words(
                f"the token file {self._where} is out of reach: {reason}",
                f"token 文件 {self._where} 无法使用：{reason_zh or reason}",
            ),
            Words(
                "look whether its folder is there, writable and not full, and whose file it is; then try again",
                "请检查目录是否存在、可写、未满，以及文件属于谁，然后再试",
            ),
        )


def _parse(text: bytes, where: str) -> _Content | StoreError:
    """Read the file; an empty one is new. An error is returned, to be raised where no frame holds the text."""
    if not text:
        return _Content()
    error = foreign_format(text, where)
    if error is not None:
        return error
    try:
        return msgspec.json.decode(text, type=_Content)
    except (msgspec.MsgspecError, UnicodeError):
        return not_ours(where)


def _is_lent(content: _Content, name: str) -> bool:
    lease = content.leases.get(name)
    return lease is not None and lease.holds()


def _is_latest(content: _Content, name: str, number: int) -> bool:
    lease = content.leases.get(name)
    return lease is not None and lease.number == number


def _lock(descriptor: int) -> bool:
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _not_here() -> UsageError:
    return UsageError(
        Words("FileStore does not work on Windows", "FileStore 不支持 Windows"),
        Words("use RedisStore or PostgresStore", "请使用 RedisStore 或 PostgresStore"),
    )
