"""One suite over `Client` and `AsyncClient`: every operation, through the public face."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.contract.colours import Colour
from tests.unit.client.scripted import (
    APPID,
    BASE_URL,
    BUSY,
    OK,
    SECRET,
    Answer,
    Platform,
    ScriptedTransport,
    Sent,
    coded,
    lost,
)

from fenzu import AsyncClient, Client, Follower, Group, GroupID, OpenID, Page
from fenzu.client.transport import Request, Response
from fenzu.errors import (
    ApiError,
    DailyQuotaExceeded,
    FenzuError,
    InvalidOpenid,
    SystemBusy,
    TransportError,
    UnknownGroup,
    UsageError,
)
from fenzu.tokens import MemoryStore

OPENID = "oDF3iYx0ro3_7jD4HFRDfrjdCM58"
LIST = '{"groups":[{"id":104,"name":"华东媒","count":4}]}'
THREADS, TASKS = 64, 1_000


def test_the_seven_group_calls(colour: Colour) -> None:
    """Each call goes out as documented, and its answer comes back as a value."""
    platform = Platform('{"group":{"id":107,"name":"VIP"}}', OK, OK, '{"groupid":107}', OK, LIST, OK)
    with colour.client(platform) as account:
        vip = account.groups.create("VIP")
        assert vip == Group(GroupID(107), "VIP", None)
        assert account.groups.move(OPENID, to=vip) is None
        assert account.groups.move_many([OPENID], to=vip).moved == [OPENID]
        assert account.groups.of(OPENID) == 107
        assert account.groups.rename(vip, "贵宾") is None
        assert account.groups.list() == [Group(GroupID(104), "华东媒", 4)]
        assert account.groups.delete(vip) is None
    assert platform.calls == [
        "groups/create",
        "groups/members/update",
        "groups/members/batchupdate",
        "groups/getid",
        "groups/update",
        "groups/get",
        "groups/delete",
    ]
    assert [sent.token for sent in platform.sent] == ["TOKEN-1"] * 7
    assert len(platform.token_calls) == 1


def test_followers(colour: Colour) -> None:
    """Openids, pages and profiles are read, and no page more than is looked at."""
    pages = [
        '{"total":3,"count":2,"data":{"openid":["o1","o2"]},"next_openid":"o2"}',
        '{"total":3,"count":1,"data":{"openid":["o3"]},"next_openid":"o3"}',
    ]
    platform = Platform(*pages, *pages)
    account = colour.client(platform)
    assert list(account.followers.list()) == ["o1", "o2", "o3"]
    for page in account.followers.pages():
        assert page == Page((OpenID("o1"), OpenID("o2")), 3, OpenID("o2"))
        break
    assert len(platform.sent) == 3
    platform = Platform('{"subscribe":1,"openid":"o1"}', '{"user_info_list":[{"subscribe":0,"openid":"o2"}]}')
    account = colour.client(platform)
    assert account.followers.get("o1") == Follower(OpenID("o1"), True)
    assert account.followers.get_many(["o2"]) == [Follower(OpenID("o2"))]


def test_any_call(colour: Colour) -> None:
    """A call without a method of its own goes by its path, and raises on an errcode."""
    platform = Platform('{"groupid":102}', coded(40003, "invalid openid"))
    account = colour.client(platform)
    assert account.call("groups/getid", {"openid": OPENID}, params={"lang": "zh_CN"}) == {"groupid": 102}
    with pytest.raises(InvalidOpenid):
        account.call("groups/get", method="POST")


def test_the_token(colour: Colour) -> None:
    """The token is handed out, the same until it ends or is forced to."""
    platform = Platform()
    account = colour.client(platform)
    assert account.token() == account.token() == "TOKEN-1"
    assert account.token(force_refresh=True) == account.token() == "TOKEN-2"


def test_the_times_of_a_token(colour: Colour) -> None:
    """When the token in hand is renewed and ends is told without the token, and without a call."""
    platform = Platform()
    account = colour.client(platform)
    client = getattr(account, "_inner", account)
    before, token, times = client.token_times, account.token(), client.token_times
    assert before is None
    assert times.asked_at < times.renew_at < times.expires_at
    assert token not in repr(times)
    assert len(platform.token_calls) == 1


def test_a_token_of_ones_own(colour: Colour) -> None:
    """A token given by hand needs no secret, and is used as it is."""
    platform = Platform(LIST)
    account = colour.client(platform, secret=None, token="MINE&more")
    account.groups.list()
    assert account.token() == platform.sent[0].token == "MINE&more"
    assert platform.token_calls == []


def test_the_plain_token(colour: Colour) -> None:
    """The older token call is made on request."""
    platform = Platform()
    assert colour.client(platform, token_kind="plain").token() == "TOKEN-1"
    assert platform.token_calls[0].path == "/cgi-bin/token"


def test_two_clients_share_a_store(colour: Colour) -> None:
    """Clients that are given one store use one token; one that only reads takes part."""
    platform, store = Platform(LIST), MemoryStore()
    colour.client(platform, token_store=store).groups.list()
    colour.client(platform, token_store=store).groups.list()
    colour.client(platform, secret=None, token_store=store, read_only_token=True).groups.list()
    assert len(platform.token_calls) == 1
    assert len(platform.sent) == 3


def test_the_base_url_covers_all(colour: Colour) -> None:
    """Every call goes to the one address, the token's too."""
    asked: list[str] = []

    class Listening(Platform):
        def answer(self, request: Request) -> Response:
            asked.append(request.url)
            return super().answer(request)

    colour.client(Listening(LIST), base_url="https://gateway.example/wechat/").groups.list()
    assert asked == [
        "https://gateway.example/wechat/cgi-bin/stable_token",
        "https://gateway.example/wechat/cgi-bin/groups/get?access_token=TOKEN-1",
    ]


