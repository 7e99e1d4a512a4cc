"""The log of requests: what it keeps, how much, what it tells, and who finds it."""

import gc
import json
from time import perf_counter
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from tests.fixtures.world import ANA, START, STRANGER, World
from tests.unit.sandbox.http.wire_tap import Tap

from fenzu.errors import UsageError
from fenzu.sandbox.calls.call import Call
from fenzu.sandbox.control.app import make_control_app
from fenzu.sandbox.faults.asked import FaultRule, FaultRules
from fenzu.sandbox.http.hosts import Hosts
from fenzu.sandbox.log.memory import ENTRY_BYTES, RequestLog
from fenzu.sandbox.log.recorded import PART_BYTES
from fenzu.sandbox.log.search import Filter, Search

CANARY = "Canary-secret/7"


class Desk:
    """Both ports of a world: `send` is a client of the platform, `ask` one of the control port."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.platform = Tap(platform=world.platform)
        self.control = Tap(app=make_control_app(world.platform, hosts=Hosts()))

    async def send(self, method: str, path: str, body: bytes = b"") -> bytes:
        head = f"{method} /cgi-bin/{path} HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        answer = await self.platform.send(head + body)
        while not answer:  # it is on its way to the disk
            answer = await self.platform.read()
        return answer.partition(b"\r\n\r\n")[2]

    async def ask(self, path: str = "/requests", method: str = "GET") -> Any:
        answer = await self.control.send(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return json.loads(answer.partition(b"\r\n\r\n")[2])

    async def numbers(self, path: str = "/requests") -> list[int]:
        return [entry["id"] for entry in await self.ask(path)]


def call(body: bytes = b"", path: str = "/cgi-bin/groups/getid", query: bytes = b"") -> Call:
    return Call("POST", path, query, body, "127.0.0.1")


def new_log(**more: int) -> RequestLog:
    return RequestLog(lambda: 1.0, lambda _appid: "", **more)


async def test_a_request_is_told_with_its_answer(world: World) -> None:
    """Who, when, what came, what went, what the code means, and how to send it again."""
    desk, tenant = Desk(world), await world.tenant(followers=[ANA])
    world.now += 7
    body = json.dumps({"openid": STRANGER}).encode()
    await desk.send("POST", f"groups/getid?access_token={tenant.token}", body)
    (entry,) = await desk.ask()
    assert entry.pop("duration_ms") > 0
    explained = entry.pop("explained")
    assert explained["meaning"]["en"] != explained["meaning"]["zh"]
    assert explained["advice"].keys() == {"en", "zh"}
    assert entry == {
        "id": 1,
        "time": START + 7,
        "appid": tenant.appid,
        "call": "groups.of",
        "method": "POST",
        "path": "/cgi-bin/groups/getid",
        "query": "access_token=xxxx",
        "body": body.decode(),
        "answer": '{"errcode":40003,"errmsg":"invalid openid"}',
        "errcode": 40003,
        "fault": None,
        "client_ip": "127.0.0.1",
        "cut": [],
        "curl": "curl 'http://127.0.0.1:8060/cgi-bin/groups/getid?access_token='\"$FENZU_TOKEN\" "
        f"--data-raw '{body.decode()}'",
    }


async def test_a_success_has_nothing_to_explain(world: World) -> None:
    """Data and ok count as code 0; a write is noted once it is on disk."""
    desk, tenant = Desk(world), await world.tenant()
    token = f"?access_token={tenant.token}"
    await desk.send("POST", "groups/create" + token, '{"group":{"name":"贵宾"}}'.encode())
    await desk.send("GET", "groups/get" + token)
    entries = await desk.ask()
    assert [(entry["errcode"], entry["explained"]) for entry in entries] == [(0, None)] * 2
    assert entries[0]["body"] == '{"group":{"name":"贵宾"}}'


async def test_a_request_of_nobody_is_told_too(world: World) -> None:
    """An unknown path and a wrong token belong to no account; a token call belongs to its appid's."""
    desk, tenant = Desk(world), await world.tenant()
    await desk.send("GET", "no/such")
    await desk.send("GET", "groups/get?access_token=made-up")
    await desk.send("GET", f"token?grant_type=client_credential&appid={tenant.appid}&secret=wrong")
    told = [(entry["appid"], entry["call"], entry["errcode"]) for entry in await desk.ask()]
    assert told == [
        (None, None, 40066),
        (None, "groups.list", 40001),
        (tenant.appid, "token.get", 40125),
    ]


