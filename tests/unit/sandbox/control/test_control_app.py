"""The control port without a socket: statuses, words, strictness, and who may ask."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import msgspec
import pytest
from tests.fixtures.world import World
from uvicorn._types import ASGI3Application

from fenzu.errors import StoreError, UsageError
from fenzu.sandbox.accounts import AccountSpec, NewAccount
from fenzu.sandbox.clock import Reading, Turn
from fenzu.sandbox.control.app import Refusal, guard, make_control_app
from fenzu.sandbox.control.controlled import Health
from fenzu.sandbox.control.table import ROUTES
from fenzu.sandbox.control_errors import (
    AccountExists,
    BadSnapshot,
    NotSupported,
    UnknownAccount,
    UnknownSnapshot,
)
from fenzu.sandbox.events.callback import Answered, read_callback
from fenzu.sandbox.events.pushing import Events
from fenzu.sandbox.faults.asked import FaultRules, HeldRules
from fenzu.sandbox.faults.registry import Faults
from fenzu.sandbox.http.hosts import Hosts
from fenzu.sandbox.log.memory import RequestLog
from fenzu.sandbox.rules.quota import AccountQuota, Mode, QuotaWish
from fenzu.sandbox.store.snapshot_files import Snapshot
from fenzu.sandbox.transfer.arrival import Content
from fenzu.wire.states import State
from fenzu.wire.words import Words

CHINESE = re.compile("[\u4e00-\u9fff]")
ALICE = NewAccount("wxalice", "its-secret", "ordinary", 3, 4, ["10.0.0.0/8"], calls={"token.get": 2})


def settle(events: Events) -> None:
    """Wait until no event is on its way."""
    with events._lock:
        assert events._lock.wait_for(lambda: not events._waiting and events._under_way is None, 10)


class FakeClock:
    """A clock that remembers what was asked of it."""

    reading = Reading(1.5, "1970-01-01T08:00:01.500+08:00", 57_600, False, 1.0, 0.0)

    def __init__(self, done: list[tuple[Any, ...]]) -> None:
        self.done = done

    def read(self) -> Reading:
        return self.reading

    async def turn(self, wish: Turn) -> Reading:
        self.done.append(("turn", wish))
        return self.reading

    async def free(self) -> Reading:
        self.done.append(("free",))
        return self.reading


class FakeFaults:
    """Faults of every account but wxbob."""

    def __init__(self) -> None:
        self.faults = Faults()

    def get(self, appid: str | None = None) -> HeldRules:
        if appid == "wxbob":
            raise UnknownAccount(appid)
        return self.faults.get(appid)

    def set(self, asked: FaultRules, appid: str | None = None) -> HeldRules:
        self.faults.set(asked, appid)
        return self.faults.get(appid)

    def clear(self, appid: str | None = None) -> None:
        self.faults.clear(appid)


class FakeQuotas:
    """Quotas that remember what was asked of them."""

    quota = AccountQuota("test", True, {"groups.of": 3}, {"groups.of": 10}, {"groups.of": 5})

    def __init__(self, done: list[tuple[Any, ...]]) -> None:
        self.done = done

    def mode(self) -> Mode:
        return "test"

    async def set_mode(self, mode: Mode) -> None:
        self.done.append(("mode", mode))

    def get(self, appid: str) -> AccountQuota:
        if appid != "wxalice":
            raise UnknownAccount(appid)
        return self.quota

    async def set(self, appid: str, wish: QuotaWish) -> AccountQuota:
        self.done.append(("quota", appid, wish))
        return self.quota


class FakeSnapshots:
    """Snapshots of which one is good, and that remember what was asked of them."""

    one = Snapshot("good", 1.5, 4096, 5, 2)

    def __init__(self, done: list[tuple[Any, ...]]) -> None:
        self.done = done

    async def create(self, name: str) -> Snapshot:
        self.done.append(("create", name))
        return self.one

    async def list(self) -> list[Snapshot]:
        return [self.one]

    async def restore(self, name: str) -> None:
        if name == "torn":
            raise BadSnapshot(name, "is torn", "不完整")
        if name == "pg":
            raise NotSupported(Words("no", "不"))
        self.done.append(("restore", name))

    async def delete(self, name: str) -> None:
        if name != "good":
            raise UnknownSnapshot(name)
        self.done.append(("delete", name))


class Fake:
    """A platform that knows one account and remembers what was asked of it."""

    def __init__(self) -> None:
        self.done: list[tuple[Any, ...]] = []
        self.request_log = RequestLog(lambda: 0.0, lambda _appid: "")
        self.timekeeping = FakeClock(self.done)
        self.faults = FakeFaults()
        self.snapshots = FakeSnapshots(self.done)
        self.events = Events(lambda: 1.5, post=lambda *_: Answered(is_good=True, detail="taken"))
        self.quotas = FakeQuotas(self.done)

    async def catch_up(self) -> None:
        pass

    def health(self) -> Health:
        return Health(True, "1", "2013", 1, None)

    async def create_account(self, spec: AccountSpec) -> NewAccount:
        if spec.appid == "wxalice":
            raise AccountExists("wxalice")
        if spec.appid == "full":
            raise StoreError(Words("the disk is full", "磁盘已满"))
        if spec.appid == "odd":
            raise ZeroDivisionError
        self.done.append(("create", spec))
        return msgspec.structs.replace(ALICE, appid=spec.appid or "wxnew")

    async def import_account(self, content: Content, *, appid: str | None = None) -> NewAccount:
        with content.open() as file:
            self.done.append(("import", file.read(), appid))
        return ALICE

    async def export_account(self, appid: str, *, secret: bool = False) -> AsyncIterator[bytes]:
        await self.get_account(appid)
        return self._export(secret=secret)

    async def _export(self, *, secret: bool) -> AsyncIterator[bytes]:
        yield b"one\n"
        yield b"its-secret\n" if secret else b"two\n"

    async def list_accounts(self) -> list[NewAccount]:
        return [ALICE]

    async def get_account(self, appid: str) -> NewAccount:
        if appid != "wxalice":
            raise UnknownAccount(appid)
        return ALICE

    async def change_account(
        self, appid: str, *, state: State | None = None, whitelist: list[str] | None = None
    ) -> None:
        await self.get_account(appid)
        self.done.append(("change", appid, state, whitelist))

    async def delete_account(self, appid: str) -> None:
        await self.get_account(appid)
        self.done.append(("delete", appid))

    async def add_followers(
        self, appid: str, *, count: int | None = None, openids: list[str] | None = None, group: int = 0
    ) -> object:
        if group == 7:
            raise UsageError(Words("no such group", "没有这个分组"))
        self.done.append(("add", appid, count, openids, group))
        return None

    async def remove_followers(self, appid: str, openids: list[str]) -> object:
        self.done.append(("remove", appid, openids))
        return None

    async def reset(self, appid: str) -> None:
        self.done.append(("reset", appid))

    async def reset_all(self) -> None:
        self.done.append(("reset_all",))


class Port:
    """Asks the control port and decodes what it answers."""

    def __init__(self, app: ASGI3Application) -> None:
        self.app = app
        self.headers: dict[bytes, bytes] = {}

    async def ask(self, method: str, path: str, body: object = b"", **headers: str) -> tuple[int, Any]:
        given = {"host": "127.0.0.1:8061", **headers}
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        scope: Any = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": path.partition("?")[2].encode(),
            "raw_path": path.partition("?")[0].encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }
        sent: list[Any] = []
        asked: list[bool] = []

        async def receive() -> Any:
            if asked:
                await asyncio.Event().wait()
            asked.append(True)
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        start, *pieces, end = sent
        self.headers = dict(start["headers"])
        if pieces:
            return start["status"], [piece["body"] for piece in pieces if piece["body"]]
        assert self.headers[b"content-length"] == b"%d" % len(end["body"])
        return start["status"], msgspec.json.decode(end["body"])


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def port(fake: Fake) -> Port:
    return Port(make_control_app(fake, hosts=Hosts()))


async def test_health(port: Port) -> None:
    """Health says what runs."""
    assert await port.ask("GET", "/health") == (
        200,
        {"ready": True, "version": "1", "rules": "2013", "accounts": 1, "store": None},
    )


async def test_only_the_making_of_an_account_tells_its_secret(port: Port) -> None:
    """Who makes an account gets the secret; who lists or looks at accounts does not."""
    status, made = await port.ask("POST", "/accounts", {"appid": "wxbob"})
    assert (status, made["secret"]) == (201, "its-secret")
    look: dict[str, Any] = {
        "appid": "wxalice",
        "kind": "ordinary",
        "followers": 3,
        "groups": 4,
        "state": "active",
    }
    look["whitelist"] = ["10.0.0.0/8"]
    look["calls"] = {"token.get": 2}
    assert await port.ask("GET", "/accounts/wxalice") == (200, look)
    assert await port.ask("GET", "/accounts") == (200, [look])


async def test_an_account_can_be_asked_for_without_a_body(port: Port, fake: Fake) -> None:
    """Everything about a new account may be left to the sandbox."""
    assert (await port.ask("POST", "/accounts"))[0] == 201
    assert fake.done == [("create", AccountSpec())]


@pytest.mark.parametrize(
    ("method", "path", "body", "done"),
    [
        ("DELETE", "/accounts/wxalice", b"", ("delete", "wxalice")),
        ("POST", "/clock", {"advance": 0.5}, ("turn", Turn(advance=0.5))),
        ("POST", "/clock", {"set": 5, "rate": 60}, ("turn", Turn(set=5, rate=60))),
        (
            "POST",
            "/clock",
            {"set": "2026-11-26T00:00:00+08:00", "freeze": True},
            ("turn", Turn(set=datetime.fromisoformat("2026-11-26T00:00:00+08:00"), freeze=True)),
        ),
        ("DELETE", "/clock", b"", ("free",)),
        ("PATCH", "/accounts/wxalice", {"state": "frozen"}, ("change", "wxalice", "frozen", None)),
        (
            "PATCH",
            "/accounts/wxalice",
            {"state": "active", "whitelist": ["::1"]},
            ("change", "wxalice", "active", ["::1"]),
        ),
        ("PUT", "/quota", {"mode": "large"}, ("mode", "large")),
        (
            "PUT",
            "/accounts/wxalice/quota",
            {"kind": None, "used": {"groups.of": 9}, "limits": {"groups.of": None}},
            ("quota", "wxalice", QuotaWish(kind=None, used={"groups.of": 9}, limits={"groups.of": None})),
        ),
        ("POST", "/snapshots/good/restore", b"", ("restore", "good")),
        ("DELETE", "/snapshots/good", b"", ("delete", "good")),
        ("POST", "/accounts/wxalice/followers", {"count": 3}, ("add", "wxalice", 3, None, 0)),
        (
            "POST",
            "/accounts/wxalice/followers",
            {"openids": ["o1"], "group": 100},
            ("add", "wxalice", None, ["o1"], 100),
        ),
        ("DELETE", "/accounts/wxalice/followers", {"openids": ["o1"]}, ("remove", "wxalice", ["o1"])),
        ("POST", "/accounts/wxalice/reset", b"", ("reset", "wxalice")),
        ("POST", "/reset", b"", ("reset_all",)),
    ],
)
async def test_acts(
    port: Port, fake: Fake, method: str, path: str, body: object, done: tuple[Any, ...]
) -> None:
    """What is asked for is done."""
    assert (await port.ask(method, path, body))[0] == 200
    assert fake.done == [done]


@pytest.mark.parametrize(
    ("body", "error", "word"),
    [
        ({"folowers": 3}, "invalid_body", "folowers"),
        ({"followers": "3"}, "invalid_body", "$.followers"),
        ({"groups": [{"name": 5}]}, "invalid_body", "$.groups[0].name"),
        ({"kind": "huge"}, "invalid_body", "$.kind"),
        ([], "invalid_body", "object"),
        (b"{", "invalid_json", "JSON"),
        (b'{"appid":"\xff"}', "invalid_json", "JSON"),
    ],
)
async def test_a_wrong_body_is_refused_by_the_name_of_its_field(
    port: Port, body: object, error: str, word: str
) -> None:
    """A mistake in a body is told, with the field it is in, and nothing is done."""
    status, problem = await port.ask("POST", "/accounts", body)
    assert (status, problem["error"]) == (400, error)
    assert word in problem["message"] and word in problem["message_zh"]
    assert CHINESE.search(problem["message_zh"])


async def test_an_account_leaves_as_a_file(port: Port) -> None:
    """The lines of an export come piece by piece, with the secret if that was asked for."""
    assert await port.ask("GET", "/accounts/wxalice/export") == (200, [b"one\n", b"two\n"])
    assert port.headers == {b"content-type": b"application/x-ndjson"}
    assert await port.ask("GET", "/accounts/wxalice/export?secret=1") == (200, [b"one\n", b"its-secret\n"])
    assert (await port.ask("GET", "/accounts/wxbob/export"))[0] == 404


async def test_an_account_comes_from_a_file(port: Port, fake: Fake) -> None:
    """What is sent is handed on as it is; who imported the account learns its secret."""
    status, made = await port.ask("POST", "/accounts/import?appid=wx9", b"openid\n")
    assert (status, made["secret"]) == (201, "its-secret")
    assert (await port.ask("POST", "/accounts/import", b"{"))[0] == 201
    assert fake.done == [("import", b"openid\n", "wx9"), ("import", b"{", None)]


async def test_an_account_may_be_called_import(port: Port) -> None:
    """The route that imports hides no account."""
    assert (await port.ask("GET", "/accounts/import"))[1]["error"] == "unknown_account"


async def test_events_are_told(port: Port, fake: Fake) -> None:
    """Who looks learns where events go and what became of them; without a callback there are none."""
    fake.events.announce("subscribe", "wxalice", ["o1"])
    assert await port.ask("GET", "/events") == (200, {"callback": None, "events": []})
    fake.events.callback = read_callback("http://127.0.0.1:5000/wechat?key=1", "fenzu")
    fake.events.announce("subscribe", "wxalice", ["o1", "o2"])
    fake.events.announce("unsubscribe", "wxbob", ["o1"])
    settle(fake.events)
    status, told = await port.ask("GET", "/events?after=1")
    assert (status, told["callback"]) == (200, "http://127.0.0.1:5000/wechat")
    first = {"id": 2, "appid": "wxalice", "openid": "o2", "event": "subscribe", "at": 1}
    assert told["events"][0] == {**first, "state": "taken", "tries": 1, "detail": "taken"}
    assert [event["id"] for event in told["events"]] == [2, 3]
    assert [event["id"] for event in (await port.ask("GET", "/events?appid=wxbob"))[1]["events"]] == [3]
    fake.events.stop()


async def test_snapshots_are_told(port: Port, fake: Fake) -> None:
    """Who makes a snapshot learns what it holds, and so does who lists them."""
    told = {"name": "good", "made": 1.5, "size": 4096, "version": 5, "accounts": 2}
    assert await port.ask("POST", "/snapshots/good") == (201, told)
    assert await port.ask("GET", "/snapshots") == (200, [told])
    assert fake.done == [("create", "good")]


@pytest.mark.parametrize("body", [{}, {"count": 1, "openids": []}])
async def test_followers_are_added_by_number_or_by_name(world: World, body: object) -> None:
    """A call that says neither or both is refused."""
    tenant = await world.tenant()
    port = Port(make_control_app(world.platform, hosts=Hosts()))
    status, problem = await port.ask("POST", f"/accounts/{tenant.appid}/followers", body)
    assert (status, problem["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "error"),
    [
        ("GET", "/accounts/wxbob", b"", 404, "unknown_account"),
        ("DELETE", "/accounts/wxbob", b"", 404, "unknown_account"),
        ("POST", "/accounts", {"appid": "wxalice"}, 409, "account_exists"),
        ("POST", "/accounts", {"appid": "full"}, 500, "failed"),
        ("POST", "/accounts/wxalice/followers", {"count": 1, "group": 7}, 400, "invalid_request"),
        ("DELETE", "/snapshots/none", b"", 404, "unknown_snapshot"),
        ("POST", "/snapshots/torn/restore", b"", 409, "bad_snapshot"),
        ("POST", "/snapshots/pg/restore", b"", 501, "not_supported"),
        ("GET", "/", b"", 404, "unknown_route"),
        ("GET", "/accounts/", b"", 404, "unknown_route"),
        ("GET", "/accounts/wxalice/nothing", b"", 404, "unknown_route"),
        ("GET", "/accounts/wxbob/faults", b"", 404, "unknown_account"),
        ("PUT", "/accounts/wxalice/faults", {"rules": [{"call": "*", "often": 1}]}, 400, "invalid_body"),
        ("PUT", "/faults", {"rules": [{"call": "*", "errcode": -1, "from": "noon"}]}, 400, "invalid_body"),
        ("PUT", "/faults", {"rules": [{"call": "nothing", "errcode": -1}]}, 400, "invalid_request"),
        ("GET", "/accounts/{appid}", b"", 404, "unknown_account"),
        ("PUT", "/accounts", b"", 405, "method_not_allowed"),
    ],
)
async def test_refusals_have_a_status_a_word_and_a_sentence(
    port: Port, method: str, path: str, body: object, status: int, error: str
) -> None:
    """Every refusal can be told apart by programs and understood by people, in English and in Chinese."""
    got, problem = await port.ask(method, path, body)
    assert (got, problem["error"]) == (status, error)
    assert problem["message"].isascii()
    assert CHINESE.search(problem["message_zh"])


async def test_a_wrong_method_names_the_right_ones(port: Port) -> None:
    """405 carries the Allow header that HTTP asks for."""
    await port.ask("PUT", "/accounts")
    assert port.headers[b"allow"] == b"GET, POST"


async def test_head_is_answered_as_get(port: Port) -> None:
    """HEAD finds the route that GET would."""
    assert (await port.ask("HEAD", "/health"))[0] == 200


async def test_a_fault_of_our_own_is_told_without_its_trace(
    port: Port, capsys: pytest.CaptureFixture[str]
) -> None:
    """The client of a broken sandbox learns where to look; the trace goes to stderr."""
    status, problem = await port.ask("POST", "/accounts", {"appid": "odd"})
    assert (status, problem["error"]) == (500, "internal")
    assert "ZeroDivision" not in problem["message"]
    assert "ZeroDivisionError" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8061", "LOCALHOST", "[::1]:8061"])
async def test_names_of_this_machine_may_ask(port: Port, host: str) -> None:
    """The loopback names are let in."""
    assert (await port.ask("GET", "/health", host=host))[0] == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8061", "", "[", "192.168.0.1"])
async def test_other_names_for_this_machine_may_not(port: Port, host: str) -> None:
    """A web page that has its own name point at this machine controls nothing."""
    status, problem = await port.ask("GET", "/health", host=host)
    assert (status, problem["error"]) == (403, "forbidden_host")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
async def test_pages_of_other_sites_may_not(port: Port, fake: Fake, origin: str) -> None:
    """A web page that sends a form to the control port changes nothing."""
    status, problem = await port.ask("POST", "/reset", origin=origin)
    assert (status, problem["error"]) == (403, "forbidden_origin")
    assert fake.done == []


async def test_pages_of_this_machine_may(port: Port) -> None:
    """What is served on this machine may ask."""
    assert (await port.ask("GET", "/health", origin="http://localhost:3000"))[0] == 200


async def test_every_route_is_described(port: Port) -> None:
    """The OpenAPI document lists every route with its answer, and what it takes by its fields."""
    status, document = await port.ask("GET", "/openapi.json")
    assert status == 200
    described = {(method.upper(), path) for path, one in document["paths"].items() for method in one}
    documents = {("GET", "/openapi.json"), ("GET", "/openapi/platform.json")}
    assert described == {(route.method, route.path) for route in ROUTES} | documents
    fields = document["components"]["schemas"]["AccountSpec"]["properties"]
    assert set(fields) == {"appid", "secret", "kind", "followers", "groups", "tags", "whitelist", "state"}


KEY = b"0123456789abcdef"
"""The key of `locked`."""


@pytest.fixture
def locked(fake: Fake) -> Port:
    """A control port that asks for a key."""
    return Port(make_control_app(fake, hosts=Hosts(), key=KEY))


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer 0123456789abcde", "Bearer 0123456789abcdeff", "Basic 0123456789abcdef"],
)
async def test_without_the_key_nothing_is_done(locked: Port, fake: Fake, authorization: str) -> None:
    """Every route, the description included, answers 401 with what to send, and the key is nowhere in it."""
    for method, path in (
        ("POST", "/reset"),
        ("GET", "/health"),
        ("GET", "/openapi.json"),
        ("GET", "/nowhere"),
    ):
        status, problem = await locked.ask(method, path, authorization=authorization)
        assert (status, problem["error"]) == (401, "unauthorized")
        assert "Authorization: Bearer" in problem["message"]
        assert KEY.decode() not in str(problem)
        assert locked.headers[b"www-authenticate"].startswith(b"Bearer ")
    assert fake.done == []


async def test_with_the_key_all_is_as_without_one(locked: Port, fake: Fake) -> None:
    """The key opens the port; the scheme's name is read in any case, as HTTP has it."""
    for scheme in ("Bearer", "bearer"):
        assert (await locked.ask("POST", "/reset", authorization=f"{scheme} {KEY.decode()}"))[0] == 200
    assert fake.done == [("reset_all",)] * 2


