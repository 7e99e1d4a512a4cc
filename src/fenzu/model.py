"""The values that fenzu hands out and takes: groups, tags, followers, pages. Frozen, typed, without behaviour."""

from typing import NewType

import msgspec

OpenID = NewType("OpenID", str)
"""A follower's id at one account: 28 characters, `o` first; case matters. At another account the person has another."""
GroupID = NewType("GroupID", int)
"""A group's number, given by the platform: 0, 1, 2 are reserved, an account's own begin at 100."""


class Group(msgspec.Struct, frozen=True):
    """A group of followers. `count` is None where the platform did not say it (as after `create`)."""

    id: GroupID
    name: str
    count: int | None = None


class Tag(msgspec.Struct, frozen=True):
    """A tag; a follower carries up to 20 of them, and is in one group beside."""

    id: int
    name: str
    count: int | None = None


class Follower(msgspec.Struct, frozen=True):
    """A profile as the platform tells it. Of somebody who does not follow, only `openid` is known.

    `subscribe_time` is in Unix seconds. The platform left out nickname, sex and the like on 2021-12-27.
    """

    openid: OpenID
    subscribe: bool = False
    group_id: GroupID | None = None
    remark: str = ""
    tag_ids: tuple[int, ...] = ()
    subscribe_time: int | None = None
    unionid: str = ""
    subscribe_scene: str = ""
    qr_scene: int = 0
    qr_scene_str: str = ""


class Page(msgspec.Struct, frozen=True):
    """Up to 10,000 openids in the order in which they followed, and how many followers there are in all.

    `next` is where the following page begins, None on the last one.
    """

    openids: tuple[OpenID, ...]
    total: int
    next: OpenID | None = None


class CallQuota(msgspec.Struct, frozen=True):
    """How often a call may be made: today, and `rate_calls` in any `rate_seconds` where the platform tells a rate."""

    path: str
    daily_limit: int
    used: int
    remain: int
    rate_calls: int | None = None
    rate_seconds: int | None = None


class RequestRecord(msgspec.Struct, frozen=True):
    """A request as the platform remembers it for seven days, tokens and secrets struck out.

    `invoked_at` is in Unix seconds. The bodies may hold followers' data, so `repr` shows neither.
    """

    invoked_at: int
    cost_ms: int
    url: str = ""
    request_body: str = ""
    response_body: str = ""
    client_ip: str = ""

    def __repr__(self) -> str:
        return f"RequestRecord(invoked_at={self.invoked_at}, cost_ms={self.cost_ms})"
