"""One run as a worker carries it out: under its account's lease, with its mirror where there is one.

Knows a `Directory` and how somebody else opens it; knows neither the queue nor the client.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, contextmanager
from typing import TypeAlias

import msgspec

from fenzu.database import Database
from fenzu.errors import FenzuError, StoreError
from fenzu.fate import reason_of
from fenzu.mirror import Mirror
from fenzu.mirror.directory import Directory
from fenzu.regroup._books.book import Book, NoSuchRun
from fenzu.regroup._books.entries import StateChanged
from fenzu.regroup._queueing.retaking import BUSY, SOON, pause_before
from fenzu.regroup._queueing.worker import Again
from fenzu.regroup._running.events import Event, Stopped
from fenzu.regroup._running.lease import Lease, Leases
from fenzu.regroup._running.ports import Settings
from fenzu.regroup._running.run import carry_out
from fenzu.regroup._values import Header
from fenzu.threads import in_threads

OpenAccount: TypeAlias = Callable[[Header], AbstractAsyncContextManager[Directory]]
"""Opens the account of a plan."""


class Busy(msgspec.Struct, frozen=True):
    """Somebody else changes the account just now."""


class Away(msgspec.Struct, frozen=True):
    """The database, or the store of tokens, fails; the run is taken again when it may have come back."""

    error: StoreError


Told: TypeAlias = Event | Busy | Away
Tell: TypeAlias = Callable[[int, "Header | None", Told], None]


class GivenUp(Exception):
    """The run has stopped for a reason that a person has to look at."""


class Jobs:
    """Carries runs of one database out, several at once."""

    def __init__(self, database: Database, leases: Leases, open_account: OpenAccount, tell: Tell) -> None:
        self._database, self._leases = database, leases
        self._open_account, self._tell = open_account, tell

    async def carry(self, number: int, settings: Settings) -> None:
        """Carry a run out, or go on with it; raises `Again` or `GivenUp` where it is not done in the end."""
        try:
            last = await self._carried_alone(await asyncio.to_thread(self._book, number), settings)
        except StoreError as error:
            self._tell(number, None, Away(error))
            raise Again(SOON) from None
        if isinstance(last, Stopped):
            pause = pause_before(last.reason, last.error, last.renews_at, time.time())
            raise GivenUp(last.reason) if pause is None else Again(pause)

    def _book(self, number: int) -> Book:
        try:
            return Book(self._database, number)
        except NoSuchRun:
            raise GivenUp("no such run") from None

    async def _carried_alone(self, book: Book, settings: Settings) -> Event | None:
        async with self._leased(book) as lease:
            try:
                return await self._carried(book, lease, settings)
            except StoreError:
                raise
            except FenzuError as error:
                return await self._failed(book, error)

    async def _carried(self, book: Book, lease: Lease, settings: Settings) -> Event | None:
        last: Event | None = None
        header = book.header
        # A run that has to wait for the next day goes back into the queue, and makes room for others.
        settings = msgspec.structs.replace(settings, wait_for_quota=False)
        async with self._open_account(header) as directory:
            mirror = await asyncio.to_thread(Mirror.kept, self._database, header.base_url, header.appid)
            events = carry_out(
                book, directory, mirror, settings, clock=time, chance=random.Random(), hold=lease
            )
            async with aclosing(events):
                async for last in events:
                    self._tell(book.run, header, last)
        return last

    async def _failed(self, book: Book, error: FenzuError) -> Stopped:
        """Write down, and tell, what kept the run from being carried out at all."""
        reason = reason_of(error)
        stopped = Stopped(reason=reason, tally=await asyncio.to_thread(book.tally), error=error)
        if await asyncio.to_thread(lambda: book.state().state) != "done":
            await asyncio.to_thread(book.write, [StateChanged("stopped", time.time(), reason)])
        self._tell(book.run, book.header, stopped)
        return stopped

    @asynccontextmanager
    async def _leased(self, book: Book) -> AsyncIterator[Lease]:
        header = book.header
        async with in_threads(self._taken(header)) as lease:
            if lease is None:
                self._tell(book.run, header, Busy())
                raise Again(BUSY)
            yield lease

    @contextmanager
    def _taken(self, header: Header) -> Iterator[Lease | None]:
        lease = self._leases.take(header.base_url, header.appid)
        try:
            yield lease
        finally:
            if lease is not None:
                self._leases.give_back(lease)
