"""Carrying out what a book holds, for every command that does: looks, asks, shows, tells.

Which plan and which of its books is meant, each command knows itself.
"""

import asyncio
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import aclosing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypedDict, Unpack

import click

from fenzu.cli import main, refusals
from fenzu.cli.command import AnyCallback, option
from fenzu.cli.counted import counted
from fenzu.cli.io import Streams
from fenzu.cli.mirror_place import MIRROR, place_of
from fenzu.cli.on_account import Session
from fenzu.cli.person import confirm
from fenzu.cli.regroup.ending import result_of, tell
from fenzu.cli.regroup.place import mirror_if_there, place_words
from fenzu.cli.regroup.shown import shown
from fenzu.wire.endpoints import is_production
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.mirror import Mirror
    from fenzu.regroup._books.book import Book
    from fenzu.regroup._books.opening import OpenRun
    from fenzu.regroup._running.events import Finished, Stopped
    from fenzu.regroup._running.hold import Hold
    from fenzu.regroup._running.ports import Settings
    from fenzu.regroup._values import Header


class Wanted(TypedDict):
    """What the options of `carrying` say."""

    mirror: str | None
    reserve: int
    wait_for_quota: bool
    max_failures: int | None
    in_flight: int
    progress: Literal["auto", "json", "none"]


_OPTIONS = (
    option(
        "--reserve",
        type=click.IntRange(min=0),
        default=0,
        metavar="CALLS",
        words=Words(
            "leave so many of the day's moving calls to others (0)",
            "为其他系统留出当日多少次移动接口调用（0）",
        ),
    ),
    option(
        "--wait-for-quota",
        is_flag=True,
        words=Words(
            "when the day's calls are used up, wait for the next day's instead of stopping",
            "当日额度用完时等到次日继续，而不是停止",
        ),
    ),
    option(
        "--max-failures",
        type=click.IntRange(min=0),
        metavar="FOLLOWERS",
        words=Words(
            "stop when more could not be moved (1 % of those to be moved, at least 20, at most 500)",
            "失败超过多少人就停止（默认为计划移动人数的 1%，不少于 20，不多于 500）",
        ),
    ),
    option(
        "--in-flight",
        type=click.IntRange(1, 256),
        default=64,
        metavar="CALLS",
        words=Words("at most so many calls at once (64)", "同时进行的调用数上限（64）"),
    ),
    option(
        "--progress",
        type=click.Choice(["auto", "json", "none"]),
        default="auto",
        words=Words(
            "a live display on a terminal (auto), or JSON Lines on stderr for programs",
            "终端显示进度（auto），或向 stderr 输出 JSON Lines 供程序读取",
        ),
    ),
    MIRROR,
)


def carrying(callback: AnyCallback) -> AnyCallback:
    """Add the options of how something is carried out; the command hands them on as `Wanted`."""
    for add in reversed(_OPTIONS):
        callback = add(callback)
    return callback


class Asked(NamedTuple):
    """What a person is asked before the first write, and whether that is answered already."""

    question: Words
    yes: bool


async def carry(
    session: Session, run: "OpenRun", book: "Book", asked: Asked | None, **wanted: Unpack[Wanted]
) -> int:
    """Show what will be done, ask, do it, and tell how it ended; returns the exit code.

    `book` is one of the run's. Nobody is asked where `asked` is None.
    """
    from fenzu.regroup._running.stale import check_account

    header, directory = book.header, session.client.directory
    check_account(header, directory.appid, directory.base_url)
    session.streams.say(about(book))
    if asked is not None:
        ask(session.streams, asked)
    with held(run, wanted["mirror"]) as account:
        return await carry_on(session, book, account, wanted)


class Held(NamedTuple):
    """An account that nobody else changes meanwhile: its mirror, and the right to change it where that may be lost."""

    mirror: "Mirror | None"
    hold: "Hold | None"


@contextmanager
def held(run: "OpenRun", mirror_place: str | None) -> Iterator[Held]:
    """Hold the account of a run until the block ends."""
    from fenzu.regroup._running.alone import alone

    header = run.planned.header
    with mirror_if_there(mirror_place, header.base_url, header.appid) as mirror:
        databases = [run.database] if mirror is None else [run.database, mirror.database]
        with _account_held(mirror, header), alone(header, databases) as hold:
            yield Held(mirror, hold)


