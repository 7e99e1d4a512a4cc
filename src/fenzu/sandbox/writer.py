"""One thread that writes. It takes what has queued up, lets the rules decide, commits once, and then answers.

Whoever is answered is on disk. When a commit fails, all who waited for it are told so, nothing of it stays, and what
comes later goes on. It knows no SQL beyond where a transaction begins and ends, and nothing of what is decided.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import TypeAlias, TypeVar

from fenzu.errors import ApiError
from fenzu.sandbox.books import Books
from fenzu.sandbox.database import Connection, Store
from fenzu.sandbox.overlay import Overlay
from fenzu.sandbox.requests import Request
from fenzu.sandbox.rows import Decision, Rows

T = TypeVar("T")
Decide: TypeAlias = Callable[[Request, Rows], Decision]
Settle: TypeAlias = Callable[[int, Decision | ApiError | None], bytes]
"""Told on the event loop what came of an account's request once that is on disk (None: nothing); returns the answer."""

AT_ONCE = 1_000
"""Requests in one commit at most."""

log = logging.getLogger("fenzu.sandbox")


class WriteFailed(Exception):
    """Nothing of the request was written."""


class Ticket:
    """A request in the queue, and who waits for it."""

    __slots__ = ("future", "loop", "outcome", "request")

    def __init__(self, request: Request, loop: asyncio.AbstractEventLoop) -> None:
        self.request = request
        self.loop = loop
        self.future: asyncio.Future[bytes] = loop.create_future()
        self.outcome: Decision | ApiError | None = None


class Job:
    """Work that has a transaction of its own: making accounts, loading followers, emptying."""

    __slots__ = ("enter", "error", "future", "loop", "result", "work")

    def __init__(
        self,
        work: Callable[[Connection], object],
        enter: Callable[[object], None],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.work = work
        self.enter = enter
        self.loop = loop
        self.future: asyncio.Future[object] = loop.create_future()
        self.result: object = None
        self.error: Exception | None = None


class Writer:
    """The queue and its thread."""

    def __init__(self, store: Store, decide: Decide, settle: Settle) -> None:
        self._store = store
        self._decide = decide
        self._settle = settle
        self._books = Books(store.writer)
        self._queue: SimpleQueue[Ticket | Job | None] = SimpleQueue()
        self._held: list[Job | None] = []
        self._job_lock = threading.Lock()
        self._runs_job = False
        self._thread = threading.Thread(target=self._run, name="fenzu-sandbox-writer", daemon=True)
        self._thread.start()

    def submit(self, request: Request) -> "asyncio.Future[bytes]":
        """Queue a request; the future gets the answer."""
        ticket = Ticket(request, asyncio.get_running_loop())
        self._queue.put(ticket)
        return ticket.future

    async def perform(self, work: Callable[[Connection], T], enter: Callable[[T], None]) -> T:
        """Run `work` in a transaction of its own, in its turn; then `enter` what it returned, on the event loop."""
        job = Job(work, enter, asyncio.get_running_loop())  # type: ignore[arg-type]  # `enter` gets what `work` returns
        self._queue.put(job)
        return await job.future  # type: ignore[return-value]  # the same

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
            item = self._held.pop() if self._held else self._queue.get()
            if item is None:
                return
            if isinstance(item, Job):
                self._do_job(item)
            else:
                self._do_tickets(self._take(item))

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
            self._commit(tickets)
        except Exception as error:  # noqa: BLE001 - whatever it was, those who wait must be told
            self._recover()
            if len(tickets) > 1 and not self._is_trouble(error):
                for ticket in tickets:  # one of them is at fault and must not spoil its neighbours
                    ticket.outcome = None
                    self._do_tickets([ticket])
                return
            self._report(error)
            for ticket in tickets:
                ticket.outcome = None
        _tell(tickets, self._answer)

    def _commit(self, tickets: list[Ticket]) -> None:
        if not self._store.writer.is_idle:
            raise WriteFailed  # an earlier trouble is not undone yet: what would be read is on no disk
        overlays = self._books.read(ticket.request for ticket in tickets)
        for ticket in tickets:
            self._decide_one(ticket, overlays.get(ticket.request.account))
        changed = [overlay for overlay in overlays.values() if overlay.is_changed]
        if changed:
            self._store.writer.begin()
            self._books.write(changed)
            self._store.writer.commit()
        for overlay in overlays.values():
            overlay.forget()

    def _decide_one(self, ticket: Ticket, overlay: Overlay | None) -> None:
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
        self._books.forget()
        connection = self._store.writer
        try:
            with self._running_job():
                connection.begin()
                job.result = job.work(connection)
                connection.commit()
        except Exception as error:  # noqa: BLE001 - handed to whoever asked for the job
            self._recover()
            job.error = self._store.explain(error) if isinstance(error, self._store.failures) else error
        _tell([job], _answer_job)

    @contextmanager
    def _running_job(self) -> Iterator[None]:
        with self._job_lock:
            self._runs_job = True
        try:
            yield
        finally:
            with self._job_lock:
                self._runs_job = False

    def _recover(self) -> None:
        """Undo what was begun, with a new connection if need be; the thread lives on whatever comes of it."""
        try:
            if not self._store.writer.is_idle:
                self._store.writer.rollback()
        except self._store.failures:
            try:
                self._store.reopen_writer()
            except self._store.failures as error:
                self._report(error)
        self._books = Books(self._store.writer)

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


def _answer_job(job: Job) -> None:
    if job.error is None:
        job.enter(job.result)
    if job.future.done():
        return
    if job.error is not None:
        job.future.set_exception(job.error)
    else:
        job.future.set_result(job.result)


Item = TypeVar("Item", Ticket, Job)


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
