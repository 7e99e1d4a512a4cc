"""Where a page of a search begins, as a text that a link can hold. Knows no database."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Literal, TypeAlias

import msgspec

from fenzu.errors import UsageError
from fenzu.mirror.rows import Row
from fenzu.wire.words import Words

Order: TypeAlias = Literal["newest", "oldest", "openid", "remark"]
"""What a search sorts by: when they began to follow, or the codes of the characters. No remark comes last."""

_Number: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Key: TypeAlias = tuple[str | _Number, ...]

_TYPES: dict[Order, tuple[type, ...]] = {
    "newest": (int,),
    "oldest": (int,),
    "openid": (str,),
    "remark": (int, str, int),
}


class Place(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Behind the row of that key in an order, or before it if the way leads back."""

    order: Order
    is_back: bool
    key: Key


def key_of(order: Order, row: Row) -> Key:
    """Return what a row is sorted by: rows with a remark come before those without."""
    if order == "openid":
        return (row.openid,)
    return (int(not row.remark), row.remark, row.number) if order == "remark" else (row.number,)


def write_cursor(place: Place) -> str:
    """Write a place down in letters, digits, - and _."""
    return urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read_cursor(cursor: str, order: Order) -> Place:
    """Read what `write_cursor` wrote; raises `UsageError` for anything else, and for a place in another order."""
    try:
        place = msgspec.json.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=Place)
    except (ValueError, msgspec.MsgspecError) as error:
        raise _garbled() from error
    if (
        place.order != order
        or tuple(map(type, place.key)) != _TYPES[order]
        or "\0" in "".join(map(str, place.key))
    ):
        raise _garbled()
    return place


def _garbled() -> UsageError:
    return UsageError(
        Words(
            "the cursor is none that a search in this order gave", "游标无效：不是按此顺序搜索时返回的游标"
        ),
        Words("begin with the first page", "请从第一页重新开始"),
    )
