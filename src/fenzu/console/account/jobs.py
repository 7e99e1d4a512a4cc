"""What takes long and is watched meanwhile: a sync of the mirror, a run. It goes on whether somebody looks or not."""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from typing import Literal, TypeAlias, TypeVar

from fenzu.console.account.refused import Refused, refused_words
from fenzu.console.mistake import mistake
from fenzu.errors import FenzuError
from fenzu.wire.words import Language

T = TypeVar("T")
State: TypeAlias = Literal["running", "done", "stopped", "failed"]

PAUSE_SECONDS = 0.2
"""Seconds between two tellings of the same job."""
SAME_AGAIN_SECONDS = 30
"""After so many seconds a job is told anew though nothing was heard of it: what is told of time has changed."""
JOBS_KEPT = 20
"""So many jobs that are over can still be looked at."""

_log = logging.getLogger(__name__)


class Board:
    """The last event of each kind."""

    def __init__(self, *events: object) -> None:
        self._events: dict[type, object] = {type(event): event for event in events}

    def put(self, event: object) -> None:
        """Note an event, in the place of the one before it."""
        self._events[type(event)] = event

    def heard(self, kind: type[T]) -> T | None:
        """Return the last event of that kind, if there was one."""
        event = self._events.get(kind)
        return event if isinstance(event, kind) else None


Tell: TypeAlias = Callable[[Board, Language], dict[str, object]]
"""What is shown of a job: made from its last events, for one reader."""


class Job:
    """One piece of work that tells events until it is over. It begins at once."""

    def __init__(self, kind: str, subject: str, events: AsyncGenerator[object, None], tell: Tell) -> None:
        self.id = secrets.token_hex(6)
        self.kind = kind
        self.subject = subject
        """What it is about: of two jobs of a kind only one at a time is about the same."""
        self.state: State = "running"
        self.error: FenzuError | None = None
        self._events, self._tell = events, tell
        self._board = Board()
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name=f"{self.kind} {self.id}")
        self.is_stopping = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be told."""
        return self.state != "running"

    async def stop(self) -> None:
        """End it early, and wait until what was under way is written down. Repeating is safe."""
        if not self.is_stopping:  # a second cancellation would break off the clean end of the first
            self.is_stopping = True
            self._task.cancel()
        await asyncio.wait([self._task])
        if not self.is_over:  # it was stopped before its first step
            self.state = "stopped"
            self._changed()

    async def wait(self, seconds: float) -> None:
        """Wait until it is over, so long at most; raises what it has failed by."""
        await asyncio.wait([self._task], timeout=seconds)
        if self.error is not None:
            raise self.error

    def heard(self, kind: type[T]) -> T | None:
        """Return the last event of that kind, if there was one."""
        return self._board.heard(kind)

    def told(self, language: Language) -> dict[str, object]:
        """Return what is shown of it just now."""
        told: dict[str, object] = {"job": self.id, "kind": self.kind, "state": self.state}
        if self.error is not None:
            told["error"] = self.error.say(language)
        if not self.is_over:
            told["waiting"] = refused_words(self.heard(Refused)).say(language)
        return told | self._tell(self._board, language)

    def hear(self, event: object) -> None:
        """Tell whoever watches of something that happened beside its own steps."""
        self._board.put(event)
        self._changed()

    async def watch(self, language: Language) -> AsyncIterator[dict[str, object]]:
        """Yield what is shown of it, at once, after each change and now and then, until it is over."""
        while True:
            news, is_over = self._news, self.is_over
            yield self.told(language)
            if is_over:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(SAME_AGAIN_SECONDS):
                    await news.wait()
            if not self.is_over:
                await asyncio.sleep(PAUSE_SECONDS)

    async def _run(self) -> None:
        try:
            async with aclosing(self._events) as events:
                async for event in events:
                    self.hear(event)
            self.state = "done"
        except asyncio.CancelledError:
            self.state = "stopped"
        except FenzuError as error:
            self.state, self.error = "failed", error
        except Exception:  # noqa: BLE001 - whatever it is, who watches is told, and the console goes on
            _log.exception("a job of the console failed")
            self.state, self.error = "failed", mistake()
        finally:
            self._changed()

    def _changed(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


class Jobs:
    """The jobs of one account."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def start(self, kind: str, subject: str, events: AsyncGenerator[object, None], tell: Tell) -> Job:
        """Begin a job; where one of that kind and subject is at work, return that instead."""
        running = self.running(kind, subject)
        if running is not None:
            return running
        job = Job(kind, subject, events, tell)
        self._forget()
        self._jobs[job.id] = job
        return job

    def running(self, kind: str, subject: str | None = None) -> Job | None:
        """Return the job of that kind (and subject) that is at work."""
        for job in self._jobs.values():
            if job.kind == kind and subject in {None, job.subject} and not job.is_over:
                return job
        return None

    async def going_on(self, kind: str, subject: str) -> Job | None:
        """Return the job of that kind and subject that is at work; one that is being stopped is waited for first."""
        while (job := self.running(kind, subject)) is not None and job.is_stopping:
            await job.stop()
        return job

    def hear(self, event: object) -> None:
        """Tell whoever watches what is at work of something that concerns all of it."""
        for job in self._jobs.values():
            if not job.is_over:
                job.hear(event)

    def last(self, kind: str, subject: str | None = None) -> Job | None:
        """Return the newest job of that kind (and subject), at work or over."""
        newest = reversed(self._jobs.values())
        return next((job for job in newest if job.kind == kind and subject in {None, job.subject}), None)

    def get(self, job_id: str) -> Job | None:
        """Return a job by its id."""
        return self._jobs.get(job_id)

    def forget(self, kind: str, subject: str) -> None:
        """Forget what jobs of that kind and subject that are over have found."""
        for job in list(self._jobs.values()):
            if (job.kind, job.subject) == (kind, subject) and job.is_over:
                del self._jobs[job.id]

    async def close(self) -> None:
        """End all jobs early."""
        await asyncio.gather(*(job.stop() for job in self._jobs.values()))

    def _forget(self) -> None:
        over = [job.id for job in self._jobs.values() if job.is_over]
        for job_id in over[: max(len(over) - JOBS_KEPT, 0)]:
            del self._jobs[job_id]
