"""The frames that wishes and plans share: the mirror's followers, and rows with problems. Knows no database."""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

from fenzu.mirror.rows import Column
from fenzu.regroup._polars import pl

COLUMNS: tuple[Column, ...] = ("openid", "group_id")
"""Of a mirror, what a plan needs: what to ask its `dump` for."""
PROBLEM_COLUMNS = {
    "row": pl.UInt32,
    "kind": pl.String,
    "openid": pl.String,
    "group": pl.String,
    "detail": pl.String,
}
"""The columns of rows with problems."""
_TYPES: dict[Column, type[pl.DataType]] = {
    "openid": pl.String,
    "group_id": pl.Int64,
    "remark": pl.String,
    "unionid": pl.String,
    "subscribed_at": pl.Int64,
    "seen_at": pl.Float64,
}


def mirror_frames(chunks: Iterable[bytes], columns: Sequence[Column]) -> Iterator[pl.DataFrame]:
    """Yield a mirror's lines of these columns chunk by chunk, each as a frame; the first is empty."""
    schema: dict[str, type[pl.DataType]] = {column: _TYPES[column] for column in columns}
    yield pl.DataFrame(schema=schema)
    for chunk in map(bytes, chunks):
        yield pl.read_csv(BytesIO(chunk), has_header=False, schema=schema)


def mirror_frame(chunks: Iterable[bytes]) -> pl.DataFrame:
    """Read a mirror's lines of `COLUMNS` into one frame; ten million followers take some 500 MB."""
    return pl.concat(mirror_frames(chunks, COLUMNS), rechunk=False)
