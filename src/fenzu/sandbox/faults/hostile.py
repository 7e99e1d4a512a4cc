"""A bad day of the platform as a list of rules: hard on clients that hope for the best, passable for those that do not.

Five tries and one new token get a call through as good as always. Tokens end at longer and longer distances: dozens of
calls may be on their way with the token that ends, and none of them should meet the next end while it is tried again.
Of everything else five in a row are one case in 100,000.
"""

import random

from fenzu.sandbox.faults.asked import FaultRule, FaultRules

TOKENS = 4
BURSTS = 3


def hostile(seed: int) -> FaultRules:
    """Return the mixture of a seed."""
    chance = random.Random(seed)
    ends = _ends(chance)
    return FaultRules(
        seed,
        [
            FaultRule("*", delay_ms=(20, 400), chance=0.1),
            FaultRule("*", errcode=42001, effect="expire_token", nth=ends[::2]),
            FaultRule("*", errcode=40001, effect="expire_token", nth=ends[1::2]),
            FaultRule("*", errcode=45011, nth=_bursts(chance)),
            FaultRule("*", errcode=-1, chance=0.03),
            FaultRule("*", effect="lost_answer", chance=0.005),
            FaultRule("*", effect="reset", chance=0.005),
            FaultRule("*", effect="truncate", chance=0.005),
            FaultRule("*", effect="empty", chance=0.005),
            FaultRule("*", effect="text_plain", chance=0.05),
        ],
    )


def _ends(chance: random.Random) -> list[int]:
    """Return the calls at which a token ends: one soon, and each later one at twenty times the number and more."""
    ends = [chance.randint(30, 100)]
    while len(ends) < TOKENS:
        ends.append(ends[-1] * 20 + chance.randint(0, 10 * ends[-1]))
    return ends


def _bursts(chance: random.Random) -> list[int]:
    """Return calls that are told to slow down: two in a row, and then for a long time none."""
    bursts: list[int] = []
    after = 20
    for _ in range(BURSTS):
        first = after + chance.randint(20, 200)
        bursts += (first, first + 1)
        after = 2 * first
    return bursts
