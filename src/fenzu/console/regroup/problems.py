"""The rows of a list with problems, as a page shows them: who has to settle what first, and what to do.

No advice names a command.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from fenzu.console.folders import writing
from fenzu.console.regroup.lists import GivenList, problems_of
from fenzu.errors import mask
from fenzu.regroup._problem_kinds import KINDS, REFUSED
from fenzu.regroup._render.escape import short
from fenzu.regroup._render.words import kind_words
from fenzu.wire.words import Language, Words

if TYPE_CHECKING:
    from fenzu.regroup import Problems

ROWS_SHOWN = 200
"""So many rows with problems a page shows."""
MISSING = "unknown_group"
"""The kind of which a group is told once instead of each row."""
_ADVICE = {
    "unknown_openid": Words(
        "whoever has left cannot be moved; if they follow, read who follows again on the page Followers",
        "已取消关注的人无法移动；如果仍在关注，请在粉丝页重新读取粉丝",
    ),
    "unknown_group": Words(
        "write a group's name or id as the page Groups has it, or let missing groups be made",
        "请按分组页上的名称或 id 填写，或勾选“新建不存在的分组”",
    ),
    "ambiguous_group": Words("give the group's id; the page Groups has it", "请填写分组 id，见分组页"),
    "conflicting": Words(
        "delete one of the rows, or choose which row counts", "删除其中一行，或选择以哪一行为准"
    ),
    "undecodable": Words("save the file as UTF-8, then drop it again", "把文件另存为 UTF-8 后重新选择"),
}


class ShownKind(msgspec.Struct, frozen=True):
    """So many rows have the same problem."""

    title: Words
    rows: int
    is_refused: bool
    advice: Words


class ShownRow(msgspec.Struct, frozen=True):
    """A row with a problem. `openid` is shortened."""

    row: int
    openid: str
    group: str
    text: Words
    advice: Words
    left_out: bool
    is_refused: bool


class Missing(msgspec.Struct, frozen=True):
    """A group that is not there, which so many rows name."""

    group: str
    rows: int
    text: Words


class ShownProblems(msgspec.Struct, frozen=True):
    """The rows of a list with problems."""

    list_id: str
    kinds: tuple[ShownKind, ...]
    missing: tuple[Missing, ...]
    """The groups that are not there, those that most rows name first."""
    rows: tuple[ShownRow, ...]
    """All others. The first of them; what has to be settled comes first."""
    total: int


def rows_shown(runs: Path, given: GivenList) -> ShownProblems | None:
    """Return what a page shows of a list's rows with problems; None where there are none."""
    problems = read_problems(runs, given)
    if problems is None or not len(problems):
        return None
    kinds = tuple(
        ShownKind(kind_words(kind), n, kind in REFUSED, advice_on(kind))
        for kind, n in problems.counts.items()
    )
    n = problems.counts.get(MISSING, 0)
    return ShownProblems(
        given.id, kinds, tuple(_missing(problems)), tuple(_first(problems)), len(problems) - n
    )


def advice_on(kind: str) -> Words:
    """Say what to do about a kind of problem, in front of a page."""
    return _ADVICE.get(kind, KINDS[kind].advice)


def keep_problems(runs: Path, given: GivenList, problems: "Problems") -> GivenList:
    """Write rows with problems beside their list, and return the list with their counts."""
    path = problems_of(runs, given)
    with writing(path.parent):
        problems.frame.write_parquet(path)
    return msgspec.structs.replace(given, counts=dict(problems.counts))


def read_problems(runs: Path, given: GivenList) -> "Problems | None":
    """Return the rows of a list with problems; None where it was not read yet."""
    from fenzu.regroup import Problems
    from fenzu.regroup._polars import pl

    path = problems_of(runs, given)
    return Problems(pl.read_parquet(path), given.counts) if path.is_file() else None


def table_of(problems: "Problems", language: Language) -> Iterator[bytes]:
    """Yield all rows with problems as CSV."""
    from fenzu.regroup._wishes.rows import TITLES, rows_of
    from fenzu.spreadsheet import csv_pieces

    yield from csv_pieces(TITLES[language], rows_of(problems, language))


def _missing(problems: "Problems") -> Iterator[Missing]:
    from fenzu.regroup import Problems
    from fenzu.regroup._polars import pl

    rows = problems.frame.filter(pl.col("kind") == MISSING)
    each = rows.unique("group", keep="first", maintain_order=True)
    counts = dict(rows.group_by("group").len().iter_rows())
    found = [Missing(short(one.group, 60), counts[one.group], one.text) for one in Problems(each, {})]
    yield from sorted(found, key=lambda one: -one.rows)[:ROWS_SHOWN]


def _first(problems: "Problems") -> Iterator[ShownRow]:
    from fenzu.regroup import Problems
    from fenzu.regroup._polars import pl

    refused = pl.col("kind").is_in(REFUSED)
    others = problems.frame.filter(pl.col("kind") != MISSING)
    first = others.sort(refused, descending=True, maintain_order=True).head(ROWS_SHOWN)
    for one in Problems(first, problems.counts):
        openid = mask(one.openid) if len(one.openid) > 12 else one.openid
        yield ShownRow(
            one.row,
            openid,
            short(one.group, 60),
            one.text,
            advice_on(one.kind),
            one.left_out,
            one.kind in REFUSED,
        )
