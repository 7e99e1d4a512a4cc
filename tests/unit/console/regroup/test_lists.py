"""Lists that were dropped into the browser, and their rows with problems."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import polars as pl
import pytest
from tests.pretended_account import openid_of

from fenzu.console.account.jobs import Board
from fenzu.console.regroup import lists
from fenzu.console.regroup.lists import GivenList, file_of, find_list, first_lines, keep_list, receive
from fenzu.console.regroup.plan_steps import BEGINNING, tell
from fenzu.console.regroup.problems import ROWS_SHOWN, advice_on, keep_problems, rows_shown, table_of
from fenzu.errors import StoreError, UsageError
from fenzu.regroup._problem_kinds import KINDS
from fenzu.regroup._wishes.problems import Gathering, Problems


async def pieces(*given: bytes) -> AsyncIterator[bytes]:
    """A body as it comes in."""
    for piece in given:
        yield piece


def problems(*rows: tuple[int, str, str, str, str]) -> Problems:
    """Rows with problems: number, kind, openid, group, detail."""
    gathering = Gathering()
    gathering.add(pl.DataFrame(rows, schema=["row", "kind", "openid", "group", "detail"], orient="row"))
    return gathering.problems()


async def test_a_list_is_kept_as_it_came(tmp_path: Path) -> None:
    """What was dropped is kept byte by byte under an id of our own, and its name is told, not used."""
    given = await receive(tmp_path, "../../etc/passwd", pieces(b"openid,", b"group\n"))
    assert find_list(tmp_path, given.id) == given
    assert given.name == "../../etc/passwd"
    assert file_of(tmp_path, given).read_bytes() == b"openid,group\n"
    assert file_of(tmp_path, given).is_relative_to(tmp_path)


async def test_a_list_that_is_too_long_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list beyond the limit is refused while it comes in, an empty one at its end, and both are gone again."""
    monkeypatch.setattr(lists, "MOST_BYTES", 10)
    with pytest.raises(UsageError, match="larger than"):
        await receive(tmp_path, "long.csv", pieces(b"12345678", b"90123"))
    with pytest.raises(UsageError, match="empty"):
        await receive(tmp_path, "empty.csv", pieces(b""))
    assert list((tmp_path / "lists").iterdir()) == []


async def test_old_lists_go_when_another_comes(tmp_path: Path) -> None:
    """A list is kept for a week; what lies beside the lists is left alone."""
    old = await receive(tmp_path, "old.csv", pieces(b"1"))
    (tmp_path / "lists" / "mine").mkdir()
    for name in (old.id, "mine"):
        os.utime(tmp_path / "lists" / name, (0, 0))
    new = await receive(tmp_path, "", pieces(b"2"))
    assert find_list(tmp_path, old.id) is None
    assert find_list(tmp_path, new.id) == new
    assert new.name == "list"
    assert (tmp_path / "lists" / "mine").is_dir()


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """Where the account's folder is a file, that is said in words."""
    (tmp_path / "runs").touch()
    with pytest.raises(StoreError, match="cannot be written"):
        await receive(tmp_path / "runs", "crm.csv", pieces(b"1"))


def test_a_folder_that_has_gone_is_told(tmp_path: Path) -> None:
    """What cannot be written beside a list is said in words, not as a mistake of the console's own."""
    given = GivenList(id="2" * 16, name="crm.csv", size=1, at=1.0)
    with pytest.raises(StoreError, match="cannot be written: No such file"):
        keep_list(tmp_path, given)
    with pytest.raises(StoreError, match="cannot be written: No such file"):
        keep_problems(tmp_path, given, problems())


def test_an_address_names_a_list_by_its_id_alone(tmp_path: Path) -> None:
    """Neither a path nor an id that is not there leads to a list."""
    for list_id in ("..", "../lists", "0" * 16, "", "0123456789ABCDEF"):
        assert find_list(tmp_path, list_id) is None


def kept(folder: Path, found: Problems) -> GivenList:
    """A list with these rows with problems."""
    given = GivenList(id="0" * 16, name="crm.csv", size=1, at=1.0)
    (folder / "lists" / given.id).mkdir(parents=True)
    given = keep_problems(folder, given, found)
    keep_list(folder, given)
    return given


def test_what_has_to_be_settled_comes_first(tmp_path: Path) -> None:
    """Rows that keep a list from becoming a plan stand before those that are merely left out; no openid is whole."""
    openid = openid_of(1)
    many = [(n, "unknown_openid", openid, "VIP", "") for n in range(2, 302)]
    given = kept(tmp_path, problems(*many, (900, "conflicting", openid, "VIPP", "7")))
    shown = rows_shown(tmp_path, given)
    assert shown is not None
    assert (shown.total, len(shown.rows)) == (301, ROWS_SHOWN)
    assert (shown.rows[0].row, shown.rows[0].is_refused) == (900, True)
    assert [row.row for row in shown.rows[1:4]] == [2, 3, 4]
    assert all(openid not in row.openid for row in shown.rows)
    assert [(kind.rows, kind.is_refused) for kind in shown.kinds] == [(300, False), (1, True)]


def test_a_group_that_is_missing_is_told_once(tmp_path: Path) -> None:
    """However many rows name it, a group that is not there is one line, and no row of the table."""
    many = [(n, "unknown_group", openid_of(n), "VIPP" if n > 10 else "朋友", "") for n in range(2, 302)]
    shown = rows_shown(tmp_path, kept(tmp_path, problems(*many)))
    assert shown is not None
    assert [(one.group, one.rows) for one in shown.missing] == [("VIPP", 291), ("朋友", 9)]
    assert (shown.rows, shown.total) == ((), 0)


def test_a_list_without_problems_shows_none(tmp_path: Path) -> None:
    """A list that was not read yet shows no table, and neither does one in which all is well."""
    assert rows_shown(tmp_path, GivenList(id="1" * 16, name="crm.csv", size=1, at=1.0)) is None
    assert rows_shown(tmp_path, kept(tmp_path, problems())) is None


def test_the_whole_table_runs_no_formula(tmp_path: Path) -> None:
    """All rows with problems are told as CSV in the reader's language, and none of their cells runs."""
    found = problems((2, "bad_openid", "=cmd|'/c calc'!A1", "VIP", ""))
    text = b"".join(table_of(found, "zh")).decode("utf-8-sig")
    assert text.startswith("行,")
    assert ",'=cmd" in text


@pytest.mark.parametrize("kind", KINDS)
def test_no_advice_names_a_command(kind: str) -> None:
    """Who reads a page is not sent to the command line."""
    advice = advice_on(kind)
    assert "--" not in advice.en + advice.zh
    assert "fenzu" not in advice.en + advice.zh


async def test_how_a_list_begins_in_an_older_encoding(tmp_path: Path) -> None:
    """The first lines of a list that is no UTF-8 are read as Windows in China writes them."""
    given = await receive(tmp_path, "crm.csv", pieces("openid,分组\n".encode("gb18030")))
    assert first_lines(tmp_path, given) == ("openid,分组",)


def test_a_list_that_has_just_come_is_told_to_be_read() -> None:
    """Before the first step is told, a list is being read, and leads nowhere yet."""
    assert tell(Board(), "en") == {"title": BEGINNING.en}


async def test_how_a_workbook_begins_is_not_shown(tmp_path: Path) -> None:
    """What is no text has no first lines."""
    given = await receive(tmp_path, "crm.xlsx", pieces(b"PK\x03\x04openid"))
    assert first_lines(tmp_path, given) == ()
