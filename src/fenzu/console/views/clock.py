"""The sandbox's clock: what it shows, with the quotas that its days renew, and turning it."""

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.sandbox.control_port import ask_control
from fenzu.console.times import beijing, span
from fenzu.console.views.sandbox import sandbox_page
from fenzu.console.views.sandbox_quotas import quota_rows
from fenzu.console.web.answers import done, read
from fenzu.console.web.page import writable_desk_of
from fenzu.control import ClockReading, Control
from fenzu.errors import UsageError
from fenzu.wire.words import Words

RATES = (1, 60, 3600)
NOTICEABLE_SECONDS = 1.0
"""Seconds that a clock is ahead before it is worth a word."""


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do with the clock."""

    do: Literal["advance", "midnight", "freeze", "resume", "rate", "reset"]
    number: float | None = None
    """Of `unit` to advance; how many seconds pass in one, for `rate`."""
    unit: Literal["60", "3600", "86400"] = "60"


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
            "rows": quota_rows(quota),
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


ROUTES: tuple[BaseRoute, ...] = (
    Route("/sandbox/clock", clock),
    Route("/sandbox/clock", turn, methods=["POST"]),
)
