"""That one run at a time changes an account: by locks beside the files on one machine, by a lease over PostgreSQL."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from fenzu.database import Database
from fenzu.regroup._running.hold import Hold, in_use, locked
from fenzu.regroup._running.lease import Leases
from fenzu.regroup._values import Header


@contextmanager
def alone(header: Header, databases: Sequence[Database]) -> Iterator[Hold | None]:
    """Let nobody else change the plan's account while the block runs; raises `AccountInUse` where somebody is at it.

    The databases are the run's, then the mirror's that hears of it. Files are locked against the processes of this
    machine; where one is on PostgreSQL the account's lease is taken there, against all hosts. A run in a file without
    a mirror is kept apart from the same file's only.
    """
    servers = [database for database in databases if database.kind == "postgres"]
    own, mirrors = _files(databases[:1]), _files(databases[1:])
    with locked(own), locked(mirrors, appid=header.appid):
        if not servers:
            yield None
            return
        with _leased(header, servers[0]) as hold:
            yield hold


def _files(databases: Sequence[Database]) -> list[str]:
    return [database.where for database in databases if database.kind == "sqlite"]


@contextmanager
def _leased(header: Header, database: Database) -> Iterator[Hold]:
    leases = Leases(database)
    lease = leases.take(header.base_url, header.appid)
    if lease is None:
        raise in_use(header.appid)
    leases.start()
    try:
        yield lease
    finally:
        leases.close()
