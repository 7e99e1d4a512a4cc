"""One account's mirror in a database. It keeps what it is told, and asks the platform nothing."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from fenzu.database import Database, is_postgres, open_database
from fenzu.database.text import storable
from fenzu.errors import UsageError
from fenzu.mirror import _groups, _moves, _search, _sizes
from fenzu.mirror._account import Account, bring_up, listing
from fenzu.mirror._arrivals import arrive, let_go
from fenzu.mirror._cursor import Order
from fenzu.mirror._moves import PastMove
from fenzu.mirror._query import Query
from fenzu.mirror._search import Found
from fenzu.mirror._sizes import Growth, Size
from fenzu.mirror._statements import COLUMNS, Cell, lines, row_of, whole
from fenzu.mirror._status import LastSync, Status, count_lines, last_sync, status_of
from fenzu.mirror._sync_log import SyncLog
from fenzu.mirror.rows import Column, Row
from fenzu.model import Follower, Group, GroupID, OpenID
from fenzu.wire.words import Words

DUMPED = 200_000
"""So many numbers become one piece of a dump: some ten megabytes."""
FOUND = 5_000
"""So many openids are looked up by one statement."""
CACHE_KIB = 32 * 1024
"""What SQLite may keep in memory; more makes a sync no quicker."""
SAME = 60
"""Two tellings of when somebody began to follow that lie so many seconds apart tell of the same time."""


class Mirror:
    """Who is in which group, as the platform last told. Open it with `Mirror.open`; several threads may share it.

    It is written by `sync`, by a regroup that moves followers, and by `subscribed` and `unsubscribed`. Every method
    raises `StoreError` where the file or the server fails.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self._database = account.database

    def __repr__(self) -> str:
        return f"Mirror({self.where!r})"

    @classmethod
    def open(cls, where: str, base_url: str, appid: str, *, read_only: bool = False) -> "Mirror":
        """Open the mirror of an account: `where` is a file, made if it is missing, or `postgresql://…`.

        One that is opened only to be read has to be there.
        """
        if read_only and not is_postgres(where):
            bring_up(where)
        database = open_database(where, read_only=read_only)
        try:
            if database.kind == "sqlite":
                database.run(f"PRAGMA cache_size = {-CACHE_KIB}")
            return cls(Account(database, base_url, appid, read_only=read_only))
        except BaseException:
            database.close()
            raise

    @classmethod
    def kept(cls, database: Database, base_url: str, appid: str) -> "Mirror | None":
        """Return the mirror of an account in a database that is open, on the same connection; None if it has none."""
        if not Account.is_kept(database, base_url, appid):
            return None
        return cls(Account(database, base_url, appid, read_only=False))

    def close(self) -> None:
        """Close it. Repeating is safe."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def database(self) -> Database:
        """What it lies in."""
        return self._database

    @property
    def where(self) -> str:
        """The file, or the server."""
        return self._database.where

    @property
    def appid(self) -> str:
        """The account's."""
        return self.account.appid

    @property
    def base_url(self) -> str:
        """Where the account is: production, or a sandbox."""
        return self.account.base_url

    def check_account(self, base_url: str, appid: str) -> None:
        """Raise `UsageError` where it is another account's."""
        if (self.base_url, self.appid) != (base_url.rstrip("/"), appid):
            raise UsageError(
                Words(
                    f"the mirror is of {self.appid} at {self.base_url}, not of {appid} at {base_url}",
                    f"镜像属于 {self.appid}（{self.base_url}），而不是 {appid}（{base_url}）",
                ),
                Words("open the account's own mirror", "请打开该账号自己的镜像"),
            )

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing of what the block tells the mirror, written to disk once. Blocks may stand in blocks."""
        return self.account.transaction()

    # What it knows

    @property
    def id(self) -> str:
        """Says which mirror this is, among several of the same account: revisions count in one of them only."""
        return str(self._one("SELECT identity FROM mirror_account WHERE account = ?"))

    @property
    def revision(self) -> int:
        """Rises with each change of somebody's group or following."""
        return self.account.value("revision")

    @property
    def followers(self) -> int:
        """How many follow."""
        return whole(
            self._one(
                f"SELECT entries - (SELECT COUNT(*) FROM {self.account.gone} WHERE mirror_follower.account = "
                "a.account AND gone_at IS NOT NULL) FROM mirror_account a WHERE account = ?"
            )
        )

    @property
    def unknown(self) -> int:
        """How many follow whose group is not known yet."""
        return whole(
            self._one(
                f"SELECT COUNT(*) FROM {self.account.unknown} "
                "WHERE account = ? AND group_id IS NULL AND gone_at IS NULL"
            )
        )

    @property
    def oldest(self) -> float | None:
        """When the oldest fact about who follows was learnt, in Unix seconds; None while there is none."""
        oldest = self._one("SELECT MIN(seen_at) FROM mirror_follower WHERE account = ? AND gone_at IS NULL")
        return None if oldest is None else float(str(oldest))

    @property
    def gone(self) -> int:
        """How many have left, of all whom it knows."""
        return whole(
            self._one(f"SELECT COUNT(*) FROM {self.account.gone} WHERE account = ? AND gone_at IS NOT NULL")
        )

    @property
    def is_complete(self) -> bool:
        """Whether a sync has read who follows, and the group of each of them is known."""
        sync = SyncLog(self.account).read()
        has_read = sync is not None and (sync.stage != "pages" or self.followers > 0)
        return has_read and not self.unknown

    @property
    def is_listing(self) -> bool:
        """Whether a sync began to list who follows and has not come to the end."""
        sync = SyncLog(self.account).read()
        return sync is not None and sync.stage == "pages"

    @property
    def invalid_since(self) -> float | None:
        """When `invalidate` said that what is known is not true any more; None once a later sync is through."""
        return self.account.invalid_since

    @property
    def last_sync(self) -> LastSync | None:
        """The last sync; None if there was none."""
        return last_sync(SyncLog(self.account))

    def groups(self) -> list[Group]:
        """The groups as last seen, with the platform's counts of then, by id."""
        found = self._database.rows(
            "SELECT group_id, name, followers FROM mirror_group WHERE account = ? ORDER BY group_id",
            [self.account.id],
        )
        return [
            Group(GroupID(whole(group_id)), str(name), None if count is None else whole(count))
            for group_id, name, count in found
        ]

    def counts(self) -> dict[int, int]:
        """How many of those who follow are in each group, by what the mirror knows."""
        return {int(group_id): n for group_id, n in count_lines(self._pieces(("group_id",))).items()}

    def status(self) -> Status:
        """Count what it holds and how old that is, in two passes: some seconds for ten million."""
        known = count_lines(self._pieces(("group_id", "minute")))
        return status_of(self.account, self.groups(), known, self.oldest, self.unknown, self.gone)

    def find(self, openids: Iterable[str]) -> dict[str, Row]:
        """Return what is known of these; whom it does not know is left out."""
        statement = (
            f"SELECT {COLUMNS} FROM {self.account.by_openid} WHERE account = ? AND {self.account.listed}"
        )
        wanted = list(openids)
        found: dict[str, Row] = {}
        for at in range(0, len(wanted), FOUND):
            some = listing(wanted[at : at + FOUND])
            rows = map(row_of, self._database.rows(statement, [self.account.id, some]))
            found.update((row.openid, row) for row in rows)
        return found

    def search(
        self, query: Query, *, order: Order = "newest", cursor: str | None = None, limit: int = 50
    ) -> Found:
        """Return a page of who follows and matches the query: the first one, or where a cursor of `Found` leads.

        "newest" and "oldest" go by the order in which they followed, "openid" and "remark" by the codes of the
        characters, and who has no remark comes last. Pages are cut by key: who comes or leaves meanwhile moves nobody
        to another page. Of a million, a page takes well under a second. Raises `UsageError` for a cursor that no
        search in this order gave.
        """
        return _search.search(self.account, query, order, cursor, limit)

    def count(self, query: Query) -> int:
        """Count who follows and matches the query."""
        return self.followers if query.is_everybody else _search.count(self.account, query)

    def openids(self, query: Query) -> Iterator[list[OpenID]]:
        """Yield who follows and matches the query, in follow order, ten thousand at a time, in constant memory.

        They are those of the moment when it begins, whatever is moved meanwhile.
        """
        return _search.openids(self.account, query)

    def history(self, openid: str) -> list[PastMove]:
        """Return the moves that fenzu made of somebody since they last began to follow, the newest first.

        What a sync learns is no move: the platform does not tell who moved somebody, nor when. Those from before
        `moves_since` were forgotten.
        """
        return _moves.history(self.account, openid)

    @property
    def moves_since(self) -> float | None:
        """From when on the moves that fenzu made are kept, in Unix seconds; None where none were forgotten."""
        return self.account.moves_since

    def sizes(self) -> list[Size]:
        """Return how large the groups were, by day and group: the platform's counts when last listed on that day."""
        return _sizes.sizes(self.account)

    def growth(self) -> list[Growth]:
        """Count for each group in which months those who are in it now began to follow, in one pass over all."""
        return _sizes.growth_of(count_lines(self._pieces(("group_id", "day"))).items())

    def changed_since(self, revision: int) -> Iterator[Row]:
        """Yield whose group or following changed after that revision, in constant memory."""
        if self.revision <= revision:
            return
        statement = (
            f"SELECT {COLUMNS} FROM mirror_follower WHERE account = ? AND revision > ? ORDER BY number"
        )
        yield from map(row_of, self._database.stream(statement, [self.account.id, revision]))

    def dump(self, columns: Sequence[Column]) -> Iterator[bytes]:
        """Yield who follows and is in a known group as CSV lines without a header, in follow order.

        Each piece holds whole lines and ends in a line's end. It is quick: some ten seconds for ten million.
        Remarks and unionids stand in quotes; what is not known is empty.
        """
        return self._pieces(tuple(columns))

    def _pieces(self, columns: tuple[Cell, ...]) -> Iterator[bytes]:
        statement = lines(self._database.kind, columns)
        for low in range(0, self.account.value("last_number"), DUMPED):
            [(text,)] = self._database.rows(statement, [self.account.id, low, low + DUMPED])
            if text is not None:
                assert isinstance(text, bytes | memoryview)
                yield bytes(text) + b"\n"

    # What it is told

    def moved(self, openids: Sequence[str], group_id: int, at: float) -> int:
        """Note that these are in that group as of `at`, and return how many of them it knows.

        It is a move in the history of each who was not in it.
        """
        with self.transaction():
            return _moves.move(self.account, openids, group_id, at)

    def doubted(self, openids: Sequence[str], at: float) -> int:
        """Note that as of `at` nobody knows in which group these are, and return how many of them it knows.

        So it is after a move whose answer was lost. The next sync asks for them.
        """
        with self.transaction():
            return _moves.doubt(self.account, openids, at)

    def forget_moves(self, before: float) -> int:
        """Forget the moves that fenzu made before then, and return how many. Who is in which group stays as it is.

        They are gone for good. Their room is used again; the file of a mirror gets no smaller by it.
        """
        with self.transaction():
            return _moves.forget(self.account, before)

    def remarked(self, openid: str, text: str, at: float) -> None:
        """Note that somebody has that remark as of `at`. What else is known of them stays as old as it is."""
        with self.transaction():
            self._database.run(
                f"UPDATE {self.account.by_openid} SET remark = ?, remarked_at = ? WHERE account = ? AND openid = ?",
                [storable(text), at, self.account.id, openid],
            )

    def learn(self, profiles: Iterable[Follower], at: float) -> None:
        """Take over what profiles say that were asked for at `at`; what was learnt later than that stays.

        Whom the platform says to follow no more is gone from then on. Strangers are left out: `sync` finds them.
        """
        told = list(profiles)
        gone = [profile.openid for profile in told if not profile.subscribe]
        with self.transaction():
            revision = self.account.next_revision()
            self._database.run_many(
                _LEARN,
                (
                    (
                        profile.group_id,
                        at,
                        storable(profile.remark),
                        storable(profile.unionid),
                        profile.subscribe_time,
                        at,
                        profile.group_id,
                        revision,
                        self.account.id,
                        profile.openid,
                        at,
                        at,
                    )
                    for profile in told
                    if profile.subscribe
                ),
            )
            if gone:
                let_go(self.account, gone, revision, at)

    def note_groups(self, groups: Iterable[Group], at: float, held: Iterable[int] = ()) -> None:
        """Take over the list of all groups as it was asked for at `at`, and keep their counts.

        Who was in one that is no more is in none known. What was noted of a group since then stays.

        `held` are groups besides those seen last that somebody may be in: followers may have been read in a group that
        was made and deleted between two lists.
        """
        with self.transaction():
            _groups.note(self.account, list(groups), at, {*held, *(group.id for group in self.groups())})

    def group_named(self, group_id: int, name: str, at: float) -> None:
        """Note that a group was made, or has another name. All other groups, and its count, stay as last seen."""
        with self.transaction():
            _groups.put(self.account, group_id, name, at)

    def group_deleted(self, group_id: int, at: float, count: int | None) -> None:
        """Note that a group was deleted as of `at`, where the platform had counted so many just before.

        The platform puts its members into none. Where it counted as many as are known to be in it, all of these are in
        none now; otherwise somebody else has moved some, and nobody knows whom. It is no move in anybody's history.
        """
        with self.transaction():
            _groups.delete(self.account, group_id, at, count)

    def invalidate(self, at: float) -> None:
        """Note that what was learnt before `at` is not true any more: a sandbox was put back, or emptied.

        The next sync begins anew and asks for everybody.
        """
        with self.transaction():
            self._database.run(
                "UPDATE mirror_account SET invalid_since = ? WHERE account = ?", [at, self.account.id]
            )

    def subscribed(self, openid: str, at: int) -> None:
        """Note that somebody has followed at `at`, as the platform's event tells it. Old news changes nothing."""
        with self.transaction():
            row = self.find([openid]).get(openid)
            if row is None or _is_news(row, at):
                back = [] if row is None else [openid]
                arrive(self.account, [openid], back, self.account.next_revision(), at)

    def unsubscribed(self, openid: str, at: int) -> None:
        """Note that somebody has left at `at`, as the platform's event tells it. Old news changes nothing."""
        with self.transaction():
            let_go(self.account, [openid], self.account.next_revision(), at)

    def _one(self, statement: str) -> object:
        return self._database.rows(statement, [self.account.id])[0][0]


_LEARN = (
    "UPDATE mirror_follower SET group_id = COALESCE(?, group_id), "
    "remark = CASE WHEN COALESCE(remarked_at, 0) > ? THEN remark ELSE ? END, unionid = ?, subscribed_at = ?, "
    "seen_at = ?, gone_at = NULL, revision = CASE "
    "WHEN gone_at IS NOT NULL OR group_id IS DISTINCT FROM COALESCE(?, group_id) THEN ? ELSE revision END "
    "WHERE account = ? AND openid = ? AND COALESCE(seen_at, 0) <= ? AND COALESCE(gone_at, 0) <= ?"
)


def _is_news(row: Row, at: int) -> bool:
    """Whether somebody known has followed anew. Who follows already has left in between without our knowing."""
    if row.gone_at is not None:
        return at >= row.gone_at
    return row.subscribed_at is not None and at > row.subscribed_at + SAME
