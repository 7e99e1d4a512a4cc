"""Which faults strike: decided from plain values, and the rules that are refused."""

import random
from typing import Any

import msgspec
import pytest

from fenzu.errors import UsageError
from fenzu.sandbox.faults.asked import FaultRules
from fenzu.sandbox.faults.check import MOST_RULES
from fenzu.sandbox.faults.registry import Faults, Strike

MOVE, MANY, OF, LIST = "groups.move", "groups.move_many", "groups.of", "groups.list"


def faults(*rules: dict[str, Any], seed: int = 0, appid: str | None = None) -> Faults:
    """Faults as the control port would set them."""
    made = Faults()
    made.set(msgspec.convert({"seed": seed, "rules": list(rules)}, FaultRules), appid)
    return made


def struck(faults: Faults, calls: int, call: str = MOVE, appid: str = "wx1", now: float = 0) -> list[int]:
    """Return which of so many calls are struck, the first one being 1."""
    return [number for number in range(1, calls + 1) if faults.meet(call, appid, now) is not None]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, [1, 2, 3, 4, 5, 6, 7]),
        ({"nth": 3}, [3]),
        ({"nth": [3, 4, 7]}, [3, 4, 7]),
        ({"every": 3}, [3, 6]),
        ({"times": 2}, [1, 2]),
        ({"every": 2, "times": 2}, [2, 4]),
        ({"chance": 0}, []),
        ({"chance": 1}, [1, 2, 3, 4, 5, 6, 7]),
        ({"until": 0}, []),
        ({"from": 0, "until": 1}, [1, 2, 3, 4, 5, 6, 7]),
        ({"from": 1}, []),
    ],
)
def test_conditions_say_which_calls_are_struck(conditions: dict[str, Any], expected: list[int]) -> None:
    """The n-th call, every n-th, at most so often, by chance, within a window: all have to hold."""
    assert struck(faults({"call": MOVE, "errcode": -1, **conditions}), 7) == expected


@pytest.mark.parametrize(
    ("pattern", "met"),
    [
        ("*", {MOVE, MANY, OF, LIST}),
        ("groups/*", {MOVE, MANY, OF, LIST}),
        ("groups/members/*", {MOVE, MANY}),
        ("groups.move*", {MOVE, MANY}),
        ("groups/getid", {OF}),
        ("groups.move", {MOVE}),
        ("tags.*", set()),
    ],
)
def test_a_call_is_meant_by_path_or_by_name(pattern: str, met: set[str]) -> None:
    """A pattern fits the platform's path below /cgi-bin/, or fenzu's name; * stands for anything."""
    held = faults({"call": pattern, "errcode": -1})
    assert {call for call in (MOVE, MANY, OF, LIST) if held.meet(call, "wx1", 0)} == met


@pytest.mark.parametrize(
    ("effect", "met"),
    [("stale", {"groups.list"}), ("expire_token", {"groups.list", "groups.move"})],
)
def test_an_effect_strikes_only_calls_that_it_can_be_about(effect: str, met: set[str]) -> None:
    """Only a read can be stale, and only a token that was sent can end; other calls are not even counted."""
    held = faults({"call": "*", "effect": effect})
    assert {call for call in ("groups.list", "groups.move", "token.get") if held.meet(call, "wx1", 0)} == met
    assert held.get().rules[0].met == len(met)


def test_a_window_is_told_in_seconds_or_as_a_date() -> None:
    """Unix seconds and ISO 8601 with an offset mean the same moment."""
    held = faults({"call": "*", "errcode": -1, "from": "1970-01-01T08:01:40+08:00", "until": 200})
    assert [now for now in (99, 100, 199, 200) if held.meet(MOVE, "wx1", now)] == [100, 199]


def test_delays_add_up_and_one_rule_decides_the_rest() -> None:
    """Of several rules that fit, all delay, and the first with an outcome is carried out; the others do not strike."""
    held = faults(
        {"call": "*", "delay_ms": 200},
        {"call": MOVE, "errcode": 45009, "message": "enough"},
        {"call": MOVE, "effect": "lost_answer", "delay_ms": 50},
        {"call": MOVE, "delay_ms": 300},
    )
    assert held.meet(MOVE, "wx1", 0) == Strike(0.5, 45009, "enough", None)
    assert [(rule.met, rule.struck) for rule in held.get().rules] == [(1, 1), (1, 1), (1, 0), (1, 1)]


def test_a_spread_of_delays_stays_within_its_ends() -> None:
    """Each call draws its own delay between the two."""
    held = faults({"call": "*", "delay_ms": [50, 400]})
    delays = [strike.delay for _ in range(300) if (strike := held.meet(OF, "wx1", 0))]
    assert len(set(delays)) == 300
    assert 0.05 <= min(delays) < 0.07
    assert 0.38 < max(delays) <= 0.4


def test_the_accounts_own_rules_come_first() -> None:
    """Rules of one account strike it alone, before those for all."""
    held = faults({"call": "*", "errcode": -1})
    held.set(msgspec.convert({"rules": [{"call": "*", "errcode": 45009}]}, FaultRules), "wx1")
    found = [held.meet(OF, appid, 0) for appid in ("wx1", "wx2")]
    assert [strike and strike.errcode for strike in found] == [45009, -1]


def test_chance_comes_near_what_was_asked() -> None:
    """Of 20,000 calls at five in a hundred, about a thousand are struck."""
    assert 900 < len(struck(faults({"call": "*", "errcode": -1, "chance": 0.05}, seed=1), 20_000)) < 1_100


