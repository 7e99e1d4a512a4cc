"""Writers that know what they were promised: each owns some followers and groups, and keeps what may be true of them.

An acknowledged change leaves one possibility; one whose answer never came leaves two. What the sandbox then says has to
be among them.
"""

import random
from collections.abc import Callable, Coroutine, Iterable

import msgspec

from tests.strain.connection import Connection, Gone

SHARED = (0, 2, 100, 101, 102, 103)
"""Groups that every writer moves its followers to; nobody deletes them."""
OWN_GROUPS = 4


class Batch(msgspec.Struct, frozen=True):
    """A batch that was sent and not answered: all of it happened, or nothing."""

    before: dict[str, int]
    to: int


class Ids:
    """Every number that the sandbox ever gave to a group; none may come twice, and they rise."""

    def __init__(self) -> None:
        self.seen: set[int] = {0, 1, 2, 100, 101, 102, 103}

    def highest(self) -> int:
        return max(self.seen)

    def take(self, number: int, above: int) -> None:
        assert number not in self.seen, f"group {number} was given a second time"
        assert number > above, f"group {number} was given after {above}"
        self.seen.add(number)


class Writer:
    """One writer: sends a change, waits for the answer, sends the next."""

    def __init__(self, name: str, openids: Iterable[str], ids: Ids, rng: random.Random) -> None:
        self.name = name
        self.may_be_in: dict[str, set[int]] = {openid: {0} for openid in openids}
        self.groups: dict[int, set[str]] = {}
        """Own groups and what they may be called."""
        self.maybe_deleted: set[int] = set()
        self.maybe_created: str | None = None
        self.batch: Batch | None = None
        self.acknowledged = 0
        self._ids = ids
        self._rng = rng
        self._serial = 0

    async def run(self, connection: Connection, query: str) -> None:
        """Send changes until the sandbox is gone."""
        steps: list[Callable[[Connection, str], Coroutine[None, None, None]]] = [
            self._move,
            self._move,
            self._move,
            self._move_many,
            self._move_many,
            self._create,
            self._rename,
            self._delete,
        ]
        try:
            while True:
                await self._rng.choice(steps)(connection, query)
        except Gone:
            return

    async def _move(self, connection: Connection, query: str) -> None:
        openid, to = self._rng.choice(list(self.may_be_in)), self._target()
        self.may_be_in[openid].add(to)
        await self._change(connection, f"groups/members/update?{query}", {"openid": openid, "to_groupid": to})
        self.may_be_in[openid] = {to}

    async def _move_many(self, connection: Connection, query: str) -> None:
        chosen, to = self._rng.sample(list(self.may_be_in), self._rng.randint(2, 8)), self._target()
        self.batch = Batch({openid: next(iter(self.may_be_in[openid])) for openid in chosen}, to)
        for openid in chosen:
            self.may_be_in[openid].add(to)
        body = {"openid_list": chosen, "to_groupid": to}
        await self._change(connection, f"groups/members/batchupdate?{query}", body)
        self.batch = None
        for openid in chosen:
            self.may_be_in[openid] = {to}

    async def _create(self, connection: Connection, query: str) -> None:
        if len(self.groups) >= OWN_GROUPS:
            return
        name, above = self._new_name(), self._ids.highest()
        self.maybe_created = name
        answer = await connection.call(f"/cgi-bin/groups/create?{query}", {"group": {"name": name}})
        assert answer["group"]["name"] == name, answer
        self._ids.take(answer["group"]["id"], above)
        self.groups[answer["group"]["id"]] = {name}
        self.maybe_created = None
        self.acknowledged += 1

    async def _rename(self, connection: Connection, query: str) -> None:
        if not self.groups:
            return
        number, name = self._rng.choice(list(self.groups)), self._new_name()
        self.groups[number].add(name)
        await self._change(connection, f"groups/update?{query}", {"group": {"id": number, "name": name}})
        self.groups[number] = {name}

    async def _delete(self, connection: Connection, query: str) -> None:
        if not self.groups:
            return
        number = self._rng.choice(list(self.groups))
        self.maybe_deleted.add(number)
        members = [openid for openid, found in self.may_be_in.items() if number in found]
        for openid in members:
            self.may_be_in[openid].add(0)
        await self._change(connection, f"groups/delete?{query}", {"group": {"id": number}})
        for openid in members:
            self.may_be_in[openid].discard(number)
        self.maybe_deleted.clear()
        del self.groups[number]

    async def _change(self, connection: Connection, path: str, body: object) -> None:
        answer = await connection.call(f"/cgi-bin/{path}", body)
        assert answer == {"errcode": 0, "errmsg": "ok"}, answer
        self.acknowledged += 1

    def _target(self) -> int:
        return self._rng.choice([*SHARED, *self.groups])

    def _new_name(self) -> str:
        self._serial += 1
        return f"{self.name}-{self._serial}"

    def judge(self, group_of: dict[str, int], names: dict[int, str]) -> None:
        """Compare what the sandbox says with what may be true, and go on from there."""
        for openid, possible in self.may_be_in.items():
            assert group_of[openid] in possible, f"{openid} is in {group_of[openid]}, not in {possible}"
            self.may_be_in[openid] = {group_of[openid]}
        self._judge_batch(group_of)
        for number, possible_names in list(self.groups.items()):
            if number in self.maybe_deleted and number not in names:
                del self.groups[number]
                continue
            assert names.get(number) in possible_names, (
                f"group {number} is {names.get(number)}, not {possible_names}"
            )
            self.groups[number] = {names[number]}
        for number, name in names.items():
            if name == self.maybe_created:
                self._ids.take(number, 103)
                self.groups[number] = {name}
        self.maybe_deleted.clear()
        self.maybe_created = None

    def _judge_batch(self, group_of: dict[str, int]) -> None:
        batch, self.batch = self.batch, None
        if batch is None:
            return
        moved = {
            group_of[openid] == batch.to for openid, before in batch.before.items() if before != batch.to
        }
        assert len(moved) <= 1, "half of a batch was moved"
