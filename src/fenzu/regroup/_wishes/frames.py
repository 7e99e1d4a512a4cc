"""Wishes that a program has in memory: frames of polars and pandas, pairs, dictionaries."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from fenzu.errors import UsageError
from fenzu.regroup._polars import pl
from fenzu.regroup._wishes.columns import Columns, find_columns
from fenzu.regroup._wishes.lines import RAW
from fenzu.regroup._wishes.tables import sifted, text_of, wishes_of
from fenzu.regroup._wishes.values import Origin, Wishes
from fenzu.wire.words import Words

if TYPE_CHECKING:
    import pandas as pd

Pair: TypeAlias = tuple[str, str | int] | Mapping[str, object]
Rows: TypeAlias = "Mapping[str, str | int] | Iterable[Pair]"
Frame: TypeAlias = "pl.DataFrame | pl.LazyFrame | pd.DataFrame"
Wish: TypeAlias = "str | Path | Frame | Rows | Wishes"
"""What can hold wishes: a file, a frame with columns for openid and group, a mapping of openids to groups, pairs, or
what `fenzu.regroup.wishes` has read.
"""

_PAIRS = Columns(0, 1, 2, has_header=False, openid_title="openid", group_title="group")


def is_frame(source: "Frame | Rows") -> "TypeGuard[Frame]":
    """Whether it is a frame of polars or pandas; pandas is not loaded for that."""
    return isinstance(source, pl.DataFrame | pl.LazyFrame) or _is_pandas(source)


def read_frame(source: Frame, name: str, openid: str | None = None, group: str | None = None) -> Wishes:
    """Return the wishes of a frame, whose rows are counted from 1."""
    if isinstance(source, pl.LazyFrame):
        source = source.collect()
    if isinstance(source, pl.DataFrame):
        columns = find_columns(source.columns, openid, group)
        return wishes_of(source, columns, name=name, origin=_origin("polars", columns), first_row=1)
    columns = find_columns([str(title) for title in source.columns], openid, group)
    raw = pl.DataFrame(
        {"openid": _from_pandas(source, columns.openid), "group": _from_pandas(source, columns.group)}
    )
    raw = raw.with_columns(fault=pl.lit(None, pl.String)).select(*RAW)
    return sifted(raw, columns, name=name, origin=_origin("pandas", columns), first_row=1)


def _is_pandas(source: object) -> "TypeGuard[pd.DataFrame]":
    kind = type(source)
    return kind.__name__ == "DataFrame" and kind.__module__.partition(".")[0] == "pandas"


def _from_pandas(frame: "pd.DataFrame", place: int) -> pl.Series:
    """Go over Python's values: pandas hands its columns to polars through pyarrow only, which nobody needs for this."""
    column = frame.iloc[:, place]
    missing = column.isna().tolist()
    values = column.astype(object).tolist()
    filled = ["" if gone else text_of(value) for value, gone in zip(values, missing, strict=True)]
    return pl.Series(filled, dtype=pl.String)


def _origin(kind: str, columns: Columns) -> Origin:
    return Origin(
        kind,
        openid_column=columns.openid_title,
        group_column=columns.group_title,
        columns=columns.choices,
    )


def read_rows(source: Rows, name: str, openid: str | None = None, group: str | None = None) -> Wishes:
    """Return the wishes of pairs (openid, group), of dictionaries with both, or of a mapping of openids to groups.

    Rows are counted from 1.
    """
    rows: Iterable[object] = source.items() if isinstance(source, Mapping) else source
    raw = pl.DataFrame(list(_pairs(rows, openid, group)), schema=RAW, orient="row")
    return sifted(raw, _PAIRS, name=name, origin=Origin("rows"), first_row=1)


def _pairs(rows: Iterable[object], openid: str | None, group: str | None) -> Iterator[tuple[str, str, None]]:
    titles: list[str] | None = None
    for number, row in enumerate(rows, start=1):
        if isinstance(row, Mapping):
            if titles is None:
                keys = [str(key) for key in row]
                columns = find_columns(keys, openid, group)
                titles = [keys[columns.openid], keys[columns.group]]
            yield text_of(row.get(titles[0])), text_of(row.get(titles[1])), None
        elif isinstance(row, tuple | list) and len(row) == 2:
            yield text_of(row[0]), text_of(row[1]), None
        else:
            raise UsageError(
                Words(
                    f"row {number} is neither a pair of openid and group nor a dictionary",
                    f"第 {number} 行既不是 (openid, 分组) 也不是字典",
                ),
                Words('give rows like ("o…", "VIP")', '请给出形如 ("o…", "VIP") 的行'),
            )
