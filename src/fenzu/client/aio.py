"""The client for asyncio: a driver, and methods of one line. What they do is told in `sync.py`, method by method."""

import os
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from fenzu.client import blacklist as _blacklist
from fenzu.client import domain as _domain
from fenzu.client import followers as _followers
from fenzu.client import quota as _quota
from fenzu.client import raw as _raw
from fenzu.client import sync
from fenzu.client import tags as _tags
from fenzu.client import token as _token
from fenzu.client._account import Account
from fenzu.client._batches import BatchResult
from fenzu.client._check import is_loopback
from fenzu.client._events import Listener
from fenzu.client._flow import AsyncDriver
from fenzu.client._move_many import MoveResult
from fenzu.client._secret import Secret
from fenzu.client.domain import AddressList
from fenzu.client.followers import FollowerList
from fenzu.client.groups import GroupCalls, GroupLike, GroupList
from fenzu.client.raw import JsonObject, Params
from fenzu.client.tags import Progress, TagIds, TagLike, TagList
from fenzu.client.transport import AsyncHttpTransport, AsyncTransport
from fenzu.model import CallQuota, Follower, Group, GroupID, OpenID, Page, RequestRecord, Tag
from fenzu.pace import Pace
from fenzu.tokens import TokenKind, TokenSource, TokenStore, TokenTimes
from fenzu.wire.endpoints import PRODUCTION_URL
from fenzu.wire.words import Language

if TYPE_CHECKING:
    from fenzu.client.directory import AccountDirectory

C = TypeVar("C", bound=type)


def _told_by(source: type) -> Callable[[C], C]:
    """Take the docstrings of the class for code that waits, so that each is written once."""

    def tell(target: C) -> C:
        target.__doc__ = target.__doc__ or source.__doc__
        for name, method in vars(target).items():
            if callable(method) and not method.__doc__:
                method.__doc__ = getattr(source, SYNC_NAMES.get(name, name)).__doc__
        return target

    return tell


SYNC_NAMES = {"aclose": "close", "__aenter__": "__enter__", "__aexit__": "__exit__"}


@_told_by(sync.Client)
class AsyncClient:
    """One Official Account, spoken to from asyncio. `aclose` it or use it in an `async with`.

    Takes what `Client` takes. Serves many tasks; of several event loops, each renews for itself.
    """

    def __init__(
        self,
        appid: str,
        secret: str | None = None,
        *,
        base_url: str = PRODUCTION_URL,
        token: str | TokenSource | None = None,
        token_store: TokenStore | None = None,
        token_kind: TokenKind = "stable",
        read_only_token: bool = False,
        transport: AsyncTransport | None = None,
        proxy: str | None = None,
        trust_env: bool = True,
        ca_file: str | os.PathLike[str] | None = None,
        timeout: float = 10.0,
        deadline: float = 60.0,
        language: Language = "en",
        groups_as_tags: bool = False,
        on_event: Listener | None = None,
        pace: Pace | None = None,
    ) -> None:
        own_secret, own_token = Secret.of(secret), token if callable(token) else Secret.of(token)
        del secret, token  # so that no traceback that shows locals shows them
        self._account = Account(
            appid,
            own_secret,
            _token.fetch,
            base_url=base_url,
            token=own_token,
            token_store=token_store,
            token_kind=token_kind,
            read_only_token=read_only_token,
            timeout=timeout,
            deadline=deadline,
            language=language,
            on_event=on_event,
            pace=pace,
        )
        self._transport: AsyncTransport = transport or AsyncHttpTransport(
            proxy=proxy, trust_env=trust_env and not is_loopback(base_url), ca_file=ca_file
        )
        self._driver = AsyncDriver(self._transport, language)
        self._as_tags = groups_as_tags
        self.groups: AsyncGroups = AsyncGroups(self._account, self._driver, sync.group_calls(groups_as_tags))
        self.followers: AsyncFollowers = AsyncFollowers(self._account, self._driver)
        self.tags: AsyncTags = AsyncTags(self._account, self._driver)
        self.blacklist: AsyncBlacklist = AsyncBlacklist(self._account, self._driver)
        self.quota: AsyncQuota = AsyncQuota(self._account, self._driver)
        self.domain: AsyncDomain = AsyncDomain(self._account, self._driver)

    def __repr__(self) -> str:
        account = getattr(self, "_account", None)  # none yet in a traceback out of __init__
        return f"{type(self).__name__}({account.appid!r}, base_url={account.base_url!r})" if account else "…"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._transport.aclose()

    @property
    def directory(self) -> "AccountDirectory":
        """The account as `fenzu.mirror` and `fenzu.regroup` ask for it: a method a call, each tried once."""
        from fenzu.client.directory import AccountDirectory, groups_only

        if self._as_tags:
            raise groups_only()
        return AccountDirectory(self._account, self._driver)

    @property
    def token_times(self) -> TokenTimes | None:
        """When the token in hand was asked for, is renewed and ends. Asks nobody, and does not tell the token.

        None before the first call, and where somebody else keeps the token (`token=`).
        """
        return self._account.tokens.times

    async def token(self, *, force_refresh: bool = False) -> str:
        return await self._driver.run(_token.get(self._account, force_refresh))

    async def call(
        self,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        params: Params | None = None,
        method: str | None = None,
    ) -> JsonObject:
        return await self._driver.run(_raw.call(self._account, path, body, params, method))


