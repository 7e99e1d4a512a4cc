"""One answer for each openid that was asked about: printed as it comes, and no bad openid spoils another's.

Knows how answers are told; what is asked stands in a `Question`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from fenzu.cli import main
from fenzu.cli.failures import OF_AN_OPENID, complain_by_kind, error_as_json, message_of
from fenzu.cli.io import Column, Streams, harmless
from fenzu.cli.progress import progress
from fenzu.client._check import check_openid
from fenzu.errors import FenzuError, UsageError
from fenzu.wire.words import Words

T = TypeVar("T")

OPENID = Column(Words("openid", "openid"), whole=True)
WHY = Column(Words("why not", "原因"))
ASKING = Words("asking", "查询中")
LEFT_OUT = Words("the platform's answer leaves this openid out", "平台的应答里没有这个 openid")
ASK_AGAIN = Words("ask about it again", "请再次查询")
CALLS_WITHOUT_BAR = 5
"""So many calls are made without a bar."""


class Question(NamedTuple, Generic[T]):
    """What is asked about openids, and how an answer is told."""

    ask: Callable[[Sequence[str]], Awaitable[Mapping[str, T]]]
    size: int
    """How many openids go into a call."""
    columns: Sequence[Column]
    """Those between the openid and why there is no answer."""
    cells: Callable[[T], Sequence[str]]
    as_json: Callable[[str, T], object]
    missing: str
    """What is null in JSON where there is no answer."""


async def tell_each(streams: Streams, openids: Sequence[str], question: Question[T]) -> int:
    """Print the answer for each openid, in order; if the asking breaks off, tell where to go on."""
    told = _Told(streams, question)
    long = len(openids) > CALLS_WITHOUT_BAR * question.size
    try:
        with progress(streams, ASKING, len(openids), "asked", shows=long and not streams.as_json) as shown:
            for start in range(0, len(openids), question.size):
                await told.ask_about(openids[start : start + question.size])
                shown.show(len(told.found), len(told.failed))
    except (FenzuError, asyncio.CancelledError):
        if told.count():
            told.finish()
            _say_where_to_go_on(streams, openids, told.count())
        raise
    told.finish()
    return main.SOME_FAILED if told.failed else main.DONE


def _say_where_to_go_on(streams: Streams, openids: Sequence[str], done: int) -> None:
    if done < len(openids):
        done_of, following = f"{done:,} / {len(openids):,}", harmless(openids[done])
        streams.say(
            Words(
                f"Broke off after {done_of}; go on with {following}",
                f"查询到 {done_of} 时中断；请从 {following} 接着查",
            )
        )


class _Told(Generic[T]):
    """What is known so far. In a pipe each answer is printed at once; a table or a JSON value waits for the end."""

    def __init__(self, streams: Streams, question: Question[T]) -> None:
        self.found: dict[str, T] = {}
        self.failed: dict[str, FenzuError] = {}
        self._streams = streams
        self._question = question
        self._waiting: list[str] = []
        self._waits = streams.as_json or streams.drawn

    def count(self) -> int:
        """Return of how many openids the fate is known."""
        return len(self.found) + len(self.failed)

    async def ask_about(self, openids: Sequence[str]) -> None:
        """Ask about as many openids as a call takes, and print what comes."""
        try:
            await self._settle([openid for openid in openids if self._can_be_sent(openid)])
        finally:
            self._waiting.extend(
                openid for openid in openids if openid in self.found or openid in self.failed
            )
            if not self._waits:
                self._print()

    def finish(self) -> None:
        """Print what waited, and tell of the failures by kind."""
        self._print()
        self._streams.out.flush()
        complain_by_kind(self._streams, self.failed)

    def _can_be_sent(self, openid: str) -> bool:
        try:
            check_openid(openid)
        except UsageError as error:
            self.failed[openid] = error
        return openid not in self.failed

    async def _settle(self, openids: Sequence[str]) -> None:
        """Ask in one call; where it is refused for the sake of one of them, halve until that one is alone."""
        if not openids:
            return
        try:
            answers = await self._question.ask(openids)
        except OF_AN_OPENID as error:
            if len(openids) == 1:
                self.failed[openids[0]] = error
                return
            half = len(openids) // 2
            await self._settle(openids[:half])
            await self._settle(openids[half:])
            return
        for openid in openids:
            if openid in answers:
                self.found[openid] = answers[openid]
            else:
                self.failed[openid] = FenzuError(LEFT_OUT, ASK_AGAIN)

    def _print(self) -> None:
        waiting, self._waiting = self._waiting, []
        if self._streams.as_json:
            self._streams.json([self._as_json(openid) for openid in waiting])
            return
        columns = (OPENID, *self._question.columns, WHY)
        self._streams.rows(columns, [self._row(openid) for openid in waiting])
        self._streams.out.flush()

    def _row(self, openid: str) -> Sequence[str]:
        if openid in self.found:
            return openid, *self._question.cells(self.found[openid]), ""
        return openid, *([""] * len(self._question.columns)), message_of(self.failed[openid], self._streams)

    def _as_json(self, openid: str) -> object:
        if openid in self.found:
            return self._question.as_json(openid, self.found[openid])
        error = error_as_json(self.failed[openid], self._streams)
        return {"openid": openid, self._question.missing: None, "error": error}


def one_by_one(
    ask: Callable[[str], Awaitable[T]], column: Column, key: str, show: Callable[[T], str]
) -> Question[T]:
    """Return the question for a call that answers for one openid alone: a column, and a key in JSON."""

    async def ask_one(openids: Sequence[str]) -> Mapping[str, T]:
        return {openids[0]: await ask(openids[0])}

    return Question(
        ask_one,
        1,
        (column,),
        lambda found: (show(found),),
        lambda openid, found: {"openid": openid, key: found},
        key,
    )
