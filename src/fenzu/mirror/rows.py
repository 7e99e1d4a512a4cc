"""What a mirror hands out: frozen values."""

from typing import Literal, TypeAlias

import msgspec

from fenzu.model import GroupID, OpenID

Column: TypeAlias = Literal["number", "openid", "group_id", "remark", "unionid", "subscribed_at", "seen_at"]


class Row(msgspec.Struct, frozen=True):
    """A follower as the mirror knows them; one who has left stays in it with `follows` False.

    `number` rises in the order in which they followed. `group_id` is None while it is not known, `seen_at` says when
    it was learnt, in Unix seconds like all times. `revision` is the mirror's when their group or following last
    changed.
    """

    openid: OpenID
    group_id: GroupID | None
    follows: bool
    number: int
    revision: int
    seen_at: float | None = None
    remark: str = ""
    unionid: str = ""
    subscribed_at: int | None = None
    gone_at: float | None = None
