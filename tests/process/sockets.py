"""Bytes to a port and back, past every HTTP library."""

import socket
from typing import Self
from urllib.parse import urlsplit


class Plain:
    """One TCP connection to the host of a URL."""

    def __init__(self, url: str, timeout: float = 20.0) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        self.socket = socket.create_connection((parts.hostname, parts.port or 80), timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send, as far as the other side lets us."""
        try:
            self.socket.sendall(data)
        except OSError:
            pass

    def end(self) -> None:
        """Say that nothing more will come."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def read_all(self) -> bytes:
        """Read until the other side closes; a reset ends it, too."""
        pieces = []
        try:
            while piece := self.socket.recv(65536):
                pieces.append(piece)
        except ConnectionError:
            pass
        return b"".join(pieces)

    def read_answer(self) -> bytes:
        """Read one answer that has a Content-Length."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._some()
        head, _, body = data.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        while len(body) < length:
            body += self._some()
        return head + b"\r\n\r\n" + body

    def _some(self) -> bytes:
        piece = self.socket.recv(65536)
        assert piece, "closed in the middle of an answer"
        return piece


def ask(url: str, request: bytes) -> bytes:
    """Send, end, and return all that comes back."""
    with Plain(url) as connection:
        connection.send(request)
        connection.end()
        return connection.read_all()
