"""Moving few or many followers from the command line: progress while it goes on, and an account of what happened.

The client knows how to move; this knows how to tell it. Nobody's fate is left out: who is not moved is printed.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import msgspec

from fenzu.cli import main
from fenzu.cli.io import Column, Streams
from fenzu.cli.on_account import Session
from fenzu.errors import DailyQuotaExceeded, FenzuError, NotFound, TransportError
from fenzu.model import GroupID
from fenzu.wire.limits import BATCH_OPENIDS
from fenzu.wire.words import Words

AT_ONCE = 5 * BATCH_OPENIDS
"""So many openids are handed to the client together; progress moves on in such steps."""


class Failure(msgspec.Struct, frozen=True):
    """Why an openid was not moved, in our own names."""

    openid: str
    code: int | None
    message: str
    advice: str


class Outcome:
    """What has become of each openid so far."""

    def __init__(self, group_id: GroupID, wanted: Sequence[str]) -> None:
        self.group_id = group_id
        self.wanted = wanted
        self.moved: list[str] = []
        self.failed: dict[str, FenzuError] = {}
        self.stopped_by: FenzuError | None = None

    def add(self, moved: Sequence[str], failed: dict[str, FenzuError], stopped_by: FenzuError | None) -> None:
        """Note what happened to some openids."""
        self.moved.extend(moved)
        self.failed.update(failed)
        self.stopped_by = stopped_by

    def not_tried(self) -> list[str]:
        """Return the openids of which nothing is known, in the order in which they were given."""
        known = {*self.moved, *self.failed}
        return [openid for openid in self.wanted if openid not in known]

    def exit_code(self) -> int:
        """Return what the command ends with: stopped before failed before done."""
        if self.stopped_by is not None:
            can_go_on = isinstance(self.stopped_by, DailyQuotaExceeded | TransportError)
            return main.STOPPED if can_go_on else main.code_of(self.stopped_by)
        return main.SOME_FAILED if self.failed else main.DONE


async def move_followers(session: Session, openids: Sequence[str], group_id: GroupID) -> int:
    """Move the openids and tell what happened; returns the exit code."""
    outcome = Outcome(group_id, openids)
    try:
        if len(openids) == 1:
            await _move_one(session, openids[0], outcome)
        else:
            await _move_many(session, outcome)
    except asyncio.CancelledError:
        _summarise(session.streams, outcome)
        session.streams.say(
            Words(
                "Interrupted. Moving a follower twice does no harm: run it again.",
                "已中断。重复移动没有害处，可以重新运行。",
            )
        )
        raise
    try:
        _print(session.streams, outcome)
        session.streams.out.flush()
    except BrokenPipeError:  # whoever does not read which openids failed learns at least that some did
        main.end_quietly()
    return outcome.exit_code()


async def _move_one(session: Session, openid: str, outcome: Outcome) -> None:
    try:
        await session.client.groups.move(openid, to=outcome.group_id)
    except NotFound as error:
        if error.code not in (40003, 43004, 49003, 50005):  # not the follower's fault: the group is unknown
            raise
        outcome.add([], {openid: error}, None)
    else:
        outcome.add([openid], {}, None)


async def _move_many(session: Session, outcome: Outcome) -> None:
    with _progress(session.streams, len(outcome.wanted)) as progress:
        for start in range(0, len(outcome.wanted), AT_ONCE):
            some = outcome.wanted[start : start + AT_ONCE]
            result = await session.client.groups.move_many(some, to=outcome.group_id)
            outcome.add(result.moved, dict(result.failed), result.stopped_by)
            progress.show(len(outcome.moved), len(outcome.failed))
            if result.stopped_by is not None:
                return


def _print(streams: Streams, outcome: Outcome) -> None:
    if streams.as_json:
        streams.json(_as_json(streams, outcome))
    elif outcome.failed or outcome.stopped_by is not None:
        streams.rows(_COLUMNS, _rows(streams, outcome))
    _summarise(streams, outcome)


_COLUMNS = (
    Column(Words("openid", "openid"), whole=True),
    Column(Words("state", "状态")),
    Column(Words("code", "错误码"), right=True),
    Column(Words("message", "信息")),
)
SHOWN_NOT_TRIED = 20
"""So many openids that were never sent are shown to a person; a pipe gets all."""


def _rows(streams: Streams, outcome: Outcome) -> Iterator[tuple[str, str, str, str]]:
    for openid, error in outcome.failed.items():
        code = getattr(error, "code", None)
        yield openid, "failed", "" if code is None else str(code), message_of(error, streams)
    left = outcome.not_tried()
    shown = left[:SHOWN_NOT_TRIED] if streams.drawn else left
    for openid in shown:
        yield openid, "not_tried", "", ""
    if len(shown) < len(left):
        yield "…", "not_tried", "", f"+{len(left) - len(shown):,}"


def message_of(error: FenzuError, streams: Streams) -> str:
    """Return the platform's own message, or ours where the platform was not asked."""
    return getattr(error, "message", "") or error.words.say(streams.language)


