"""What a user may write. Both checkers accept all of it, in their strictest mode, and infer the types asserted here."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime
from typing import assert_type

import fenzu.mirror as mirrors
from fenzu import AsyncClient, BatchResult, Client
from fenzu.control import (
    Account,
    AccountQuota,
    ClockReading,
    Control,
    Fault,
    FaultReport,
    LoggedRequest,
    NewAccount,
    PushedEvent,
    Snapshot,
)
from fenzu.errors import ApiError, DailyQuotaExceeded, FenzuError, NotFound, TransportError, UsageError
from fenzu.mirror import Mirror
from fenzu.model import CallQuota, Follower, Group, OpenID, Page, RequestRecord, Tag
from fenzu.testing import SandboxAccount
from fenzu.tokens import (
    DjangoCacheStore,
    FileStore,
    MemoryStore,
    PostgresStore,
    RedisStore,
    StoredToken,
    TokenKey,
    TokenStore,
)

OPENIDS = ["oDF3iYx0ro3_7jD4HFRDfrjdCM58", "od8XIjsmk6QdVTETa9jLtGWA6KBc"]


def manage_groups(account: Client) -> None:
    """Each of the seven calls, a group given as a value or as a number."""
    vip = account.groups.create("VIP")
    assert_type(vip, Group)
    assert_type(vip.name, str)
    assert_type(vip.count, int | None)
    assert_type(account.groups.list(), list[Group])
    number: int = account.groups.of(OPENIDS[0])
    account.groups.rename(vip, "贵宾")
    account.groups.rename(number, "贵宾")
    account.groups.move(OPENIDS[0], to=vip)
    account.groups.move(OPENIDS[0], to=0)
    account.groups.delete(vip)


def move_many(account: Client, openids: Iterable[str]) -> int:
    """Any iterable of openids; what failed is told by openid, what stopped the rest as an error or None."""
    result = account.groups.move_many(openids, to=104)
    account.groups.move_many((openid for openid in OPENIDS), to=104)
    for openid, error in result.failed.items():
        text: str = openid
        coded: FenzuError = error
        print(text, coded.retry, coded.advice)
    for openid in result.not_tried:
        print(openid)
    stopped: FenzuError | None = result.stopped_by
    print(stopped)
    return len(result.moved)


def look_at_followers(account: Client) -> None:
    """Openids one by one, page by page, and profiles."""
    openids: Iterator[str] = account.followers.list()
    pages: Iterator[Page] = account.followers.pages(after=OPENIDS[0])
    for page in pages:
        assert_type(page.total, int)
        assert_type(page.next, OpenID | None)
    assert_type(account.followers.get(OPENIDS[0]), Follower)
    for follower in account.followers.get_many(openids):
        assert_type(follower, Follower)
        assert_type(follower.remark, str)


def tag_followers(account: Client, openids: Iterable[str]) -> list[str]:
    """A tag as a value or as a number; what failed is told by openid, as of a move."""
    tag = account.tags.create("广东")
    assert_type(tag, Tag)
    assert_type(account.tags.list(), list[Tag])
    assert_type(account.tags.of(OPENIDS[0]), list[int])
    account.tags.rename(tag.id, "广东人")
    result = account.tags.add(openids, to=tag)
    assert_type(result, BatchResult)
    assert_type(account.tags.remove(OPENIDS, out_of=134).stopped_by, FenzuError | None)
    account.tags.delete(tag, untag_first=True, progress=print)
    account.blacklist.add(OPENIDS)
    account.blacklist.remove(openid for openid in account.blacklist.list())
    account.followers.remark(OPENIDS[0], "胖子")
    members: Iterator[str] = account.tags.members(tag, after=OPENIDS[0])
    return list(members)


def look_into_the_books(account: Client) -> None:
    """Quotas, requests of the past, addresses."""
    assert_type(account.quota.get("groups/get"), CallQuota)
    assert_type(account.quota.rid("5f5b0d5d-2b6ff4f5-3ad3f7a8"), RequestRecord)
    account.quota.clear()
    assert_type(account.domain.ips() + account.domain.callback_ips(), list[str])


def everything_else(account: Client) -> str:
    """The token, and any call of the platform by its path."""
    answer = account.call("/cgi-bin/groups/getid", {"openid": OPENIDS[0]})
    print(answer["groupid"])
    account.call("/cgi-bin/groups/get", params={"lang": "zh_CN"}, method="GET")
    return account.token()


def handle_errors(account: Client) -> None:
    """One tree: by class, by family, or all of it; a usage error is a ValueError too."""
    try:
        account.groups.delete(104)
    except NotFound as error:
        assert_type(error.code, int)
        assert_type(error.message, str)
    except DailyQuotaExceeded as error:
        print(error.retry)
    except ApiError as error:
        print(error.rid, error.endpoint)
    except (TransportError, UsageError):
        raise
    except FenzuError as error:
        print(error)
    try:
        account.groups.create("")
    except ValueError as error:
        print(error)


def options() -> None:
    """Everything beside appid and secret is named."""
    with Client(
        "wx5eed5eed5eed5eed",
        "5eed5eed5eed5eed5eed5eed5eed5eed",
        base_url="http://127.0.0.1:8060",
        token_kind="stable",
        timeout=5,
        deadline=30.0,
        language="zh",
        trust_env=False,
    ) as account:
        assert_type(account, Client)
        manage_groups(account)
    account.close()


class OwnStore:
    """A token store of one's own: four methods and an attribute, no base class."""

    waits = False

    def get(self, key: TokenKey) -> StoredToken | None:
        return None

    def acquire(self, key: TokenKey, seconds: float) -> int | None:
        return 1

    def put(self, key: TokenKey, token: StoredToken, lease: int) -> bool:
        return lease == 1

    def release(self, key: TokenKey, lease: int) -> None:
        print(key.appid)


