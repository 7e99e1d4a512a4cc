"""HTTP on one connection, without a socket: what is answered, what is refused, and what is closed when."""

import weakref

import pytest
from tests.unit.sandbox.http.wire_tap import Tap
from uvicorn._types import HTTPScope

from fenzu.sandbox.control.app import make_gate
from fenzu.sandbox.control.refusals import ControlProtocol
from fenzu.sandbox.http.hosts import Hosts
from fenzu.sandbox.http.limits import PIECE, Limits
from fenzu.sandbox.http.protocol import LimitedProtocol

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
SLOW = b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD_ONLY = b"POST /a HTTP/1.1\r\nContent-Length: %d\r\n\r\n"
CHUNKED = b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
SMALL = Limits(head_bytes=2000, body_bytes=50_000)


def status(answer: bytes) -> int:
    """The status of the first answer."""
    return int(answer.split(b" ", 2)[1])


def bodies(answers: bytes) -> list[bytes]:
    """The bodies of answers that hold no line break."""
    return [part.split(b"HTTP/1.1")[0] for part in answers.split(b"\r\n\r\n")[1:]]


async def test_a_request_is_answered_with_the_platforms_headers() -> None:
    """An answer has status 200, the platform's odd Content-Type, its length, and nothing more."""
    answer = await Tap().send(GET)
    assert answer == (
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json; encoding=utf-8\r\ncontent-length: 8\r\n\r\nGET /a 0"
    )


async def test_connections_are_kept_alive() -> None:
    """Request after request is answered on one connection."""
    tap = Tap()
    assert [status(await tap.send(GET)) for _ in range(3)] == [200, 200, 200]
    assert not tap.wire.closed


@pytest.mark.parametrize("size", [1, 7, 100])
async def test_a_request_may_come_in_pieces(size: int) -> None:
    """Where the network cuts a request does not matter."""
    request = HEAD_ONLY % 11 + b"hello world"
    pieces = [request[start : start + size] for start in range(0, len(request), size)]
    assert bodies(await Tap().send(*pieces)) == [b"POST /a 11"]


async def test_pipelined_requests_are_answered_in_order() -> None:
    """Requests sent at once are answered one after another, also behind one that takes its time."""
    tap = Tap()
    assert await tap.send(SLOW + GET + HEAD_ONLY % 2 + b"hi") == b""
    tap.platform.gate.set()
    assert bodies(await tap.read()) == [b"GET /slow 0", b"GET /a 0", b"POST /a 2"]


