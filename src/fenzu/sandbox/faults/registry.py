"""Which rules hold, and which of them strike a call: decided from the call, its number, the time and the seed.

Chance is drawn from the seed, the rule, the call and how many of that call the account has made. So neither other
calls nor other accounts change what a call meets, whatever order they come in. Every account is counted for itself.
"""

from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from fenzu.sandbox.faults.asked import Effect, FaultRules, HeldRule, HeldRules
from fenzu.sandbox.faults.check import Rule, check_all


class Strike(NamedTuple):
    """What happens to one call. `delay` in seconds comes first; with `errcode` the call is not done."""

    delay: float = 0.0
    errcode: int | None = None
    message: str | None = None
    effect: Effect | None = None

    def __str__(self) -> str:
        told = []
        if self.delay:
            told.append(f"delay {self.delay * 1000:.0f} ms")
        if self.errcode is not None:
            told.append(f"errcode {self.errcode}")
        if self.effect is not None:
            told.append(self.effect)
        return ", ".join(told)


class _Tally:
    """What one rule has counted of one account."""

    __slots__ = ("by_call", "met", "struck")

    def __init__(self) -> None:
        self.met = self.struck = 0
        self.by_call: dict[str, int] = {}


class RuleSet:
    """A set of rules with what they have counted; `scope` keeps the draws of two sets apart."""

    def __init__(self, asked: FaultRules, scope: str) -> None:
        self.seed = asked.seed
        self.rules = check_all(asked)
        self._scope = scope
        self._tallies: dict[tuple[int, str], _Tally] = {}
        self._counts = [[0, 0] for _ in self.rules]
        self._by_call: dict[str, list[int]] = {}
        for index, rule in enumerate(self.rules):
            for name in rule.calls:
                self._by_call.setdefault(name, []).append(index)

    def meet(self, call: str, account: str, now: float, strike: Strike) -> Strike:
        """Return `strike` with what these rules add to it. Delays add up; of everything else the first rule counts."""
        for index in self._by_call.get(call, ()):
            rule = self.rules[index]
            if not rule.begins <= now < rule.ends:
                continue
            spread = self._strike(index, call, account, is_late=_is_decided(strike) and rule.has_outcome)
            if spread is not None:
                strike = _add(strike, rule, spread)
        return strike

    def has(self, effect: Effect) -> bool:
        """Whether a rule has the effect."""
        return any(rule.asked.effect == effect for rule in self.rules)

    def forget(self, account: str) -> None:
        """Drop what was counted of an account; a new one of that appid begins at nothing."""
        for key in [key for key in self._tallies if key[1] == account]:
            del self._tallies[key]

    def held(self) -> HeldRules:
        """Return the rules as they are told."""
        held = [
            msgspec.convert({**msgspec.to_builtins(rule.asked), "met": met, "struck": struck}, HeldRule)
            for rule, (met, struck) in zip(self.rules, self._counts, strict=True)
        ]
        return HeldRules(self.seed, held)

    def _strike(self, index: int, call: str, account: str, *, is_late: bool) -> float | None:
        """Count a call that a rule meets; return None, or where in its spread of delays it strikes.

        A rule that comes too late, because another one has decided already, counts the call all the same.
        """
        rule = self.rules[index]
        tally = self._tallies.setdefault((index, account), _Tally())
        tally.met += 1
        tally.by_call[call] = number = tally.by_call.get(call, 0) + 1
        self._counts[index][0] += 1
        if is_late or not rule.is_turn(tally.met) or tally.struck == rule.asked.times:
            return None
        luck, spread = self._draw(index, call, number) if rule.draws else (0.0, 0.0)
        if rule.asked.chance is not None and luck >= rule.asked.chance:
            return None
        tally.struck += 1
        self._counts[index][1] += 1
        return spread

    def _draw(self, index: int, call: str, number: int) -> tuple[float, float]:
        """Return two numbers from 0 to 1, always the same for the same call."""
        key = f"{self.seed} {self._scope} {index} {call} {number}"
        drawn = blake2b(key.encode(), digest_size=16).digest()
        return int.from_bytes(drawn[:8]) / 2**64, int.from_bytes(drawn[8:]) / 2**64


class Faults:
    """All rules of a sandbox: for every account, and for single ones."""

    def __init__(self) -> None:
        self.is_on = False
        """All that a call costs where there are none."""
        self._everywhere: RuleSet | None = None
        self._of: dict[str, RuleSet] = {}

    def set(self, asked: FaultRules, appid: str | None = None) -> None:
        """Let rules hold in place of those before; UsageError for rules that make no sense, and nothing is changed."""
        rules = RuleSet(asked, "all" if appid is None else "one")
        if appid is None:
            self._everywhere = rules
        else:
            self._of[appid] = rules
        self._look()

    def get(self, appid: str | None = None) -> HeldRules:
        """Return the rules of an account, or those for all."""
        rules = self._everywhere if appid is None else self._of.get(appid)
        return HeldRules(0, []) if rules is None else rules.held()

    def clear(self, appid: str | None = None) -> None:
        """Let none hold any more."""
        if appid is None:
            self._everywhere = None
        else:
            self._of.pop(appid, None)
        self._look()

    def forget(self, appid: str) -> None:
        """Take note that an account is gone."""
        self.clear(appid)
        if self._everywhere is not None:
            self._everywhere.forget(appid)

    def meet(self, call: str, appid: str, now: float) -> Strike | None:
        """Return what happens to a call, None for nothing. The account's own rules come before those for all."""
        strike = NOTHING
        for rules in self._sets(appid):
            strike = rules.meet(call, appid, now, strike)
        return None if strike is NOTHING else strike

    def has(self, effect: Effect, appid: str) -> bool:
        """Whether a rule for the account has the effect."""
        return any(rules.has(effect) for rules in self._sets(appid))

    def _sets(self, appid: str) -> Iterable[RuleSet]:
        own = self._of.get(appid)
        if own is not None:
            yield own
        if self._everywhere is not None:
            yield self._everywhere

    def _look(self) -> None:
        everywhere = self._everywhere is not None and bool(self._everywhere.rules)
        self.is_on = everywhere or any(one.rules for one in self._of.values())


NOTHING = Strike()


def _is_decided(strike: Strike) -> bool:
    return strike.errcode is not None or strike.effect is not None


def _add(strike: Strike, rule: Rule, spread: float) -> Strike:
    low, high = rule.delay
    strike = strike._replace(delay=strike.delay + low + spread * (high - low))
    if not rule.has_outcome:
        return strike
    asked = rule.asked
    return strike._replace(errcode=rule.errcode, message=asked.message, effect=asked.effect)
