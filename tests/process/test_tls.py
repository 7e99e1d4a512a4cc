"""HTTPS and the proxy on real sockets: limits, ends and crowds as on the plain port; nothing else is reached."""

import contextlib
import os
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from fenzu import AsyncClient, Client
from fenzu.control import Control
from fenzu.errors import TransportError
from fenzu.testing import SandboxFailed, SandboxProcess
from fenzu.transports import StdlibTransport
from tests.process.sockets import Plain, ask

PLATFORM = "api.weixin.qq.com"
GET = b"GET /cgi-bin/groups/get HTTP/1.1\r\nHost: %b\r\n\r\n" % PLATFORM.encode()
MISSING = b'{"errcode":41001,"errmsg":"access_token missing"}'
HEAD_ONLY = b"POST /cgi-bin/groups/create HTTP/1.1\r\nContent-Length: %d\r\n\r\n"
CONNECT = b"CONNECT api.weixin.qq.com:443 HTTP/1.1\r\nHost: api.weixin.qq.com:443\r\n\r\n"
MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def secure() -> Iterator[SandboxProcess]:
    """A sandbox that speaks https and serves a proxy; it has not shown a trace in the end."""
    with SandboxProcess("--demo", "--tls", "--proxy-port", "0") as process:
        yield process
    assert "Traceback" not in process.stderr, process.stderr
    assert "has no effect" not in process.stderr


class Secure(Plain):
    """One TLS connection to the sandbox's own port."""

    def __init__(self, process: SandboxProcess, timeout: float = 20.0) -> None:
        super().__init__(process.ready.base_url, timeout)
        self.begin(process)

    def begin(self, process: SandboxProcess) -> None:
        """Shake hands, trusting the sandbox's authority and nobody else."""
        context = ssl.create_default_context(cafile=process.ready.ca_file)
        self.socket = context.wrap_socket(self.socket, server_hostname=PLATFORM)

    def end(self) -> None:
        """Close our half of the connection; Python's own way would take the TLS off as well."""
        with socket.socket(fileno=os.dup(self.socket.fileno())) as plain:
            plain.shutdown(socket.SHUT_WR)


class Tunnel(Secure):
    """One connection to the platform's host by way of the proxy."""

    def __init__(self, process: SandboxProcess, timeout: float = 20.0) -> None:
        assert process.ready.proxy_url
        Plain.__init__(self, process.ready.proxy_url, timeout)
        self.send(CONNECT)
        assert self.socket.recv(100) == b"HTTP/1.1 200 Connection established\r\n\r\n"
        self.begin(process)


Open = Callable[[SandboxProcess], Secure]
both = pytest.mark.parametrize("connect", [Secure, Tunnel])


