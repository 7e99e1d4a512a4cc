"""Pictures of groups, from numbers to where everything stands."""

import pytest

from fenzu.console.pictures import areas, bars
from fenzu.console.pictures.scale import rounds, spread
from fenzu.console.pictures.timeline import MOST_POINTS, Series, Timeline, cumulated, largest, recorded


@pytest.mark.parametrize(
    ("most", "axis"),
    [
        (0, [0, 1]),
        (3, [0, 1, 2, 3]),
        (7, [0, 2, 4, 6, 8]),
        (72_645, [0, 20_000, 40_000, 60_000, 80_000]),
        (1_000_000, [0, 500_000, 1_000_000]),
    ],
)
def test_an_axis_has_round_numbers(most: int, axis: list[int]) -> None:
    """The numbers at an axis are round, few, and reach as high as the picture."""
    assert rounds(most) == axis


@pytest.mark.parametrize("most", [*range(1, 60), 999, 1001, 4_999_999, 10**9 + 1])
def test_an_axis_never_ends_below_its_picture(most: int) -> None:
    """Whatever the largest number is, it lies within the axis, which has at most five numbers."""
    axis = rounds(most)
    assert axis[-1] >= most
    assert 2 <= len(axis) <= 5


def test_few_of_many_points_are_named() -> None:
    """Of many points the first, the last and some between are taken; of a few all are."""
    assert spread(3, 7) == [0, 1, 2]
    assert spread(100, 4) == [0, 33, 66, 99]


def test_growth_adds_up_from_month_to_month() -> None:
    """Months in which nobody came keep the number of before, also over the end of a year."""
    timeline = cumulated([(0, "2025-11", 5), (100, "2026-02", 2), (0, "2026-01", 1)])
    assert timeline is not None
    assert timeline.points == ("2025-11", "2025-12", "2026-01", "2026-02")
    assert timeline.places == (0, 1 / 3, 2 / 3, 1)
    assert timeline.series == (Series(0, (5, 5, 6, 6)), Series(100, (0, 0, 0, 2)))


def test_sizes_stand_at_their_days() -> None:
    """Days on which nobody looked leave room, and a group that was not there then counts nobody."""
    timeline = recorded(
        [(0, "2026-01-01", 9), (0, "2026-01-05", 7), (100, "2026-01-05", 2), (0, "2026-01-02", 8)]
    )
    assert timeline is not None
    assert timeline.points == ("2026-01-01", "2026-01-02", "2026-01-05")
    assert timeline.places == (0, 0.25, 1)
    assert timeline.series == (Series(0, (9, 8, 7)), Series(100, (0, 0, 2)))


def test_a_picture_over_time_needs_two_points() -> None:
    """One day, or one month, is no growth that could be drawn."""
    assert recorded([]) is None
    assert recorded([(0, "2026-01-01", 9)]) is None
    assert cumulated([(0, "2026-01", 9), (1, "2026-01", 2)]) is None


def test_small_groups_stand_together() -> None:
    """The largest groups have a series of their own, and nobody of the others is lost."""
    series = [Series(number, (0, number)) for number in range(1, 13)]
    shown = largest(series)
    assert [one.group_id for one in shown] == [12, 11, 10, 9, 8, 7, 6, 5, None]
    assert shown[-1].values == (0, 1 + 2 + 3 + 4)


def test_many_years_are_thinned_out() -> None:
    """Of two hundred months the first, the last and some between are shown, with the sums of all."""
    months = [(0, f"{2000 + at // 12}-{at % 12 + 1:02}", 1) for at in range(200)]
    timeline = cumulated(months)
    assert timeline is not None
    assert len(timeline.points) == MOST_POINTS
    assert (timeline.points[0], timeline.points[-1]) == ("2000-01", "2016-08")
    assert (timeline.series[0].values[0], timeline.series[0].values[-1]) == (1, 200)


def test_areas_lie_on_each_other() -> None:
    """The first area begins at the axis, the next on top of it, and the strips fill the picture without a gap."""
    layout = areas.lay_out(
        Timeline(("a", "b", "c"), (0, 0.5, 1), (Series(0, (2, 2, 4)), Series(100, (0, 2, 4))))
    )
    bottom, top = layout.bottom, layout.top
    assert [tick.name for tick in layout.numbers] == ["0", "2", "4", "6", "8"]
    assert (layout.numbers[0].place, layout.numbers[-1].place) == (bottom, top)
    middle = (bottom + top) / 2
    first, second = layout.areas
    assert first.outline.startswith(f"M{layout.left:.1f},")
    assert first.outline.endswith(f"L{layout.left:.1f},{bottom:.1f} Z")
    assert f"{layout.right:.1f},{middle:.1f}" in first.outline
    assert f"{layout.right:.1f},{middle:.1f}" in second.outline
    assert f"{layout.right:.1f},{top:.1f}" in second.outline
    assert [point.values for point in layout.points] == [(2, 0), (2, 2), (4, 4)]
    assert layout.points[0].x == layout.left
    assert sum(point.width for point in layout.points) == layout.right - layout.left


def test_bars_begin_with_the_largest() -> None:
    """A bar is as long as its group is large, and what has no bar of its own stands together in the last one."""
    drawn = bars.lay_out([(number, number) for number in range(1, 18)])
    first, last = drawn[0], drawn[-1]
    assert (first.group_id, first.followers, first.length) == (17, 17, 1)
    assert (last.group_id, last.groups, last.followers) == (None, 2, 1 + 2)
    assert last.length == pytest.approx(3 / 17)
    assert sum(bar.share for bar in drawn) == pytest.approx(1)


def test_bars_of_nobody() -> None:
    """Groups in which nobody is have bars without length, and no groups at all no bars."""
    assert [bar.length for bar in bars.lay_out([(100, 0), (101, 0)])] == [0, 0]
    assert bars.lay_out([]) == []
