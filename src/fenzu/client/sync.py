"""The client for code that waits: a driver, and methods of one line."""

import os
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

from fenzu.client import blacklist as _blacklist
from fenzu.client import domain as _domain
from fenzu.client import followers as _followers
from fenzu.client import groups as _groups
from fenzu.client import quota as _quota
from fenzu.client import raw as _raw
from fenzu.client import tags as _tags
from fenzu.client import token as _token
from fenzu.client._account import Account
from fenzu.client._batches import BatchResult
from fenzu.client._check import is_loopback
from fenzu.client._events import Listener
from fenzu.client._flow import Driver
from fenzu.client._move_many import MoveResult
from fenzu.client._secret import Secret
from fenzu.client.domain import AddressList
from fenzu.client.followers import FollowerList
from fenzu.client.groups import GroupCalls, GroupLike, GroupList
from fenzu.client.raw import JsonObject, Params
from fenzu.client.tags import Progress, TagIds, TagLike, TagList
from fenzu.client.transport import HttpTransport, Transport
from fenzu.model import CallQuota, Follower, Group, GroupID, OpenID, Page, RequestRecord, Tag
from fenzu.pace import Pace
from fenzu.tokens import TokenKind, TokenSource, TokenStore, TokenTimes
from fenzu.wire.endpoints import PRODUCTION_URL
from fenzu.wire.words import Language

if TYPE_CHECKING:
    from fenzu.client.directory import AccountDirectory, Threads


class Client:
    """One Official Account, spoken to from code that waits. Serves many threads; `close` it or use it in a `with`.

    `base_url` covers every call, the token's too: production, or a sandbox. `token` is used as it is and never
    renewed; or it is a function that gives the token which somebody else keeps, asked at the first call, and again
    once the platform has refused what it gave. `token_store` (`fenzu.tokens`) shares a token between clients,
    processes or hosts; a client of its own keeps one in memory. `token_kind` is
    "stable" (`/cgi-bin/stable_token`) or "plain" (`/cgi-bin/token`, where each fetch ends the others' token).
    `read_only_token` never fetches one. `proxy` is a URL; the proxy environment is obeyed unless `trust_env` is
    False, and never for a loopback address. `ca_file` is a PEM file trusted beside the system's authorities.
    `timeout` bounds one exchange and `deadline` a call with its repeats, in seconds; a wait for another client that
    renews the token is bounded by that client's right to renew instead. `language` ("en" or "zh") is
    what errors speak. `groups_as_tags` carries the group calls out on tags, for accounts for which the platform's own
    are gone. `on_event` is called with what happens to each call (`fenzu.telemetry`). `pace` makes calls
    wait before the platform has to refuse them (`fenzu.pace`). Raises `UsageError` where an argument makes no sense.
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
        transport: Transport | None = None,
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
        self._transport: Transport = transport or HttpTransport(
            proxy=proxy, trust_env=trust_env and not is_loopback(base_url), ca_file=ca_file
        )
        self._driver = Driver(self._transport, language)
        self._threads: Threads | None = None
        self._as_tags = groups_as_tags
        self.groups: Groups = Groups(self._account, self._driver, group_calls(groups_as_tags))
        self.followers: Followers = Followers(self._account, self._driver)
        self.tags: Tags = Tags(self._account, self._driver)
        self.blacklist: Blacklist = Blacklist(self._account, self._driver)
        self.quota: Quota = Quota(self._account, self._driver)
        self.domain: Domain = Domain(self._account, self._driver)

    def __repr__(self) -> str:
        account = getattr(self, "_account", None)  # none yet in a traceback out of __init__
        return f"{type(self).__name__}({account.appid!r}, base_url={account.base_url!r})" if account else "…"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. Repeating is safe; a call afterwards raises `UsageError`."""
        if self._threads is not None:
            self._threads.close()
        self._transport.close()

    @property
    def directory(self) -> "AccountDirectory":
        """The account as `fenzu.mirror` and `fenzu.regroup` ask for it: awaited, a method a call, each tried once."""
        from fenzu.client.directory import AccountDirectory, Threads, groups_only

        if self._as_tags:
            raise groups_only()
        if self._threads is None:
            self._threads = Threads(self._driver)
        return AccountDirectory(self._account, self._threads)

    @property
    def token_times(self) -> TokenTimes | None:
        """When the token in hand was asked for, is renewed and ends. Asks nobody, and does not tell the token.

        None before the first call, and where somebody else keeps the token (`token=`).
        """
        return self._account.tokens.times

    def token(self, *, force_refresh: bool = False) -> str:
        """Return the access token that calls are made with, fetching one if there is none that works.

        `force_refresh` ends the present token at once, for everybody; the platform allows it 20 times a day, 30
        seconds apart. https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/getStableAccessToken.html
        """
        return self._driver.run(_token.get(self._account, force_refresh))

    def call(
        self,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        params: Params | None = None,
        method: str | None = None,
    ) -> JsonObject:
        """Make any call of the platform by its path (`groups/get`) and return its answer as a dict.

        POST where a body is given or the call is known to want it, else GET. Raises `ApiError` on an errcode. A call
        that fenzu knows to be safe, and any GET, is repeated like the calls that have methods; others are not.
        """
        return self._driver.run(_raw.call(self._account, path, body, params, method))