async def test_what_was_done_on_purpose_is_told(world: World) -> None:
    """A fault stands beside the request that it struck, also where no answer reached the client."""
    desk, tenant = Desk(world), await world.tenant()
    rule = FaultRule(call="groups.list", effect="empty", delay_ms=1, times=1)
    world.platform.faults.set(FaultRules(rules=[rule]))
    token = f"?access_token={tenant.token}"
    assert await desk.send("GET", "groups/get" + token) == b""
    await desk.send("GET", "groups/get" + token)
    assert [entry["fault"] for entry in await desk.ask()] == ["delay 1 ms, empty", None]


async def test_searching(world: World) -> None:
    """By account, call, code and text; the newest `limit`, or the first behind a number."""
    desk, tenant, other = Desk(world), await world.tenant(), await world.tenant()
    token = f"?access_token={tenant.token}"
    await desk.send("POST", "groups/create" + token, '{"group":{"name":"贵宾"}}'.encode())
    await desk.send("POST", "groups/create" + token, json.dumps({"group": {"name": "广东 VIP"}}).encode())
    await desk.send("POST", "groups/getid" + token, json.dumps({"openid": STRANGER}).encode())
    await desk.send("GET", f"groups/get?access_token={other.token}")
    for query, numbers in {
        "": [1, 2, 3, 4],
        f"appid={tenant.appid}": [1, 2, 3],
        "call=groups.create": [1, 2],
        "call=groups/get": [4],
        "call=groups.*&errcode=40003": [3],
        "errcode=0": [1, 2, 4],
        "limit=2": [3, 4],
        "after=1&limit=2": [2, 3],
        "after=4": [],
        "after=99": [],
        f"text={quote('贵宾')}": [1],
        f"text={quote('广东')}": [2],
        "text=vip": [2],
        "text=INVALID+openid": [3],
        f"text={STRANGER}&errcode=0": [],
    }.items():
        assert await desk.numbers(f"/requests?{query}") == numbers, query


async def test_what_is_masked_cannot_be_searched_for(world: World) -> None:
    """Nobody finds out a token by asking whether it was sent."""
    desk, tenant = Desk(world), await world.tenant()
    await desk.send("GET", f"groups/get?access_token={tenant.token}")
    assert await desk.numbers(f"/requests?text={tenant.token[:20]}") == []
    assert await desk.numbers("/requests?text=access_token") == [1]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("call=groups.off", "invalid_request"),
        ("errcode=x", "invalid_query"),
        ("limit=0", "invalid_query"),
        ("limit=1001", "invalid_query"),
        ("after=-1", "invalid_query"),
        ("apppid=wx1", "invalid_query"),
    ],
)
@pytest.mark.parametrize("path", ["/requests", "/requests/stream"])
async def test_a_mistake_in_the_search_is_told(world: World, path: str, query: str, error: str) -> None:
    """A misspelt parameter or call finds nothing and says why."""
    answer = await Desk(world).ask(f"{path}?{query}")
    assert answer["error"] == ("invalid_query" if "limit" in query else error)


async def test_emptying_keeps_the_numbers(world: World) -> None:
    """What comes after is numbered on, so that nobody mistakes it for what was there."""
    desk = Desk(world)
    await desk.send("GET", "a")
    assert await desk.ask("/requests", "DELETE") == {"ok": True}
    await desk.send("GET", "b")
    assert await desk.numbers() == [2]


def test_the_number_of_entries_is_bounded() -> None:
    """The oldest are forgotten."""
    log = new_log(entries=3)
    for number in range(10):
        log.record(call(b"%d" % number), b"{}", perf_counter())
    assert [(number, row.body) for number, row in log.after(0)] == [(8, b"7"), (9, b"8"), (10, b"9")]
    assert [number for number, _ in log.after(8, 1)] == [9]


