"""One seed from its beginning to its end: an engine lives, is killed, lives again, until the plan is carried out."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from fenzu.database import Database
from fenzu.database.sqlite import SqliteDatabase
from fenzu.errors import StalePlan
from fenzu.mirror import Mirror
from fenzu.mirror._account import Account
from fenzu.regroup._books.book import Book, create
from fenzu.regroup._running.events import Stopped
from fenzu.regroup._running.ports import Settings
from fenzu.regroup._values import Plan
from tests.simulation.engine import carry_out_to_the_end, fill, plan_the_way_back
from tests.simulation.loop import Killed, VirtualClock, VirtualLoop
from tests.simulation.network import Network, client_of
from tests.simulation.platform import APPID, BASE_URL, BEIJING, Platform
from tests.simulation.weather import CALM, Weather, forecast
from tests.simulation.world import make_world, way_back

Ending: TypeAlias = Literal["finished", "stopped", "killed", "cancelled", "refused"]

BEGIN = datetime(2026, 3, 1, 0, 0, tzinfo=BEIJING).timestamp()
STORMS = 8
"""So many lives may be stormy; after them the weather is fair and nobody is killed."""
LIVES = 40


class Life(msgspec.Struct, frozen=True):
    """How a life of the engine ended."""

    ending: Ending
    reason: str
    settled: frozenset[int]
    """The batches that were settled by its end."""
    seconds_to_end: float
    """Since it was told to end; 0 if it was not."""
    in_flight: int
    """So many calls might be under way at once."""


class Story:
    """The world of a seed and what happens in it."""

    def __init__(self, seed: int, folder: Path, book: type[Book] = Book) -> None:
        self.chance = random.Random(seed)
        self.world = make_world(self.chance)
        self.platform = Platform(
            dict(self.world.groups), dict(self.world.members), is_of_2021=self.chance.random() < 0.3
        )
        self.network = Network(self.platform, CALM, random.Random(self.chance.random()))
        self.lives: list[Life] = []
        self.gone: set[str] = set()
        """Who has unsubscribed while the plan was carried out."""
        self.is_spoiled = False
        """Whether somebody has deleted a group of the plan meanwhile."""
        self._now = BEGIN + self.chance.uniform(0, 86_400)
        self._kind = book
        self._path = str(folder / "plan.fenzu")
        self._mirror = str(folder / "mirror.db") if self.chance.random() < 0.5 else None
        plan = self._planned_from_mirror() if self._mirror else self.world.plan
        with self.database() as database:
            self.run = create(database, plan).run
        self._limit_calls()

    @contextmanager
    def database(self) -> Iterator[Database]:
        """The plan's file, opened anew."""
        database = _quick(self._path)
        try:
            yield database
        finally:
            database.close()

    @contextmanager
    def mirror(self) -> Iterator[Mirror | None]:
        """The account's mirror, opened anew; half of the stories have none."""
        if self._mirror is None:
            yield None
            return
        database = _quick(self._mirror)
        try:
            yield Mirror(Account(database, BASE_URL, APPID, read_only=False))
        finally:
            database.close()

    def tell(self, lives: int = LIVES) -> None:
        """Live until the plan is carried out, or no life is left."""
        while len(self.lives) < lives:
            self._live(forecast(self.chance) if len(self.lives) < STORMS else CALM)
            if self.lives[-1].ending in ("finished", "refused"):
                return
            self._pass_time(self.lives[-1])

    def turn_back(self) -> None:
        """Plan the way back from wherever the run has come to; `tell` then carries that out instead."""
        self._now += self.chance.uniform(1, 86_400)
        loop = VirtualLoop()
        clock = VirtualClock(loop, self._now)
        self.network.begin(clock, CALM)
        with self.database() as database, self.mirror() as mirror:
            client = client_of(self.network, clock, random.Random(0))
            book = Book(database, self.run)
            work = plan_the_way_back(book, client.directory, mirror, clock, random.Random(0))
            plan = loop.run_until_complete(work)
            self.run = create(database, plan).run
        loop.close()
        self._now = clock.time()
        self.lives = []
        self.network.turn_page()
        self.platform.created.clear()
        self.platform.touched.clear()
        self.world = way_back(self.world, self.platform.members, plan)

    def _planned_from_mirror(self) -> Plan:
        """Fill the mirror while the strangers still follow, and say in the plan what it was made from."""
        loop = VirtualLoop()
        clock = VirtualClock(loop, self._now)
        earlier = Platform(
            dict(self.world.groups), dict(self.world.known), is_of_2021=self.platform.is_of_2021
        )
        network = Network(earlier, CALM, random.Random(0))
        network.begin(clock, CALM)
        with self.mirror() as mirror:
            assert mirror is not None
            client = client_of(network, clock, random.Random(0))
            loop.run_until_complete(fill(mirror, client.directory, clock, random.Random(0)))
            revision = mirror.revision
        loop.close()
        self._now = clock.time()
        plan = self.world.plan
        return msgspec.structs.replace(plan, header=msgspec.structs.replace(plan.header, revision=revision))

    def _live(self, weather: Weather) -> None:
        loop = VirtualLoop()
        clock = VirtualClock(loop, self._now)
        self.network.begin(clock, weather)
        self._schedule(loop)
        in_flight = self.chance.choice((1, 4, 64))
        with self.database() as database, self.mirror() as mirror:
            book = self._kind(database, self.run)
            program = loop.create_task(self._program(book, mirror, clock, in_flight))
            try:
                ending, reason, told_at = self._meet_fate(loop, program)
            finally:
                self.network.end()
                loop.bury()
        self._now = clock.time()
        with self.database() as database:
            left = {batch.number for batch in Book(database, self.run).unsettled(0, 10**6)}
        settled = frozenset({batch.number for batch in self.world.plan.batches} - left)
        self.lives.append(Life(ending, reason, settled, loop.time() - told_at if told_at else 0.0, in_flight))

    async def _program(
        self, book: Book, mirror: Mirror | None, clock: VirtualClock, in_flight: int
    ) -> tuple[Ending, str]:
        client = client_of(self.network, clock, random.Random(self.chance.random()))
        settings = Settings(
            in_flight=in_flight,
            max_failures=None if len(self.lives) < STORMS else 10**6,
            wait_for_quota=self.chance.random() < 0.2,
        )
        last = await carry_out_to_the_end(book, client.directory, mirror, clock, self.chance, settings)
        return ("stopped", last.reason) if isinstance(last, Stopped) else ("finished", "")

    def _meet_fate(
        self, loop: VirtualLoop, program: "asyncio.Task[tuple[Ending, str]]"
    ) -> tuple[Ending, str, float]:
        """Run the program to its end, or to the one that fate has for it."""
        fate = (
            self.chance.choice(("none", "none", "kill", "kill", "cancel"))
            if len(self.lives) < STORMS
            else "none"
        )
        told: list[float] = []

        def end() -> None:
            told.append(loop.time())
            program.cancel()

        if fate == "kill":
            loop.kill_at(int(2 ** self.chance.uniform(0, 11)))
        elif fate == "cancel":
            loop.call_later(2 ** self.chance.uniform(-6, 4), end)
        try:
            ending, reason = loop.run_until_complete(program)
            return ending, reason, told[0] if told else 0.0
        except StalePlan:
            return "refused", "StalePlan", 0.0
        except Killed:
            return "killed", "", 0.0
        except asyncio.CancelledError:
            return "cancelled", "", told[0]

    def _schedule(self, loop: VirtualLoop) -> None:
        """Let others do what they do meanwhile: followers leave, other systems call and make groups."""
        if self.chance.random() < 0.2:
            for openid in self.chance.sample(sorted(self.world.members), min(len(self.world.members), 2)):
                loop.call_later(self.chance.uniform(0, 3), self._leave, openid)
        if self.chance.random() < 0.03 and self.world.groups:
            loop.call_later(
                self.chance.uniform(0, 3), self._spoil, self.chance.choice(sorted(self.world.groups))
            )
        if self.chance.random() < 0.2 and "groups/members/batchupdate" in self.platform.day_limits:
            left = self.chance.randint(0, 8)
            self.platform.use_up("groups/members/batchupdate", self._now, left)

    def _leave(self, openid: str) -> None:
        self.platform.leave(openid)
        self.gone.add(openid)

    def _spoil(self, group: int) -> None:
        self.platform.remove(group)
        self.is_spoiled = True

    def _limit_calls(self) -> None:
        """Give some accounts few calls a day or a minute."""
        is_clean = not self.world.strangers
        if self.chance.random() < 0.4:
            limit = self.chance.choice((3, 6, 10)) if is_clean else 400
            self.platform.day_limits["groups/members/batchupdate"] = limit
        if self.chance.random() < 0.2:
            self.platform.minute_limits["groups/members/batchupdate"] = self.chance.choice((4, 20))
        if self.chance.random() < 0.1:
            self.platform.day_limits["groups/create"] = 2

    def _pass_time(self, life: Life) -> None:
        """Let somebody start the program again: after a quota's end the day after, else soon."""
        if life.reason == "45009":
            midnight = datetime.fromtimestamp(self._now, BEIJING).replace(
                hour=0, minute=0, second=0, microsecond=0
            )
            self._now = (midnight + timedelta(days=1, seconds=self.chance.uniform(1, 3600))).timestamp()
        else:
            self._now += self.chance.uniform(0.1, 600)


def _quick(path: str) -> SqliteDatabase:
    """Open a file whose commits need not survive a power cut."""
    database = SqliteDatabase(path)
    database.run("PRAGMA synchronous = OFF")
    return database
