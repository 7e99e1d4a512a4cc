"""Leases on accounts, over PostgreSQL: one run an account at a time, over all processes and hosts.

A lease is a row with an end by the server's clock, which a heartbeat puts off. Who could not put it off in time holds
it no more a good while before somebody else may take it: by a clock of his own, so that neither a dead server nor a
process that was stopped and woken can make two of them send. It knows nothing of runs.
"""

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from fenzu.database import Database
from fenzu.database.formats import prepare
from fenzu.errors import StoreError

NAME = "lease"
STEPS: tuple[tuple[str, ...], ...] = (
    (
        (
            "CREATE TABLE regroup_lease (base_url TEXT NOT NULL, appid TEXT NOT NULL, holder TEXT NOT NULL, "
            "until TIMESTAMPTZ NOT NULL, PRIMARY KEY (base_url, appid))"
        ),
    ),
)
SECONDS = 45.0
"""How long a lease lasts without a heartbeat."""
MARGIN = 1 / 3
"""The last part of it, in which nothing is sent: a call sent before has its answer, or its timeout (10 s), by then."""
BEATS = 9
"""So many heartbeats a lease: a few may fail."""

_TAKE = (
    "INSERT INTO regroup_lease AS old (base_url, appid, holder, until) "
    "VALUES (?, ?, ?, clock_timestamp() + ? * interval '1 second') "
    "ON CONFLICT (base_url, appid) DO UPDATE SET holder = excluded.holder, until = excluded.until "
    "WHERE old.until <= clock_timestamp() RETURNING holder"
)
_EXTEND = (
    "UPDATE regroup_lease SET until = clock_timestamp() + ? * interval '1 second' "
    "WHERE holder = ? RETURNING base_url, appid"
)
_GIVE_BACK = "DELETE FROM regroup_lease WHERE base_url = ? AND appid = ? AND holder = ?"


def now() -> float:
    """Return seconds that also pass while the machine sleeps, where the system counts them."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()  # pragma: no cover - not on Linux


class Lease:
    """The right to change one account. It is a `Hold`; several threads may ask it."""

    def __init__(self, base_url: str, appid: str, until: float, clock: Callable[[], float]) -> None:
        self.base_url, self.appid = base_url, appid
        self._until, self._clock = until, clock
        self._is_lost = False

    def __repr__(self) -> str:
        return f"Lease({self.appid!r}, {self.base_url!r})"

    def holds(self) -> bool:
        """Tell whether something may still be sent."""
        return not self._is_lost and self._clock() < self._until

    def extend(self, until: float) -> None:
        """Put the end off."""
        self._until = until

    def lose(self) -> None:
        """End it for good."""
        self._is_lost = True


class Leases:
    """The leases of this process. One heartbeat, in a thread with a connection of its own, puts them all off."""

    def __init__(
        self, database: Database, *, seconds: float = SECONDS, clock: Callable[[], float] = now
    ) -> None:
        prepare(database, NAME, STEPS)
        self._database = database
        self._seconds, self._clock = seconds, clock
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(8)}"
        self._held: dict[tuple[str, str], Lease] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def __repr__(self) -> str:
        return f"Leases({self._database.where!r}, {self.holder!r})"

    def take(self, base_url: str, appid: str) -> Lease | None:
        """Take an account's lease; None while somebody else has it, another run of this process included."""
        with self._lock:
            asked = self._clock()
            if not self._database.rows(_TAKE, [base_url, appid, self.holder, self._seconds]):
                return None
            lease = Lease(base_url, appid, self._end(asked), self._clock)
            if (before := self._held.get((base_url, appid))) is not None:
                before.lose()  # it ran out
            self._held[base_url, appid] = lease
            return lease

    def give_back(self, lease: Lease) -> None:
        """Let somebody else have it at once; where the server is away, it ends by itself."""
        lease.lose()
        with self._lock:
            if self._held.get((lease.base_url, lease.appid)) is not lease:
                return
            del self._held[lease.base_url, lease.appid]
            with suppress(StoreError):
                self._database.run(_GIVE_BACK, [lease.base_url, lease.appid, self.holder])

    def extend(self) -> None:
        """Put off the end of all leases; one that somebody else has taken meanwhile is lost."""
        with self._lock:
            if not self._held:
                return
            asked = self._clock()
            rows = self._database.rows(_EXTEND, [self._seconds, self.holder])
            kept = {(str(url), str(appid)) for url, appid in rows}
            for account in kept - self._held.keys():  # given back while the server was away
                self._database.run(_GIVE_BACK, [*account, self.holder])
            for account, lease in list(self._held.items()):
                if account in kept:
                    lease.extend(self._end(asked))
                else:
                    lease.lose()
                    del self._held[account]

    def start(self) -> None:
        """Let the heart beat."""
        self._thread = threading.Thread(target=self._beat, name="fenzu-lease", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop the heartbeat and give everything back. Repeating is safe."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        for lease in list(self._held.values()):
            self.give_back(lease)

    def _beat(self) -> None:
        while not self._ended.wait(self._seconds / BEATS):
            with suppress(StoreError):  # the leases end by the clock unless a later beat comes through
                self.extend()

    def _end(self, asked: float) -> float:
        """Return until when to send: the server cannot have begun to count before it was asked."""
        return asked + self._seconds * (1 - MARGIN)


def holders(database: Database) -> dict[tuple[str, str], str]:
    """Return who has which account now, by base URL and appid."""
    prepare(database, NAME, STEPS)
    statement = "SELECT base_url, appid, holder FROM regroup_lease WHERE until > clock_timestamp()"
    return {(str(url), str(appid)): str(holder) for url, appid, holder in database.rows(statement)}