@both
def test_requests_are_answered_one_after_another(secure: SandboxProcess, connect: Open) -> None:
    """A connection serves many requests, alone and pipelined."""
    with connect(secure) as connection:
        for _ in range(3):
            connection.send(GET)
            assert connection.read_answer().endswith(MISSING)
        connection.send(GET * 1000 + GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert connection.read_all().count(MISSING) == 1001


@both
def test_a_large_body_is_refused_with_words(secure: SandboxProcess, connect: Open) -> None:
    """Who sends too much reads why, in a tunnel as outside."""
    with connect(secure) as connection:
        connection.send(HEAD_ONLY % (2 * MEBIBYTE) + b"x" * (2 * MEBIBYTE))
        assert connection.read_answer().startswith(b"HTTP/1.1 413 ")
    with connect(secure) as connection:
        connection.send(HEAD_ONLY % MEBIBYTE + b"x" * MEBIBYTE)
        assert connection.read_answer().endswith(MISSING)


@both
def test_a_foreign_name_is_refused_inside(secure: SandboxProcess, connect: Open) -> None:
    """TLS is no way around the guard of names; own names are answered there as well."""
    with connect(secure) as connection:
        connection.send(GET.replace(PLATFORM.encode(), b"localhost"))
        assert connection.read_answer().endswith(MISSING)
        connection.send(GET.replace(PLATFORM.encode(), b"evil.example"))
        assert connection.read_answer().startswith(b"HTTP/1.1 403 ")


@both
def test_who_says_no_more_still_hears_the_answer(secure: SandboxProcess, connect: Open) -> None:
    """A client that has closed its half of the connection gets what it asked for, then the end."""
    with connect(secure) as connection:
        connection.send(GET * 20)
        connection.end()
        assert connection.read_all().count(MISSING) == 20


@both
def test_who_reads_slowly_holds_up_nobody(secure: SandboxProcess, connect: Open) -> None:
    """Answers wait for their reader, not in memory: what was asked for is there when it is read, late."""
    with Client(
        secure.ready.appid,
        secure.ready.secret,
        base_url=secure.ready.base_url,
        ca_file=secure.ready.ca_file,
        read_only_token=False,
    ) as account:
        token = account.token().encode()
    request = b"GET /cgi-bin/user/get?access_token=" + token + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with connect(secure) as slow, connect(secure) as other:
        slow.send(request * 40)
        other.send(GET)
        assert other.read_answer().endswith(MISSING)
        total = [len(slow.read_answer()) for _ in range(40)]
    assert min(total) > 300_000


def test_slow_clients_are_closed_everywhere(secure: SandboxProcess) -> None:
    """Half a handshake, half a head, a tunnel without a word: ended within ten seconds, and others go on meanwhile."""
    assert secure.ready.proxy_url
    opened: list[Plain] = []
    for url, said in (
        (secure.ready.base_url, b""),
        (secure.ready.base_url, b"\x16\x03\x01\x02\x00"),
        (secure.ready.proxy_url, b""),
        (secure.ready.proxy_url, b"CONNECT api.weixin"),
        (secure.ready.proxy_url, CONNECT),
        (secure.ready.proxy_url, CONNECT),
    ):
        opened.append(Plain(url))
        opened[-1].send(said)
    assert opened[-1].socket.recv(100).startswith(b"HTTP/1.1 200")
    opened[-1].send(b"\x16\x03\x01\x02\x00")
    opened += [Secure(secure), Tunnel(secure), Tunnel(secure)]
    opened[-1].send(GET[:30])
    began = time.monotonic()
    for connection in opened:
        connection.read_all()
        connection.socket.close()
        with Tunnel(secure) as other:
            other.send(GET)
            assert other.read_answer().endswith(MISSING)
    assert time.monotonic() - began < 30


def test_a_crowd_that_never_shakes_hands(secure: SandboxProcess, full: bool) -> None:
    """Hundreds of tunnels that are granted and never used leave the others their answers."""
    assert secure.ready.proxy_url
    with contextlib.ExitStack() as stack:
        for _ in range(400 if full else 60):
            stack.enter_context(Plain(secure.ready.proxy_url)).send(CONNECT)
        with Tunnel(secure) as other:
            other.send(GET)
            assert other.read_answer().endswith(MISSING)


def test_garbage_ends_a_connection_and_nothing_else(secure: SandboxProcess) -> None:
    """Plain HTTP at the TLS port, noise in a tunnel, and resets at every moment do no harm."""
    assert secure.ready.proxy_url
    ask(secure.ready.base_url, GET)
    for noise in (GET, b"\x00" * 3000, b"\x16\x03\x01\x00\x05hello", b""):
        with Plain(secure.ready.proxy_url) as connection:
            connection.send(CONNECT)
            connection.socket.recv(100)
            connection.send(noise)
            connection.end()
            connection.read_all()
    for wait in (0.0, 0.001, 0.01):
        for _ in range(5):
            with Plain(secure.ready.proxy_url) as connection:
                connection.send(CONNECT)
                time.sleep(wait)
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    with Tunnel(secure) as other:
        other.send(GET)
        assert other.read_answer().endswith(MISSING)


def test_it_ends_while_tunnels_are_open() -> None:
    """Tunnels at work, idle ones and half handshakes do not hold it, and leave no trace on stderr."""
    with SandboxProcess("--tls", "--proxy-port", "0") as process:
        assert process.ready.proxy_url
        with Tunnel(process) as idle, Secure(process) as half, Plain(process.ready.proxy_url) as shaking:
            half.send(GET[:20])
            shaking.send(CONNECT)
            shaking.socket.recv(100)
            shaking.send(b"\x16\x03\x01\x02\x00")
            idle.send(GET)
            assert idle.read_answer().endswith(MISSING)
            assert process.stop() == 0
            assert idle.read_all() == half.read_all() == shaking.read_all() == b""
    for word in ("Traceback", "exception", "never retrieved", "error"):
        assert word not in process.stderr


def test_a_client_that_does_not_trust_it_is_told_of() -> None:
    """Who forgot the CA file finds a line about it on the sandbox's stderr."""
    with SandboxProcess("--proxy-port", "0") as process:
        assert process.ready.base_url.startswith("http://")
        assert process.ready.proxy_url
        with Plain(process.ready.proxy_url) as connection:
            connection.send(CONNECT)
            connection.socket.recv(100)
            with pytest.raises(ssl.SSLCertVerificationError):
                ssl.create_default_context().wrap_socket(connection.socket, server_hostname=PLATFORM)
        for _ in range(100):
            if "does it trust the CA file?" in process.stderr:
                break
            time.sleep(0.05)
    assert "does it trust the CA file?" in process.stderr


@both
def test_an_account_that_wants_https(secure: SandboxProcess, connect: Open) -> None:
    """In a state that refuses plain HTTP, calls by TLS are done: on the port itself and in a tunnel."""
    with Control(secure.ready.control_url) as control:
        account = control.accounts.create(state="https_only")
        asked = f"grant_type=client_credential&appid={account.appid}&secret={account.secret}"
        fetching = b"GET /cgi-bin/token?%b HTTP/1.1\r\nHost: localhost\r\n\r\n" % asked.encode()
        with connect(secure) as connection:
            connection.send(fetching)
            assert b'"access_token"' in connection.read_answer()
        control.accounts.delete(account.appid)
    with SandboxProcess() as plain, Control(plain.ready.control_url) as control:
        control.accounts.change(plain.ready.appid, state="https_only")
        asked = f"grant_type=client_credential&appid={plain.ready.appid}&secret=x"
        fetching = b"GET /cgi-bin/token?%b HTTP/1.1\r\nHost: localhost\r\n\r\n" % asked.encode()
        assert ask(plain.ready.base_url, fetching).endswith(b'{"errcode":43003,"errmsg":"require https"}')


def test_our_own_clients(secure: SandboxProcess) -> None:
    """Client and the transports speak https with `ca_file`, and reach the production address by `proxy`."""
    ready = secure.ready
    stdlib = StdlibTransport(proxy=ready.proxy_url, ca_file=ready.ca_file)
    with (
        Client(ready.appid, ready.secret, base_url=ready.base_url, ca_file=ready.ca_file) as one,
        Client(ready.appid, ready.secret, proxy=ready.proxy_url, ca_file=ready.ca_file) as two,
        Client(ready.appid, ready.secret, transport=stdlib) as three,
    ):
        assert one.groups.list() == two.groups.list() == three.groups.list()
    with Client(ready.appid, ready.secret, base_url=ready.base_url) as nobody, pytest.raises(TransportError):
        nobody.groups.list()


async def test_our_own_async_client(secure: SandboxProcess) -> None:
    """The same, awaited."""
    ready = secure.ready
    async with AsyncClient(
        ready.appid, ready.secret, proxy=ready.proxy_url, ca_file=ready.ca_file
    ) as account:
        assert (await account.groups.list())[0].name == "未分组"


def test_the_commands_trust_the_file_in_the_environment(secure: SandboxProcess) -> None:
    """With the lines that the sandbox printed, the fenzu commands work on an https sandbox."""
    exports = dict(re.findall(r"^  export (FENZU_\w+)=(\S+)$", secure.stderr, re.MULTILINE))
    command = [sys.executable, "-m", "fenzu", "groups", "list", "--json"]
    done = subprocess.run(
        command, env={**os.environ, **exports}, capture_output=True, text=True, check=False, timeout=40
    )
    assert done.returncode == 0, done.stderr
    assert "未分组" in done.stdout


def test_a_store_keeps_its_authority(tmp_path: Path) -> None:
    """A client goes on trusting a sandbox with --store over restarts; the key beside it is for its owner alone."""
    store = str(tmp_path / "kept.db")
    trusted = b""
    for _ in range(2):
        with SandboxProcess(
            "--store", store, "--tls", environment={**os.environ, "TMPDIR": str(tmp_path)}
        ) as process:
            assert process.ready.ca_file == store + ".ca.pem"
            before, trusted = trusted, Path(store + ".ca.pem").read_bytes()
            assert before in (b"", trusted)
            with Secure(process) as connection:
                connection.send(GET)
                assert connection.read_answer().endswith(MISSING)
            modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.glob("kept.db*")}
            modes.pop("kept.db.ca.pem")
            assert set(modes.values()) == {0o600}, modes
            assert {"kept.db", "kept.db-wal", "kept.db-shm", "kept.db.lock", "kept.db.ca.key"} <= set(modes)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["kept.db", "kept.db.ca.key", "kept.db.ca.pem"]


