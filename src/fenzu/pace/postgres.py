"""A pace over PostgreSQL: many processes and hosts keep it together, for each account and for all of them.

Calls are reserved in small blocks, evenly spread over the time to come; a block is to be used within two seconds, or
lapses. So there is about one statement a second and count, however many calls, and no burst. Time is the server's.
"""

import threading
import time
from collections.abc import Callable

import msgspec

from fenzu.database import Database
from fenzu.database.formats import prepare
from fenzu.database.postgres import PostgresDatabase
from fenzu.pace import check_calls

NAME = "pace"
STEPS = (("CREATE TABLE fenzu_pace (name TEXT PRIMARY KEY, free_at TIMESTAMPTZ NOT NULL)",),)
LIFE = 2.0
"""Seconds in which a block is to be used."""
AHEAD = 2.0
"""So many seconds ahead one may reserve: what a killed process had reserved is not missed for longer."""
AGAIN = 0.05
"""Seconds to wait where the server's answer came too late to be of use."""
EVERYBODY = ""

_RESERVE = (
    "INSERT INTO fenzu_pace AS old (name, free_at) VALUES (?, clock_timestamp() + ? * interval '1 second') "
    "ON CONFLICT (name) DO UPDATE "
    "SET free_at = greatest(old.free_at, clock_timestamp()) + ? * interval '1 second' "
    "WHERE old.free_at <= clock_timestamp() + ? * interval '1 second' "
    "RETURNING extract(epoch FROM free_at - ? * interval '1 second' - clock_timestamp())::float8"
)
_FREE = "SELECT extract(epoch FROM free_at - clock_timestamp())::float8 FROM fenzu_pace WHERE name = ?"


class _Rate(msgspec.Struct, frozen=True):
    """How many calls a block holds at most, and how far apart calls are, in seconds.

    The blocks that can be used in any 60 seconds begin within 60 and `LIFE` of each other. Of their calls, `block` may
    come at once at the end: so that these are no more than `calls` together, the others are `apart`.
    """

    calls: int

    @property
    def block(self) -> int:
        """The calls of about a second."""
        return max(1, self.calls // 60)

    @property
    def apart(self) -> float:
        """Seconds from one call to the next."""
        return (60 + LIFE) / (self.calls - self.block + 1)


class _Block(msgspec.Struct):
    """Calls that are ours, from `start` to `end` by our clock."""

    size: int
    left: int
    start: float
    end: float


class PostgresPace:
    """At most `calls` a minute of one account, and `together` of all accounts, over any 60 seconds. Extra: `postgres`.

    Kept by all processes that name the same server and numbers, and spread evenly: no burst, whoever was idle. A call
    that has waited for the one may be one more than the other allows. None sets no limit. Ask from any thread.
    """

    waits = True

    def __init__(
        self,
        dsn: str,
        *,
        calls: int | None = None,
        together: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rates = tuple(None if each is None else _Rate(check_calls(each)) for each in (calls, together))
        self._database = PostgresDatabase(dsn)
        prepare(self._database, NAME, STEPS)
        self._clock = clock
        self._lock = threading.Lock()
        self._shares: dict[str, _Share] = {}
        self._waiting: set[str] = set()
        """Accounts with a call that has their own pace's leave and waits for the common one."""

    def __repr__(self) -> str:
        calls, together = (rate and rate.calls for rate in self._rates)
        return f"PostgresPace({self._database.where!r}, calls={calls}, together={together})"

    def take(self, base_url: str, appid: str, endpoint: str) -> float:
        """Take one call and return 0, or take nothing and return in how many seconds to ask again."""
        account = f"{base_url} {appid}"
        own, together = self._rates
        with self._lock:
            if own is not None and account not in self._waiting:
                if wait := self._share(account, own).take():
                    return wait
                self._waiting.add(account)
            wait = 0.0 if together is None else self._share(EVERYBODY, together).take()
            if not wait:
                self._waiting.discard(account)
            return wait

    def close(self) -> None:
        """Close the connection. Repeating is safe."""
        self._database.close()

    def _share(self, name: str, rate: _Rate) -> "_Share":
        if name not in self._shares:
            self._shares[name] = _Share(self._database, name, rate, self._clock)
        return self._shares[name]


class _Share:
    """What this process has of one count."""

    def __init__(self, database: Database, name: str, rate: _Rate, clock: Callable[[], float]) -> None:
        self._database, self._name, self._rate, self._clock = database, name, rate, clock
        self._block: _Block | None = None
        self._size = 1
        self._ask_at = float("-inf")

    def take(self) -> float:
        """Take a call and return 0, or return how long to wait."""
        at = self._clock()
        if self._block is None or self._block.left == 0 or at >= self._block.end:
            if at < self._ask_at:
                return self._ask_at - at
            self._block = self._reserve(at)
            at = self._clock()
            if self._block is None:
                return max(self._ask_at - at, AGAIN)
        if at < self._block.start:
            return self._block.start - at
        if at >= self._block.end:
            return AGAIN
        self._block.left -= 1
        return 0.0

    def _reserve(self, asked: float) -> _Block | None:
        """Reserve a block, as large as the last one was of use, so that little lapses."""
        if self._block is not None:
            self._size = _next_size(self._block, self._rate.block)
        step = self._size * self._rate.apart
        rows = self._database.rows(_RESERVE, [self._name, step, step, AHEAD, step])
        if rows:
            ahead = max(0.0, _float(rows[0][0]))
            # Late at the beginning and early at the end: the server's answer has taken some time.
            return _Block(self._size, self._size, self._clock() + ahead, asked + ahead + LIFE)
        [(free_in,)] = self._database.rows(_FREE, [self._name])
        self._ask_at = asked + _float(free_in) - AHEAD
        return None


def _next_size(last: _Block, most: int) -> int:
    """Return how many calls to reserve after a block that was used up, or lapsed with calls left."""
    used = last.size - last.left
    return min(most, 2 * used) if last.left == 0 else max(1, used)


def _float(value: object) -> float:
    assert isinstance(value, float)
    return value
