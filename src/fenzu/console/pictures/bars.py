"""Bars: a group each, the largest first, and the small ones together in the last."""

from collections.abc import Iterable

import msgspec

GROUPS_SHOWN = 15
"""So many groups have a bar of their own."""


class Bar(msgspec.Struct, frozen=True):
    """A group's bar. Without a group: all others together, `groups` of them."""

    group_id: int | None
    groups: int
    followers: int
    share: float
    """Of all that are shown, from 0 to 1."""
    length: float
    """Of the longest one, from 0 to 1."""


def lay_out(sizes: Iterable[tuple[int, int]]) -> list[Bar]:
    """Return a bar for each group's id and number of followers."""
    ordered = sorted(sizes, key=lambda size: (-size[1], size[0]))
    shown: list[tuple[int | None, int, int]] = [
        (group_id, 1, followers) for group_id, followers in ordered[:GROUPS_SHOWN]
    ]
    if others := ordered[GROUPS_SHOWN:]:
        shown.append((None, len(others), sum(followers for _, followers in others)))
    everybody = sum(followers for *_, followers in shown) or 1
    longest = max((followers for *_, followers in shown), default=0) or 1
    return [
        Bar(group_id, groups, followers, followers / everybody, followers / longest)
        for group_id, groups, followers in shown
    ]
