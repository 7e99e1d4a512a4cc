"""An XLSX of one sheet, written row by row: texts and whole numbers, and nothing that could run.

Every text is stored as text; one that would be a formula if somebody edited its cell carries the mark that a
spreadsheet keeps for an apostrophe typed before it. Needs the library xlsxwriter (extra `bulk`).
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import BinaryIO

from fenzu.spreadsheet import runs

MOST_ROWS = 1_048_576
"""A sheet has no more."""
_LONGEST = 32_767
"""Characters of a cell."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_TIME = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Told as when the file was made, so that the same rows make the same file."""


def write_xlsx(out: BinaryIO, titles: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    """Write the titles and the rows; those beyond what a sheet holds are left out."""
    import xlsxwriter

    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    book.set_properties({"created": _NO_TIME})
    title = book.add_format({"bold": True})
    text, marked = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@"})
    marked.set_quote_prefix()
    sheet = book.add_worksheet("fenzu")
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(titles) - 1, 24)
    for column, name in enumerate(titles):
        sheet.write_string(0, column, name, title)
    for number, row in zip(range(1, MOST_ROWS), rows):  # noqa: B905 - whichever ends first
        for column, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(number, column, value)
            elif value is not None and value != "":
                kept = _NOT_XML.sub("\ufffd", str(value)[:_LONGEST])
                sheet.write_string(number, column, kept, marked if runs(kept) else text)
    book.close()
