"""When a call may leave around midnight in Beijing, and what ends a run there."""

import random
from pathlib import Path

import pytest
from tests.unit.regroup.plans import a_book, a_plan
from tests.unit.regroup.platform import Platform
from tests.unit.regroup.timeless import NOON, inline, run

from fenzu.errors import api_error
from fenzu.model import CallQuota
from fenzu.regroup._running.day import MOVE
from fenzu.regroup._running.events import Waiting
from fenzu.regroup._running.gate import Gate, Halted
from fenzu.regroup._running.ports import NotNow, Settings
from fenzu.regroup._running.recorder import Recorder

MIDNIGHT = NOON + 12 * 3600
DAY = 24 * 3600
OVER = api_error(45009, "reach max api daily quota limit")


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: float) -> None:
        self.now = now

    def time(self) -> float:
        return self.now


def a_gate(clock: Clock, told: list[Waiting] | None = None, **settings: int | bool) -> Gate:
    """A gate that tells what it waits for."""
    tell = (told if told is not None else []).append
    return Gate(Settings(**settings), clock, random.Random(1), None, tell)  # type: ignore[arg-type]  # what the test says


@pytest.mark.parametrize("waits", [True, False])
def test_what_yesterday_refused_after_midnight_costs_no_day(waits: bool) -> None:
    """A call sent before midnight and refused after it is sent again at once: the new day has its own calls."""
    clock, told = Clock(MIDNIGHT + 0.3), list[Waiting]()
    gate = a_gate(clock, told, wait_for_quota=waits)
    gate.use_up_day(MOVE, MIDNIGHT - 0.2, "45009", OVER)
    assert gate.stop is None
    assert told == []
    assert run(gate.enter(MOVE)) == clock.now


def test_who_comes_right_after_midnight_is_told_to_come_again_soon() -> None:
    """A run begun some seconds after midnight by a clock that is ahead meets 45009: it may go on in a minute."""
    gate = a_gate(Clock(MIDNIGHT + 6))
    gate.use_up_day(MOVE, MIDNIGHT + 6, "45009", OVER)
    assert gate.stop is not None
    assert gate.stop.renews_at == MIDNIGHT + 66


@pytest.mark.parametrize(("taken_at", "renews_at"), [(3, MIDNIGHT + 140), (70, MIDNIGHT + DAY)])
def test_calls_taken_today_show_that_the_day_has_begun(taken_at: int, renews_at: float) -> None:
    """Once the platform has taken calls of the new day, 45009 says that they are used up; clocks differ a bit."""
    gate = a_gate(Clock(MIDNIGHT + 80))
    gate.succeeded(MOVE, MIDNIGHT + taken_at)
    gate.use_up_day(MOVE, MIDNIGHT + 80, "45009", OVER)
    assert gate.stop is not None
    assert gate.stop.renews_at == renews_at


def test_the_reserve_of_yesterday_does_not_stop_the_new_day() -> None:
    """With a reserve the platform is asked anew after midnight, before a moving call is sent or held back."""
    clock = Clock(MIDNIGHT - 20)
    gate = a_gate(clock, reserve=100)
    day, asked = gate.day, list[float]()

    async def ask() -> None:
        asked.append(clock.now)
        day.left, day.limit, day._is_asked = (
            (101, 1_000, True) if clock.now < MIDNIGHT else (900, 1_000, True)
        )

    assert run(gate.enter(MOVE, ask)) == clock.now
    clock.now = MIDNIGHT + 10
    run(gate.enter(MOVE, ask))
    assert asked == [MIDNIGHT - 20, MIDNIGHT + 10]
    assert day.left == 899


def test_a_reserve_of_more_than_a_day_is_refused() -> None:
    """Nothing would ever be sent: the run stops and says why, instead of waiting day after day."""
    gate = a_gate(Clock(NOON), reserve=100, wait_for_quota=True)
    gate.day.left, gate.day.limit = 50, 90
    with pytest.raises(Halted):
        run(gate.enter(MOVE))
    assert gate.stop is not None
    assert gate.stop.error is not None
    assert "reserve of 100" in str(gate.stop.error)


def test_the_reserve_concerns_moving_calls_only() -> None:
    """Groups can be looked at and deleted when only the reserve of moving calls is left."""
    gate = a_gate(Clock(NOON), reserve=100)
    gate.day.left, gate.day.limit, gate.day._is_asked = 100, 1_000, True
    run(gate.enter("groups.delete"))
    assert gate.stop is None
    with pytest.raises(Halted):
        run(gate.enter(MOVE))


def test_a_call_kept_back_counts_for_nothing(tmp_path: Path) -> None:
    """What passed and is then not sent is neither among the day's calls nor among the run's."""
    clock = Clock(NOON)
    gate, recorder = a_gate(clock), Recorder(a_book(tmp_path, a_plan(50)), None, inline, clock)
    gate.day.left, gate.day.limit = 100, 1_000
    run(gate.enter(MOVE))
    recorder.count(MOVE, 1)
    gate.check()
    gate.halt("interrupted")
    with pytest.raises(NotNow):
        gate.check()
    with pytest.raises(Halted):
        gate.go_on()
    for call in (MOVE, "groups.list"):
        gate.unsent(call)
    recorder.count(MOVE, -1)
    assert (gate.day.left, recorder.calls, recorder.is_empty) == (100, 0, True)


def test_a_question_kept_back_is_still_to_be_asked() -> None:
    """The question for the day's calls that was kept back is no answer."""

    class Closed(Platform):
        async def quota(self, call: str) -> CallQuota:
            raise NotNow

    clock = Clock(NOON)
    day = a_gate(clock, reserve=100).day
    assert run(day.ask(Closed({}, {}), clock)) is None
    assert day.has_to_be_asked
