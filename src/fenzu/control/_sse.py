"""Server-sent events over one connection of the standard library. Knows no event."""

import http.client
import socket
import ssl
import time
from contextlib import suppress
from urllib.parse import urlsplit

from fenzu.control._port import Port
from fenzu.errors import TransportError
from fenzu.wire.words import Words

SILENCE_SECONDS = 60.0
"""A sandbox that is there says something every fifteen."""
LINE_BYTES = 1024 * 1024


class ServerEvents:
    """The data of each event, until there are no more. Opening it waits until the stream has begun."""

    def __init__(self, port: Port, path: str, timeout: float | None) -> None:
        self._port = port
        self._timeout = timeout
        self._is_closed = False
        url = urlsplit(port.url)
        self._connection = _connect(url.scheme, url.netloc, port)
        try:
            self._connection.connect()
            self._socket = self._connection.sock
            self._connection.request("GET", url.path + path, headers=port.headers)
            self._response = self._connection.getresponse()
            if self._response.status == http.client.OK:
                self._response.readline(LINE_BYTES)
                return
            refusal = port.refusal(self._response.status, self._response.read(LINE_BYTES))
        except (OSError, http.client.HTTPException) as error:
            refusal = self._broken(error)
        self._connection.close()
        raise refusal

    def __iter__(self) -> "ServerEvents":
        return self

    def __next__(self) -> bytes:
        until = None if self._timeout is None else time.monotonic() + self._timeout
        failure: TransportError | None = None
        try:
            while line := self._read_line(until):
                if line.startswith(b"data: "):
                    return line[len(b"data: ") :]
        except TimeoutError as error:
            if until is None or time.monotonic() < until:
                failure = self._broken(error)
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
            # A close by another thread shows itself in many ways.
            failure = None if self._is_closed else self._broken(error)
        self.close()
        if failure is not None:
            raise failure
        raise StopIteration

    def close(self) -> None:
        """End the connection, also under the feet of a thread that reads. Repeating is safe."""
        self._is_closed = True
        with suppress(OSError):  # it may be gone already
            self._socket.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def _read_line(self, until: float | None) -> bytes:
        left = SILENCE_SECONDS if until is None else min(SILENCE_SECONDS, until - time.monotonic())
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        return self._response.readline(LINE_BYTES)

    def _broken(self, error: Exception) -> TransportError:
        reason = getattr(error, "strerror", None) or type(error).__name__
        url = self._port.url
        return TransportError(
            Words(f"no stream of requests from {url}: {reason}", f"无法从 {url} 获取请求流：{reason}"),
            Words(
                "is the sandbox running? Give the control_url of its ready line",
                "沙箱在运行吗？请使用其就绪行里的 control_url",
            ),
        )


def _connect(scheme: str, netloc: str, port: Port) -> http.client.HTTPConnection:
    if scheme.lower() == "https":
        context = ssl.create_default_context(cafile=port.ca_file)
        return http.client.HTTPSConnection(netloc, timeout=port.timeout, context=context)
    return http.client.HTTPConnection(netloc, timeout=port.timeout)
