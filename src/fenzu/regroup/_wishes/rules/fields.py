"""What a condition may ask about a follower, and of which kind it is."""

from typing import Literal, TypeAlias

from fenzu.mirror.rows import Column

FieldKind: TypeAlias = Literal["text", "number", "day"]

FIELDS: dict[str, FieldKind] = {
    "openid": "text",
    "group": "text",
    "group_id": "number",
    "remark": "text",
    "unionid": "text",
    "subscribed_at": "day",
    "seen_at": "day",
}
"""`group` is the name of the group that somebody is in; days are Beijing's, as the platform's are."""

COLUMNS: dict[str, Column] = {
    "openid": "openid",
    "group": "group_id",
    "group_id": "group_id",
    "remark": "remark",
    "unionid": "unionid",
    "subscribed_at": "subscribed_at",
    "seen_at": "seen_at",
}
"""Where a mirror has them."""
