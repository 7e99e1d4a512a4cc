"""Many writers on the same followers, and what each of them was answered when: a history for each follower."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Sequence

from tests.strain.connection import Connection, Gone
from tests.strain.linear import Operation

GROUPS = range(100, 190)
TARGETS = (0, 2, *GROUPS)
GROUP_SPECS = [{"id": number, "name": f"group {number}"} for number in GROUPS]
LOST = 0.005
"""The share of moves whose answer is not waited for."""
COHORT, COHORT_CALLS = 48, 12_000
"""So many followers are worked on at a time, for so many calls: then come the next ones. What one follower went through
stays short so, and checking it quick: a move without an answer may still happen at any later time, and the ways to
explain a history double with some of them.
"""


class History:
    """What was done to each follower, in every writer's own words.

    The followers come `COHORT` by `COHORT`; the last of them are worked on until the time is up.
    """

    def __init__(self, openids: Sequence[str]) -> None:
        self.openids = openids
        self.operations: dict[str, list[Operation]] = defaultdict(list)
        self.calls = self.lost = 0

    @property
    def at_hand(self) -> Sequence[str]:
        """The followers who are worked on now."""
        last = len(self.openids) // COHORT - 1
        first = COHORT * min(self.calls // COHORT_CALLS, last)
        return self.openids[first : first + COHORT]

    def note_move(self, openids: Sequence[str], to: int, begin: float, end: float) -> None:
        """Note a move that was answered `ok` at `end`, or never."""
        for openid in openids:
            self.operations[openid].append(Operation("write", to, begin, end))

    def note_look(self, openid: str, group: int, begin: float, end: float) -> None:
        """Note what a look found."""
        self.operations[openid].append(Operation("read", group, begin, end))


class Client:
    """One of the writers: one call after another on a connection of its own, until the time is up."""

    def __init__(self, base_url: str, query: str, history: History, rng: random.Random) -> None:
        self._base_url = base_url
        self._query = query
        self._history = history
        self._rng = rng

    async def run(self, until: float) -> None:
        """Call until `until`, by the clock that the history goes by."""
        while time.perf_counter() < until:
            async with await Connection.open(self._base_url) as connection:
                while time.perf_counter() < until:
                    try:
                        await self._step(connection)
                    except Gone:
                        break
                    self._history.calls += 1

    async def _step(self, connection: Connection) -> None:
        chance = self._rng.random()
        if chance < 0.35:
            await self._move(connection, 1)
        elif chance < 0.5:
            await self._move(connection, self._rng.randint(2, 6))
        elif chance < 0.97:
            await self._look(connection)
        else:
            await self._count(connection)

    async def _move(self, connection: Connection, number: int) -> None:
        openids, to = self._rng.sample(self._history.at_hand, number), self._rng.choice(TARGETS)
        if number == 1:
            path, body = "members/update", {"openid": openids[0], "to_groupid": to}
        else:
            path, body = "members/batchupdate", {"openid_list": openids, "to_groupid": to}
        begin = time.perf_counter()
        target = f"/cgi-bin/groups/{path}?{self._query}"
        if self._rng.random() < LOST:
            await connection.send("POST", target, body)
            self._history.note_move(openids, to, begin, float("inf"))
            self._history.lost += 1
            raise Gone
        answer = await connection.call(target, body)
        end = time.perf_counter()
        assert answer == {"errcode": 0, "errmsg": "ok"}, answer
        self._history.note_move(openids, to, begin, end)

    async def _look(self, connection: Connection) -> None:
        await self._look_at(connection, self._rng.choice(self._history.at_hand))

    async def look_at_all(self) -> None:
        """Look at each follower once: what was told before still holds at the end."""
        async with await Connection.open(self._base_url) as connection:
            for openid in list(self._history.operations):
                await self._look_at(connection, openid)

    async def _look_at(self, connection: Connection, openid: str) -> None:
        begin = time.perf_counter()
        answer = await connection.call(f"/cgi-bin/groups/getid?{self._query}", {"openid": openid})
        self._history.note_look(openid, answer["groupid"], begin, time.perf_counter())

    async def _count(self, connection: Connection) -> None:
        rows = (await connection.call(f"/cgi-bin/groups/get?{self._query}"))["groups"]
        assert sum(row["count"] for row in rows) == len(self._history.openids), rows
        assert all(row["count"] >= 0 for row in rows), rows


async def write_history(
    base_urls: Sequence[str], query: str, history: History, clients: int, seconds: float, seed: int
) -> None:
    """Let so many clients call for so many seconds, each at one of the sandboxes; then one looks at everybody."""
    until = time.perf_counter() + seconds
    async with asyncio.TaskGroup() as group:
        for number in range(clients):
            base_url, rng = base_urls[number % len(base_urls)], random.Random(f"{seed} {number}")
            group.create_task(Client(base_url, query, history, rng).run(until))
    await Client(base_urls[0], query, history, random.Random(seed)).look_at_all()