def test_equal_seeds_and_calls_give_equal_faults() -> None:
    """The same seed strikes the same calls, another seed others, whatever the account is called."""
    rule = {"call": "*", "errcode": -1, "chance": 0.3}
    first, again, other = (struck(faults(rule, seed=seed), 200) for seed in (1, 1, 2))
    assert first == again != other
    assert struck(faults(rule, seed=1), 200, appid="wx2") == first


@pytest.mark.parametrize("order", range(5))
def test_other_calls_and_accounts_change_nothing(order: int) -> None:
    """What a call meets depends on how many of its kind came before, not on what went on beside it."""
    rules: list[dict[str, Any]] = [
        {"call": "groups/*", "errcode": -1, "chance": 0.2},
        {"call": "*", "delay_ms": [1, 9], "chance": 0.5},
    ]
    calls = [(call, appid) for call in (MOVE, OF) for appid in ("wx1", "wx2") for _ in range(100)]
    random.Random(order).shuffle(calls)
    held, alone = faults(*rules, seed=9), faults(*rules, seed=9)
    seen = [held.meet(call, appid, 0) for call, appid in calls]
    mine = [strike for strike, what in zip(seen, calls, strict=True) if what == (OF, "wx1")]
    assert mine == [alone.meet(OF, "wx1", 0) for _ in range(100)]


def test_it_is_off_unless_a_rule_holds() -> None:
    """Without rules a call costs nothing more; an empty list of rules is none."""
    held = Faults()
    states = [held.is_on]
    held.set(FaultRules(), "wx1")
    states.append(held.is_on)
    held.set(msgspec.convert({"rules": [{"call": "*", "errcode": -1}]}, FaultRules), "wx1")
    states.append(held.is_on)
    held.forget("wx1")
    assert [*states, held.is_on] == [False, False, True, False]


def test_an_account_that_is_made_anew_begins_anew() -> None:
    """Of a deleted account nothing is counted any more."""
    held = faults({"call": "*", "errcode": -1, "nth": 2})
    assert struck(held, 3) == [2]
    held.forget("wx1")
    assert struck(held, 3) == [2]


def test_rules_that_replace_others_count_from_nothing() -> None:
    """PUT begins anew, even with the same rules."""
    asked = msgspec.convert({"rules": [{"call": "*", "errcode": -1, "times": 1}]}, FaultRules)
    held = Faults()
    for _ in range(2):
        held.set(asked)
        assert struck(held, 3) == [1]


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"call": "*"}, "rules[1]"),
        ({"call": "groups/nothing", "errcode": -1}, "rules[1].call"),
        ({"call": "*" * 101, "errcode": -1}, "rules[1].call"),
        ({"call": "*", "errcode": -1, "message": "x" * 1_001}, "rules[1].message"),
        ({"call": "*", "errcode": 12345}, "rules[1].errcode"),
        ({"call": "*", "errcode": 0}, "rules[1].errcode"),
        ({"call": "*", "delay_ms": 5, "message": "x"}, "rules[1].message"),
        ({"call": "*", "errcode": -1, "effect": "lost_answer"}, "rules[1].effect"),
        ({"call": "*", "errcode": -1, "effect": "stale"}, "rules[1].effect"),
        ({"call": "*", "errcode": 45009, "effect": "expire_token"}, "rules[1].errcode"),
        ({"call": "token", "effect": "expire_token"}, "rules[1].effect"),
        ({"call": "groups.move", "effect": "stale"}, "rules[1].effect"),
        ({"call": "*", "errcode": -1, "chance": 1.1}, "rules[1].chance"),
        ({"call": "*", "errcode": -1, "chance": -0.1}, "rules[1].chance"),
        ({"call": "*", "errcode": -1, "nth": 0}, "rules[1].nth"),
        ({"call": "*", "errcode": -1, "nth": []}, "rules[1].nth"),
        ({"call": "*", "errcode": -1, "every": 0}, "rules[1].every"),
        ({"call": "*", "errcode": -1, "nth": 1, "every": 1}, "rules[1].every"),
        ({"call": "*", "errcode": -1, "times": 0}, "rules[1].times"),
        ({"call": "*", "delay_ms": 0}, "rules[1].delay_ms"),
        ({"call": "*", "delay_ms": [9, 3]}, "rules[1].delay_ms"),
        ({"call": "*", "delay_ms": 600_001}, "rules[1].delay_ms"),
        ({"call": "*", "errcode": -1, "until": "2026-01-31T09:00:00"}, "rules[1].until"),
        ({"call": "*", "errcode": -1, "from": 5, "until": 5}, "rules[1].until"),
        ({"call": "*", "errcode": -1, "until": 1e12}, "rules[1].until"),
        ({"call": "*", "errcode": -1, "from": -1}, "rules[1].from"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(rule: dict[str, Any], field: str) -> None:
    """A refused rule names the field, and the rules before go on."""
    held = faults({"call": "*", "errcode": -1})
    asked = msgspec.convert({"rules": [{"call": "*", "errcode": -1}, rule]}, FaultRules)
    with pytest.raises(UsageError) as refused:
        held.set(asked)
    assert str(refused.value).startswith(f"{field}: ")
    assert struck(held, 1) == [1]


def test_no_more_rules_than_can_be_read() -> None:
    """A hundred rules are enough, and a mistake of a program does not slow the sandbox down."""
    with pytest.raises(UsageError, match="at most 100 rules"):
        faults(*[{"call": "*", "errcode": -1}] * (MOST_RULES + 1))


def test_a_strike_tells_what_it_does() -> None:
    """What the log shows of a fault."""
    assert str(Strike(0.25, -1, None, "truncate")) == "delay 250 ms, errcode -1, truncate"
