"""One suite over the transports: ours for code that waits, ours for asyncio, and the standard library's."""

import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.contract.raw_server import (
    Authority,
    Server,
    answering,
    chunks,
    http,
    nobody,
    resetting,
    tunnelling,
)

from fenzu import AsyncClient, Client
from fenzu.client.transport import ANSWER_BYTES, AsyncHttpTransport, HttpTransport, Request, Response
from fenzu.errors import FenzuError, TransportError, UsageError
from fenzu.transports import StdlibTransport

CANARY = "CANARY-TOKEN"
PATH = f"/cgi-bin/groups/get?access_token={CANARY}"
UNASKABLE = "x" * 70 + ".invalid"
"""A host that no name server is asked for: a label has 63 characters at most."""
SCHEMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class Waiting:
    """An `AsyncHttpTransport` for code that waits."""

    def __init__(self, **options: Any) -> None:
        self._runner = asyncio.Runner()
        self._inner = AsyncHttpTransport(**options)

    def send(self, request: Request) -> Response:
        return self._runner.run(self._inner.send(request))

    def close(self) -> None:
        self._runner.run(self._inner.aclose())

    def end(self) -> None:
        self.close()
        self._runner.close()

    def __repr__(self) -> str:
        return repr(self._inner)


KINDS: dict[str, Any] = {"pyreqwest": HttpTransport, "pyreqwest-async": Waiting, "stdlib": StdlibTransport}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def transport_of(kind: str) -> Iterator[Callable[..., Any]]:
    """Make transports that are closed in the end."""
    made: list[Any] = []

    def make(**options: Any) -> Any:
        made.append(KINDS[kind](**options))
        return made[-1]

    yield make
    for transport in made:
        getattr(transport, "end", transport.close)()


