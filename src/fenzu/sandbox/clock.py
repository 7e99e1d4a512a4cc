"""The sandbox's time: real time, moved on, stopped or sped up. It never runs backwards, unless real time is asked for.

How it was set is a plain value (`Setting`) and what it shows a plain function of that and real time; so a setting that
is kept in the store goes on over a restart. Knows no store.
"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, TypeAlias

import msgspec

from fenzu.errors import UsageError
from fenzu.sandbox.accounts import Clock
from fenzu.wire.words import Words

BEIJING = 8 * 3600
"""Seconds that Beijing is ahead of the Unix time's day."""
DAY = 86_400
LATEST = datetime(9999, 12, 31, tzinfo=UTC).timestamp()
"""Where the clock stops: a day before calendars end, so that whatever is reckoned from now still has a date."""
FASTEST = 1_000_000.0

_BEIJING = timezone(timedelta(seconds=BEIJING))

Moment: TypeAlias = float | Annotated[datetime, msgspec.Meta(tz=True)]
"""Unix seconds, or a date with its zone as in `2026-11-26T00:00:00+08:00`."""


class Setting(msgspec.Struct, frozen=True):
    """How the clock is set: it showed `base` when real time was `anchor`. Without either it is real time itself."""

    base: float = 0.0
    anchor: float = 0.0
    rate: float = 1.0
    """Seconds that pass in one real second."""
    frozen: bool = False


REAL = Setting()


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do with the clock, one or several of these, in this order."""

    set: Moment | None = None
    """Go on to this moment."""
    advance: float | None = None
    """Go on by so many seconds."""
    rate: float | None = None
    freeze: bool | None = None


class Reading(msgspec.Struct, frozen=True):
    """What the clock shows and how it is set."""

    now: float
    """Unix seconds."""
    beijing: str
    midnight: int
    """When the next day begins in Beijing, and with it the quotas, in Unix seconds."""
    frozen: bool
    rate: float
    offset: float
    """Seconds that it is ahead of real time."""


class SandboxClock:
    """The time of one sandbox, as something to call: Unix seconds. `raw` is real time underneath."""

    __slots__ = ("_is_real", "_setting", "raw")

    def __init__(self, raw: Clock, setting: Setting = REAL) -> None:
        self.raw = raw
        self.setting = setting

    def __call__(self) -> float:
        """Return Unix seconds."""
        return self.raw() if self._is_real else show(self._setting, self.raw())

    @property
    def setting(self) -> Setting:
        """How it is set."""
        return self._setting

    @setting.setter
    def setting(self, setting: Setting) -> None:
        self._setting = setting
        self._is_real = setting == REAL  # every call asks for the time

    def read(self) -> Reading:
        """Tell what it shows and how it is set."""
        raw = self.raw()
        now = show(self.setting, raw)
        shown = datetime.fromtimestamp(now, _BEIJING).isoformat(timespec="milliseconds")
        setting = self.setting
        return Reading(now, shown, next_midnight(now), setting.frozen, setting.rate, now - raw)


def show(setting: Setting, raw: float) -> float:
    """Return what a clock shows when real time is `raw`. Real time set back does not turn a clock back that was set."""
    if setting.frozen or raw < setting.anchor:
        return setting.base
    now = setting.base + (raw - setting.anchor) * setting.rate
    if now > LATEST:
        return LATEST
    return now


def turn(setting: Setting, raw: float, wish: Turn) -> Setting:
    """Return the setting after `wish`; raises UsageError for what cannot be."""
    if wish == Turn():
        raise _refuse("say what to do: set, advance, rate or freeze", "请给出 set、advance、rate 或 freeze")
    now = show(setting, raw)
    base = now if wish.set is None else _seconds(wish.set)
    if base < now:
        raise _refuse("the clock goes forward only", "时钟只能向前拨")
    if wish.advance is not None:
        if wish.advance < 0:
            raise _refuse("the clock goes forward only", "时钟只能向前拨")
        base += wish.advance
    if base > LATEST:
        raise _refuse("the clock ends with the year 9999", "时钟最多到 9999 年")
    rate = setting.rate if wish.rate is None else wish.rate
    if not 0 < rate <= FASTEST:
        raise _refuse(
            f"a rate is above 0 and at most {FASTEST:,.0f}", f"倍率须大于 0，且不超过 {FASTEST:,.0f}"
        )
    return Setting(base, raw, rate, setting.frozen if wish.freeze is None else wish.freeze)


def day_of(now: float) -> int:
    """Return the number of the day in Beijing."""
    return (int(now) + BEIJING) // DAY


def next_midnight(now: float) -> int:
    """Return when the next day begins in Beijing."""
    return (day_of(now) + 1) * DAY - BEIJING


def _seconds(moment: float | datetime) -> float:
    return moment.timestamp() if isinstance(moment, datetime) else moment


def _refuse(en: str, zh: str) -> UsageError:
    return UsageError(Words(en, zh))
