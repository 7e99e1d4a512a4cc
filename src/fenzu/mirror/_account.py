"""An account in a database: its counters, and transactions that may stand in each other."""

import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager

import msgspec

from fenzu.database import Database, open_database
from fenzu.database.formats import prepare, version_of
from fenzu.errors import StoreError, UsageError
from fenzu.mirror._statements import LISTED, by_index, whole
from fenzu.mirror._tables import NAME, STEPS
from fenzu.wire.words import Words

SOUGHT = "SELECT account FROM mirror_account WHERE base_url = ? AND appid = ?"


class Account:
    """One account's rows. `id` is its number in the database, `listed` the condition that an openid is in a list.

    `by_openid`, `unknown` and `gone` are the table of followers, to be read by the index of that name.
    """

    def __init__(self, database: Database, base_url: str, appid: str, *, read_only: bool) -> None:
        self.database = database
        self.listed: str = LISTED[database.kind]
        self.by_openid: str = by_index(database.kind, "openid")
        self.unknown: str = by_index(database.kind, "unknown")
        self.gone: str = by_index(database.kind, "gone")
        self.base_url: str = base_url.rstrip("/")
        self.appid: str = appid
        self.id: int = _number_of(database, self.base_url, appid, read_only=read_only)
        self._lock = threading.RLock()
        self._is_within = False

    @staticmethod
    def is_kept(database: Database, base_url: str, appid: str) -> bool:
        """Tell whether the database has the account."""
        return version_of(database, NAME) > 0 and bool(database.rows(SOUGHT, [base_url.rstrip("/"), appid]))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; a block within a block belongs to the outer one."""
        with self._lock:
            if self._is_within:
                yield
                return
            with self.database.transaction():
                self._is_within = True
                try:
                    yield
                finally:
                    self._is_within = False

    def value(self, column: str) -> int:
        """Return one of the account's counters."""
        [(value,)] = self.database.rows(f"SELECT {column} FROM mirror_account WHERE account = ?", [self.id])
        return whole(value)

    @property
    def invalid_since(self) -> float | None:
        """When what was known became untrue; None where it is true."""
        return self._moment("invalid_since")

    @property
    def moves_since(self) -> float | None:
        """From when on moves are kept; None where none were forgotten."""
        return self._moment("moves_since")

    def next_revision(self) -> int:
        """Begin a new revision. Other processes that change this account wait until the transaction ends."""
        [(revision,)] = self.database.rows(
            "UPDATE mirror_account SET revision = revision + 1 WHERE account = ? RETURNING revision",
            [self.id],
        )
        return whole(revision)

    def take_numbers(self, n: int) -> int:
        """Take `n` numbers at the end of the follow order, and return the first."""
        [(last,)] = self.database.rows(
            "UPDATE mirror_account SET last_number = last_number + ? WHERE account = ? RETURNING last_number",
            [n, self.id],
        )
        return whole(last) - n + 1

    def _moment(self, column: str) -> float | None:
        [(at,)] = self.database.rows(f"SELECT {column} FROM mirror_account WHERE account = ?", [self.id])
        return None if at is None else float(str(at))


def listing(openids: Iterable[str]) -> str:
    """Write openids as the one value that `Account.listed` takes."""
    return msgspec.json.encode(list(openids)).decode()


def bring_up(path: str) -> None:
    """Bring the tables of an older fenzu up, in a file that is to be opened to be read only."""
    with closing(open_database(path, read_only=True)) as database:
        if not 0 < version_of(database, NAME) < len(STEPS):
            return
    with closing(open_database(path)) as database:
        prepare(database, NAME, STEPS)


def _number_of(database: Database, base_url: str, appid: str, *, read_only: bool) -> int:
    """Return the number under which the database keeps the account; opened to be written, it begins to keep it."""
    if not base_url or not appid:
        raise UsageError(
            Words("a mirror is one account's: base_url and appid", "镜像属于一个账号：base_url 和 appid")
        )
    if read_only and not version_of(database, NAME):
        raise _no_mirror(database.where, appid)
    prepare(database, NAME, STEPS)
    found = database.rows(SOUGHT, [base_url, appid])
    if not found and read_only:
        raise _no_mirror(database.where, appid)
    if not found:
        database.run(
            "INSERT INTO mirror_account (base_url, appid, identity) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [base_url, appid, secrets.token_hex(8)],
        )
        found = database.rows(SOUGHT, [base_url, appid])
    return whole(found[0][0])


def _no_mirror(where: str, appid: str) -> StoreError:
    return StoreError(
        Words(f"{where} holds no mirror of {appid}", f"{where} 中没有 {appid} 的镜像"),
        Words("make one: fenzu mirror sync", "请先建立镜像：fenzu mirror sync"),
    )
