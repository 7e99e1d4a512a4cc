"""How long is waited."""

import random

from tests.unit.regroup.timeless import NOON

from fenzu.pauses import next_day, next_minute, pause_after


def test_pauses_grow_with_jitter_up_to_a_bound() -> None:
    """Each pause is between half and all of a longest one, which doubles up to half a minute."""
    chance = random.Random(1)
    for tries in range(1, 20):
        longest = min(0.5 * 2 ** (tries - 1), 30.0)
        assert longest / 2 <= pause_after(tries, chance) <= longest


def test_the_day_renews_at_midnight_in_beijing() -> None:
    """At noon in Beijing it is twelve hours; at midnight it is the next one."""
    assert next_day(NOON).timestamp() == NOON + 12 * 3600
    assert next_day(NOON + 12 * 3600).timestamp() == NOON + 36 * 3600


def test_the_next_minute_is_always_ahead() -> None:
    """A minute that begins just now ends in sixty seconds."""
    assert next_minute(NOON) == NOON + 60
    assert next_minute(NOON + 59.5) == NOON + 60
