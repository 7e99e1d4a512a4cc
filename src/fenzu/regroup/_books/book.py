"""A run's book: the plan it carries out, written once, and the journal of what was begun and what is settled.

It lies in the plan's own file, or in PostgreSQL beside the mirror. It keeps what it is told and decides nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from operator import itemgetter

import msgspec

from fenzu.database import Database, Row
from fenzu.database.formats import prepare, version_of
from fenzu.errors import StoreError
from fenzu.regroup._books.entries import Action, Entry, made_by, statements_of
from fenzu.regroup._books.tables import NAME, STEPS
from fenzu.regroup._values import (
    Batch,
    Create,
    Delete,
    Failure,
    Header,
    KnownGroup,
    Plan,
    Rename,
    RunState,
    Tally,
)
from fenzu.wire.words import Words


class NoSuchRun(StoreError):
    """The database holds no run of that number."""


class _Actions(msgspec.Struct, frozen=True):
    groups: tuple[KnownGroup, ...]
    creates: tuple[Create, ...]
    renames: tuple[Rename, ...]
    deletes: tuple[Delete, ...]


class Run(msgspec.Struct, frozen=True):
    """A run in a line: which it is, for whom, and how it stands. `changed_at` is in Unix seconds."""

    number: int
    base_url: str
    appid: str
    state: RunState
    reason: str
    changed_at: float


class Book:
    """One run in a database. Several threads may share it."""

    def __init__(self, database: Database, run: int) -> None:
        prepare(database, NAME, STEPS)
        found = database.rows("SELECT header, actions FROM regroup_run WHERE run = ?", [run])
        if not found:
            raise _no_such_run(database.where, run)
        self.database = database
        self.run = run
        self.header: Header = msgspec.json.decode(_bytes(found[0][0]), type=Header)
        actions = msgspec.json.decode(_bytes(found[0][1]), type=_Actions)
        self.groups: tuple[KnownGroup, ...] = actions.groups
        self.creates: tuple[Create, ...] = actions.creates
        self.renames: tuple[Rename, ...] = actions.renames
        self.deletes: tuple[Delete, ...] = actions.deletes

    def __repr__(self) -> str:
        return f"Book({self.database.where!r}, {self.run})"

    @property
    def where(self) -> str:
        """The file, or the server."""
        return self.database.where

    def state(self) -> Run:
        """Return how the run stands."""
        return _runs(self.database, "WHERE run = ?", self.run)[0]

    def has_begun(self) -> bool:
        """Tell whether something was sent for it, as far as the journal knows."""
        return self.span() is not None

    def undone_by(self) -> int | None:
        """Return the run that is the newest undo of this one."""
        later = self.database.rows(
            "SELECT run, header FROM regroup_run WHERE run > ? AND base_url = ? AND appid = ? ORDER BY run DESC",
            [self.run, self.header.base_url, self.header.appid],
        )
        undoes = (
            (_int(run), msgspec.json.decode(_bytes(header), type=Header).undoes) for run, header in later
        )
        return next((run for run, undone in undoes if undone == self.run), None)

    def plan(self) -> Plan:
        """Return the whole plan; a million moves take some 200 MB."""
        return Plan(self.header, self.groups, self.creates, self.renames, self.deletes, tuple(self.batches()))

    def batches(self) -> Iterator[Batch]:
        """Yield all batches in their order, in constant memory."""
        statement = "SELECT number, target, openids, sources FROM regroup_batch WHERE run = ? ORDER BY number"
        return map(_batch, self.database.stream(statement, [self.run]))

    def unsettled(self, after: int, limit: int) -> list[Batch]:
        """Return the first batches above number `after` that are not settled."""
        statement = (
            "SELECT b.number, b.target, b.openids, b.sources FROM regroup_batch b LEFT JOIN regroup_sent s "
            "ON s.run = b.run AND s.number = b.number "
            "WHERE b.run = ? AND b.number > ? AND s.settled_at IS NULL ORDER BY b.number LIMIT ?"
        )
        return [_batch(row) for row in self.database.rows(statement, [self.run, after, limit])]

    def settled(self) -> Iterator[Batch]:
        """Yield the settled batches in their order; whom of them the platform refused stands in `failures`."""
        statement = (
            "SELECT b.number, b.target, b.openids, b.sources FROM regroup_batch b JOIN regroup_sent s "
            "ON s.run = b.run AND s.number = b.number "
            "WHERE b.run = ? AND s.settled_at IS NOT NULL ORDER BY b.number"
        )
        return map(_batch, self.database.stream(statement, [self.run]))

    def begun(self) -> Iterator[Batch]:
        """Yield the batches that were sent, settled or not, in their order: what may have moved somebody."""
        statement = (
            "SELECT b.number, b.target, b.openids, b.sources FROM regroup_batch b JOIN regroup_sent s "
            "ON s.run = b.run AND s.number = b.number WHERE b.run = ? ORDER BY b.number"
        )
        return map(_batch, self.database.stream(statement, [self.run]))

    def in_doubt(self) -> set[int]:
        """Return the numbers of the batches that were sent and are not settled."""
        statement = "SELECT number FROM regroup_sent WHERE run = ? AND settled_at IS NULL"
        return {_int(number) for (number,) in self.database.rows(statement, [self.run])}

    def failures(self) -> Iterator[Failure]:
        """Yield who could not be moved, by batch."""
        statement = (
            "SELECT openid, number, code, message FROM regroup_failed WHERE run = ? ORDER BY number, openid"
        )
        for openid, number, code, message in self.database.stream(statement, [self.run]):
            yield Failure(str(openid), _int(number), None if code is None else _int(code), str(message))

    def actions(self) -> list[Action]:
        """Return what was begun and done of making, renaming and deleting groups."""
        statement = "SELECT kind, subject, highest, group_id FROM regroup_action WHERE run = ?"
        return [
            Action(str(kind), _int(subject), _int(highest), None if made is None else _int(made))  # type: ignore[arg-type]  # one of the three that were written
            for kind, subject, highest, made in self.database.rows(statement, [self.run])
        ]

    def group_ids(self) -> dict[int, int]:
        """Return the id of each slot whose group is made."""
        return made_by(self.actions())

    def tally(self) -> Tally:
        """Return how far the run has come."""
        run = [self.run]
        [(batches, followers)] = self.database.rows(
            "SELECT batches, followers FROM regroup_run WHERE run = ?", run
        )
        [(settled, moved)] = self.database.rows(
            "SELECT COUNT(settled_at), COALESCE(SUM(moved), 0) FROM regroup_sent WHERE run = ?", run
        )
        [(failed,)] = self.database.rows("SELECT COUNT(*) FROM regroup_failed WHERE run = ?", run)
        [(calls,)] = self.database.rows("SELECT COALESCE(SUM(n), 0) FROM regroup_calls WHERE run = ?", run)
        return Tally(*(_int(value) for value in (batches, settled, followers, moved, failed, calls)))

    def span(self) -> tuple[float, float] | None:
        """Return when the first thing was begun and the last one known, in Unix seconds; None before that."""
        [(first, last)] = self.database.rows(
            "SELECT MIN(begun), MAX(COALESCE(known, begun)) FROM ("
            "SELECT sent_at AS begun, settled_at AS known FROM regroup_sent WHERE run = ? "
            "UNION ALL SELECT sent_at, done_at FROM regroup_action WHERE run = ?) AS written",
            [self.run, self.run],
        )
        return None if first is None else (float(str(first)), float(str(last)))

    def calls(self) -> dict[str, int]:
        """Return how many calls were sent, by fenzu's name of the call."""
        rows = self.database.rows("SELECT call, n FROM regroup_calls WHERE run = ?", [self.run])
        return {str(call): _int(n) for call, n in rows}

    def write(self, entries: Sequence[Entry]) -> None:
        """Write entries into the journal, all or none, on disk when this returns.

        Writing one again changes nothing but the count of calls.
        """
        with self.database.transaction():
            told = chain.from_iterable(statements_of(self.run, entry) for entry in entries)
            for statement, alike in groupby(told, key=itemgetter(0)):  # in one turn to the server and back
                self.database.run_many(statement, [values for _, values in alike])


