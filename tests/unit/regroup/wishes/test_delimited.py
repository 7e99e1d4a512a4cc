"""CSV and TSV: what is read, with which row numbers, and what is told about the rest."""

import codecs
import hashlib
from collections.abc import Callable

import pytest
from tests.unit.regroup.wishes.reading import A, B, C, problems, read, rows

from fenzu.errors import UsageError
from fenzu.regroup._wishes import blocks as cutting
from fenzu.regroup._wishes.values import Origin
from fenzu.wire.words import Words


def test_a_plain_file() -> None:
    """The header is row 1, so the first wish is row 2, as a spreadsheet shows it."""
    wishes = read(f"openid,group\n{A},VIP\n{B},104\n")
    assert rows(wishes) == [(2, A, "VIP"), (3, B, "104")]
    assert wishes.rows == 2 and len(wishes.problems) == 0
    assert str(wishes.frame.schema["row"]) == "UInt32"


def test_the_digest_is_of_the_bytes() -> None:
    """The digest is the SHA-256 that any other tool gives for the file."""
    data = f"openid,group\r\n{A},贵宾\r\n".encode("gb18030")
    assert read(data).digest == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, end: str) -> None:
    """Comma, semicolon or tab, and the line ends of all systems, are found by looking."""
    text = end.join([f"openid{delimiter}group", f"{A}{delimiter}VIP", f"{B}{delimiter}VIP", ""])
    wishes = read(text)
    assert rows(wishes) == [(2, A, "VIP"), (3, B, "VIP")]
    assert wishes.origin.delimiter == delimiter
    assert wishes.origin.format == ("TSV" if delimiter == "\t" else "CSV")


@pytest.mark.parametrize(
    ("encoding", "mark", "said"),
    [
        ("utf-8", b"", "UTF-8"),
        ("utf-8", codecs.BOM_UTF8, "UTF-8 (BOM)"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "UTF-16 (BOM)"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "UTF-16 (BOM)"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
        ("gb18030", b"", "GB18030"),
        ("gbk", b"", "GB18030"),
    ],
)
@pytest.mark.parametrize("chunk", [7, 1 << 20])
def test_encodings_are_found_and_said(encoding: str, mark: bytes, said: str, chunk: int) -> None:
    """The encoding is found in the bytes, wherever a chunk happens to end, and told."""
    data = mark + f"openid,分组\n{A},贵宾客户\n{B},华东媒\n".encode(encoding)
    wishes = read(data, chunk=max(chunk, 300) if not mark and encoding.startswith("utf-16") else chunk)
    assert rows(wishes) == [(2, A, "贵宾客户"), (3, B, "华东媒")]
    assert wishes.origin.encoding == said
    assert said in wishes.origin.words.en and said in wishes.origin.words.zh


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        ("一", "gb18030", "GB18030"),
        ("小鹏", "gb18030", "GB18030"),
        ("café", "utf-8", "UTF-8"),
        ("VIP·α", "utf-8", "UTF-8"),
        ("Клиенты", "utf-8", "UTF-8"),
        ("一", "utf-8", "UTF-8"),
    ],
)
def test_bytes_that_two_encodings_fit(text: str, encoding: str, said: str) -> None:
    """Where UTF-8 would read letters that nobody writes, and GB18030 everyday Chinese, it is GB18030."""
    wishes = read(f"openid,group\n{A},{text}\n".encode(encoding))
    assert rows(wishes) == [(2, A, text)] and wishes.origin.encoding == said


@pytest.mark.parametrize("encoding", ["idna", "undefined", "punycode", "utf_32", "utf-16"])
def test_an_encoding_that_does_not_fit_is_told(encoding: str) -> None:
    """A codec that fails over the file, or is none for files, is refused in words."""
    with pytest.raises(UsageError) as caught:
        read(f"openid,group\n{A},华东媒\n", encoding=encoding)
    assert encoding.replace("_", "-") in str(caught.value) and caught.value.words.zh


