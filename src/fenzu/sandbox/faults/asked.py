"""Fault rules as the control port takes and tells them. Judges nothing."""

from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

Effect: TypeAlias = Literal[
    "lost_answer", "reset", "truncate", "empty", "text_plain", "stale", "expire_token"
]
Moment: TypeAlias = float | datetime
"""Unix seconds of the sandbox's clock, or ISO 8601 with an offset."""


class FaultRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What happens (`errcode` with `message`, `delay_ms`, `effect`), to which calls, and when.

    All conditions have to hold: a rule without any strikes every call that it matches.
    """

    call: str
    errcode: int | None = None
    message: str | None = None
    delay_ms: int | tuple[int, int] | None = None
    effect: Effect | None = None
    chance: float | None = None
    nth: int | list[int] | None = None
    every: int | None = None
    from_: Moment | None = msgspec.field(default=None, name="from")
    until: Moment | None = None
    times: int | None = None


class FaultRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rules in their order; equal seeds and equal calls give equal faults."""

    seed: int = 0
    rules: list[FaultRule] = []


class HeldRule(FaultRule, frozen=True, kw_only=True, omit_defaults=True):
    """A rule that holds: how many calls it met, and how many of them it struck."""

    met: int
    struck: int


class HeldRules(msgspec.Struct, frozen=True):
    """The rules that hold."""

    seed: int
    rules: list[HeldRule]
