"""What goes wrong, drawn from a seed: how likely each trouble is in this run, and which one meets the next call."""

import random
from typing import Literal, TypeAlias, get_args

import msgspec

Trouble: TypeAlias = Literal[
    "lost",  # carried out, and the answer is lost
    "reset",  # the connection breaks before the call is carried out
    "gateway",  # HTTP 502, not carried out
    "gateway_done",  # HTTP 502, carried out
    "busy",  # -1, not carried out
    "busy_done",  # -1, carried out all the same
    "minute",  # 45011, not carried out
    "too_slow",  # carried out, and answered when nobody waits any more
    "slow",  # answered late
    "token_replaced",  # 40001: somebody else forced a new token
    "token_ended",  # 42001: its two hours are over
]
TROUBLES: tuple[Trouble, ...] = get_args(Trouble)


class Weather(msgspec.Struct, frozen=True):
    """How likely each trouble is for a call, and how long an ordinary answer takes in seconds."""

    chances: dict[Trouble, float]
    latency: tuple[float, float]

    def draw(self, chance: random.Random) -> Trouble | None:
        """Return what happens to the next call."""
        point = chance.random()
        for trouble, share in self.chances.items():
            point -= share
            if point < 0:
                return trouble
        return None


CALM = Weather({}, (0.02, 0.2))


def forecast(chance: random.Random) -> Weather:
    """Draw the weather of a run: often fair, now and then a storm with half of all calls in trouble."""
    here = [trouble for trouble in TROUBLES if chance.random() < 0.45]
    worst = chance.choice((0.0, 0.01, 0.05, 0.05, 0.2, 0.5))
    share = worst / max(len(here), 1)
    low = chance.choice((0.001, 0.02, 0.1))
    return Weather(dict.fromkeys(here, share), (low, low * chance.choice((1, 3, 20))))
