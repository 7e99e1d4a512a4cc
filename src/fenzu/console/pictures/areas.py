"""Areas over time, one on top of another: where each begins and ends, and what is told at each point."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from fenzu.console.pictures.scale import rounds, spread
from fenzu.console.pictures.timeline import Timeline

WIDTH, HEIGHT = 960.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 72.0, 20.0, 12.0, 28.0
GROUPS_NAMED = 7
"""So many points in time have their name below."""


class Tick(msgspec.Struct, frozen=True):
    """A name at an axis."""

    place: float
    name: str


class Area(msgspec.Struct, frozen=True):
    """A group's area: the outline as an SVG path, and how many are in it at the end."""

    group_id: int | None
    outline: str
    last: int


class Point(msgspec.Struct, frozen=True):
    """A strip of the picture around a point in time, and what is told there: a number for each area."""

    name: str
    x: float
    width: float
    line: float
    values: tuple[int, ...]


class Areas(msgspec.Struct, frozen=True):
    """Where everything stands. The first area lies at the bottom."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    areas: tuple[Area, ...]
    points: tuple[Point, ...]
    numbers: tuple[Tick, ...]
    times: tuple[Tick, ...]


def lay_out(timeline: Timeline) -> Areas:
    """Place the areas of a timeline, which has at least two points."""
    xs = [LEFT + place * (WIDTH - LEFT - RIGHT) for place in timeline.places]
    sums = [sum(values) for values in zip(*(one.values for one in timeline.series), strict=True)]
    ticks = rounds(max(sums))
    scale = (HEIGHT - TOP - BOTTOM) / ticks[-1]

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - value * scale

    areas, floor = [], [0] * len(xs)
    for one in timeline.series:
        ceiling = [low + value for low, value in zip(floor, one.values, strict=True)]
        outline = _outline(xs, list(map(y, floor)), list(map(y, ceiling)))
        areas.append(Area(one.group_id, outline, one.values[-1]))
        floor = ceiling
    return Areas(
        WIDTH,
        HEIGHT,
        LEFT,
        WIDTH - RIGHT,
        TOP,
        HEIGHT - BOTTOM,
        tuple(areas),
        tuple(_points(timeline, xs)),
        tuple(Tick(y(number), f"{number:,}") for number in ticks),
        tuple(Tick(xs[at], timeline.points[at]) for at in spread(len(xs), GROUPS_NAMED)),
    )


def _outline(xs: Sequence[float], floor: Sequence[float], ceiling: Sequence[float]) -> str:
    forth = " L".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ceiling, strict=True))
    back = " L".join(f"{x:.1f},{y:.1f}" for x, y in zip(reversed(xs), reversed(floor), strict=True))
    return f"M{forth} L{back} Z"


def _points(timeline: Timeline, xs: Sequence[float]) -> Iterator[Point]:
    """Yield a strip for each point, from the middle before it to the middle after it."""
    middles = [(one + other) / 2 for one, other in pairwise(xs)]
    edges = [xs[0], *middles, xs[-1]]
    for at, name in enumerate(timeline.points):
        values = tuple(one.values[at] for one in timeline.series)
        yield Point(name, edges[at], edges[at + 1] - edges[at], xs[at], values)
