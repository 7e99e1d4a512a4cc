"""A call until its fate is known: repeated where that helps, given up where it does not, counted either way."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

from fenzu.errors import FenzuError, StalePlan
from fenzu.fate import Fate, fate_of, reason_of
from fenzu.mirror.directory import Directory, Guardable
from fenzu.mirror.ports import Clock
from fenzu.model import Group
from fenzu.pauses import MOST_MINUTES, pause_after
from fenzu.regroup._running.day import MOVE
from fenzu.regroup._running.gate import Gate, Halted
from fenzu.regroup._running.ports import NotNow
from fenzu.regroup._running.step import asks_for_a_look
from fenzu.wire.limits import RESERVED_GROUPS
from fenzu.wire.words import Words

T = TypeVar("T")
LOOK_EVERY = 10.0
"""Seconds for which a look at the groups counts: many calls may ask for one at once, and the day has a thousand."""


class Caller:
    """Makes the calls of a run."""

    def __init__(
        self,
        directory: Directory,
        gate: Gate,
        clock: Clock,
        chance: random.Random,
        tries: int,
        count: Callable[[str, int], None],
    ) -> None:
        self.directory = directory.guarded(gate.check) if isinstance(directory, Guardable) else directory
        self.gate = gate
        self._clock, self._chance, self._tries, self._count = clock, chance, tries, count
        self._under_way: dict[asyncio.Task[Any], None] = {}  # a dict, so that the order is always the same
        self._looking, self._asking = asyncio.Lock(), asyncio.Lock()
        self._looked_at: float | None = None
        self._there: set[int] = set()

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begin something that makes calls, and that `cut` may end."""
        task = asyncio.get_running_loop().create_task(work)
        self._under_way[task] = None
        task.add_done_callback(self._under_way.pop)
        return task

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something that makes calls; raises `Halted` where it was cut off."""
        task = self.start(work)
        await asyncio.wait([task])
        if task.cancelled():
            raise Halted
        return task.result()

    def cut(self) -> None:
        """End what is under way without waiting for an answer."""
        for task in list(self._under_way):
            task.cancel()

    async def groups(self) -> Sequence[Group]:
        """All groups (groups/get)."""
        return await self.call("groups.list", self.directory.groups)

    async def call(
        self,
        name: str,
        send: Callable[[], Awaitable[T]],
        *,
        group: int | None = None,
        found: Callable[[], Awaitable[T | None]] | None = None,
    ) -> T:
        """Return the answer. Raises what says that the call itself is wrong, and `Halted` where the run stops.

        `group` is which group has to be there. `found` is asked before a repeat, for what may not be done twice: what
        it returns is the answer, unless it is None.
        """
        tries = 0
        while True:
            sent_at = await self.gate.enter(name, self._ask_what_is_left if name == MOVE else None)
            self._count(name, 1)
            try:
                answer = await send()
            except NotNow:
                self._count(name, -1)
                self.gate.unsent(name)
                continue
            except FenzuError as error:
                met = error
            else:
                self.gate.succeeded(name, sent_at)
                return answer
            finally:
                self.gate.answered(name)
            failed, tries = tries, await self._after(met, name, tries, sent_at, group)
            if found is not None and tries > failed and (before := await found()) is not None:
                return before

    async def _after(
        self, error: FenzuError, name: str, tries: int, sent_at: float, group: int | None
    ) -> int:
        """Do what an error asks for, before the call may be repeated; return how many tries have failed."""
        fate = fate_of(error)
        if fate is Fate.BAD_OPENID:
            raise error
        if fate is Fate.END:
            self.gate.halt(reason_of(error), error)
            raise Halted
        if fate is Fate.NEXT_MINUTE:
            self._note_refused_minute(error, sent_at)
        elif fate is Fate.NEXT_DAY:
            self.gate.use_up_day(name, sent_at, reason_of(error), error)
        else:
            tries += 1
            await self._note_failed_try(error, tries, group)
        return tries

    def _note_refused_minute(self, error: FenzuError, sent_at: float) -> None:
        pacing = self.gate.pacing
        pacing.minute_refused(self._clock.time(), sent_at)
        if pacing.refused_minutes >= MOST_MINUTES:
            self.gate.halt(reason_of(error), error)

    async def _note_failed_try(self, error: FenzuError, tries: int, group: int | None) -> None:
        self.gate.pacing.faltered()
        if group is not None and asks_for_a_look(error, tries) and not await self._is_there(group):
            gone = _group_is_gone(group)
            self.gate.halt(reason_of(gone), gone)
        elif tries >= self._tries:
            self.gate.halt(reason_of(error), error)
        await self.gate.pause(pause_after(tries, self._chance))

    async def _ask_what_is_left(self) -> None:
        """With a reserve no moving call is sent before the platform was asked what is left of the day."""
        day, tries = self.gate.day, 0
        async with self._asking:
            while day.has_to_be_asked:
                await self.gate.enter("quota.get")
                error = await day.ask(self.directory, self._clock)
                if error is None:
                    continue
                tries += 1
                if tries >= self._tries:
                    self.gate.halt(reason_of(error), error)
                await self.gate.pause(pause_after(tries, self._chance))

    async def _is_there(self, group: int) -> bool:
        """Look whether there is such a group; rulebook 2021 does not list all that are reserved."""
        if group in RESERVED_GROUPS:
            return True
        async with self._looking:
            there = await self._look()
        return there is None or group in there

    async def _look(self) -> set[int] | None:
        """Return which groups there are; None where nobody knows: the call itself is repeated then, up to its bound."""
        now = self._clock.time()
        if self._looked_at is not None and 0 <= now - self._looked_at < LOOK_EVERY:
            return self._there
        await self.gate.enter("groups.list")
        try:
            self._there = {group.id for group in await self.directory.groups()}
        except (FenzuError, NotNow):
            return None
        self._looked_at = now
        return self._there


def _group_is_gone(group: int) -> StalePlan:
    return StalePlan(
        Words(f"group {group} is gone: somebody has deleted it", f"分组 {group} 已不存在：有人删除了它"),
        Words(
            "what was moved stays moved; sync the mirror and make a new plan",
            "已移动的不受影响；请同步镜像后重新制定计划",
        ),
    )
