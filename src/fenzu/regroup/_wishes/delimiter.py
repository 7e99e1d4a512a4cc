"""What parts the fields of a text file: found by trying each candidate on the first row. Pure."""

import csv
import io

from fenzu.errors import UsageError
from fenzu.regroup._wishes.columns import find_columns, is_openid, is_openid_title

CANDIDATES = ("\t", ",", ";")
_DECLARED = "sep="


def first_row(head: str, delimiter: str) -> tuple[list[str], int, int]:
    """Return the first row of a text that is not blank, which row it is (from 1), and the characters up to its end."""
    lines = io.StringIO(head, newline="").readlines()
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for number, row in enumerate(reader, start=1):
            if any(cell.strip() for cell in row):
                return row, number, sum(map(len, lines[: reader.line_num]))
    except csv.Error:
        pass  # a field of more than 128 KiB: no header looks like that
    return [], 0, 0


def declared(head: str) -> str:
    """Return the delimiter that a first line `sep=;` tells a spreadsheet, or nothing."""
    line = head.split("\n", 1)[0].strip()
    return line[-1] if line.casefold().startswith(_DECLARED) and len(line) == len(_DECLARED) + 1 else ""


def find_delimiter(head: str, openid: str | None = None, group: str | None = None) -> str:
    """Return what parts the fields: where both columns can be told, else where there are most fields."""
    rows = {candidate: first_row(head, candidate)[0] for candidate in CANDIDATES}
    return max(
        CANDIDATES,
        key=lambda candidate: (
            _is_clear(rows[candidate], openid, group),
            any(is_openid(cell) or is_openid_title(cell) for cell in rows[candidate]),
            len(rows[candidate]),
        ),
    )


def _is_clear(row: list[str], openid: str | None, group: str | None) -> bool:
    try:
        find_columns(row, openid, group)
    except UsageError:
        return False
    return True