def test_production_is_the_default() -> None:
    """Without an address, the client speaks to production, over TLS."""
    for client in (Client(APPID, SECRET), AsyncClient(APPID, SECRET)):
        assert repr(client) == f"{type(client).__name__}({APPID!r}, base_url='https://api.weixin.qq.com')"


def test_trouble_is_tried_again(colour: Colour, naps: list[float]) -> None:
    """A busy platform and a lost answer are tried again after growing pauses; what fails for good is raised."""
    platform = Platform(BUSY, lost(), LIST)
    assert colour.client(platform).groups.list()
    assert len(naps) == 2
    assert 0.125 <= naps[0] <= 0.25 <= naps[1] <= 0.5
    with pytest.raises(SystemBusy):
        colour.client(Platform(BUSY)).groups.list()
    with pytest.raises(TransportError):
        colour.client(Platform(lost())).groups.list()


def test_a_dead_token_is_replaced(colour: Colour) -> None:
    """A refused token is replaced and the call made again, once."""
    platform = Platform(coded(40001), LIST)
    assert colour.client(platform).groups.list()
    assert [sent.token for sent in platform.sent] == ["TOKEN-1", "TOKEN-2"]
    with pytest.raises(ApiError):
        colour.client(Platform(coded(42001))).groups.list()


def test_errors_speak_the_clients_language(colour: Colour) -> None:
    """What is raised, and what a result holds, speaks the language that the client was given."""
    account = colour.client(Platform(coded(40050, "invalid group id")), language="zh")
    with pytest.raises(UnknownGroup, match="下一步"):
        account.groups.delete(5)
    with pytest.raises(UsageError, match="下一步"):
        account.groups.delete(-5)
    with pytest.raises(UsageError, match="下一步"):
        list(account.followers.list(after="no openid"))
    assert "下一步" in str(account.groups.move_many([OPENID], to=5).stopped_by)
    with pytest.raises(UnknownGroup, match="Next: "):
        colour.client(Platform(coded(40050))).groups.delete(5)


