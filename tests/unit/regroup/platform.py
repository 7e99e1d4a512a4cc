"""A platform in memory that does what a script tells it to, for the engine."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from fenzu.errors import FenzuError, api_error
from fenzu.model import CallQuota, Follower, Group, GroupID, OpenID, Page

URL = "http://127.0.0.1:8060"


class Lost(msgspec.Struct, frozen=True):
    """The call is carried out, and this is raised instead of an answer."""

    error: FenzuError


class Slow(msgspec.Struct, frozen=True):
    """The call takes so many seconds."""

    seconds: float


Event = FenzuError | Lost | Slow | None
Script = Callable[[str, int], Event]
"""Of the call's name and which of its kind it is, from 1: what happens to it."""


def ok(call: str, number: int) -> Event:
    """Nothing happens to a call."""
    return None


class Platform:
    """One account: groups, who is in which, and every call that came."""

    appid = "wx1"
    base_url = URL

    def __init__(self, members: dict[str, int], groups: dict[int, str], script: Script = ok) -> None:
        self.members = dict(members)
        self.names = dict(groups)
        self.bad: set[str] = set()
        self.script = script
        self.calls: list[str] = []
        self.at: list[float] = []
        self.most_at_once = self._at_once = 0
        self.remain: int | None = None
        """Of the day's moving calls; None: it does not tell; below 0: it counts none."""

    def count(self, call: str) -> int:
        """So many calls came."""
        return self.calls.count(call)

    async def _answer(self, call: str, done: Callable[[], object]) -> None:
        self.calls.append(call)
        self.at.append(asyncio.get_running_loop().time())
        event = self.script(call, self.calls.count(call))
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await asyncio.sleep(event.seconds if isinstance(event, Slow) else 0.02)
        finally:
            self._at_once -= 1
        if isinstance(event, FenzuError):
            raise event
        done()
        if isinstance(event, Lost):
            raise event.error

    async def groups(self) -> Sequence[Group]:
        await self._answer("groups.list", lambda: None)
        counts = Counter(self.members.values())
        return [Group(GroupID(id_), name, counts[id_]) for id_, name in sorted(self.names.items())]

    async def create_group(self, name: str) -> Group:
        made: list[int] = []

        def make() -> None:
            made.append(max([99, *self.names]) + 1)
            self.names[made[0]] = name

        await self._answer("groups.create", make)
        return Group(GroupID(made[0]), name)

    async def rename_group(self, group: int, name: str) -> None:
        def rename() -> None:
            if group not in self.names:
                raise api_error(40050, "invalid group id")
            self.names[group] = name

        await self._answer("groups.rename", rename)

    async def delete_group(self, group: int) -> None:
        def delete() -> None:
            if self.names.pop(group, None) is None:
                raise api_error(40152, "invalid group id")

        await self._answer("groups.delete", delete)

    async def move(self, openids: Sequence[str], to: int) -> None:
        def move() -> None:
            if self.bad & {*openids} or not self.members.keys() >= {*openids}:
                raise api_error(40003, "invalid openid")
            if to not in self.names and to > 2:
                raise api_error(40050, "invalid group id")
            self.members.update(dict.fromkeys(openids, to))

        await self._answer("groups.move_many", move)

    async def quota(self, call: str) -> CallQuota:
        await self._answer("quota.get", lambda: None)
        if self.remain is None:
            raise api_error(48001, "api unauthorized")
        if self.remain < 0:
            return CallQuota(call, 0, 0, 0)
        return CallQuota("/cgi-bin/groups/members/batchupdate", 100_000, 100_000 - self.remain, self.remain)

    async def page(self, after: OpenID | None) -> Page:
        raise NotImplementedError

    async def profiles(self, openids: Sequence[str]) -> Sequence[Follower]:
        raise NotImplementedError


class Queued(Platform):
    """The same behind a client whose calls wait for each other: one at a time leaves, and may still be kept back."""

    def __init__(self, members: dict[str, int], groups: dict[int, str], script: Script = ok) -> None:
        super().__init__(members, groups, script)
        self._check: Callable[[], None] = lambda: None
        self._free_at = 0.0

    def guarded(self, check: Callable[[], None]) -> "Queued":
        """Itself, asking from now on."""
        self._check = check
        return self

    async def move(self, openids: Sequence[str], to: int) -> None:
        now = asyncio.get_running_loop().time()
        self._free_at = max(self._free_at, now) + 0.05
        await asyncio.sleep(self._free_at - now)
        self._check()
        await super().move(openids, to)


class Row(msgspec.Struct, frozen=True):
    """A follower in the mirror."""

    openid: str
    group_id: int | None
    follows: bool = True
    revision: int = 8
    seen_at: float | None = None
    gone_at: float | None = None


class Mirror:
    """What the engine told the mirror, and whose rows changed since the plan was made."""

    def __init__(self, changed: Sequence[Row] = ()) -> None:
        self.id, self.revision = "a mirror", 8 if changed else 7
        self.rows = {row.openid: row for row in changed}
        self.members: dict[str, int] = {}
        self.groups: list[Group] = []

    def note_groups(self, groups: Sequence[Group], at: float) -> None:
        self.groups = list(groups)

    def moved(self, openids: Sequence[str], group_id: int, at: float) -> None:
        self.members.update(dict.fromkeys(openids, group_id))

    def find(self, openids: Iterable[str]) -> dict[str, Row]:
        return {openid: self.rows[openid] for openid in openids if openid in self.rows}