async def test_a_flood_of_pipelined_requests_waits_outside() -> None:
    """While an answer is owed, at most a piece of what comes next is taken up, so that memory stays bounded."""
    tap = Tap()
    flood = GET * (4 * PIECE // len(GET))
    await tap.send(SLOW + flood)
    assert not tap.wire.reading
    assert len(tap.protocol.queue) <= PIECE // len(GET) + 1
    tap.platform.gate.set()
    for _ in range(200):
        await tap.read()
    assert len(tap.platform.asked) == 1 + len(flood) // len(GET)
    assert tap.wire.reading


async def test_a_half_closed_connection_gets_its_answers() -> None:
    """Who says that nothing more will come still gets what was asked for, then the close."""
    tap = Tap()
    await tap.send(SLOW + GET)
    await tap.end()
    assert not tap.wire.closed
    tap.platform.gate.set()
    assert bodies(await tap.read()) == [b"GET /slow 0", b"GET /a 0"]
    assert tap.wire.closed


@pytest.mark.parametrize("part", [b"GET /a HT", HEAD_ONLY % 5 + b"hi", CHUNKED + b"5\r\nhe"])
async def test_a_request_cut_off_by_a_half_close_is_refused(part: bytes) -> None:
    """A request that can never be complete is refused at once."""
    tap = Tap()
    await tap.send(part)
    assert status(await tap.end()) == 400
    assert tap.wire.closed


async def test_an_idle_connection_that_ends_is_closed() -> None:
    """Nothing is owed, nothing is said."""
    tap = Tap()
    assert await tap.end() == b""
    assert tap.wire.closed


@pytest.mark.parametrize(
    "garbage",
    [
        b"\xff\xfe\x00\x01",
        b"nonsense\r\n\r\n",
        b"GET /a b HTTP/1.1\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"CONNECT /a HTTP/1.1\r\nHost: a\r\n\r\n",
        b"CONNECT * HTTP/1.1\r\nHost: a\r\n\r\n",
        b"CONNECT http://a/b HTTP/1.1\r\nHost: a\r\n\r\n",
        b"CONNECT /a HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        b"POST /a HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        b"POST /a HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
        b"POST /a HTTP/1.1\r\nContent-Length: -3\r\n\r\n",
        CHUNKED + b"zz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
async def test_malformed_http_is_refused_and_closed(garbage: bytes) -> None:
    """What is no HTTP, or could be read in two ways, gets 400 and the end of the connection."""
    tap = Tap()
    assert status(await tap.send(garbage)) == 400
    assert tap.wire.half_closed
    assert await tap.send(GET) == b""


@pytest.mark.parametrize(
    ("sent", "status_line"),
    [
        ((b"garbage\r\n\r\n",), b"400 Bad Request"),
        ((b"GET /a HTTP/1.1\r\nx: " + b"x" * 20_000 + b"\r\n\r\n",), b"431 Request Header Fields Too Large"),
        ((HEAD_ONLY % 50_001, b"x" * 50_001), b"413 Content Too Large"),
        ((b"GET /a",), b"408 Request Timeout"),
    ],
)
async def test_the_control_port_refuses_in_both_languages(
    sent: tuple[bytes, ...], status_line: bytes
) -> None:
    """What is no request gets words in English and in Chinese there; the platform's port has English ones alone."""
    refusals: list[tuple[bytes, str]] = []
    for protocol in (ControlProtocol, LimitedProtocol):
        tap = Tap(SMALL, protocol=protocol)
        answer = await tap.send(*sent) or await tap.pass_time(SMALL.request_seconds + 1)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 " + status_line + b"\r\n")
        assert b"content-length: %d\r\n" % len(body) in head
        refusals.append((head, body.decode()))
    (head, words), (plain_head, plain) = refusals
    assert b"charset=utf-8" in head and b"charset" not in plain_head
    assert [line.isascii() for line in words.splitlines()] == [True, False]
    assert plain == status_line.decode()


async def test_garbage_behind_a_request_does_not_spoil_its_answer() -> None:
    """Earlier requests are answered before the refusal."""
    tap = Tap()
    assert await tap.send(SLOW + b"garbage\r\n\r\n") == b""
    tap.platform.gate.set()
    answers = await tap.read()
    assert answers.startswith(b"HTTP/1.1 200")
    assert b"HTTP/1.1 400" in answers


async def test_a_refused_connection_is_read_to_its_end_before_it_is_closed() -> None:
    """A close with bytes unread would take the refusal back; the client's own end, or time, closes it."""
    tap = Tap()
    await tap.send(b"garbage\r\n\r\n")
    assert (tap.wire.half_closed, tap.wire.closed) == (True, False)
    await tap.pass_time(SMALL.linger_seconds + 1)
    assert tap.wire.aborted


async def test_a_body_may_be_as_large_as_the_limit() -> None:
    """The last byte that is allowed is taken."""
    tap = Tap(SMALL)
    assert bodies(await tap.send(HEAD_ONLY % SMALL.body_bytes, b"x" * SMALL.body_bytes)) == [b"POST /a 50000"]


@pytest.mark.parametrize(
    "pieces",
    [
        (HEAD_ONLY % 50_001, b"x" * 50_001),
        (CHUNKED, b"5\r\nhello\r\n" * 10_001),
        (CHUNKED, b"5;" + b"e" * 500_000),
        (CHUNKED, b"0\r\n" + b"a: b\r\n" * 100_000),
    ],
    ids=["length", "chunks", "chunk-extension", "trailers"],
)
async def test_a_body_over_the_limit_is_refused(pieces: tuple[bytes, ...]) -> None:
    """However a body grows too large, 413 ends it."""
    tap = Tap(SMALL)
    assert status(await tap.send(*pieces)) == 413
    assert tap.wire.half_closed


async def test_a_body_that_nobody_will_read_is_not_kept() -> None:
    """A request that is refused by its head gets its answer after the body, of which nothing stays in memory."""
    tap = Tap(SMALL, takes_body=make_gate(Hosts()))
    await tap.send(b"POST /a HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 40000\r\n\r\n", b"x" * 30_000)
    assert tap.protocol.body == b""
    assert bodies(await tap.send(b"x" * 10_000)) == [b"POST /a 0"]
    own = b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello"
    assert bodies(await tap.send(own)) == [b"POST /a 5"]


async def test_trailers_are_read_over() -> None:
    """Headers after a chunked body are allowed and mean nothing."""
    tap = Tap()
    assert bodies(await tap.send(CHUNKED + b"2\r\nhi\r\n0\r\nContent-Type: x\r\n\r\n")) == [b"POST /a 2"]
    assert tap.protocol.scope["headers"] == [(b"transfer-encoding", b"chunked")]


@pytest.mark.parametrize(
    "pieces",
    [
        (b"GET /a HTTP/1.1\r\nX: " + b"a" * 2100 + b"\r\n\r\n",),
        (b"GET /" + b"a" * 20_000,),
        (b"GET /a HTTP/1.1\r\n", *[b"a: b\r\n"] * 5000),
    ],
    ids=["complete", "endless-path", "drop-by-drop"],
)
async def test_a_head_over_the_limit_is_refused(pieces: tuple[bytes, ...]) -> None:
    """However a head grows too large, 431 ends it."""
    tap = Tap(SMALL)
    assert status(await tap.send(*pieces)) == 431


async def test_a_head_just_below_the_limit_is_taken() -> None:
    """The limit counts the head alone, whatever comes with it."""
    tap = Tap(SMALL)
    head = b"POST /a HTTP/1.1\r\nX: " + b"a" * 1900 + b"\r\nContent-Length: 40000\r\n\r\n"
    assert bodies(await tap.send(head + b"x" * 40_000)) == [b"POST /a 40000"]


@pytest.mark.parametrize("part", [b"GET /a HT", HEAD_ONLY % 5 + b"hi", CHUNKED + b"5\r\nhe", GET + b"GET"])
async def test_a_slow_request_is_refused_in_time(part: bytes) -> None:
    """A request that is not complete in time gets 408, however it dawdles: the clock runs from its first byte."""
    tap = Tap()
    await tap.send(part)
    assert await tap.pass_time(tap.limits.request_seconds - 1) == b""
    assert status(await tap.pass_time(tap.limits.request_seconds + 1)) == 408


async def test_dripping_does_not_stretch_the_time() -> None:
    """A byte now and then does not put the end off."""
    tap = Tap()
    await tap.send(b"GET /a HTTP/1.1\r\n")
    before = tap.protocol.deadline
    await tap.send(b"X: y\r\n", b"Z")
    assert tap.protocol.deadline == before


async def test_a_connection_without_a_request_is_closed() -> None:
    """Who connects and says nothing is let go without a word."""
    tap = Tap()
    assert await tap.pass_time(tap.limits.request_seconds + 1) == b""
    assert tap.wire.closed


async def test_a_kept_connection_may_idle_longer() -> None:
    """Clients keep connections for later; between requests there is more time than inside one."""
    tap = Tap()
    await tap.send(GET)
    await tap.pass_time(tap.limits.idle_seconds - 1)
    assert not tap.wire.closed
    await tap.pass_time(tap.limits.idle_seconds + 1)
    assert tap.wire.closed


async def test_our_own_slowness_is_not_held_against_the_client() -> None:
    """While an answer is owed no deadline ends the connection, not even with half a request behind it."""
    tap = Tap()
    await tap.send(SLOW + GET + b"GET /b")
    await tap.pass_time(1000)
    tap.platform.gate.set()
    assert bodies(await tap.read()) == [b"GET /slow 0", b"GET /a 0"]


async def test_a_client_that_does_not_read_is_cut_off() -> None:
    """An answer that nobody takes is not kept for ever."""
    tap = Tap()
    await tap.send(GET)
    tap.protocol.pause_writing()
    await tap.pass_time(tap.limits.answer_seconds - 1)
    assert not tap.wire.closed
    tap.protocol.resume_writing()
    tap.protocol.pause_writing()
    await tap.pass_time(tap.limits.answer_seconds + 1)
    assert tap.wire.aborted


async def test_a_closing_connection_is_not_waited_for_without_end() -> None:
    """A connection that is to be closed but whose client does not read is cut off in the end."""
    tap = Tap()
    await tap.send(b"GET /a HTTP/1.0\r\n\r\n")
    await tap.pass_time(0)
    assert (tap.wire.closed, tap.wire.aborted) == (True, False)
    await tap.pass_time(tap.limits.answer_seconds + 1)
    assert tap.wire.aborted


@pytest.mark.parametrize("together", [True, False])
async def test_an_offer_to_upgrade_is_passed_over(together: bool) -> None:
    """Java's client offers HTTP/2 in its first request; the request itself is answered, with its body."""
    head = (
        b"POST /a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        b"HTTP2-Settings: AA\r\nContent-Type: t/t\r\nContent-Length: 5\r\n\r\n"
    )
    heads: list[HTTPScope] = []

    def note(scope: HTTPScope) -> bool:
        heads.append(scope)
        return True

    tap = Tap(takes_body=note)
    pieces = (head + b"hello" + GET,) if together else (head, b"hello", GET)
    assert bodies(await tap.send(*pieces)) == [b"POST /a 5", b"GET /a 0"]
    assert tap.platform.asked[0][3] == b"hello"
    assert dict(heads[0]["headers"])[b"content-type"] == b"t/t"


async def test_an_offer_to_upgrade_leaves_the_wish_to_close() -> None:
    """What else the Connection header says counts: the answer is the last one."""
    tap = Tap()
    answer = await tap.send(b"GET /a HTTP/1.1\r\nConnection: close, Upgrade\r\nUpgrade: h2c\r\n\r\n")
    assert b"connection: close" in answer
    assert tap.wire.closed


async def test_every_request_of_a_connection_may_offer_to_upgrade() -> None:
    """An offer is passed over as often as it is made, once in each request."""
    offer = b"GET /a HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    assert bodies(await Tap().send(offer, offer, offer + offer)) == [b"GET /a 0"] * 4


async def test_expecting_clients_are_told_to_go_on() -> None:
    """A client that waits for 100 Continue gets it before its body."""
    tap = Tap()
    first = await tap.send(b"POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    assert first == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert bodies(await tap.send(b"hi")) == [b"POST /a 2"]


async def test_a_client_that_leaves_costs_nothing() -> None:
    """A connection lost in the middle of a body or behind a flood leaves nothing running."""
    tap = Tap()
    await tap.send(HEAD_ONLY % 100 + b"hi")
    tap.protocol.connection_lost(None)
    await tap.read()
    assert not tap.state.tasks
    assert not tap.state.connections
    left = weakref.ref(tap.protocol)
    del tap.protocol
    assert left() is None, "its body waits for the garbage collector"


async def test_no_more_than_a_close_follows_a_refusal() -> None:
    """A refusal that has to wait for answers stays the only one, whatever else goes wrong meanwhile."""
    tap = Tap()
    await tap.send(SLOW + HEAD_ONLY % 50 + b"abc")
    await tap.end()
    tap.platform.gate.set()
    answers = await tap.read()
    assert answers.count(b"HTTP/1.1 ") == 2
    assert b"HTTP/1.1 400" in answers
    assert tap.wire.closed
