"""The only file that knows an HTTP library: one request in, one answer out, or a `TransportError`.

It knows no endpoint, no token and no code. Whoever wants another HTTP library passes an object with the same two
methods as `transport=`.
"""

import atexit
import os
import re
import threading
import time
from datetime import timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec

from fenzu._version import __version__
from fenzu.errors import TransportError, UsageError
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from pyreqwest.client import Client, ClientBuilder, SyncClient, SyncClientBuilder
    from pyreqwest.exceptions import PyreqwestError
    from pyreqwest.request import RequestBuilder, StreamRequest, SyncRequestBuilder, SyncStreamRequest

    Builder = TypeVar("Builder", ClientBuilder, SyncClientBuilder)
    AnyRequestBuilder = TypeVar("AnyRequestBuilder", RequestBuilder, SyncRequestBuilder)

ANSWER_BYTES = 8 * 1024 * 1024
"""A larger answer is refused; the largest that the platform is known to give (10,000 openids) has 0.3 MB."""

_NO_TLS = ("InvalidContentType", "wrong version number", "WRONG_VERSION_NUMBER", "record layer failure")
"""How rustls and OpenSSL call an answer that is no TLS."""
_PROXY = re.compile(r"(?i:https?|socks[45][ah]?)://[^\s/?#]+/?")


class Request(msgspec.Struct, frozen=True):
    """One HTTP request. `url`, `body` and `bearer` may hold secrets: `repr` shows none."""

    method: str
    url: str
    body: bytes | None = None
    timeout: float = 10.0
    """Seconds for the whole exchange, connecting included."""
    bearer: str | None = None
    """The key to send as `Authorization: Bearer`; a sandbox's control port may ask for one, the platform never does."""

    def __repr__(self) -> str:
        return f"Request({self.method} {urlsplit(self.url).path})"


class Response(msgspec.Struct, frozen=True):
    """Status and body; the body may hold a token, so `repr` shows its size only."""

    status: int
    body: bytes

    def __repr__(self) -> str:
        return f"Response({self.status}, {len(self.body)} bytes)"


class Transport(Protocol):
    """What `Client` needs of an HTTP library. It follows no redirect and never raises but `TransportError`."""

    def send(self, request: Request) -> Response:
        """Send one request and return the whole answer."""
        ...

    def close(self) -> None:
        """Close the connections. Repeating is safe."""
        ...


class AsyncTransport(Protocol):
    """What `AsyncClient` needs of an HTTP library; see `Transport`."""

    async def send(self, request: Request) -> Response:
        """Send one request and return the whole answer."""
        ...

    async def aclose(self) -> None:
        """Close the connections. Repeating is safe."""
        ...


class HttpSettings:
    """Proxy, trust and fork guard: what the transports of both colours have in common."""

    def __init__(
        self,
        *,
        proxy: str | None = None,
        trust_env: bool = True,
        ca_file: str | os.PathLike[str] | None = None,
    ) -> None:
        self._proxy = None if proxy is None else check_proxy(proxy)
        self._trust_env = trust_env
        self._roots = read_roots(ca_file)
        self._building = threading.Lock()
        self._pid = 0
        self._closed = False

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def _check_usable(self) -> None:
        """Refuse to work after closing, and in a forked child: the library's threads are gone there, it would hang."""
        if self._closed:
            raise closed_client()
        if self._pid and self._pid != os.getpid():
            raise UsageError(
                Words(
                    "this client was used before the process forked and cannot be used in the child",
                    "客户端在 fork 之前已经用过，不能在子进程里继续使用",
                ),
                Words(
                    "create the client in the worker, after the fork", "请在 fork 之后，在子进程里新建客户端"
                ),
            )

    def _configure(self, builder: "Builder") -> "Builder":
        """No redirects, no unpacking (an answer cannot swell), and the proxy and roots that were asked for."""
        builder = builder.follow_redirects(False).referer(False).user_agent(f"fenzu/{__version__}")
        builder = builder.gzip(False).brotli(False).zstd(False).deflate(False)
        if self._roots is not None:
            builder = builder.add_root_certificate_pem(self._roots)
        if self._proxy is not None:
            from pyreqwest.proxy import ProxyBuilder

            return builder.proxy(ProxyBuilder.all(self._proxy))
        return builder if self._trust_env else builder.no_proxy()


class HttpTransport(HttpSettings):
    """The transport of `Client`: keeps connections alive, serves many threads. Built at the first request."""

    _client: "SyncClient | None" = None

    def send(self, request: Request) -> Response:
        """Send one request and read the whole answer; raises `TransportError` for anything but an answer."""
        from pyreqwest.exceptions import PyreqwestError

        self._check_usable()
        try:
            with self._prepare(request) as answer:
                return Response(answer.status, bytes(answer.body_reader.read(ANSWER_BYTES + 1) or b""))
        except (PyreqwestError, ValueError) as error:  # a ValueError for an address that is none
            failure = _describe(error, request)
        # Raised out here: the library's error holds the whole URL, and must not hang on ours as its __context__.
        raise failure

    def close(self) -> None:
        """Close the connections. Repeating is safe."""
        self._closed = True
        client, self._client = self._client, None
        if client is not None and self._pid == os.getpid():
            client.close()

    def _prepare(self, request: Request) -> "SyncStreamRequest":
        client = self._client or self._build()
        return _fill(client.request(request.method, request.url), request).build_streamed()

    def _build(self) -> "SyncClient":
        from pyreqwest.client import SyncClientBuilder

        # Before the lock: a child forked meanwhile is refused and does not wait for ever.
        self._pid = os.getpid()
        with self._building:
            if self._client is None:
                self._client = self._configure(SyncClientBuilder()).build()
            return self._client


