"""A block of CSV into a frame of openid, group and whether there is more: by polars where it may, else by `csv`.

polars is quick and takes every row of a sound file as it is. Where its rows are not the lines one by one (a name with a
line break in it, a broken quotation mark), Python's reader goes through that block, and if even that fails, through its
lines one at a time, so that a single bad line costs only itself.
"""

import csv
import io
from collections.abc import Iterator

from fenzu.regroup._polars import pl
from fenzu.regroup._wishes.columns import Columns, is_openid
from fenzu.wire.limits import GROUP_NAME_CHARACTERS

RAW = {"openid": pl.String, "group": pl.String, "fault": pl.String}
"""`fault` is a kind of problem that the row's form has, or null."""
MORE, LESS, QUOTE = "too_many_fields", "too_few_fields", "open_quote"


def parse(block: bytes, delimiter: str, columns: Columns) -> pl.DataFrame:
    """Return all rows of a block of UTF-8, blank ones among them, with the columns of `RAW`."""
    if block.count(b"\r") == block.count(b"\r\n") and _is_plainly_quoted(block, delimiter.encode()):
        frame = _quickly(block, delimiter, columns)
        if frame is not None:
            return frame
    return _carefully(block.decode(), delimiter, columns)


def _is_plainly_quoted(block: bytes, delimiter: bytes) -> bool:
    """Whether each quotation mark stands at an edge of a field: readers differ about the others."""
    if b'"' not in block:
        return True
    opening = block.count(delimiter + b'"') + block.count(b'\n"') + block.startswith(b'"')
    ends = (b'"' + delimiter, b'"\n', b'"\r\n')
    closing = sum(map(block.count, ends)) + block.endswith(b'"')
    return opening + closing == block.count(b'"')


def _quickly(block: bytes, delimiter: str, columns: Columns) -> pl.DataFrame | None:
    """Let polars parse; None where its rows are not the block's lines."""
    lines = block.count(b"\n") + (not block.endswith(b"\n"))
    # A line of our own at the top tells polars how many columns there are; one more finds rows that are too long.
    first = (delimiter.join("x" * (columns.width + 1)) + "\n").encode()
    places = sorted({columns.openid, columns.group, columns.width})
    try:
        frame = pl.read_csv(
            io.BytesIO(first + block),
            has_header=False,
            separator=delimiter,
            infer_schema=False,
            columns=places,
            truncate_ragged_lines=True,
        )
    except pl.exceptions.ComputeError:
        return None
    if frame.height != lines + 1:
        return None
    named = dict(zip(places, frame.get_columns(), strict=True))
    openid, group, more = (named[place].slice(1) for place in (columns.openid, columns.group, columns.width))
    frame = pl.DataFrame({"openid": openid, "group": group, "fault": _long(more)}, schema=RAW)
    return (
        _with_short(frame, block, delimiter, columns) if group.null_count() or openid.null_count() else frame
    )


def _long(more: pl.Series) -> pl.Series:
    if more.null_count() == len(more):
        return pl.Series([None], dtype=pl.String).new_from_index(0, len(more))
    return pl.select(pl.when(more.fill_null("") != "").then(pl.lit(MORE))).to_series()


def _with_short(frame: pl.DataFrame, block: bytes, delimiter: str, columns: Columns) -> pl.DataFrame:
    """Tell rows that lack a field from rows in which it is empty: rows are lines here, so delimiters can be counted."""
    wanted = max(columns.openid, columns.group)
    has_openid, has_group = (pl.col(name).fill_null("") != "" for name in ("openid", "group"))
    missing = frame.select(has_openid != has_group).to_series().arg_true()
    lines = block.split(b"\n")
    part = delimiter.encode()
    short = [n for n in missing if lines[n].count(part) < wanted]
    if not short:
        return frame
    faults = frame["fault"].scatter(short, LESS)
    return frame.with_columns(faults)


def _carefully(text: str, delimiter: str, columns: Columns) -> pl.DataFrame:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[str, str, str | None]] = []
    row: list[str] = []
    lines = 0
    try:
        for row in reader:
            if reader.line_num > lines + 1 and _swallows(row, delimiter, columns):
                return _by_line(text, delimiter, columns)
            lines = reader.line_num
            rows.append(_picked(row, columns))
    except csv.Error:  # a field of more than 128 KiB: a quotation mark that never closes
        return _by_line(text, delimiter, columns)
    if text.count('"') % 2 and any("\n" in cell for cell in row):
        return _by_line(text, delimiter, columns)
    return pl.DataFrame(rows, schema=RAW, orient="row")


def _swallows(row: list[str], delimiter: str, columns: Columns) -> bool:
    """Whether a cell of several lines holds rows: its mark was never closed, and another's, far below, ended it."""
    group = row[columns.group] if columns.group < len(row) else ""
    if "\n" in group and len(group.strip()) > GROUP_NAME_CHARACTERS:
        return True
    return any(_holds_row(line, delimiter) for cell in row if "\n" in cell for line in cell.split("\n"))


def _holds_row(line: str, delimiter: str) -> bool:
    fields = line.split(delimiter)
    return len(fields) > 1 and any(is_openid(field.strip('" \r')) for field in fields)


def _by_line(text: str, delimiter: str, columns: Columns) -> pl.DataFrame:
    return pl.DataFrame(list(_each_line(text, delimiter, columns)), schema=RAW, orient="row")


def _each_line(text: str, delimiter: str, columns: Columns) -> Iterator[tuple[str, str, str | None]]:
    for line in io.StringIO(text, newline=None):
        try:
            yield _picked(next(csv.reader([line], delimiter=delimiter, strict=True)), columns)
        except csv.Error:
            row = next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])
            openid, group, _ = _picked(row, columns)
            yield openid, group, QUOTE


def _picked(row: list[str], columns: Columns) -> tuple[str, str, str | None]:
    openid = row[columns.openid] if columns.openid < len(row) else ""
    group = row[columns.group] if columns.group < len(row) else ""
    if any(row[columns.width : columns.width + 1]):
        return openid, group, MORE
    lacks = len(row) <= max(columns.openid, columns.group) and (openid or group)
    return openid, group, LESS if lacks else None
