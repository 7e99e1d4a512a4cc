"""`fenzu regroup apply --queue`: a plan is handed to the PostgreSQL database, for a worker to carry it out."""

import asyncio
import os
from contextlib import closing
from typing import TYPE_CHECKING

from fenzu.cli import main
from fenzu.cli.mirror_place import VARIABLE
from fenzu.cli.on_account import Session
from fenzu.cli.regroup.carrying import Asked, Wanted, about, ask, settings_of
from fenzu.database import is_postgres, open_database
from fenzu.errors import UsageError
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.regroup._books.book import Book
    from fenzu.regroup._running.ports import Settings


async def queue_up(session: Session, plan: str, book: "Book", asked: Asked, wanted: Wanted) -> int:
    """Show what will be done, ask, leave it to a worker, and say which run that is; returns the exit code."""
    from fenzu.regroup._running.stale import check_account

    place = plan if is_postgres(plan) else database_named(wanted["mirror"])
    check_account(book.header, session.client.directory.appid, session.client.directory.base_url)
    session.streams.say(about(book))
    ask(session.streams, asked)
    where, number, is_new = await put_into_queue(place, book, settings_of(wanted))
    if session.streams.as_json:
        session.streams.json({"run": number, "database": where, "queued": is_new})
    else:
        session.streams.line(str(number))
    session.streams.say(_said(number, where, is_new=is_new))
    return main.DONE


async def put_into_queue(place: str, book: "Book", settings: "Settings") -> tuple[str, int, bool]:
    """Hand the plan over where it lies in a file, and queue it; returns where, which run, and whether it is new."""
    from fenzu.regroup._books.handing import hand_over
    from fenzu.regroup._queueing.queue import Account, Queue
    from fenzu.regroup._running.hold import locked

    queue = await asyncio.to_thread(Queue, place)
    number = book.run
    if book.database.kind == "sqlite":
        with closing(await asyncio.to_thread(open_database, place)) as database, locked([book.where]):
            number = (await asyncio.to_thread(hand_over, book, database)).run
    is_new = await queue.put(number, Account(book.header.base_url, book.header.appid), settings)
    return queue.where, number, is_new


def database_named(mirror: str | None) -> str:
    """Return the database's address, from the option or the environment."""
    place = mirror or os.environ.get(VARIABLE) or ""
    if is_postgres(place):
        return place
    raise UsageError(
        Words("a queue needs a PostgreSQL database", "使用队列需要 PostgreSQL 数据库"),
        Words(
            "name it with --mirror postgresql://…, or in $FENZU_MIRROR",
            "用 --mirror postgresql://… 或环境变量 $FENZU_MIRROR 指定",
        ),
    )


def _said(number: int, where: str, *, is_new: bool) -> Words:
    follow = Words(
        "A worker takes it (`fenzu worker`); `fenzu regroup status postgresql://…` tells how far it is.",
        "由 worker（`fenzu worker`）执行；用 `fenzu regroup status postgresql://…` 查看进度。",
    )
    if is_new:
        return Words(
            f"Run {number} of {where} is queued. {follow.en}",
            f"{where} 中的第 {number} 号任务已入队。{follow.zh}",
        )
    return Words(
        f"Run {number} of {where} was queued already. {follow.en}",
        f"{where} 中的第 {number} 号任务已在队列中。{follow.zh}",
    )
