"""Snapshots as files: a folder beside the store, one file a snapshot, and telling a whole one from a torn one.

A file is a copy of the store and, behind it, a line that tells what it is and a digest over all before. It is written
under a name that no snapshot can have, and gets its own when it is on disk: a kill leaves the old one or the new one.
Knows no database.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import msgspec

from fenzu.errors import StoreError, UsageError
from fenzu.sandbox.control_errors import BadSnapshot, UnknownSnapshot
from fenzu.wire.snapshots import NAME_PATTERN, NAME_RULE
from fenzu.wire.words import Words

NAME = re.compile(NAME_PATTERN)
DRAFT = ".draft-"
DIGEST_BYTES = 64
TAIL_BYTES = 1024
"""No line about a snapshot is longer, digest included."""
CHUNK = 1024 * 1024


class About(msgspec.Struct, frozen=True):
    """The line behind the copy: what the file says of itself."""

    fenzu_snapshot: int
    """The version of this line."""
    store: int
    """The version of the store's tables."""
    made: float
    """Unix seconds, real time."""
    accounts: int
    size: int
    """Bytes of the copy."""


class Snapshot(msgspec.Struct, frozen=True):
    """A snapshot as it is listed."""

    name: str
    made: float
    """Unix seconds, real time."""
    size: int
    version: int
    accounts: int


def check_name(name: str) -> str:
    """Return the name of a snapshot; raises UsageError for what may be a path, or hidden."""
    if not NAME.fullmatch(name):
        raise UsageError(NAME_RULE)
    return name


class SnapshotFiles:
    """The folder. One thread at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """Make an empty file that nobody else can read; it goes with the block unless it is kept."""
        with _told(self._folder):
            self._folder.mkdir(0o700, exist_ok=True)
            for left in self._folder.glob(DRAFT + "*"):  # by somebody who was killed
                left.unlink(missing_ok=True)
            path = self._folder / f"{DRAFT}{secrets.token_hex(4)}"
            path.touch(0o600, exist_ok=False)
            try:
                yield path
            finally:
                path.unlink(missing_ok=True)

    def keep(self, draft: Path, name: str, *, version: int, made: float, accounts: int) -> Snapshot:
        """Make a draft the snapshot of that name, in place of the one before."""
        with draft.open("r+b") as file:
            digest = hashlib.sha256()
            while chunk := file.read(CHUNK):
                digest.update(chunk)
            about = About(1, version, made, accounts, file.tell())
            line = b"\n" + msgspec.json.encode(about) + b"\n"
            digest.update(line)
            file.write(line + digest.hexdigest().encode())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._folder / name)
        _sync(self._folder)
        return _told_as(name, about)

    def list(self) -> list[Snapshot]:
        """Return the snapshots by their names; whether they are whole is looked at when one is restored."""
        with _told(self._folder):
            if not self._folder.is_dir():
                return []
            names = sorted(path.name for path in self._folder.iterdir() if NAME.fullmatch(path.name))
            found = ((name, self._about(name)) for name in names)
            return [_told_as(name, about) for name, about in found if about is not None]

    def take_out(self, name: str, copy: Path) -> None:
        """Write the copy of the store that a snapshot holds; refuses one that is unknown, torn or altered."""
        about = self._about(name)
        if about is None:
            raise BadSnapshot(name, "is torn", "不完整")
        with self._open(name) as file, copy.open("wb") as out:
            digest, left = hashlib.sha256(), about.size
            while chunk := file.read(min(CHUNK, left)):
                left -= len(chunk)
                digest.update(chunk)
                out.write(chunk)
            tail = file.read(TAIL_BYTES)
        digest.update(tail[:-DIGEST_BYTES])
        if left or tail[-DIGEST_BYTES:] != digest.hexdigest().encode():
            raise BadSnapshot(name, "was altered", "内容已被改动")

    def delete(self, name: str) -> None:
        """Remove a snapshot."""
        with _told(self._folder):
            try:
                (self._folder / name).unlink()
            except FileNotFoundError:
                raise UnknownSnapshot(name) from None
            _sync(self._folder)

    def _about(self, name: str) -> About | None:
        """Return what a file says of itself, None where it ends otherwise than a snapshot does."""
        with self._open(name) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL_BYTES))
            tail = file.read()
        start = tail.rfind(b"\n{", 0, -DIGEST_BYTES)
        try:
            about = msgspec.json.decode(tail[start:-DIGEST_BYTES], type=About) if start >= 0 else None
        except msgspec.MsgspecError:
            return None
        return about if about is not None and about.size == size - len(tail) + start else None

    def _open(self, name: str) -> IO[bytes]:
        try:
            return (self._folder / name).open("rb")
        except FileNotFoundError:
            raise UnknownSnapshot(name) from None


def _told_as(name: str, about: About) -> Snapshot:
    return Snapshot(name, about.made, about.size, about.store, about.accounts)


def _sync(folder: Path) -> None:
    """Put what stands in a folder on disk; Windows opens none."""
    with suppress(PermissionError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Raise what the file system complains of in words."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            Words(
                f"cannot use the snapshots in {folder}: {error.strerror}",
                f"无法使用 {folder} 中的快照：{error.strerror}",
            ),
            Words("check the disk and the permissions", "检查磁盘空间和权限"),
        ) from None
