"""Reading profiles by the hundred, many calls in flight, and writing them in waves while more are on their way."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from functools import partial

import msgspec

from fenzu.mirror._sync_log import State, SyncLog
from fenzu.mirror.asking import Asker
from fenzu.mirror.directory import Directory
from fenzu.mirror.events import ProfilesRead, Waiting
from fenzu.mirror.ports import Clock
from fenzu.mirror.profiles import read_profiles
from fenzu.mirror.store import Mirror
from fenzu.model import Follower, OpenID
from fenzu.threads import Work, to_the_end
from fenzu.wire.limits import PROFILES

WAVE = 20
"""So many answers are written together."""


class Answer(msgspec.Struct, frozen=True):
    """What a hundred were said to be, when they were asked for."""

    at: float
    profiles: Sequence[Follower]
    asked: int


class ProfileReader:
    """Asks for the profiles that a sync has to read."""

    def __init__(
        self,
        directory: Directory,
        mirror: Mirror,
        log: SyncLog,
        state: State,
        asker: Asker,
        *,
        in_flight: int,
        clock: Clock,
        work: Work,
    ) -> None:
        self._directory, self._mirror, self._log = directory, mirror, log
        self._state, self._asker, self._clock, self._work = state, asker, clock, work
        self._in_flight = in_flight
        self._next: deque[OpenID] = deque()
        self._last = 0
        self._is_all = False
        self._pending: set[asyncio.Task[Answer]] = set()
        self._answers: list[Answer] = []
        self._asked = 0

    async def read(self, to_ask: int) -> AsyncGenerator[ProfilesRead | Waiting, None]:
        """Read and write them all. What was answered is written also where this ends early."""
        try:
            await self._send_more()
            while self._pending:
                async with aclosing(self._asker.until_one_is_done(self._pending)) as notices:
                    async for notice in notices:
                        yield notice
                self._gather()
                await self._send_more()
                if len(self._answers) >= WAVE or not self._pending:
                    yield await self._write_wave(to_ask)
        finally:
            await self._end()

    async def _send_more(self) -> None:
        """Keep as many calls in flight as there may be."""
        while len(self._pending) < self._in_flight:
            if len(self._next) < PROFILES and not self._is_all:
                await self._look_up()
            some = [self._next.popleft() for _ in range(min(PROFILES, len(self._next)))]
            if not some:
                return
            self._pending.add(asyncio.ensure_future(self._ask(some)))

    async def _look_up(self) -> None:
        limit = PROFILES * max(self._in_flight, WAVE)
        found = await self._work(partial(self._log.whom_to_ask, self._state, self._last, limit))
        self._is_all = len(found) < limit
        if found:
            self._last = found[-1][0]
        self._next.extend(openid for _, openid in found)

    async def _ask(self, openids: Sequence[OpenID]) -> Answer:
        at = self._clock.time()
        return Answer(at, await read_profiles(self._directory, self._asker, openids), len(openids))

    def _gather(self) -> None:
        """Take the answers that have come; raises what a call has met."""
        for task in [task for task in self._pending if task.done()]:
            self._pending.discard(task)
            self._answers.append(task.result())

    async def _write_wave(self, to_ask: int) -> ProfilesRead:
        wave, self._answers = self._answers, []
        await self._work(partial(self._write, wave, self._asker.take_calls()))
        self._asked += sum(answer.asked for answer in wave)
        return ProfilesRead(self._asked, to_ask)

    def _write(self, wave: Sequence[Answer], calls: Mapping[str, int]) -> None:
        with self._mirror.transaction():
            for answer in wave:
                self._mirror.learn(answer.profiles, answer.at)
            self._log.count(calls)

    async def _end(self) -> None:
        """Let what is in flight come in where the asking has stopped, give it up otherwise; keep what was answered."""
        for task in self._pending:
            if not self._asker.has_stopped:
                task.cancel()
        for result in await asyncio.gather(*self._pending, return_exceptions=True):
            if isinstance(result, Answer):
                self._answers.append(result)
        self._pending = set()
        wave, self._answers = self._answers, []
        calls = self._asker.take_calls()
        if wave or calls:
            await to_the_end(partial(self._write, wave, calls), self._work)
