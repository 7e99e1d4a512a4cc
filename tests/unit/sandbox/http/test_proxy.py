"""The proxy without a socket: which targets it leads to, and what it does with everything else."""

import asyncio
from typing import Any

import pytest
from tests.unit.sandbox.http.wire_tap import Echo, Tap, Wire
from uvicorn.server import ServerState

from fenzu.sandbox.calls.app import make_app
from fenzu.sandbox.http.limits import Limits
from fenzu.sandbox.http.listen import configure
from fenzu.sandbox.http.proxy import (
    NO_TLS,
    NOT_OURS,
    TOLD,
    Early,
    ProxyProtocol,
    Telling,
    leads_to_platform,
    without_secrets,
)
from fenzu.wire.endpoints import PRODUCTION_HOSTS

CONNECT = b"CONNECT api.weixin.qq.com:443 HTTP/1.1\r\nHost: api.weixin.qq.com:443\r\n\r\n"
GET = b"GET http://api.weixin.qq.com/a?b=c HTTP/1.1\r\nHost: api.weixin.qq.com\r\n\r\n"


class ProxyTap(Tap):
    """One connection to a proxy; `opened` are the transports that became tunnels."""

    def __init__(self, limits: Limits | None = None, tell: Telling | None = None) -> None:
        self.platform = Echo()
        self.limits = limits or Limits()
        self.wire = Wire()
        self.state = ServerState()
        self.opened: list[asyncio.Transport] = []
        self.protocol = ProxyProtocol(
            configure(make_app(self.platform)),
            self.state,
            {},
            limits=self.limits,
            open_tunnel=self._open,
            tell=tell or Telling(lambda _text: None, "en"),
        )
        self.protocol.connection_made(self.wire)
        self._waiting = bytearray()

    async def _open(self, transport: asyncio.Transport) -> None:
        self.opened.append(transport)


@pytest.mark.parametrize("host", sorted(PRODUCTION_HOSTS))
def test_the_platforms_hosts_are_led_to(host: str) -> None:
    """By tunnel, and by plain requests with either scheme, as some clients send them to a proxy."""
    assert leads_to_platform(f"{host}:443".encode(), is_connect=True)
    assert leads_to_platform(f"{host.upper()}.:443".encode(), is_connect=True)
    for url in (f"http://{host}/a", f"http://{host}:80/a", f"https://{host}/a?b", f"https://{host}:443/a"):
        assert leads_to_platform(url.encode(), is_connect=False)


@pytest.mark.parametrize(
    "target",
    [
        b"api.weixin.qq.com",
        b"api.weixin.qq.com:80",
        b"api.weixin.qq.com:8443",
        b"mp.weixin.qq.com:443",
        b"api.weixin.qq.com.evil.example:443",
        b"127.0.0.1:443",
        b"[::1]:443",
        b"api.weixin.qq.com:443@evil.example:443",
        b"api.weixin.qq.com:99999",
        b"[:443",
        b"",
    ],
)
def test_no_other_tunnel_is_granted(target: bytes) -> None:
    """Another host, another port, and what only looks like one of ours lead nowhere."""
    assert not leads_to_platform(target, is_connect=True)


@pytest.mark.parametrize(
    "target",
    [
        b"/cgi-bin/token",
        b"*",
        b"http://example.com/a",
        b"http://api.weixin.qq.com:8060/a",
        b"https://api.weixin.qq.com:80/a",
        b"ftp://api.weixin.qq.com/a",
        b"http://api.weixin.qq.com@evil.example/a",
        b"http://[/a",
    ],
)
def test_no_other_request_is_answered(target: bytes) -> None:
    """A request without a host is none for a proxy, and one for another host is not ours to answer."""
    assert not leads_to_platform(target, is_connect=False)


async def test_a_plain_request_is_answered_here() -> None:
    """The request's path and query reach the platform as they would at its own port, whatever Host says."""
    tap = ProxyTap()
    answer = await tap.send(GET.replace(b"Host: api.weixin.qq.com", b"Host: localhost:8063") + GET)
    assert answer.count(b"GET /a 0") == 2
    assert tap.platform.asked[0][:3] == ("GET", "/a", b"b=c")


async def test_a_tunnel_is_granted_and_handed_on() -> None:
    """After 200 nothing is read until TLS has taken over, and the proxy's own deadlines hold no more."""
    tap = ProxyTap()
    assert await tap.send(CONNECT) == b"HTTP/1.1 200 Connection established\r\n\r\n"
    assert tap.opened == [tap.wire]
    assert not tap.wire.reading
    assert tap.protocol not in tap.state.connections


