"""A file that a command writes: it appears whole or not at all, and nothing that is needed gives way to it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from fenzu.errors import StoreError, UsageError
from fenzu.wire.words import Words

_DATABASE = b"SQLite format 3\0"


def check_output(where: str, *needed: str | None) -> None:
    """Raise `UsageError` where a file may not be written over: one of those needed, a plan, a mirror.

    Of the others, `-` and what is no file do not count.
    """
    for other in needed:
        if other is not None and other != "-" and _is_same(where, other):
            raise UsageError(
                Words(f"{where} would be written over {other}", f"写入 {where} 会覆盖 {other}"),
                Words("give another name", "请换一个文件名"),
            )
    if _is_database(Path(where)):
        raise UsageError(
            Words(f"{where} is a plan or a mirror already", f"{where} 已存在，是计划或镜像"),
            Words("give another name", "请换一个文件名"),
        )


@contextmanager
def whole_file(where: str) -> Iterator[BinaryIO]:
    """Let the block write a file that takes its name at the end; one that is there gives way."""
    path = Path(where)
    try:
        if path.exists() and not path.is_file():  # a pipe or a device is no file to be replaced
            with path.open("wb") as out:
                yield out
        else:
            with _beside(Path(os.path.realpath(path))) as out:
                yield out
    except OSError as trouble:
        reason = trouble.strerror or str(trouble)
        raise StoreError(
            Words(f"{where} cannot be written: {reason}", f"无法写入 {where}：{reason}"),
            Words("give a folder that is there and yours", "请给出存在且可写的目录"),
        ) from None


@contextmanager
def _beside(path: Path) -> Iterator[BinaryIO]:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("xb") as out:
            yield out
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _is_same(one: str, other: str) -> bool:
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    try:
        return Path(one).samefile(other)
    except OSError:
        return False


def _is_database(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(_DATABASE)) == _DATABASE
    except OSError:
        return False  # told when it is written