def test_the_size_is_bounded() -> None:
    """Long requests push out more of the old ones, and of each only a part is kept."""
    log = new_log(size=10 * (PART_BYTES + 1 + ENTRY_BYTES))
    for _ in range(30):
        log.record(call(b"x" * 100_000), b"{}", perf_counter())
    rows = log.after(0)
    assert 9 <= len(rows) <= 10
    assert sum(len(row.body) + len(row.answer) for _, row in rows) <= 10 * (PART_BYTES + 3)
    log.clear()
    log.record(call(), b"{}", perf_counter())
    assert [number for number, _ in log.after(0)] == [31]


def test_a_path_counts_as_well() -> None:
    """Long paths that are no call's push out old requests too, by what their text takes in memory."""
    log = new_log(size=10 * 4 * PART_BYTES)
    for _ in range(30):
        log.record(call(path="/" + "\N{GRINNING FACE}" * 20_000), b"{}", perf_counter())
    assert 8 <= len(log.after(0)) <= 10


def test_a_path_that_is_cut_is_not_repeated() -> None:
    """A line for a shell would ask for another path than the one that was asked for."""
    log = new_log()
    for length in (PART_BYTES, PART_BYTES + 1):
        log.record(call(path="/".ljust(length, "a")), b"{}", perf_counter())
    assert [log.tell(*row).curl is None for row in log.after(0)] == [False, True]


