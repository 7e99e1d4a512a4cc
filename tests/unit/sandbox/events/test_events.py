"""Events of followers without a socket: what is pushed, in which order, and what a callback may be."""

import threading
from urllib.parse import parse_qsl

import pytest
from tests.fixtures.world import ANA, BEN, CAT, DAN, STRANGER, World
from wechatpy import parse_message
from wechatpy.utils import check_signature

from fenzu.errors import UsageError
from fenzu.sandbox.events import pushing
from fenzu.sandbox.events.callback import Answered, Callback, read_callback
from fenzu.sandbox.events.message import original_id_of, sign, write_message
from fenzu.sandbox.events.pushing import Events

TAKEN, REFUSED = Answered(is_good=True, detail="taken"), Answered(is_good=False, detail="status 500")


class Application:
    """Takes pushes, or refuses the first ones, or waits until it is let go."""

    def __init__(self, *, refuses: int = 0) -> None:
        self.sent: list[tuple[dict[str, str], str]] = []
        self.refuses = refuses
        self.may_answer = threading.Event()
        self.may_answer.set()

    def __call__(self, _: Callback, query: str, body: bytes) -> Answered:
        self.may_answer.wait()
        self.sent.append((dict(parse_qsl(query)), body.decode()))
        return TAKEN if len(self.sent) > self.refuses else REFUSED

    @property
    def told(self) -> list[tuple[str, str]]:
        messages = [parse_message(body) for _, body in self.sent]
        return [(message.event, message.source) for message in messages]


def listen(world: World, application: Application) -> Events:
    """Let a world push to an application."""
    events = Events(lambda: world.now, post=application)
    events.callback = read_callback("http://127.0.0.1:5000/wechat", "secret")
    world.platform.events = events
    return events


def settle(events: Events) -> None:
    """Wait until no event is on its way."""
    with events._lock:
        assert events._lock.wait_for(lambda: not events._waiting and events._under_way is None, 10)


async def test_who_comes_and_goes_is_pushed_in_order(world: World) -> None:
    """Each of the listed openids is an event, in the order in which it happened; whoever did not follow is none."""
    tenant, application = await world.tenant(appid="wx1", followers=[DAN]), Application()
    events = listen(world, application)
    await world.platform.add_followers(tenant.appid, openids=[BEN, ANA])
    await world.platform.remove_followers(tenant.appid, [STRANGER, ANA, BEN, ANA])
    await world.platform.add_followers(tenant.appid, openids=[ANA])
    settle(events)
    expected = [
        ("subscribe", BEN),
        ("subscribe", ANA),
        ("unsubscribe", ANA),
        ("unsubscribe", BEN),
        ("subscribe", ANA),
    ]
    assert application.told == expected
    assert [event.state for event in events.list()] == ["taken"] * 5


async def test_a_push_is_signed_as_the_platform_signs(world: World) -> None:
    """wechatpy accepts the signature and finds account, follower, event and moment in the message."""
    tenant, application = await world.tenant(appid="wx1"), Application()
    events = listen(world, application)
    await world.platform.add_followers(tenant.appid, openids=[ANA])
    settle(events)
    query, body = application.sent[0]
    assert set(query) == {"signature", "timestamp", "nonce", "openid"}
    assert query["openid"] == ANA
    check_signature("secret", query["signature"], query["timestamp"], query["nonce"])
    message = parse_message(body)
    assert (message.type, message.event, message.key) == ("event", "subscribe", "")
    assert (message.source, message.target) == (ANA, original_id_of("wx1"))
    assert int(message.create_time.timestamp()) == int(world.now)


def test_the_message_is_the_platforms() -> None:
    """Tags, order and CDATA are those of messages that people have posted."""
    assert write_message("gh_b629c48b653e", ANA, "subscribe", 1372307736) == (
        b"<xml><ToUserName><![CDATA[gh_b629c48b653e]]></ToUserName>"
        b"<FromUserName><![CDATA[%b]]></FromUserName><CreateTime>1372307736</CreateTime>"
        b"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe]]></Event>"
        b"<EventKey><![CDATA[]]></EventKey></xml>" % ANA.encode()
    )


def test_the_signature_sorts_before_it_joins() -> None:
    """The three parts are sorted as text, whichever of them comes first."""
    assert sign("b", "a", "c") == sign("c", "b", "a") == sign("a", "c", "b")