def share_a_token() -> None:
    """Every store serves both clients; a token may come from a function, for the async client an async one too."""
    stores: list[TokenStore] = [
        MemoryStore(),
        FileStore("tokens.json"),
        RedisStore("redis://127.0.0.1/0", prefix="shop:"),
        PostgresStore("postgresql:///app"),
        DjangoCacheStore("default"),
        OwnStore(),
    ]
    for store in stores:
        Client("wx5eed5eed5eed5eed", "secret", token_store=store)
        AsyncClient("wx5eed5eed5eed5eed", token_store=store, read_only_token=True)

    async def ask() -> str:
        return "token"

    Client("wx5eed5eed5eed5eed", token=lambda: "token")
    AsyncClient("wx5eed5eed5eed5eed", token=ask)


def control_a_sandbox() -> None:
    """Turn the clock of a sandbox, bring an account to the end of its quota, keep a snapshot."""
    with Control("http://127.0.0.1:8061") as control:
        assert_type(control.clock.advance(7200), ClockReading)
        assert_type(control.clock.advance_to(datetime(2026, 11, 26, tzinfo=UTC)), ClockReading)
        control.clock.advance_to_midnight()
        control.clock.freeze()
        control.clock.resume()
        control.clock.rate(60)
        now: float = control.clock.read().now
        print(now, control.clock.reset().beijing)
        quota = control.quota.set("wx1", enforced=True, limits={"groups.move": 3, "groups.of": None})
        assert_type(quota, AccountQuota)
        control.quota.set("wx1", kind=None, enforced=None, used={"groups.move": 2}, minute={"groups.of": 1})
        used: int = control.quota.get("wx1").used["groups.move"]
        print(used)
        control.quota.set_mode("test")
        mode: str = control.quota.mode()
        print(mode)
        assert_type(control.snapshots.create("before"), Snapshot)
        assert_type(control.snapshots.list(), list[Snapshot])
        control.snapshots.restore("before")
        assert_type(control.events.list("wx1", after=3), list[PushedEvent])
        address: str | None = control.events.callback()
        print(address)
        exported: bytes = control.accounts.export("wx1", secret=True)
        assert_type(control.accounts.import_(exported, appid="wx2"), NewAccount)
        control.snapshots.delete("before")


