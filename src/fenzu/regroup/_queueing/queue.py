"""Runs that wait for a worker: a Procrastinate queue on the PostgreSQL database where the runs lie.

One job is one run. An account has a queue of its own, so that a worker is given only what it has an account for, and
a lock, so that its runs come one after the other. What a run is, and how it is carried out, is not known here.
"""

import asyncio
from collections.abc import Iterable
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from fenzu.database.address import Address, read_address
from fenzu.database.trouble import lost, trouble
from fenzu.errors import StoreError, UsageError
from fenzu.regroup._queueing.tables import make_tables
from fenzu.regroup._queueing.worker import TASK, Carry, Timing, add_task, work
from fenzu.regroup._running.ports import Settings
from fenzu.wire.extras import install
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from procrastinate import App


class Account(NamedTuple):
    """Whose run it is."""

    base_url: str
    appid: str


def queue_of(account: Account) -> str:
    """Return the name of an account's queue: to be recognised, never another's, and short (PostgreSQL's channels)."""
    told = sha256(f"{account.base_url} {account.appid}".encode()).hexdigest()[:16]
    return f"{account.appid[:20]}-{told}"


class Queue:
    """The queue in a database. Its tables are made when it is opened."""

    def __init__(self, dsn: str) -> None:
        check_library()
        address = read_address(dsn)
        del dsn  # it may hold a password, and tracebacks may show locals
        self.where = address.where
        self._address = _made(address)

    def __repr__(self) -> str:
        return f"Queue({self.where!r})"

    async def put(self, run: int, account: Account, settings: Settings | None = None) -> bool:
        """Put a run into its account's queue; False where it waits there already, or a worker has it."""
        from procrastinate.exceptions import AlreadyEnqueued, ProcrastinateException, UniqueViolation

        app = self._app()
        try:
            async with app.open_async():
                await app.configure_task(
                    TASK, queue=queue_of(account), lock=queue_of(account), queueing_lock=f"run {run}"
                ).defer_async(run=run, settings=msgspec.to_builtins(settings or Settings()))
        except (AlreadyEnqueued, UniqueViolation):  # by Procrastinate's own index, or by ours
            return False
        except ProcrastinateException:
            pass
        else:
            return True
        raise lost(self.where)

    async def work(
        self,
        carry: Carry,
        accounts: Iterable[Account],
        *,
        at_once: int,
        timing: Timing,
        stopping: asyncio.Event | None = None,
    ) -> None:
        """Take runs of these accounts and carry them out until `stopping` is set; what is under way then goes back.

        Without `stopping` it ends when there is none to be taken. Raises `StoreError` where the server went away.
        """
        from procrastinate.exceptions import ProcrastinateException

        app = self._app()
        add_task(app, carry)
        try:
            async with app.open_async():
                if await work(app, list(map(queue_of, accounts)), at_once, timing, stopping):
                    return
        except ProcrastinateException:
            pass
        raise lost(self.where)

    def _app(self) -> "App":
        from procrastinate import App, PsycopgConnector

        connector = PsycopgConnector(
            kwargs=self._address.reveal() | {"prepare_threshold": None}, min_size=1, max_size=2, timeout=20
        )
        return App(connector=connector)


def _made(address: Address) -> Address:
    import psycopg

    try:
        return make_tables(address)
    except psycopg.Error as error:
        told: StoreError = trouble(address.where, error.sqlstate, type(error).__name__)
    raise told


def check_library() -> None:
    """Raise `UsageError` where Procrastinate is missing."""
    try:
        import procrastinate
    except ImportError:
        raise UsageError(
            Words("workers need the library procrastinate", "使用 worker 需要 procrastinate 库"),
            install("queue"),
        ) from None
    del procrastinate
