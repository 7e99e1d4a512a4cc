"""How often an account may call: limits by its kind and by its own settings, and whether one more call may pass.

Plain values and plain functions: who counts, and where that is kept, is not known here.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from fenzu.errors import UsageError
from fenzu.sandbox.accounts import Kind
from fenzu.wire.limits import A_MINUTE, A_MINUTE_TEST, DAILY, LARGE_FACTOR, STABLE_TOKENS_A_MINUTE
from fenzu.wire.words import Words

Mode: TypeAlias = Literal["off", "ordinary", "test", "large"]
"""`off` counts and refuses nothing; the others refuse, and are the kind of every account that has none of its own."""

MOST = 1_000_000_000


class Limit(NamedTuple):
    """How often one call may be made."""

    a_day: int
    a_minute: int


class QuotaMode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for accounts that have no setting of their own."""

    mode: Mode


class Quota(msgspec.Struct, frozen=True):
    """What is an account's own; the rest goes by the sandbox and by the account's kind."""

    enforced: bool | None = None
    """None: as the sandbox has it."""
    daily: Mapping[str, int] = {}
    a_minute: Mapping[str, int] = {}


class QuotaWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change about an account's quota; what is not named stays. Null goes back to what holds by itself."""

    kind: Kind | msgspec.UnsetType | None = msgspec.UNSET
    enforced: bool | msgspec.UnsetType | None = msgspec.UNSET
    used: dict[str, int] = {}
    limits: dict[str, int | None] = {}
    minute: dict[str, int | None] = {}


class AccountQuota(msgspec.Struct, frozen=True):
    """How often an account may call and has called today, by the calls' names."""

    kind: Kind
    enforced: bool
    used: Mapping[str, int]
    limits: Mapping[str, int]
    minute: Mapping[str, int]


def verdict(used: int, in_minute: int, limit: Limit) -> int:
    """Return what one more call gets that was made so often today and in this minute: 0, 45009 or 45011."""
    if used >= limit.a_day:
        return 45009
    return 45011 if in_minute >= limit.a_minute else 0


def limit_of(call: str, kind: Kind, quota: Quota) -> Limit:
    """Return how often a counted call may be made: the account's own limits, else those of its kind."""
    row = DAILY[call]
    a_day = row.test if kind == "test" else row.ordinary * (LARGE_FACTOR if kind == "large" else 1)
    a_minute = A_MINUTE_TEST if kind == "test" else A_MINUTE
    if call == "token.stable":
        a_minute = STABLE_TOKENS_A_MINUTE
    return Limit(quota.daily.get(call, a_day), quota.a_minute.get(call, a_minute))


def limits_of(kind: Kind, quota: Quota) -> dict[str, Limit]:
    """Return the limits of all calls that are counted."""
    return {call: limit_of(call, kind, quota) for call in DAILY}


def is_enforced(mode: Mode, quota: Quota) -> bool:
    """Tell whether an account's calls are refused beyond its limits."""
    return mode != "off" if quota.enforced is None else quota.enforced


def kind_in(mode: Mode, own: Kind | None) -> Kind:
    """Return an account's kind: its own, else what the sandbox gives to those that have none."""
    return own or ("ordinary" if mode == "off" else mode)


def check(wish: QuotaWish) -> None:
    """Refuse calls that are not counted, and numbers that cannot be: UsageError."""
    for numbers in (wish.used, wish.limits, wish.minute):
        for call, number in numbers.items():
            if call not in DAILY:
                raise UsageError(
                    Words(f"{call[:64]} is no call that is counted", f"{call[:64]} 不是计数的接口"),
                    Words("name one of " + ", ".join(DAILY), "可用的名字：" + "、".join(DAILY)),
                )
            if number is not None and not 0 <= number <= MOST:
                raise UsageError(Words(f"a number of calls is 0 to {MOST:,}", f"次数须在 0 到 {MOST:,} 之间"))


def change(quota: Quota, wish: QuotaWish) -> Quota:
    """Return the account's own settings after a wish that was checked."""
    return Quota(
        quota.enforced if wish.enforced is msgspec.UNSET else wish.enforced,
        _merge(quota.daily, wish.limits),
        _merge(quota.a_minute, wish.minute),
    )


def _merge(numbers: Mapping[str, int], wish: Mapping[str, int | None]) -> dict[str, int]:
    merged = {**numbers, **wish}
    return {call: number for call, number in merged.items() if number is not None}
