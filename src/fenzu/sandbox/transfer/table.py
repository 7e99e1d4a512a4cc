"""Followers as a table that people write: CSV or TSV with the columns openid, group, remark and tags.

A group or tag that is not there yet is made when it is named first, from 100 on; a number means the one of that id.
"""

import csv
import io
import re
from collections.abc import Iterator

from fenzu.errors import UsageError
from fenzu.sandbox.accounts import LARGEST_ID
from fenzu.sandbox.transfer.arrival import AT_ONCE, Arrival, Content, Head, Problems
from fenzu.wire.limits import FIRST_CUSTOM_ID, RESERVED_GROUPS, STARRED, UNGROUPED
from fenzu.wire.words import Words

COLUMNS = ("openid", "group", "remark", "tags")
_BETWEEN_TAGS = re.compile("[;；]")


class TableSource:
    """A table as it is read."""

    head: Head | None = None

    def __init__(self, content: Content) -> None:
        self._content = content
        self._names()
        for _, _ in self._rows(Problems()):  # so that a head that is wrong is told at once
            break

    def _names(self) -> None:
        self.groups: dict[int, str] = dict(RESERVED_GROUPS)
        self.tags: dict[int, str] = {STARRED: RESERVED_GROUPS[STARRED]}
        self._group_ids = {name: id_ for id_, name in self.groups.items()}
        self._tag_ids = {name: id_ for id_, name in self.tags.items()}

    def arrivals(self) -> Iterator[list[Arrival]]:
        """Yield the followers in pieces."""
        self._names()
        problems, piece = Problems(), list[Arrival]()
        for line, row in self._rows(problems):
            arrival = self._arrival(line, row, problems)
            if arrival is not None and problems.judge(arrival):
                piece.append(arrival)
            if len(piece) == AT_ONCE:
                yield piece
                piece = []
        problems.tell()
        if piece:
            yield piece

    def _rows(self, problems: Problems) -> Iterator[tuple[int, dict[str, str]]]:
        with self._content.open() as file:
            text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
            try:
                first = text.readline()
                rows = csv.reader(text, delimiter="\t" if "\t" in first else ",", strict=True)
                columns = _read_columns(first)
                while True:
                    line = rows.line_num + 2
                    try:
                        row = next(rows)
                    except StopIteration:
                        return
                    except csv.Error as error:
                        problems.add(line, str(error), str(error))
                        continue
                    if not any(cell.strip() for cell in row):
                        continue
                    if len(row) > len(columns):
                        problems.add(line, f"has more than {len(columns)} cells", f"多于 {len(columns)} 列")
                        continue
                    yield line, {name: cell.strip() for name, cell in zip(columns, row, strict=False)}
            except UnicodeDecodeError:
                raise UsageError(
                    Words("the file is not UTF-8", "文件不是 UTF-8 编码"),
                    Words("save it as UTF-8 (in Excel: CSV UTF-8)", "请另存为 UTF-8（Excel 中选 CSV UTF-8）"),
                ) from None

    def _arrival(self, line: int, row: dict[str, str], problems: Problems) -> Arrival | None:
        group = self._group(row.get("group", ""))
        named = (cell.strip() for cell in _BETWEEN_TAGS.split(row.get("tags", "")))
        tags = tuple(self._tag(name) for name in named if name)
        if group is None or None in tags:
            problems.add(line, "an id is 0, 1, 2, or 100 and more", "编号为 0、1、2，或不小于 100")
            return None
        present = tuple(tag for tag in tags if tag is not None)
        return Arrival(line, row["openid"], group, present, row.get("remark", ""), None)

    def _group(self, named: str) -> int | None:
        return _id_of(named, self.groups, self._group_ids, self._next()) if named else UNGROUPED

    def _tag(self, named: str) -> int | None:
        return _id_of(named, self.tags, self._tag_ids, self._next())

    def _next(self) -> int:
        return max(FIRST_CUSTOM_ID - 1, *self.groups, *self.tags) + 1


def _id_of(named: str, names: dict[int, str], ids: dict[str, int], next_id: int) -> int | None:
    """Return the id of what is named by name or id, and make it if it is new; None for an id that cannot be."""
    if named in ids:
        return ids[named]
    id_ = next_id
    if named.isascii() and named.isdigit():
        id_ = int(named[:20])
        if id_ in names:
            return id_
        if not FIRST_CUSTOM_ID <= id_ <= LARGEST_ID:
            return None
    names[id_] = named
    ids[named] = id_
    return id_


def _read_columns(first: str) -> list[str]:
    cells = next(csv.reader([first], delimiter="\t" if "\t" in first else ","), [])
    columns = [cell.strip().lower() for cell in cells]
    if "openid" not in columns or len(set(columns)) != len(columns) or not set(columns) <= set(COLUMNS):
        raise UsageError(
            Words(
                f"line 1 names the columns: openid, and any of group, remark, tags; it says {first.strip()[:80]!r}",
                f"第 1 行须为列名：openid，以及可选的 group、remark、tags；现为 {first.strip()[:80]!r}",
            )
        )
    return columns
