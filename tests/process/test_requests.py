"""The log of a running sandbox: searched, followed, and its lines given to a shell."""

import json
import os
import subprocess
import threading
import time
from itertools import islice

import pytest

from fenzu import Client
from fenzu.client.transport import HttpTransport, Request
from fenzu.control import Control, ControlError
from fenzu.errors import NotFound, TransportError
from fenzu.testing import SandboxAccount, SandboxProcess
from tests.process.sockets import Plain

GHOST = "o" + "g" * 27


def client(account: SandboxAccount) -> Client:
    return Client(account.appid, account.secret, base_url=account.base_url)


def test_a_test_sees_what_its_program_sent(account: SandboxAccount) -> None:
    """The requests of the account, oldest first, with their answers, and no others."""
    (openid,) = account.add_followers(1)
    with client(account) as program:
        group = program.groups.create("贵宾")
        program.groups.move(openid, to=group)
        with pytest.raises(NotFound):
            program.groups.of(GHOST)
    seen = account.requests()
    assert [request.call for request in seen] == ["token.stable", "groups.create", "groups.move", "groups.of"]
    assert json.loads(seen[1].body) == {"group": {"name": "贵宾"}}
    assert json.loads(seen[2].body) == {"openid": openid, "to_groupid": group.id}
    assert account.requests(call="groups.*", errcode=40003) == seen[3:]
    assert account.requests(text="贵宾") == [seen[1]]
    explained = seen[3].explained
    assert explained is not None
    assert explained.meaning.en != explained.meaning.zh
    assert (
        repr(seen[3])
        == f"LoggedRequest(id={seen[3].id}, call='groups.of', path='/cgi-bin/groups/getid', errcode=40003)"
    )


def test_more_requests_than_one_answer_holds(
    account: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test gets all requests of its account, however many."""
    monkeypatch.setattr("fenzu.testing.account.REQUESTS_AT_ONCE", 2)
    with client(account) as program:
        for _ in range(4):
            program.groups.list()
    assert len(account.requests()) == 5
    assert len(account.control.requests.list(appid=account.appid, limit=3)) == 3


def test_a_fault_is_told(account: SandboxAccount) -> None:
    """What was done to a request on purpose stands beside it."""
    port = HttpTransport(trust_env=False)
    rules = {"rules": [{"call": "groups.list", "errcode": -1, "times": 1}]}
    url = f"{account.control_url}/accounts/{account.appid}/faults"
    assert port.send(Request("PUT", url, json.dumps(rules).encode())).status == 200
    port.close()
    with client(account) as program:
        program.groups.list()
    assert [(seen.errcode, seen.fault) for seen in account.requests(call="groups.list")] == [
        (-1, "errcode -1"),
        (0, None),
    ]


def test_requests_are_followed_as_they_come(account: SandboxAccount) -> None:
    """What is asked after the stream was opened comes out of it; it goes on behind the last one that was seen."""
    with client(account) as program:
        with account.control.requests.stream(appid=account.appid) as stream:
            program.groups.list()
            first, second = islice(stream, 2)
            assert [first.call, second.call] == ["token.stable", "groups.list"]
        program.groups.list()
        with account.control.requests.stream(appid=account.appid, after=first.id) as stream:
            assert next(stream) == second
            assert next(stream).id > second.id


def test_a_stream_ends_when_nothing_comes(account: SandboxAccount) -> None:
    """With a timeout the loop over a stream ends by itself, and closing it again is no mistake."""
    stream = account.control.requests.stream(appid=account.appid, after=0, timeout=0.05)
    assert list(stream) == []
    stream.close()
    assert list(stream) == []


def test_a_stream_is_ended_by_another_thread(account: SandboxAccount) -> None:
    """Who waits for the next request waits no more when the stream is closed."""
    stream = account.control.requests.stream(appid=account.appid)
    seen: list[object] = []
    waiting = threading.Thread(target=lambda: seen.extend(stream))
    waiting.start()
    stream.close()
    waiting.join(10)
    assert not waiting.is_alive()
    assert seen == []


def test_a_stream_that_cannot_be_says_why(account: SandboxAccount) -> None:
    """A mistake in the search is the port's refusal; where nobody listens, the words say so."""
    with pytest.raises(ControlError, match="no call is named"):
        account.control.requests.stream(call="groups.off")
    with (
        Control("http://127.0.0.1:1") as nobody,
        pytest.raises(TransportError, match="no stream of requests"),
    ):
        nobody.requests.stream()


def test_emptying_is_for_all(account: SandboxAccount) -> None:
    """After it nothing is listed, and ids go on."""
    with client(account) as program:
        program.groups.list()
        last = account.requests()[-1].id
        account.control.requests.clear()
        assert account.requests() == []
        program.groups.list()
    assert account.requests()[0].id > last


@pytest.mark.parametrize("reads", [True, False])
def test_a_sandbox_ends_promptly_under_its_streams(reads: bool) -> None:
    """An open stream, read or not, ends with the sandbox and keeps it from nothing."""
    with (
        SandboxProcess() as own,
        Control(own.ready.control_url) as control,
        Plain(own.ready.control_url) as raw,
    ):
        raw.send(b"GET /requests/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        stream = control.requests.stream()
        begun = time.monotonic()
        own.stop()
        assert time.monotonic() - begun < 10
        assert list(stream) == []
        if reads:
            assert raw.read_all().endswith(b"0\r\n\r\n")


@pytest.mark.needs("curl")
@pytest.mark.parametrize(
    "body",
    [
        '{"group":{"name":"贵宾\'s"}}'.encode(),
        b'{"group":{"name":"$(id) `id` \\" %s \\\\ !x"}}',
        b'{"group":{"name":"\xff\x01\x1b[31m\r"}}',
        b"-@/etc/passwd",
        b"@/etc/passwd\n\n",
        b"%d' \"x",
    ],
)
def test_a_line_sends_the_request_again(account: SandboxAccount, body: bytes) -> None:
    """A shell that is given the line sends the same bytes, and the sandbox answers as before."""
    with client(account) as program:
        token = program.token()
    transport = HttpTransport(trust_env=False)
    url = f"{account.base_url}/cgi-bin/groups/delete?access_token={token}&a[]=%E8%B4%B5"
    transport.send(Request("POST", url, body))
    transport.close()
    sent = account.requests(call="groups.delete")[-1]
    assert sent.curl is not None
    environment = {**os.environ, "FENZU_TOKEN": token, "no_proxy": "127.0.0.1"}
    line = sent.curl.replace("curl ", "curl -sS --noproxy '*' ", 1)
    run = subprocess.run(["sh", "-c", line], env=environment, capture_output=True, check=True, timeout=30)
    again = account.requests(call="groups.delete")[-1]
    assert again.id > sent.id
    assert (again.query, again.body, again.answer) == (sent.query, sent.body, sent.answer)
    assert run.stdout.decode() == sent.answer
