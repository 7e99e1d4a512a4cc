"""What a connection may cost, on real sockets: slow senders, large requests, garbage, crowds."""

import selectors
import time
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from fenzu.control import Control
from fenzu.testing import SandboxProcess
from tests.process.sockets import Plain, ask

GET = b"GET /cgi-bin/groups/get HTTP/1.1\r\nHost: localhost\r\n\r\n"
MISSING = b'{"errcode":41001,"errmsg":"access_token missing"}'
HEAD_ONLY = b"POST /cgi-bin/groups/create HTTP/1.1\r\nContent-Length: %d\r\n\r\n"
MEBIBYTE = 1024 * 1024
LONG = 30.0
"""Seconds after which something stands still; a half request is let down after some nine."""
Record: TypeAlias = Callable[[str, object], None]


@pytest.fixture
def base_url(sandbox: SandboxProcess) -> Iterator[str]:
    """The platform's port of the session's sandbox; afterwards it still answers, and has not shown a trace."""
    yield sandbox.ready.base_url
    assert ask(sandbox.ready.base_url, GET).endswith(MISSING)
    assert "Traceback" not in sandbox.stderr


def status(answer: bytes) -> int:
    """The status of the first answer."""
    return int(answer.split(b" ", 2)[1])


def test_the_answer_is_framed_as_the_platforms(base_url: str) -> None:
    """Status 200, the platform's Content-Type, the length, and the connection stays open."""
    with Plain(base_url) as connection:
        for _ in range(3):
            connection.send(GET)
            assert connection.read_answer() == (
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json; encoding=utf-8\r\ncontent-length: 49\r\n\r\n"
                + MISSING
            )


def test_pipelined_requests_are_all_answered(base_url: str) -> None:
    """Ten thousand requests sent without waiting get ten thousand answers."""
    assert ask(base_url, GET * 10_000).count(MISSING) == 10_000


def test_an_unknown_path_is_the_platforms_to_refuse(base_url: str) -> None:
    """There is no 404: an unknown path answers 40066 like the platform."""
    assert ask(base_url, b"GET /favicon.ico HTTP/1.1\r\nHost: localhost\r\n\r\n").endswith(
        b'{"errcode":40066,"errmsg":"invalid url"}'
    )


@pytest.mark.parametrize("size", [MEBIBYTE, MEBIBYTE + 1])
def test_a_body_may_have_one_mebibyte(base_url: str, size: int) -> None:
    """The last byte that is allowed reaches the platform, the next one does not."""
    answer = ask(base_url, HEAD_ONLY % size + b"x" * size)
    assert status(answer) == (200 if size == MEBIBYTE else 413)


def test_a_body_of_any_size_is_told_so(base_url: str) -> None:
    """Who sends far too much still gets to read why, instead of a broken connection."""
    assert status(ask(base_url, HEAD_ONLY % (40 * MEBIBYTE) + b"x" * (40 * MEBIBYTE))) == 413


def test_chunked_bodies_are_counted_as_they_come(base_url: str) -> None:
    """A body without a length is stopped at the same limit."""
    chunks = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    head = b"POST /cgi-bin/groups/create HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert ask(base_url, head + chunks * 32 + b"0\r\n\r\n").endswith(MISSING)
    assert status(ask(base_url, head + chunks * 33)) == 413


@pytest.mark.parametrize("size", [60_000, 70_000, 5_000_000])
def test_a_head_may_have_64_kibibytes(base_url: str, size: int) -> None:
    """Large headers are taken up to the limit, and refused beyond it."""
    answer = ask(base_url, b"GET / HTTP/1.1\r\nX: " + b"a" * size + b"\r\n\r\n")
    assert status(answer) == (200 if size == 60_000 else 431)


@pytest.mark.parametrize(
    "lengths", [b"5\r\nContent-Length: 5", b"5\r\nContent-Length: 6", b"5, 5", b"+5", b"5 5"]
)
def test_a_length_in_doubt_is_refused(base_url: str, lengths: bytes) -> None:
    """What two servers could read in two ways is not read at all."""
    head = b"POST /cgi-bin/groups/create HTTP/1.1\r\nContent-Length: " + lengths
    assert status(ask(base_url, head + b"\r\n\r\nhello")) == 400


def test_a_crowd_of_half_requests_slows_nobody(base_url: str, record_property: Record) -> None:
    """800 connections that have sent half a head are closed after some seconds, told why; others are answered as ever.

    So are half a body and one that sends nothing, and the time is the real one. How long the crowd stood and the
    slowest answer are reported; who had to wait for the crowd's end would find somebody let down after seven seconds.
    """
    begin, slowest = time.monotonic(), 0.0
    crowd = [Plain(base_url) for _ in range(800)]
    try:
        for connection in crowd:
            connection.send(b"GET /cgi-bin/groups/get HTTP/1.1\r\nX: ")
        with Plain(base_url) as body, Plain(base_url) as silent, selectors.DefaultSelector() as ready:
            body.send(HEAD_ONLY % 100 + b"{")
            for connection in (*crowd, body, silent):
                connection.socket.settimeout(LONG)
                ready.register(connection.socket, selectors.EVENT_READ)
            with Plain(base_url) as other:
                while time.monotonic() < begin + 7:
                    slowest = max(slowest, seconds_of_an_answer(other))
                    time.sleep(0.01)
                assert ready.select(0) == [], "nobody in the crowd was let down meanwhile"
            with Plain(base_url) as other:
                while len(ready.select(0)) < len(crowd) + 2:
                    slowest = max(slowest, seconds_of_an_answer(other))
                    assert time.monotonic() < begin + LONG
                    time.sleep(0.01)
            record_property("the last half request is closed after, seconds", time.monotonic() - begin)
            assert {status(connection.read_all()) for connection in crowd} == {408}
            assert status(body.read_all()) == 408
            assert silent.read_all() == b""
    finally:
        for connection in crowd:
            connection.socket.close()
    record_property("slowest answer beside 800 half requests, seconds", slowest)
    print(f"slowest answer beside 800 half requests: {slowest * 1000:.1f} ms")


def seconds_of_an_answer(connection: Plain) -> float:
    begin = time.perf_counter()
    connection.send(GET)
    assert connection.read_answer().endswith(MISSING)
    return time.perf_counter() - begin


def test_the_control_port_takes_long_lists(sandbox: SandboxProcess, control: Control) -> None:
    """A hundred thousand openids in one request are a large body and a welcome one."""
    made = control.accounts.create()
    openids = [f"o{number:027d}" for number in range(100_000)]
    assert control.followers.add(made.appid, openids=openids).followers == 100_000


def test_the_control_port_keeps_strangers_out(sandbox: SandboxProcess) -> None:
    """Under a foreign name for this machine nothing is controlled."""
    answer = ask(sandbox.ready.control_url, b"POST /reset HTTP/1.1\r\nHost: evil.example\r\n\r\n")
    assert status(answer) == 403
