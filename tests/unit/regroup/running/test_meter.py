"""How fast a run goes and when it will be done."""

from tests.unit.regroup.timeless import NOON

from fenzu.regroup._running.meter import DAY, Meter, Minute, Pace, Quota, seconds_left

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


def test_what_was_before_a_wait_is_no_pace_after_it() -> None:
    """Measuring begins anew: neither the burst before the wait counts nor the wait itself."""
    meter = Meter()
    meter.read(100.0, 0, 0)
    meter.read(101.0, 7_500, 150)
    meter.forget()
    assert meter.read(160.0, 7_500, 150) == Pace(0.0, 0.0)
    assert meter.read(161.0, 7_600, 152) == Pace(100.0, 2.0)


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
    assert seconds_left(NOON, 150, 10.0, Quota(100, 1_000), closed=TO_MIDNIGHT + 60) == TO_MIDNIGHT + 75.0
    assert seconds_left(NOON, 100, 0.0, Quota(None, None), closed=40.0) is None


def test_what_a_minute_does_not_cover_goes_on_in_the_next_ones() -> None:
    """However fast the calls go, they take as many minutes as they need; the last one only as long as its calls."""
    minute, unknown = Minute(100, 40, 30.0), Quota(None, None)
    assert seconds_left(NOON, 40, 10.0, unknown, minute=minute) == 4.0
    assert seconds_left(NOON, 50, 10.0, unknown, minute=minute) == 31.0
    assert seconds_left(NOON, 340, 10.0, unknown, minute=minute) == 30.0 + 2 * 60.0 + 10.0
    assert seconds_left(NOON, 340, 0.5, unknown, minute=minute) == 680.0
    assert seconds_left(NOON, 300, 10.0, unknown, 30.0, Minute(100, 0, 30.0)) == 30.0 + 2 * 60.0 + 10.0


def test_the_minutes_count_after_a_midnight_too() -> None:
    """What begins at midnight begins with a whole minute, and takes as many as it needs."""
    quota, minute = Quota(100, 1_000), Minute(100, 0, 30.0)
    assert seconds_left(NOON, 350, 10.0, quota, minute=minute) == TO_MIDNIGHT + 2 * 60.0 + 5.0


def test_without_a_pace_yet_a_minute_says_how_long_it_takes() -> None:
    """After a wait the calls are taken to fill the minutes evenly; a minute that took none says nothing."""
    unknown = Quota(None, None)
    assert seconds_left(NOON, 240, 0.0, unknown, minute=Minute(120, 120, 60.0)) == 120.0
    assert seconds_left(NOON, 240, 0.0, unknown, minute=Minute(0, 0, 60.0)) is None
    assert seconds_left(NOON, 240, 5.0, unknown, minute=Minute(0, 0, 60.0)) is None


def test_a_day_that_was_refused_has_nothing_left() -> None:
    """While the run waits for the next midnight, calls that the day still seemed to have are not counted as today's."""
    assert seconds_left(NOON, 1_050, 10.0, Quota(50, 1_000), TO_MIDNIGHT) == TO_MIDNIGHT + DAY + 5.0
    assert seconds_left(NOON, 50, 10.0, Quota(50, 1_000), TO_MIDNIGHT) == TO_MIDNIGHT + 5.0
    assert seconds_left(NOON, 50, 10.0, Quota(None, None), TO_MIDNIGHT) == TO_MIDNIGHT + 5.0


def test_a_reserve_as_great_as_the_day_never_ends() -> None:
    """Where nothing is left to us on any day, no time is told."""
    assert seconds_left(NOON, 150, 10.0, Quota(100, 1_000, reserve=1_000)) is None
    assert seconds_left(NOON, 150, 10.0, Quota(100, None)) is None
