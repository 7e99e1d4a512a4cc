"""CSV that a spreadsheet opens safely: what it would run as a formula stays text. Knows nothing of what is told."""

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def defused(cell: object) -> str:
    """Return the cell's text; with an apostrophe before it where a spreadsheet would run it."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_RUNS) else text


def write_csv(out: TextIO, titles: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    """Write the titles and the rows, line by line, every cell defused."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(titles)
    for row in rows:
        writer.writerow([defused(cell) for cell in row])