def test_an_encoding_that_is_given_is_believed() -> None:
    """What somebody says about the encoding goes before what the bytes look like."""
    data = f"openid,group\n{A},分類\n".encode("big5")
    assert rows(read(data, encoding="big5")) == [(2, A, "分類")]
    with pytest.raises(UsageError, match="no encoding is called klingon"):
        read(data, encoding="klingon")
    with pytest.raises(UsageError, match="no encoding is called rot13"):
        read(data, encoding="rot13")
    marked = codecs.BOM_UTF8 + f"openid,group\n{A},VIP\n".encode()
    assert read(marked, encoding="UTF-8").origin.encoding == "UTF-8 (BOM)"


def test_a_broken_byte_costs_its_own_row() -> None:
    """Bytes that are no text are told with their row, and one in a column that nobody needs does not matter."""
    data = (
        f"openid,group,remark\n{A},贵宾,好\n{B},贵".encode() + b"\xff,x\n" + f"{C},媒体,".encode() + b"\xe5\n"
    )
    wishes = read(data)
    assert rows(wishes) == [(2, A, "贵宾"), (4, C, "媒体")]
    assert problems(wishes) == [(3, "undecodable")]
    assert wishes.origin.encoding == "UTF-8"


def test_a_broken_byte_in_an_openid() -> None:
    """A byte that is no text is told as such in an openid too, not as a malformed one."""
    assert problems(read(f"openid,group\n{A},贵宾\n".encode() + b"oABC\xff,VIP\n")) == [(3, "undecodable")]


def test_bytes_of_no_encoding() -> None:
    """Where neither UTF-8 nor GB18030 fits, the one that fails less is taken and the row is told."""
    assert problems(read(f"openid,group\n{A},x".encode() + b"\xff\xff\n")) == [(2, "undecodable")]


@pytest.mark.parametrize(
    ("header", "by"),
    [
        ("OpenID,Group", "either"),
        ("OPEN_ID, 分组 ", "either"),
        ("open id,分组名", "name"),
        ("openid,group_name", "name"),
        ("微信OpenID,分组ID", "id"),
        ("openid,Group-ID", "id"),
        ('"openid","groupid"', "id"),
    ],
)
def test_titles_of_columns(header: str, by: str) -> None:
    """Titles are known in any case and spelling, and a column of ids or of names is taken as such."""
    wishes = read(f"{header}\n{A},104\n")
    assert rows(wishes) == [(2, A, "104")] and wishes.named_by == by


def test_columns_by_title_and_number() -> None:
    """A column can be named by its title in any case, or by its number."""
    text = f"id,remark,segment\n{A},x,VIP\n"
    assert rows(read(text, openid_column="ID", group_column="Segment")) == [(2, A, "VIP")]
    assert rows(read(text, openid_column="1", group_column="3")) == [(2, A, "VIP")]
    twice = f"x,X,group\n{A},{B},VIP\n"
    assert rows(read(twice, openid_column="X")) == [(2, B, "VIP")]
    with pytest.raises(UsageError, match="several columns could be meant"):
        read(f"OPENID,group,openID\n{A},VIP,1\n", openid_column="openid")


@pytest.mark.parametrize(
    ("text", "how", "said"),
    [
        ("", {}, "the file has no row"),
        ("\n\n", {}, "the file has no row"),
        ("name,group\nx,VIP\n", {}, "no column openid; the first row has: name, group"),
        ("openid,name\nx,VIP\n", {}, "no column group"),
        (",".join(["openid", *"abcdefghijklmnop"]), {}, "openid, a, b, c, d, e, f, g, h, i, j, k, …"),
        (
            "openid,group,group_id\n",
            {},
            r"several columns could be meant by group: 2 \(group\), 3 \(group_id\)",
        ),
        ("openid,group\n", {"group_column": "openid"}, "the same column"),
        ("openid,group\n", {"openid_column": "9"}, "no column 9"),
        (f"{A}\n", {}, "not clear which of its 1 columns"),
        (f"{A},VIP,x\n", {}, "not clear which of its 3 columns"),
        (f"{A},{B}\n", {}, "not clear"),
        (f"{A},VIP\n", {"group_column": "1"}, "the same column"),
        (f"id={A},group=VIP\n", {}, r"the first row has: id=oDF3…CM58, group=VIP"),
        (f'["{A}","VIP"]\n', {}, "JSON arrays, not objects. Next: write JSON Lines"),
        (f'[\n  {{"openid":"{A}"}}\n]\n', {}, "JSON arrays, not objects"),
    ],
)
def test_what_is_not_clear_is_refused(text: str, how: dict[str, str], said: str) -> None:
    """Columns are never guessed: the refusal says what was found and how to name them, in both languages."""
    with pytest.raises(UsageError, match=said) as caught:
        read(text, **how)
    assert caught.value.words.zh and caught.value.advice.en and caught.value.advice.zh
    assert A not in str(caught.value)


