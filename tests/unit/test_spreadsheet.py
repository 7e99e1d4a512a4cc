"""CSV for a spreadsheet."""

import csv
import io
import re
import zipfile

import fastexcel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenzu.cli import xlsx
from fenzu.cli.xlsx import write_xlsx
from fenzu.spreadsheet import csv_pieces, defused, runs, write_csv, write_csv_file


@pytest.mark.parametrize("cell", ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_what_a_spreadsheet_would_run_is_shown(cell: str) -> None:
    """A cell that begins as a formula does gets an apostrophe before it."""
    assert defused(cell) == f"'{cell}"


def test_pieces_are_the_file() -> None:
    """What is told piece by piece is, put together, what is written into a file."""
    rows = [("=1", n, None, "a;b") for n in range(2_500)]
    file = io.BytesIO()
    write_csv_file(file, ("a", "b", "c", "d"), rows)
    pieces = list(csv_pieces(("a", "b", "c", "d"), iter(rows)))
    assert b"".join(pieces) == file.getvalue()
    assert len(pieces) == 4


def test_everything_else_stays() -> None:
    """Other cells stay as they are, nothing is an empty cell, and what holds a comma stands in quotes."""
    out = io.StringIO()
    write_csv(out, ("a", "b", "c"), [("VIP, 贵宾", None, 5), ("=1", 'say "x"', "")])
    assert out.getvalue() == 'a,b,c\n"VIP, 贵宾",,5\n\'=1,"say ""x""",\n'


@pytest.mark.parametrize("cell", ["＝1+1", "＋1", "－1", "＠SUM(A1)", "\0=1"])
def test_wide_signs_are_shown_too(cell: str) -> None:
    """What an East Asian edition of a spreadsheet takes for a formula is shown as text as well."""
    assert defused(cell) == f"'{cell}"


def test_a_cell_cannot_end_early() -> None:
    """Where a spreadsheet parts cells at semicolons or tabs, the rest of a cell is no cell that could run."""
    out = io.StringIO()
    write_csv(out, ("a", "b"), [("VIP;=1+1", "x"), ("VIP\t=1+1", "x")])
    assert out.getvalue() == 'a,b\n"VIP;=1+1","x"\n"VIP\t=1+1","x"\n'
    out = io.StringIO(newline="")
    write_csv(out, ("a",), [("VIP\r=1+1",)])
    assert out.getvalue() == 'a\n"VIP\r=1+1"\n'


TEXTS = st.text(st.sampled_from("=+-@\t\r\n;,\"'a＝分0 "), max_size=8)


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=5))
def test_nothing_that_is_written_runs(rows: list[list[str]]) -> None:
    """However a cell is called, read back it does not begin as a formula, and is otherwise unchanged."""
    out = io.StringIO(newline="")
    write_csv(out, ("a", "b"), rows)
    found = list(csv.reader(io.StringIO(out.getvalue(), newline="")))[1:]
    assert not any(runs(cell) for row in found for cell in row)
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]


def test_a_sheet() -> None:
    """An XLSX is read back as it was written: numbers as numbers, texts as texts, whatever they begin with."""
    out = io.BytesIO()
    write_xlsx(out, ("row", "text"), [(2, "=1+1"), (3, "a & <b>\x01"), (None, " 分组 ")])
    cells = fastexcel.read_excel(out.getvalue()).load_sheet(0, header_row=None).to_polars().rows()
    assert cells == [("row", "text"), ("2", "=1+1"), ("3", "a & <b>\ufffd"), (None, " 分组 ")]
    with zipfile.ZipFile(out) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
        marked = re.findall(r'<c r="B2" s="(\d)" t="inlineStr"', sheet)
        assert marked and "<f>" not in sheet
        styles = re.findall(r"<xf [^>]*>", package.read("xl/styles.xml").decode().partition("<cellXfs")[2])
        assert 'quotePrefix="1"' in styles[int(marked[0])]
    again = io.BytesIO()
    write_xlsx(again, ("row", "text"), [(2, "=1+1"), (3, "a & <b>\x01"), (None, " 分组 ")])
    assert again.getvalue() == out.getvalue()


def test_a_sheet_that_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows beyond what a sheet holds are left out."""
    monkeypatch.setattr(xlsx, "MOST_ROWS", 3)
    out = io.BytesIO()
    write_xlsx(out, ("n",), [(n,) for n in range(9)])
    assert fastexcel.read_excel(out.getvalue()).load_sheet(0).to_polars().rows() == [(0,), (1,)]
