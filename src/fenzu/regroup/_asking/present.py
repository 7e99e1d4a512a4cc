"""Who is in which group right now: asked by the hundred, many calls in flight, and the mirror learns what was read.

Knows neither what was wanted of them nor what follows from where they are.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple, Protocol, TypeVar

import msgspec

from fenzu.errors import FenzuError
from fenzu.mirror.directory import Directory
from fenzu.mirror.ports import Clock, Work
from fenzu.model import Follower
from fenzu.regroup._asking.patience import pause_after
from fenzu.wire.limits import PROFILES

T = TypeVar("T")


class Learner(Protocol):
    """The mirror, as far as it is told something here."""

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


class Asking(msgspec.Struct, frozen=True):
    """Whom to ask, whom to tell, and what tells the time."""

    directory: Directory
    mirror: Learner | None = None
    clock: Clock = time
    chance: random.Random = msgspec.field(default_factory=random.Random)
    work: Work = asyncio.to_thread
    at_once: int = 16
    """Calls in flight."""

    async def patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call that may be repeated, until it answers or repeating does not help."""
        number = 1
        while True:
            try:
                return await call()
            except FenzuError as error:
                pause = pause_after(error, number, self.clock.time(), self.chance)
                if pause is None:
                    raise
            await asyncio.sleep(pause)
            number += 1


async def see(people: Iterable[Person], asking: Asking) -> AsyncIterator[list[Seen]]:
    """Yield where the people are, in their order, some at a time.

    What was read is told to the mirror even where another call of the same round failed; its error is raised then.
    """
    left = iter(people)
    while some := await asking.work(lambda: list(islice(left, PROFILES * asking.at_once))):
        parts = [some[start : start + PROFILES] for start in range(0, len(some), PROFILES)]
        asked_at = asking.clock.time()  # what the mirror hears of meanwhile is newer
        answers = await asyncio.gather(*(_ask(part, asking) for part in parts), return_exceptions=True)
        read = [one for answer in answers if not isinstance(answer, BaseException) for one in answer]
        if asking.mirror is not None and read:
            await asking.work(partial(asking.mirror.learn, read, asked_at))
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        groups: dict[str, int | None] = {one.openid: one.group_id for one in read if one.subscribe}
        yield [Seen(person, groups.get(person.openid)) for person in some]


async def _ask(people: Sequence[Person], asking: Asking) -> Sequence[Follower]:
    openids = [person.openid for person in people]
    return await asking.patiently(lambda: asking.directory.profiles(openids))
