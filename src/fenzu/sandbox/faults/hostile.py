"""A bad day of the platform as a list of rules: hard on clients that hope for the best, passable for those that do not.

Five tries and one new token get a call through as good as always: what ends a token or answers 45011 comes at counted
distances, never by chance twice in a row, and of everything else five in a row are one case in 100,000.
"""

import random

from fenzu.sandbox.faults.asked import FaultRule, FaultRules

BURSTS = 3
# Tokens end at calls with multiples of ten for numbers, so that a call that is repeated with a new one gets through.


def hostile(seed: int) -> FaultRules:
    """Return the mixture of a seed."""
    chance = random.Random(seed)
    return FaultRules(
        seed,
        [
            FaultRule("*", delay_ms=(20, 400), chance=0.1),
            FaultRule("*", errcode=42001, effect="expire_token", every=10 * chance.choice((4, 5, 6, 7))),
            FaultRule("*", errcode=40001, effect="expire_token", every=10 * chance.choice((11, 13, 17))),
            FaultRule("*", errcode=45011, nth=_bursts(chance)),
            FaultRule("*", errcode=-1, chance=0.03),
            FaultRule("*", effect="lost_answer", chance=0.005),
            FaultRule("*", effect="reset", chance=0.005),
            FaultRule("*", effect="truncate", chance=0.005),
            FaultRule("*", effect="empty", chance=0.005),
            FaultRule("*", effect="text_plain", chance=0.05),
        ],
    )


def _bursts(chance: random.Random) -> list[int]:
    """Return calls that are told to slow down: two in a row, and then for a long time none."""
    bursts: list[int] = []
    after = 20
    for _ in range(BURSTS):
        first = after + chance.randint(20, 200)
        bursts += (first, first + 1)
        after = 2 * first
    return bursts
