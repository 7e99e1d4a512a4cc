"""A desk of the console in front of an account in memory that mirror and engine know too: no socket, no browser."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from starlette.applications import Starlette
from tests.pretended_account import PretendedAccount
from tests.unit.console.browsing import PORT
from tests.unit.console.pretended_client import PretendedClient

from fenzu import AsyncClient
from fenzu.client._events import Listener
from fenzu.console.account.accounts import Account
from fenzu.console.account.desk import Desk
from fenzu.console.account.jobs import Job
from fenzu.console.app import make_app
from fenzu.console.regroup.plan_steps import PlannedAt
from fenzu.console.regroup.planning import plan_move
from fenzu.console.serve import hosts_of
from fenzu.console.web.sessions import Sessions
from fenzu.control import Control
from fenzu.mirror import Query, aio
from fenzu.wire.words import Words


class PretendedAccounts:
    """The one account of a console."""

    def __init__(self, platform: PretendedAccount, folder: Path, *, is_read_only: bool = False) -> None:
        self.platform = platform
        self.account = Account(
            name="shop",
            appid=platform.appid,
            base_url=platform.base_url,
            mirror=str(folder / "mirror.db"),
            runs=folder / "runs",
            is_read_only=is_read_only,
        )

    def list(self) -> list[Account]:
        return [self.account]

    def open_client(self, account: Account, on_event: Listener) -> AsyncClient:
        return PretendedClient(self.platform)  # type: ignore[return-value]  # it has the calls that the console makes

    def open_control(self, account: Account) -> Control | None:
        return None


async def a_desk(platform: PretendedAccount, folder: Path, *, is_read_only: bool = False) -> Desk:
    """Return a desk whose mirror knows the account as it is now."""
    accounts = PretendedAccounts(platform, folder, is_read_only=is_read_only)
    desk = Desk(accounts.account, accounts)
    await fill(desk)
    return desk


def a_console(platform: PretendedAccount, folder: Path, *, is_read_only: bool = False) -> Starlette:
    """Return a console on that account, which is called shop."""
    return make_app(
        PretendedAccounts(platform, folder, is_read_only=is_read_only), Sessions(PORT), hosts_of(PORT)
    )


async def fill(desk: Desk) -> None:
    """Let the mirror know the account as it is now."""
    mirrors = await desk.mirrors()
    async for _ in aio.sync(desk.client, mirrors.write):
        pass


async def over(job: Job | None) -> Job:
    """Wait until a job is over."""
    assert job is not None
    await asyncio.wait([job._task])
    return job


async def plan_of(desk: Desk, to: int, whom: Sequence[str] | Query, about: Words) -> str:
    """Make the plan of a move, and return the address of its page."""
    *_, last = [told async for told in plan_move(desk, to, whom, lambda _: about)]
    assert isinstance(last, PlannedAt)
    return last.address


async def put_away(desk: Desk) -> None:
    """Close what the desk has opened; the pretended account has nothing to close."""
    await desk.jobs.close()
    for mirror in await desk.mirrors():
        mirror.close()
