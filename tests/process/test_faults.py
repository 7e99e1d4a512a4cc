"""Faults over real sockets: which bytes arrive, what is on disk, who waits, and what our own client makes of it."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from fenzu import AsyncClient, Client
from fenzu.control import Control, ControlError, Fault, GroupSeed
from fenzu.errors import DailyQuotaExceeded, InvalidCredential, PlatformBusy, TokenExpired, TransportError
from fenzu.testing import SandboxAccount, SandboxFailed, SandboxProcess
from tests.process.sockets import Plain

OK = b'{"errcode":0,"errmsg":"ok"}'
ANA = "oana" + "_" * 24
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json; encoding=utf-8\r\n"


@pytest.fixture
def member(account: SandboxAccount) -> SandboxAccount:
    """An account that one follows, with group 100."""
    account.add_followers([ANA])
    with client_of(account) as client:
        client.groups.create("VIP")
    return account


def client_of(account: SandboxAccount) -> Client:
    return Client(account.appid, account.secret, base_url=account.base_url)


def move(account: SandboxAccount, client: Client) -> bytes:
    """Return a request that moves ANA into group 100."""
    body = msgspec.json.encode({"openid": ANA, "to_groupid": 100})
    head = (
        f"POST /cgi-bin/groups/members/update?access_token={client.token()} HTTP/1.1\r\nHost: localhost\r\n"
    )
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("fault", "received", "reset"),
    [
        (Fault.lost_answer, b"", False),
        (Fault.reset, HEAD + b'content-length: 27\r\n\r\n{"errcode":0,', True),
    ],
)
def test_an_answer_may_never_arrive_although_all_is_done(
    member: SandboxAccount, fault: Callable[[str], Fault], received: bytes, reset: bool
) -> None:
    """The connection ends before or in the middle of the answer, by a close or a reset, and the move is on disk."""
    member.faults(fault("groups.move"))
    with client_of(member) as client, Plain(member.base_url) as connection:
        connection.send(move(member, client))
        data, was_reset = read_to_the_end(connection)
        assert (data, was_reset) == (received, reset)
        assert client.groups.of(ANA) == 100


def read_to_the_end(connection: Plain) -> tuple[bytes, bool]:
    """Return what arrives, and whether a reset ends it."""
    data = b""
    try:
        while piece := connection.socket.recv(65536):
            data += piece
    except ConnectionResetError:
        return data, True
    return data, False


@pytest.mark.parametrize(
    ("fault", "received"),
    [
        (Fault.truncated, HEAD + b'content-length: 18\r\n\r\n{"errcode":0,"errm'),
        (Fault.empty, HEAD + b"content-length: 0\r\n\r\n"),
        (Fault.text_plain, b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 27\r\n\r\n" + OK),
    ],
)
def test_an_answer_may_be_no_good(
    member: SandboxAccount, fault: Callable[[str], Fault], received: bytes
) -> None:
    """The answer is whole as HTTP, its content is not; the connection goes on, and the move is on disk."""
    member.faults(fault("groups.move"))
    with client_of(member) as client, Plain(member.base_url) as connection:
        for _ in range(2):
            connection.send(move(member, client))
            assert connection.read_answer() == received
        assert client.groups.of(ANA) == 100


def test_a_long_answer_is_reset_in_its_middle(account: SandboxAccount) -> None:
    """Of a page of 300 kB half arrives, whatever fits into a socket's buffers."""
    account.add_followers(10_000)
    account.faults(Fault.reset("followers.list"))
    with client_of(account) as client, Plain(account.base_url) as connection:
        request = f"GET /cgi-bin/user/get?access_token={client.token()} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        connection.send(request.encode())
        data, was_reset = read_to_the_end(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.rpartition(b"content-length: ")[2])
    assert (was_reset, len(body)) == (True, length // 2)
    assert length > 300_000


def test_a_delayed_call_holds_up_nobody(member: SandboxAccount) -> None:
    """While one connection waits, others are answered, and nothing is done before the time is over."""
    member.faults(Fault.delay("groups.move", 700))
    with client_of(member) as client, Plain(member.base_url) as connection:
        begun = time.monotonic()
        connection.send(move(member, client))
        assert [client.groups.of(ANA) for _ in range(20)] == [0] * 20
        assert connection.read_answer().endswith(OK)
        assert time.monotonic() - begun >= 0.7
        assert client.groups.of(ANA) == 100


@pytest.mark.parametrize("fault", [Fault.lost_answer, Fault.reset, Fault.truncated, Fault.empty])
def test_our_client_repeats_what_may_be_repeated(
    member: SandboxAccount, naps: list[float], fault: Callable[..., Fault]
) -> None:
    """A move whose answer is lost is sent again, and nobody notices."""
    member.faults(fault("groups.move", nth=1))
    with client_of(member) as client:
        client.groups.move(ANA, to=100)
        assert client.groups.of(ANA) == 100
    assert member.control.accounts.get(member.appid).calls["groups.move"] == 2
    assert len(naps) == 1


def test_our_client_judges_by_content(member: SandboxAccount) -> None:
    """An answer called text/plain is read all the same."""
    member.faults(Fault.text_plain("groups.move"))
    with client_of(member) as client:
        client.groups.move(ANA, to=100)
        assert client.groups.of(ANA) == 100


@pytest.mark.parametrize("fault", [Fault.lost_answer, Fault.reset, Fault.truncated, Fault.empty])
def test_our_client_makes_no_group_twice(
    account: SandboxAccount, naps: list[float], fault: Callable[..., Fault]
) -> None:
    """A create whose answer is lost is looked for before it is sent again."""
    account.faults(fault("groups.create", nth=1))
    with client_of(account) as client:
        assert client.groups.create("VIP").id == 100
        assert [group.name for group in client.groups.list()].count("VIP") == 1


def test_our_client_tells_what_it_cannot_mend(member: SandboxAccount, naps: list[float]) -> None:
    """Faults that do not end become the errors that the manual names."""
    with client_of(member) as client:
        for fault, error in (
            (Fault.busy("groups/*"), PlatformBusy),
            (Fault.lost_answer("groups/*"), TransportError),
            (Fault.truncated("groups/*"), TransportError),
        ):
            member.faults(fault)
            with pytest.raises(error):
                client.groups.move(ANA, to=0)


@pytest.mark.parametrize(("errcode", "error"), [(42001, TokenExpired), (40001, InvalidCredential)])
def test_our_client_renews_a_token_that_ends_early(
    member: SandboxAccount, errcode: int, error: type[Exception]
) -> None:
    """One token call for a token that dies in mid-job; if the new one dies as well, the caller is told."""
    with client_of(member) as client:
        client.groups.of(ANA)
        member.faults(Fault.expired_token("groups.move", errcode, nth=(1, 3, 4)))
        client.groups.move(ANA, to=100)
        assert client.groups.of(ANA) == 100
        with pytest.raises(error):
            client.groups.move(ANA, to=0)
        client.groups.move(ANA, to=2)
    assert member.control.accounts.get(member.appid).calls["token.stable"] == 5


def test_faults_are_set_by_one_line(member: SandboxAccount) -> None:
    """The third move fails, as the test wants it; afterwards the report says so."""
    held = member.faults(Fault.answer("groups.move", 45009, nth=3), Fault.text_plain("*"))
    assert [fault.struck for fault in held.rules] == [0, 0]
    with client_of(member) as client:
        client.groups.move(ANA, to=100)
        client.groups.move(ANA, to=0)
        with pytest.raises(DailyQuotaExceeded):
            client.groups.move(ANA, to=100)
    third, plain = member.control.faults.get(member.appid).rules
    assert (third.met, third.struck, plain.struck) == (3, 1, 3)
    assert member.faults().rules == ()
    logged = [request.fault for request in member.requests(call="groups.move")]
    assert logged == ["text_plain", "text_plain", "errcode 45009"]


def test_what_makes_no_sense_is_named(member: SandboxAccount) -> None:
    """A refused fault names its field."""
    with pytest.raises(ControlError, match=r"rules\[0\]\.chance: it is a number from 0 to 1"):
        member.faults(Fault.busy(chance=2))


def test_faults_end_with_the_process(tmp_path: Path) -> None:
    """They are no part of a store, and a restart begins without any."""
    store = str(tmp_path / "kept.db")
    for _ in range(2):
        with SandboxProcess("--store", store) as process, Control(process.ready.control_url) as control:
            assert control.faults.get().rules == ()
            control.faults.set([Fault.busy()])


def test_what_was_never_answered_is_on_disk(tmp_path: Path) -> None:
    """A move whose answer was lost is there after a kill -9, as one that was answered would be."""
    store = str(tmp_path / "kept.db")
    with SandboxProcess("--store", store) as process, Control(process.ready.control_url) as control:
        made = control.accounts.create(appid="wxkept", groups=[GroupSeed("VIP")], followers=[ANA])
        kept = SandboxAccount(process.ready, control, made.appid, made.secret)
        kept.faults(Fault.lost_answer("groups.move"))
        with client_of(kept) as client, Plain(kept.base_url) as connection:
            connection.send(move(kept, client))
            assert connection.read_all() == b""
        process.kill()
    with (
        SandboxProcess("--store", store) as process,
        Client(made.appid, made.secret, base_url=process.ready.base_url) as client,
    ):
        assert client.groups.of(ANA) == 100


def test_a_delayed_call_does_not_hold_the_end() -> None:
    """Ctrl-C ends a sandbox in which a call would have to wait for minutes."""
    with SandboxProcess() as process, Control(process.ready.control_url) as control:
        control.faults.set([Fault.delay("*", 600_000)])
        with Plain(process.ready.base_url) as connection:
            ready = process.ready
            query = f"grant_type=client_credential&appid={ready.appid}&secret={ready.secret}"
            connection.send(f"GET /cgi-bin/token?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            while not control.faults.get().rules[0].struck:
                time.sleep(0.01)
            assert process.stop() == 0
            assert connection.read_all() == b""
    assert "Traceback" not in process.stderr


def test_a_job_ends_right_on_a_hostile_platform(naps: list[float], full: bool) -> None:
    """Under --hostile, whatever the seed, everybody is where they should be in the end, and no group exists twice."""
    for seed in range(10 if full else 2):
        with SandboxProcess("--hostile", str(seed)) as process, Control(process.ready.control_url) as control:
            made = control.accounts.create(
                groups=[GroupSeed("old", followers=[f"o{n:027}" for n in range(2_000)])]
            )
            with Client(made.appid, made.secret, base_url=process.ready.base_url) as client:
                openids = list(client.followers.list())
                groups = [client.groups.create(f"group {number}") for number in range(4)]
                for number, group in enumerate(groups):
                    result = client.groups.move_many(openids[number::4], to=group)
                    assert (len(result.moved), result.failed, result.not_tried) == (500, {}, [])
                for openid in openids[:40]:
                    client.groups.move(openid, to=groups[0])
                struck = sum(fault.struck for fault in control.faults.get().rules)
                control.faults.clear()
                told = {group.name: group.count for group in client.groups.list()}
                there = {
                    follower.openid: follower.group_id for follower in client.followers.get_many(openids)
                }
        expected = {openid: groups[number % 4].id for number, openid in enumerate(openids)}
        expected.update(dict.fromkeys(openids[:40], groups[0].id))
        assert there == expected
        assert [told[f"group {number}"] for number in range(4)] == [530, 490, 490, 490]
        assert len(told) == 8
        assert struck > 10


async def test_many_at_once_end_right_on_a_hostile_platform(naps: list[float], full: bool) -> None:
    """Whatever goes wrong while 50 calls are on their way, each of them ends right."""
    openids = [f"o{number:027}" for number in range(600)]
    for seed in range(100, 110 if full else 102):
        with SandboxProcess("--hostile", str(seed)) as process, Control(process.ready.control_url) as control:
            made = control.accounts.create(followers=openids, groups=[GroupSeed("VIP")])
            async with AsyncClient(made.appid, made.secret, base_url=process.ready.base_url) as client:
                await move_all(client, openids)
                assert sum(fault.struck for fault in control.faults.get().rules) > 60
                control.faults.clear()
                assert [group.count for group in await client.groups.list() if group.name == "VIP"] == [600]


async def move_all(client: AsyncClient, openids: list[str]) -> None:
    """Move everybody into group 100, fifty at once."""
    turns = asyncio.Semaphore(50)

    async def move(openid: str) -> None:
        async with turns:
            await client.groups.move(openid, to=100)

    await asyncio.gather(*map(move, openids))


def test_a_hostile_start_says_what_it_will_do() -> None:
    """Seed and rules stand on stderr, in the user's language, and the control port tells the same rules."""
    with SandboxProcess("--hostile", "7") as process, Control(process.ready.control_url) as control:
        rules = control.faults.get()
        said = process.stderr
    assert rules.seed == 7
    assert "Hostile, seed 7: " in said
    assert said.count("  all calls: ") == len(rules.rules)
    with SandboxProcess("--hostile", "7", environment={**os.environ, "FENZU_LANG": "zh"}) as process:
        pass
    assert "故障模式，种子 7" in process.stderr


def test_a_seed_is_a_number() -> None:
    """Anything else is a usage error."""
    with pytest.raises(SandboxFailed, match="exit code 2"):
        SandboxProcess("--hostile", "very").start()


def test_the_same_seed_and_calls_give_the_same_faults(full: bool) -> None:
    """Two runs under one seed answer alike, call by call, though the accounts have other names."""
    runs = [run_of_calls(5, 300 if full else 60) for _ in range(2)]
    assert runs[0] == runs[1]
    assert run_of_calls(6, 60) != runs[0][:60]


def test_a_hopeful_client_does_not_get_through() -> None:
    """Without repeats and new tokens a day of 400 calls goes wrong many times: codes, broken answers, dead tokens."""
    answers = [answer.partition("\r\n\r\n")[2] for answer in run_of_calls(3, 400)]
    assert {
        code for code in ("42001", "45011", "-1") if any(f'"errcode":{code}' in each for each in answers)
    } == {
        "42001",
        "45011",
        "-1",
    }
    assert sum(not answer.endswith("}") for answer in answers) > 3


def run_of_calls(seed: int, calls: int) -> list[str]:
    """Send reads, one after the other, to a hostile sandbox; return what came of each."""
    seen = []
    with SandboxProcess("--hostile", str(seed)) as process:
        ready = process.ready
        credentials = {"grant_type": "client_credential", "appid": ready.appid, "secret": ready.secret}
        token = ""
        for _ in range(calls):
            if not token:
                body = msgspec.json.encode(credentials)
                answer = ask_once(ready.base_url, b"POST /cgi-bin/stable_token", body)
                token = token_in(answer)
                seen.append("token" if token else answer.decode())
                continue
            answer = ask_once(ready.base_url, b"GET /cgi-bin/groups/get?access_token=" + token.encode())
            seen.append(answer.decode())
            if b'"errcode":4' in answer and b"45011" not in answer:
                token = ""
    return seen


def ask_once(url: str, line: bytes, body: bytes = b"") -> bytes:
    with Plain(url) as connection:
        connection.send(
            line + b" HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        )
        connection.end()
        return connection.read_all()


def token_in(answer: bytes) -> str:
    try:
        return str(msgspec.json.decode(answer.partition(b"\r\n\r\n")[2])["access_token"])
    except (msgspec.DecodeError, KeyError):
        return ""
