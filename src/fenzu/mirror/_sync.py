"""The sync itself: pages of openids, then groups, then the profiles of those whose group is not known."""

import asyncio
import random
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from functools import partial
from typing import TypeVar

import msgspec

from fenzu.database.locks import alone
from fenzu.errors import InvalidOpenid, TransportError
from fenzu.mirror._compare import Compared
from fenzu.mirror._profiles import ProfileReader
from fenzu.mirror._sync_log import TRAIL, Doubtful, State, SyncLog, somebody_else
from fenzu.mirror.asking import Asker, StopAsking
from fenzu.mirror.directory import Directory
from fenzu.mirror.events import (
    CountsDiffer,
    Event,
    Finished,
    GroupDifference,
    Listed,
    PageRead,
    Started,
    Waiting,
)
from fenzu.mirror.ports import Clock
from fenzu.mirror.store import Mirror
from fenzu.model import Group, OpenID, Page
from fenzu.threads import Work, in_threads, to_the_end
from fenzu.wire.words import Words

T = TypeVar("T")
IN_FLIGHT = 16
STEPS = 3
"""A page that ends too early is asked for again behind so many others, one after the other."""


class Wanted(msgspec.Struct, frozen=True):
    """What a sync is to ask again besides what is not known: all, or what is older than so many seconds."""

    full: bool = False
    older_than: float | None = None
    in_flight: int = IN_FLIGHT

    def ask_before(self, now: float) -> float | None:
        """Return the time; what was learnt before it is asked again."""
        if self.full:
            return now
        return None if self.older_than is None else now - self.older_than


async def run_sync(
    directory: Directory,
    mirror: Mirror,
    wanted: Wanted,
    *,
    clock: Clock = time,
    chance: random.Random | None = None,
    work: Work = asyncio.to_thread,
) -> AsyncGenerator[Event, None]:
    """Bring the mirror up to date and tell how far it has come; ends with `Finished` or `Stopped`."""
    mirror.check_account(directory.base_url, directory.appid)
    # One at a time, or each would spend the calls of both.
    held = alone(mirror.database, f"sync{mirror.account.id}", somebody_else(mirror.where))
    async with in_threads(held, work):
        sync = _Sync(directory, mirror, wanted, clock, chance or random.Random(), work)
        try:
            async with aclosing(sync.events()) as events:
                async for event in events:
                    yield event
        except StopAsking as stop:
            yield stop.event
        finally:
            await sync.count_calls()


