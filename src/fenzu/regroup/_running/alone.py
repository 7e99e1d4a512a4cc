"""That one run at a time changes an account: by locks beside the files on one machine, by a lease over PostgreSQL."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from fenzu.database import Database
from fenzu.errors import AccountInUse
from fenzu.regroup._running.hold import Hold, locked
from fenzu.regroup._running.lease import Leases
from fenzu.regroup._values import Header
from fenzu.wire.words import Words


@contextmanager
def alone(header: Header, databases: Sequence[Database]) -> Iterator[Hold | None]:
    """Let nobody else change the plan's account while the block runs; raises `AccountInUse` where somebody is at it.

    The databases are the run's, and the mirror's that hears of it. Files are locked against the processes of this
    machine; where one is on PostgreSQL the account's lease is taken there, against all hosts.
    """
    servers = [database for database in databases if database.kind == "postgres"]
    with locked([database.where for database in databases if database.kind == "sqlite"]):
        if not servers:
            yield None
            return
        with _leased(header, servers[0]) as hold:
            yield hold


@contextmanager
def _leased(header: Header, database: Database) -> Iterator[Hold]:
    leases = Leases(database)
    lease = leases.take(header.base_url, header.appid)
    if lease is None:
        raise AccountInUse(
            Words(f"another run changes {header.appid} just now", f"另一个任务正在修改 {header.appid}"),
            Words("wait until it ends; then resume", "等它结束后再继续（resume）"),
        )
    leases.start()
    try:
        yield lease
    finally:
        leases.close()
