"""Wish and mirror laid side by side: who is elsewhere than wished, who is there already, who does not follow.

Frames in, frames out. Exact: openids are compared themselves, never a hash of them alone.
"""

from typing import NamedTuple

from fenzu.regroup._polars import pl

PART = 1_500_000
"""So many rows are compared at a time: the tables that a join builds are what takes the memory."""


class Compared(NamedTuple):
    """What came out, in no particular order."""

    changes: pl.DataFrame
    """Who has to move: number (in follow order), openid, source, target."""
    unchanged: pl.DataFrame
    """How many are where they should be, by group: target, n."""
    unknown: pl.DataFrame
    """The wishes for whom the mirror does not know to follow: row, openid."""
    odd: pl.DataFrame
    """The wishes whose text means no group: row, group."""


def compare(mirror: pl.DataFrame, wishes: pl.DataFrame, targets: dict[str, int]) -> Compared:
    """Compare a mirror (openid, group_id; in follow order) with wishes (row, openid, group; each openid once).

    `targets` tells the number of the group that a text means.
    """
    parts = 1 + max(len(mirror), len(wishes)) // PART
    here, there = _part_of(mirror, parts), _part_of(wishes, parts)
    numbered = mirror.lazy().select(
        "openid", source="group_id", number=pl.int_range(pl.len(), dtype=pl.UInt32)
    )
    found = []
    for part in range(parts):
        followers = numbered.filter(here == part)
        wished = wishes.lazy().filter(there == part)
        found.append(_compare_part(followers, wished, targets))
    changes, unchanged, unknown, odd = (pl.concat(frames) for frames in zip(*found, strict=True))
    return Compared(changes, unchanged.group_by("target").sum(), unknown, odd)


def _part_of(frame: pl.DataFrame, parts: int) -> pl.Series:
    return frame.select((pl.col("openid").hash() % parts).cast(pl.UInt16)).to_series()


def _compare_part(followers: pl.LazyFrame, wished: pl.LazyFrame, targets: dict[str, int]) -> Compared:
    meant = pl.col("group").replace_strict(targets, default=None, return_dtype=pl.Int64)
    joined = wished.with_columns(target=meant).join(followers, on="openid", how="left").collect()
    is_meant, follows = pl.col("target").is_not_null(), pl.col("source").is_not_null()
    stays = pl.col("source") == pl.col("target")
    return Compared(
        joined.filter(is_meant & follows & ~stays).select("number", "openid", "source", "target"),
        joined.filter(stays).group_by("target").agg(n=pl.len().cast(pl.Int64)),
        joined.filter(~follows).select("row", "openid"),
        joined.filter(~is_meant & follows).select("row", "group"),
    )