def test_nothing_is_open_to_others_whatever_the_umask(tmp_path: Path) -> None:
    """Under umask 0 too, all that a sandbox writes is for its owner alone, but for the certificate to trust."""
    script = (
        "import os, sys; os.umask(0); os.execv(sys.executable, [sys.executable, '-m', 'fenzu', 'sandbox', "
        "'--port', '0', '--control-port', '0', '--store', 'a.db', '--tls', '--until-stdin-ends'])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout and process.stdin
        assert process.stdout.readline().startswith(b'{"ready":true')
        modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
        process.stdin.close()
        process.wait(20)
    assert modes.pop("a.db.ca.pem") == 0o644
    assert len(modes) >= 4
    assert set(modes.values()) == {0o600}, modes


def test_an_exposed_control_port_speaks_tls_too(tmp_path: Path) -> None:
    """With --tls the key does not cross the network in the clear either."""
    key = tmp_path / "key"
    key.touch(0o600)
    key.write_text("0123456789abcdef")
    arguments = ("--host", "0.0.0.0", "--expose", "--tls", "--control-key-file", str(key))
    with SandboxProcess(*arguments) as process:
        url, ca_file = process.ready.control_url, process.ready.ca_file
        assert url.startswith("https://127.0.0.1:")
        with Control(url, key=key.read_text(), ca_file=ca_file) as control:
            assert control.health().ready
            assert list(control.requests.stream(timeout=0.1)) == []
    assert "in the clear" not in process.stderr


def test_options_that_need_each_other() -> None:
    """A folder for an authority that nothing uses is a mistake."""
    with pytest.raises(SandboxFailed, match=r"exit code 2.*\n.*--ca-folder needs"):
        SandboxProcess("--ca-folder", ".").start()


def test_a_taken_proxy_port_is_told(secure: SandboxProcess) -> None:
    """The refusal names the option that helps."""
    assert secure.ready.proxy_url
    with pytest.raises(SandboxFailed, match=r"cannot listen.*--proxy-port"):
        SandboxProcess("--proxy-port", str(urlsplit(secure.ready.proxy_url).port)).start()


@both
@pytest.mark.parametrize(
    ("effect", "heard"),
    [
        ("lost_answer", rb""),
        ("reset", rb"HTTP/1.1 200 OK.*\r\n\r\n{\"groups\":.*[^}]"),
        ("empty", rb".*length: 0\r\n\r\n"),
    ],
)
def test_faults_are_the_same_inside_tls(
    secure: SandboxProcess, connect: Open, effect: str, heard: bytes
) -> None:
    """An answer that is lost, broken off or emptied on request is so in a tunnel and over https, too."""
    with Control(secure.ready.control_url) as control:
        made = control.accounts.create()
        rule = {"rules": [{"call": "groups.list", "effect": effect}], "seed": 1}
        body = msgspec.json.encode(rule)
        head = f"PUT /accounts/{made.appid}/faults HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
        assert ask(secure.ready.control_url, head.encode() + body).startswith(b"HTTP/1.1 200")
    with Client(
        made.appid, made.secret, base_url=secure.ready.base_url, ca_file=secure.ready.ca_file
    ) as account:
        token = account.token().encode()
    with connect(secure) as connection:
        connection.send(GET.replace(b"/get ", b"/get?access_token=" + token + b" "))
        if effect == "empty":
            assert re.fullmatch(heard, connection.read_answer(), re.DOTALL)
        else:
            assert re.fullmatch(heard, connection.read_all(), re.DOTALL)
