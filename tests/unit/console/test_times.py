"""Lengths of time in words."""

import datetime as dt

import pytest

from fenzu.console.times import moment, span, zone


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (0, "0 s", "0 秒"),
        (59.9, "59 s", "59 秒"),
        (60, "1 min", "1 分钟"),
        (7199, "1 h 59 min", "1 小时 59 分钟"),
        (7200, "2 h", "2 小时"),
        (86400, "1 d", "1 天"),
        (97200, "1 d 3 h", "1 天 3 小时"),
        (-90, "1 min", "1 分钟"),
    ],
)
def test_a_span(seconds: float, en: str, zh: str) -> None:
    """A length of time is told by its two largest units, in both languages."""
    assert (span(seconds).en, span(seconds).zh) == (en, zh)


@pytest.mark.parametrize(
    ("hours", "told"), [(8, "UTC+8"), (0, "UTC"), (-3.5, "UTC-3:30"), (5.75, "UTC+5:45")]
)
def test_a_time_zone(hours: float, told: str) -> None:
    """A moment of this machine's tells its time zone: on other pages it is the sandbox's time, in Beijing."""
    assert zone(dt.datetime(2026, 2, 12, tzinfo=dt.timezone(dt.timedelta(hours=hours)))) == told
    assert " UTC" in moment(1.0)


def test_a_moment_that_no_calendar_has() -> None:
    """A sandbox's clock that was set beyond all years breaks no page."""
    assert moment(1e18) == "1e+18"
