"""A desk of the console in front of an account in memory: no socket, no browser."""

from pathlib import Path

from tests.pretended_account import PretendedAccount

from fenzu import AsyncClient
from fenzu.console.accounts import Account
from fenzu.console.desk import Desk
from fenzu.control import Control
from fenzu.mirror import aio


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

    def open_client(self, account: Account) -> AsyncClient:
        return self.platform  # type: ignore[return-value]  # it has a directory, which is all that planning asks for

    def open_control(self, account: Account) -> Control | None:
        return None


async def a_desk(platform: PretendedAccount, folder: Path, *, is_read_only: bool = False) -> Desk:
    """Return a desk whose mirror knows the account as it is now."""
    accounts = PretendedAccounts(platform, folder, is_read_only=is_read_only)
    desk = Desk(accounts.account, accounts)
    mirrors = await desk.mirrors()
    async for _ in aio.sync(desk.client, mirrors.write):
        pass
    return desk


async def put_away(desk: Desk) -> None:
    """Close what the desk has opened; the pretended account has nothing to close."""
    await desk.jobs.close()
    for mirror in await desk.mirrors():
        mirror.close()
