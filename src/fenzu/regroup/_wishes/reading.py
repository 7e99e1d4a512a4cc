"""One way in for whatever holds wishes."""

import gzip
import hashlib
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, Literal, cast

import msgspec

from fenzu.errors import StoreError, UsageError
from fenzu.regroup._wishes.delimited import Readable, read_delimited
from fenzu.regroup._wishes.formats import LOOKED_AT, Format, check_is_table, look
from fenzu.regroup._wishes.frames import Rows, Wish, is_frame, read_frame, read_rows
from fenzu.regroup._wishes.json_lines import read_json_lines
from fenzu.regroup._wishes.parquet import read_parquet
from fenzu.regroup._wishes.spreadsheet import read_spreadsheet
from fenzu.regroup._wishes.values import Wishes
from fenzu.wire.words import Words


class _How(msgspec.Struct, frozen=True):
    openid_column: str | None
    group_column: str | None
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    format: Format | None


def read_wishes(
    source: "Wish",
    *,
    openid_column: str | None = None,
    group_column: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    format: Format | None = None,
    sheet: str | None = None,
    name: str = "",
) -> Wishes:
    """Read who should be in which group.

    `source` is a file (CSV, TSV, JSON Lines, Parquet, XLSX; any of them but XLSX and Parquet gzipped too), `-` for
    standard input, a frame of polars or pandas, a mapping of openids to groups, or pairs or dictionaries.
    Format, encoding and delimiter are found by looking, unless they are given, and told in `Wishes.origin`. Columns
    are known by title, or named by title or number, counted from 1.

    What was read before is returned as it is. Raises `UsageError` where it is not clear what is meant, `StoreError`
    where a file cannot be read. A row with a problem ends nothing: it is left out and told in `Wishes.problems`.
    """
    if isinstance(source, Wishes):
        return source
    if not isinstance(source, str | Path):
        if is_frame(source):
            return read_frame(source, name or "frame", openid_column, group_column)
        return read_rows(cast("Rows", source), name or "rows", openid_column, group_column)
    how = _How(openid_column, group_column, encoding, _one_character(delimiter), sheet, format)
    called = name or ("-" if source == "-" else Path(source).name)
    with _told(str(source)), _opened(source) as file:
        head = file.read(LOOKED_AT)
        check_is_table(head)
        found = look(head)
        kind = found if format is None or found == "gzip" else format
        if kind in {"csv", "tsv", "jsonl"}:
            return _text(_Joined(head, file), kind, called, how)
        return _whole(io.BytesIO(head + file.read()), kind, called, how)


def _text(source: Readable, kind: Format | Literal["gzip"], name: str, how: _How, digest: str = "") -> Wishes:
    read = read_json_lines
    if kind != "jsonl":
        read = partial(read_delimited, delimiter=how.delimiter or ("\t" if kind == "tsv" else ""))
    return read(
        source,
        name,
        openid_column=how.openid_column,
        group_column=how.group_column,
        encoding=how.encoding,
        digest=digest,
    )


def _whole(file: io.BytesIO, kind: Format | Literal["gzip"], name: str, how: _How) -> Wishes:
    """Read what is no text: it is in memory as a whole, and its digest is over its own bytes."""
    digest = hashlib.sha256(file.getbuffer()).hexdigest()
    if kind == "gzip":
        with gzip.GzipFile(fileobj=file) as inside:
            head = inside.read(LOOKED_AT)
            within = how.format or look(head)
            return _text(_Joined(head, cast("BinaryIO", inside)), within, name, how, digest)
    if kind == "parquet":
        return read_parquet(
            file, name, digest=digest, openid_column=how.openid_column, group_column=how.group_column
        )
    return read_spreadsheet(
        file.getvalue(),
        name,
        digest=digest,
        sheet=how.sheet,
        openid_column=how.openid_column,
        group_column=how.group_column,
    )


def _one_character(delimiter: str | None) -> str | None:
    """Return what parts the fields; raises `UsageError` where no reader of CSV could go by it."""
    if delimiter is not None and (len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n'):
        raise UsageError(
            Words(
                f"fields cannot be separated by {delimiter!r}",
                f"不能以 {delimiter!r} 分隔",
            ),
            Words("give one character, such as ; or |", "请给出一个字符，如 ; 或 |"),
        )
    return delimiter


class _Joined:
    """What was looked at, and then the rest: standard input cannot be wound back."""

    def __init__(self, head: bytes, rest: Readable) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int) -> bytes:
        head, self._head = self._head, b""
        return head + self._rest.read(size - len(head))


@contextmanager
def _opened(source: str | Path) -> Iterator[BinaryIO]:
    if source == "-":
        yield sys.stdin.buffer
        return
    with Path(source).open("rb") as file:
        yield file


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error) as trouble:
        raise _unreadable(name, trouble) from None


def _unreadable(name: str, trouble: Exception) -> StoreError:
    reason = getattr(trouble, "strerror", None) or str(trouble)
    return StoreError(
        Words(f"{name} cannot be read: {reason}", f"无法读取 {name}：{reason}"),
        Words(
            "look at its path, who may read it, and whether it is whole",
            "检查路径、读取权限，以及文件是否完整",
        ),
    )
