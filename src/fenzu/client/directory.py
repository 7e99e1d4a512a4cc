"""The account as mirror and engine ask for it: each method one call, tried once, whoever asks decides about repeating.

Always asynchronous. The flows are performed by the client's own driver: on the event loop, or, for the client that
waits, in threads.
"""

import os
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import msgspec

from fenzu.client._account import Account
from fenzu.client._call import operation, perform
from fenzu.client._check import check_group, check_name, check_openid
from fenzu.client._codec import (
    Answer,
    GroupAnswer,
    GroupsAnswer,
    PageAnswer,
    ProfilesAnswer,
    QuotaAnswer,
    encode_query,
)
from fenzu.client._flow import Driver, Flow
from fenzu.client.groups import GroupLike
from fenzu.client.transport import Request, closed_client
from fenzu.database.text import storable
from fenzu.errors import UsageError
from fenzu.model import CallQuota, Follower, Group, OpenID, Page
from fenzu.wire.endpoints import ENDPOINTS
from fenzu.wire.limits import BATCH_OPENIDS, PROFILES
from fenzu.wire.words import Words

T = TypeVar("T")
THREADS = 64
"""So many calls of a client that waits are under way at once."""


class Runner(Protocol):
    """What performs a flow and is awaited."""

    def run(self, flow: Flow[T]) -> Awaitable[T]:
        """Perform the flow and return its value."""
        ...


class AccountDirectory:
    """The account, call by call. Get it from a client: `account.directory`.

    Each method makes one call and tries it once; only a token that has ended is renewed and the call sent again. After
    a `TransportError` or -1 a call may have been carried out all the same. Made for `fenzu.mirror` and `fenzu.regroup`,
    which decide themselves about repeating; for everything else the client's own methods are the better ones.
    """

    def __init__(self, account: Account, runner: Runner, check: Callable[[], None] | None = None) -> None:
        self._account = account
        self._runner = runner
        self._check = check

    def __repr__(self) -> str:
        return f"AccountDirectory({self.appid!r}, {self.base_url!r})"

    @property
    def appid(self) -> str:
        """The account's."""
        return self._account.appid

    @property
    def base_url(self) -> str:
        """Where it is: production, or a sandbox."""
        return self._account.base_url

    def guarded(self, check: Callable[[], None]) -> "AccountDirectory":
        """Return the same account; `check` is called right before each request, and what it raises leaves it unsent.

        A call may wait before that, for its pace, a new token, or a free thread: it is known late whether it may still
        be sent. `check` may be called in a thread.
        """
        return AccountDirectory(self._account, self._runner, check)

    async def groups(self) -> list[Group]:
        """All groups with the number of followers in each (groups/get)."""
        groups = (await self._once("groups.list", GroupsAnswer)).groups
        return [msgspec.structs.replace(group, name=storable(group.name)) for group in groups]

    async def create_group(self, name: str) -> Group:
        """Make a group. Names may repeat: repeating makes a second one."""
        return (await self._once("groups.create", GroupAnswer, {"group": {"name": check_name(name)}})).group

    async def rename_group(self, group: GroupLike, name: str) -> None:
        """Rename a group. Safe to repeat."""
        body = {"group": {"id": check_group(group), "name": check_name(name)}}
        await self._once("groups.rename", Answer, body)

    async def delete_group(self, group: GroupLike) -> None:
        """Delete a group; its members go to group 0. Repeated, it raises `UnknownGroup`."""
        await self._once("groups.delete", Answer, {"group": {"id": check_group(group)}})

    async def move(self, openids: Sequence[str], to: GroupLike) -> None:
        """Move 1 to 50 followers into a group: all of them, or nobody. Safe to repeat."""
        some = _checked(openids, BATCH_OPENIDS)
        await self._once("groups.move_many", Answer, {"openid_list": some, "to_groupid": check_group(to)})

    async def page(self, after: OpenID | None) -> Page:
        """Up to 10,000 openids in the order in which they followed, behind `after`.

        `next` is None on an empty page only: the platform names one on the last page too.
        """
        query = encode_query({"next_openid": check_openid(after)}) if after is not None else ""
        answer = await self._once("followers.list", PageAnswer, query=query)
        openids = answer.data.openid
        return Page(openids, answer.total, (answer.next_openid or None) if openids else None)

    async def profiles(self, openids: Sequence[str]) -> list[Follower]:
        """The profiles of 1 to 100 followers; of somebody who does not follow, `subscribe` is False."""
        body = {"user_list": [{"openid": openid} for openid in _checked(openids, PROFILES)]}
        answer = await self._once("followers.get_many", ProfilesAnswer, body)
        return [profile.to_follower() for profile in answer.user_info_list]

    async def quota(self, call: str) -> CallQuota:
        """The day's limit of a call by fenzu's name of it, such as `groups.move_many`."""
        path = ENDPOINTS[call].path
        answer = await self._once("quota.get", QuotaAnswer, {"cgi_path": path})
        day, rate = answer.quota, answer.rate_limit
        return CallQuota(path, day.daily_limit, day.used, day.remain, rate.call_count, rate.refresh_second)

    async def _once(self, name: str, kind: type[T], body: object = None, query: str = "") -> T:
        flow = perform(self._account, operation(name, kind, body, query), tries=1)
        return await self._runner.run(flow if self._check is None else _guarded(flow, self._check))


class Threads:
    """Performs flows with a driver that waits, each in a thread; these are made when they are first used."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        # One a process: the threads of a pool that was forked are not there in the child.
        self._pools: dict[int, ThreadPoolExecutor] = {}

    async def run(self, flow: Flow[Any]) -> Any:  # noqa: ANN401 - what the flow returns; `Runner` says it
        """Perform the flow in a thread and return its value."""
        import asyncio

        try:
            future = self._pool().submit(self._driver.run, flow)
        except RuntimeError:  # the pool was shut down
            future = None
        if future is None:
            flow.close()
            raise closed_client()
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Let the threads end, and take no more flows. Repeating is safe."""
        self._pool().shutdown(wait=False)

    def _pool(self) -> ThreadPoolExecutor:
        pid = os.getpid()
        return self._pools.get(pid) or self._pools.setdefault(pid, ThreadPoolExecutor(THREADS, "fenzu"))


def groups_only() -> UsageError:
    """The error for a client that carries group calls out on tags."""
    return UsageError(
        Words("a mirror and a regroup need the group calls themselves", "镜像和批量分组需要分组接口本身"),
        Words("open a client without groups_as_tags", "请打开一个不带 groups_as_tags 的客户端"),
    )


def _guarded(flow: Flow[T], check: Callable[[], None]) -> Flow[T]:
    """The same flow; `check` is called before each of its own requests, not before those that fetch a token."""
    try:
        effect = next(flow)
        while True:
            if type(effect) is Request:
                check()
            failure = answer = None
            try:
                answer = yield effect
            except Exception as error:  # noqa: BLE001 - whatever happened, the flow decides what it means
                failure = error
            effect = flow.send(answer) if failure is None else flow.throw(failure)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]  # StopIteration is not generic
    finally:
        flow.close()


def _checked(openids: Sequence[str], most: int) -> list[OpenID]:
    if not 1 <= len(openids) <= most:
        raise UsageError(
            Words(f"{len(openids)} openids for one call", f"一次调用给了 {len(openids)} 个 openid"),
            Words(f"give 1 to {most}", f"请给 1 到 {most} 个"),
        )
    return [check_openid(openid) for openid in openids]
