"""What a worker does with Procrastinate: takes jobs, puts them back, is missed when it dies.

Knows neither where the queue lies nor what is carried out.
"""

import asyncio
import datetime as dt
import logging
import random
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from fenzu.regroup._running.ports import Settings

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.jobs import Job
    from procrastinate.retry import BaseRetryStrategy
    from procrastinate.worker import Worker

TASK = "fenzu.run"
POLL = 2.0
"""Seconds between two looks for jobs whose time has come; a new one is told at once."""


class Again(Exception):
    """The job is to be taken again in so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Timing(msgspec.Struct, frozen=True):
    """How soon a worker that died is missed, in seconds."""

    beat: float
    stalled: float


Carry = Callable[[int, Settings], Awaitable[None]]
"""Carries out a run by its number, as it was asked to.

Raises `Again` where it is to be taken again, anything else where it has failed.
"""


def add_task(app: "App", carry: Carry) -> None:
    """Tell the app what to do with a job."""
    app.task(name=TASK, retry=_strategy())(_by_name(carry))


def _by_name(carry: Carry) -> Callable[..., Awaitable[None]]:
    """Return `carry` as a task's function: Procrastinate gives a job's values by name."""

    async def task(*, run: int, settings: dict[str, object]) -> None:
        try:
            await carry(run, msgspec.convert(settings, Settings))
        except asyncio.CancelledError:
            raise Again(0.0) from None  # the worker ends: the run goes back at once

    return task


async def work(
    app: "App", queues: list[str], at_once: int, timing: Timing, stopping: asyncio.Event | None
) -> bool:
    """Work until somebody wishes it to end; False where the worker ended for another reason."""
    asyncio.get_running_loop().set_exception_handler(_pass_over)
    failures = _Failures()
    logging.getLogger("procrastinate").addHandler(failures)
    worker = _worker_class()(
        app=app,
        queues=queues,
        concurrency=at_once,
        wait=stopping is not None,
        fetch_job_polling_interval=POLL,
        shutdown_graceful_timeout=None if stopping is None else 0,
        install_signal_handlers=False,
        update_heartbeat_interval=timing.beat,
        stalled_worker_timeout=timing.stalled,
        delete_jobs="successful",
    )
    ended = asyncio.Event()
    rescue = asyncio.create_task(_rescue(app, timing, ended))
    watch = asyncio.create_task(_stop(worker, stopping or ended))
    try:
        await worker.run()  # type: ignore[no-untyped-call]  # as Procrastinate has it
    finally:
        ended.set()  # a cancellation may be lost where a connection is made
        await rescue
        watch.cancel()
        logging.getLogger("procrastinate").removeHandler(failures)
    return not failures.has_broken_down


async def _stop(worker: "Worker", stopping: asyncio.Event) -> None:
    await stopping.wait()
    worker.stop()  # type: ignore[no-untyped-call]  # as Procrastinate has it


def _pass_over(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Say nothing of a job that cannot be put back, since another worker has it by now."""
    from procrastinate.exceptions import ProcrastinateException

    if not isinstance(context.get("exception"), ProcrastinateException):
        loop.default_exception_handler(context)


async def _rescue(app: "App", timing: Timing, ended: asyncio.Event) -> None:
    """Put back, now and then, what workers had who are heard of no more.

    Two may do so at once, and a job may then be taken twice: its account's lease lets one of them carry it out.
    """
    from procrastinate.exceptions import ProcrastinateException

    while not ended.is_set():
        stalled: Iterable[Job] = ()
        with suppress(ProcrastinateException):  # the server is away, which the worker notices
            stalled = await app.job_manager.get_stalled_jobs(
                task_name=TASK, seconds_since_heartbeat=timing.stalled
            )
        for job in stalled:
            with suppress(ProcrastinateException):  # it was put back by another worker meanwhile
                await app.job_manager.retry_job(job)
        pause = timing.beat * (0.5 + random.random())  # so that workers do not ask at once
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), pause)


class _Failures(logging.Handler):
    """Notices what Procrastinate only logs: that it ends because it lost its server."""

    has_broken_down = False

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, "action", "") in {"side_task_failed", "side_task_monitor_failed"}:
            self.has_broken_down = True


def _worker_class() -> "type[Worker]":
    from procrastinate.worker import Worker

    class Watched(Worker):
        """Watches its heartbeat and its listener until it ends.

        Procrastinate watches them until the first of its side tasks is over, and the one for periodic jobs is over at
        once where there are none: a worker whose heartbeat had failed would go on unheard (3.10.0, 2026-11-26).
        """

        async def _periodic_deferrer(self) -> None:
            await asyncio.Event().wait()

    return Watched


def _strategy() -> "BaseRetryStrategy":
    from procrastinate.retry import BaseRetryStrategy, RetryDecision

    class AsTold(BaseRetryStrategy):
        def get_retry_decision(self, *, exception: BaseException, job: "Job") -> RetryDecision | None:
            if not isinstance(exception, Again):
                return None
            pause = dt.timedelta(seconds=exception.seconds)
            return RetryDecision(retry_at=dt.datetime.now(dt.UTC) + pause)

    return AsTold()