class _Sync:
    """One run of a sync: each stage tells its events, and leaves behind where the next one begins."""

    def __init__(
        self,
        directory: Directory,
        mirror: Mirror,
        wanted: Wanted,
        clock: Clock,
        chance: random.Random,
        work: Work,
    ) -> None:
        self._directory, self._mirror, self._wanted = directory, mirror, wanted
        self._clock, self._work = clock, work
        self._asker = Asker(clock, chance)
        self._log = SyncLog(mirror.account)
        self._lost: list[OpenID] = []
        """Behind whom the platform gave no page: they may have left."""
        self._steps = self._restarts = self._furthest = 0

    async def events(self) -> AsyncGenerator[Event, None]:
        now = self._clock.time()
        before = await self._work(self._log.read)
        self._state: State = await self._work(partial(self._log.begin, now, self._wanted.ask_before(now)))
        is_same = before is not None and before.started_at == self._state.started_at
        resumed = before is not None and before.stage != "done" and is_same
        yield Started(resumed, await self._work(lambda: self._mirror.followers))
        for stage in (self._read_pages, self._list_groups, self._read_profiles, self._end):
            async with aclosing(stage()) as events:
                async for event in events:
                    yield event

    async def count_calls(self) -> None:
        """Write down what was sent and is not counted yet."""
        if calls := self._asker.take_calls():
            await to_the_end(partial(self._log.count, calls), self._work)

    async def _read_pages(self) -> AsyncGenerator[Event, None]:
        while self._state.stage == "pages":
            asked = self._asked("followers.list", lambda: self._directory.page(self._state.after))
            try:
                async with aclosing(asked) as answers:
                    async for answer in answers:
                        if isinstance(answer, Waiting):
                            yield answer
                            continue
                        async for event in self._take_page(answer):
                            yield event
            except InvalidOpenid:
                # Whoever was the last on the page before has left since: go on behind the one before them.
                if self._state.after is None or not await self._go_back():
                    raise

    async def _take_page(self, page: Page) -> AsyncGenerator[PageRead, None]:
        state = self._state
        check_page(page, state.after)
        is_amiss = is_cut_short(page, state)
        if is_amiss and state.sure is None and self._steps < STEPS and await self._step_back():
            return
        is_end = not page.openids or page.next is None
        calls = self._asker.take_calls()
        write = partial(self._write_page, page, calls, is_end=is_end, is_amiss=is_amiss)
        self._state, compared = await self._work(write)
        if self._state.paged > self._furthest:
            self._furthest, self._steps = self._state.paged, 0
        back = len(compared.back)
        yield PageRead(self._state.paged, self._state.total, len(compared.arrived) - back, back)

    def _write_page(
        self, page: Page, calls: dict[str, int], *, is_end: bool, is_amiss: bool
    ) -> tuple[State, Compared]:
        with self._mirror.transaction():
            self._log.count(calls)
            return self._log.take_page(self._state, page, is_end=is_end, is_amiss=is_amiss)

    async def _go_back(self) -> bool:
        """Go on behind somebody before, from the beginning if need be; False where that has not helped either."""
        assert self._state.after is not None
        self._lost.append(self._state.after)
        if self._steps < TRAIL and await self._step_back():
            return True
        self._state = await self._work(partial(self._log.restart, self._state))
        self._steps = self._furthest = 0
        self._restarts += 1
        return self._restarts == 1

    async def _step_back(self) -> bool:
        self._steps += 1
        state = await self._work(partial(self._log.step_back, self._state))
        self._state = state or self._state
        return state is not None

    async def _list_groups(self) -> AsyncGenerator[Event, None]:
        gone = 0
        if self._state.stage == "groups":
            gone = -await self._work(lambda: self._mirror.gone)
            async with aclosing(self._ask_doubtful()) as waits:
                async for wait in waits:
                    yield wait
            async with aclosing(self._asked("groups.list", self._ask_groups)) as answers:
                async for answer in answers:
                    if isinstance(answer, Waiting):
                        yield answer
                    else:
                        calls = self._asker.take_calls()
                        gone += await self._work(partial(self._write_groups, *answer, calls))
        yield await self._work(partial(self._listed, gone))

    async def _ask_groups(self) -> tuple[Sequence[Group], float]:
        at = self._clock.time()
        return await self._directory.groups(), at

    def _write_groups(self, groups: Sequence[Group], asked_at: float, calls: dict[str, int]) -> int:
        held = self._mirror.counts()  # a pass over all, for which nobody else need wait
        with self._mirror.transaction():
            self._log.count(calls)
            self._log.let_go(self._state, self._clock.time())
            self._mirror.note_groups(groups, asked_at, held)
            self._state = self._log.enter(self._state, "profiles")
            return self._mirror.gone

    async def _ask_doubtful(self) -> AsyncGenerator[Waiting, None]:
        """Ask for those whom the pages may only have missed: a few calls, so that nobody is gone who follows."""
        doubtful = await self._work(partial(self._log.doubtful, self._state, self._lost))
        if not doubtful:
            return
        async with aclosing(
            self._reader(Doubtful(self._mirror.account, doubtful)).read(len(doubtful))
        ) as events:
            async for event in events:
                if isinstance(event, Waiting):
                    yield event
        await self._work(partial(self._log.see, self._state, [number for number, _ in doubtful]))

    def _listed(self, gone: int) -> Listed:
        to_ask = self._log.to_ask(self._state)
        return Listed(self._mirror.followers, gone, to_ask, tuple(self._mirror.groups()))

    async def _read_profiles(self) -> AsyncGenerator[Event, None]:
        to_ask = await self._work(partial(self._log.to_ask, self._state))
        async with aclosing(self._reader(self._log).read(to_ask)) as events:
            async for event in events:
                yield event

    def _reader(self, log: SyncLog) -> ProfileReader:
        return ProfileReader(
            self._directory,
            self._mirror,
            log,
            self._state,
            self._asker,
            in_flight=self._wanted.in_flight,
            clock=self._clock,
            work=self._work,
        )

    async def _end(self) -> AsyncGenerator[Event, None]:
        differences = await self._work(self._differences)
        if differences:
            yield CountsDiffer(differences)
        await self._work(partial(self._log.enter, self._state, "done", self._clock.time()))
        yield await self._work(
            lambda: Finished(self._mirror.followers, self._mirror.unknown, self._log.calls())
        )

    def _differences(self) -> tuple[GroupDifference, ...]:
        counts = self._mirror.counts()
        return tuple(
            GroupDifference(group.id, group.name, group.count, counts.get(group.id, 0))
            for group in self._mirror.groups()
            if group.count is not None and group.count != counts.get(group.id, 0)
        )

    async def _asked(self, call: str, send: Callable[[], Awaitable[T]]) -> AsyncGenerator[T | Waiting, None]:
        """Yield what is waited for, and in the end the answer."""
        task = asyncio.ensure_future(self._asker.ask(call, send))
        try:
            async with aclosing(self._asker.until_one_is_done([task])) as notices:
                async for notice in notices:
                    yield notice
            yield task.result()
        finally:
            task.cancel()


def is_cut_short(page: Page, state: State) -> bool:
    """Tell whether a page seems to be the last though there must be more.

    So it is if the one behind whom it begins has left and followed again, and stands at the end of the list by now.
    """
    is_short = not page.openids or page.next is None or len(page.openids) < state.longest
    has_less = state.paged + len(page.openids) < page.total or page.total == 0
    return state.after is not None and is_short and has_less


def check_page(page: Page, after: OpenID | None) -> None:
    """Refuse a page that no platform sends: one that leads nowhere, or names no openids."""
    if page.openids and page.next is not None and page.next == after:
        raise _odd(Words("the same page again and again", "总是返回同一页"))
    if not _OPENIDS.fullmatch("".join(page.openids)):
        raise _odd(Words("what stands on a page is no openid", "页面内容不是 openid"))


_OPENIDS = re.compile(r"[A-Za-z0-9_-]*")


def _odd(what: Words) -> TransportError:
    return TransportError(
        Words(f"followers.list: {what.en}", f"followers.list：{what.zh}"),
        Words("check that the address is the platform's or a sandbox's", "确认地址是微信平台或沙盒的地址"),
    )