async def test_loads_are_no_events(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Followers made up by number, a long list, new accounts and resets are pushed to nobody."""
    monkeypatch.setattr(pushing, "AT_ONCE", 2)
    tenant, application = await world.tenant(followers=[ANA]), Application()
    events = listen(world, application)
    await world.platform.add_followers(tenant.appid, count=5)
    await world.platform.add_followers(tenant.appid, openids=[BEN, CAT, DAN])
    await world.platform.add_followers(tenant.appid, openids=[])
    await world.platform.remove_followers(tenant.appid, [STRANGER])
    await world.platform.reset(tenant.appid)
    await world.tenant(followers=[BEN])
    assert events.list() == []


async def test_an_event_is_pushed_three_times(world: World) -> None:
    """What is not taken is pushed again with a new signature; after the third time the next event has its turn."""
    tenant, application = await world.tenant(), Application(refuses=4)
    events = listen(world, application)
    await world.platform.add_followers(tenant.appid, openids=[ANA, BEN])
    settle(events)
    assert application.told == [("subscribe", ANA)] * 3 + [("subscribe", BEN)] * 2
    assert len({query["nonce"] for query, _ in application.sent}) > 1
    told = [(event.state, event.tries, event.detail) for event in events.list()]
    assert told == [("failed", 3, "status 500"), ("taken", 2, "taken")]


async def test_a_dead_callback_disturbs_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """While an application does not answer, calls are answered, events wait, and too many of them are dropped."""
    monkeypatch.setattr(pushing, "WAITING", 2)
    tenant, application = await world.tenant(), Application()
    events = listen(world, application)
    application.may_answer.clear()
    for openid in (ANA, BEN):
        await world.platform.add_followers(tenant.appid, openids=[openid])
    await world.platform.add_followers(tenant.appid, openids=[CAT, DAN, STRANGER])
    assert await tenant.group_of(STRANGER) == 0
    states = [event.state for event in events.list()]
    assert states[:2] == ["waiting", "waiting"]
    assert states[-1] == "dropped"
    application.may_answer.set()
    settle(events)
    assert [event.id for event in events.list()] == [1, 2, 3, 4, 5]


async def test_a_fault_of_the_pushing_is_told(world: World) -> None:
    """Whatever goes wrong with a push, it is that event's, and the next one is pushed."""
    tenant = await world.tenant()
    events = listen(world, Application())

    def fail(*_: object) -> Answered:
        raise ZeroDivisionError

    events._post = fail
    await world.platform.add_followers(tenant.appid, openids=[ANA, BEN])
    settle(events)
    assert [(event.state, event.detail) for event in events.list()] == [("failed", "ZeroDivisionError")] * 2


async def test_a_refused_load_pushes_nothing(world: World) -> None:
    """Followers that could not come are no event."""
    tenant, application = await world.tenant(followers=[ANA]), Application()
    events = listen(world, application)
    with pytest.raises(UsageError):
        await world.platform.add_followers(tenant.appid, openids=[BEN, ANA])
    assert events.list() == []


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1:5000/wechat", "http://127.0.0.1:5000/wechat"),
        ("http://localhost/", "http://127.0.0.1:80/"),
        ("http://[::1]:80", "http://[::1]:80/"),
        ("http://127.9.9.9/a?key=1", "http://127.9.9.9:80/a"),
    ],
)
def test_callbacks_on_this_machine(url: str, told: str) -> None:
    """Every loopback address may be given; what stands in its query is shown nowhere."""
    callback = read_callback(url, "fenzu")
    assert callback.url == told
    assert "fenzu" not in repr(callback)


@pytest.mark.parametrize(
    "url",
    [
        *("", "x", "127.0.0.1:5000", "https://127.0.0.1/", "ftp://127.0.0.1/", "http://", "http:///a"),
        *(
            "http://127.0.0.1:99999/",
            "http://[",
            "http://me:secret@127.0.0.1/",
            "http://127.0.0.1/\u4e2d",
            "http://a b/",
        ),
    ],
)
def test_what_is_no_callback(url: str) -> None:
    """What is no plain address is refused with words."""
    with pytest.raises(UsageError, match="no address for events"):
        read_callback(url, "fenzu", anywhere=True)


def test_a_callback_elsewhere() -> None:
    """Another machine is pushed to only by whoever has said so."""
    for url in ("http://192.168.0.1/", "http://example.com/", "http://127.0.0.1.example.com/"):
        with pytest.raises(UsageError, match=r"this machine only.*--expose"):
            read_callback(url, "fenzu")
        assert read_callback(url, "fenzu", anywhere=True).url.startswith(url.rstrip("/"))


@pytest.mark.parametrize("token", ["", "ab", "a" * 33, "a-b", "中文中文"])
def test_what_is_no_token(token: str) -> None:
    """The platform takes 3 to 32 letters and digits."""
    with pytest.raises(UsageError, match="3 to 32"):
        read_callback("http://127.0.0.1/", token)
