"""CSV that a spreadsheet opens safely: what it would run as a formula stays text. Knows nothing of what is told."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, TextIO

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""What begins a formula; the wide ones are turned into the others by Chinese and Japanese editions."""
PIECE = 1_000
"""Rows of a piece."""
_PARTS = (";", "\t", "\r")
"""What ends a cell in some countries or a line on some systems: it is quoted, lest the rest be a cell that runs."""


def runs(text: str) -> bool:
    """Whether a spreadsheet would run a cell with this text."""
    return text.startswith(_RUNS)


def defused(cell: object) -> str:
    """Return the cell's text; with an apostrophe before it where a spreadsheet would run it."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if runs(text) else text


def write_csv(out: TextIO, titles: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    """Write the titles and the rows, line by line, every cell defused."""
    _write_titles(out, titles)
    _write_rows(out, rows)


def csv_pieces(titles: Sequence[str], rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """Yield the same piece by piece, marked as UTF-8 for spreadsheets; however many rows, little is in memory."""
    out = io.StringIO()
    out.write("\ufeff")
    _write_titles(out, titles)
    yield out.getvalue().encode(errors="replace")
    left = iter(rows)
    while some := list(islice(left, PIECE)):
        out = io.StringIO()
        _write_rows(out, some)
        yield out.getvalue().encode(errors="replace")


def _write_titles(out: TextIO, titles: Sequence[str]) -> None:
    csv.writer(out, lineterminator="\n").writerow(titles)


def _write_rows(out: TextIO, rows: Iterable[Iterable[object]]) -> None:
    plain = csv.writer(out, lineterminator="\n")
    quoted = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for row in rows:
        cells = [defused(cell) for cell in row]
        writer = quoted if any(part in cell for cell in cells for part in _PARTS) else plain
        writer.writerow(cells)


def write_csv_file(out: BinaryIO, titles: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    """The same into a file, marked as UTF-8 for spreadsheets."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", errors="replace")
    write_csv(text, titles, rows)
    text.flush()
    text.detach()
