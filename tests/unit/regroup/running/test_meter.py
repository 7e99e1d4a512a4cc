"""How fast a run goes and when it will be done."""

from tests.unit.regroup.timeless import NOON

from fenzu.regroup._running.meter import DAY, Meter, Pace, Quota, seconds_left

TO_MIDNIGHT = 12 * 3600.0


def test_the_rate_is_that_of_the_last_ten_seconds() -> None:
    """What was long ago does not count; before there is a second reading there is no rate."""
    meter = Meter()
    assert meter.read(100.0, 0, 0) == Pace(0.0, 0.0)
    assert meter.read(101.0, 500, 10) == Pace(500.0, 10.0)
    for second in range(2, 31):
        meter.read(100.0 + second, 500 + 100 * second, 10 + 2 * second)
    assert meter.read(131.0, 3_600, 72) == Pace(100.0, 2.0)


def test_a_clock_that_is_set_back_gives_no_negative_rate() -> None:
    """The measuring begins anew."""
    meter = Meter()
    meter.read(100.0, 0, 0)
    assert meter.read(40.0, 500, 10) == Pace(0.0, 0.0)


def test_the_time_left_within_a_day() -> None:
    """What today's quota covers takes as long as the rate says; without a rate nothing is said."""
    assert seconds_left(NOON, 0, 0.0, Quota(None, None)) == 0.0
    assert seconds_left(NOON, 100, 0.0, Quota(None, None)) is None
    assert seconds_left(NOON, 100, 10.0, Quota(None, None)) == 10.0
    assert seconds_left(NOON, 100, 10.0, Quota(100, 1_000)) == 10.0


def test_the_time_left_over_midnights() -> None:
    """What today does not cover begins at midnight in Beijing; a day that is full ends at the next one."""
    assert seconds_left(NOON, 150, 10.0, Quota(100, 1_000)) == TO_MIDNIGHT + 5.0
    assert seconds_left(NOON, 1_100, 10.0, Quota(100, 1_000)) == TO_MIDNIGHT + 100.0
    assert seconds_left(NOON, 1_101, 10.0, Quota(100, 1_000)) == TO_MIDNIGHT + DAY + 0.1
    assert seconds_left(NOON, 150, 10.0, Quota(100, 1_000, reserve=100)) == TO_MIDNIGHT + 15.0


def test_a_wait_is_part_of_the_time_left() -> None:
    """The minute that is waited for counts, and so does a midnight, once."""
    assert seconds_left(NOON, 100, 10.0, Quota(None, None), closed=40.0) == 50.0
    assert seconds_left(NOON, 150, 10.0, Quota(100, 1_000), closed=40.0) == TO_MIDNIGHT + 5.0
    assert seconds_left(NOON, 150, 10.0, Quota(100, 1_000), closed=TO_MIDNIGHT + 60) == TO_MIDNIGHT + 65.0
    assert seconds_left(NOON, 100, 0.0, Quota(None, None), closed=40.0) is None


def test_a_reserve_as_great_as_the_day_never_ends() -> None:
    """Where nothing is left to us on any day, no time is told."""
    assert seconds_left(NOON, 150, 10.0, Quota(100, 1_000, reserve=1_000)) is None
    assert seconds_left(NOON, 150, 10.0, Quota(100, None)) is None