def test_a_file_without_header() -> None:
    """Two columns with openids in one need no header; of more columns the group's has to be told."""
    wishes = read(f"VIP,{A}\n104,{B}\n")
    assert rows(wishes) == [(1, A, "VIP"), (2, B, "104")]
    assert wishes.origin.openid_column == "2"
    assert rows(read(f"{A};x;VIP\n", group_column="3")) == [(1, A, "VIP")]
    assert rows(read(f"{A};VIP, gold\n")) == [(1, A, "VIP, gold")]


def test_the_line_that_tells_a_spreadsheet_the_delimiter() -> None:
    """A first line `sep=;` names the delimiter and is no row."""
    assert rows(read(f"sep=|\nopenid|group\n{A}|VIP\n")) == [(2, A, "VIP")]


def test_cells_are_trimmed() -> None:
    """White space and invisible characters around a cell are cut off, full-width spaces among them."""
    wishes = read(f"openid,group\n {A}\u200b,\u3000VIP \u00a0客户\ufeff\n")
    assert rows(wishes) == [(2, A, "VIP \u00a0客户")]


def test_rows_with_problems_are_told_and_the_others_kept() -> None:
    """Each row with a problem is told with its number and kind; rows without openid and group are no rows."""
    text = f"openid,group,x\n,VIP,1\n{A[:27]},VIP,1\n{A},,1\n{A}\n\n,,\n{A},VIP,1,2\n{A.upper()}é,VIP\n{B},VIP,1,\n"
    wishes = read(text)
    assert problems(wishes) == [
        (2, "empty_openid"),
        (3, "bad_openid"),
        (4, "empty_group"),
        (5, "too_few_fields"),
        (8, "too_many_fields"),
        (9, "bad_openid"),
    ]
    assert rows(wishes) == [(10, B, "VIP")]
    assert (
        wishes.rows == 7
        and sum(problem.left_out for problem in wishes.problems) == 6
        and len(wishes.problems) == 6
    )
    assert wishes.problems.counts["bad_openid"] == 2
    assert repr(wishes) == "Wishes('wishes.csv', 1 of 7 rows)"
    assert "bad_openid" in repr(wishes.problems)


def test_an_empty_cell_is_no_missing_field() -> None:
    """An empty cell and a line that is cut short are told apart."""
    assert problems(read(f"openid,group\n{A},\n{B},VIP\n")) == [(2, "empty_group")]
    assert problems(read(f"openid,group\n{A}\n{B},VIP\n")) == [(2, "too_few_fields")]


def test_rows_that_are_no_lines() -> None:
    """A line break within quotation marks ends no row, and rows are counted as a spreadsheet counts them."""
    wishes = read(f'openid,group,note\n{A},VIP,"two\nlines"\n\n{B}\n{C},"a ""b""",\n{A},x,,more\n{A}\n')
    assert rows(wishes) == [(2, A, "VIP"), (5, C, 'a "b"')]
    assert problems(wishes) == [(4, "too_few_fields"), (6, "too_many_fields"), (7, "too_few_fields")]


def test_a_header_of_two_lines() -> None:
    """A title with a line break in it and blank lines above are counted as rows."""
    assert rows(read(f'\n"openid",group,"a\nb"\n{A},VIP,\n')) == [(3, A, "VIP")]


def test_a_lone_carriage_return() -> None:
    """A carriage return within a file of other line ends ends a row, as it does in a spreadsheet."""
    assert rows(read(f"openid,group\n{A},VIP\r{B},VIP\n")) == [(2, A, "VIP"), (3, B, "VIP")]


