"""Ending a TCP connection by a reset, after all that was written has arrived. Knows sockets and no HTTP."""

import asyncio
import socket
import struct
import sys
from typing import Protocol

LOOK_SECONDS = 0.01
PATIENCE_SECONDS = 10.0
"""A client that does not read in this time is reset with what it has."""


class Socket(Protocol):
    """What is needed of a transport's socket."""

    def fileno(self) -> int:
        """Return its descriptor."""
        ...

    def setsockopt(self, level: int, option: int, value: bytes, /) -> None:
        """Set an option."""
        ...


def reset_when_sent(transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
    """Reset the connection as soon as the other side has taken what was written."""
    _look(transport, loop, loop.time() + PATIENCE_SECONDS)


def _look(transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, until: float) -> None:
    if transport.is_closing():
        return
    sock: Socket | None = transport.get_extra_info("socket")
    is_sent = not transport.get_write_buffer_size() and (sock is None or not _unsent(sock))
    if not is_sent and loop.time() < until:
        loop.call_later(LOOK_SECONDS, _look, transport, loop, until)
        return
    if sock is not None:
        # With nothing to linger for, a close sends RST in place of FIN, and throws away what is not sent yet.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _unsent(sock: Socket) -> int:
    """Return how many bytes the other side has not taken yet, 0 where this system does not tell."""
    try:
        import fcntl
        import termios

        waiting: bytes = fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4))
    except (ImportError, OSError):
        return 0
    return int.from_bytes(waiting, sys.byteorder)