@pytest.fixture
def transport(transport_of: Callable[..., Any]) -> Any:
    return transport_of()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def no_proxy_env(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Take away the proxy variables that keep tests off other hosts; the tests below name none."""
    for name in SCHEMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def get(server: Server | str, path: str = PATH, timeout: float = 10.0) -> Request:
    return Request("GET", (server if isinstance(server, str) else server.url) + path, None, timeout)


def fail(transport: Any, request: Request) -> TransportError:
    """Return the failure, which holds neither the token nor any other error."""
    with pytest.raises(TransportError) as failed:
        transport.send(request)
    error = failed.value
    assert CANARY not in error.say("en") + error.say("zh") + repr(error)
    assert "://" not in str(error)
    assert error.__cause__ is None
    assert error.__context__ is None
    return error


def test_a_request_and_its_answer(transport: Any) -> None:
    """What is sent arrives, and what comes back is returned, status and body, as bytes."""
    with Server(answering(http(b'{"groupid":102}', status="404 Not Found"))) as server:
        answer = transport.send(Request("POST", server.url + PATH, '{"name":"贵宾"}'.encode()))
        assert answer == Response(404, b'{"groupid":102}')
        assert transport.send(get(server)) == answer
    post, bare = (request.partition(b"\r\n\r\n") for request in server.requests)
    assert post[0].startswith(f"POST {PATH} HTTP/1.1\r\n".encode())
    assert b"content-type: application/json" in post[0].lower()
    assert b"user-agent: fenzu/" in post[0].lower()
    assert post[2] == '{"name":"贵宾"}'.encode()
    assert b"content-type" not in bare[0].lower()
    assert bare[2] == b""


def test_a_key_is_sent_where_there_is_one(transport: Any) -> None:
    """A control port's key goes in the header that it asks for, and no other request carries one."""
    with Server(answering()) as server:
        transport.send(Request("GET", server.url + PATH, bearer="CANARY-KEY"))
        transport.send(get(server))
    locked, plain = (request.lower() for request in server.requests)
    assert b"\r\nauthorization: bearer canary-key\r\n" in locked
    assert b"authorization" not in plain


def test_connections_are_kept(transport: Any) -> None:
    """One connection serves many requests, whatever their answers."""
    with Server(answering()) as server:
        for _ in range(5):
            transport.send(get(server))
    assert server.connections == 1
    assert len(server.requests) == 5


def test_a_connection_that_went_away_is_not_used(transport: Any) -> None:
    """A kept connection that the server has closed meanwhile costs no failure: it is opened anew."""
    with Server(answering()) as server:
        transport.send(get(server))
        server.hang_up()
        deadline = time.monotonic() + 5
        while server._open and time.monotonic() < deadline:
            time.sleep(0.001)
        for _ in range(2):
            assert transport.send(get(server)).status == 200
    assert server.connections == 2


def test_a_connection_that_ends_with_its_answer(transport: Any) -> None:
    """An answer without a length ends with the connection, and the next request opens another."""
    with Server(answering(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", then_close=True)) as server:
        assert transport.send(get(server)).body == b"{}"
        assert transport.send(get(server)).body == b"{}"
    assert server.connections == 2


def test_an_answer_in_chunks(transport: Any) -> None:
    """A body in chunks is put together whole."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with Server(answering(head + b"".join(chunks(b'{"a":', b"1" * 10_000, b"}")))) as server:
        for _ in range(2):
            assert transport.send(get(server)).body == b'{"a":' + b"1" * 10_000 + b"}"
    assert server.connections == 1


def test_an_empty_answer(transport: Any) -> None:
    """An answer without a body is one."""
    with Server(answering(http(b""))) as server:
        for _ in range(2):
            assert transport.send(get(server)) == Response(200, b"")


def test_a_timeout(transport: Any) -> None:
    """A server that does not answer in time is given up."""
    ended = threading.Event()
    with Server(lambda _connection, _request: ended.wait(20) and False) as server:
        assert "timed out" in str(fail(transport, get(server, timeout=0.05)))
        ended.set()


def test_a_body_that_drips(transport: Any) -> None:
    """The timeout bounds the whole answer: a body that comes byte by byte does not go on for ever."""
    ended = threading.Event()

    def drip(connection: Any, _request: bytes) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not ended.wait(0.01):
            connection.sendall(b"x")
        return False

    with Server(drip) as server:
        assert "timed out" in str(fail(transport, get(server, timeout=0.1)))
        ended.set()


def test_nobody_is_there(transport: Any) -> None:
    """A refused connection names the host and port that refused, and no more of the address."""
    address = nobody()
    error = fail(transport, get(address))
    assert "refused" in str(error)
    assert address.removeprefix("http://") in str(error)
    assert error.advice.zh


def test_a_host_that_is_none(transport: Any) -> None:
    """What cannot even be asked is a failure like any other."""
    fail(transport, Request("GET", f"http://{UNASKABLE}{PATH}"))


@pytest.mark.parametrize(
    "behave",
    [
        resetting,
        answering(b"", then_close=True),
        answering(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}", then_close=True),
        answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{", then_close=True),
        answering(b"HTTP/1.1 200 OK\r\nContent-Le", then_close=True),
        answering(b"SSH-2.0-OpenSSH\r\n\r\n", then_close=True),
        answering(b"HTTP/1.1 two OK\r\n\r\n", then_close=True),
        answering(f"GET {PATH} is not understood\r\n\r\n".encode(), then_close=True),
    ],
    ids=[
        "reset",
        "nothing",
        "half a body",
        "half a chunk",
        "half a head",
        "another protocol",
        "no status",
        "an echo",
    ],
)
def test_what_is_no_answer(transport: Any, behave: Any) -> None:
    """A connection that breaks off, half an answer, or none at all, is one kind of failure; the next may succeed."""
    with Server(behave) as broken, Server(answering()) as whole:
        fail(transport, get(broken))
        assert transport.send(get(whole)).status == 200


def test_redirects_are_not_followed(transport: Any) -> None:
    """A redirect is handed back, so that no token goes where the platform did not send it."""
    with Server(answering()) as elsewhere:
        location = f"Location: {elsewhere.url}/\r\n".encode()
        with Server(answering(http(b"", status="302 Found", more=location))) as server:
            assert transport.send(get(server)).status == 302
    assert elsewhere.requests == []


def test_a_huge_answer_is_cut(transport: Any) -> None:
    """No more than a little over 8 MiB is read, whatever is sent, so that nobody fills the memory."""
    many = b"x" * (ANSWER_BYTES + 1_000_000)
    with Server(answering(http(many))) as server, Server(answering(http(many[:ANSWER_BYTES]))) as allowed:
        for _ in range(2):
            assert len(transport.send(get(server)).body) == ANSWER_BYTES + 1
        assert len(transport.send(get(allowed)).body) == ANSWER_BYTES


def test_a_packed_answer_is_not_unpacked(transport: Any) -> None:
    """An answer cannot swell: no compression is asked for, and none is undone."""
    with Server(answering(http(b"\x1f\x8b\x08", more=b"Content-Encoding: gzip\r\n"))) as server:
        assert transport.send(get(server)).body == b"\x1f\x8b\x08"
    head = server.requests[0].lower()
    assert b"gzip" not in head
    assert b"br" not in head.split(b"accept-encoding:")[-1].split(b"\r\n")[0]


def test_a_closed_transport_refuses(transport_of: Callable[..., Any]) -> None:
    """After closing, which may be repeated, nothing is sent, with words that say why."""
    with Server(answering()) as server:
        for has_sent in (True, False):
            transport = transport_of()
            if has_sent:
                transport.send(get(server))
            transport.close()
            transport.close()
            with pytest.raises(UsageError, match="closed"):
                transport.send(get(server))
        assert len(server.requests) == 1


def test_nothing_is_shown(transport_of: Callable[..., Any]) -> None:
    """A transport does not print its proxy, which may hold a password."""
    assert "pw" not in repr(transport_of(proxy="http://user:pw@127.0.0.1:1"))


def test_a_certificate_is_verified(transport_of: Callable[..., Any], authority: Authority) -> None:
    """A server whose authority is unknown is not spoken to; the advice says how to name it."""
    with Server(answering(), authority.context) as server:
        error = fail(transport_of(), get(server))
        assert "certificate" in str(error).lower()
        assert "--ca-file" in error.advice.en
        assert server.requests == []
        assert transport_of(ca_file=authority.ca_file).send(get(server)).body == b"{}"
        assert len(server.requests) == 1


def test_https_where_http_is_spoken(transport_of: Callable[..., Any]) -> None:
    """A sandbox that is spoken to by https answers nonsense; the advice says to try http."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_at_once() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(http())

        thread = threading.Thread(target=answer_at_once, daemon=True)
        thread.start()
        error = fail(transport_of(), get(f"https://127.0.0.1:{listener.getsockname()[1]}"))
        thread.join(5)
    assert "try http" in error.advice.en


def test_a_certificate_of_another_host(transport_of: Callable[..., Any], authority: Authority) -> None:
    """A certificate is good for the hosts it names, and for no others."""
    with Server(answering(), authority.context) as server:
        fail(transport_of(ca_file=str(authority.ca_file)), get(f"https://127.0.0.2:{server.port}"))
    assert server.requests == []


def test_plain_text_where_tls_is_wanted(transport: Any) -> None:
    """A server that speaks no TLS is not spoken to in plain text instead."""
    with Server(answering(b"HTTP/1.1 400 Bad\r\n\r\n", then_close=True)) as server:
        fail(transport, get(server.url.replace("http:", "https:"), timeout=0.2))
    assert server.requests == []


@pytest.mark.parametrize("content", [None, b"no certificate", b""])
def test_a_ca_file_that_is_none(kind: str, tmp_path: Path, content: bytes | None) -> None:
    """A CA file that is not there, or holds no certificate, is told when the client is made, not ignored."""
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="cannot use the CA file"):
        KINDS[kind](ca_file=path)


@pytest.mark.parametrize("proxy", ["", "proxy:3128", "foo bar", "ftp://h", "http://", "http://h/path", 5])
def test_a_proxy_that_is_none(kind: str, proxy: Any) -> None:
    """An address that is no proxy's is told when the client is made."""
    with pytest.raises(UsageError, match="not the address of a proxy"):
        KINDS[kind](proxy=proxy)


def test_a_proxy_that_is_named(
    transport_of: Callable[..., Any], no_proxy_env: pytest.MonkeyPatch, authority: Authority
) -> None:
    """A proxy that is named is used for everything: http asks it for the address, https for a tunnel."""
    with Server(answering(), authority.context) as platform, Server(tunnelling(platform)) as proxy:
        transport = transport_of(proxy=proxy.url.replace("//", "//us%40er:pw@"), ca_file=authority.ca_file)
        assert transport.send(get("http://platform.example")).body == b'{"by":"proxy"}'
        assert transport.send(get("https://platform.example")).body == b"{}"
        assert transport.send(get("https://platform.example")).body == b"{}"
        fail(
            transport_of(proxy=proxy.url), get("https://platform.example")
        )  # the tunnel ends at an unknown authority
    asked, tunnel, *_ = proxy.requests
    assert asked.startswith(f"GET http://platform.example{PATH} HTTP/1.1\r\n".encode())
    assert b"Basic dXNAZXI6cHc=" in asked
    assert tunnel.startswith(b"CONNECT platform.example:443 HTTP/1.")
    assert b"Basic dXNAZXI6cHc=" in tunnel
    assert CANARY.encode() not in tunnel
    assert len(platform.requests) == 2


def test_a_proxy_that_refuses(transport_of: Callable[..., Any], no_proxy_env: pytest.MonkeyPatch) -> None:
    """A proxy that opens no tunnel, or is not there, is a failure that does not show its password."""
    with Server(answering(http(b"", status="407 Proxy Authentication Required"), then_close=True)) as proxy:
        for address in (proxy.url, nobody()):
            transport = transport_of(proxy=address.replace("//", "//user:p4ssw0rd@"))
            assert "p4ssw0rd" not in str(fail(transport, get("https://platform.example")))


@pytest.mark.parametrize("variable", ["http_proxy", "all_proxy"])
def test_the_proxy_environment_is_obeyed(
    transport_of: Callable[..., Any], no_proxy_env: pytest.MonkeyPatch, variable: str
) -> None:
    """The variables that other programs obey are obeyed, exceptions included, unless one says not to."""
    with Server(answering(http(b'{"by":"proxy"}'))) as proxy:
        no_proxy_env.setenv(variable, proxy.url)
        assert transport_of().send(get("http://platform.example")).body == b'{"by":"proxy"}'
        fail(transport_of(trust_env=False), get(f"http://{UNASKABLE}"))
        no_proxy_env.setenv("no_proxy", f"other.invalid,{UNASKABLE}")
        fail(transport_of(), get(f"http://{UNASKABLE}"))
    assert len(proxy.requests) == 1


def test_a_proxy_variable_without_a_scheme(no_proxy_env: pytest.MonkeyPatch) -> None:
    """`host:port` stands for an http proxy, as other programs read it."""
    with Server(answering(http(b'{"by":"proxy"}'))) as proxy:
        no_proxy_env.setenv("http_proxy", f"127.0.0.1:{proxy.port}")
        transport = StdlibTransport()
        assert transport.send(get("http://platform.example")).body == b'{"by":"proxy"}'
        transport.close()


def test_no_proxy_for_loopback(kind: str, no_proxy_env: pytest.MonkeyPatch) -> None:
    """A sandbox on this machine is spoken to directly, whatever proxy the environment names; a named one is used."""
    with (
        Server(answering(http(b'{"groups":[]}'))) as sandbox,
        Server(answering(http(b'{"groups":[]}'))) as proxy,
    ):
        for name in SCHEMES[:3]:
            no_proxy_env.setenv(name, proxy.url)
        list_groups(kind, sandbox.url)
        assert (len(sandbox.requests), len(proxy.requests)) == (1, 0)
        list_groups(kind, sandbox.url, proxy=proxy.url)
        assert (len(sandbox.requests), len(proxy.requests)) == (1, 1)


def list_groups(kind: str, base_url: str, **options: Any) -> None:
    """Make one call with a client of this kind."""

    async def ask() -> None:
        async with AsyncClient("wx1", token=CANARY, base_url=base_url, **options) as client:
            await client.groups.list()

    if kind == "pyreqwest-async":
        asyncio.run(ask())
        return
    transport = StdlibTransport(**options) if kind == "stdlib" else None
    with Client(
        "wx1", token=CANARY, base_url=base_url, transport=transport, **({} if transport else options)
    ) as client:
        client.groups.list()


def test_many_threads(kind: str, transport_of: Callable[..., Any]) -> None:
    """One transport serves many threads at once."""
    if kind == "pyreqwest-async":
        inner = AsyncHttpTransport()

        async def crowd(server: Server) -> list[Response]:
            try:
                return await asyncio.gather(*(inner.send(get(server)) for _ in range(80)))
            finally:
                await inner.aclose()

        with Server(answering()) as server:
            assert asyncio.run(crowd(server)) == [Response(200, b"{}")] * 80
        return
    transport, together = transport_of(), threading.Barrier(8)
    answers: list[Response] = []

    def ask(server: Server) -> None:
        together.wait()
        answers.extend(transport.send(get(server)) for _ in range(10))

    with Server(answering()) as server:
        threads = [threading.Thread(target=ask, args=(server,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == [Response(200, b"{}")] * 80
    assert server.connections <= 8


FORK = """
import asyncio, os, sys
from fenzu.client.transport import AsyncHttpTransport, HttpTransport, Request
from fenzu.transports import StdlibTransport
from fenzu.errors import UsageError

class Waiting:
    def __init__(self):
        self.runner, self.inner = asyncio.Runner(), AsyncHttpTransport()
    def send(self, request):
        return self.runner.run(self.inner.send(request))
    def close(self):
        self.runner.run(self.inner.aclose())

kind, url, first = sys.argv[1:]
transport = {"pyreqwest": HttpTransport, "pyreqwest-async": Waiting, "stdlib": StdlibTransport}[kind]()
request = Request("GET", url + "/cgi-bin/x")
if first == "used":
    assert transport.send(request).status == 200
child = os.fork()
if child == 0:
    try:
        transport.send(request)
        said = b"answered"
    except UsageError as error:
        said = str(error).encode()
    transport.close()
    os.write(1, said)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert transport.send(request).status == 200
transport.close()
"""


def fork(kind: str, url: str, first: str) -> str:
    """Run a program that forks, and return what the child said."""
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORK, kind, url, first],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (told.returncode, told.stderr) == (0, "")
    return told.stdout


def test_a_forked_child(kind: str) -> None:
    """The child of a fork is refused with words instead of hanging; the standard library's transport serves both."""
    with Server(answering()) as server:
        said = fork(kind, server.url, "used")
        if kind == "stdlib":
            assert said == "answered"
            assert server.connections == 2  # the child has its own, and leaves the parent's alone
            assert len(server.requests) == 3
        else:
            assert "before the process forked" in said
            assert "create the client in the worker" in said
            assert len(server.requests) == 2


def test_a_fork_before_the_first_request(kind: str) -> None:
    """A transport that has sent nothing yet can be used on both sides of a fork."""
    with Server(answering()) as server:
        assert fork(kind, server.url, "unused") == "answered"
    assert server.connections == 2


def test_a_fork_while_the_transport_is_built() -> None:
    """A child that is forked just while another thread builds the transport is refused too, and waits for nobody."""
    transport = HttpTransport()
    transport._pid = 1
    with transport._building, pytest.raises(UsageError, match="forked"):
        transport.send(get(nobody()))
    transport.close()


def test_two_threads_build_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads that send the first request at once share what one of them has built."""
    transport, built = HttpTransport(), object()
    transport._client = built  # type: ignore[assignment]  # that the same comes back is all that is asked
    assert transport._build() is built
    transport._client = None
    transport.close()


def test_errors_say_where(transport: Any) -> None:
    """A failure names host and port and says what to do, in both languages."""
    with Server(resetting) as server:
        error: FenzuError = fail(transport, get(server))
    assert f"127.0.0.1:{server.port}" in error.words.en
    assert f"127.0.0.1:{server.port}" in error.words.zh
    assert error.say("zh").count("下一步") == 1
