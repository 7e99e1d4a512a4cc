"""Parts rows that are wishes from rows with problems: one place for every format."""

from fenzu.regroup._polars import pl
from fenzu.regroup._wishes.problems import Gathering, Problems
from fenzu.regroup._wishes.values import SCHEMA
from fenzu.wire.limits import OPENID_PATTERN

_IS_OPENID = rf"^{OPENID_PATTERN}$"
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u200e\u200f"
_SPACES = " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
AROUND = _SPACES + "\u2028\u2029\u202f\u205f\u3000" + _INVISIBLE
"""What is cut off around a cell: white space, and what nobody can see."""
_LOST = "\ufffd"


_SOUND = (
    pl.col("openid").str.contains(_IS_OPENID)
    & (pl.col("group") != "")
    & (pl.col("group").str.strip_chars(AROUND) == pl.col("group"))
    & ~pl.col("group").str.contains(_LOST, literal=True)
)
"""Nothing to mend and nothing to tell: so are nearly all rows, and a block of them is taken as it is."""


class Sieve:
    """Takes frames of raw rows, one after another, and keeps what are wishes."""

    def __init__(self, first_row: int) -> None:
        self._next = first_row
        self._kept: list[pl.DataFrame] = []
        self._rows = 0
        self._problems = Gathering()

    def add(self, raw: pl.DataFrame) -> None:
        """Take rows with `openid`, `group` and `fault`; the first has the number behind the last one before."""
        frame = raw.with_row_index("row", self._next)
        self._next += raw.height
        sound = raw["fault"].null_count() == raw.height and raw["group"].null_count() == 0
        if sound and frame.select(_SOUND).to_series().all():
            self._rows += frame.height
            self._kept.append(frame.select(*SCHEMA))
            return
        frame = frame.with_columns(_trimmed("openid"), _trimmed("group")).with_columns(_kind())
        faulty = frame.filter(pl.col("kind").is_not_null() & (pl.col("kind") != "blank"))
        kept = frame.filter(pl.col("kind").is_null()).select(*SCHEMA)
        self._rows += faulty.height + kept.height
        self._kept.append(kept)
        self._problems.add(faulty.with_columns(detail=pl.lit("")))

    @property
    def rows(self) -> int:
        """Rows that were not blank."""
        return self._rows

    def frame(self) -> pl.DataFrame:
        """The wishes."""
        return pl.concat([pl.DataFrame(schema=SCHEMA), *self._kept], rechunk=False)

    def problems(self) -> Problems:
        """The other rows."""
        return self._problems.problems()


def _trimmed(name: str) -> pl.Expr:
    return pl.col(name).str.strip_chars(AROUND)


def _kind() -> pl.Expr:
    openid, group, fault = pl.col("openid").fill_null(""), pl.col("group").fill_null(""), pl.col("fault")
    return (
        pl.when((openid == "") & (group == "") & fault.is_null())
        .then(pl.lit("blank"))
        .when(fault.is_not_null())
        .then(fault)
        .when(openid == "")
        .then(pl.lit("empty_openid"))
        .when(openid.str.contains(_LOST, literal=True) | group.str.contains(_LOST, literal=True))
        .then(pl.lit("undecodable"))
        .when(~openid.str.contains(_IS_OPENID))
        .then(pl.lit("bad_openid"))
        .when(group == "")
        .then(pl.lit("empty_group"))
        .alias("kind")
    )
