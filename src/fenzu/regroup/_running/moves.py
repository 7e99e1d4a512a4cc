"""The moves of a plan: batches in their order, many under way; each is in the journal before and after its call.

One loop writes, says what is sent next and reads on, a turn at a time; each batch is a task that makes its calls.
"""

import asyncio
import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from fenzu.errors import ApiError, FenzuError, InvalidOpenid, NotAFollower, PlanError, UsageError
from fenzu.fate import Fate, fate_of, reason_of
from fenzu.halving import Search, Verdict, halving
from fenzu.mirror.ports import Clock
from fenzu.regroup._books.book import Book
from fenzu.regroup._books.entries import Failed, Sent, Settled, Unsent
from fenzu.regroup._running.caller import Caller
from fenzu.regroup._running.day import MOVE
from fenzu.regroup._running.events import FAILURES
from fenzu.regroup._running.gate import Halted
from fenzu.regroup._running.ports import NotNow
from fenzu.regroup._running.recorder import Recorder
from fenzu.regroup._values import Batch, Failure, Tally
from fenzu.wire.limits import SENT_OPENID_PATTERN
from fenzu.wire.words import Words

_OPENID = re.compile(SENT_OPENID_PATTERN)
READ = 500
"""So many batches are read at once."""
GATHER = 0.05
"""So many seconds what was answered may wait to be written together."""