async def test_the_description_tells_of_the_key(locked: Port, port: Port) -> None:
    """Who makes a client of the description learns that each route asks for the key, and only where it does."""
    _, document = await locked.ask("GET", "/openapi.json", authorization=f"Bearer {KEY.decode()}")
    assert document["components"]["securitySchemes"] == {"key": {"type": "http", "scheme": "bearer"}}
    assert document["security"] == [{"key": []}]
    assert "security" not in (await port.ask("GET", "/openapi.json"))[1]


async def test_an_exposed_port_has_no_more_origins_for_it(fake: Fake) -> None:
    """Other machines may ask by any address; a page that one of them serves may not have a browser ask."""
    port = Port(make_control_app(fake, hosts=Hosts(any_address=True)))
    assert (await port.ask("GET", "/health", host="10.1.2.3:8061"))[0] == 200
    status, problem = await port.ask("GET", "/health", host="10.1.2.3:8061", origin="http://10.6.6.6")
    assert (status, problem["error"]) == (403, "forbidden_origin")


async def test_the_key_does_not_open_it_to_foreign_pages(locked: Port) -> None:
    """A page of another site is refused, whatever it sends along."""
    headers = {"authorization": f"Bearer {KEY.decode()}", "origin": "https://evil.example"}
    assert (await locked.ask("GET", "/health", **headers))[0] == 403


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        (b"host", b"localhost", b"evil.example"),
        (b"origin", b"http://localhost", b"http://evil.example"),
        (b"authorization", b"Bearer " + KEY, b"Bearer x"),
    ],
)
def test_a_header_that_comes_twice_has_to_be_right_twice(name: bytes, good: bytes, bad: bytes) -> None:
    """Which of two a reader takes is anybody's guess, so none may be wrong, in whatever order they come."""
    right = {b"host": b"localhost", b"authorization": b"Bearer " + KEY}
    headers = [header for header in right.items() if header[0] != name]
    guard([*headers, (name, good), (name, good)], Hosts(), KEY)
    for pair in ((good, bad), (bad, good)):
        with pytest.raises(Refusal):
            guard([*headers, *((name, value) for value in pair)], Hosts(), KEY)


@pytest.mark.parametrize("path", ["/faults", "/accounts/wxalice/faults"])
async def test_faults_are_set_told_and_cleared(port: Port, path: str) -> None:
    """PUT answers what holds now, GET the same with what it has done, and after DELETE nothing holds."""
    rule = {"call": "groups.*", "errcode": -1, "chance": 0.5, "from": 1700000000, "delay_ms": [50, 400]}
    held = {"seed": 7, "rules": [{**rule, "from": 1700000000.0, "met": 0, "struck": 0}]}
    assert await port.ask("PUT", path, {"seed": 7, "rules": [rule]}) == (200, held)
    assert await port.ask("GET", path) == (200, held)
    assert await port.ask("DELETE", path) == (200, {"ok": True})
    assert await port.ask("GET", path) == (200, {"seed": 0, "rules": []})
