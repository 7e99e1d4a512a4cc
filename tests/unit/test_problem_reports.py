"""The file that tells the rows of a wish with problems."""

import csv
import io
import json
from pathlib import Path

import fastexcel
import pytest

from fenzu.cli.regroup.problems import check_report, write_report
from fenzu.errors import StoreError, UsageError
from fenzu.regroup._wishes import Problems, read_wishes
from fenzu.regroup._wishes import problems as module

HOSTILE = '=HYPERLINK("http://x","贵宾")'


def problems() -> Problems:
    return read_wishes([("=1+1", HOSTILE), ("o" * 28, "")]).problems


def test_a_report_for_a_spreadsheet(tmp_path: Path) -> None:
    """A CSV begins with the mark by which a spreadsheet knows UTF-8, and holds nothing that would run."""
    path = tmp_path / "problems.csv"
    write_report(str(path), problems(), "zh")
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    first, second, third = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert first == ["行", "类型", "openid", "分组", "是否略过", "问题", "处理办法"]
    assert second[:5] == ["1", "bad_openid", "'=1+1", f"'{HOSTILE}", "是"]
    assert third[:5] == ["2", "empty_group", "o" * 28, "", "是"] and third[5] == "缺少分组"
    assert list(tmp_path.iterdir()) == [path]


def test_a_report_as_xlsx(tmp_path: Path) -> None:
    """An XLSX holds the same rows, texts as they are."""
    path = tmp_path / "odd.XLSX"
    write_report(str(path), problems(), "en")
    found = fastexcel.read_excel(path).load_sheet(0).to_polars()
    assert found.columns == ["row", "kind", "openid", "group", "left out", "problem", "what to do"]
    assert found.row(0)[:4] == (1, "bad_openid", "=1+1", HOSTILE)


def test_a_report_as_json(tmp_path: Path) -> None:
    """JSON holds counts and rows for programs, cells as they are, and takes the place of an older report."""
    path = tmp_path / "odd.json"
    path.write_text("older")
    write_report(str(path), problems(), "en")
    told = json.loads(path.read_bytes())
    assert told["counts"] == {"bad_openid": 1, "empty_group": 1}
    assert told["problems"][1] == {
        "row": 2,
        "kind": "empty_group",
        "openid": "o" * 28,
        "group": "",
        "left_out": True,
        "message": "the group is missing",
        "advice": "fill the cell (0 or 未分组 takes somebody out of all groups), or delete the row",
    }


def test_rows_that_are_not_listed_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are too many rows of a kind to keep, the report says how many more there are."""
    monkeypatch.setattr(module, "KEPT", 2)
    found = read_wishes([("x", "VIP")] * 1500).problems
    assert found.unlisted == {"bad_openid": 1498}
    path = tmp_path / "problems.csv"
    write_report(str(path), found, "en")
    assert path.read_text("utf-8-sig").splitlines()[-1] == (
        ',bad_openid,,,,"1,498 more rows of this kind are not listed",'
    )


def test_rows_that_no_sheet_holds_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a sheet has no room for is told with what was not kept, in a line for each kind that has room."""
    monkeypatch.setattr(module, "KEPT", 4)
    monkeypatch.setattr("fenzu.cli.regroup.problems.MOST_ROWS", 8)
    found = read_wishes([("x", "VIP")] * 10 + [("o" * 28, "")] * 4).problems
    path = tmp_path / "odd.xlsx"
    write_report(str(path), found, "en")
    sheet = fastexcel.read_excel(path).load_sheet(0).to_polars()
    assert sheet["row"].to_list() == [1, 2, 3, 4, 11, None, None]
    assert sheet["problem"].to_list()[-2:] == [
        "6 more rows of this kind are not listed",
        "3 more rows of this kind are not listed",
    ]


def test_where_a_report_cannot_be_written(tmp_path: Path) -> None:
    """A name that tells no format is refused before anything is read; a folder that is missing is told."""
    with pytest.raises(UsageError, match=r"end its name with \.csv, \.xlsx or \.json"):
        check_report("odd.txt")
    with pytest.raises(StoreError, match="No such file"):
        write_report(str(tmp_path / "none" / "problems.csv"), problems(), "en")
