"""What a sync tells while it works. Times are in Unix seconds. As JSON, `event` says which it is."""

from typing import TypeAlias

import msgspec

from fenzu.errors import FenzuError
from fenzu.model import Group


class Started(msgspec.Struct, frozen=True, tag_field="event", tag="started"):
    """The sync begins, or goes on where it was stopped."""

    resumed: bool
    followers: int
    """In the mirror so far."""


class PageRead(msgspec.Struct, frozen=True, tag_field="event", tag="page"):
    """A page of openids was read and written down: `paged` of `total` so far."""

    paged: int
    total: int
    new: int
    """Found on this page."""
    back: int
    """Those on it who had left and follow again."""


class Listed(msgspec.Struct, frozen=True, tag_field="event", tag="listed"):
    """Pages and groups are read: so many follow, so many have left since, so many profiles are to be read."""

    followers: int
    gone: int
    to_ask: int
    groups: tuple[Group, ...]


class ProfilesRead(msgspec.Struct, frozen=True, tag_field="event", tag="profiles"):
    """Profiles were read and written down: `asked` of `to_ask` in this run."""

    asked: int
    to_ask: int


class Waiting(msgspec.Struct, frozen=True, tag_field="event", tag="waiting"):
    """The platform is busy, a minute's quota is used up, or an answer was lost: the call is repeated at `until`."""

    until: float
    reason: str
    """The platform's code, or a class's name."""


class GroupDifference(msgspec.Struct, frozen=True):
    """A group in which the platform counts other followers than the mirror."""

    id: int
    name: str
    platform: int
    mirror: int


class CountsDiffer(msgspec.Struct, frozen=True, tag_field="event", tag="counts_differ"):
    """The platform's counts are others than the mirror's: somebody else has moved followers. A full sync finds whom."""

    groups: tuple[GroupDifference, ...]


class Stopped(msgspec.Struct, frozen=True, tag_field="event", tag="stopped"):
    """The sync cannot go on now; the next one goes on where it was."""

    reason: str
    """The platform's code, or a class's name."""
    error: FenzuError
    renews_at: float | None
    """When the day's quota renews, where that is the reason."""


class Finished(msgspec.Struct, frozen=True, tag_field="event", tag="finished"):
    """The mirror holds all followers. `unknown` of them are in a group that the platform did not tell."""

    followers: int
    unknown: int
    calls: dict[str, int]
    """Sent by the sync from its beginning, by fenzu's name of the call."""


Event: TypeAlias = Started | PageRead | Listed | ProfilesRead | Waiting | CountsDiffer | Stopped | Finished
