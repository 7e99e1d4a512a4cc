"""JSON Lines, Parquet, spreadsheets and what is zipped: the format is found by looking."""

import gzip
import hashlib
import io
import sys
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from tests.unit.regroup.wishes.reading import A, B, C, problems, rows

from fenzu.errors import StoreError, UsageError
from fenzu.regroup._wishes import read_wishes
from fenzu.regroup._wishes.json_lines import read_json_lines


def sheet_of(*cells: tuple[int, int, object], more: tuple[str, ...] = ()) -> bytes:
    """An XLSX whose first sheet 名单 has these cells: row and column from 1, value."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet("名单")
        for row, column, value in cells:
            page.write(row - 1, column - 1, value)
        for title in more:
            book.add_worksheet(title).write_row(0, 0, ["openid", "group", title])
    return file.getvalue()


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_spreadsheet(tmp_path: Path) -> None:
    """The first sheet is read, with the row numbers that the program shows, and a number is no fraction."""
    data = sheet_of(
        (3, 2, "OpenID"), (3, 3, "分组"), (4, 2, A), (4, 3, 104), (6, 2, B), (6, 3, " VIP "), (7, 2, C)
    )
    wishes = read_wishes(written(tmp_path, "crm.xlsx", data))
    assert rows(wishes) == [(4, A, "104"), (6, B, "VIP")]
    assert problems(wishes) == [(7, "empty_group")]
    assert wishes.origin.words.zh == "XLSX，工作表 名单，openid 在“OpenID”列，分组在“分组”列"
    assert wishes.digest == hashlib.sha256(data).hexdigest() and wishes.name == "crm.xlsx"


def test_a_spreadsheet_with_empty_columns_on_its_left(tmp_path: Path) -> None:
    """Columns are counted as the program shows them, the empty ones at the left among them."""
    data = sheet_of((1, 2, "who"), (1, 3, "note"), (1, 4, "to"), (2, 2, A), (2, 3, "x"), (2, 4, "VIP"))
    path = written(tmp_path, "crm.xlsx", data)
    assert rows(read_wishes(path, openid_column="2", group_column="4")) == [(2, A, "VIP")]
    with pytest.raises(UsageError, match="no column 1; the first row has: who, note, to"):
        read_wishes(path, openid_column="1", group_column="4")
    bare = read_wishes(written(tmp_path, "bare.xlsx", sheet_of((1, 3, A), (1, 4, "VIP"))))
    assert rows(bare) == [(1, A, "VIP")]
    assert (bare.origin.openid_column, bare.origin.group_column) == ("3", "4")


def test_another_sheet(tmp_path: Path) -> None:
    """A sheet is named by its title or its number."""
    path = written(tmp_path, "crm.xlsx", sheet_of((1, 1, A), (1, 2, "x"), more=("two", "3")))
    assert rows(read_wishes(path)) == [(1, A, "x")]
    assert read_wishes(path, sheet="2").origin.sheet == "two"
    assert read_wishes(path, sheet="3").origin.sheet == "3"
    with pytest.raises(UsageError, match=r"no sheet is called 4\. Next: there are: 名单, two, 3"):
        read_wishes(path, sheet="4")
    with pytest.raises(UsageError, match="sheet 名单 is empty"):
        read_wishes(written(tmp_path, "e.xlsx", sheet_of((1, 1, " "))))


@pytest.mark.parametrize("data", [b"PK\x03\x04 no zip", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600])
def test_no_spreadsheet(tmp_path: Path, data: bytes) -> None:
    """A file that only begins like a spreadsheet is told with its name."""
    with pytest.raises(StoreError, match=r"odd\.xlsx is no spreadsheet"):
        read_wishes(written(tmp_path, "odd.xlsx", data))


def test_parquet(tmp_path: Path) -> None:
    """Of a Parquet file two columns are read, and rows are counted from 1."""
    path = tmp_path / "crm.parquet"
    pl.DataFrame({"x": [1, 2], "group_id": [104, None], "openid": [A, B]}).write_parquet(path)
    wishes = read_wishes(path)
    assert rows(wishes) == [(1, A, "104")] and problems(wishes) == [(2, "empty_group")]
    assert wishes.named_by == "id" and wishes.origin.format == "Parquet"
    with pytest.raises(StoreError, match="no Parquet"):
        read_wishes(written(tmp_path, "odd", b"PAR1 and no more"))


@pytest.mark.parametrize("chunk", [40, 100, 1 << 20])
def test_json_lines(chunk: int) -> None:
    """Each line is an object; keys may come in any order, a group as text or number."""
    text = f'{{"openid":"{A}","group":"贵宾"}}\n{{"group":104,"x":[1],"openid":"{B}"}}\n'
    wishes = read_json_lines(io.BytesIO(text.encode()), "-", chunk=chunk)
    assert rows(wishes) == [(1, A, "贵宾"), (2, B, "104")]
    assert wishes.origin.words.en == "JSON Lines, UTF-8, openids in column openid, groups in column group"


def test_json_lines_with_problems() -> None:
    """A line that is no object is told with its number, and blank lines are lines."""
    lines = [
        f'{{"openid":"{A}"}}',
        f'{{"openid":"{A}","group":104.0}}',
        "",
        "nope",
        f'["{A}","VIP"]',
        f'{{"group":null,"openid":"{B}"}}',
        f'{{"openid":"{C}","group":"VIP"}}',
    ]
    for end in ("", "\n"):
        wishes = read_json_lines(io.BytesIO(("\n".join(lines) + end).encode("utf-8-sig")), "-")
        assert rows(wishes) == [(2, A, "104"), (7, C, "VIP")]
        assert problems(wishes) == [(1, "empty_group"), (4, "not_json"), (5, "not_json"), (6, "empty_group")]
        assert wishes.rows == 6
    with pytest.raises(UsageError, match="no JSON object"):
        read_json_lines(io.BytesIO(b""), "-")
    broken = f'{{"openid":"{A}","group":"x"}}\n{{"openid":"{B}","group":"'.encode() + b'\xff"}\n'
    assert problems(read_json_lines(io.BytesIO(broken), "-", encoding="utf-8")) == [(2, "undecodable")]


def test_what_is_zipped(tmp_path: Path) -> None:
    """A zipped CSV or JSON Lines is read as it is, and its digest is that of the zipped file."""
    data = gzip.compress(f"openid,group\n{A},贵宾\n".encode("gb18030"))
    wishes = read_wishes(written(tmp_path, "crm.csv.gz", data))
    assert rows(wishes) == [(2, A, "贵宾")] and wishes.digest == hashlib.sha256(data).hexdigest()
    lines = gzip.compress(f'{{"openid":"{A}","group":"VIP"}}'.encode())
    assert rows(read_wishes(written(tmp_path, "crm.gz", lines))) == [(1, A, "VIP")]
    with pytest.raises(StoreError, match=r"cut\.gz cannot be read"):
        read_wishes(written(tmp_path, "cut.gz", data[:-12]))


@pytest.mark.parametrize("how", ["csv", "jsonl", "xlsx", "gz"])
def test_standard_input_of_any_format(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """What comes through standard input is found by looking too."""
    data = {
        "csv": f"openid\tgroup\n{A}\tVIP\n".encode(),
        "jsonl": f'\n {{"openid":"{A}","group":"VIP"}}\n'.encode(),
        "xlsx": sheet_of((1, 1, "openid"), (1, 2, "group"), (2, 1, A), (2, 2, "VIP")),
        "gz": gzip.compress(f"openid\tgroup\n{A}\tVIP\n".encode()),
    }[how]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert rows(read_wishes("-")) == [(2, A, "VIP")]


def test_a_format_that_is_named(tmp_path: Path) -> None:
    """A format that somebody names is believed, whatever the beginning looks like."""
    path = written(tmp_path, "x", f"{{openid,group\n{A},VIP\n".encode())
    assert rows(read_wishes(path, format="csv", openid_column="{openid")) == [(2, A, "VIP")]
    with pytest.raises(UsageError):
        read_wishes(path)
    tabs = f"openid\tgroup\tin, when, why\n{A}\tVIP, old\tx, y, z\n".encode()
    for name, data in (("crm.tsv", tabs), ("crm.tsv.gz", gzip.compress(tabs))):
        wishes = read_wishes(written(tmp_path, name, data), format="tsv")
        assert rows(wishes) == [(2, A, "VIP, old")] and wishes.origin.format == "TSV"
    with pytest.raises(UsageError):
        read_wishes(path, format="tsv")
    commas = gzip.compress(f"openid,group\n{A},贵宾\n".encode())
    assert rows(read_wishes(written(tmp_path, "crm.csv.gz", commas), format="csv")) == [(2, A, "贵宾")]


class Broken(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        raise OSError(5, "Input/output error")


def test_a_source_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk or a pipe that fails in the middle is told."""
    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": Broken()})())
    with pytest.raises(StoreError, match="- cannot be read: Input/output error"):
        read_wishes("-")


