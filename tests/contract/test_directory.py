"""One suite over the directories of `Client` and `AsyncClient`: what mirror and engine ask of an account."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeAlias

import pytest
from tests.unit.client.scripted import (
    APPID,
    BASE_URL,
    BUSY,
    OK,
    SECRET,
    Answer,
    AsyncScriptedTransport,
    Platform,
    ScriptedTransport,
    Sent,
    coded,
    lost,
)

from fenzu import AsyncClient, Client
from fenzu.client.directory import AccountDirectory
from fenzu.errors import (
    ApiError,
    InvalidOpenid,
    MinuteQuotaExceeded,
    SystemBusy,
    TransportError,
    UnknownGroup,
    UsageError,
)
from fenzu.mirror.directory import Directory
from fenzu.model import CallQuota, Follower, Group, GroupID, OpenID, Page

Opening: TypeAlias = Callable[..., AccountDirectory]

GROUPS = '{"groups":[{"id":0,"name":"未分组","count":2},{"id":104,"name":"华东媒","count":4}]}'
PROFILES = '{"user_info_list":[{"subscribe":1,"openid":"o1","groupid":104},{"subscribe":0,"openid":"o2"}]}'
QUOTA = (
    '{"errcode":0,"errmsg":"ok","quota":{"daily_limit":1000,"used":1,"remain":999},'
    '"rate_limit":{"call_count":4500,"refresh_second":60}}'
)


@pytest.fixture(params=["sync", "async"])
def directory(request: pytest.FixtureRequest) -> Iterator[Opening]:
    """Open the directory of a client on a scripted platform: of the one, then of the other."""
    clients: list[Client] = []

    def open_it(platform: Platform, **options: Any) -> AccountDirectory:
        options = {"base_url": BASE_URL, **options}
        if request.param == "async":
            client = AsyncClient(APPID, SECRET, transport=AsyncScriptedTransport(platform), **options)
            return client.directory
        clients.append(Client(APPID, SECRET, transport=ScriptedTransport(platform), **options))
        return clients[-1].directory

    yield open_it
    for client in clients:
        client.close()


async def test_each_method_is_a_call(directory: Opening) -> None:
    """Each method makes the one call that it is named for, with what it was given, and returns a value."""
    group = '{"group":{"id":107,"name":"VIP"}}'
    page = '{"total":2,"count":2,"data":{"openid":["o1","o2"]},"next_openid":"o2"}'
    platform = Platform(GROUPS, group, OK, OK, OK, page, PROFILES, QUOTA)
    account: Directory = directory(platform)
    assert await account.groups() == [Group(GroupID(0), "未分组", 2), Group(GroupID(104), "华东媒", 4)]
    assert await account.create_group("VIP") == Group(GroupID(107), "VIP")
    await account.rename_group(107, "贵宾")
    await account.delete_group(107)
    await account.move(["o1", "o2"], 104)
    assert await account.page(None) == Page((OpenID("o1"), OpenID("o2")), 2, OpenID("o2"))
    assert await account.profiles(["o1", "o2"]) == [
        Follower(OpenID("o1"), True, group_id=GroupID(104)),
        Follower(OpenID("o2")),
    ]
    assert await account.quota("groups.move_many") == CallQuota(
        "/cgi-bin/groups/members/batchupdate", 1000, 1, 999, 4500, 60
    )
    assert [(sent.call, sent.json) for sent in platform.sent] == [
        ("groups/get", None),
        ("groups/create", {"group": {"name": "VIP"}}),
        ("groups/update", {"group": {"id": 107, "name": "贵宾"}}),
        ("groups/delete", {"group": {"id": 107}}),
        ("groups/members/batchupdate", {"openid_list": ["o1", "o2"], "to_groupid": 104}),
        ("user/get", None),
        ("user/info/batchget", {"user_list": [{"openid": "o1"}, {"openid": "o2"}]}),
        ("openapi/quota/get", {"cgi_path": "/cgi-bin/groups/members/batchupdate"}),
    ]


async def test_pages_go_on_behind_an_openid(directory: Opening) -> None:
    """The page behind an openid is asked for by it, and one without openids is the last."""
    platform = Platform('{"total":2,"count":0,"next_openid":""}', '{"total":2,"count":0,"next_openid":"o2"}')
    account = directory(platform)
    for _ in range(2):
        assert await account.page(OpenID("o2")) == Page((), 2, None)
    assert [sent.query["next_openid"] for sent in platform.sent] == ["o2", "o2"]


async def test_it_tells_whose_it_is(directory: Opening) -> None:
    """It names account and address, and its repr holds no secret."""
    account = directory(Platform())
    assert (account.appid, account.base_url) == (APPID, BASE_URL)
    assert repr(account) == f"AccountDirectory({APPID!r}, {BASE_URL!r})"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (BUSY, SystemBusy),
        (lost(), TransportError),
        (coded(40003), InvalidOpenid),
        (coded(45011), MinuteQuotaExceeded),
        (coded(40050), UnknownGroup),
    ],
    ids=str,
)
async def test_a_call_is_tried_once(directory: Opening, answer: Answer, error: type[Exception]) -> None:
    """What a call met is raised at once, without a wait or a second try: who asks decides about repeating."""
    platform = Platform(answer)
    account = directory(platform)
    asked: list[Callable[[], Awaitable[object]]] = [
        account.groups,
        lambda: account.create_group("VIP"),
        lambda: account.rename_group(107, "VIP"),
        lambda: account.delete_group(107),
        lambda: account.move(["o1"], 107),
        lambda: account.page(None),
        lambda: account.profiles(["o1"]),
        lambda: account.quota("groups.move"),
    ]
    for number, ask in enumerate(asked, 1):
        with pytest.raises(error):
            await ask()
        assert len(platform.sent) == number


async def test_a_dead_token_is_replaced(directory: Opening) -> None:
    """A token that has ended is renewed and the call sent again, once; so is nothing else."""
    platform = Platform(coded(42001), OK, coded(40001))
    account = directory(platform)
    await account.move(["o1"], 104)
    assert [sent.token for sent in platform.sent] == ["TOKEN-1", "TOKEN-2"]
    with pytest.raises(ApiError):
        await account.move(["o1"], 104)
    assert len(platform.sent) == 4


async def test_wrong_arguments_cost_no_call(directory: Opening) -> None:
    """What no call may hold is refused before anything is sent: nobody, too many, a name or an id that cannot be."""
    platform = Platform()
    account = directory(platform)
    wrong: list[Callable[[], Awaitable[object]]] = [
        lambda: account.move([], 104),
        lambda: account.move([f"o{n}" for n in range(51)], 104),
        lambda: account.move(["no openid"], 104),
        lambda: account.move(["o1"], -1),
        lambda: account.profiles([]),
        lambda: account.profiles([f"o{n}" for n in range(101)]),
        lambda: account.create_group(""),
        lambda: account.rename_group(-1, "VIP"),
        lambda: account.delete_group(-1),
        lambda: account.profiles([""]),
        lambda: account.page(OpenID("no openid")),
    ]
    for ask in wrong:
        with pytest.raises(UsageError):
            await ask()
    assert platform.sent == platform.token_calls == []


async def test_many_calls_at_once(directory: Opening) -> None:
    """Many calls may be under way at once, and each comes back with its own answer."""
    lock = threading.Lock()

    def answer(sent: Sent) -> Answer:
        with lock:
            [asked] = sent.json["user_list"]
            return {"user_info_list": [{"subscribe": 0, "openid": asked["openid"]}]}

    account = directory(Platform(answer))
    await account.profiles(["o0"])
    found = await asyncio.gather(*(account.profiles([f"o{n}"]) for n in range(200)))
    assert [profile.openid for [profile] in found] == [f"o{n}" for n in range(200)]


class _Later(Exception):
    """What a guard raises."""


async def test_a_guard_is_asked_right_before_each_request(directory: Opening) -> None:
    """What waited inside a call is not sent where the guard has changed its mind; then the same account goes on."""
    platform = Platform(OK)
    may_send = False

    def check() -> None:
        if not may_send:
            raise _Later

    account = directory(platform).guarded(check)
    with pytest.raises(_Later):
        await account.move(["o1"], 104)
    assert platform.sent == []
    assert len(platform.token_calls) == 1
    may_send = True
    await account.move(["o1"], 104)
    assert len(platform.sent) == 1


async def test_a_guard_is_asked_after_the_pace(directory: Opening) -> None:
    """A call that waited for its pace is not sent where the guard has changed its mind meanwhile."""
    platform, pauses = Platform(), [0.0, 0.001]

    class Pace:
        waits = False

        def take(self, base_url: str, appid: str, endpoint: str) -> float:
            return pauses.pop() if endpoint == "groups.move_many" else 0.0

    def check() -> None:
        if not pauses:
            raise _Later

    with pytest.raises(_Later):
        await directory(platform, pace=Pace()).guarded(check).move(["o1"], 104)
    assert (pauses, platform.sent) == ([], [])


async def test_what_a_guarded_call_meets_is_told_as_ever(directory: Opening) -> None:
    """A guard changes nothing about errors: a dead token is replaced once, and a busy platform is told."""
    platform = Platform(coded(42001), OK, BUSY)
    asked: list[int] = []
    account = directory(platform).guarded(lambda: asked.append(len(platform.sent)))
    await account.move(["o1"], 104)
    with pytest.raises(SystemBusy):
        await account.move(["o1"], 104)
    assert asked == [0, 1, 2]


def test_group_calls_on_tags_have_no_directory() -> None:
    """A client that carries group calls out on tags is refused with words: a tag is not a group."""
    for client in (
        Client(APPID, SECRET, base_url=BASE_URL, groups_as_tags=True),
        AsyncClient(APPID, SECRET, base_url=BASE_URL, groups_as_tags=True),
    ):
        with pytest.raises(UsageError, match="without groups_as_tags"):
            _ = client.directory


async def test_threads_are_begun_for_who_calls_and_end_with_the_client() -> None:
    """The client that waits starts threads at the first call of its directory, and none of them outlives it."""
    client = Client(APPID, SECRET, base_url=BASE_URL, transport=ScriptedTransport(Platform(GROUPS)))
    before = set(threading.enumerate())
    account = client.directory
    assert client.directory.appid == account.appid
    assert set(threading.enumerate()) <= before
    await asyncio.gather(*(account.groups() for _ in range(3)))
    begun = set(threading.enumerate()) - before
    assert begun
    client.close()
    client.close()
    for thread in begun:
        thread.join(5)
        assert not thread.is_alive()


async def test_a_closed_client_is_refused() -> None:
    """A directory whose client was closed says so, and starts no thread for it."""
    for client in (Client(APPID, SECRET, base_url=BASE_URL), AsyncClient(APPID, SECRET, base_url=BASE_URL)):
        account, before = client.directory, set(threading.enumerate())
        if isinstance(client, Client):
            client.close()
        else:
            await client.aclose()
        with pytest.raises(UsageError, match="closed"):
            await account.groups()
        assert set(threading.enumerate()) <= before