async def test_a_client_may_say_more_before_its_tunnel() -> None:
    """Plain requests and a tunnel may share a connection, one after the other."""
    tap = ProxyTap()
    await tap.send(GET)
    assert await tap.send(CONNECT) == b"HTTP/1.1 200 Connection established\r\n\r\n"


@pytest.mark.parametrize("request_", [CONNECT + b"\x16\x03\x01", CONNECT + b"x" * 40_000, CONNECT + CONNECT])
async def test_nobody_speaks_before_the_tunnel_is_granted(request_: bytes) -> None:
    """Bytes behind the request would be lost, so it is refused."""
    tap = ProxyTap()
    assert (await tap.send(request_)).startswith(b"HTTP/1.1 400")
    assert tap.opened == []


async def test_a_tunnel_waits_for_no_answer() -> None:
    """A tunnel asked for while an answer is under way is refused, after that answer."""
    tap = ProxyTap()
    await tap.send(GET.replace(b".com/a", b".com/slow"))
    await tap.send(CONNECT)
    tap.platform.gate.set()
    answer = await tap.read()
    assert answer.index(b"GET /slow") < answer.index(b"HTTP/1.1 400")
    assert tap.opened == []


async def test_others_are_refused_with_words_and_told_once() -> None:
    """The client reads where the proxy leads to; whoever started the sandbox reads who asked for what, once."""
    told: list[str] = []
    tell = Telling(told.append, "en")
    for request in (b"CONNECT example.com:443", b"GET http://example.com/?access_token=CANARY") * 2:
        tap = ProxyTap(tell=tell)
        answer = await tap.send(request + b" HTTP/1.1\r\nHost: example.com\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 403")
        assert b"api.weixin.qq.com" in answer
        assert (tap.platform.asked, tap.opened) == ([], [])
    assert [text.partition(": it")[0].rpartition(" ")[2] for text in told] == [
        "example.com:443",
        "http://example.com/",
    ]


async def test_slow_and_large_heads_are_ended() -> None:
    """The limits of the other ports hold here."""
    slow = ProxyTap()
    await slow.send(b"CONNECT api.weixin.qq.com:443 HTTP/1.1\r\n")
    assert (await slow.pass_time(9.5)).startswith(b"HTTP/1.1 408")
    idle = ProxyTap()
    await idle.pass_time(9.5)
    assert idle.wire.closed
    large = ProxyTap()
    head = b"CONNECT api.weixin.qq.com:443 HTTP/1.1\r\nX: " + b"x" * 90_000
    assert (await large.send(head)).startswith(b"HTTP/1.1 431")


def test_what_is_told_has_an_end_and_no_escapes() -> None:
    """A scanner fills no log and writes no control characters to a terminal."""
    told: list[str] = []
    tell = Telling(told.append, "zh")
    for number in range(2 * TOLD):
        tell(NOT_OURS, f"\x1b[31m{number}" + "x" * 5000)
    tell(NO_TLS, "again")
    assert len(told) == TOLD
    assert all("\x1b" not in text and len(text) < 300 for text in told)


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("http://ann:pass@example.com/a?b=c", "http://example.com/a"),
        ("HTTPS://ann@example.com:8443", "HTTPS://example.com:8443"),
        ("ann:p@ss@example.com:443", "example.com:443"),
        ("http://example.com/@a", "http://example.com/@a"),
        ("/a@b?c", "/a@b"),
    ],
)
def test_what_is_told_of_a_target_holds_no_password(target: str, shown: str) -> None:
    """A client that goes astray with credentials in its URL does not find them in the sandbox's output."""
    assert without_secrets(target) == shown


@pytest.mark.parametrize("lost", [False, True])
async def test_what_comes_with_the_handshake_is_not_lost(lost: bool) -> None:
    """A request that arrives with the end of the handshake is answered; a client that is gone is let go."""
    tap, early = Tap(), Early()
    tap.state.connections.clear()
    wire: Any = Wire()
    wire.set_protocol = lambda protocol: None
    early.data_received(b"GET /a HTTP/1.1\r\n")
    early.data_received(b"\r\n")
    if lost:
        early.connection_lost(None)
    early.hand_over(wire, tap.protocol)
    await tap.read()
    assert wire.aborted == lost
    assert bool(wire.sent) != lost
