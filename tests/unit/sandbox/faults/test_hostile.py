"""The mixture of --hostile: what it holds, how it is told, and that nobody is struck beyond what can be borne."""

from collections import Counter
from itertools import pairwise

import msgspec
import pytest

from fenzu.sandbox.faults.asked import FaultRule, FaultRules
from fenzu.sandbox.faults.hostile import hostile
from fenzu.sandbox.faults.registry import Faults
from fenzu.sandbox.faults.tell import tell, tell_all

SEEDS = range(8)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_mixture_is_one_that_may_be_set(seed: int) -> None:
    """What --hostile sets could have been sent to the control port, and every rule strikes within 5,000 calls."""
    faults = Faults()
    faults.set(msgspec.json.decode(msgspec.json.encode(hostile(seed)), type=FaultRules))
    strikes = [faults.meet("groups.move", "wx1", 0) for _ in range(5_000)]
    assert all(rule.struck for rule in faults.get().rules)
    assert 600 < sum(strike is not None and strike.errcode is None for strike in strikes) < 1_100


@pytest.mark.parametrize("seed", SEEDS)
def test_a_patient_client_gets_through(seed: int) -> None:
    """Tokens end at longer and longer distances, and of 2,000 calls none fails five times in a row."""
    faults = Faults()
    faults.set(hostile(seed))
    strikes = [faults.meet("groups.move", "wx1", 0) for _ in range(2_000)]
    fails = "".join("-+"[strike is None or _is_answer(strike.errcode, strike.effect)] for strike in strikes)
    assert "-----" not in fails
    ends = sorted(
        number for rule in hostile(seed).rules if rule.effect == "expire_token" for number in _nth(rule)
    )
    assert all(later >= 20 * sooner for sooner, later in pairwise(ends))


def _nth(rule: FaultRule) -> list[int]:
    assert isinstance(rule.nth, list)
    return rule.nth


def _is_answer(errcode: int | None, effect: str | None) -> bool:
    return errcode is None and effect in (None, "text_plain")


def test_seeds_differ_and_repeat() -> None:
    """A seed is a day that can be lived again; another one is another day."""
    assert hostile(7) == hostile(7)
    assert len({msgspec.json.encode(hostile(seed)) for seed in SEEDS}) == len(SEEDS)


def test_the_start_tells_every_rule() -> None:
    """Seed, what becomes of calls and how often, and how it ends, in the reader's language."""
    rules = hostile(7)
    text = tell_all(rules, "en", "http://127.0.0.1:8061")
    assert text.startswith("Hostile, seed 7: ")
    assert "  all calls: done, and the answer lost, 0.5 % of the calls\n" in text
    assert "http://127.0.0.1:8061/faults" in text
    assert text.count("\n  ") == len(rules.rules)
    assert "  全部调用：已执行，但应答丢失，概率 0.5%\n" in tell_all(rules, "zh", "http://127.0.0.1:8061")


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (FaultRule("groups/*", errcode=-1, nth=3), "groups/*: not done, errcode -1, calls number 3"),
        (FaultRule("*", delay_ms=200, times=2), "all calls: 200 ms late, 2 times at most"),
        (
            FaultRule("*", delay_ms=(5, 9), errcode=45009, effect="text_plain", every=4),
            "all calls: 5–9 ms late, done, and the answer called text/plain, errcode 45009, one call in 4",
        ),
        (
            FaultRule("user/get", effect="stale", nth=[1, 2]),
            "user/get: answered as before the last write, calls number 1, 2",
        ),
    ],
)
def test_a_rule_in_words(rule: FaultRule, told: str) -> None:
    """Every part of a rule is said."""
    assert tell(rule).en == told


def test_rules_strike_as_often_as_they_say() -> None:
    """Over many calls each chance comes near its number."""
    faults = Faults()
    faults.set(hostile(1))
    struck = Counter(str(faults.meet("groups.move", "wx1", 0)).split(",")[-1].strip() for _ in range(10_000))
    assert 400 < struck["text_plain"] < 530
    assert 35 < struck["lost_answer"] < 65
