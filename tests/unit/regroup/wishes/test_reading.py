"""Files and standard input."""

import io
import sys
from pathlib import Path

import pytest
from tests.unit.regroup.wishes.reading import A, rows

from fenzu.errors import StoreError, UsageError
from fenzu.regroup._wishes import read_wishes


def test_a_file_is_called_by_its_name(tmp_path: Path) -> None:
    """Wishes carry the name of their file, without the folder."""
    path = tmp_path / "crm.csv"
    path.write_text(f"openid,group\n{A},VIP\n")
    for given in (path, str(path)):
        wishes = read_wishes(given)
        assert wishes.name == "crm.csv" and rows(wishes) == [(2, A, "VIP")]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash reads standard input, as bytes."""
    data = f"openid,group\n{A},贵宾\n".encode("gb18030")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="ascii"))
    wishes = read_wishes("-")
    assert wishes.name == "-" and rows(wishes) == [(2, A, "贵宾")]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A file that cannot be read is told with its path and the system's reason."""
    with pytest.raises(StoreError, match=r"gone\.csv cannot be read: No such file"):
        read_wishes(tmp_path / "gone.csv")


def test_a_delimiter_that_is_not_found_by_looking(tmp_path: Path) -> None:
    """What separates the fields can be said, and is told with what was found."""
    path = tmp_path / "crm.csv"
    path.write_text(f"openid|group\n{A}|VIP, old\n")
    with pytest.raises(UsageError, match="no column openid"):
        read_wishes(path)
    wishes = read_wishes(path, delimiter="|")
    assert rows(wishes) == [(2, A, "VIP, old")]
    assert "separated by a vertical bar" in wishes.origin.words.en


@pytest.mark.parametrize("delimiter", ["", "||", '"', "\n", "、"])
def test_what_can_separate_no_fields(tmp_path: Path, delimiter: str) -> None:
    """A delimiter that no reader of CSV could go by is refused before the file is opened."""
    with pytest.raises(UsageError, match="fields cannot be separated by"):
        read_wishes(tmp_path / "gone.csv", delimiter=delimiter)
