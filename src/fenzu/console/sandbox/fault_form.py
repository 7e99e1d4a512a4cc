"""What somebody has filled in about a fault, as a rule for the control port. Sends nothing."""

import hashlib
import re
from collections.abc import Iterable
from typing import Literal, TypeVar

import msgspec

from fenzu.console.sandbox.fault_words import BUSY
from fenzu.control import Fault
from fenzu.errors import UsageError
from fenzu.wire.faults import EFFECTS
from fenzu.wire.words import Words

V = TypeVar("V", int, float, str)

EXPIRED = 42001
MINUTE = 60
MOST_MINUTES = 366 * 24 * 60
"""A rule that is to hold for longer than a year is better removed by hand."""


class FaultWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fields of the form. What is not needed for what was chosen is not there."""

    what: Literal[
        "busy",
        "answer",
        "delay",
        "lost_answer",
        "reset",
        "truncate",
        "empty",
        "text_plain",
        "stale",
        "expire_token",
    ]
    call: str = "*"
    errcode: int | None = None
    shortest: int | None = None
    longest: int | None = None
    often: Literal["always", "chance", "nth", "every"] = "always"
    percent: float | None = None
    nth: str | None = None
    every: int | None = None
    times: int | None = None
    minutes: float | None = None


def fault_of(wish: FaultWish, now: float) -> Fault:
    """Return the rule that was filled in; `now` is the sandbox's time. Raises `UsageError` for what is missing."""
    fault = msgspec.structs.replace(_what(wish), **_often(wish))
    if wish.times is not None:
        fault = msgspec.structs.replace(fault, times=wish.times)
    if wish.minutes is not None:
        fault = msgspec.structs.replace(fault, until=now + _bounded(wish.minutes) * MINUTE)
    return fault


def key_of(fault: Fault) -> str:
    """Return a name for a rule, by what it says; how often it has struck does not change it."""
    return hashlib.sha256(msgspec.json.encode(plain(fault))).hexdigest()[:12]


def plain(fault: Fault) -> Fault:
    """Return a rule without what it has done, as it is set again."""
    return msgspec.convert(msgspec.to_builtins(fault), Fault)


def without(faults: Iterable[Fault], key: str) -> list[Fault] | None:
    """Return the rules without the first one of that name; None where there is none."""
    rules = [plain(fault) for fault in faults]
    at = next((at for at, fault in enumerate(rules) if key_of(fault) == key), None)
    return None if at is None else rules[:at] + rules[at + 1 :]


def _what(wish: FaultWish) -> Fault:
    call = wish.call.strip() or "*"
    if wish.what == "busy":
        return Fault(call, errcode=BUSY)
    if wish.what == "answer":
        return Fault(call, errcode=_given(wish.errcode, Words("the code", "错误码")))
    if wish.what == "delay":
        shortest = _given(wish.shortest, Words("the delay", "延迟"))
        longest = shortest if wish.longest is None else wish.longest
        return Fault(call, delay_ms=(min(shortest, longest), max(shortest, longest)))
    assert wish.what in EFFECTS
    return Fault(call, effect=wish.what, errcode=EXPIRED if wish.what == "expire_token" else None)


def _often(wish: FaultWish) -> dict[str, float | int | tuple[int, ...]]:
    if wish.often == "chance":
        return {"chance": _given(wish.percent, Words("the chance", "概率")) / 100}
    if wish.often == "nth":
        return {"nth": _numbers(_given(wish.nth, Words("which call", "第几次")))}
    if wish.often == "every":
        return {"every": _given(wish.every, Words("one call in how many", "间隔次数"))}
    return {}


def _numbers(text: str) -> tuple[int, ...]:
    found = re.findall(r"\d+", text)
    if not found or re.search(r"[^\d\s,，、;]", text):
        raise UsageError(
            Words("which calls are struck is not said in numbers", "第几次调用须为数字"),
            Words("give a number, or several: 3, 4, 5", "填一个或多个数字，例如 3、4、5"),
        )
    return tuple(map(int, found))


def _bounded(minutes: float) -> float:
    if not 0 < minutes <= MOST_MINUTES:
        raise UsageError(
            Words(
                f"a rule holds for more than 0 and at most {MOST_MINUTES:,} minutes",
                f"持续分钟数须大于 0，且不超过 {MOST_MINUTES:,}",
            ),
            Words(
                "give fewer, or leave it empty: it holds until it is removed",
                "请填小一些，或留空（直到移除）",
            ),
        )
    return minutes


def _given(value: V | None, name: Words) -> V:
    if value is None:
        raise UsageError(
            Words(f"{name.en} is not given", f"没有填写{name.zh}"), Words("fill it in", "请填写后再试")
        )
    return value
