"""Who is in which group right now: asked by the hundred, many calls in flight, and the mirror learns what was read.

Knows neither what was wanted of them nor what follows from where they are.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import NamedTuple, Protocol, TypeVar

from fenzu.mirror.asking import Asker, StopAsking
from fenzu.mirror.directory import Directory
from fenzu.mirror.ports import Clock
from fenzu.mirror.profiles import read_profiles
from fenzu.model import Follower
from fenzu.threads import Work
from fenzu.wire.limits import PROFILES

T = TypeVar("T")


class Learner(Protocol):
    """The mirror, as far as it is told something here."""

    @property
    def id(self) -> str:
        """Which mirror of the account it is."""
        ...

    @property
    def revision(self) -> int:
        """Rises with each change of somebody's group."""
        ...

    def learn(self, profiles: Sequence[Follower], at: float) -> object:
        """Note who is in which group."""
        ...


class Person(NamedTuple):
    """A follower, the group that a run took them from, and the one it put them into."""

    openid: str
    source: int
    target: int


class Seen(NamedTuple):
    """A person, and the group they are in; None for who does not follow."""

    person: Person
    found: int | None


class Asking:
    """Whom to ask, whom to tell, and what tells the time. `at_once` is how many calls may be in flight."""

    def __init__(
        self,
        directory: Directory,
        mirror: Learner | None = None,
        clock: Clock = time,
        chance: random.Random | None = None,
        work: Work = asyncio.to_thread,
        at_once: int = 16,
    ) -> None:
        self.directory, self.mirror, self.clock = directory, mirror, clock
        self.work, self.at_once = work, at_once
        self._asker = Asker(clock, chance or random.Random())

    async def patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call that may be repeated, until it answers or repeating does not help; raises what it met then."""
        with _met():
            return await self._asker.ask("", call)

    async def profiles(self, openids: Sequence[str]) -> list[Follower]:
        """The profiles of 1 to 100; who is not known to the platform does not follow."""
        with _met():
            return await read_profiles(self.directory, self._asker, openids)


@contextmanager
def _met() -> Iterator[None]:
    """Raise the error itself for which all asking stops."""
    try:
        yield
        return
    except StopAsking as stop:
        met = stop.event.error
    raise met


async def see(people: Iterable[Person], asking: Asking) -> AsyncIterator[list[Seen]]:
    """Yield where the people are, in their order, some at a time.

    What was read is told to the mirror even where another call of the same round failed; its error is raised then.
    """
    left = iter(people)
    while some := await asking.work(lambda: list(islice(left, PROFILES * asking.at_once))):
        parts = [some[start : start + PROFILES] for start in range(0, len(some), PROFILES)]
        asked_at = asking.clock.time()  # what the mirror hears of meanwhile is newer
        answers = await asyncio.gather(
            *(asking.profiles([person.openid for person in part]) for part in parts), return_exceptions=True
        )
        read = [one for answer in answers if not isinstance(answer, BaseException) for one in answer]
        if asking.mirror is not None and read:
            await asking.work(partial(asking.mirror.learn, read, asked_at))
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        groups: dict[str, int | None] = {one.openid: one.group_id for one in read if one.subscribe}
        yield [Seen(person, groups.get(person.openid)) for person in some]
