"""Bars: a group each, the largest first, and the small ones together in the last."""

from collections.abc import Iterable

import msgspec

WIDTH, NAMES, NUMBERS = 760.0, 190.0, 110.0
ROW, THICK, TOP = 30.0, 16.0, 4.0
SHOWN = 15
"""So many groups have a bar of their own."""


class Bar(msgspec.Struct, frozen=True):
    """A group's bar. Without a group: all others together, `groups` of them."""

    group_id: int | None
    groups: int
    followers: int
    share: float
    """Of all that are shown, from 0 to 1."""
    y: float
    length: float


class Bars(msgspec.Struct, frozen=True):
    """Where everything stands."""

    width: float
    height: float
    left: float
    thick: float
    bars: tuple[Bar, ...]


def lay_out(sizes: Iterable[tuple[int, int]]) -> Bars:
    """Place a bar for each group's id and number of followers."""
    ordered = sorted(sizes, key=lambda size: (-size[1], size[0]))
    shown: list[tuple[int | None, int, int]] = [
        (group_id, 1, followers) for group_id, followers in ordered[:SHOWN]
    ]
    if others := ordered[SHOWN:]:
        shown.append((None, len(others), sum(followers for _, followers in others)))
    everybody = max(sum(followers for *_, followers in shown), 1)
    longest = max([followers for *_, followers in shown], default=1) or 1
    room = WIDTH - NAMES - NUMBERS
    bars = [
        Bar(group_id, groups, followers, followers / everybody, TOP + at * ROW, room * followers / longest)
        for at, (group_id, groups, followers) in enumerate(shown)
    ]
    return Bars(WIDTH, TOP + len(bars) * ROW, NAMES, THICK, tuple(bars))
