"""All that is open for one account: its client, its mirror, its sandbox's control port, and what is at work on it."""

import asyncio
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fenzu.console.accounts import Account, Accounts
from fenzu.console.doubt import Doubt
from fenzu.console.jobs import Jobs
from fenzu.console.kept_moves import KeptMoves
from fenzu.console.live_groups import LiveGroups
from fenzu.console.scanned import Scanned
from fenzu.database import is_postgres
from fenzu.errors import UsageError
from fenzu.mirror import Growth, Mirror
from fenzu.model import Group
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu import AsyncClient
    from fenzu.control import Control


class Mirrors(NamedTuple):
    """The account's mirror on three connections, so that nobody waits for a sync, or for a count of millions."""

    write: Mirror
    """For a sync, a run and moves."""
    read: Mirror
    """For what a page shows at once."""
    scan: Mirror
    """For what may take a second."""


class Desk:
    """One account while the console runs. What it needs is opened when it is first asked for."""

    def __init__(self, account: Account, accounts: Accounts) -> None:
        self.account = account
        self.jobs = Jobs()
        self.doubt = Doubt()
        self.log_readers = 0
        """How many pages follow the sandbox's log just now."""
        self.counts = Scanned(self._revision, self._count)
        self.growth = Scanned(self._revision, self._grown)
        self.groups = LiveGroups(self._ask_groups, self._groups_before, self.counts.get)
        self.moves = KeptMoves()
        self._accounts = accounts
        self._opening = asyncio.Lock()
        self._mirrors: Mirrors | None = None

    @cached_property
    def client(self) -> "AsyncClient":
        """The client; raises `UsageError` where the account's secret is not to be had."""
        return self._accounts.open_client(self.account)

    @cached_property
    def control(self) -> "Control | None":
        """The control port of its sandbox; its methods wait, so call them in a thread."""
        return self._accounts.open_control(self.account)

    async def mirrors(self) -> Mirrors:
        """Return the mirror; a file is made where there is none yet."""
        async with self._opening:
            if self._mirrors is None:
                self._mirrors = await asyncio.to_thread(self._open_mirrors)
            return self._mirrors

    def check_may_write(self) -> None:
        """Raise `ReadOnly` where nothing of the account may be changed."""
        if self.account.is_read_only:
            raise ReadOnly(
                Words("this account is open for reading only", "该账号以只读方式打开"),
                Words(
                    "start the console without --read-only, or keep the account without it",
                    "启动控制台时不要加 --read-only，或重新保存账号并去掉只读",
                ),
            )

    async def close(self) -> None:
        """End what is at work, in good order, and close everything."""
        await asyncio.gather(self.jobs.close(), self.groups.close(), self.counts.close(), self.growth.close())
        if "client" in self.__dict__:
            await self.client.aclose()
        if "control" in self.__dict__ and self.control is not None:
            await asyncio.to_thread(self.control.close)
        for mirror in self._mirrors or ():
            await asyncio.to_thread(mirror.close)

    def _open_mirrors(self) -> Mirrors:
        place, base_url, appid = self.account.mirror, self.account.base_url, self.account.appid
        if not is_postgres(place):
            Path(place).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write = Mirror.open(place, base_url, appid)
        read, scan = (Mirror.open(place, base_url, appid, read_only=True) for _ in range(2))
        return Mirrors(write, read, scan)

    async def _ask_groups(self) -> Iterable[Group]:
        return await self.client.groups.list()

    async def _groups_before(self) -> Iterable[Group]:
        mirrors = await self.mirrors()
        return await asyncio.to_thread(mirrors.read.groups)

    async def _revision(self) -> int:
        mirrors = await self.mirrors()
        return await asyncio.to_thread(lambda: mirrors.read.revision)

    async def _count(self) -> tuple[int, dict[int, int]]:
        mirrors = await self.mirrors()
        return await asyncio.to_thread(lambda: (mirrors.scan.revision, mirrors.scan.counts()))

    async def _grown(self) -> tuple[int, list[Growth]]:
        mirrors = await self.mirrors()
        return await asyncio.to_thread(lambda: (mirrors.scan.revision, mirrors.scan.growth()))


class ReadOnly(UsageError):
    """Nothing may be changed here."""


class Desks:
    """The desks of all accounts, by the accounts' names."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._desks: dict[str, Desk] = {}

    def accounts(self) -> list[Account]:
        """Return all accounts, the one that is meant by default first."""
        return list(self._accounts.list())

    def get(self, name: str) -> Desk | None:
        """Return the desk of the account of that name; None where there is no such account."""
        account = next((account for account in self.accounts() if account.name == name), None)
        if account is None:
            return None
        desk = self._desks.get(name)
        if desk is None or desk.account != account:
            desk = self._desks[name] = Desk(account, self._accounts)
        return desk

    async def close(self) -> None:
        """Close all desks."""
        await asyncio.gather(*(desk.close() for desk in self._desks.values()))
