"""An account in memory that mirror and engine are tested against: no socket, no thread, no clock.

It is a `Directory`. It keeps who is in which group in the order in which they followed, writes down every call, and a
test may let any call fail: before it is carried out, or after (the answer is lost).
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from fenzu.errors import ApiError, api_error
from fenzu.mirror.directory import Directory
from fenzu.model import CallQuota, Follower, Group, GroupID, OpenID, Page
from fenzu.wire.endpoints import ENDPOINTS
from fenzu.wire.errcodes import ERRCODES
from fenzu.wire.limits import FIRST_CUSTOM_ID, PAGE_OPENIDS, RESERVED_GROUPS, UNGROUPED

State: TypeAlias = tuple[dict[int, str], dict[str, int]]
"""The names of the groups by id, and the group of each follower in the order in which they followed."""
CHANGES = frozenset({"groups.create", "groups.rename", "groups.delete", "groups.move_many"})


class Made(NamedTuple):
    """A call as it came in: fenzu's name of it, the group it is about (0 where none), openids, and a name."""

    call: str
    group: int = UNGROUPED
    openids: tuple[str, ...] = ()
    name: str = ""


Hook: TypeAlias = Callable[[Made], Awaitable[None] | None]
"""What a test does at a call: nothing, raise, or wait first where it is a coroutine."""


def openid_of(number: int) -> str:
    """Return an openid that looks real, another for each number."""
    return f"o{number:027}"


class PretendedAccount:
    """One account. `before` and `after` are asked at each call; what raises in `after` loses the answer only."""

    def __init__(
        self,
        followers: Mapping[str, int] | Iterable[str] = (),
        groups: Mapping[int, str] | None = None,
        *,
        appid: str = "wx1",
        base_url: str = "http://127.0.0.1:8060",
        page: int = PAGE_OPENIDS,
        daily: Mapping[str, int] | None = None,
    ) -> None:
        self.appid, self.base_url = appid, base_url
        self.names: dict[int, str] = {**RESERVED_GROUPS, **(groups or {})}
        self.members: dict[str, int] = (
            dict(followers) if isinstance(followers, Mapping) else dict.fromkeys(followers, UNGROUPED)
        )
        self.calls: list[Made] = []
        self.page_size = page
        self.daily: dict[str, int] = dict(daily or {})
        """Calls a day; a call without a row has no end. `calls_today.clear()` is midnight."""
        self.calls_today: dict[str, int] = {}
        self.bad: set[str] = set()
        """Openids that the platform does not take, though they may follow."""
        self.before: Hook | None = None
        self.after: Hook | None = None
        self._next = max([FIRST_CUSTOM_ID, *(number + 1 for number in self.names)])

    def __repr__(self) -> str:
        return f"PretendedAccount({self.appid!r}, {len(self.members)} followers)"

    @property
    def directory(self) -> Directory:
        """Itself: so it passes for a client too."""
        return self

    def state(self) -> State:
        """Return groups and members as they are, to be compared with another moment's."""
        return dict(self.names), dict(self.members)

    def changes(self) -> list[Made]:
        """Return the calls that change something, in their order, failed ones among them."""
        return [made for made in self.calls if made.call in CHANGES]

    def ids(self, name: str) -> list[int]:
        """Return the ids of the groups of this name."""
        return [number for number, other in self.names.items() if other == name]

    async def groups(self) -> list[Group]:
        """All groups with their counts."""
        await self._meet(Made("groups.list"))
        counts = dict.fromkeys(self.names, 0)
        for group in self.members.values():
            counts[group] += 1
        found = [Group(GroupID(number), name, counts[number]) for number, name in self.names.items()]
        await self._lose(Made("groups.list"))
        return found

    async def create_group(self, name: str) -> Group:
        """Make a group; names may repeat."""
        made = Made("groups.create", name=name)
        await self._meet(made)
        number, self._next = self._next, self._next + 1
        self.names[number] = name
        await self._lose(made)
        return Group(GroupID(number), name)

    async def rename_group(self, group: int, name: str) -> None:
        """Rename a group."""
        made = Made("groups.rename", group, name=name)
        await self._meet(made)
        self._check_own(group, "groups.rename")
        self.names[group] = name
        await self._lose(made)

    async def delete_group(self, group: int) -> None:
        """Delete a group; its members go to group 0."""
        made = Made("groups.delete", group)
        await self._meet(made)
        self._check_own(group, "groups.delete")
        del self.names[group]
        for openid, where in self.members.items():
            if where == group:
                self.members[openid] = UNGROUPED
        await self._lose(made)

    async def move(self, openids: Sequence[str], to: int) -> None:
        """Move 1 to 50 followers: all, or nobody."""
        made = Made("groups.move_many", to, tuple(openids))
        await self._meet(made)
        assert 1 <= len(openids) <= 50
        self._check_known(to, "groups.move_many")
        if any(openid not in self.members or openid in self.bad for openid in openids):
            raise refusal(40003, "groups.move_many")
        self.members.update(dict.fromkeys(openids, to))
        await self._lose(made)

    async def page(self, after: OpenID | None) -> Page:
        """A page of openids behind `after`."""
        made = Made("followers.list", openids=(after,) if after else ())
        await self._meet(made)
        order = [OpenID(openid) for openid in self.members]
        if after is not None and after not in self.members:
            raise refusal(40003, "followers.list")
        start = order.index(after) + 1 if after is not None else 0
        some = tuple(order[start : start + self.page_size])
        await self._lose(made)
        return Page(some, len(order), some[-1] if some else None)

    async def profiles(self, openids: Sequence[str]) -> list[Follower]:
        """The profiles of 1 to 100 followers; who does not follow is told so."""
        made = Made("followers.get_many", openids=tuple(openids))
        await self._meet(made)
        assert 1 <= len(openids) <= 100
        found = [
            Follower(OpenID(openid), subscribe=True, group_id=GroupID(self.members[openid]))
            if openid in self.members
            else Follower(OpenID(openid))
            for openid in openids
        ]
        await self._lose(made)
        return found

    async def quota(self, call: str) -> CallQuota:
        """The day's limit of a call; one without a row has a million."""
        await self._meet(Made("quota.get"))
        limit, used = self.daily.get(call, 1_000_000), self.calls_today.get(call, 0)
        return CallQuota(ENDPOINTS[call].path, limit, used, max(limit - used, 0))

    async def _meet(self, made: Made) -> None:
        self.calls.append(made)
        await _ask(self.before, made)
        used = self.calls_today.get(made.call, 0)
        if used >= self.daily.get(made.call, used + 1):
            raise refusal(45009, made.call)
        self.calls_today[made.call] = used + 1

    async def _lose(self, made: Made) -> None:
        await _ask(self.after, made)

    def _check_known(self, group: int, call: str) -> None:
        if group not in self.names:
            raise refusal(40050, call)

    def _check_own(self, group: int, call: str) -> None:
        self._check_known(group, call)
        if group in RESERVED_GROUPS:
            raise refusal(45016, call)


def refusal(code: int, call: str) -> ApiError:
    """Return the platform's error of this code."""
    return api_error(code, ERRCODES[code].message, call)


async def _ask(hook: Hook | None, made: Made) -> None:
    waits = hook(made) if hook is not None else None
    if waits is not None:
        await waits
