"""Doing something to few or many followers: progress while it goes on, and an account of what happened.

The client knows how to do it; this knows how to tell it. Nobody's fate is left out: for whom it was not done is
printed. What is done (moving, tagging, blacklisting) stands in a `Job`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from fenzu.cli import main
from fenzu.cli.failures import complain_by_kind, message_of
from fenzu.cli.io import Column, Streams
from fenzu.cli.progress import progress
from fenzu.errors import DailyQuotaExceeded, FenzuError
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu import BatchResult

CALLS_AT_ONCE = 5
"""So many calls' openids are handed to the client together; progress moves on in such steps."""


class Job(NamedTuple):
    """What is done to each openid, and how it is told."""

    send: "Callable[[Sequence[str]], Awaitable[BatchResult]]"
    size: int
    """How many openids go into a call."""
    done: str
    """What those are called in JSON for whom it was done: `moved`."""
    about: dict[str, object]
    """What stands first in JSON: where they were moved to."""
    summary: Callable[[str, str], Words]
    """The sentence for so many done of so many wanted."""
    doing: Words
    twice: Words
    """What does no harm when it is done twice, in the language's own words for it."""

    @property
    def at_once(self) -> int:
        """How many openids are handed to the client together."""
        return CALLS_AT_ONCE * self.size


class Failure(msgspec.Struct, frozen=True):
    """Why it was not done for an openid, in our own names."""

    openid: str
    code: int | None
    message: str
    advice: str


class Outcome:
    """What has become of each openid so far."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self.wanted = wanted
        self.done: list[str] = []
        self.failed: dict[str, FenzuError] = {}
        self.stopped_by: FenzuError | None = None

    def add(self, result: "BatchResult") -> None:
        """Note what happened to some openids."""
        self.done.extend(result.done)
        self.failed.update(result.failed)
        self.stopped_by = result.stopped_by

    def not_tried(self) -> list[str]:
        """Return the openids of which nothing is known, in the order in which they were given."""
        known = {*self.done, *self.failed}
        return [openid for openid in self.wanted if openid not in known]

    def exit_code(self) -> int:
        """Return what the command ends with: stopped before failed before done."""
        if self.stopped_by is not None:
            return main.code_of(self.stopped_by, is_half_way=True)
        return main.SOME_FAILED if self.failed else main.DONE


async def carry_out(streams: Streams, openids: Sequence[str], job: Job) -> int:
    """Do the job for the openids and tell what happened; returns the exit code."""
    outcome = Outcome(openids)
    try:
        await _send_all(streams, outcome, job)
    except asyncio.CancelledError:
        _summarise(streams, outcome, job)
        again = job.twice.en[0].upper() + job.twice.en[1:]
        streams.say(
            Words(
                f"Interrupted. {again} does no harm: run it again.",
                f"已中断。{job.twice.zh}没有害处，可以重新运行。",
            )
        )
        raise
    try:
        _print(streams, outcome, job)
        streams.out.flush()
    except BrokenPipeError:  # whoever does not read which openids failed learns at least that some did
        main.end_quietly()
    return outcome.exit_code()


async def _send_all(streams: Streams, outcome: Outcome, job: Job) -> None:
    total = len(outcome.wanted)
    with progress(streams, job.doing, total, job.done, shows=total > job.at_once) as shown:
        for start in range(0, total, job.at_once):
            outcome.add(await job.send(outcome.wanted[start : start + job.at_once]))
            shown.show(len(outcome.done), len(outcome.failed))
            if outcome.stopped_by is not None:
                return


def _print(streams: Streams, outcome: Outcome, job: Job) -> None:
    if streams.as_json:
        streams.json(_as_json(streams, outcome, job))
    elif outcome.failed or outcome.stopped_by is not None:
        streams.rows(_COLUMNS, _rows(streams, outcome))
    _summarise(streams, outcome, job)


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


def _as_json(streams: Streams, outcome: Outcome, job: Job) -> dict[str, object]:
    def failure(openid: str, error: FenzuError) -> Failure:
        advice = error.advice.say(streams.language)
        return Failure(openid, getattr(error, "code", None), message_of(error, streams), advice)

    stopped = outcome.stopped_by
    return {
        **job.about,
        job.done: outcome.done,
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


def _summarise(streams: Streams, outcome: Outcome, job: Job) -> None:
    streams.say(job.summary(f"{len(outcome.done):,}", f"{len(outcome.wanted):,}"))
    complain_by_kind(streams, outcome.failed)
    stopped_by = outcome.stopped_by
    if stopped_by is not None:
        left = f"{len(outcome.wanted) - len(outcome.done) - len(outcome.failed):,}"
        if left != "0":
            streams.say(Words(f"Not tried: {left}.", f"未尝试：{left} 个。"))
        if stopped_by not in outcome.failed.values():
            streams.complain(stopped_by.say(streams.language))
        if isinstance(stopped_by, DailyQuotaExceeded):
            streams.say(_renews(job))


def _renews(job: Job) -> Words:
    return Words(
        f"The quota renews at 00:00 in Beijing (UTC+8). Run the same command again then: {job.twice.en} does no harm.",
        f"额度于北京时间 0 点（UTC+8）恢复。届时再运行同一条命令即可：{job.twice.zh}没有害处。",
    )
