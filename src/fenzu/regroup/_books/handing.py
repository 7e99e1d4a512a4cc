"""A plan file whose run was handed over to a PostgreSQL database: the plan and its journal lie there from then on.

The file keeps where that is and the run's number, and is not carried out here any more.
"""

import time

import msgspec

from fenzu.database import Database
from fenzu.errors import PlanError
from fenzu.regroup._books import book as _book
from fenzu.regroup._books.book import Book
from fenzu.regroup._books.entries import StateChanged
from fenzu.regroup._values import Header
from fenzu.wire.words import Words

HANDED = "handed over"
"""The reason that the file's own journal tells."""


class Handed(msgspec.Struct, frozen=True):
    """Where the run lies: the server without its password, and the run's number there."""

    where: str
    run: int


def handed_to(book: Book) -> Handed | None:
    """Return where a run was handed to."""
    rows = book.database.rows("SELECT place, there FROM regroup_handed WHERE run = ?", [book.run])
    return Handed(str(rows[0][0]), int(str(rows[0][1]))) if rows else None


def check_here(book: Book) -> None:
    """Raise `PlanError` where the run lies elsewhere."""
    if (handed := handed_to(book)) is not None:
        raise PlanError(
            Words(
                f"the plan was handed over: it is run {handed.run} of {handed.where}",
                f"计划已移交：它是 {handed.where} 中的第 {handed.run} 号任务",
            ),
            Words(
                f"name that database in its place: postgresql://… --run {handed.run}",
                f"请改为指定该数据库：postgresql://… --run {handed.run}",
            ),
        )


def hand_over(book: Book, database: Database) -> Book:
    """Write a plan that was not begun as a run into another database, once, and return its book there.

    Repeating is safe, also after a crash in between: the plan is found there by when it was made, and its digest.
    """
    found = _found(book.header, database)
    if found is None:
        handed = handed_to(book)
        if handed is not None or book.state().state != "planned":
            check_here(book)
            raise _begun(book.where)
        found = _book.create(database, book.plan())
    with book.database.transaction():
        book.database.run(
            "INSERT INTO regroup_handed (run, place, there) VALUES (?, ?, ?) ON CONFLICT (run) DO NOTHING",
            [book.run, found.where, found.run],
        )
    book.write([StateChanged("stopped", time.time(), HANDED)])
    return found


def _found(header: Header, database: Database) -> Book | None:
    """Return the same plan's run in a database."""
    account = (header.base_url, header.appid)
    same = (
        Book(database, run.number) for run in _book.runs(database) if (run.base_url, run.appid) == account
    )
    return next((book for book in same if book.header == header), None)


def _begun(where: str) -> PlanError:
    return PlanError(
        Words(f"{where} was begun here already", f"{where} 已在本机开始执行"),
        Words("go on with it here: fenzu regroup resume", "请在本机继续：fenzu regroup resume"),
    )
