"""What all sources have in common that hold columns rather than lines: from two columns of a frame to wishes."""

import hashlib

from fenzu.errors import UsageError
from fenzu.regroup._polars import pl
from fenzu.regroup._wishes.columns import Columns
from fenzu.regroup._wishes.lines import RAW
from fenzu.regroup._wishes.sift import Sieve
from fenzu.regroup._wishes.values import Origin, Wishes
from fenzu.wire.words import Words

_SLICE = 200_000


def wishes_of(
    frame: pl.DataFrame, columns: Columns, *, name: str, origin: Origin, first_row: int, digest: str = ""
) -> Wishes:
    """Return the wishes of a frame whose first row has the number `first_row`."""
    openids, groups = frame.to_series(columns.openid), frame.to_series(columns.group)
    raw = pl.DataFrame({"openid": texts(openids), "group": texts(groups)}).with_columns(
        fault=pl.lit(None, pl.String)
    )
    return sifted(raw.select(*RAW), columns, name=name, origin=origin, first_row=first_row, digest=digest)


def sifted(
    raw: pl.DataFrame, columns: Columns, *, name: str, origin: Origin, first_row: int, digest: str = ""
) -> Wishes:
    """Return the wishes among raw rows; without a digest of their source, it is taken over the rows."""
    sieve = Sieve(first_row)
    for at in range(0, raw.height, _SLICE):
        sieve.add(raw.slice(at, _SLICE))
    frame = sieve.frame()
    return Wishes(
        name=name,
        digest=digest or digest_of(frame),
        frame=frame,
        problems=sieve.problems(),
        rows=sieve.rows,
        origin=origin,
        named_by=columns.named_by,
    )


def digest_of(frame: pl.DataFrame) -> str:
    """Return the SHA-256 over openids and groups, row by row, in hex."""
    digest = hashlib.sha256()
    for part in frame.iter_slices(_SLICE):
        lines = part.select(pl.concat_str("openid", "group", separator="\t")).to_series()
        digest.update("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def texts(series: pl.Series) -> pl.Series:
    """Return a column as text: whole numbers without a point, nothing for null; raises `UsageError` for other kinds."""
    kind = series.dtype
    if kind == pl.String:
        return series
    if kind.is_integer() or kind in (pl.Categorical, pl.Enum, pl.Null):
        return series.cast(pl.String)
    if kind.is_float():  # where a group is missing, many programs turn whole numbers into 104.0
        whole = series.fill_nan(None).cast(pl.Int64, strict=False)
        is_whole = whole.cast(kind) == series
        return pl.select(
            pl.when(is_whole).then(whole.cast(pl.String)).otherwise(series.cast(pl.String))
        ).to_series()
    if kind == pl.Object:
        return pl.Series(series.name, [text_of(value) for value in series.to_list()], pl.String)
    raise UsageError(
        Words(f"column {series.name} holds {kind}, no texts", f"“{series.name}”列是 {kind}，不是文本"),
        Words("turn it into texts or whole numbers", "请转换为文本或整数"),
    )


def text_of(value: object) -> str:
    """Return a single value as text: as `texts` does."""
    if value is None or value != value:  # noqa: PLR0124 - only not-a-number differs from itself
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
