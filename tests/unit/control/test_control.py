"""The control client without a socket: what it sends, and what it makes of answers."""

import pickle
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest

from fenzu.client.transport import Request, Response
from fenzu.control import (
    Account,
    AccountQuota,
    ClockReading,
    Control,
    ControlError,
    Fault,
    FaultReport,
    GroupSeed,
    Health,
    HeldFault,
    NewAccount,
    PushedEvent,
    Snapshot,
    TagSeed,
)
from fenzu.errors import TransportError, UsageError

LOOK = b'{"appid":"wx1","kind":"ordinary","followers":3,"groups":4,"whitelist":[],"state":"active"}'
MADE = LOOK[:-1] + b',"secret":"s3cret"}'
ALICE = Account("wx1", "ordinary", 3, 4)
CLOCK = b'{"now":1.5,"beijing":"1970-01-01T08:00:01.500+08:00","midnight":57600,"frozen":false,"rate":1.0,"offset":0.0}'
QUOTA = b'{"kind":"test","enforced":true,"used":{"groups.of":3},"limits":{"groups.of":9},"minute":{"groups.of":5}}'
LIMITED = AccountQuota("test", True, {"groups.of": 3}, {"groups.of": 9}, {"groups.of": 5})
HELD = b'{"seed":7,"rules":[{"call":"*","errcode":-1,"nth":3,"from":5.0,"met":4,"struck":1}]}'
REPORT = FaultReport(7, (HeldFault("*", errcode=-1, nth=3, since=5.0, met=4, struck=1),))
READING = ClockReading(1.5, "1970-01-01T08:00:01.500+08:00", 57600, False, 1.0, 0.0)

KEPT = b'{"name":"a.b","made":1.5,"size":4096,"version":5,"accounts":2}'
EVENT = PushedEvent(4, "wx1", "o1", "subscribe", 5, "taken", 1, "taken")
EVENTS = b'{"callback":"http://127.0.0.1:5000/","events":[%b]}' % msgspec.json.encode(EVENT)
SNAPSHOT = Snapshot("a.b", 1.5, 4096, 5, 2)


class Recorded:
    """A transport that gives one answer and keeps what was sent."""

    def __init__(self, status: int, body: bytes) -> None:
        self.answer = Response(status, body)
        self.sent: list[tuple[str, str, object]] = []
        self.closed = False
        self.bearer: str | None = None

    def send(self, request: Request) -> Response:
        self.bearer = request.bearer
        body = None if request.body is None else decoded(request.body)
        self.sent.append((request.method, request.url, body))
        return self.answer

    def close(self) -> None:
        self.closed = True


def decoded(body: bytes) -> object:
    """Return the JSON of a body, or a file as it is."""
    return body if body.startswith(b"openid") else msgspec.json.decode(body)


def control(status: int, body: bytes) -> tuple[Control, Recorded]:
    """A control client on a recorded answer."""
    transport = Recorded(status, body)
    return Control("http://127.0.0.1:8061/", transport=transport), transport


