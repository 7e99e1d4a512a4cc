"""What a connection may cost in bytes and seconds, and the words with which one that costs more is let go."""

import msgspec

from fenzu.wire.limits import BODY_BYTES

PIECE = 16 * 1024
"""How much is parsed at a time: a flood of pipelined requests is taken up in pieces, each when the last is answered."""


class Limits(msgspec.Struct, frozen=True):
    """What a connection may cost. A request that is not complete `request_seconds` after its first byte is refused."""

    head_bytes: int = 64 * 1024
    body_bytes: int = BODY_BYTES
    request_seconds: float = 9.0
    idle_seconds: float = 75.0
    linger_seconds: float = 2.0
    answer_seconds: float = 60.0

    @property
    def message_bytes(self) -> int:
        """The most that a request may take with all its chunk sizes and trailers."""
        return self.head_bytes + 8 * self.body_bytes

    @property
    def sweep_seconds(self) -> float:
        """How often deadlines are looked at; one look at all connections is cheaper than a timer for each request."""
        return min(0.5, self.request_seconds / 4)


def refusal(status: str, advice: str = "") -> bytes:
    """Return an answer that refuses a request and ends the connection."""
    words = f"{status}: {advice}".encode() if advice else status.encode()
    kind = b"text/plain" if words.isascii() else b"text/plain; charset=utf-8"
    head = b"HTTP/1.1 %b\r\ncontent-type: %b\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
    return head % (status.encode(), kind, len(words)) + words


REFUSALS = {
    400: refusal("400 Bad Request"),
    403: refusal(
        "403 Forbidden",
        "the Host header names another machine; use localhost or 127.0.0.1, "
        "or start the sandbox with --allow-host NAME",
    ),
    408: refusal("408 Request Timeout"),
    413: refusal("413 Content Too Large"),
    431: refusal("431 Request Header Fields Too Large"),
}
