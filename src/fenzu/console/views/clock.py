"""The sandbox's clock and the account's quotas in it: what they are, and turning them."""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.sandbox.control_port import ask_control
from fenzu.console.times import beijing, span
from fenzu.console.views.sandbox import sandbox_page
from fenzu.console.web.answers import answer, done, read
from fenzu.console.web.page import writable_desk_of
from fenzu.control import AccountQuota, ClockReading, Control
from fenzu.errors import UsageError
from fenzu.wire.endpoints import ENDPOINTS
from fenzu.wire.words import Words

Mode = Literal["off", "ordinary", "test", "large"]
RATES = (1, 60, 3600)
NOTICEABLE_SECONDS = 1.0
"""Seconds that a clock is ahead before it is worth a word."""


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do with the clock."""

    do: Literal["advance", "midnight", "freeze", "resume", "rate", "reset"]
    number: float | None = None
    """Of `unit` to advance; how many seconds pass in one, for `rate`."""
    unit: Literal["60", "3600", "86400"] = "60"


class QuotaWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another limit for a call, or another use of it today; without a limit the usual one holds again."""

    call: str
    used: int | None = None
    limit: int | None = None
    enforced: bool = False
    """Whether calls beyond the limits are to be refused from now on."""


class Enforcing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether calls beyond the account's limits are refused."""

    enforced: bool


class QuotaMode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for accounts that have no setting of their own."""

    mode: Mode


class Row(NamedTuple):
    """A call's quota."""

    call: str
    used: int
    limit: int
    minute: int | None


async def clock(request: Request) -> Response:
    """What time it is in the sandbox, and what is left of today's calls."""

    def gather(control: Control, appid: str) -> Mapping[str, object]:
        reading, quota = control.clock.read(), control.quota.get(appid)
        return {
            "reading": reading,
            "shows": beijing(reading.now),
            "ahead": span(reading.offset) if reading.offset >= NOTICEABLE_SECONDS else None,
            "until_midnight": span(reading.midnight - reading.now),
            "quota": quota,
            "rows": _rows(quota),
            "mode": control.quota.mode(),
        }

    return await sandbox_page(request, "clock.html", gather, rates=RATES)


async def turn(request: Request) -> Response:
    """Turn the clock; says what it shows then."""
    desk = writable_desk_of(request)
    wish = await read(request, Turn)
    reading = await ask_control(desk, lambda control: _turned(control, wish))
    now = beijing(reading.now)
    told = Words(f"It is {now} in the sandbox now.", f"沙箱时间现在是 {now}。")
    return done(request, told)


def _turned(control: Control, wish: Turn) -> ClockReading:
    if wish.do == "advance":
        return control.clock.advance(_given(wish.number) * int(wish.unit))
    if wish.do == "rate":
        return control.clock.rate(_given(wish.number))
    plain: dict[str, Callable[[], ClockReading]] = {
        "midnight": control.clock.advance_to_midnight,
        "freeze": control.clock.freeze,
        "resume": control.clock.resume,
        "reset": control.clock.reset,
    }
    return plain[wish.do]()


def _given(number: float | None) -> float:
    if number is None:
        raise UsageError(Words("no number is given", "没有填写数字"), Words("fill it in", "请填写后再试"))
    return number


async def set_quota(request: Request) -> Response:
    """Set what a call's limit is, or what was used of it today."""
    desk = writable_desk_of(request)
    wish = await read(request, QuotaWish)
    used = None if wish.used is None else {wish.call: wish.used}
    enforced = True if wish.enforced else msgspec.UNSET
    await ask_control(
        desk,
        lambda control: control.quota.set(
            desk.account.appid, used=used, limits={wish.call: wish.limit}, enforced=enforced
        ),
    )
    told = Words(f"The quota of {wish.call} is set.", f"{wish.call} 的额度已设置。")
    return done(request, told)


async def renew_quota(request: Request) -> Response:
    """Let nothing be used of today."""
    desk = writable_desk_of(request)

    def work(control: Control) -> None:
        used = control.quota.get(desk.account.appid).used
        control.quota.set(desk.account.appid, used=dict.fromkeys(used, 0))

    await ask_control(desk, work)
    told = Words("Nothing of today's quotas is used now.", "今日用量已清零。")
    return done(request, told)


async def enforce(request: Request) -> Response:
    """Let calls beyond the account's limits be refused, or not."""
    desk = writable_desk_of(request)
    wish = await read(request, Enforcing)
    await ask_control(desk, lambda control: control.quota.set(desk.account.appid, enforced=wish.enforced))
    return answer({})


async def set_mode(request: Request) -> Response:
    """Let quotas refuse or not where an account has no setting of its own."""
    desk = writable_desk_of(request)
    wish = await read(request, QuotaMode)
    await ask_control(desk, lambda control: control.quota.set_mode(wish.mode))
    told = Words("The setting holds for all accounts of the sandbox.", "设置已对沙箱的所有账号生效。")
    return done(request, told)


def _rows(quota: AccountQuota) -> list[Row]:
    return [
        Row(call, quota.used.get(call, 0), quota.limits[call], quota.minute.get(call))
        for call in ENDPOINTS
        if call in quota.limits
    ]


ROUTES: tuple[BaseRoute, ...] = (
    Route("/sandbox/clock", clock),
    Route("/sandbox/clock", turn, methods=["POST"]),
    Route("/sandbox/quota", set_quota, methods=["PUT"]),
    Route("/sandbox/quota/renew", renew_quota, methods=["POST"]),
    Route("/sandbox/quota/enforce", enforce, methods=["POST"]),
    Route("/sandbox/quota/mode", set_mode, methods=["POST"]),
)
