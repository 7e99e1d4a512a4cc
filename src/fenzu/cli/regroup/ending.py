"""How a run ended, told to people and to programs."""

from datetime import datetime
from typing import TYPE_CHECKING

from fenzu.cli.io import Streams, harmless
from fenzu.pauses import BEIJING
from fenzu.wire.words import Language, Words

if TYPE_CHECKING:
    from fenzu.errors import FenzuError
    from fenzu.regroup._books.book import Book
    from fenzu.regroup._running.events import Finished, Stopped


def result_of(book: "Book", last: "Finished | Stopped", language: Language) -> dict[str, object]:
    """Return how it ended for JSON."""
    from fenzu.regroup._running.events import Stopped

    tally, stopped = last.tally, last if isinstance(last, Stopped) else None
    return {
        "state": "stopped" if stopped else "done",
        "kind": book.header.kind,
        "appid": book.header.appid,
        "base_url": book.header.base_url,
        "followers": tally.followers,
        "moved": tally.moved,
        "failed": tally.failed,
        "left": tally.followers - tally.moved - tally.failed,
        "batches": tally.batches,
        "settled": tally.settled,
        "calls": tally.calls,
        "groups": {str(slot): group for slot, group in sorted(book.group_ids().items(), reverse=True)},
        "reason": stopped.reason if stopped else None,
        "renews_at": stopped.renews_at if stopped else None,
        "error": error_of(stopped.error, language) if stopped and stopped.error else None,
    }


def error_of(error: "FenzuError", language: Language) -> dict[str, object]:
    """Return an error for JSON, in our own names."""
    return {
        "code": getattr(error, "code", None),
        "message": getattr(error, "message", "") or error.words.say(language),
        "advice": error.advice.say(language),
    }


def tell(streams: Streams, last: "Finished | Stopped", plan: str) -> None:
    """Say how it ended, and what to do next."""
    from fenzu.regroup._running.events import Stopped
    from fenzu.regroup._settling.telling import why

    tally = last.tally
    streams.say(
        Words(
            f"Moved: {tally.moved:,} of {tally.followers:,}; failed: {tally.failed:,}; calls: {tally.calls:,}.",
            f"已移动 {tally.moved:,} / {tally.followers:,}，失败 {tally.failed:,}，调用 {tally.calls:,} 次。",
        )
    )
    where = harmless(plan)
    if tally.failed:
        command = f"fenzu regroup report {where} --format csv --failed"
        streams.say(Words(f"Who failed, and why: {command}", f"失败名单及原因：{command}"))
    if isinstance(last, Stopped):
        streams.complain(why(last).say(streams.language))
        streams.say(_next(last, where))


def _next(stopped: "Stopped", where: str) -> Words:
    command = f"fenzu regroup resume {where}"
    if stopped.renews_at is None or stopped.error is not None:  # the error has told the hour
        return Words(f"Go on with: {command}", f"继续执行：{command}")
    at = f"{datetime.fromtimestamp(stopped.renews_at, BEIJING):%Y-%m-%d %H:%M}"
    return Words(
        f"Go on after {at} Beijing time, when the quota renews, with: {command}",
        f"北京时间 {at} 额度更新后继续执行：{command}",
    )
