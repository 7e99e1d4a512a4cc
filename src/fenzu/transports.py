"""A transport made of the standard library, for those who have to share a client across a fork.

It is slower than the client's own, which does not survive a fork. It knows no endpoint, no token and no code.
"""

import http.client
import os
import select
import ssl
import threading
import time
from base64 import b64encode
from functools import cached_property
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from fenzu._version import __version__
from fenzu.client._check import is_loopback
from fenzu.client.transport import ANSWER_BYTES, HttpSettings, Request, Response, no_usable_answer


class StdlibTransport(HttpSettings):
    """Give it as `transport=` to `Client`: keeps one connection a thread, and a forked child opens its own.

    Takes what `HttpTransport` takes, but of proxies only `http://` ones. The proxy environment is obeyed, never for a
    loopback address. A request's timeout bounds connecting, each wait for the answer's head, and the whole body.
    """

    _owner = 0

    def send(self, request: Request) -> Response:
        """Send one request and read the whole answer; raises `TransportError` for anything but an answer."""
        self._check_usable()
        if self._owner != os.getpid():
            self._drop_connections()  # a child's copies; the parent goes on with its own
            self._owner = os.getpid()
        url = urlsplit(request.url)
        proxy = self._proxy_for(url)
        key = (threading.get_ident(), f"{url.scheme}://{url.netloc}")
        connection = self._connections.pop(key, None) or self._prepare(url, proxy)
        if connection.sock and not _is_open(connection):
            connection.close()  # it connects anew when it is used
        answer, may_go_on, reason = None, False, ""
        try:
            answer, may_go_on = _exchange(connection, request, url, proxy)
        except OSError as error:
            reason = error.strerror or str(error)
        except (http.client.HTTPException, ValueError) as error:
            reason = type(error).__name__  # its text may hold the URL, or what the server sent
        if may_go_on:
            self._connections[key] = connection
        else:
            connection.close()
        if answer is None:
            # Out here, so that the error above is no `__context__` of it.
            raise no_usable_answer(request, reason)
        return answer

    def close(self) -> None:
        """Close the connections. Repeating is safe."""
        self._closed = True
        self._drop_connections()

    @cached_property
    def _connections(self) -> dict[tuple[int, str], http.client.HTTPConnection]:
        return {}

    def _drop_connections(self) -> None:
        while self._connections:
            self._connections.popitem()[1].close()

    def _proxy_for(self, url: SplitResult) -> SplitResult | None:
        address = self._proxy
        if address is None and self._trust_env and not is_loopback(url.geturl()):
            found = getproxies_environment()
            address = found.get(url.scheme) or found.get("all")
            if address is None or proxy_bypass(url.netloc):
                return None
        return urlsplit(address if "://" in address else f"http://{address}") if address else None

    def _prepare(self, url: SplitResult, proxy: SplitResult | None) -> http.client.HTTPConnection:
        """Make a connection, which connects when it is first used."""
        there = (url.hostname or "", url.port or (443 if url.scheme == "https" else 80))
        near = (proxy.hostname or "", proxy.port or 80) if proxy else there
        if url.scheme == "http":
            return http.client.HTTPConnection(*near)
        connection = http.client.HTTPSConnection(*near, context=self._context)
        if proxy:
            connection.set_tunnel(*there, _authorization(proxy))
        return connection

    @cached_property
    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._roots is not None:
            context.load_verify_locations(cadata=self._roots.decode("ascii", "replace"))
        return context


def _exchange(
    connection: http.client.HTTPConnection, request: Request, url: SplitResult, proxy: SplitResult | None
) -> tuple[Response, bool]:
    """Send and receive; tell whether the connection may be used again."""
    ends = time.monotonic() + request.timeout
    headers = {"User-Agent": f"fenzu/{__version__}"}
    if request.body is not None:
        headers["Content-Type"] = "application/json"
    if request.bearer is not None:
        headers["Authorization"] = f"Bearer {request.bearer}"
    target = f"{url.path}?{url.query}" if url.query else url.path
    if proxy and url.scheme == "http":
        headers, target = headers | _authorization(proxy), request.url
    connection.timeout = request.timeout
    if connection.sock:
        connection.sock.settimeout(request.timeout)
    connection.request(request.method, target, request.body, headers)
    sock, body = connection.sock, bytearray()
    with connection.getresponse() as answer:
        part = b"-"
        while part and len(body) <= ANSWER_BYTES:
            sock.settimeout(max(ends - time.monotonic(), 0.001))
            part = answer.read1(1 << 16)
            body += part
        # A head cut off reads like that.
        has_no_end = answer.length is None and not answer.chunked and not body
        if not part and (answer.length or has_no_end):
            raise http.client.IncompleteRead(b"")
        return Response(answer.status, bytes(body[: ANSWER_BYTES + 1])), not part and not answer.will_close


def _is_open(connection: http.client.HTTPConnection) -> bool:
    """Whether the server has kept an idle connection open; what can be read from one is its end."""
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return not poll.poll(0)


def _authorization(proxy: SplitResult) -> dict[str, str]:
    user = f"{unquote(proxy.username or '')}:{unquote(proxy.password or '')}"
    return {} if user == ":" else {"Proxy-Authorization": "Basic " + b64encode(user.encode()).decode()}