@pytest.mark.parametrize("name", ["crm.csv", "crm.jsonl", "crm.xlsx", "crm.parquet"])
def test_all_columns_are_told(tmp_path: Path, name: str) -> None:
    """Whatever the format, what was found tells all columns by number and title."""
    frame = pl.DataFrame({"name": ["x"], "openid": [A], "group": ["VIP"]})
    cells = [
        (row, n, cell) for row, of in ((1, frame.columns), (2, frame.row(0))) for n, cell in enumerate(of, 1)
    ]
    (tmp_path / "crm.xlsx").write_bytes(sheet_of(*cells))
    frame.write_csv(tmp_path / "crm.csv")
    frame.write_ndjson(tmp_path / "crm.jsonl")
    frame.write_parquet(tmp_path / "crm.parquet")
    assert read_wishes(tmp_path / name).origin.columns == (("1", "name"), ("2", "openid"), ("3", "group"))


@pytest.mark.parametrize(
    ("begins", "kind"), [(b"\xff\xd8\xff\xe0", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"%PDF-1.7", "PDF")]
)
def test_what_is_no_table_is_told(tmp_path: Path, begins: bytes, kind: str) -> None:
    """A picture or a PDF is told as one, also under the name of a table, instead of read as garbled columns."""
    with pytest.raises(UsageError, match=f"this is a {kind} file"):
        read_wishes(written(tmp_path, "crm.csv", begins + b"openid,group\n"), format="csv")