@contextmanager
def _account_held(mirror: "Mirror | None", header: "Header") -> Iterator[None]:
    """Hold the account on this machine also where it has no mirror, by the place where its mirror would be."""
    from fenzu.regroup._running.hold import locked

    if mirror is not None:
        yield
        return
    place = place_of(None, header.base_url, header.appid)
    Path(place).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked([place], appid=header.appid):
        yield


async def carry_on(
    session: Session, book: "Book", account: Held, wanted: Wanted, more: Mapping[str, object] | None = None
) -> int:
    """Do it, on an account that is held, and tell how it ended; `more` stands beside that in JSON."""
    from fenzu.regroup._running.events import Finished, Stopped
    from fenzu.regroup._running.run import carry_out

    settings = settings_of(wanted)
    directory, chance = session.client.directory, random.Random()
    steps = carry_out(book, directory, account.mirror, settings, clock=time, chance=chance, hold=account.hold)
    last: Finished | Stopped | None = None
    try:
        with shown(session.streams, wanted["progress"]) as show:
            async with aclosing(steps):
                async for event in steps:
                    with suppress(BrokenPipeError):  # who watches may leave; what is carried out goes on
                        show(event)
                    if isinstance(event, Finished | Stopped):
                        last = event
    except asyncio.CancelledError:
        if last is not None:
            _end(session.streams, book, last, more)
        raise
    assert last is not None
    return _end(session.streams, book, last, more)


def settings_of(wanted: Wanted) -> "Settings":
    """Return what the options say, as the engine takes it."""
    from fenzu.regroup._running.ports import Settings

    return Settings(
        in_flight=wanted["in_flight"],
        max_failures=wanted["max_failures"],
        reserve=wanted["reserve"],
        wait_for_quota=wanted["wait_for_quota"],
    )


def _end(
    streams: Streams, book: "Book", last: "Finished | Stopped", more: Mapping[str, object] | None
) -> int:
    """Tell how it ended, and return the exit code."""
    try:
        if streams.as_json:
            streams.json({**result_of(book, last, streams.language), **(more or {})})
        tell(streams, last, place_words(book.where, book.header.undoes or book.run))
    except BrokenPipeError:  # whoever does not read the end learns it by the exit code
        main.end_quietly()
    return exit_code(last)


def exit_code(last: "Finished | Stopped") -> int:
    """Return what the command ends with: what stopped it, else whether some followers failed."""
    from fenzu.regroup._running.events import FAILURES, Finished

    if isinstance(last, Finished):
        return main.SOME_FAILED if last.tally.failed else main.DONE
    if last.error is None or last.reason == FAILURES:
        return main.STOPPED
    return main.code_of(last.error, is_half_way=True)


def whose(header: "Header") -> Words:
    """Return the account, and whether it is a real one: shown before the first write."""
    where = (
        Words("PRODUCTION", "正式环境")
        if is_production(header.base_url)
        else Words("a sandbox or test host", "沙箱或测试地址")
    )
    return Words(
        f"Account {header.appid} at {header.base_url}, {where.en}.",
        f"账号 {header.appid}，{header.base_url}（{where.zh}）。",
    )


def about(book: "Book") -> Words:
    """Return for whom and what, before the first write."""
    header, tally = book.header, book.tally()
    account = whose(header)
    so_far = tally.moved + tally.failed
    done = Words(f" ({so_far:,} of them done)", f"（其中 {so_far:,} 个已处理）") if so_far else Words("", "")
    groups = Words(
        f"groups to make: {len(book.creates)}, to rename: {len(book.renames)}, "
        f"to delete if empty: {len(book.deletes)}",
        f"新建分组 {len(book.creates)}，改名 {len(book.renames)}，清空后删除 {len(book.deletes)}",
    )
    return Words(
        f"{account.en}\n"
        f"Followers to move: {tally.followers:,}{done.en}, in {counted(tally.batches, 'call')}; {groups.en}.",
        f"{account.zh}\n移动粉丝 {tally.followers:,} 个{done.zh}，调用 {tally.batches:,} 次；{groups.zh}。",
    )


def ask(streams: Streams, asked: Asked) -> None:
    """Let a person say yes; raises `GuardError` for a no, and where there is nobody to ask."""
    if asked.yes:
        return
    if not streams.asks:
        raise refusals.nobody_to_ask()
    if not confirm(streams, asked.question):
        raise refusals.not_confirmed()
