"""How many were in which group, and when: the series of a picture over time. Knows no picture."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import accumulate
from typing import TypeAlias, TypeVar

import msgspec

from fenzu.console.pictures.scale import spread

T = TypeVar("T")

TOP = 8
"""So many groups have a series of their own."""
MOST_POINTS = 48
"""So many points in time are shown."""

Counted: TypeAlias = tuple[int, str, int]
"""A group's id, a day (2026-11-26) or month (2026-11), and how many."""


class Series(msgspec.Struct, frozen=True):
    """A group's numbers, one for each point in time. Without a group: all that have no series of their own."""

    group_id: int | None
    values: tuple[int, ...]


class Timeline(msgspec.Struct, frozen=True):
    """The series, the largest first and the others last; `places` tell where each point lies, from 0 to 1."""

    points: tuple[str, ...]
    places: tuple[float, ...]
    series: tuple[Series, ...]


def recorded(counts: Iterable[Counted]) -> Timeline | None:
    """Return sizes as they were noted from day to day; None where there are not two days yet."""
    noted = _by_group(counts)
    days = sorted({day for values in noted.values() for day in values})
    if len(days) < 2:
        return None
    first, last = (date.fromisoformat(days[at]).toordinal() for at in (0, -1))
    places = tuple((date.fromisoformat(day).toordinal() - first) / (last - first) for day in days)
    series = [
        Series(group_id, tuple(values.get(day, 0) for day in days)) for group_id, values in noted.items()
    ]
    return _thinned(Timeline(tuple(days), places, largest(series)))


def cumulated(counts: Iterable[Counted]) -> Timeline | None:
    """Return how many had begun to follow up to each month; None where that is no more than one month."""
    joined = _by_group(counts)
    known = {month for values in joined.values() for month in values}
    if len(known) < 2:
        return None
    months = list(_months(min(known), max(known)))
    places = tuple(at / (len(months) - 1) for at in range(len(months)))
    series = [
        Series(group_id, tuple(accumulate(values.get(month, 0) for month in months)))
        for group_id, values in joined.items()
    ]
    return _thinned(Timeline(tuple(months), places, largest(series)))


def largest(series: Iterable[Series], top: int = TOP) -> tuple[Series, ...]:
    """Return the series that end highest, and the sum of all others where there are some."""
    ordered = sorted(series, key=lambda one: (-one.values[-1], -max(one.values), one.group_id or 0))
    shown, others = ordered[:top], ordered[top:]
    if not others:
        return tuple(shown)
    rest = tuple(map(sum, zip(*(one.values for one in others), strict=True)))
    return (*shown, Series(None, rest))


def _by_group(counts: Iterable[Counted]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for group_id, point, followers in counts:
        found[group_id][point] = followers
    return found


def _months(first: str, last: str) -> Iterator[str]:
    year, month = map(int, first.split("-"))
    while (found := f"{year:04}-{month:02}") <= last:
        yield found
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _thinned(timeline: Timeline) -> Timeline:
    chosen = spread(len(timeline.points), MOST_POINTS)
    if len(chosen) == len(timeline.points):
        return timeline
    return Timeline(
        _chosen(timeline.points, chosen),
        _chosen(timeline.places, chosen),
        tuple(Series(one.group_id, _chosen(one.values, chosen)) for one in timeline.series),
    )


def _chosen(values: Sequence[T], chosen: Iterable[int]) -> tuple[T, ...]:
    return tuple(values[at] for at in chosen)
