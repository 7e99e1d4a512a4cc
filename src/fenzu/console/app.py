"""The console as an ASGI application: every page and action behind the gate."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TypeAlias

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from fenzu.console.account.accounts import Accounts
from fenzu.console.account.desk import Desks
from fenzu.console.views import (
    account,
    card,
    clock,
    entrance,
    faults,
    followers,
    group_forms,
    groups,
    jobs,
    merging,
    moves,
    preferences,
    regroup,
    request_log,
    runs,
    sandbox_quotas,
    sidebar,
    snapshots,
    static,
    sync,
)
from fenzu.console.web.answers import not_so, nothing_here, refused
from fenzu.console.web.gate import Gate
from fenzu.console.web.mishaps import Mishaps
from fenzu.console.web.sessions import Sessions
from fenzu.errors import FenzuError

View: TypeAlias = Callable[[Request], Awaitable[Response]]

ACCOUNT_ROUTES: tuple[BaseRoute, ...] = (
    *followers.ROUTES,
    *card.ROUTES,
    *moves.ROUTES,
    *sidebar.ROUTES,
    *groups.ROUTES,
    *group_forms.ROUTES,
    *merging.ROUTES,
    *regroup.ROUTES,
    *runs.ROUTES,
    *sync.ROUTES,
    *jobs.ROUTES,
    *request_log.ROUTES,
    *faults.ROUTES,
    *clock.ROUTES,
    *sandbox_quotas.ROUTES,
    *snapshots.ROUTES,
    *account.ROUTES,
)
"""Below the address of an account."""
LONGEST = 1000
"""Characters of an address: no name, openid or number in it is so long that it would get there."""


def make_app(accounts: Accounts, sessions: Sessions, hosts: Iterable[str]) -> Starlette:
    """Return the application. `hosts` are the Host headers that it answers to."""
    desks = Desks(accounts)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await desks.close()

    app = Starlette(
        routes=[
            *static.ROUTES,
            *entrance.ROUTES,
            *preferences.ROUTES,
            Mount("/a/{name}", routes=list(ACCOUNT_ROUTES), middleware=[Middleware(AtDesk)]),
        ],
        middleware=[
            Middleware(Gate, sessions=sessions, hosts=hosts, refuse=refused),
            Middleware(Mishaps, refuse=refused),
        ],
        exception_handlers={FenzuError: refused, HTTPException: not_so},
        lifespan=lifespan,
    )
    app.state.desks = desks
    app.state.sessions = sessions
    app.state.is_ending = anyio.Event()
    return app


class AtDesk:
    """Finds the account that an address names."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer below the address of an account that there is."""
        desks: Desks = scope["app"].state.desks
        desk = desks.get(scope["path_params"]["name"])
        if desk is None or len(scope["path"]) > LONGEST:
            raise nothing_here()
        scope.setdefault("state", {})["desk"] = desk
        await self._app(scope, receive, send)
