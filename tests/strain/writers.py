"""Writers that send one change after another, each to its own followers and groups, and note what they are promised."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, Protocol

from tests.strain.connection import Gone
from tests.strain.promises import SHARED, Found, Ids, Promises

OWN_GROUPS = 4
SHARED_GROUPS = [{"id": number, "name": f"shared {number}"} for number in SHARED if number >= 100]


class Caller(Protocol):
    """Sends one call and returns the JSON of its answer; raises `Gone` if there is none."""

    async def call(self, target: str, body: object = None) -> Any: ...


class Busy(Exception):
    """The answer was -1: the platform is busy, nothing was done."""


class Writer:
    """One writer: sends a change, waits for the answer, sends the next. Tells `note` whenever its promises change."""

    def __init__(
        self,
        name: str,
        openids: Iterable[str],
        ids: Ids,
        rng: random.Random,
        note: Callable[[Promises], None] = lambda _: None,
    ) -> None:
        self.name = name
        self.promises = Promises(openids)
        self.acknowledged = 0
        self.refused = 0
        """Answered -1: not done."""
        self.is_stopped = False
        self._ids = ids
        self._rng = rng
        self._note = note
        self._serial = 0

    async def run(self, caller: Caller, query: str, most: int | None = None) -> None:
        """Send changes until stopped, until the sandbox is gone, or until so many were acknowledged."""
        steps: list[Callable[[Caller, str], Coroutine[Any, Any, None]]] = []
        steps += [self._move] * 3 + [self._move_many] * 2 + [self._create, self._rename, self._delete]
        try:
            while not self.is_stopped and (most is None or self.acknowledged < most):
                before = self.promises.copy()
                try:
                    await self._rng.choice(steps)(caller, query)
                except Busy:
                    self.refused += 1
                    self.promises = before
                    self._note(self.promises)
                    await asyncio.sleep(0.005)
        except Gone:
            return

    async def _move(self, caller: Caller, query: str) -> None:
        openid, to = self._rng.choice(list(self.promises.may_be_in)), self._target()
        self.promises.ask_move([openid], to)
        await self._change(caller, f"groups/members/update?{query}", {"openid": openid, "to_groupid": to})
        self._keep(self.promises.keep_move)

    async def _move_many(self, caller: Caller, query: str) -> None:
        mine = list(self.promises.may_be_in)
        chosen, to = self._rng.sample(mine, self._rng.randint(2, len(mine))), self._target()
        self.promises.ask_move(chosen, to)
        await self._change(
            caller, f"groups/members/batchupdate?{query}", {"openid_list": chosen, "to_groupid": to}
        )
        self._keep(self.promises.keep_move)

    async def _create(self, caller: Caller, query: str) -> None:
        if len(self.promises.names) >= OWN_GROUPS:
            return
        name, above = self._new_name(), self._ids.highest()
        self.promises.creating = name
        self._note(self.promises)
        answer = await caller.call(f"/cgi-bin/groups/create?{query}", {"group": {"name": name}})
        if answer.get("errcode") == -1:
            raise Busy
        assert answer["group"]["name"] == name, answer
        number = answer["group"]["id"]
        self._ids.take(number, above)
        self.promises.names[number] = frozenset({name})
        self.promises.creating = None
        self._keep(lambda: None)

    async def _rename(self, caller: Caller, query: str) -> None:
        if not self.promises.names:
            return
        number, name = self._rng.choice(list(self.promises.names)), self._new_name()
        self.promises.names[number] |= {name}
        await self._change(caller, f"groups/update?{query}", {"group": {"id": number, "name": name}})
        self.promises.names[number] = frozenset({name})
        self._keep(lambda: None)

    async def _delete(self, caller: Caller, query: str) -> None:
        if not self.promises.names:
            return
        number = self._rng.choice(list(self.promises.names))
        self.promises.ask_delete(number)
        await self._change(caller, f"groups/delete?{query}", {"group": {"id": number}})
        self._keep(self.promises.keep_delete)

    async def _change(self, caller: Caller, path: str, body: object) -> None:
        self._note(self.promises)
        answer = await caller.call(f"/cgi-bin/{path}", body)
        if answer["errcode"] == -1:
            raise Busy
        assert answer == {"errcode": 0, "errmsg": "ok"}, answer

    def _keep(self, keep: Callable[[], None]) -> None:
        keep()
        self.acknowledged += 1
        self._note(self.promises)

    def _target(self) -> int:
        return self._rng.choice([*SHARED, *self.promises.names])

    def _new_name(self) -> str:
        self._serial += 1
        return f"{self.name}-{self._serial}"


def openids_of(writer: int, followers: int) -> list[str]:
    """Return the followers that one writer owns."""
    return [f"oW{writer:03d}F{number:022d}" for number in range(followers)]


async def read_back(caller: Caller, query: str, promises: Sequence[Promises]) -> Found:
    """Ask the sandbox where everybody is, and what its groups are."""
    answer = await caller.call(f"/cgi-bin/groups/get?{query}")
    assert "groups" in answer, answer
    rows = answer["groups"]
    group_of = {
        openid: (await caller.call(f"/cgi-bin/groups/getid?{query}", {"openid": openid}))["groupid"]
        for one in promises
        for openid in one.may_be_in
    }
    return Found(
        group_of, {row["id"]: row["name"] for row in rows}, {row["id"]: row["count"] for row in rows}
    )