def test_what_is_cut_is_told_so() -> None:
    """Of a long body its beginning is told, at whole characters, and no line repeats it."""
    log = new_log()
    log.record(call("贵".encode() * PART_BYTES), b"[" * PART_BYTES, perf_counter())
    told = log.tell(*log.after(0)[0])
    assert told.body == "贵" * (PART_BYTES // 3)
    assert (told.cut, told.curl, len(told.answer)) == (["body"], None, PART_BYTES)


def test_nothing_of_a_request_is_held_but_its_texts() -> None:
    """What the sandbox worked with is not kept alive by the log."""
    log = new_log()
    log.record(call(b"{}"), b"{}", perf_counter())
    (row,) = log._rows
    gc.collect()
    assert not gc.is_tracked(row), "it holds more than texts and numbers"


def test_no_secret_shows_in_a_repr() -> None:
    """Whoever prints an entry prints no secret."""
    log = new_log()
    log.record(call(query=b"access_token=T0K"), b"{}", perf_counter())
    assert "T0K" not in repr(log.after(0))


def test_a_search_names_calls_by_name_and_path() -> None:
    """Names as fenzu has them and as the platform has them, with stars."""
    assert Search(call="/cgi-bin/groups/get").paths() == frozenset({"/cgi-bin/groups/get"})
    assert len(Search(call="groups.*").paths() or ()) == 7
    with pytest.raises(UsageError, match="no call is named"):
        Filter(Search(call="groups.off"))


STREAM = b"GET /requests/stream%b HTTP/1.1\r\nHost: localhost\r\n%b\r\n"


def events(answer: bytes) -> list[dict[str, Any]]:
    """What the events of a stream tell."""
    return [msgspec.json.decode(line[6:]) for line in answer.split(b"\n") if line.startswith(b"data: ")]


async def test_requests_can_be_followed(world: World) -> None:
    """Each request that is answered comes as an event, with its number, as the list tells it."""
    desk = Desk(world)
    await desk.send("GET", "before")
    begun = await desk.control.send(STREAM % (b"", b""))
    assert b"content-type: text/event-stream" in begun
    assert begun.endswith(b": ready\n\n\r\n")
    await desk.send("GET", "groups/get")
    seen = await desk.control.read()
    assert b"event: request\nid: 2\ndata: {" in seen
    assert events(seen) == (await Desk(world).ask("/requests?after=1"))
    await desk.send("GET", "b")
    assert [entry["id"] for entry in events(await desk.control.read())] == [3]


async def test_a_stream_goes_on_where_it_ended(world: World) -> None:
    """By `after` or by the header that browsers send; behind the newest number of a sandbox before, all is new."""
    desk = Desk(world)
    for path in "abc":
        await desk.send("GET", path)
    for query, header, numbers in [
        (b"?after=1", b"", [2, 3]),
        (b"", b"Last-Event-ID: 2\r\n", [3]),
        (b"?after=1", b"Last-Event-ID: 2\r\n", [3]),
        (b"?after=77", b"", [1, 2, 3]),
    ]:
        answer = await Desk(world).control.send(STREAM % (query, header))
        assert [entry["id"] for entry in events(answer)] == numbers


async def test_a_stream_tells_what_is_looked_for(world: World) -> None:
    """The filters of the list hold for the stream."""
    desk = Desk(world)
    await desk.control.send(STREAM % (b"?call=groups.list&errcode=41001", b""))
    for path in ("groups/get?access_token=x", "groups/get", "tags/get"):
        await desk.send("GET", path)
    assert [entry["path"] for entry in events(await desk.control.read())] == ["/cgi-bin/groups/get"]


async def test_a_slow_reader_misses_what_is_forgotten_meanwhile(world: World) -> None:
    """Nothing is kept for it: when it reads again, it goes on with what is left."""
    world.platform.request_log = RequestLog(lambda: 1.0, lambda _appid: "", entries=3)
    desk = Desk(world)
    await desk.control.send(STREAM % (b"", b""))
    desk.control.protocol.pause_writing()
    for number in range(10):
        await desk.send("GET", f"{number}")
    desk.control.protocol.resume_writing()
    numbers = [entry["id"] for entry in events(await desk.control.read())]
    assert numbers[-3:] == [8, 9, 10]
    assert len(numbers) < 10


async def test_a_stream_says_that_it_is_there(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing to tell a comment comes now and then, so that both sides find out when the other has gone."""
    monkeypatch.setattr("fenzu.sandbox.control.sse.KEEP_ALIVE_SECONDS", 0)
    desk = Desk(world)
    assert b": nothing new\n\n" in await desk.control.send(STREAM % (b"", b""))
    desk.control.protocol.connection_lost(None)
    await desk.control.read()
    assert not desk.control.state.tasks


async def test_a_stream_may_be_asked_for_its_head(world: World) -> None:
    """HEAD tells what kind of answer it would be, and leaves nothing running."""
    desk = Desk(world)
    answer = await desk.control.send(b"HEAD /requests/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b"text/event-stream" in answer
    assert answer.endswith(b"\r\n\r\n")
    assert not desk.control.state.tasks


async def test_a_stream_that_is_left_is_over(world: World) -> None:
    """Nothing goes on for a client that has gone."""
    desk = Desk(world)
    await desk.control.send(STREAM % (b"", b""))
    desk.control.protocol.connection_lost(None)
    await desk.control.read()
    assert not desk.control.state.tasks
    assert not world.platform.request_log._waiting


async def test_no_secret_is_told(world: World) -> None:
    """Canaries: by whatever call, in whatever writing, neither the list nor the stream nor a line holds a secret."""
    desk, tenant = Desk(world), await world.tenant(secret=CANARY)
    stream = desk.control
    await stream.send(STREAM % (b"", b""))
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in CANARY)
    credentials = {"grant_type": "client_credential", "appid": tenant.appid, "secret": CANARY}
    form = f"grant_type=client_credential&appid={tenant.appid}&secret={quote(CANARY, safe='')}".encode()
    tokens = {tenant.token}
    for method, path, body in [
        ("GET", f"token?{form.decode()}", b""),
        ("POST", "token", form),
        ("POST", "stable_token", json.dumps(credentials, indent=2).encode()),
        ("POST", "stable_token", json.dumps(credentials).replace(CANARY, escaped).encode()),
        ("POST", "stable_token", json.dumps(credentials).replace("secret", "\\u0073ecret").encode()),
        ("POST", "stable_token", json.dumps(credentials)[:-2].encode()),
        ("POST", "stable_token", str(credentials).encode()),
        ("GET", f"groups/get?access_token={tenant.token}", b""),
        ("GET", f"groups/get?%61ccess_token={quote(tenant.token)}", b""),
        ("POST", "groups/get", b"access_token=" + tenant.token.encode()),
        ("GET", f"{tenant.token}?sercet=x", b""),
    ]:
        answer = json.loads(await desk.send(method, path, body))
        tokens.add(answer.get("access_token", tenant.token))
    told = json.dumps(await Desk(world).ask(), ensure_ascii=False) + (await stream.read()).decode()
    assert len(tokens) >= 3
    assert all(token not in told for token in tokens)
    assert told.count("$FENZU_SECRET") >= 4
    for secret in (CANARY, quote(CANARY, safe=""), escaped, escaped.replace("\\", "\\\\")):
        assert secret not in told