@_told_by(sync.Groups)
class AsyncGroups:
    def __init__(self, account: Account, driver: AsyncDriver, calls: GroupCalls) -> None:
        self._account = account
        self._driver = driver
        self._calls = calls

    async def create(self, name: str) -> Group:
        return await self._driver.run(self._calls.create(self._account, name))

    async def list(self) -> GroupList:
        return await self._driver.run(self._calls.list(self._account))

    async def of(self, openid: str) -> GroupID:
        return await self._driver.run(self._calls.of(self._account, openid))

    async def rename(self, group: GroupLike, name: str) -> None:
        return await self._driver.run(self._calls.rename(self._account, group, name))

    async def move(self, openid: str, *, to: GroupLike) -> None:
        return await self._driver.run(self._calls.move(self._account, openid, to))

    async def move_many(self, openids: Iterable[str], *, to: GroupLike) -> MoveResult:
        return await self._driver.run(self._calls.move_many(self._account, openids, to))

    async def delete(self, group: GroupLike) -> None:
        return await self._driver.run(self._calls.delete(self._account, group))


@_told_by(sync.Followers)
class AsyncFollowers:
    def __init__(self, account: Account, driver: AsyncDriver) -> None:
        self._account = account
        self._driver = driver

    def list(self, after: str | None = None) -> AsyncIterator[OpenID]:
        return self._driver.iterate(_followers.list(self._account, after))

    def pages(self, after: str | None = None) -> AsyncIterator[Page]:
        return self._driver.iterate(_followers.pages(self._account, after))

    async def get(self, openid: str) -> Follower:
        return await self._driver.run(_followers.get(self._account, openid))

    async def get_many(self, openids: Iterable[str]) -> FollowerList:
        return await self._driver.run(_followers.get_many(self._account, openids))

    async def remark(self, openid: str, text: str) -> None:
        return await self._driver.run(_followers.remark(self._account, openid, text))


@_told_by(sync.Tags)
class AsyncTags:
    def __init__(self, account: Account, driver: AsyncDriver) -> None:
        self._account = account
        self._driver = driver

    async def create(self, name: str) -> Tag:
        return await self._driver.run(_tags.create(self._account, name))

    async def list(self) -> TagList:
        return await self._driver.run(_tags.list(self._account))

    async def rename(self, tag: TagLike, name: str) -> None:
        return await self._driver.run(_tags.rename(self._account, tag, name))

    async def delete(
        self, tag: TagLike, *, untag_first: bool = False, progress: Progress | None = None
    ) -> None:
        return await self._driver.run(_tags.delete(self._account, tag, untag_first, progress))

    async def of(self, openid: str) -> TagIds:
        return await self._driver.run(_tags.of(self._account, openid))

    def members(self, tag: TagLike, after: str | None = None) -> AsyncIterator[OpenID]:
        return self._driver.iterate(_tags.members(self._account, tag, after))

    async def add(self, openids: Iterable[str], *, to: TagLike) -> BatchResult:
        return await self._driver.run(_tags.add(self._account, openids, to))

    async def remove(self, openids: Iterable[str], *, out_of: TagLike) -> BatchResult:
        return await self._driver.run(_tags.remove(self._account, openids, out_of))


@_told_by(sync.Blacklist)
class AsyncBlacklist:
    def __init__(self, account: Account, driver: AsyncDriver) -> None:
        self._account = account
        self._driver = driver

    def list(self, after: str | None = None) -> AsyncIterator[OpenID]:
        return self._driver.iterate(_blacklist.list(self._account, after))

    async def add(self, openids: Iterable[str]) -> BatchResult:
        return await self._driver.run(_blacklist.add(self._account, openids))

    async def remove(self, openids: Iterable[str]) -> BatchResult:
        return await self._driver.run(_blacklist.remove(self._account, openids))


@_told_by(sync.Quota)
class AsyncQuota:
    def __init__(self, account: Account, driver: AsyncDriver) -> None:
        self._account = account
        self._driver = driver

    async def get(self, path: str) -> CallQuota:
        return await self._driver.run(_quota.get(self._account, path))

    async def clear(self) -> None:
        return await self._driver.run(_quota.clear(self._account))

    async def rid(self, rid: str) -> RequestRecord:
        return await self._driver.run(_quota.rid(self._account, rid))


@_told_by(sync.Domain)
class AsyncDomain:
    def __init__(self, account: Account, driver: AsyncDriver) -> None:
        self._account = account
        self._driver = driver

    async def ips(self) -> AddressList:
        return await self._driver.run(_domain.ips(self._account))

    async def callback_ips(self) -> AddressList:
        return await self._driver.run(_domain.callback_ips(self._account))
