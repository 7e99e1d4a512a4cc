"""The mirror as a frame: who follows, in follow order, and in which group. Knows no database and no plan."""

from collections.abc import Iterable
from io import BytesIO

from fenzu.mirror.rows import Column
from fenzu.regroup._polars import pl

COLUMNS: tuple[Column, ...] = ("openid", "group_id")
"""What to ask a mirror's `dump` for."""
_SCHEMA = {"openid": pl.String, "group_id": pl.Int64}


def mirror_frame(chunks: Iterable[bytes]) -> pl.DataFrame:
    """Read a mirror's lines of `COLUMNS`, chunk by chunk; ten million followers take some 500 MB."""
    frames = [
        pl.read_csv(BytesIO(chunk), has_header=False, schema=_SCHEMA)
        for chunk in map(bytes, chunks)
        if chunk.strip()
    ]
    return pl.concat(frames, rechunk=False) if frames else pl.DataFrame(schema=_SCHEMA)
