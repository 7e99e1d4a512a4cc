"""One thread that writes. It takes what has queued up, lets the rules decide, commits once, and then answers.

Whoever is answered is on disk. When a commit fails, all who waited for it are told so, nothing of it stays, and what
comes later goes on. When nothing is queued it sweeps, piece by piece, what resets have left behind. It knows no SQL
beyond where a transaction begins and ends, and nothing of what is decided.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import TypeAlias, TypeVar

from fenzu.errors import ApiError
from fenzu.sandbox.rules.requests import Request
from fenzu.sandbox.rules.rows import Decision, Rows
from fenzu.sandbox.store import discard
from fenzu.sandbox.store.books import Books
from fenzu.sandbox.store.database import Connection, Store
from fenzu.sandbox.store.overlay import Overlay
from fenzu.sandbox.store.queued import Entered, Job, Replacement, Ticket
from fenzu.sandbox.store.renumbering import Renumberings

T = TypeVar("T")
Decide: TypeAlias = Callable[[Request, Rows], Decision]
Settle: TypeAlias = Callable[[int, Decision | ApiError | None], bytes]
"""Told on the event loop what came of an account's request once that is on disk (None: nothing); returns the answer."""

AT_ONCE = 1_000
"""Requests in one commit at most."""
TRIES = 8
"""How often a transaction is begun that other sandboxes on the same store undo, or that a lost connection cuts off."""
PAUSE = 0.005
"""Seconds before the second try; twice as long before each next one."""
SHARED_SWEEP_PAUSE = 0.5
"""Seconds before a shared store is swept: until then reads of other sandboxes may still name the old number."""
HOLD_SECONDS = 10.0
"""How long an event loop may take to notice that it is to hold what it reads."""

log = logging.getLogger("fenzu.sandbox")


class WriteFailed(Exception):
    """Nothing of the request was written."""

    def __str__(self) -> str:
        return "an earlier trouble is not undone yet"


