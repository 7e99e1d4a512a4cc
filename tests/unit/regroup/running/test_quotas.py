"""The day's calls and the minute's: waiting, stopping, and leaving some to others."""

from pathlib import Path

from tests.unit.regroup.plans import NAMES, a_book, a_plan, a_platform, again, carried_out, only, openids
from tests.unit.regroup.platform import Event, Platform, Queued
from tests.unit.regroup.timeless import NOON, Clock, run

from fenzu.errors import TransportError, api_error
from fenzu.model import CallQuota
from fenzu.regroup._running.day import Day
from fenzu.regroup._running.events import LOST, Finished, Progress, Stopped, Waiting
from fenzu.regroup._values import Delete
from fenzu.wire.words import Words

MOVE = "groups.move_many"
MIDNIGHT = NOON + 12 * 3600
OVER = api_error(45009, "reach max api daily quota limit")
TOO_FAST = api_error(45011, "api minute-quota reach limit, must slower, retry next minute")


def moves_at(platform: Platform) -> list[float]:
    """When each moving call came, in seconds since the run began."""
    return [at for call, at in zip(platform.calls, platform.at, strict=True) if call == MOVE]


def test_waiting_for_quota_goes_on_after_midnight(tmp_path: Path) -> None:
    """With `wait_for_quota` nothing is sent from the first 45009 until midnight in Beijing; then the run goes on."""
    book, platform = a_book(tmp_path, a_plan(5_000)), a_platform(5_000)
    platform.script = lambda call, n: OVER if call == MOVE and 40 < n <= 60 and platform.at[-1] < 60 else None
    events = carried_out(book, platform, wait_for_quota=True)
    assert isinstance(events[-1], Finished)
    assert [(event.until, event.reason) for event in only(Waiting, events)] == [(MIDNIGHT, "45009")]
    assert not [at for at in platform.at if 1 < at < 12 * 3600]
    assert set(platform.members.values()) == {100}


def test_while_it_waits_the_time_left_holds_the_wait(tmp_path: Path) -> None:
    """Whoever looks while the run waits for midnight is told of no end before that."""
    book, platform = a_book(tmp_path, a_plan(5_000)), a_platform(5_000)
    platform.script = lambda call, n: OVER if call == MOVE and n > 40 and platform.at[-1] < 60 else None
    events = carried_out(book, platform, wait_for_quota=True)
    told = events[events.index(only(Waiting, events)[0]) + 1]
    assert isinstance(told, Progress)
    assert told.seconds_left is not None
    assert told.at + told.seconds_left > MIDNIGHT


def test_refused_calls_bring_no_end_nearer(tmp_path: Path) -> None:
    """Where nothing is done yet and each call was refused, nothing is told of the time left."""
    book, platform = a_book(tmp_path, a_plan(5_000)), a_platform(5_000)
    platform.script = lambda call, n: OVER if call == MOVE and platform.at[-1] < 60 else None
    events = carried_out(book, platform, wait_for_quota=True)
    early = [event for event in only(Progress, events) if event.at < MIDNIGHT]
    assert early[-1].calls > 0
    assert {(event.done, event.seconds_left) for event in early} == {(0, None)}


def test_a_day_that_begins_late_is_asked_for_again_soon(tmp_path: Path) -> None:
    """Where the platform's day is some minutes late, the run waits those minutes, not another day."""
    book, platform = a_book(tmp_path, a_plan(2_000)), a_platform(2_000)
    platform.script = lambda call, n: OVER if call == MOVE and platform.at[-1] < 12 * 3600 + 200 else None
    events = carried_out(book, platform, wait_for_quota=True)
    assert isinstance(events[-1], Finished)
    assert max(moves_at(platform)) < 12 * 3600 + 400


def test_the_reserve_is_left_to_others(tmp_path: Path) -> None:
    """With a reserve the run stops when only that is left of the day, and tells when the calls renew."""
    book, platform = a_book(tmp_path, a_plan(5_000)), a_platform(5_000)
    platform.remain = 1_050
    last = carried_out(book, platform, reserve=1_000)[-1]
    assert isinstance(last, Stopped)
    assert (last.reason, last.error, last.renews_at) == ("reserve", None, MIDNIGHT)
    assert platform.count(MOVE) == 50
    assert again(book).state().reason == "reserve"