@pytest.mark.parametrize(
    ("call", "sent", "answer", "value"),
    [
        (
            lambda port: port.health(),
            ("GET", "/health", None),
            b'{"ready":true,"version":"0.1.0","rules":"2013","accounts":1,"store":null}',
            Health(True, "0.1.0", "2013", 1, None),
        ),
        (lambda port: port.accounts.list(), ("GET", "/accounts", None), b"[%b]" % LOOK, [ALICE]),
        (lambda port: port.accounts.get("wx1"), ("GET", "/accounts/wx1", None), LOOK, ALICE),
        (
            lambda port: port.accounts.change("wx1", state="frozen"),
            ("PATCH", "/accounts/wx1", {"state": "frozen"}),
            LOOK,
            ALICE,
        ),
        (
            lambda port: port.accounts.change("wx1", state="active", whitelist=["::1"]),
            ("PATCH", "/accounts/wx1", {"state": "active", "whitelist": ["::1"]}),
            LOOK,
            ALICE,
        ),
        (lambda port: port.accounts.delete("wx1"), ("DELETE", "/accounts/wx1", None), b'{"ok":true}', None),
        (
            lambda port: port.accounts.export("wx1"),
            ("GET", "/accounts/wx1/export", None),
            b"a\nb\n",
            b"a\nb\n",
        ),
        (
            lambda port: port.accounts.export("wx1", secret=True),
            ("GET", "/accounts/wx1/export?secret=1", None),
            b"a\n",
            b"a\n",
        ),
        (
            lambda port: port.accounts.import_(b"openid\n").secret,
            ("POST", "/accounts/import", b"openid\n"),
            MADE,
            "s3cret",
        ),
        (
            lambda port: port.accounts.import_(b"openid\n", appid="wx2").secret,
            ("POST", "/accounts/import?appid=wx2", b"openid\n"),
            MADE,
            "s3cret",
        ),
        (
            lambda port: port.followers.add("wx1", count=3),
            ("POST", "/accounts/wx1/followers", {"count": 3, "group": 0}),
            LOOK,
            ALICE,
        ),
        (
            lambda port: port.followers.add("wx1", openids=["o1"], group=100),
            ("POST", "/accounts/wx1/followers", {"openids": ["o1"], "group": 100}),
            LOOK,
            ALICE,
        ),
        (
            lambda port: port.followers.remove("wx1", ["o1"]),
            ("DELETE", "/accounts/wx1/followers", {"openids": ["o1"]}),
            LOOK,
            ALICE,
        ),
        (lambda port: port.reset(), ("POST", "/reset", None), b'{"ok":true}', None),
        (lambda port: port.reset("wx1"), ("POST", "/accounts/wx1/reset", None), LOOK, None),
        (lambda port: port.quota.get("wx1"), ("GET", "/accounts/wx1/quota", None), QUOTA, LIMITED),
        (
            lambda port: port.quota.set("wx1", used={"groups.of": 3}, limits={"groups.of": None}),
            ("PUT", "/accounts/wx1/quota", {"used": {"groups.of": 3}, "limits": {"groups.of": None}}),
            QUOTA,
            LIMITED,
        ),
        (
            lambda port: port.quota.set("wx1", kind="test", enforced=True, minute={"groups.of": 5}),
            (
                "PUT",
                "/accounts/wx1/quota",
                {"kind": "test", "enforced": True, "minute": {"groups.of": 5}},
            ),
            QUOTA,
            LIMITED,
        ),
        (
            lambda port: port.quota.set("wx1", kind=None, enforced=None),
            ("PUT", "/accounts/wx1/quota", {"kind": None, "enforced": None}),
            QUOTA,
            LIMITED,
        ),
        (lambda port: port.quota.mode(), ("GET", "/quota", None), b'{"mode":"large"}', "large"),
        (
            lambda port: port.quota.set_mode("test"),
            ("PUT", "/quota", {"mode": "test"}),
            b'{"mode":"test"}',
            None,
        ),
        (lambda port: port.faults.get(), ("GET", "/faults", None), HELD, REPORT),
        (
            lambda port: port.faults.set([Fault.busy(nth=3)], "wx1", seed=7),
            ("PUT", "/accounts/wx1/faults", {"seed": 7, "rules": [{"call": "*", "errcode": -1, "nth": 3}]}),
            HELD,
            REPORT,
        ),
        (lambda port: port.faults.clear(), ("DELETE", "/faults", None), b'{"ok":true}', None),
        (lambda port: port.clock.read(), ("GET", "/clock", None), CLOCK, READING),
        (lambda port: port.clock.advance(0.5), ("POST", "/clock", {"advance": 0.5}), CLOCK, READING),
        (lambda port: port.clock.advance_to(5), ("POST", "/clock", {"set": 5}), CLOCK, READING),
        (
            lambda port: port.clock.advance_to(datetime(2026, 11, 26, tzinfo=UTC)),
            ("POST", "/clock", {"set": "2026-11-26T00:00:00Z"}),
            CLOCK,
            READING,
        ),
        (lambda port: port.clock.freeze(), ("POST", "/clock", {"freeze": True}), CLOCK, READING),
        (lambda port: port.clock.resume(), ("POST", "/clock", {"freeze": False}), CLOCK, READING),
        (lambda port: port.clock.rate(60), ("POST", "/clock", {"rate": 60}), CLOCK, READING),
        (lambda port: port.clock.reset(), ("DELETE", "/clock", None), CLOCK, READING),
        (lambda port: port.events.list(), ("GET", "/events?after=0", None), EVENTS, [EVENT]),
        (
            lambda port: port.events.list("wx1", after=3),
            ("GET", "/events?after=3&appid=wx1", None),
            EVENTS,
            [EVENT],
        ),
        (lambda port: port.events.callback(), ("GET", "/events", None), EVENTS, "http://127.0.0.1:5000/"),
        (lambda port: port.snapshots.create("a.b"), ("POST", "/snapshots/a.b", None), KEPT, SNAPSHOT),
        (lambda port: port.snapshots.list(), ("GET", "/snapshots", None), b"[%b]" % KEPT, [SNAPSHOT]),
        (
            lambda port: port.snapshots.restore("a.b"),
            ("POST", "/snapshots/a.b/restore", None),
            b'{"ok":true}',
            None,
        ),
        (lambda port: port.snapshots.delete("a.b"), ("DELETE", "/snapshots/a.b", None), b'{"ok":true}', None),
    ],
)
def test_each_method_is_one_request(
    call: Callable[[Control], object], sent: tuple[str, str, object], answer: bytes, value: object
) -> None:
    """A method sends the documented request and returns what the answer says."""
    port, transport = control(200, answer)
    assert call(port) == value
    assert transport.sent == [(sent[0], "http://127.0.0.1:8061" + sent[1], sent[2])]


