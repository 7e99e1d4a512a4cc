"""One way in for whatever holds wishes."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from fenzu.errors import StoreError
from fenzu.regroup._wishes.delimited import read_delimited
from fenzu.regroup._wishes.values import Wishes
from fenzu.wire.words import Words


def read_wishes(
    source: str | Path,
    *,
    openid_column: str | None = None,
    group_column: str | None = None,
    encoding: str | None = None,
) -> Wishes:
    """Read who should be in which group from a file, or from standard input (`-`).

    Raises `UsageError` where it is not clear what is meant, `StoreError` where the file cannot be read. A row that is
    odd ends nothing: it is left out and told in `Wishes.problems`.
    """
    with _opened(source) as file:
        name = "-" if source == "-" else Path(source).name
        return read_delimited(
            file, name, openid_column=openid_column, group_column=group_column, encoding=encoding
        )


@contextmanager
def _opened(source: str | Path) -> Iterator[BinaryIO]:
    if source == "-":
        yield sys.stdin.buffer
        return
    try:
        with Path(source).open("rb") as file:
            yield file
    except OSError as trouble:
        raise StoreError(
            Words(
                f"{source} cannot be read: {trouble.strerror or trouble}",
                f"无法读取 {source}：{trouble.strerror or trouble}",
            ),
            Words("look at its path and who may read it", "检查路径和读取权限"),
        ) from None