def group_calls(as_tags: bool) -> GroupCalls:
    """Return the flows behind `account.groups`; those on tags are loaded for who asks for them."""
    if not as_tags:
        return _groups
    from fenzu.client import groups_as_tags

    return groups_as_tags


class Groups:
    """The group calls. A group is given as a `Group` or as its number."""

    def __init__(self, account: Account, driver: Driver, calls: GroupCalls) -> None:
        self._account = account
        self._driver = driver
        self._calls = calls

    def create(self, name: str) -> Group:
        """Create a group and return it, with the id that the platform gave it; its `count` is None.

        1 to 30 characters (30 bytes by rulebook 2021), else `InvalidGroupName`; 500 groups (100), else
        `TooManyGroups`. Names may repeat, so calling twice makes two groups; after a lost answer the client itself
        looks whether the group is there before it asks again.
        """
        return self._driver.run(self._calls.create(self._account, name))

    def list(self) -> GroupList:
        """Return all groups with the number of followers in each, as the platform orders them. Safe to repeat."""
        return self._driver.run(self._calls.list(self._account))

    def of(self, openid: str) -> GroupID:
        """Return the id of the follower's group; `InvalidOpenid` for somebody who does not follow. Safe to repeat."""
        return self._driver.run(self._calls.of(self._account, openid))

    def rename(self, group: GroupLike, name: str) -> None:
        """Rename a group. Safe to repeat.

        `UnknownGroup` if there is none of that id, `ReservedGroup` for 0, 1 and 2, `InvalidGroupName` as in `create`.
        """
        return self._driver.run(self._calls.rename(self._account, group, name))

    def move(self, openid: str, *, to: GroupLike) -> None:
        """Move one follower into a group, out of the one they were in. Safe to repeat.

        `InvalidOpenid` for somebody who does not follow, `UnknownGroup` for a group that is not there.
        """
        return self._driver.run(self._calls.move(self._account, openid, to))

    def move_many(self, openids: Iterable[str], *, to: GroupLike) -> MoveResult:
        """Move any number of followers into a group, fifty a call, and return what became of each.

        Raises only what is known before the first call (`UsageError`). A bad openid costs at most 12 calls more and
        does not spoil its neighbours; whatever ends the run, such as the day's quota, stands in `stopped_by`. A
        repeated openid is sent once. Holds all openids in memory. Safe to repeat.
        """
        return self._driver.run(self._calls.move_many(self._account, openids, to))

    def delete(self, group: GroupLike) -> None:
        """Delete a group; its members go back to group 0, 未分组.

        `UnknownGroup` if there is none of that id. Of 0, 1 and 2, rulebook 2013 answers `ReservedGroup`, rulebook
        2021 does nothing and says ok.
        """
        return self._driver.run(self._calls.delete(self._account, group))


class Followers:
    """The account's followers and their profiles."""

    def __init__(self, account: Account, driver: Driver) -> None:
        self._account = account
        self._driver = driver

    def list(self, after: str | None = None) -> Iterator[OpenID]:
        """Iterate over all openids in the order in which they followed, or those behind `after`.

        One call a page of 10,000; an ordinary account has 500 such calls a day.
        """
        return self._driver.iterate(_followers.list(self._account, after))

    def pages(self, after: str | None = None) -> Iterator[Page]:
        """Iterate over pages of up to 10,000 openids, from the first or from behind `after`; for resuming."""
        return self._driver.iterate(_followers.pages(self._account, after))

    def get(self, openid: str) -> Follower:
        """Return a profile: group, remark, tags, since when. Of somebody who does not follow, only the openid."""
        return self._driver.run(_followers.get(self._account, openid))

    def get_many(self, openids: Iterable[str]) -> FollowerList:
        """Return profiles, a hundred a call, in the order asked, without repeats.

        Holds them all in memory: for millions, give it a page at a time. `InvalidOpenid` if one is malformed.
        """
        return self._driver.run(_followers.get_many(self._account, openids))

    def remark(self, openid: str, text: str) -> None:
        """Note something about a follower: under 30 bytes, else `InvalidRemark`; nothing takes it away. Safe to repeat.

        `NotAFollower` or `InvalidOpenid` for somebody who does not follow.
        """
        return self._driver.run(_followers.remark(self._account, openid, text))