def test_many_are_moved(colour: Colour) -> None:
    """Any number is moved, and it is told what became of each."""
    openids = [f"o{number}" for number in range(120)]

    def answer(sent: Sent) -> Answer:
        if "o110" in sent.json["openid_list"]:
            return coded(45009)
        return coded(40003) if "o7" in sent.json["openid_list"] else OK

    result = colour.client(Platform(answer)).groups.move_many((openid for openid in openids), to=104)
    assert sorted(result.moved) == sorted(set(openids[:100]) - {"o7"})
    assert isinstance(result.failed["o7"], InvalidOpenid)
    assert isinstance(result.stopped_by, DailyQuotaExceeded)
    assert sorted([*result.failed, *result.not_tried]) == sorted(["o7", *openids[100:]])


def test_wrong_arguments_cost_no_call(colour: Colour) -> None:
    """What is known to be wrong is refused before anything is sent, the token call included."""
    platform = Platform()
    account = colour.client(platform)
    wrong: list[Callable[[], Any]] = [
        lambda: account.groups.create(""),
        lambda: account.groups.of("no openid"),
        lambda: account.groups.rename(True, "x"),
        lambda: account.groups.move(OPENID, to=-1),
        lambda: account.groups.move_many(OPENID, to=104),
        lambda: account.groups.delete("104"),
        lambda: list(account.followers.pages(after="no openid")),
        lambda: account.followers.get(""),
        lambda: account.followers.get_many(["no openid"]),
        lambda: account.call("https://elsewhere.example/"),
    ]
    for call in wrong:
        with pytest.raises(UsageError):
            call()
    assert platform.sent == platform.token_calls == []


@pytest.mark.parametrize(
    "options",
    [
        {"appid": ""},
        {"secret": None},
        {"secret": ""},
        {"base_url": "127.0.0.1:8060"},
        {"base_url": "http://api.weixin.qq.com"},
        {"token_kind": "classic"},
        {"timeout": 0},
        {"deadline": -1},
        {"token": ""},
        {"ca_file": "/no/such/file"},
        {"proxy": "no proxy"},
    ],
    ids=str,
)
def test_wrong_options_are_refused(colour: Colour, options: dict[str, Any]) -> None:
    """A client that could not work is not made."""
    with pytest.raises(UsageError):
        colour.client(None, **options)


def test_closing(colour: Colour) -> None:
    """A client may be closed twice; afterwards a call is refused with words."""
    account = colour.client(None, base_url="http://127.0.0.1:9")
    account.close()
    account.close()
    with pytest.raises(UsageError, match="closed"):
        account.groups.list()
    result = account.groups.move_many([OPENID], to=104)
    assert isinstance(result.stopped_by, UsageError)


def test_leaving_a_with_closes(colour: Colour) -> None:
    """A client in a `with` is closed at its end, also of one that somebody else made the transport of."""
    with colour.client(None, base_url="http://127.0.0.1:9") as account:
        pass
    with pytest.raises(UsageError, match="closed"):
        account.groups.list()
    transport = ScriptedTransport(Platform())
    with Client(APPID, SECRET, transport=transport):
        assert not transport.is_closed
    assert transport.is_closed


class Refusing(Platform):
    """A platform that knows one token, the latest."""

    def __init__(self) -> None:
        super().__init__(self._judge)
        self._lock = threading.Lock()

    def _judge(self, sent: Sent) -> Answer:
        return LIST if sent.token == f"TOKEN-{len(self.token_calls)}" else coded(42001)

    def answer(self, request: Request) -> Response:
        with self._lock:
            return super().answer(request)


