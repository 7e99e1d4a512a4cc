"""The time left of runs that wait for many minutes, against what it took."""

from collections import Counter
from pathlib import Path

import pytest
from tests.unit.regroup.plans import a_book, a_plan, a_platform, carried_out, only
from tests.unit.regroup.platform import Event, Platform
from tests.unit.regroup.timeless import NOON

from fenzu.errors import api_error
from fenzu.regroup._running.events import Finished, Progress, Waiting

MOVE = "groups.move_many"
MIDNIGHT = NOON + 12 * 3600
TOO_FAST = api_error(45011, "api minute-quota reach limit, must slower, retry next minute")
OVER = api_error(45009, "reach max api daily quota limit")
FOLLOWERS = 60_000


def takes_a_minute(platform: Platform, most: int) -> None:
    """Let the platform take so many moving calls a minute."""
    minutes: Counter[float] = Counter()

    def script(call: str, n: int) -> Event:
        if call != MOVE:
            return None
        minute = platform.at[-1] // 60
        minutes[minute] += 1
        return TOO_FAST if minutes[minute] > most else None

    platform.script = script


@pytest.mark.parametrize("most", [50, 150, 600])
@pytest.mark.parametrize("in_flight", [1, 64])
def test_the_time_told_holds_all_waits_for_a_minute(tmp_path: Path, most: int, in_flight: int) -> None:
    """From the first wait on it is right within a minute or a fifth, and never less than half of what is to come."""
    book, platform = a_book(tmp_path, a_plan(FOLLOWERS)), a_platform(FOLLOWERS)
    takes_a_minute(platform, most)
    events = carried_out(book, platform, in_flight=in_flight)
    assert isinstance(events[-1], Finished)
    waits = only(Waiting, events)
    assert len(waits) >= (FOLLOWERS // 50 - 1) // most
    told = only(Progress, events[events.index(waits[0]) :])
    assert len(told) > len(waits)
    for progress in told:
        really = told[-1].at - progress.at
        assert progress.seconds_left is not None, progress
        assert abs(progress.seconds_left - really) <= max(60.0, really / 5), (progress, really)
        assert progress.seconds_left >= really / 2 - 1.0, (progress, really)


def test_a_run_that_goes_on_after_midnight_tells_no_other_day(tmp_path: Path) -> None:
    """Whoever looks at midnight, before the first call, is told neither of yesterday's calls nor of another night."""
    book, platform = a_book(tmp_path, a_plan(FOLLOWERS)), a_platform(FOLLOWERS)
    takes_a_minute(platform, 150)
    by_minute = platform.script
    platform.remain = 400

    def script(call: str, n: int) -> Event:
        if platform.at[-1] >= 12 * 3600:
            platform.remain = 100_000
        elif call == MOVE and n > 380:
            return OVER
        return by_minute(call, n)

    platform.script = script
    events = carried_out(book, platform, wait_for_quota=True)
    assert isinstance(events[-1], Finished)
    assert [event.until for event in only(Waiting, events) if event.reason == "45009"] == [MIDNIGHT]
    morning = [event for event in only(Progress, events) if event.at >= MIDNIGHT]
    assert morning[0].at == MIDNIGHT
    for progress in morning:
        assert progress.seconds_left is not None
        assert progress.seconds_left < 3600