class Tags:
    """The tag calls. A tag is given as a `Tag` or as its number; a follower carries up to 20."""

    def __init__(self, account: Account, driver: Driver) -> None:
        self._account = account
        self._driver = driver

    def create(self, name: str) -> Tag:
        """Create a tag and return it, with the id that the platform gave it; its `count` is None.

        1 to 30 bytes of UTF-8 that no other tag is called, else `InvalidTagName`; 100 tags, else `TooManyTags`. After a
        lost answer the client looks whether the tag is there before it asks again.
        """
        return self._driver.run(_tags.create(self._account, name))

    def list(self) -> TagList:
        """Return all tags with the number of followers of each, as the platform orders them. Safe to repeat."""
        return self._driver.run(_tags.list(self._account))

    def rename(self, tag: TagLike, name: str) -> None:
        """Rename a tag. Safe to repeat.

        `UnknownTag` if there is none of that id, `ReservedTag` for 0, 1 and 2, `InvalidTagName` as in `create`.
        """
        return self._driver.run(_tags.rename(self._account, tag, name))

    def delete(self, tag: TagLike, *, untag_first: bool = False, progress: Progress | None = None) -> None:
        """Delete a tag; its followers merely lose it.

        `TagTooBig` above 100,000 followers: `untag_first` takes the tag off its followers before, fifty a call, and
        calls `progress` with how many so far, page by page (up to 10,000). Whatever ends that, such as the day's quota,
        is raised; calling again goes on with who is left. `UnknownTag`, `ReservedTag` as in `rename`.
        """
        return self._driver.run(_tags.delete(self._account, tag, untag_first, progress))

    def of(self, openid: str) -> TagIds:
        """Return the ids of the follower's tags; `InvalidOpenid` for somebody who does not follow. Safe to repeat."""
        return self._driver.run(_tags.of(self._account, openid))

    def members(self, tag: TagLike, after: str | None = None) -> Iterator[OpenID]:
        """Iterate over the openids of a tag's followers, or those behind `after`; for resuming, give the last one seen.

        One call a page of 10,000, and one that finds nobody left: the platform does not tell how many there are.
        """
        return self._driver.iterate(_tags.members(self._account, tag, after))

    def add(self, openids: Iterable[str], *, to: TagLike) -> BatchResult:
        """Tag any number of followers, fifty a call, and return what became of each.

        Raises only what is known before the first call (`UsageError`). A bad openid, or a follower who carries 20 tags
        already, costs at most 12 calls more and does not spoil its neighbours; whatever ends the run, such as the day's
        quota, stands in `stopped_by`. A repeated openid is sent once. Safe to repeat.
        """
        return self._driver.run(_tags.add(self._account, openids, to))

    def remove(self, openids: Iterable[str], *, out_of: TagLike) -> BatchResult:
        """Take a tag off any number of followers, fifty a call, and return what became of each, as `add` does."""
        return self._driver.run(_tags.remove(self._account, openids, out_of))


class Blacklist:
    """The followers whose messages the account does not want."""

    def __init__(self, account: Account, driver: Driver) -> None:
        self._account = account
        self._driver = driver

    def list(self, after: str | None = None) -> Iterator[OpenID]:
        """Iterate over the openids on the blacklist, or those behind `after`. One call a page of 10,000."""
        return self._driver.iterate(_blacklist.list(self._account, after))

    def add(self, openids: Iterable[str]) -> BatchResult:
        """Put any number of followers on the blacklist, twenty a call, and return what became of each.

        As `tags.add`: raises only what is known before the first call, and a bad openid spoils nobody. Safe to repeat.
        """
        return self._driver.run(_blacklist.add(self._account, openids))

    def remove(self, openids: Iterable[str]) -> BatchResult:
        """Take any number of followers off the blacklist, twenty a call; return what became of each, as `add` does."""
        return self._driver.run(_blacklist.remove(self._account, openids))


class Quota:
    """The platform's books of the account's calls."""

    def __init__(self, account: Account, driver: Driver) -> None:
        self._account = account
        self._driver = driver

    def get(self, path: str) -> CallQuota:
        """Return how often a call may be made, by its path (`groups/get`); `UnknownPath` if there is none.

        Safe to repeat. https://developers.weixin.qq.com/doc/offiaccount/openApi/get_api_quota.html
        """
        return self._driver.run(_quota.get(self._account, path))

    def clear(self) -> None:
        """Set the day's use of all calls back to 0. Ten a month, else `ClearsUsedUp`.

        Not repeated after a lost answer, when it raises: look with `get` whether it was done.
        """
        return self._driver.run(_quota.clear(self._account))

    def rid(self, rid: str) -> RequestRecord:
        """Return what the platform remembers of a request, by the `rid` that an error carries; `UnknownRid` if nothing.

        Kept for seven days. Tokens and secrets in it are struck out. Safe to repeat.
        """
        return self._driver.run(_quota.rid(self._account, rid))


class Domain:
    """The platform's own addresses."""

    def __init__(self, account: Account, driver: Driver) -> None:
        self._account = account
        self._driver = driver

    def ips(self) -> AddressList:
        """Return the addresses that calls go to. Safe to repeat."""
        return self._driver.run(_domain.ips(self._account))

    def callback_ips(self) -> AddressList:
        """Return the addresses, or ranges of them, that the platform's callbacks come from. Safe to repeat."""
        return self._driver.run(_domain.callback_ips(self._account))