def test_the_reserve_can_be_waited_out(tmp_path: Path) -> None:
    """With `wait_for_quota` too, the rest is done when a new day's calls are there."""
    book, platform = a_book(tmp_path, a_plan(5_000)), a_platform(5_000)
    platform.remain = 1_050

    def script(call: str, n: int) -> Event:
        platform.remain = 1_050 - platform.count(MOVE) if platform.at[-1] < 12 * 3600 else 100_000
        return None

    platform.script = script
    events = carried_out(book, platform, reserve=1_000, wait_for_quota=True)
    assert isinstance(events[-1], Finished)
    assert [event.reason for event in only(Waiting, events)] == ["reserve"]
    assert len([at for at in moves_at(platform) if at < 60]) == 50


def test_calls_left_and_the_time_needed_are_told(tmp_path: Path) -> None:
    """Progress tells what is left of the day, and how long the rest takes; where the platform is silent, nothing."""
    book, platform = a_book(tmp_path, a_plan(20_000)), a_platform(20_000)
    platform.remain = 5_000
    told = only(Progress, carried_out(book, platform))
    assert told[-1].calls_left == 4_600
    assert told[-1].seconds_left == 0.0
    assert all(progress.seconds_left is not None for progress in told)


def test_a_refused_minute_pauses_everything_until_the_next(tmp_path: Path) -> None:
    """After 45011 nothing is sent until the next minute by the clock; then fewer calls a minute."""
    book, platform = a_book(tmp_path, a_plan(20_000)), a_platform(20_000)
    minutes: dict[int, int] = {}

    def script(call: str, n: int) -> Event:
        if call != MOVE:
            return None
        minute = int(platform.at[-1] // 60)
        minutes[minute] = minutes.get(minute, 0) + 1
        return TOO_FAST if minutes[minute] > 150 else None

    platform.script = script
    events = carried_out(book, platform)
    assert isinstance(events[-1], Finished)
    assert set(platform.members.values()) == {100}
    assert {event.reason for event in only(Waiting, events)} == {"45011"}
    assert minutes[0] <= 150 + 64
    assert minutes[1] == 135


def test_a_platform_that_takes_no_call_for_ten_minutes_stops_the_run(tmp_path: Path) -> None:
    """Minute after minute without a single call taken is no pace to adapt to: the run stops and can go on later."""
    book, platform = a_book(tmp_path, a_plan(500)), a_platform(500)
    platform.script = lambda call, n: TOO_FAST if call == MOVE else None
    last = carried_out(book, platform)[-1]
    assert isinstance(last, Stopped)
    assert (last.reason, last.error) == ("45011", TOO_FAST)
    assert 9 * 60 <= max(moves_at(platform)) <= 10 * 60


def test_a_platform_that_counts_nothing_has_no_end(tmp_path: Path) -> None:
    """A day's limit of 0 means that nobody counts: nothing is told of what is left, and a reserve stops nothing."""
    book, platform = a_book(tmp_path, a_plan(500)), a_platform(500)
    platform.remain = -1
    events = carried_out(book, platform, reserve=1_000)
    assert isinstance(events[-1], Finished)
    assert only(Progress, events)[-1].calls_left is None


def test_what_waits_behind_the_gate_is_kept_back_once_the_day_is_over(tmp_path: Path) -> None:
    """A call that passed and then waited for its pace or a thread is neither sent nor counted after the first 45009."""
    book, platform = a_book(tmp_path, a_plan(20_000)), Queued(dict.fromkeys(openids(20_000), 0), NAMES)
    platform.script = lambda call, n: OVER if call == MOVE and n > 150 else None
    last = carried_out(book, platform)[-1]
    assert isinstance(last, Stopped)
    assert platform.count(MOVE) == last.tally.calls == 151


def test_what_waits_behind_the_gate_is_kept_back_once_the_account_is_lost(tmp_path: Path) -> None:
    """A call that passed and then waited for its pace or a thread is not sent when the hold has ended meanwhile."""

    class Held:
        lasts = True

        def holds(self) -> bool:
            return self.lasts

    hold = Held()
    book, platform = a_book(tmp_path, a_plan(250)), Queued(dict.fromkeys(openids(250), 0), NAMES)

    def script(call: str, n: int) -> Event:
        if call == MOVE:  # the first of five that have passed
            hold.lasts = False
        return None

    platform.script = script
    last = carried_out(book, platform, hold=hold)[-1]
    assert isinstance(last, Stopped)
    assert last.reason == LOST
    assert platform.count(MOVE) == last.tally.calls == 1
    assert last.tally.moved == 50


def test_what_waits_behind_the_gate_is_sent_when_calls_renew(tmp_path: Path) -> None:
    """Kept back, a call waits for the next minute or day like all others, and is counted when it is sent."""
    book, platform = a_book(tmp_path, a_plan(20_000)), Queued(dict.fromkeys(openids(20_000), 0), NAMES)
    refused: list[int] = []

    def script(call: str, n: int) -> Event:
        if call == MOVE and n > 100 and platform.at[-1] < 60:
            refused.append(n)
            return TOO_FAST
        if call == MOVE and n > 200 and platform.at[-1] < 12 * 3600:
            refused.append(n)
            return OVER
        return None

    platform.script = script
    last = carried_out(book, platform, wait_for_quota=True)[-1]
    assert isinstance(last, Finished)
    assert len(refused) == 2
    assert platform.count(MOVE) == last.tally.calls == 402


def test_the_reserve_is_kept_though_an_answer_is_lost(tmp_path: Path) -> None:
    """With a reserve no moving call is sent before the platform has told what is left, however often it is asked."""
    book, platform = a_book(tmp_path, a_plan(5_000)), a_platform(5_000)
    platform.remain = 1_050
    platform.script = lambda call, n: (
        TransportError(Words("lost", "lost")) if call == "quota.get" and n < 4 else None
    )
    last = carried_out(book, platform, reserve=1_000)[-1]
    assert isinstance(last, Stopped)
    assert last.reason == "reserve"
    assert platform.count(MOVE) == 50


def test_a_platform_that_cannot_tell_the_quota_stops_a_run_with_a_reserve(tmp_path: Path) -> None:
    """Where every question for what is left is lost, the run stops before the first moving call and may go on later."""
    book, platform = a_book(tmp_path, a_plan(500)), a_platform(500)
    platform.script = lambda call, n: TransportError(Words("lost", "lost")) if call == "quota.get" else None
    last = carried_out(book, platform, reserve=1_000)[-1]
    assert isinstance(last, Stopped)
    assert last.reason == "TransportError"
    assert platform.count(MOVE) == 0


def test_an_answer_about_yesterday_says_nothing_about_today(tmp_path: Path) -> None:
    """A question for the quota asked before midnight and answered after it is asked again."""

    class Late(Clock):
        now = NOON + 12 * 3600 - 0.01

        def time(self) -> float:
            return self.now

    class Slow(Platform):
        async def quota(self, call: str) -> CallQuota:
            left, clock.now = (900 if clock.now < MIDNIGHT else 5_000), clock.now + 1
            return CallQuota(call, 5_000, 5_000 - left, left)

    day, clock, platform = Day(1_000), Late(), Slow({}, {})
    assert run(day.ask(platform, clock)) is None
    assert day.has_to_be_asked
    assert run(day.ask(platform, clock)) is None
    assert (day.has_to_be_asked, day.left) == (False, 5_000)


def test_what_is_deleted_after_the_moves_does_not_wait_for_moving_calls(tmp_path: Path) -> None:
    """Where the moves end exactly at the reserve, an undo deletes its groups all the same."""
    book = a_book(tmp_path, a_plan(500, deletes=(Delete(101, "同事"),)))
    platform = a_platform(500)
    platform.remain = 1_010
    assert isinstance(carried_out(book, platform, reserve=1_000)[-1], Finished)
    assert platform.count("groups.delete") == 1