def test_threads_with_a_dead_token_fetch_one() -> None:
    """Sixty-four threads that hold one expired token make one token call, and all succeed."""
    platform = Refusing()
    with Client(APPID, SECRET, base_url=BASE_URL, transport=ScriptedTransport(platform)) as account:
        account.groups.list()
        platform.token_calls.append(platform.token_calls[0])  # somebody else has been given a newer one
        together = threading.Barrier(THREADS)

        def ask(_: int) -> int:
            together.wait()
            return len(account.groups.list())

        with ThreadPoolExecutor(THREADS) as pool:
            assert list(pool.map(ask, range(THREADS))) == [1] * THREADS
    assert len(platform.token_calls) == 3
    assert len(platform.sent) <= 1 + 2 * THREADS


def test_threads_without_a_token_fetch_one() -> None:
    """Sixty-four threads that begin at once make one token call."""
    platform = Refusing()
    account = Client(APPID, SECRET, base_url=BASE_URL, transport=ScriptedTransport(platform))
    together = threading.Barrier(THREADS)

    def ask(_: int) -> str:
        together.wait()
        return account.token()

    with ThreadPoolExecutor(THREADS) as pool:
        assert set(pool.map(ask, range(THREADS))) == {"TOKEN-1"}
    assert len(platform.token_calls) == 1


class Yielding:
    """A platform that lets the other tasks on before each answer."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    async def send(self, request: Request) -> Response:
        await asyncio.sleep(0)
        answer = self.platform.answer(request)
        await asyncio.sleep(0)
        return answer

    async def aclose(self) -> None: ...


async def test_tasks_with_a_dead_token_fetch_one() -> None:
    """A thousand tasks that hold one expired token make one token call, and all succeed."""
    platform = Refusing()
    async with AsyncClient(APPID, SECRET, base_url=BASE_URL, transport=Yielding(platform)) as account:
        await account.groups.list()
        platform.token_calls.append(platform.token_calls[0])
        answers = await asyncio.gather(*(account.groups.list() for _ in range(TASKS)))
    assert [len(answer) for answer in answers] == [1] * TASKS
    assert len(platform.token_calls) == 3
    assert len(platform.sent) == 1 + 2 * TASKS


async def test_a_cancelled_task_leaves_nothing_locked() -> None:
    """A task that is cancelled while it fetches the token keeps nobody from fetching it."""
    reached, stuck = asyncio.Event(), True

    class Stuck(Yielding):
        async def send(self, request: Request) -> Response:
            if stuck:
                reached.set()
                await asyncio.Future()
            return await super().send(request)

    platform = Platform(LIST)
    async with AsyncClient(APPID, SECRET, base_url=BASE_URL, transport=Stuck(platform)) as account:
        task = asyncio.create_task(account.groups.list())
        await reached.wait()
        others = [asyncio.create_task(account.groups.list()) for _ in range(3)]
        await asyncio.sleep(0)
        stuck = False
        task.cancel()
        assert [len(answer) for answer in await asyncio.gather(*others)] == [1, 1, 1]
        assert task.cancelled()
    assert len(platform.token_calls) == 1


def test_a_failed_fetch_is_everybodys_to_try() -> None:
    """Where the token call fails for one thread, the next one asks for itself, and nobody is locked out."""
    platform = Platform(LIST, tokens=[coded(40164, "invalid ip"), {"access_token": "T", "expires_in": 7200}])
    account = Client(APPID, SECRET, base_url=BASE_URL, transport=ScriptedTransport(platform))
    with pytest.raises(FenzuError):
        account.groups.list()
    assert account.groups.list()


def test_groups_as_tags(colour: Colour) -> None:
    """On request the group calls are carried out on tags, by the same methods with the same values."""
    platform = Platform('{"tag":{"id":134,"name":"VIP"}}', '{"tagid_list":[]}', OK)
    account = colour.client(platform, groups_as_tags=True)
    vip = account.groups.create("VIP")
    account.groups.move("o1", to=vip)
    assert vip == Group(GroupID(134), "VIP")
    assert platform.calls == ["tags/create", "tags/getidlist", "tags/members/batchtagging"]