class Writer:
    """The queue and its thread."""

    def __init__(self, store: Store, decide: Decide, settle: Settle) -> None:
        self._store = store
        self._decide = decide
        self._settle = settle
        self._books = Books(store.writer)
        self._queue: SimpleQueue[Ticket | Job | Entered | None] = SimpleQueue()
        self._held: list[Job | Entered | None] = []
        self._renumberings = Renumberings()
        self._may_sweep = True
        self._sweeps_from = 0.0
        self._sweep_failed = False
        self._job_lock = threading.Lock()
        self._runs_job = False
        self._thread = threading.Thread(target=self._run, name="fenzu-sandbox-writer", daemon=True)
        self._thread.start()

    def submit(
        self, request: Request, loop: asyncio.AbstractEventLoop | None = None
    ) -> "asyncio.Future[bytes]":
        """Queue a request; the future gets the answer. A thread says which event loop waits."""
        ticket = Ticket(request, loop or asyncio.get_running_loop())
        self._queue.put(ticket)
        return ticket.future

    async def perform(self, work: Callable[[Connection], T], enter: Callable[[T], None]) -> T:
        """Run `work` in a transaction of its own, in its turn; then `enter` what it returned, on the event loop."""
        return await self._queue_job(Job(work, enter, asyncio.get_running_loop()))  # type: ignore[arg-type, return-value]  # `enter` gets what `work` returns

    async def perform_on(
        self, account: int, work: Callable[[Connection, int], T], enter: Callable[[T], None]
    ) -> T:
        """Do the same to an account; `work` is given its number as it is by then, after resets queued before."""
        job = Job(work, enter, asyncio.get_running_loop(), account=account)  # type: ignore[arg-type]  # as above
        return await self._queue_job(job)  # type: ignore[return-value]  # as above

    async def renumber(
        self,
        account: int | None,
        work: Callable[..., Mapping[int, int]],
        enter: Callable[[Mapping[int, int]], None],
    ) -> None:
        """Give an account, or all, a new number; what is queued behind and names the old one goes to the new one.

        A deleted account is left without one. What lay under the old numbers is swept once `enter` has run: until
        then reads on the event loop still name them.
        """
        loop = asyncio.get_running_loop()
        job = Job(work, enter, loop, account=account, renumbers=True)  # type: ignore[arg-type]  # as above
        await self._queue_job(job)

    async def replace(
        self,
        work: Callable[[Connection], Mapping[int, int]],
        hold: Callable[[], None],
        release: Callable[[], None],
        enter: Callable[[Mapping[int, int]], None],
    ) -> None:
        """Put another state in place of all; `work` commits by itself and returns old numbers with new ones.

        Reads are `hold` to what was there until the event loop calls `release` and, if all went well, `enter`.
        """
        loop = asyncio.get_running_loop()
        await self._queue_job(Replacement(work, enter, loop, hold=hold, release=release))  # type: ignore[arg-type]  # as above

    async def _queue_job(self, job: Job) -> object:
        self._queue.put(job)
        return await job.future

    def close(self) -> None:
        """Finish what is queued and end the thread."""
        self._queue.put(None)
        self._thread.join()

    async def finish(self) -> None:
        """Finish the requests that are queued, break off the jobs, and end the thread."""
        self._queue.put(None)
        while self._thread.is_alive():
            self.interrupt()  # again and again: it hits only a statement that is running
            await asyncio.sleep(0.01)

    def interrupt(self) -> None:
        """Break off the job that is running, if any: it fails and leaves no trace. Requests are left alone."""
        with self._job_lock:
            if self._runs_job:
                self._store.writer.interrupt()

    def _run(self) -> None:
        while True:
            item = self._held.pop() if self._held else self._get()
            if item is None:
                return
            if isinstance(item, Replacement):
                self._replace(item)
            elif isinstance(item, Job):
                self._do_job(item)
            elif isinstance(item, Entered):
                self._forget_numbers()
            else:
                self._do_tickets(self._take(item))

    def _get(self) -> Ticket | Job | Entered | None:
        """Wait for what is queued next, and sweep as long as there is nothing."""
        while self._may_sweep and not self._renumberings:
            pause = self._sweeps_from - time.monotonic()
            try:
                return self._queue.get(timeout=pause) if pause > 0 else self._queue.get_nowait()
            except Empty:
                self._sweep()
        return self._queue.get()

    def _sweep(self) -> None:
        """Sweep a piece. A disk in trouble is left alone until something could be written to it again."""
        try:
            self._may_sweep = discard.sweep(self._store.writer)
        except self._store.failures as error:
            self._recover()
            self._may_sweep, self._sweep_failed = False, True
            self._report(error)

    def _forget_numbers(self) -> None:
        self._renumberings.forget_oldest()
        self._may_sweep = True
        if self._store.is_shared:
            self._sweeps_from = time.monotonic() + SHARED_SWEEP_PAUSE

    def _take(self, first: Ticket) -> list[Ticket]:
        """Take what has queued up behind `first`, up to a job or the end, which is held for the next round."""
        tickets = [first]
        while len(tickets) < AT_ONCE:
            try:
                item = self._queue.get_nowait()
            except Empty:
                break
            if not isinstance(item, Ticket):
                self._held.append(item)
                break
            tickets.append(item)
        return tickets

    def _do_tickets(self, tickets: list[Ticket]) -> None:
        try:
            self._repeat(lambda: self._commit(tickets))
        except Exception as error:  # noqa: BLE001 - whatever it was, those who wait must be told
            if len(tickets) > 1 and not self._is_trouble(error):
                for ticket in tickets:  # one of them is at fault and must not spoil its neighbours
                    ticket.outcome = None
                    self._do_tickets([ticket])
                return
            self._report(error)
            for ticket in tickets:
                ticket.outcome = None
        _tell(tickets, self._answer)

    def _repeat(self, work: Callable[[], None]) -> None:
        """Do what one transaction holds; once more where nothing of it was written and the next try may be better."""
        for count in range(TRIES):
            try:
                work()
            except Exception as error:
                is_sound = self._recover()
                if count + 1 == TRIES or not is_sound or not self._may_repeat(error):
                    raise
                time.sleep(PAUSE * 2**count)
            else:
                return

    def _may_repeat(self, error: Exception) -> bool:
        return self._store.is_shared and (isinstance(error, WriteFailed) or self._store.may_repeat(error))

    def _commit(self, tickets: list[Ticket]) -> None:
        connection = self._store.writer
        if not connection.is_idle:
            raise WriteFailed  # an earlier trouble is not undone yet: what would be read is on no disk
        if self._renumberings:
            self._renumberings.readdress(tickets)
        if self._store.is_shared:
            self._books.forget()
            connection.begin()  # before anything is read, as reading keeps the others out
        overlays = self._books.read(ticket.request for ticket in tickets)
        for ticket in tickets:
            self._decide_one(ticket, overlays.get(ticket.request.account))
        changed = [overlay for overlay in overlays.values() if overlay.is_changed]
        if changed:
            if connection.is_idle:
                connection.begin()
            self._books.write(changed)
        if not connection.is_idle:
            connection.commit()
        if changed:
            self._note_success()
        for overlay in overlays.values():
            overlay.forget()

    def _note_success(self) -> None:
        if self._sweep_failed:
            self._may_sweep, self._sweep_failed = True, False

    def _decide_one(self, ticket: Ticket, overlay: Overlay | None) -> None:
        ticket.outcome = None
        if overlay is None:  # the account was deleted while this was queued
            return
        try:
            decision = self._decide(ticket.request, overlay)
        except ApiError as refusal:
            ticket.outcome = refusal
        except Exception as error:  # noqa: BLE001 - a fault of one rule must not spoil its neighbours
            _report(error)
        else:
            overlay.apply(decision.changes)
            ticket.outcome = decision

    def _do_job(self, job: Job) -> None:
        try:
            self._repeat(lambda: self._work(job))
            self._note_success()
            if job.renumbers:
                self._renumberings.note(job.result)
        except Exception as error:  # noqa: BLE001 - handed to whoever asked for the job
            job.error = self._store.explain(error) if isinstance(error, self._store.failures) else error
        _tell([job], self._answer_job)

    def _replace(self, job: Replacement) -> None:
        self._books.forget()
        try:
            if not self._store.writer.is_idle:
                raise WriteFailed
            self._hold(job)
            job.result = job.work(self._store.writer)
            self._renumberings.note(job.result)
        except Exception as error:  # noqa: BLE001 - handed to whoever asked for it
            self._recover()
            job.error = self._store.explain(error) if self._is_trouble(error) else error
        _tell([job], self._answer_replacement)
        job.entered.wait(HOLD_SECONDS)

    def _answer_replacement(self, job: Replacement) -> None:
        try:
            job.release()
            self._answer_job(job)
        finally:
            job.entered.set()

    def _hold(self, job: Replacement) -> None:
        """Wait until the event loop holds what it reads."""
        held = threading.Event()

        def hold() -> None:
            job.hold()
            held.set()

        job.loop.call_soon_threadsafe(hold)
        if not held.wait(HOLD_SECONDS):  # the loop is over, or cannot read
            raise WriteFailed

    def _work(self, job: Job) -> None:
        self._books.forget()
        connection = self._store.writer
        with self._running_job():
            connection.begin()
            if job.account is None:
                job.result = job.work(connection)
            else:
                job.result = job.work(connection, self._renumberings.successor(job.account))
            connection.commit()

    @contextmanager
    def _running_job(self) -> Iterator[None]:
        with self._job_lock:
            self._runs_job = True
        try:
            yield
        finally:
            with self._job_lock:
                self._runs_job = False

    def _recover(self) -> bool:
        """Undo what was begun, with a new connection if need be; False where not even that can be had."""
        is_sound = True
        try:
            if not self._store.writer.is_idle:
                self._store.writer.rollback()
        except self._store.failures:
            try:
                self._store.reopen_writer()
            except self._store.failures as error:
                self._report(error)
                is_sound = False
        self._books = Books(self._store.writer)
        return is_sound

    def _is_trouble(self, error: Exception) -> bool:
        """Tell whether it is the database's trouble, and none of ours."""
        return isinstance(error, (WriteFailed, *self._store.failures))

    def _report(self, error: Exception) -> None:
        """Tell the log: the database's trouble in a line, a fault of ours with its trace."""
        if self._is_trouble(error):
            log.error("cannot write to the store: %s %s", type(error).__name__, error)
        else:
            _report(error)

    def _answer(self, ticket: Ticket) -> None:
        answer = self._settle(ticket.request.account, ticket.outcome)
        if not ticket.future.done():
            ticket.future.set_result(answer)

    def _answer_job(self, job: Job) -> None:
        if job.error is None:
            try:
                job.enter(job.result)
            finally:
                if job.renumbers:
                    self._queue.put(Entered())
        if job.future.done():
            return
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)


Item = TypeVar("Item", Ticket, Job, Replacement)


def _tell(items: Sequence[Item], answer: Callable[[Item], None]) -> None:
    """Answer on the event loop that waits, waking it once for all of them."""

    def answer_all(mine: Sequence[Item]) -> None:
        for item in mine:
            try:
                answer(item)
            except Exception as error:  # noqa: BLE001 - the others wait as well
                _report(error)
                item.future.cancel()

    for loop in {item.loop for item in items}:
        try:
            loop.call_soon_threadsafe(answer_all, [item for item in items if item.loop is loop])
        except RuntimeError:  # the loop is closed: nobody waits any more
            continue


def _report(error: Exception) -> None:
    """Tell the log of a fault of ours."""
    log.error("a request failed", exc_info=error)
