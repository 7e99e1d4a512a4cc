"""Which names a port answers to, and what the connection does about the others."""

import pytest
from tests.unit.sandbox.http.wire_tap import Tap

from fenzu.errors import UsageError
from fenzu.sandbox.http.hosts import REMEMBERED, Hosts
from fenzu.sandbox.run.settings import Settings, check

HOSTS = Hosts(("sandbox.internal", "192.168.0.7"))


@pytest.mark.parametrize(
    "host",
    [
        b"localhost",
        b"LOCALHOST:8060",
        b"localhost.:8060",
        b"127.0.0.1:8060",
        b"127.8.9.10",
        b"[::1]:8060",
        b"sandbox.internal:1",
        b"192.168.0.7:8060",
    ],
)
def test_own_names_are_answered(host: bytes) -> None:
    """Loopback, and the names that were given at the start, are this sandbox, with a port or without."""
    assert HOSTS.admits(host)
    assert host in HOSTS.known


@pytest.mark.parametrize(
    "host",
    [b"", b"[", b"evil.example", b"127.0.0.1.evil.example:8060", b"localhost.evil.example", b"10.0.0.1"],
)
def test_other_names_are_not(host: bytes) -> None:
    """A name that somebody else may point at this machine is not this sandbox."""
    assert not HOSTS.admits(host)
    assert host not in HOSTS.known


def test_an_address_rebinds_to_nothing() -> None:
    """Where a port is open to other machines every address is right, and still no foreign name."""
    exposed = Hosts(any_address=True)
    assert exposed.admits(b"10.0.0.1:8060")
    assert exposed.admits(b"[fe80::1]:8060")
    assert not exposed.admits(b"evil.example")


def test_what_is_remembered_is_bounded() -> None:
    """Ten thousand spellings of a right name do not fill the memory."""
    hosts = Hosts()
    assert all(hosts.admits(b"localhost:%d" % port) for port in range(10_000))
    assert len(hosts.known) == REMEMBERED


@pytest.mark.parametrize("name", ["", "sandbox:8060", "http://sandbox", "a/b", "a@b", "*.internal", "a b"])
def test_a_name_is_a_name(name: str) -> None:
    """An --allow-host that no Host header could match is refused at the start."""
    with pytest.raises(UsageError, match="no host name"):
        check(Settings(allow_host=(name,)))


@pytest.mark.parametrize("name", ["sandbox", "my_sandbox.internal", "10.1.2.3", "fd00::1"])
def test_names_and_addresses_may_be_allowed(name: str) -> None:
    """What others reach the sandbox by may be told, with underscores and colons as networks have them."""
    check(Settings(allow_host=(name,)))
    assert Hosts([name]).admits(b"[%b]:8060" % name.encode() if ":" in name else name.encode())


@pytest.mark.parametrize(
    ("name", "asked"),
    [("沙箱.cn", b"xn--xuwy53a.cn:8060"), ("FD00:0:0::1", b"[fd00::1]:8060"), ("x" * 70 + "é", b"localhost")],
)
def test_a_name_is_known_as_clients_send_it(name: str, asked: bytes) -> None:
    """A Chinese name comes in ASCII, an address in its short form; one that cannot be sent does no harm."""
    check(Settings(allow_host=(name,)))
    assert Hosts([name]).admits(asked)


async def test_a_foreign_name_is_refused_before_its_body() -> None:
    """A rebound page gets 403 and words as soon as its Host header is there, and the platform hears nothing of it."""
    tap = Tap(hosts=Hosts())
    answer = await tap.send(b"POST /a HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 9\r\n")
    assert answer.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert b"--allow-host" in answer
    assert b"access-control" not in answer.lower()
    assert tap.wire.half_closed
    assert tap.platform.asked == []


async def test_every_host_header_counts() -> None:
    """A second Host header does not make up for a first one."""
    for hosts in (b"Host: localhost\r\nHost: evil.example", b"Host: evil.example\r\nHost: localhost"):
        tap = Tap(hosts=Hosts())
        assert (await tap.send(b"GET /a HTTP/1.1\r\n" + hosts + b"\r\n\r\n")).startswith(b"HTTP/1.1 403")


async def test_own_names_and_none_are_answered() -> None:
    """Programs that send no Host header at all are no browsers and are answered, as are those that send ours."""
    tap = Tap(hosts=Hosts())
    for head in (b"Host: localhost:8060\r\n", b"Host: 127.0.0.1\r\n", b""):
        assert (await tap.send(b"GET /a HTTP/1.1\r\n" + head + b"\r\n")).endswith(b"GET /a 0")


async def test_earlier_requests_are_answered_first() -> None:
    """What stands before a refused request on the connection gets its answer."""
    tap = Tap(hosts=Hosts())
    own, foreign = (b"GET /a HTTP/1.1\r\nHost: %b\r\n\r\n" % name for name in (b"localhost", b"evil.example"))
    answer = await tap.send(own + foreign + own)
    assert answer.count(b"HTTP/1.1 200") == 1
    assert answer.index(b"HTTP/1.1 200") < answer.index(b"HTTP/1.1 403")
