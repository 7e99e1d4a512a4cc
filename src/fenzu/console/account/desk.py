"""All that is open for one account: its client, its mirror, its sandbox's control port, and what is at work on it."""

import asyncio
import logging
from collections.abc import Iterable
from contextlib import AsyncExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fenzu.client._events import Answered
from fenzu.console.account.accounts import Account, Accounts
from fenzu.console.account.doubt import Doubt
from fenzu.console.account.jobs import Jobs
from fenzu.console.account.kept_moves import KeptMoves
from fenzu.console.account.live_groups import LiveGroups
from fenzu.console.account.pools import Threads
from fenzu.console.account.refused import DOES, refused_by
from fenzu.console.account.scanned import Scanned
from fenzu.console.folders import make_folder
from fenzu.database import is_postgres
from fenzu.errors import UsageError
from fenzu.mirror import Growth, Mirror
from fenzu.model import Group
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu import AsyncClient
    from fenzu.client._events import AnyEvent
    from fenzu.control import Control


PORT_THREADS = 4
"""So many requests to a control port at a time."""

_log = logging.getLogger(__name__)


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
        self.doubt = Doubt(self.mirrors)
        self.log_readers = 0
        """How many pages follow the sandbox's log just now."""
        self.counts = Scanned(self._revision, self._count)
        self.growth = Scanned(self._revision, self._grown)
        self.groups = LiveGroups(self._ask_groups, self._groups_before, self.counts.get)
        self.moves = KeptMoves()
        self.changing = asyncio.Lock()
        """Held by who moves a few followers, or changes a group: in two browsers they would undo each other's."""
        self.at_port = Threads("control port", PORT_THREADS)
        """Asks the control port of its sandbox, which may hang."""
        self.scans = Threads("scan", 1)
        """Goes over the whole mirror, for a count or a plan: one at a time, as they share a connection."""
        self._refused = DOES
        self._accounts = accounts
        self._opening = asyncio.Lock()
        self._mirrors: Mirrors | None = None

    @cached_property
    def client(self) -> "AsyncClient":
        """The client; raises `UsageError` where the account's secret is not to be had."""
        return self._accounts.open_client(self.account, self._hear)

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

    def open_reading(self) -> Mirror:
        """Open the mirror once more, to be read and closed by whoever asks; it has to be there."""
        account = self.account
        return Mirror.open(account.mirror, account.base_url, account.appid, read_only=True)

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
        """End what is at work, in good order, and close everything, also behind what fails at it."""
        async with AsyncExitStack() as stack:
            for threads in (self.at_port, self.scans):
                stack.callback(threads.close)
            for mirror in self._mirrors or ():
                stack.push_async_callback(asyncio.to_thread, mirror.close)
            if "control" in self.__dict__ and self.control is not None:
                stack.push_async_callback(asyncio.to_thread, self.control.close)
            if "client" in self.__dict__:
                stack.push_async_callback(self.client.aclose)
            for part in (self.growth, self.counts, self.groups, self.jobs):
                stack.push_async_callback(part.close)

    def _open_mirrors(self) -> Mirrors:
        place, base_url, appid = self.account.mirror, self.account.base_url, self.account.appid
        if not is_postgres(place):
            make_folder(Path(place).parent)
        write = Mirror.open(place, base_url, appid)
        read, scan = (self.open_reading() for _ in range(2))
        return Mirrors(write, read, scan)

    def _hear(self, event: "AnyEvent") -> None:
        """Let who watches know why nothing goes on, and when something does."""
        if isinstance(event, Answered):
            before, self._refused = self._refused, refused_by(event, self._refused)
            if self._refused != before or not self._refused.is_over:  # what began meanwhile knows nothing yet
                self.jobs.hear(self._refused)

    async def _ask_groups(self) -> Iterable[Group]:
        return await self.client.groups.list()

    async def _groups_before(self) -> Iterable[Group]:
        mirrors = await self.mirrors()
        return await asyncio.to_thread(mirrors.read.groups)

    async def _revision(self) -> int:
        mirrors = await self.mirrors()
        return await asyncio.to_thread(lambda: mirrors.read.revision)

    async def _count(self) -> tuple[int, dict[int, int] | None]:
        mirrors = await self.mirrors()
        return await self.scans.run(lambda: _counts_of(mirrors.scan))

    async def _grown(self) -> tuple[int, list[Growth]]:
        mirrors = await self.mirrors()
        return await self.scans.run(lambda: (mirrors.scan.revision, mirrors.scan.growth()))


def _counts_of(mirror: Mirror) -> tuple[int, dict[int, int] | None]:
    """Return the revision and the counts; no counts before the mirror knows of everybody where they are."""
    revision = mirror.revision
    return revision, mirror.counts() if mirror.is_complete else None


class ReadOnly(UsageError):
    """Nothing may be changed here."""


class Desks:
    """The desks of all accounts, by the accounts' names."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._desks: dict[str, Desk] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def accounts(self) -> list[Account]:
        """Return all accounts, the one that is meant by default first."""
        return list(self._accounts.list())

    def get(self, name: str) -> Desk | None:
        """Return the desk of the account of that name; None where there is no such account.

        Where an account was kept anew or removed, its desk is closed, and what is at work at it ends.
        """
        accounts = {account.name: account for account in self.accounts()}
        for other in [
            desk for desk in self._desks.values() if accounts.get(desk.account.name) != desk.account
        ]:
            self._retire(other)
        if name in accounts and name not in self._desks:
            self._desks[name] = Desk(accounts[name], self._accounts)
        return self._desks.get(name)

    async def close(self) -> None:
        """Close all desks; one that fails at it keeps no other open."""
        for desk in [*self._desks.values()]:
            self._retire(desk)
        await asyncio.gather(*self._closing)

    def _retire(self, desk: Desk) -> None:
        del self._desks[desk.account.name]
        task = asyncio.create_task(_close(desk), name=f"closing {desk.account.name}")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _close(desk: Desk) -> None:
    try:
        await desk.close()
    except Exception:  # noqa: BLE001 - whatever it is, nobody waits for it
        _log.exception("a desk of the console could not be closed in good order")
