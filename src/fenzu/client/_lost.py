"""What a lost answer may have left behind: a group or tag that was made all the same, or one that is gone."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from fenzu.client._flow import Flow
from fenzu.client._retry import Attempt
from fenzu.errors import ApiError, TransportError
from fenzu.model import Group, Tag
from fenzu.wire.limits import RESERVED_GROUPS

Kind = TypeVar("Kind", Group, Tag)


def made_meanwhile(lost: Attempt, read: Flow[Sequence[Kind]], name: str) -> Flow[Kind | None]:
    """Return what a lost create has made, if `read` tells of it.

    Where they cannot be read, the lost answer is what the caller hears of: the group or tag may be there.
    """
    there: Sequence[Kind] | None = None
    try:
        there = yield from read
    except (ApiError, TransportError):
        pass
    if there is None:
        raise lost.error
    return newest_empty(there, name)


def newest_empty(groups: Iterable[Kind], name: str) -> Kind | None:
    """Return the group or tag that a lost create must have made: of that name, empty, the newest of such.

    The platform's ids rise and a new group has no members. Where an empty group of that name stood before, taking it
    for the new one gives the caller what was asked for, and no double.
    """
    made = [
        group
        for group in groups
        if group.name == name and not group.count and group.id not in RESERVED_GROUPS
    ]
    return max(made, key=lambda group: group.id, default=None)


class Lost:
    """Whether the answer of a try was lost: a repeated delete that finds nothing has done its work before then."""

    def __init__(self) -> None:
        self.happened = False

    def note(self, tried: Attempt) -> Flow[None]:
        """Take note of a try; to be run before the next one."""
        self.happened = self.happened or isinstance(tried.error, TransportError)
        yield from ()
