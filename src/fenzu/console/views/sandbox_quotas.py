"""The account's quotas in its sandbox: how they stand, and setting them. They are shown beside the clock."""

from typing import Literal, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.sandbox.control_port import ask_control
from fenzu.console.web.answers import answer, done, read
from fenzu.console.web.page import writable_desk_of
from fenzu.control import AccountQuota, Control
from fenzu.wire.endpoints import ENDPOINTS
from fenzu.wire.words import Words

Mode = Literal["off", "ordinary", "test", "large"]


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


def quota_rows(quota: AccountQuota) -> list[Row]:
    """Return how the calls stand that have a limit."""
    return [
        Row(call, quota.used.get(call, 0), quota.limits[call], quota.minute.get(call))
        for call in ENDPOINTS
        if call in quota.limits
    ]


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


ROUTES: tuple[BaseRoute, ...] = (
    Route("/sandbox/quota", set_quota, methods=["PUT"]),
    Route("/sandbox/quota/renew", renew_quota, methods=["POST"]),
    Route("/sandbox/quota/enforce", enforce, methods=["POST"]),
    Route("/sandbox/quota/mode", set_mode, methods=["POST"]),
)
