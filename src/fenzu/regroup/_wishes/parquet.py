"""Parquet, by polars; only the two columns are read. Rows are counted from 1."""

from typing import BinaryIO

from fenzu.errors import StoreError
from fenzu.regroup._polars import pl
from fenzu.regroup._wishes.columns import Columns, find_columns
from fenzu.regroup._wishes.tables import wishes_of
from fenzu.regroup._wishes.values import Origin, Wishes
from fenzu.wire.words import Words


def read_parquet(
    file: BinaryIO,
    name: str,
    *,
    digest: str,
    openid_column: str | None = None,
    group_column: str | None = None,
) -> Wishes:
    """Read a Parquet file."""
    try:
        titles = list(pl.read_parquet_schema(file))
        file.seek(0)
        columns = find_columns(titles, openid_column, group_column)
        frame = pl.read_parquet(file, columns=[titles[columns.openid], titles[columns.group]])
    except pl.exceptions.PolarsError as trouble:
        reason = str(trouble).partition("\n")[0]
        raise StoreError(
            Words(
                f"{name} is no Parquet that can be read: {reason}", f"{name} 不是能读取的 Parquet：{reason}"
            ),
            Words("write it anew", "请重新生成"),
        ) from None
    origin = Origin(
        "Parquet",
        openid_column=columns.openid_title,
        group_column=columns.group_title,
        columns=columns.choices,
    )
    frame = frame.select(titles[columns.openid], titles[columns.group])
    pair = Columns(0, 1, 2, True, columns.openid_title, columns.group_title, columns.named_by)
    return wishes_of(frame, pair, name=name, origin=origin, first_row=1, digest=digest)