class AsyncHttpTransport(HttpSettings):
    """The transport of `AsyncClient`: as `HttpTransport`, awaited."""

    _client: "Client | None" = None

    async def send(self, request: Request) -> Response:
        """Send one request and read the whole answer; raises `TransportError` for anything but an answer."""
        from pyreqwest.exceptions import PyreqwestError

        self._check_usable()
        try:
            async with self._prepare(request) as answer:
                return Response(answer.status, bytes(await answer.body_reader.read(ANSWER_BYTES + 1) or b""))
        except (PyreqwestError, ValueError) as error:
            failure = _describe(error, request)
        raise failure

    async def aclose(self) -> None:
        """Close the connections. Repeating is safe."""
        self._closed = True
        client, self._client = self._client, None
        if client is not None and self._pid == os.getpid():
            await client.close()

    def _prepare(self, request: Request) -> "StreamRequest":
        client = self._client or self._build()
        return _fill(client.request(request.method, request.url), request).build_streamed()

    def _build(self) -> "Client":
        from pyreqwest.client import ClientBuilder

        _settle_at_exit()
        self._client = self._configure(ClientBuilder()).build()
        self._pid = os.getpid()
        return self._client


@cache
def _settle_at_exit() -> None:
    """Give the library's thread time for its last callback before the interpreter ends, else Python may abort.

    Seen with pyreqwest 0.15.1 on CPython 3.11, 2026-11-22: 12 of 40 short scripts died of SIGABRT after a refused
    connection ("PyGILState_Release … finalizing"); with a pause of 10 ms none of 100 on an idle machine, but 3 of 80
    on a loaded one. So the pause makes it rare and does not rule it out: who must not risk it ends with `os._exit`.
    """
    atexit.register(time.sleep, 0.05)


def _fill(builder: "AnyRequestBuilder", request: Request) -> "AnyRequestBuilder":
    if request.body is not None:
        builder = builder.header("content-type", "application/json").body_bytes(request.body)
    if request.bearer is not None:
        builder = builder.bearer_auth(request.bearer)
    return builder.timeout(_seconds(request.timeout))


@lru_cache(maxsize=64)
def _seconds(seconds: float) -> timedelta:
    """A client asks for few different timeouts, and a timedelta is slow to make."""
    return timedelta(seconds=seconds)


def _describe(error: "PyreqwestError | ValueError", request: Request) -> TransportError:
    """Say what went wrong without the URL: the library's innermost reason."""
    causes = (getattr(error, "details", None) or {}).get("causes") or []
    reasons = [cause["message"] for cause in causes] or [getattr(error, "message", "the address is none")]
    return no_usable_answer(request, reasons[-1])


def no_usable_answer(request: Request, reason: str) -> TransportError:
    """Return the error for an exchange that failed. Whether the call was carried out is never known for sure."""
    where = urlsplit(request.url).netloc.rpartition("@")[2]
    reason = reason if "://" not in reason else "the exchange failed"
    words = Words(f"no usable answer from {where}: {reason}", f"没有收到 {where} 的有效应答：{reason}")
    if "certificate" in reason.lower():
        return TransportError(
            words,
            Words(
                "name the file of the server's authority (ca_file, --ca-file)",
                "指定服务器证书颁发者的文件（ca_file、--ca-file）",
            ),
        )
    if any(word in reason for word in _NO_TLS):
        return TransportError(
            words,
            Words("the server may not speak https: try http", "服务器可能不支持 https：试试 http"),
        )
    return TransportError(
        words, Words("check address and network, then try again", "检查地址和网络，然后再试")
    )


def read_roots(ca_file: str | os.PathLike[str] | None) -> bytes | None:
    """Read a file of certificates; raises `UsageError` where it cannot be read or holds none. None for None."""
    if ca_file is None:
        return None
    from pathlib import Path

    try:
        roots = Path(ca_file).read_bytes()
        reason = "it holds no certificate"
    except OSError as error:
        roots, reason = b"", error.strerror or str(error)
    if b"-----BEGIN CERTIFICATE-----" not in roots:
        raise UsageError(
            Words(f"cannot use the CA file: {reason}", f"无法使用 CA 文件：{reason}"),
            Words("give the path of a PEM file", "请给出一个 PEM 文件的路径"),
        )
    return roots


def check_proxy(proxy: str) -> str:
    """Return the proxy's address; raises `UsageError`, which does not show it (it may hold a password), for none."""
    if isinstance(proxy, str) and _PROXY.fullmatch(proxy):
        return proxy
    raise UsageError(
        Words("not the address of a proxy", "不是代理地址"),
        Words(
            "give scheme, host and port, such as http://127.0.0.1:3128",
            "请给出协议、主机和端口，如 http://127.0.0.1:3128",
        ),
    )


def closed_client() -> UsageError:
    """Return the error for a call after closing."""
    return UsageError(Words("this client is closed", "客户端已关闭"), Words("create a new one", "请新建一个"))