@pytest.mark.parametrize("appid", ["..", ".", "", "a/b", "../health", "wx 1", "未知", "%2e%2e", "a" * 65])
@pytest.mark.parametrize(
    "call",
    [
        Control.reset,
        lambda port, appid: port.accounts.get(appid),
        lambda port, appid: port.accounts.delete(appid),
        lambda port, appid: port.faults.set([], appid),
        lambda port, appid: port.accounts.change(appid, state="busy"),
    ],
    ids=["reset", "get", "delete", "faults", "change"],
)
def test_what_cannot_be_an_appid_is_not_sent(call: Callable[[Control, str], object], appid: str) -> None:
    """Whatever stands for an appid leads to no other route: `reset("..")` does not empty every account."""
    port, transport = control(200, LOOK)
    with pytest.raises(UsageError, match="an appid is"):
        call(port, appid)
    assert transport.sent == []


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", ".hidden", "a b", "快照", "%2e%2e", "a" * 65])
def test_what_cannot_be_a_snapshots_name_is_not_sent(name: str) -> None:
    """Whatever stands for a name leads to no other route and to no other folder."""
    port, transport = control(200, KEPT)
    for call in (port.snapshots.create, port.snapshots.restore, port.snapshots.delete):
        with pytest.raises(UsageError, match="a snapshot's name is"):
            call(name)
    assert transport.sent == []


def test_an_account_is_made_from_what_is_given() -> None:
    """Only what is given is sent; the rest is the sandbox's to make up."""
    port, transport = control(201, MADE)
    made = port.accounts.create(
        appid="wx1",
        tags=[TagSeed("t", followers=["o1"])],
        groups=[GroupSeed("VIP", 104, 3), GroupSeed("x")],
        whitelist=["::1"],
    )
    assert isinstance(made, NewAccount)
    assert made.secret == "s3cret"
    groups = [{"name": "VIP", "id": 104, "followers": 3}, {"name": "x"}]
    tags = [{"name": "t", "followers": ["o1"]}]
    assert transport.sent[0][2] == {"appid": "wx1", "groups": groups, "tags": tags, "whitelist": ["::1"]}


def test_an_account_shows_no_secret() -> None:
    """What is printed of a new account holds no secret."""
    port, _ = control(201, MADE)
    assert "s3cret" not in repr(port.accounts.create())


def test_a_refusal_is_raised_with_its_words() -> None:
    """A refusal keeps status, word and sentence, in both languages and through a pickle."""
    body = '{"error":"unknown_account","message":"no account wx1","message_zh":"没有账号 wx1"}'
    port, _ = control(404, body.encode())
    with pytest.raises(ControlError, match=r"404 unknown_account.*no account wx1") as caught:
        port.accounts.get("wx1")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.status, again.code, again.message) == (404, "unknown_account", "no account wx1")
    assert again.say("zh") == "沙箱拒绝了请求（404 unknown_account）：没有账号 wx1"


def test_a_refusal_of_an_older_sandbox_is_told_in_english() -> None:
    """A sandbox that tells nothing in Chinese is quoted as it is."""
    port, _ = control(404, b'{"error":"unknown_account","message":"no account wx1"}')
    with pytest.raises(ControlError) as caught:
        port.accounts.get("wx1")
    assert caught.value.say("zh") == "沙箱拒绝了请求（404 unknown_account）：no account wx1"


