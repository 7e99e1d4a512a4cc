"""Which column holds the openid and which the group: by their titles, or by what is in the first row. Pure."""

import re
from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from fenzu.errors import UsageError, mask
from fenzu.regroup._values import NamedBy
from fenzu.wire.limits import OPENID_PATTERN
from fenzu.wire.words import Words

OPENID_TITLES = frozenset(
    {
        "openid",
        "openids",
        "fromusername",
        "wxopenid",
        "粉丝openid",
        "用户openid",
        "微信openid",
        "公众号openid",
    }
)
GROUP_TITLES: dict[str, NamedBy] = {
    "group": "either",
    "groups": "either",
    "分组": "either",
    "组": "either",
    "用户分组": "either",
    "togroup": "either",
    "groupname": "name",
    "分组名": "name",
    "分组名称": "name",
    "组名": "name",
    "groupid": "id",
    "togroupid": "id",
    "分组id": "id",
    "分组编号": "id",
}
SHOWN = 12
_OPENID = re.compile(OPENID_PATTERN)
Choices: TypeAlias = tuple[tuple[str, str], ...]
"""All columns, for a person to choose: number, counted from 1, and what stands in the first row; openids are masked."""
_SEPARATORS = re.compile(r"[\s_\-.\ufeff\u200b]+")


class Columns(msgspec.Struct, frozen=True):
    """Where openid and group stand, counted from 0, of `width` columns; and whether the first row is a header."""

    openid: int
    group: int
    width: int
    has_header: bool
    openid_title: str
    group_title: str
    named_by: NamedBy = "either"
    choices: Choices = ()


class UnclearColumns(UsageError):
    """It is not clear which column is meant. `choices` are all columns, for a person to choose."""

    def __init__(self, words: Words, advice: Words, first: Sequence[str], left: int) -> None:
        super().__init__(words, advice)
        self.choices = _choices(first, left)


def find_columns(
    first: Sequence[str], openid: str | None = None, group: str | None = None, *, left: int = 0
) -> Columns:
    """Return where openid and group stand in rows that begin like `first`; raises `UsageError` if it is not clear.

    `openid` and `group` name a column by its title, whatever its case, or by its number, counted from 1. `left` is how
    many empty columns stand before those of `first`: people count them.
    """
    titles = [_plain(cell) for cell in first]
    values = [n for n, cell in enumerate(first) if is_openid(cell)]
    if values:
        return _without_header(first, values, openid, group, left)
    if openid is None:
        where = _only([n for n, title in enumerate(titles) if title in OPENID_TITLES], first, OPENID, left)
    else:
        where = _named(openid, titles, first, left)
    if group is None:
        place = _only(
            [n for n, title in enumerate(titles) if title in GROUP_TITLES and n != where], first, GROUP, left
        )
    else:
        place = _named(group, titles, first, left)
    if where == place:
        raise _same(first, left)
    by = GROUP_TITLES.get(titles[place], "either")
    titles_of = first[where].strip(), first[place].strip()
    return Columns(where, place, len(first), True, *titles_of, by, _choices(first, left))


def _without_header(
    first: Sequence[str], values: list[int], openid: str | None, group: str | None, left: int
) -> Columns:
    where = _number(openid, len(first), left) if openid else values[0] if len(values) == 1 else None
    others = [n for n in range(len(first)) if n != where]
    place = _number(group, len(first), left) if group else others[0] if len(others) == 1 else None
    if where is None or place is None:
        raise UnclearColumns(
            Words(
                f"the first row is no header, and it is not clear which of its {len(first)} columns are meant",
                f"第一行不是表头，无法确定 {len(first)} 列中哪一列是 openid、哪一列是分组",
            ),
            Words(
                "put the titles openid and group above the columns, or count them: --openid-column 1 --group-column 2",
                "在各列上方加上标题 openid 和 group，或按序号指定：--openid-column 1 --group-column 2",
            ),
            first,
            left,
        )
    if where == place:
        raise _same(first, left)
    numbers = str(left + where + 1), str(left + place + 1)
    return Columns(where, place, len(first), False, *numbers, choices=_choices(first, left))


def _choices(first: Sequence[str], left: int) -> Choices:
    return tuple((str(left + n), _shown(cell)) for n, cell in enumerate(first, start=1))


def is_openid(cell: str) -> bool:
    """Whether a cell holds an openid and nothing else."""
    return _OPENID.fullmatch(cell.strip()) is not None


def is_openid_title(cell: str) -> bool:
    """Whether a cell is a title that stands above openids."""
    return _plain(cell) in OPENID_TITLES


def _plain(title: str) -> str:
    return _SEPARATORS.sub("", title).casefold()


def _number(given: str, width: int, left: int) -> int | None:
    is_one = given.isascii() and given.isdigit() and left < int(given) <= left + width
    return int(given) - left - 1 if is_one else None


def _named(given: str, titles: list[str], first: Sequence[str], left: int) -> int:
    exact = [n for n, cell in enumerate(first) if cell.strip() == given.strip()]
    found = exact or [n for n, title in enumerate(titles) if title == _plain(given)]
    if found:
        return _only(found, first, Words(given, given), left)
    number = _number(given, len(first), left)
    if number is not None:
        return number
    raise _no_column(Words(given, f"第 {given} " if given.isdigit() else f"“{given}”"), first, left)


def _only(found: list[int], first: Sequence[str], wanted: Words, left: int) -> int:
    if not found:
        raise _no_column(wanted, first, left)
    if len(found) > 1:
        numbers = ", ".join(f"{n + 1} ({first[n].strip()})" for n in found)
        raise UnclearColumns(
            Words(
                f"several columns could be meant by {wanted.en}: {numbers}",
                f"有多列可能是{wanted.zh}：{numbers}",
            ),
            Words(
                "say which: --openid-column NAME, --group-column NAME, by title or number",
                "请指定：--openid-column 名称、--group-column 名称，可用标题或序号",
            ),
            first,
            left,
        )
    return found[0]


OPENID, GROUP = Words("openid", " openid "), Words("group", "分组")


def _no_column(wanted: Words, first: Sequence[str], left: int) -> UnclearColumns:
    shown = ", ".join(map(_shown, first[:SHOWN])) + (", …" if len(first) > SHOWN else "")
    return UnclearColumns(
        Words(
            f"no column {wanted.en}; the first row has: {shown}",
            f"找不到{wanted.zh}列；第一行是：{shown}",
        ),
        Words(
            "title the columns openid and group, or name them: --openid-column NAME --group-column NAME",
            "把列标题改为 openid 和 group，或指定：--openid-column 名称 --group-column 名称",
        ),
        first,
        left,
    )


def _shown(cell: str) -> str:
    return _OPENID.sub(lambda found: mask(found[0]), cell).strip()[:40]


def _same(first: Sequence[str], left: int) -> UnclearColumns:
    return UnclearColumns(
        Words("openid and group are the same column", "openid 和分组是同一列"),
        Words("name two columns", "请指定两个不同的列"),
        first,
        left,
    )
