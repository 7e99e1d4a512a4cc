"""Wish and mirror laid side by side: who is elsewhere than wished, who is there already, and which rows have problems.

Frames in, frames out. Exact: openids are compared themselves, never a hash of them alone.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from fenzu.regroup._frames import PROBLEM_COLUMNS
from fenzu.regroup._planning.targets import Targets
from fenzu.regroup._polars import pl

OnConflict: TypeAlias = Literal["refuse", "first", "last"]
"""What is done where rows want the same follower in different groups: none of them counts, or one by its row."""
PART = 1_500_000
"""So many rows are compared at a time: the tables that a join builds are what takes the memory."""


class Compared(NamedTuple):
    """What came out, in no particular order."""

    changes: pl.DataFrame
    """Who has to move: number (in follow order), openid, source, target."""
    unchanged: pl.DataFrame
    """How many are where they should be, by group: target, n."""
    problems: pl.DataFrame
    """The rows that are not followed, in `PROBLEM_COLUMNS`, and why: unknown_openid, what `Targets.unclear` tells,
    repeated (the same said before, in the row that `detail` tells), conflicting (`detail` tells a row that wants
    another group) and overruled (by the row that `detail` tells).
    """
    openids: int
    """Whom the wishes list, each once."""


def compare(
    mirror: pl.DataFrame, wishes: pl.DataFrame, targets: Targets, on_conflict: OnConflict = "refuse"
) -> Compared:
    """Compare a mirror (openid, group_id; in follow order) with wishes (row, openid, group: its text)."""
    parts = 1 + max(len(mirror), len(wishes)) // PART
    here, there = _part_of(mirror, parts), _part_of(wishes, parts)
    numbered = mirror.lazy().select(
        "openid", source="group_id", number=pl.int_range(pl.len(), dtype=pl.UInt32)
    )
    found = []
    for part in range(parts):
        wished = _understood(wishes.lazy().filter(there == part), targets)
        found.append(_compare_part(numbered.filter(here == part), wished, on_conflict))
    changes, unchanged, problems, openids = zip(*found, strict=True)
    counted = pl.concat(unchanged).group_by("target").sum()
    return Compared(pl.concat(changes), counted, pl.concat(problems), sum(openids))


def _part_of(frame: pl.DataFrame, parts: int) -> pl.Series:
    return frame.select((_key() % parts).cast(pl.UInt16)).to_series()


def _key() -> pl.Expr:
    """A number of 64 bits for an openid, quick to join on; two openids may share one."""
    return pl.col("openid").hash()


def _understood(wishes: pl.LazyFrame, targets: Targets) -> pl.DataFrame:
    """Add what each row's text means: `target`, or null and `kind`."""
    group = pl.col("group")
    return wishes.with_columns(
        target=group.replace_strict(targets.numbers, default=None, return_dtype=pl.Int64),
        kind=group.replace_strict(targets.unclear, default=None, return_dtype=pl.String),
    ).collect()


def _compare_part(followers: pl.LazyFrame, wished: pl.DataFrame, on_conflict: OnConflict) -> Compared:
    problems, once = [], wished
    if wished.select(_key().n_unique()).item() < len(wished):
        is_again = pl.col("openid").is_duplicated()
        kept, left_out = _settled(wished.filter(is_again), on_conflict)
        once = pl.concat([wished.filter(~is_again), kept])
        problems.append(left_out)
    joined = _joined(once, followers.collect())
    follows, stays = pl.col("source").is_not_null(), pl.col("source") == pl.col("target")
    openids = len(wished) if once is wished else wished.get_column("openid").n_unique()
    is_meant, nothing = pl.col("target").is_not_null(), pl.lit("").alias("detail")
    strangers = joined.filter(~follows).with_columns(nothing, kind=pl.lit("unknown_openid"))
    problems += [_problems(strangers), _problems(joined.filter(~is_meant & follows).with_columns(nothing))]
    return Compared(
        joined.filter(is_meant & follows & ~stays).select("number", "openid", "source", "target"),
        joined.filter(stays).group_by("target").agg(n=pl.len().cast(pl.Int64)),
        pl.concat(problems),
        openids,
    )


def _joined(wished: pl.DataFrame, followers: pl.DataFrame) -> pl.DataFrame:
    """Add `number` and `source` of who follows, null of the others.

    Joined by keys, which takes a third of the time; where two openids share one, by the openids themselves.
    """
    keyed = followers.select(_key().alias("key"), "number", "source", follower="openid")
    found = wished.with_columns(key=_key()).join(keyed, on="key", how="left")
    shares = found.select((pl.col("follower") != pl.col("openid")).any()).item()
    if len(found) > len(wished) or shares:
        return wished.join(followers, on="openid", how="left")
    return found


def _settled(again: pl.DataFrame, on_conflict: OnConflict) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part rows that say the same openid into those that count, one an openid at most, and the others."""
    row = pl.col("row")
    first, last = row.min().over("openid"), row.max().over("openid")
    told = again.with_columns(first=first, last=last, meant=_meant()).with_columns(
        agrees=pl.col("meant") == pl.col("meant").sort_by("row").first().over("openid")
    )
    another = pl.when(~pl.col("agrees")).then(row).min().over("openid")
    told = told.with_columns(another=another, differ=another.is_not_null())
    chosen = pl.when("differ").then(_chosen(on_conflict)).otherwise("first")
    is_chosen = (row == chosen).fill_null(value=False)
    other = pl.when("agrees").then("another").otherwise("first")
    contradicts = pl.lit("conflicting" if on_conflict == "refuse" else "overruled")
    counts = pl.when("differ").then(other if on_conflict == "refuse" else on_conflict).otherwise("first")
    kind = pl.when("differ").then(contradicts).otherwise(pl.lit("repeated"))
    left_out = told.filter(~is_chosen).with_columns(kind=kind, detail=counts.cast(pl.String))
    return told.filter(is_chosen).select(again.columns), _problems(left_out)


def _meant() -> pl.Expr:
    """What a row wants, to be compared with others: a group's number, or what is written where it means none."""
    return pl.coalesce(pl.col("target").cast(pl.String), pl.lit("?") + pl.col("group"))


def _chosen(on_conflict: OnConflict) -> pl.Expr:
    return pl.lit(None, pl.UInt32) if on_conflict == "refuse" else pl.col(on_conflict)


def _problems(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(kind) for name, kind in PROBLEM_COLUMNS.items())


def counted(problems: pl.DataFrame) -> Mapping[str, int]:
    """Count rows with problems by kind."""
    return dict(problems.group_by("kind").len().sort("kind").iter_rows())
