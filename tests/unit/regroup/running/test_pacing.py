"""How fast calls go: more while answers are good, fewer after bad ones."""

from fenzu.regroup._running.meter import Minute
from fenzu.regroup._running.pacing import Pacing

MINUTE = 1_200.0
"""The beginning of a minute."""


def a_minute(pacing: Pacing, begins: float, *, taken: int, refused: bool) -> None:
    """Let a minute pass in which the platform takes so many calls and then perhaps refuses one."""
    for _ in range(taken):
        pacing.sent(begins)
        pacing.took()
    if refused:
        pacing.minute_refused(begins + 30.0, begins + 29.0)


def test_good_answers_let_more_calls_go_at_once() -> None:
    """It begins with four, grows with each answer, and never beyond what was asked for."""
    pacing = Pacing(8)
    assert pacing.at_once == 4
    for _ in range(10):
        pacing.succeeded()
    assert pacing.at_once == 8


def test_bad_answers_let_fewer_go_and_growth_is_slow_from_then_on() -> None:
    """Each busy or lost answer takes a third away, down to one; afterwards it grows by about one a round."""
    pacing = Pacing(64)
    for _ in range(60):
        pacing.succeeded()
    pacing.faltered()
    assert pacing.at_once == 44
    for _ in range(44):
        pacing.succeeded()
    assert pacing.at_once == 45
    for _ in range(30):
        pacing.faltered()
    assert pacing.at_once == 1


def test_a_refused_minute_is_waited_out_and_the_next_ones_hold_less() -> None:
    """A minute that was refused after 1,000 calls makes the next one 900; each quiet one adds a little."""
    pacing = Pacing(64)
    a_minute(pacing, MINUTE, taken=1_000, refused=True)
    assert pacing.seconds_to_wait(MINUTE + 45.0) == 15.0
    assert pacing.seconds_to_wait(MINUTE + 60.0) == 0.0
    assert pacing.per_minute == 900
    a_minute(pacing, MINUTE + 60.0, taken=900, refused=False)
    assert pacing.seconds_to_wait(MINUTE + 90.0) == 30.0
    assert pacing.seconds_to_wait(MINUTE + 120.0) == 0.0
    assert pacing.per_minute == 918


def test_a_minute_that_others_used_up_says_nothing_about_its_size() -> None:
    """Refused after few calls, the minute is waited out, but the next one is not made small for that."""
    pacing = Pacing(64)
    a_minute(pacing, MINUTE, taken=3, refused=True)
    assert pacing.seconds_to_wait(MINUTE + 60.0) == 0.0
    assert pacing.per_minute is None


def test_late_answers_about_the_last_minute_do_not_close_this_one() -> None:
    """A refusal of a call that was sent before the minute began is about the minute before."""
    pacing = Pacing(64)
    pacing.sent(MINUTE + 61.0)
    pacing.minute_refused(MINUTE + 61.0, MINUTE + 59.0)
    assert pacing.seconds_to_wait(MINUTE + 62.0) == 0.0


def test_minutes_without_any_call_taken_are_counted() -> None:
    """Minutes in a row in which nothing was taken are counted once each; a call that is taken ends the row."""
    pacing = Pacing(64)
    for minute in range(3):
        for _ in range(5):
            a_minute(pacing, MINUTE + 60.0 * minute, taken=0, refused=True)
    assert pacing.refused_minutes == 3
    pacing.took()
    assert pacing.refused_minutes == 0


def test_a_clock_that_is_set_back_begins_a_new_minute() -> None:
    """Nobody waits for an hour because the clock went back by one."""
    pacing = Pacing(64)
    a_minute(pacing, MINUTE + 3600.0, taken=0, refused=True)
    assert pacing.seconds_to_wait(MINUTE) == 0.0


def test_a_minute_tells_how_many_calls_it_seems_to_have() -> None:
    """Nothing before one was refused; then what is learnt from it, less what was taken since."""
    pacing = Pacing(64)
    a_minute(pacing, MINUTE, taken=1_000, refused=False)
    assert pacing.minute(MINUTE + 20.0) == Minute()
    pacing.minute_refused(MINUTE + 30.0, MINUTE + 29.0)
    assert pacing.minute(MINUTE + 30.0) == Minute(900, 0, 30.0)
    assert pacing.minute(MINUTE + 60.0) == Minute(900, 900, 60.0)
    a_minute(pacing, MINUTE + 60.0, taken=300, refused=False)
    assert pacing.minute(MINUTE + 80.0) == Minute(900, 600, 40.0)


def test_a_small_minute_tells_what_it_took() -> None:
    """Refused after few calls, it has so many for the time being: until more are taken, or a minute is not refused."""
    pacing = Pacing(64)
    a_minute(pacing, MINUTE, taken=30, refused=True)
    assert pacing.minute(MINUTE + 45.0) == Minute(30, 0, 15.0)
    a_minute(pacing, MINUTE + 60.0, taken=20, refused=False)
    assert pacing.minute(MINUTE + 60.0) == Minute(30, 10, 60.0)
    a_minute(pacing, MINUTE + 60.0, taken=20, refused=False)
    assert pacing.minute(MINUTE + 60.0) == Minute(40, 0, 60.0)
    assert pacing.minute(MINUTE + 120.0) == Minute()
