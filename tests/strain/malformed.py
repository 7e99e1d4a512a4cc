"""HTTP as it must not be, from a seed: request lines, headers, lengths, chunks, pipelines, and requests cut off.

Each message says how many requests in it may be carried out at most; what two servers could read in two ways counts as
none. It knows nothing of what is answered.
"""

import random
from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

Ending: TypeAlias = Literal["end", "reset", "wait"]
"""What the client does when all is sent: it says that nothing more will come, it is gone, or it waits."""


class Message(msgspec.Struct, frozen=True):
    """Bytes to send on a connection of their own."""

    kind: str
    content: bytes
    at_most: int
    ending: Ending = "end"


GET = b"GET /cgi-bin/groups/get HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
HIDDEN = b"GET /cgi-bin/hidden HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
BODY = b'{"group":{"name":"x"}}'


def post(*headers: bytes, body: bytes = BODY) -> bytes:
    """Return a POST with the headers."""
    head = b"\r\n".join((b"POST /cgi-bin/groups/create HTTP/1.1", b"Host: 127.0.0.1", *headers))
    return head + b"\r\n\r\n" + body


REQUEST_LINES = (
    b"GET",
    b"GET /",
    b"GET  / HTTP/1.1",
    b"GET /\tHTTP/1.1",
    b"get / HTTP/1.1",
    b"G\x00T / HTTP/1.1",
    b"GET / HTTP/9.9",
    b"GET / HTTP/1.1 x",
    b"GET / HTTP/11",
    b"GET / http/1.1",
    b"GET / ICY/1.1",
    b"GET /\x00 HTTP/1.1",
    b"GET /\r HTTP/1.1",
    b"GET /\xff\xfe HTTP/1.1",
    b"GET http://[::1 HTTP/1.1",
    b"GET http:// HTTP/1.1",
    b"GET //\\ HTTP/1.1",
    b"GET * HTTP/1.1",
    b"GET cgi-bin HTTP/1.1",
    b"CONNECT 127.0.0.1:1 HTTP/1.1",
    b"CONNECT / HTTP/1.1",
    b"PRI * HTTP/2.0",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"{}",
    b"",
    b"BREW / HTCPCP/1.0",
    b"GET " + b"/a" * 40_000 + b" HTTP/1.1",
    b"X" * 70_000,
    b"GET /%00%zz%ff HTTP/1.1",
    b"GET /?" + b"&" * 5000 + b" HTTP/1.1",
    b"POST / HTTP/0.9",
)
HEADERS = (
    b"no colon",
    b": no name",
    b"Space : before",
    b" folded: first",
    b"X: a\r\n folded",
    b"X: a\x00b",
    b"X: \x01\x7f",
    b"X\x00: a",
    b"X: \xff\xfe",
    b"\xc3\xa9: a",
    b"X: a\rY: b",
    b"X: a\nY: b",
    b"X(: a",
    b"Host: evil.example",
    b"Host: 127.0.0.1\r\nHost: evil.example",
    b"Host:",
    b"Connection: close, keep-alive, upgrade\r\nUpgrade: websocket",
    b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: x",
    b"Expect: 200-ok",
    b"Expect: 100-continue",
    b"X: " + b"a" * 70_000,
    b"X" * 70_000 + b": a",
    b"\r\n".join(b"X%d: %d" % (number, number) for number in range(3_000)),
    b"\r\n".join(b"X: y" for _ in range(20_000)),
    b"Content-Encoding: gzip",
)
LENGTHS = (
    b"-1",
    b"+5",
    b"5 5",
    b"5, 5",
    b"0x5",
    b"1e3",
    b"5.0",
    b"",
    b"five",
    b"99999999999999999999",
    b"18446744073709551616",
    b"18446744073709551621",
    b"\x35\x00",
    b"5\r\nContent-Length: 6",
    b"5\r\nContent-Length: 5",
    b"\xd9\xa5",
)
ENCODINGS = (
    b"Transfer-Encoding: chunked\r\nContent-Length: 5",
    b"Content-Length: 5\r\nTransfer-Encoding: chunked",
    b"Content-Length: 0\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: chunked, identity",
    b"Transfer-Encoding: xchunked",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    b"Transfer-Encoding: gzip",
    b"Transfer-Encoding: identity",
    b"Transfer-Encoding : chunked",
    b"Transfer-Encoding: \x0bchunked",
    b"Transfer-Encoding: chunked\x00",
    b'Transfer-Encoding: "chunked"',
    b"Transfer-Encoding: 'chunked'",
    b"Transfer-Encoding:\r\n chunked\r\nContent-Length: 5",
    b"Transfer-Encoding: chunked;x=1",
    b"X: y\nTransfer-Encoding: chunked\r\nContent-Length: 5",
)
CHUNKS = (
    b"x\r\nhello\r\n0\r\n\r\n",
    b"-5\r\nhello\r\n0\r\n\r\n",
    b"5\r\nhelloX\r\n0\r\n\r\n",
    b"5 hello\r\n0\r\n\r\n",
    b"0x5\r\nhello\r\n0\r\n\r\n",
    b"fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
    b"ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
    b"7fffffffffffffff\r\nhello\r\n0\r\n\r\n",
    b"\r\n0\r\n\r\n",
    b"5\rhello\r0\r\r",
    b"\x00\r\n\r\n",
)