def test_a_file_that_is_too_large() -> None:
    """Who sends more than the port takes learns how much that is, and what takes more."""
    port, _ = control(413, b"413 Content Too Large\n")
    with pytest.raises(ControlError, match=r"64 MiB.*--seed") as caught:
        port.accounts.import_(b"openid\n")
    assert (caught.value.status, caught.value.code) == (413, "too_large")


@pytest.mark.parametrize(("status", "body"), [(200, b"<html>"), (404, b"Not Found"), (200, b'{"a":1}')])
def test_another_server_is_told_from_a_sandbox(status: int, body: bytes) -> None:
    """Who names the wrong port learns that it is the wrong port."""
    port, _ = control(status, body)
    with pytest.raises(TransportError, match=r"no control port.*control_url"):
        port.health()


def test_closing_closes_the_connections() -> None:
    """A `with` block leaves nothing open."""
    port, transport = control(200, b"{}")
    with port as same:
        assert same is port
    assert transport.closed
    assert repr(port) == "Control('http://127.0.0.1:8061')"


@pytest.mark.parametrize("url", ["nonsense", "", "127.0.0.1:8061", "ftp://127.0.0.1"])
def test_what_is_no_address(url: str) -> None:
    """What is no address is refused when the client is made, before anything is sent."""
    with pytest.raises(UsageError, match="not a base URL"):
        Control(url)


def test_to_midnight_is_to_the_midnight_that_the_clock_tells() -> None:
    """The client asks the sandbox when midnight is, and knows no calendar."""
    port, transport = control(200, CLOCK)
    assert port.clock.advance_to_midnight() == READING
    assert [sent[2] for sent in transport.sent] == [None, {"set": 57600}]


KEY = "CANARY-0123456789"


def test_the_key_goes_with_each_request_and_nowhere_else() -> None:
    """What a key file holds is sent as it is, without the line's end; no repr and no error shows it."""
    for status, body in ((401, b'{"error":"unauthorized","message":"no"}'), (200, b"<html>")):
        transport = Recorded(status, body)
        port = Control("http://127.0.0.1:8061", key=KEY + "\n", transport=transport)
        with pytest.raises((ControlError, TransportError)) as refused:
            port.health()
        assert transport.bearer == KEY
        assert KEY not in repr(port) + repr(refused.value) + str(refused.value)
    assert KEY not in repr(Request("GET", "http://127.0.0.1/", bearer=KEY))


@pytest.mark.parametrize("key", ["", "\n", "two words", "one\r\nX: two", "密钥"])
def test_what_no_header_can_carry_is_no_key(key: str) -> None:
    """A key that would become another header, or none, is refused without being shown."""
    with pytest.raises(UsageError, match="visible ASCII") as refused:
        Control("http://127.0.0.1:8061", key=key)
    assert not key.strip() or key not in str(refused.value)


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        (Fault.answer("groups/*", 45009, "enough"), {"errcode": 45009, "message": "enough"}),
        (Fault.busy("groups/*", chance=0.5, times=2), {"errcode": -1, "chance": 0.5, "times": 2}),
        (Fault.delay("groups/*", (5, 9), every=2), {"delay_ms": [5, 9], "every": 2}),
        (Fault.lost_answer("groups/*", nth=(3, 4)), {"effect": "lost_answer", "nth": [3, 4]}),
        (Fault.reset("groups/*", since=5, until=6), {"effect": "reset", "from": 5, "until": 6}),
        (
            Fault.truncated("groups/*", since=datetime(2026, 11, 26, tzinfo=UTC)),
            {"effect": "truncate", "from": "2026-11-26T00:00:00Z"},
        ),
        (Fault.empty("groups/*"), {"effect": "empty"}),
        (Fault.text_plain("groups/*"), {"effect": "text_plain"}),
        (Fault.stale("groups/*"), {"effect": "stale"}),
        (Fault.expired_token("groups/*"), {"effect": "expire_token", "errcode": 42001}),
    ],
)
def test_a_fault_says_what_happens_and_when(fault: Fault, rule: dict[str, object]) -> None:
    """Each way to make a fault is one rule of the control port, with nothing in it that was not said."""
    assert msgspec.json.decode(msgspec.json.encode(fault)) == {"call": "groups/*", **rule}
