"""Whom a search is for, as a condition of SQL. Knows no connection, no order and no pages."""

from string import ascii_lowercase, ascii_uppercase

import msgspec

from fenzu.database import Value
from fenzu.database.text import storable
from fenzu.errors import UsageError
from fenzu.mirror._statements import Kind
from fenzu.wire.words import Words

_REMARK_HOLDS: dict[Kind, str] = {
    "sqlite": "instr(lower(remark), ?) > 0",
    "postgres": 'strpos(lower(remark COLLATE "C"), ?) > 0',
}
"""Nothing in the text has a meaning of its own, as it would have for LIKE. Both lower the letters of ASCII alone."""
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
_LARGEST = 2**63 - 1


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to look for, among those who follow. All conditions have to hold; without any it is everybody.

    Times are in Unix seconds. Who is in a group not known yet, or began to follow at a time not known yet, is found
    only where groups, or times, do not matter.
    """

    text: str = ""
    """The openid begins with it, or the remark holds it, where a and A are the same. Blanks around it do not count."""
    group_id: int | None = None
    followed_from: int | None = None
    """Began to follow at this time or later."""
    followed_before: int | None = None

    @property
    def is_everybody(self) -> bool:
        """Whether it leaves nobody out."""
        return not self.text.strip() and self.group_id is self.followed_from is self.followed_before is None


def condition(kind: Kind, account: int, query: Query) -> tuple[str, list[Value]]:
    """Return the condition on rows of followers, and its values.

    Raises `UsageError` for a number that no column can hold.
    """
    parts, values = ["account = ?", "gone_at IS NULL"], [account]
    numbers = {
        "group_id = ?": query.group_id,
        "subscribed_at >= ?": query.followed_from,
        "subscribed_at < ?": query.followed_before,
    }
    for part, number in numbers.items():
        if number is not None:
            parts.append(part)
            values.append(_checked(number))
    if text := storable(query.text.strip()):
        parts.append(f"(substr(openid, 1, ?) = ? OR (remark <> '' AND {_REMARK_HOLDS[kind]}))")
        return " AND ".join(parts), [*values, len(text), text, text.translate(_LOWER)]
    return " AND ".join(parts), [*values]


def _checked(number: int) -> int:
    if abs(number) > _LARGEST:
        raise UsageError(
            Words("a number of the search is too large", "搜索条件中的数字过大"),
            Words("give a group's id, or a time in Unix seconds", "请填写分组 ID，或以秒为单位的 Unix 时间"),
        )
    return number
