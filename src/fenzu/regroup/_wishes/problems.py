"""The rows with problems: counted exactly, and the first of each kind kept, as a frame."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from fenzu.regroup._frames import PROBLEM_COLUMNS
from fenzu.regroup._polars import pl
from fenzu.regroup._problem_kinds import KINDS, text_of
from fenzu.wire.words import Words

KEPT = 100_000
"""Rows of a kind that are kept; beyond, they are only counted."""
CELL = 200
"""Characters of a cell that are kept: a broken file may hold a whole book in one."""


class Problem(msgspec.Struct, frozen=True):
    """A row with a problem. `openid` and `group` are as the file has them; `text` holds neither."""

    row: int
    kind: str
    openid: str
    group: str
    text: Words
    advice: Words
    left_out: bool
    """Whether the row is left out, or told and used."""


class Problems(msgspec.Struct, frozen=True, eq=False):
    """All rows with problems. `counts` is exact; iterating gives at most `KEPT` of a kind, by row."""

    frame: pl.DataFrame
    counts: Mapping[str, int]

    def __iter__(self) -> Iterator[Problem]:
        for row, kind, openid, group, detail in self.frame.iter_rows():
            known = KINDS[kind]
            yield Problem(row, kind, openid, group, text_of(kind, detail), known.advice, known.left_out)

    def __len__(self) -> int:
        return sum(self.counts.values())

    def groups(self, kind: str) -> list[str]:
        """Return what the rows of a kind have as the group, each once, by row."""
        rows = self.frame.filter(pl.col("kind") == kind)
        return rows.get_column("group").unique(maintain_order=True).to_list()

    @property
    def unlisted(self) -> dict[str, int]:
        """How many rows of a kind are counted and not kept."""
        kept: dict[str, int] = dict(self.frame.group_by("kind").len().iter_rows())
        more = {kind: n - kept.get(kind, 0) for kind, n in self.counts.items()}
        return {kind: n for kind, n in more.items() if n}

    def __repr__(self) -> str:
        return f"Problems({dict(self.counts)})"


class Gathering:
    """Takes rows with problems as they are found, in frames with the columns of `PROBLEM_COLUMNS`."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []
        self._counts: dict[str, int] = {}

    def add(self, found: pl.DataFrame) -> None:
        """Count the rows of a frame and keep the first of each kind."""
        for (kind,), rows in found.group_by(["kind"], maintain_order=True):
            before = self._counts.get(str(kind), 0)
            self._counts[str(kind)] = before + rows.height
            kept = rows.head(max(KEPT - before, 0))
            self._frames.append(kept.select(*(_cell(name) for name in PROBLEM_COLUMNS)))

    def extend(self, problems: Problems) -> None:
        """Take over what another gathering found."""
        self._frames.append(problems.frame)
        for kind, n in problems.counts.items():
            self._counts[kind] = self._counts.get(kind, 0) + n

    def problems(self) -> Problems:
        """Return what was found, by row."""
        frame = pl.concat([pl.DataFrame(schema=PROBLEM_COLUMNS), *self._frames]).sort(
            "row", maintain_order=True
        )
        return Problems(frame, {kind: self._counts[kind] for kind in KINDS if kind in self._counts})


def _cell(name: str) -> pl.Expr:
    column = pl.col(name).cast(PROBLEM_COLUMNS[name])
    return column if name == "row" else column.fill_null("").str.slice(0, CELL)


def joined(several: Iterable[Problems]) -> Problems:
    """Return several findings as one, by row."""
    gathering = Gathering()
    for problems in several:
        gathering.extend(problems)
    return gathering.problems()
