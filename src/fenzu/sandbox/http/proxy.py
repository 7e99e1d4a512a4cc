"""A proxy for SDKs whose host is fixed: it leads to the platform's hosts, and they are here. Nothing is fetched.

A tunnel (`CONNECT host:443`) is no second connection: once it is granted, TLS begins on the one that is there, and the
platform's own port takes it over. So all limits hold inside a tunnel as they do outside.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Callable, Coroutine, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from uvicorn._types import ASGI3Application

from fenzu.sandbox.http.limits import REFUSALS, Limits, refusal
from fenzu.sandbox.http.listen import Listener
from fenzu.sandbox.http.protocol import LimitedProtocol, StopParsing
from fenzu.wire.endpoints import PRODUCTION_HOSTS
from fenzu.wire.words import Language, Words

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
PORTS: Mapping[str, int] = {"http": 80, "https": 443}
TOLD = 200
"""So many different hosts and reasons are told; a scanner should not fill a log."""
NOT_OURS = Words(
    "fenzu sandbox: the proxy refused {what}: it leads to api.weixin.qq.com and the platform's other hosts only",
    "fenzu sandbox：代理拒绝了 {what}：它只通往 api.weixin.qq.com 等微信平台主机",
)
NO_TLS = Words(
    "fenzu sandbox: a client of the proxy ended its TLS handshake ({what}); does it trust the CA file?",
    "fenzu sandbox：代理的一个客户端中断了 TLS 握手（{what}），请确认它信任 CA 文件",
)


class Telling:
    """Tells each thing once."""

    def __init__(self, say: Callable[[str], None], language: Language) -> None:
        self._say = say
        self._language = language
        self._told: set[str] = set()

    def __call__(self, words: Words, what: str) -> None:
        """Say the words about `what`, if that has not been said and there is no end of it."""
        shown = "".join(letter if letter.isprintable() else "?" for letter in what[:100])
        text = words.say(self._language).format(what=shown)
        if text not in self._told and len(self._told) < TOLD:
            self._told.add(text)
            self._say(text)


class Tunnels:
    """Turns a connection into TLS and gives it to the platform's port."""

    def __init__(self, platform: Listener, context: ssl.SSLContext, tell: Telling) -> None:
        self._platform = platform
        self._context = context
        self._tell = tell

    async def open(self, transport: asyncio.Transport) -> None:
        """Shake hands and hand over, or close; `transport` reads nothing until then."""
        early = Early()
        limits = self._platform.limits
        try:
            tunnel = await asyncio.get_running_loop().start_tls(
                transport,
                early,
                self._context,
                server_side=True,
                ssl_handshake_timeout=limits.request_seconds,
                ssl_shutdown_timeout=limits.linger_seconds,
            )
        except OSError as error:
            if isinstance(error, ssl.SSLError):
                self._tell(NO_TLS, error.reason or "TLS")
            transport.abort()
            return
        except BaseException:
            transport.abort()
            raise
        if tunnel is not None:  # else the client is gone already
            early.hand_over(tunnel, self._platform.make_protocol())


class Early(asyncio.Protocol):
    """Keeps what a client says right behind its handshake, until somebody is there to hear it."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._is_lost = False

    def data_received(self, data: bytes) -> None:
        """Keep it; there is no more of it than one read gives."""
        self._data += data

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that there is nothing to hand over."""
        self._is_lost = True

    def hand_over(self, tunnel: asyncio.Transport, protocol: LimitedProtocol) -> None:
        """Let `protocol` have the connection as if it had been there from the start."""
        if self._is_lost or tunnel.is_closing():
            tunnel.abort()
            return
        tunnel.set_protocol(protocol)
        protocol.connection_made(tunnel)
        if self._data:
            protocol.data_received(bytes(self._data))


class ProxyProtocol(LimitedProtocol):
    """One connection to the proxy: requests for the platform's hosts are answered as the platform's port answers them.

    The Host header does not count, as it is the target that a proxy goes by; some clients name the proxy in it.
    """

    refusals: Mapping[int, bytes] = {
        **REFUSALS,
        403: refusal(
            "403 Forbidden", "this proxy leads to api.weixin.qq.com and the platform's other hosts only"
        ),
    }

    def __init__(
        self,
        *args: Any,
        open_tunnel: Callable[[asyncio.Transport], Coroutine[object, None, None]],
        tell: Telling,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self._open_tunnel = open_tunnel
        self._tell = tell
        self._is_tunnel = False

    def on_headers_complete(self) -> None:
        """Judge the target, then go on as usual; a tunnel has no more to come."""
        is_connect = self.parser.get_method() == b"CONNECT"
        if not leads_to_platform(self.url, is_connect=is_connect):
            self._tell(NOT_OURS, without_secrets(self.url.decode("latin-1")))
            self._refuse(403)
            raise StopParsing
        if not is_connect:
            super().on_headers_complete()
        elif self.current is not None or self.queue:
            self._refuse(400)
            raise StopParsing
        else:
            self._is_tunnel = True

    def on_message_complete(self) -> None:
        """Answer the request; a tunnel begins when the parser has come back."""
        if not self._is_tunnel:
            super().on_message_complete()

    def _upgrade(self, rest: bytes) -> None:
        """Begin the tunnel. A client that speaks before it was granted is refused: nobody could hear it."""
        if not self._is_tunnel:
            super()._upgrade(rest)
            return
        if rest or self.backlog:
            self._is_tunnel = False
            self._refuse(400)
            return
        self.connections.discard(self)
        self.transport.pause_reading()
        self.transport.write(ESTABLISHED)
        task = self.loop.create_task(self._open_tunnel(self.transport))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _is_free(self) -> bool:
        """Tell whether the next thing may be done; there is none once a tunnel has begun."""
        return not self._is_tunnel and super()._is_free()


class ProxyListener(Listener):
    """The proxy's port. Plain requests for the platform's hosts are answered by `app`, tunnels go to `tunnels`."""

    def __init__(
        self, sock: socket.socket, app: ASGI3Application, limits: Limits, *, tunnels: Tunnels, tell: Telling
    ) -> None:
        super().__init__(sock, app, limits)
        self._tunnels = tunnels
        self._tell = tell

    def make_protocol(self) -> ProxyProtocol:
        """Return what serves one more connection."""
        return ProxyProtocol(
            self.config, self.state, {}, limits=self.limits, open_tunnel=self._tunnels.open, tell=self._tell
        )


def leads_to_platform(target: bytes, *, is_connect: bool) -> bool:
    """Tell whether a request's target is one of the platform's hosts, at the port that it answers at."""
    url = _split("//" + target.decode("latin-1") if is_connect else target.decode("latin-1"))
    if url is None or (url.hostname or "").removesuffix(".") not in PRODUCTION_HOSTS:
        return False
    port = PORTS.get("https" if is_connect else url.scheme)
    return port is not None and url.port in ((port,) if is_connect else (port, None))


def without_secrets(target: str) -> str:
    """Return a request's target without its query, and without the name and password that it may hold."""
    return re.sub(r"^([a-z.+-]*://)?[^/]*@", r"\1", target.partition("?")[0], flags=re.IGNORECASE)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
