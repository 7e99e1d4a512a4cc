"""An account as JSON Lines, as it is exported: a line about the account, its groups, tags and followers, an end.

The last line tells how many followers there are, so that half a file is not taken for a whole one.
"""

from collections.abc import Iterator
from typing import Annotated

import msgspec

from fenzu.errors import UsageError
from fenzu.sandbox.accounts import LARGEST_ID
from fenzu.sandbox.transfer.arrival import AT_ONCE, Arrival, Content, Head, Problems
from fenzu.wire.limits import FIRST_CUSTOM_ID, RESERVED_GROUPS, STARRED
from fenzu.wire.words import Words

VERSION = 1
KIND = "account"


class GroupLine(msgspec.Struct, frozen=True):
    """A group."""

    group: int
    name: str


class TagLine(msgspec.Struct, frozen=True):
    """A tag."""

    tag: int
    name: str


class FollowerLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A follower; they stand in the order in which they followed."""

    openid: str
    group: int
    since: int
    tags: tuple[int, ...] = ()
    remark: str = ""


class EndLine(msgspec.Struct, frozen=True):
    """The last line."""

    followers: int


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Any line but the first; which one it is, its fields tell."""

    openid: str | None = None
    group: int | None = None
    since: Annotated[int, msgspec.Meta(ge=0, lt=2**40)] | None = None
    tags: tuple[int, ...] = ()
    remark: str = ""
    tag: int | None = None
    name: str | None = None
    followers: int | None = None


_decode = msgspec.json.Decoder(_Line).decode


class LinesSource:
    """An export as it is read."""

    def __init__(self, content: Content) -> None:
        self._content = content
        with content.open() as file:
            self.head: Head | None = _read_head(file.readline())
        self.groups: dict[int, str] = {}
        self.tags: dict[int, str] = {}

    def arrivals(self) -> Iterator[list[Arrival]]:
        """Yield the followers in pieces."""
        self.groups, self.tags = dict(RESERVED_GROUPS), {STARRED: RESERVED_GROUPS[STARRED]}
        problems, piece, count, end = Problems(), list[Arrival](), 0, None
        for number, line in self._lines(problems):
            if end is not None:
                problems.add(number, "stands behind the last line", "位于末行之后")
            elif line.name is not None:
                self._enter(number, line, line.name, problems)
            elif line.followers is not None:
                end = line.followers
            else:
                count += 1
                arrival = self._arrival(number, line, problems)
                if arrival is not None:
                    piece.append(arrival)
                if len(piece) == AT_ONCE:
                    yield piece
                    piece = []
        problems.tell()
        if end != count:
            raise _torn(end, count)
        if piece:
            yield piece

    def _lines(self, problems: Problems) -> Iterator[tuple[int, _Line]]:
        with self._content.open() as file:
            file.readline()
            for number, raw in enumerate(file, 2):
                if raw.isspace():
                    continue
                try:
                    yield number, _decode(raw)
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                    problems.add(number, f"is no line of an export ({error})", f"不是导出文件的行（{error}）")

    def _enter(self, number: int, line: _Line, name: str, problems: Problems) -> None:
        id_ = line.tag if line.group is None else line.group
        if id_ is None or not (id_ in RESERVED_GROUPS or FIRST_CUSTOM_ID <= id_ <= LARGEST_ID):
            problems.add(number, "an id is 0, 1, 2, or 100 and more", "编号为 0、1、2，或不小于 100")
        elif line.group is None:
            self.tags[id_] = name
        else:
            self.groups[id_] = name

    def _arrival(self, number: int, line: _Line, problems: Problems) -> Arrival | None:
        group = line.group or 0
        arrival = Arrival(number, line.openid or "", group, line.tags, line.remark, line.since)
        if group not in self.groups or not self.tags.keys() >= set(line.tags):
            problems.add(
                number, "names a group or a tag that stands nowhere above", "引用了上文没有的分组或标签"
            )
            return None
        return arrival if problems.judge(arrival) else None


def _torn(end: int | None, count: int) -> UsageError:
    en = (
        "its last line is missing"
        if end is None
        else f"its last line tells of {end} followers, there are {count}"
    )
    zh = "缺少末行" if end is None else f"末行记录 {end} 个粉丝，实际有 {count} 个"
    return UsageError(
        Words(f"the file is not whole: {en}", f"文件不完整：{zh}"),
        Words("export the account again; nothing was loaded", "请重新导出该账号；未载入任何内容"),
    )


def _read_head(raw: bytes) -> Head:
    try:
        head = msgspec.json.decode(raw, type=Head)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(
            Words(f"line 1 is not that of an export: {error}", f"第 1 行不是导出文件的首行：{error}")
        ) from None
    if head.fenzu != KIND or head.version != VERSION:
        raise UsageError(
            Words(
                f"the file is {head.fenzu} of version {head.version}; "
                f"this fenzu reads {KIND} of version {VERSION}",
                f"文件为 {head.fenzu} 版本 {head.version}，本版 fenzu 只能读 {KIND} 版本 {VERSION}",
            )
        )
    return head