def test_an_open_quotation_mark_costs_its_own_row() -> None:
    """A quotation mark that is never closed does not swallow the rest of the file."""
    text = f'openid,group\n{A},VIP\n{B},"VIP\n{C},VIP\n\n{A},"a" b\n'
    wishes = read(text)
    assert rows(wishes) == [(2, A, "VIP"), (4, C, "VIP")]
    assert problems(wishes) == [(3, "open_quote"), (6, "open_quote")]
    assert problems(read(f'openid,group\n{A},VIP\n{B},"VIP\n')) == [(3, "open_quote")]
    huge = read(f'openid,group\n{A},"VIP\n' + f"{B},VIP\n" * 5000)
    assert huge.frame.height == 5000 and problems(huge) == [(2, "open_quote")]


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(lambda openid: f'{openid},"VIP,x', id="group"),
        pytest.param(lambda openid: f'{openid},VIP,"x', id="another column"),
        pytest.param(lambda openid: f'"{openid},VIP,x', id="openid"),
    ],
)
def test_two_open_quotation_marks_swallow_nothing(broken: Callable[[str], str]) -> None:
    """Where a second mark closes what a first one opened, the rows between them are read all the same."""
    between = "".join(f"{C},VIP,x\n" for _ in range(20))
    wishes = read(f"openid,group,note\n{broken(A)}\n{between}{broken(B)}\n{between}")
    assert wishes.frame.height == 40 and problems(wishes) == [(2, "open_quote"), (23, "open_quote")]


def test_a_group_of_several_long_lines() -> None:
    """A cell that is too long for a group's name and holds line breaks is a mark that nobody closed."""
    wishes = read(f'group,openid\n"VIP,{A[:-1]}\nVIP,{B[:-1]}\nVIP",{C}\n')
    assert problems(wishes) == [(2, "open_quote"), (3, "bad_openid")]


def test_a_mark_within_a_cell_is_text() -> None:
    """A quotation mark that does not begin a cell is part of it."""
    assert rows(read(f'openid,group\n{A},5" phone\n{B},VIP\n')) == [(2, A, '5" phone'), (3, B, "VIP")]


def test_what_was_found_is_said() -> None:
    """What was found out about a file is told in a sentence, in both languages."""
    told = read(f"openid;group\n{A};VIP\n").origin.words
    assert (
        told.en
        == "CSV, ASCII, fields separated by a semicolon, openids in column openid, groups in column group"
    )
    assert told.zh == "CSV，编码 ASCII，以分号分隔，openid 在“openid”列，分组在“group”列"
    assert Origin("XLSX", sheet="名单").words == Words("XLSX, sheet 名单", "XLSX，工作表 名单")


def test_a_field_that_is_open_for_long() -> None:
    """Where a mark was opened many lines ago, a block waits for the end of the row."""
    text = f'openid,group,note\n{A},VIP,"' + '"" \n' * 300 + f'"\n{B},VIP,\n'
    assert rows(read(text, chunk=500)) == [(2, A, "VIP"), (3, B, "VIP")]


def test_marks_that_stand_anywhere() -> None:
    """A cell with quotation marks in odd places is taken as Python and most spreadsheets take it."""
    text = f'openid,group\n{A},"" "gold"\n{B},VIP "gold" club\n"{C}","a""b"\n'
    assert rows(read(text)) == [(2, A, '"gold"'), (3, B, 'VIP "gold" club'), (4, C, 'a"b')]


def test_an_endless_field(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mark that stays open for longer than a block may be is given up, whatever its size."""
    monkeypatch.setattr(cutting, "LONGEST", 300)
    text = f'openid,group\n{A},"VIP\n' + f"{B},VIP\n" * 200
    wishes = read(text, chunk=64)
    assert wishes.frame.height == 200 and rows(wishes)[-1][0] == 202


def test_blocks_end_with_rows() -> None:
    """However small the chunks, no row is cut in two, with or without line breaks in cells."""
    text = 'a,"x\ny"\n"p\n\nq",b\nlast'
    for size in range(1, 12):
        data = text.encode()
        found = list(cutting.blocks(data[n : n + size] for n in range(0, len(data), size)))
        assert b"".join(found) == data
        assert all(block.count(b'"') % 2 == 0 for block in found)


def test_a_header_that_no_reader_takes() -> None:
    """A first field of more than a reader takes is refused like a file without rows."""
    with pytest.raises(UsageError, match="no row"):
        read("x" * 200_000 + "\n")
