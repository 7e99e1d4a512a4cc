"""What follows from an answer: what is sent again, what is waited for, what ends a run."""

import random

import pytest
from tests.unit.regroup.timeless import NOON

from fenzu.errors import api_error
from fenzu.regroup._running.step import Fate, fate_of, most_failures, next_day, pause_after


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_that_ends_again_and_again_is_no_end(code: int) -> None:
    """A call refused for its token twice is sent again: another system fetches tokens too, and that passes."""
    assert fate_of(api_error(code, "refused", "groups.move_many")) is Fate.AGAIN


@pytest.mark.parametrize("code", [40001, 40125, 40013])
def test_a_wrong_secret_ends_the_run(code: int) -> None:
    """What the token call itself refuses stays refused: nothing is sent again."""
    assert fate_of(api_error(code, "refused", "token.stable")) is Fate.END


@pytest.mark.parametrize(
    ("code", "fate"),
    [
        (40003, Fate.BAD_OPENID),
        (43004, Fate.BAD_OPENID),
        (40050, Fate.NO_GROUP),
        (40152, Fate.NO_GROUP),
        (45011, Fate.NEXT_MINUTE),
        (45009, Fate.NEXT_DAY),
        (-1, Fate.AGAIN),
        (48001, Fate.END),
        (45018, Fate.END),
    ],
)
def test_each_code_has_its_fate(code: int, fate: Fate) -> None:
    """What a code says about the call that met it is decided in one place."""
    assert fate_of(api_error(code, "text", "groups.move_many")) is fate


def test_pauses_grow_with_jitter_up_to_a_bound() -> None:
    """Each pause is between half and all of a longest one, which doubles up to half a minute."""
    chance = random.Random(1)
    for tries in range(1, 20):
        longest = min(0.5 * 2 ** (tries - 1), 30.0)
        assert longest / 2 <= pause_after(tries, chance) <= longest


def test_small_runs_are_exempt_from_the_percentage_of_failures() -> None:
    """One in a hundred may fail, at least twenty, at most five hundred, unless somebody said how many."""
    assert [most_failures(None, n) for n in (0, 100, 5_000, 1_000_000)] == [20, 20, 50, 500]
    assert most_failures(0, 1_000_000) == 0


def test_the_day_renews_at_midnight_in_beijing() -> None:
    """At noon in Beijing it is twelve hours; at midnight it is the next one."""
    assert next_day(NOON) == NOON + 12 * 3600
    assert next_day(NOON + 12 * 3600) == NOON + 36 * 3600
