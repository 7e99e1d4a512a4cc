"""Carrying a plan out: groups, then moves, then what an undo clears away; told as events while it goes on.

What is decided stands in `step`, `pacing`, `meter` and `stale`; this puts together who does it.
"""

import asyncio
import random
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress

import msgspec

from fenzu.errors import FenzuError, StoreError
from fenzu.fate import reason_of
from fenzu.mirror.directory import Directory
from fenzu.mirror.ports import Clock
from fenzu.regroup._books.book import Book
from fenzu.regroup._books.entries import Action, StateChanged
from fenzu.regroup._books.handing import check_here
from fenzu.regroup._books.opening import check_not_undone
from fenzu.regroup._running.caller import Caller
from fenzu.regroup._running.events import INTERRUPTED, LOST, Event, Finished, Progress, Started, Stopped
from fenzu.regroup._running.gate import LONGEST_NAP, Gate, Halted, Stop
from fenzu.regroup._running.groups import Groups
from fenzu.regroup._running.hold import Hold
from fenzu.regroup._running.meter import Meter, Quota, seconds_left
from fenzu.regroup._running.moves import Moves
from fenzu.regroup._running.ports import Mirrored, Settings
from fenzu.regroup._running.recorder import Recorder
from fenzu.regroup._running.stale import check_account, check_digest, check_followers, check_groups
from fenzu.regroup._running.step import most_failures
from fenzu.regroup._values import Failure, RunState, Tally
from fenzu.threads import Work

TICK = 0.25
"""Seconds between two events about progress."""
GRACE = 0.5
"""Seconds that calls under way may still take after an interruption."""
QUOTA_EVERY = 60.0
"""Seconds between two questions for the day's quota: others may use it too."""


async def carry_out(
    book: Book,
    directory: Directory,
    mirror: Mirrored | None,
    settings: Settings,
    *,
    clock: Clock,
    chance: random.Random,
    work: Work = asyncio.to_thread,
    hold: Hold | None = None,
) -> AsyncGenerator[Event, None]:
    """Carry out a book's plan, or go on where it stopped; the last event is `Finished` or `Stopped`.

    Raises `PlanError` before anything is changed where the plan is another account's or stale, and `StoreError` where
    the journal or the mirror cannot be written. Cancelled, it tells `Stopped` with the reason "interrupted" within a
    second, then raises `CancelledError`. Who leaves early closes it (`contextlib.aclosing`): the run ends in the same
    way then.
    """
    run = _Run(book, directory, mirror, settings, clock, chance, work, hold)
    under_way = asyncio.create_task(run.carry())
    interruption: asyncio.CancelledError | None = None
    try:
        while not under_way.done():
            await asyncio.wait([under_way], timeout=run.until_next_look())
            for event in run.news():
                yield event
    except asyncio.CancelledError as cancelled:
        interruption = cancelled
    finally:
        if not under_way.done():
            run.interrupt()
            await asyncio.wait([under_way])
        under_way.exception()  # so that it counts as seen, also by who has closed us
    if interruption is not None:
        for event in run.news():
            yield event
    yield under_way.result()
    if interruption is not None:
        raise interruption


class _Before(msgspec.Struct, frozen=True):
    """What the journal held when the session began."""

    state: RunState
    has_begun: bool
    tally: Tally
    actions: list[Action]
    failures: list[Failure]
    in_doubt: set[int]