def look_at_requests() -> None:
    """Search the log of a sandbox, follow it, and empty it."""
    with Control("http://127.0.0.1:8061") as control:
        assert_type(control.requests.list(call="groups.*", errcode=40003, limit=10), list[LoggedRequest])
        with control.requests.stream(appid="wx5eed5eed5eed5eed", timeout=1) as stream:
            for request in stream:
                assert_type(request, LoggedRequest)
                print(request.curl, request.explained.meaning.zh if request.explained else "")
        control.requests.clear()


def let_a_sandbox_fail(account: SandboxAccount) -> None:
    """Faults of one account, of all, and what they have done."""
    assert_type(account.faults(Fault.busy("groups.move", nth=3), seed=7), FaultReport)
    account.set_state("frozen")
    with Control("http://127.0.0.1:8061") as control:
        control.faults.set(
            [
                Fault.lost_answer("groups/*", chance=0.1, times=2),
                Fault.delay("*", (50, 400), since=1.5, until=datetime(2026, 11, 26, tzinfo=UTC)),
                Fault.answer("tags.*", 45009, "enough", nth=(1, 2)),
            ]
        )
        struck: int = control.faults.get(account.appid).rules[0].struck
        print(struck)
        control.faults.clear()
        assert_type(control.accounts.change(account.appid, state="busy", whitelist=["10.0.0.0/8"]), Account)


def keep_a_mirror(account: Client) -> None:
    with Mirror.open("mirror.db", account.directory.base_url, account.directory.appid) as mirror:
        assert_type(mirror, Mirror)
        for event in mirrors.sync(account, mirror, older_than=86_400):
            match event:
                case mirrors.PageRead(paged=paged, total=total) if paged < total:
                    print(paged)
                case mirrors.Stopped(error=error, renews_at=renews_at):
                    assert_type(renews_at, float | None)
                    print(error.advice.en)
                case mirrors.Finished(calls=calls):
                    assert_type(calls, dict[str, int])
                case _:
                    pass
        row = mirror.find(OPENIDS)[OPENIDS[0]]
        group: int | None = row.group_id
        print(group, row.follows)
        for piece in mirror.dump(["openid", "group_id"]):
            assert_type(piece, bytes)
        mirror.subscribed(OPENIDS[0], 1_700_000_000)
        for counted in mirror.status().groups:
            assert_type(counted.mirror, int)


async def keep_a_mirror_asynchronously(account: AsyncClient, mirror: Mirror) -> None:
    async for event in mirrors.aio.sync(account, mirror, full=True):
        assert_type(event, mirrors.Event)


async def asynchronously() -> None:
    """The same names and parameters: what returned is awaited, what iterated iterates asynchronously."""
    async with AsyncClient("wx5eed5eed5eed5eed", "5eed5eed5eed5eed5eed5eed5eed5eed") as account:
        assert_type(account, AsyncClient)
        vip = await account.groups.create("VIP")
        assert_type(vip, Group)
        assert_type(await account.groups.list(), list[Group])
        number: int = await account.groups.of(OPENIDS[0])
        await account.groups.rename(number, "贵宾")
        await account.groups.move(OPENIDS[0], to=vip)
        result = await account.groups.move_many(OPENIDS, to=vip)
        print(len(result.moved))
        await account.groups.delete(vip)
        openids: AsyncIterator[str] = account.followers.list()
        async for openid in openids:
            text: str = openid
            print(text)
        async for page in account.followers.pages():
            assert_type(page, Page)
        assert_type(await account.followers.get(OPENIDS[0]), Follower)
        for follower in await account.followers.get_many(OPENIDS):
            assert_type(follower, Follower)
        tag = await account.tags.create("广东")
        assert_type(await account.tags.add(OPENIDS, to=tag), BatchResult)
        async for openid in account.tags.members(tag):
            assert_type(openid, OpenID)
        async for openid in account.blacklist.list():
            assert_type(openid, OpenID)
        assert_type(await account.quota.get("groups/get"), CallQuota)
        await account.call("/cgi-bin/groups/get")
        token: str = await account.token()
        print(token)
        await asyncio.gather(*(account.groups.move(openid, to=0) for openid in OPENIDS))
    await account.aclose()
