"""The wishes of an operator as a frame, and where they came from."""

import msgspec

from fenzu.regroup._polars import pl
from fenzu.regroup._values import NamedBy
from fenzu.regroup._wishes.problems import Problems
from fenzu.wire.words import Words

SCHEMA = {"row": pl.UInt32, "openid": pl.String, "group": pl.String}


class Origin(msgspec.Struct, frozen=True):
    """What was found out about the file that wishes were read from. What does not apply is empty."""

    format: str
    encoding: str = ""
    delimiter: str = ""
    openid_column: str = ""
    group_column: str = ""
    sheet: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    """All columns: number, counted from 1, and what stands in the first row, where an openid is masked."""

    @property
    def words(self) -> Words:
        """The same in a sentence, to be shown before anything is planned."""
        english, chinese = [self.format], [self.format]
        if self.encoding:
            english.append(self.encoding)
            chinese.append(f"编码 {self.encoding}")
        if self.delimiter:
            name = DELIMITERS.get(self.delimiter, Words(repr(self.delimiter), repr(self.delimiter)))
            english.append(f"fields separated by {name.en}")
            chinese.append(f"以{name.zh}分隔")
        if self.sheet:
            english.append(f"sheet {self.sheet}")
            chinese.append(f"工作表 {self.sheet}")
        if self.openid_column:
            english.append(f"openids in column {self.openid_column}, groups in column {self.group_column}")
            chinese.append(f"openid 在“{self.openid_column}”列，分组在“{self.group_column}”列")
        return Words(", ".join(english), "，".join(chinese))


DELIMITERS = {
    ",": Words("a comma", "逗号"),
    ";": Words("a semicolon", "分号"),
    "\t": Words("a tab", "制表符"),
    "|": Words("a vertical bar", "竖线"),
}


class Wishes(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Who should be in which group, each row that could be read.

    `frame` has the columns `row` (UInt32, as a spreadsheet counts: the header is row 1), `openid` and `group` (String,
    trimmed, never empty): the group's name, or its id as text, as `named_by` tells. Repeats are still in it.
    """

    name: str
    """Where the wishes came from: a file's name, a rule."""
    digest: str
    """SHA-256 of the file's bytes, or of the text or rows, in hex."""
    frame: pl.DataFrame
    problems: Problems
    """Rows with problems that were met while reading; they are not in `frame`."""
    rows: int
    """Rows that were read: those in `frame` and those with a problem; empty rows are not counted."""
    origin: Origin
    named_by: NamedBy = "either"

    def __repr__(self) -> str:
        return f"Wishes({self.name!r}, {self.frame.height} of {self.rows} rows)"