class _Run:
    """One session of a run."""

    def __init__(
        self,
        book: Book,
        directory: Directory,
        mirror: Mirrored | None,
        settings: Settings,
        clock: Clock,
        chance: random.Random,
        work: Work,
        hold: Hold | None,
    ) -> None:
        self._book, self._directory, self._mirror = book, directory, mirror
        self._settings, self._clock, self._work = settings, clock, work
        self._events: deque[Event] = deque()
        self._gate = Gate(settings, clock, chance, hold, self._tell)
        self._recorder = Recorder(book, mirror, work, clock)
        self._caller = Caller(directory, self._gate, clock, chance, settings.tries, self._recorder.count)
        self._groups = Groups(book, self._caller, self._recorder, clock, self._tell)
        self._moves = Moves(book, self._caller, self._recorder, clock)
        self._meter = Meter()
        self._total: Tally | None = None
        """Known once the moves have begun."""

    async def carry(self) -> Event:
        """Do what is left to do, and return the last event."""
        before = await self._work(self._look_up)
        if before.state == "done":
            return Finished(before.tally)
        try:
            await self._caller.run(self._begin(before))
            await self._carry_on()
        except Halted:
            return await self._stopped()
        await self._recorder.write(StateChanged("done", self._clock.time()))
        return Finished(await self._work(self._book.tally))

    def interrupt(self) -> None:
        """Begin no call any more, and do not wait for long for those under way."""
        self._gate.halt(INTERRUPTED)
        asyncio.get_running_loop().call_later(GRACE, self._caller.cut)

    def until_next_look(self) -> float:
        """Return after how many seconds there may be something to tell; while nothing is sent, that is long."""
        return max(self._gate.closed_for(self._clock.time()), TICK)

    def news(self) -> Iterator[Event]:
        """Yield what happened since, and how far the moves have come."""
        while self._events:
            yield self._events.popleft()
        if self._total is not None:
            yield self._progress(self._total)

    def _look_up(self) -> _Before:
        book = self._book
        check_here(book)  # both once more under the lock: somebody may have been quicker
        check_not_undone(book)
        return _Before(
            book.state().state,
            book.has_begun(),
            book.tally(),
            book.actions(),
            list(book.failures()),
            book.in_doubt(),
        )

    async def _begin(self, before: _Before) -> None:
        """Check that the plan still stands, and take up what is done of it."""
        header = self._book.header
        check_account(header, self._directory.appid, self._directory.base_url)
        resumed = before.has_begun
        go_on = self._gate.go_on
        await self._work(lambda: check_digest(self._book, go_on))
        there = await self._caller.groups()
        check_groups(self._book, there, before.actions)
        self._groups.take_up(there, before.actions)
        if (mirror := self._mirror) is not None:
            ids = dict(self._groups.ids)
            await self._work(lambda: check_followers(self._book, mirror, ids, resumed=resumed, go_on=go_on))
        most = most_failures(self._settings.max_failures, before.tally.followers)
        self._moves.take_up(before.tally, before.failures, before.in_doubt, most)
        self._recorder.calls = before.tally.calls
        await self._recorder.write(StateChanged("running", self._clock.time()))
        self._tell(
            Started(
                appid=header.appid,
                base_url=header.base_url,
                kind=header.kind,
                resumed=resumed,
                tally=before.tally,
                max_failures=most,
            )
        )

    async def _carry_on(self) -> None:
        """Groups, moves, what is to be cleared away. What the platform says against one of them stops the run."""
        try:
            await self._caller.run(self._prepare())
            await self._move()
            await self._caller.run(self._clear_away())
        except StoreError:
            raise
        except FenzuError as error:
            self._gate.halt(reason_of(error), error)
            raise Halted from None

    async def _prepare(self) -> None:
        await self._groups.prepare()
        await self._note_groups()
        await self._gate.day.ask(self._caller.directory, self._clock)

    async def _move(self) -> None:
        self._total = await self._work(self._book.tally)
        self._meter.read(self._clock.time(), self._moves.moved, self._moves.settled)
        watch = asyncio.create_task(self._watch_quota())
        try:
            await self._moves.carry(self._groups.ids)
        finally:
            watch.cancel()
            await asyncio.wait([watch])

    async def _clear_away(self) -> None:
        if self._book.deletes:
            await self._groups.clear_away()
            await self._note_groups()

    async def _note_groups(self) -> None:
        if (mirror := self._mirror) is not None:
            groups, now = self._groups.there, self._clock.time()
            await self._work(lambda: mirror.note_groups(groups, now))

    async def _watch_quota(self) -> None:
        """Ask now and then what is left of the day, until the run stops; not while nothing is sent."""
        seconds = QUOTA_EVERY
        with suppress(Halted):
            while True:
                await self._gate.pause(seconds)
                seconds = await self._ask_for_quota()

    async def _ask_for_quota(self) -> float:
        """Ask what is left of the day if calls pass; return after how many seconds to look again."""
        closed = self._gate.closed_for(self._clock.time())
        if closed > 0:
            return min(closed, LONGEST_NAP)
        await self._gate.day.ask(self._caller.directory, self._clock)
        return QUOTA_EVERY

    async def _stopped(self) -> Stopped:
        """Write down why the run stops; where another may have it by now, that is not ours to say."""
        stop = self._gate.stop or Stop(INTERRUPTED)
        state = () if stop.reason == LOST else (StateChanged("stopped", self._clock.time(), stop.reason),)
        await self._recorder.write(*state)
        tally = await self._work(self._book.tally)
        return Stopped(reason=stop.reason, tally=tally, error=stop.error, renews_at=stop.renews_at)

    def _tell(self, event: Event) -> None:
        self._events.append(event)
        self._moves.wake()

    def _progress(self, total: Tally) -> Progress:
        now, moves, gate = self._clock.time(), self._moves, self._gate
        day, closed = gate.day, gate.closed_for(now)
        day.turn(now)  # at midnight somebody may look before the first call does
        pace = self._meter.read(now, moves.moved, moves.settled)
        if closed > 0:
            self._meter.forget()
        quota, minute = Quota(day.left, day.limit, self._settings.reserve), gate.pacing.minute(now)
        return Progress(
            at=now,
            done=moves.moved,
            failed=moves.failed,
            total=total.followers,
            calls=self._recorder.calls,
            rate=pace.followers,
            in_flight=gate.pacing.at_once,
            calls_left=day.left,
            seconds_left=seconds_left(
                now, total.batches - moves.settled, pace.batches, quota, closed, minute
            ),
        )