def create(database: Database, plan: Plan) -> Book:
    """Write a plan as a new run, all or nothing, and return its book."""
    prepare(database, NAME, STEPS)
    header = plan.header
    actions = _Actions(plan.groups, plan.creates, plan.renames, plan.deletes)
    with database.transaction():
        [(run,)] = database.rows(
            "INSERT INTO regroup_run (base_url, appid, state, changed_at, header, actions, batches, followers) "
            "VALUES (?, ?, 'planned', ?, ?, ?, ?, ?) RETURNING run",
            [
                header.base_url,
                header.appid,
                header.made_at,
                msgspec.json.encode(header),
                msgspec.json.encode(actions),
                len(plan.batches),
                plan.moves,
            ],
        )
        database.run_many(
            "INSERT INTO regroup_batch (run, number, target, openids, sources) VALUES (?, ?, ?, ?, ?)",
            _rows(_int(run), plan.batches),
        )
    return Book(database, _int(run))


def runs(database: Database) -> list[Run]:
    """Return all runs in a database, the oldest first."""
    if not version_of(database, NAME):
        return []
    return _runs(database, "ORDER BY run")


def _runs(database: Database, which: str, *values: int) -> list[Run]:
    rows = database.rows(
        f"SELECT run, base_url, appid, state, reason, changed_at FROM regroup_run {which}", values
    )
    return [
        Run(_int(run), str(url), str(appid), str(state), str(reason), float(str(at)))  # type: ignore[arg-type]  # a state that was written
        for run, url, appid, state, reason, at in rows
    ]


def _rows(run: int, batches: Iterable[Batch]) -> Iterator[tuple[int, int, int, str, str]]:
    for batch in batches:
        openids, sources = " ".join(batch.openids), " ".join(map(str, batch.sources))
        yield run, batch.number, batch.target, openids, sources


def _batch(row: Row) -> Batch:
    number, target, openids, sources = row
    return Batch(
        _int(number), _int(target), tuple(str(openids).split()), tuple(map(int, str(sources).split()))
    )


def _int(value: object) -> int:
    return int(value)  # type: ignore[call-overload,no-any-return]  # a sum may be a Decimal


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes | bytearray | memoryview)
    return bytes(value)


def _no_such_run(where: str, run: int) -> NoSuchRun:
    return NoSuchRun(
        Words(f"{where} holds no run {run}", f"{where} 中没有运行 {run}"),
        Words("list the runs: fenzu regroup status", "列出运行：fenzu regroup status"),
    )