class Moves:
    """Carries out the batches that are not settled. A batch is read, then written as sent, then under way."""

    def __init__(self, book: Book, caller: Caller, recorder: Recorder, clock: Clock) -> None:
        self.moved = self.failed = self.settled = 0
        """Followers, followers and batches; those of earlier sessions among them."""
        self._book, self._caller, self._recorder, self._clock = book, caller, recorder, clock
        self._gate = caller.gate
        self._most_failures = 0
        self._targets: Mapping[int, int] = {}
        self._known: dict[int, list[Failure]] = {}
        self._read: deque[Batch] = deque()
        self._ready: deque[Batch] = deque()
        self._last_read, self._is_all_read = 0, False
        self._under_way = 0
        self._in_doubt: set[int] = set()
        """Of the batches that are not settled those that may have moved somebody."""
        self._kept_back: list[int] = []
        self._trouble: BaseException | None = None
        self._news, self._hungry = asyncio.Event(), asyncio.Event()

    def take_up(
        self, tally: Tally, failures: Iterable[Failure], in_doubt: set[int], most_failures: int
    ) -> None:
        """Take over how far the journal says that the run has come, and how many may fail in all."""
        self._in_doubt = in_doubt
        self.moved, self.settled, self.failed = tally.moved, tally.settled, tally.failed
        self._most_failures = most_failures
        for failure in failures:
            self._known.setdefault(failure.batch, []).append(failure)

    def wake(self) -> None:
        """Have written soon what there is to write: a long time without calls begins."""
        self._news.set()

    async def carry(self, targets: Mapping[int, int]) -> None:
        """Move everybody; `targets` tells the id of each slot. Raises `Halted` where the run stops before the end."""
        self._targets = targets
        try:
            await self._turns()
        except BaseException as error:
            self._gate.halt(type(error).__name__)
            await self._let_them_end()
            raise
        self._raise_what_ended_it()

    def _raise_what_ended_it(self) -> None:
        if self._trouble is not None:
            raise self._trouble
        if self._gate.stop is not None:
            self._take_back()
            raise Halted

    def _take_back(self) -> None:
        """Note which batches have moved nobody though they were written as sent: an undo leaves them alone."""
        if self._gate.is_ours:
            numbers = (*self._kept_back, *(batch.number for batch in self._ready))
            self._recorder.add(*(Unsent(number) for number in numbers if number not in self._in_doubt))

    async def _turns(self) -> None:
        await self._turn()
        self._send_some()
        while not self._is_over():
            await self._gather()
            await self._turn()
            self._send_some()

    async def _turn(self) -> None:
        """Write what happened and what is sent next, in one transaction, and read on."""
        self._news.clear()
        self._hungry.clear()
        goes_on = self._gate.stop is None
        room = 2 * self._gate.pacing.at_once - len(self._ready) if goes_on else 0
        sent = [self._read.popleft() for _ in range(min(max(room, 0), len(self._read)))]
        reads = goes_on and not self._is_all_read and len(self._read) < READ // 2
        now = self._clock.time()
        more = await self._recorder.write(
            *(Sent(batch.number, now) for batch in sent),
            then=partial(self._book.unsettled, self._last_read, READ) if reads else None,
        )
        self._ready.extend(sent)
        if more is not None:
            self._read.extend(more)
            self._is_all_read = len(more) < READ
            self._last_read = more[-1].number if more else self._last_read

    def _send_some(self) -> None:
        while self._ready and self._under_way < self._gate.pacing.at_once and self._gate.stop is None:
            self._under_way += 1
            self._caller.start(self._settle(self._ready.popleft())).add_done_callback(self._has_ended)

    def _has_ended(self, task: "asyncio.Task[None]") -> None:
        self._under_way -= 1
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, Halted):
            self._trouble = self._trouble or error
            self._gate.halt(type(error).__name__)
        self._send_some()
        self._news.set()
        if self._is_hungry():
            self._hungry.set()

    def _is_hungry(self) -> bool:
        """Whether batches are there to be sent, but too few are written as sent."""
        few = len(self._ready) < max(self._gate.pacing.at_once // 2, 1)
        return few and self._gate.stop is None and not (self._is_all_read and not self._read)

    def _is_over(self) -> bool:
        has_more = self._read or self._ready or not self._is_all_read
        return (
            self._under_way == 0 and self._recorder.is_empty and (self._gate.stop is not None or not has_more)
        )

    async def _gather(self) -> None:
        """Return when there is something to write, a moment later where nobody waits for it."""
        if self._is_hungry():
            return
        await self._news.wait()
        try:
            async with asyncio.timeout(GATHER):
                await self._hungry.wait()
        except TimeoutError:
            return

    async def _let_them_end(self) -> None:
        while self._under_way:
            self._news.clear()
            await self._news.wait()

    async def _settle(self, batch: Batch) -> None:
        try:
            await self._move_all(batch)
        except Halted:
            self._kept_back.append(batch.number)
            raise
        self._in_doubt.discard(batch.number)

    async def _move_all(self, batch: Batch) -> None:
        """Move all of a batch but its bad openids, who are found by halving."""
        target = self._targets.get(batch.target, batch.target)
        failures = self._known.pop(batch.number, [])
        known = {failure.openid for failure in failures}
        rest = [openid for openid in batch.openids if openid not in known]
        search = halving(rest)
        part = next(search) if rest else None
        while part is not None:
            error = await self._move(batch.number, part, target)
            if error is not None and len(part) == 1:
                failures.append(self._failed(part[0], batch, error))
            part = _next(search, Verdict.REFUSED if error else Verdict.DONE)
        moved = len(batch.openids) - len(failures)
        self._recorder.add(Settled(batch.number, self._clock.time(), moved, tuple(failures)))
        self.settled += 1

    async def _move(self, number: int, part: Sequence[str], target: int) -> FenzuError | None:
        """Move some; return what says that one of them is bad, or None if all are moved."""
        try:
            await self._caller.call(MOVE, partial(self._send, number, part, target), group=target)
        except (InvalidOpenid, NotAFollower) as error:
            return error
        except UsageError as error:  # nothing was sent
            if all(map(_OPENID.fullmatch, part)):
                self._gate.halt(reason_of(error), error)
                raise Halted from None
            return error
        self._recorder.moved(part, target)
        self.moved += len(part)
        return None

    async def _send(self, number: int, part: Sequence[str], target: int) -> None:
        """Send some of a batch. Unless all is refused, somebody may have been moved, whatever else comes of it."""
        was_in_doubt = number in self._in_doubt
        self._in_doubt.add(number)
        try:
            await self._caller.directory.move(part, target)
        except (NotNow, ApiError, UsageError) as error:
            if not was_in_doubt and (isinstance(error, NotNow) or fate_of(error) is not Fate.AGAIN):
                self._in_doubt.discard(number)
            raise

    def _failed(self, openid: str, batch: Batch, error: FenzuError) -> Failure:
        """Note who cannot be moved; too many of them stop the run."""
        api = error if isinstance(error, ApiError) else None
        failure = Failure(
            openid, batch.number, api.code if api else None, api.message if api else error.words.en
        )
        self._recorder.add(Failed((failure,)))
        self._news.set()
        self.failed += 1
        if self.failed > self._most_failures:
            self._gate.halt(FAILURES, _too_many(self.failed, self._most_failures, error))
        return failure


def _next(search: Search[str], verdict: Verdict) -> Sequence[str] | None:
    try:
        return search.send(verdict)
    except StopIteration:
        return None


def _too_many(failed: int, most: int, last: FenzuError) -> PlanError:
    return PlanError(
        Words(
            f"{failed:,} followers could not be moved, more than the {most:,} allowed; the last: {last.words.en}",
            f"{failed:,} 个粉丝无法移动，超过允许的 {most:,} 个；最近一次：{last.words.zh}",
        ),
        Words(
            "see who failed (fenzu regroup report); if that is all right, resume with a greater --max-failures",
            "先看失败名单（fenzu regroup report）；确认无误后用更大的 --max-failures 继续",
        ),
    )
