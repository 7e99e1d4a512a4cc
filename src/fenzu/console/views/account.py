"""One account: where it is, what is left of today's calls, its token's state; and all accounts, to choose from."""

import asyncio
import time
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fenzu.console.account.desk import Desk
from fenzu.console.account.used_quota import Left, left_of
from fenzu.console.times import span
from fenzu.console.web.answers import done
from fenzu.console.web.page import desk_of, render, writable_desk_of
from fenzu.database import is_postgres
from fenzu.errors import FenzuError
from fenzu.mirror import Status
from fenzu.tokens import TokenTimes
from fenzu.wire.limits import CLEARS_A_MONTH
from fenzu.wire.words import Words

NOW = "now"
"""In the address: that the platform is asked as well. The page fetches that part of itself."""
CLEARED = Words("All calls of today are to be had again.", "今日所有接口的用量已清零。")


async def account(request: Request) -> Response:
    """What is known of the account at once; with `?now` also what its mirror, token and the platform tell."""
    desk = desk_of(request)
    now = await _now(desk) if NOW in request.query_params else None
    return render(
        request,
        "account.html",
        now=now,
        doubt=await desk.doubt.words(),
        mirror_is_file=not is_postgres(desk.account.mirror),
        may_write=not desk.account.is_read_only,
        clears=CLEARS_A_MONTH,
    )


async def _now(desk: Desk) -> Mapping[str, object]:
    (rows, times, refused), (status, broken) = await asyncio.gather(_platform(desk), _mirror(desk))
    at = time.time()
    sync = None if status is None else status.last_sync
    last = None if sync is None else sync.ended_at
    return {
        "rows": rows,
        "refused": refused,
        "token": times,
        "held": None if times is None else span(at - times.asked_at),
        "left": None if times is None or times.expires_at <= at else span(times.expires_at - at),
        "status": status,
        "broken": broken,
        "age": None if last is None else span(at - last),
    }


async def _platform(desk: Desk) -> tuple[list[Left], TokenTimes | None, FenzuError | None]:
    """Return what is left of the calls, and the times of the token that they were asked with."""
    try:
        return await left_of(desk.client.quota.get), desk.client.token_times, None
    except FenzuError as error:
        return [], None, error


async def _mirror(desk: Desk) -> tuple[Status | None, FenzuError | None]:
    """Return what the mirror holds, or what is wrong with it."""
    try:
        mirrors = await desk.mirrors()
        return await desk.scans.run(mirrors.scan.status), None
    except FenzuError as error:
        return None, error


async def clear_quota(request: Request) -> Response:
    """Spend one of the month's ten clears."""
    desk = writable_desk_of(request)
    await desk.client.quota.clear()
    return done(request, CLEARED)


ROUTES: tuple[BaseRoute, ...] = (
    Route("/account", account),
    Route("/account/quota/clear", clear_quota, methods=["POST"]),
)