def _as_json(streams: Streams, outcome: Outcome) -> dict[str, object]:
    def failure(openid: str, error: FenzuError) -> Failure:
        advice = error.advice.say(streams.language)
        return Failure(openid, getattr(error, "code", None), message_of(error, streams), advice)

    stopped = outcome.stopped_by
    return {
        "group_id": outcome.group_id,
        "moved": outcome.moved,
        "failed": [failure(openid, error) for openid, error in outcome.failed.items()],
        "not_tried": outcome.not_tried(),
        "stopped_by": None
        if stopped is None
        else {
            "code": getattr(stopped, "code", None),
            "message": message_of(stopped, streams),
            "advice": stopped.advice.say(streams.language),
        },
    }


def _summarise(streams: Streams, outcome: Outcome) -> None:
    moved, wanted = f"{len(outcome.moved):,}", f"{len(outcome.wanted):,}"
    streams.say(
        Words(
            f"Moved {moved} of {wanted} to group {outcome.group_id}.",
            f"已将 {wanted} 个粉丝中的 {moved} 个移到分组 {outcome.group_id}。",
        )
    )
    complain_by_kind(streams, outcome.failed.values())
    stopped_by = outcome.stopped_by
    if stopped_by is not None:
        left = f"{len(outcome.wanted) - len(outcome.moved) - len(outcome.failed):,}"
        streams.say(Words(f"Not tried: {left}.", f"未尝试：{left} 个。"))
        if stopped_by not in outcome.failed.values():
            streams.complain(stopped_by.say(streams.language))
        if isinstance(stopped_by, DailyQuotaExceeded):
            streams.say(RENEWS)


def complain_by_kind(streams: Streams, errors: Iterable[FenzuError]) -> None:
    """Tell of many errors each kind once, with how often it came and what to do."""
    for text, count in Counter(error.say(streams.language) for error in errors).most_common():
        streams.complain(f"{count:,} × {text}")


RENEWS = Words(
    "The quota renews at 00:00 in Beijing (UTC+8). Run the same command again then: moving twice does no harm.",
    "配额于北京时间 0 点（UTC+8）恢复。届时再运行同一条命令即可：重复移动没有害处。",
)


class Progress(Protocol):
    """Shows how far a long move has come."""

    def show(self, moved: int, failed: int) -> None:
        """Show the numbers."""
        ...


class _Silent:
    def show(self, moved: int, failed: int) -> None:
        """Show nothing: the move is short, or nobody watches."""


class _JsonLines:
    def __init__(self, streams: Streams, total: int) -> None:
        self.streams, self.total = streams, total

    def show(self, moved: int, failed: int) -> None:
        """Write a line of JSON to stderr."""
        self.streams.json_line({"moved": moved, "failed": failed, "total": self.total}, to_stderr=True)


@contextmanager
def _progress(streams: Streams, total: int) -> Iterator[Progress]:
    if total <= AT_ONCE or not (streams.animated or streams.as_json):
        yield _Silent()
    elif streams.as_json:
        yield _JsonLines(streams, total)
    else:
        from fenzu.cli.bar import bar

        with bar(streams, Words("moving", "移动中"), total) as drawn:
            yield drawn
