"""Whatever a spreadsheet program writes is read back, row by row."""

import base64
import csv
import io
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.regroup.wishes.reading import read

OPENIDS = st.binary(min_size=20, max_size=20).map(
    lambda raw: "o" + base64.urlsafe_b64encode(raw).decode()[:27]
)
TEXT = st.text(
    st.characters(codec="gb18030", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffd"), max_size=12
)
NAMES = TEXT.map(lambda text: f"组{text}!")
NOTES = st.text(st.sampled_from("ab ,;\t\"'\n\r\n分组"), max_size=8)
ROWS = st.lists(st.tuples(OPENIDS, NAMES, NOTES), max_size=15)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"])


@given(
    rows=ROWS,
    encoding=ENCODINGS,
    told=st.booleans(),
    delimiter=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
    header=st.booleans(),
    chunk=st.sampled_from([50, 300, 100_000]),
)
def test_what_csv_writes_is_read_back(
    rows: list[tuple[str, str, str]],
    encoding: str,
    told: bool,
    delimiter: str,
    end: str,
    quoting: Literal[0, 1],
    header: bool,
    chunk: int,
) -> None:
    """Each row is read with its number and its texts, in any encoding, delimiter, line end and quoting."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    if header or not rows:
        writer.writerow(["openid", "group", "note"])
    if end == "\n":  # the writer of some Pythons leaves a lone CR bare then, and it would end a row
        rows = [(openid, name, note.replace("\r", "")) for openid, name, note in rows]
    writer.writerows(rows)
    first = 2 if header else 1
    wishes = read(
        out.getvalue().encode(encoding),
        chunk=chunk,
        encoding=encoding if told or encoding == "utf-8" else None,
        openid_column="1",
        group_column="2",
    )
    assert wishes.frame.rows() == [
        (number, openid, name) for number, (openid, name, _) in enumerate(rows, start=first)
    ]
    assert len(wishes.problems) == 0 and wishes.rows == len(rows)