WORDS = (
    b"GET ",
    b"POST ",
    b"/",
    b" HTTP/1.1\r\n",
    b"\r\n",
    b"\r\n\r\n",
    b"Content-Length: ",
    b"9",
    b"\x00",
    b"Transfer-Encoding: chunked\r\n",
    b"Connection: Upgrade\r\nUpgrade: h2c\r\n",
    b"%",
    b"\xff",
    b":",
)
ODD_CHUNKS = (
    b"5;" + b"x" * 200_000 + b"\r\nhello\r\n0\r\n\r\n",
    b"5\r\nhello\r\n0\r\n" + b"Trailer: x\r\n" * 5_000 + b"\r\n",
    b"1\r\nx\r\n" * 20_000 + b"0\r\n\r\n",
    b"0000000000000005\r\nhello\r\n0\r\n\r\n",
)
"""Odd, but of one meaning."""


def _request_line(rng: random.Random) -> Message:
    return Message("request line", rng.choice(REQUEST_LINES) + b"\r\nHost: 127.0.0.1\r\n\r\n", 1)


def _header(rng: random.Random) -> Message:
    some = rng.choices(HEADERS, k=rng.choice([1, 1, 2]))
    return Message("headers", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"\r\n".join(some) + b"\r\n\r\n", 1)


def _length(rng: random.Random) -> Message:
    return Message("length", post(b"Content-Length: " + rng.choice(LENGTHS), body=b"hello" + HIDDEN), 0)


def _encoding(rng: random.Random) -> Message:
    body = rng.choice([b"0\r\n\r\n" + HIDDEN, b"5\r\nhello\r\n0\r\n\r\n" + HIDDEN, HIDDEN])
    return Message("encoding", post(rng.choice(ENCODINGS), body=body), 0)


def _chunks(rng: random.Random) -> Message:
    return Message("chunks", post(b"Transfer-Encoding: chunked", body=rng.choice(CHUNKS) + HIDDEN), 0)


def _odd_chunks(rng: random.Random) -> Message:
    content = post(b"Transfer-Encoding: chunked", body=rng.choice(ODD_CHUNKS) + HIDDEN)
    return Message("odd chunks", content, 2)


def _pipeline(rng: random.Random) -> Message:
    good = rng.choice([1, 2, 5, 200])
    bad = rng.choice([_request_line, _length, _encoding, _chunks])(rng)
    return Message("pipeline, then " + bad.kind, GET * good + bad.content + GET * 3, good + bad.at_most + 4)


def _cut_off(rng: random.Random) -> Message:
    whole = rng.choice(
        [
            GET,
            post(b"Content-Length: %d" % len(BODY)),
            post(b"Transfer-Encoding: chunked", body=b"5\r\nhello\r\n0\r\n\r\n"),
        ]
    )
    ending: Ending = rng.choice(["end", "end", "reset"])
    return Message("cut off", whole[: rng.randrange(len(whole))], 0, ending)


def _silent(rng: random.Random) -> Message:
    cut = _cut_off(rng)
    return Message("cut off and waiting", cut.content[:-3] or b"G", 0, "wait")


def _mutated(rng: random.Random) -> Message:
    content = bytearray(rng.choice([GET * 2, post(b"Content-Length: %d" % len(BODY)) + GET]))
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        at = rng.randrange(len(content))
        way = rng.randrange(4)
        if way == 0:
            content[at] = rng.randrange(256)
        elif way == 1:
            del content[at : at + rng.randint(1, 5)]
        elif way == 2:
            content[at:at] = rng.choice([b"\r\n", b"\n", b"\r", b"\x00", b":", b" ", b"\xff" * 3])
        else:
            content[at:at] = content[max(0, at - 9) : at]
    return Message("mutated", bytes(content), 4, rng.choice(["end", "end", "end", "reset"]))


def _noise(rng: random.Random) -> Message:
    size = rng.choice([1, 10, 100, 5_000, 100_000])
    return Message("noise", rng.randbytes(size), 0)


def _salad(rng: random.Random) -> Message:
    words = [rng.choice([*WORDS, rng.randbytes(3)]) for _ in range(rng.randrange(1, 30))]
    return Message("salad", b"".join(words), 15)


def _flood(rng: random.Random) -> Message:
    body = b"x" * rng.choice([1024 * 1024 + 1, 3 * 1024 * 1024])
    return Message("too large", post(b"Content-Length: %d" % len(body), body=body), 0)


KINDS: dict[Callable[[random.Random], Message], int] = {
    _request_line: 150,
    _header: 150,
    _length: 120,
    _encoding: 120,
    _chunks: 120,
    _odd_chunks: 10,
    _pipeline: 80,
    _cut_off: 100,
    _silent: 6,
    _mutated: 250,
    _noise: 60,
    _salad: 100,
    _flood: 4,
}


def make_message(rng: random.Random) -> Message:
    """Return another message."""
    return rng.choices(list(KINDS), weights=list(KINDS.values()))[0](rng)
