"""Ports: binding them, serving an application on them, and ending that in good order. Knows no platform."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, ClassVar

from uvicorn._types import ASGI3Application, HTTPScope
from uvicorn.config import Config
from uvicorn.server import ServerState

from fenzu.errors import FenzuError, UsageError
from fenzu.sandbox.http.hosts import Hosts
from fenzu.sandbox.http.limits import Limits
from fenzu.sandbox.http.protocol import LimitedProtocol, any_body
from fenzu.sandbox.run.announce import say
from fenzu.wire.words import Words

BACKLOG = 2048
MANY_FILES = 8192
GRACE_SECONDS = 2.0
"""How long requests under way may take to end when the port is closed."""


def address_of(host: str, *, expose: bool = False) -> str:
    """Return the address to bind for `host`; one that other machines can reach only with `expose`, else words."""
    if host.lower() == "localhost":
        return "127.0.0.1"
    try:
        if ip_address(host).is_loopback or expose:
            return host
    except ValueError:
        pass
    if expose:
        raise UsageError(
            Words(f"{host} is no address to listen on", f"{host} 不是可监听的地址"),
            Words("give an address of this machine, or 0.0.0.0", "请使用本机的 IP 地址，或 0.0.0.0"),
        )
    raise UsageError(
        Words(
            f"the sandbox listens on this machine only, not on {host}", f"沙箱只在本机监听，不能监听 {host}"
        ),
        Words(
            "give a loopback address such as 127.0.0.1 or ::1, or add --expose to let other machines in",
            "请使用回环地址，例如 127.0.0.1 或 ::1；确要允许其他机器访问，加上 --expose",
        ),
    )


def loopback_like(address: str) -> str:
    """Return the loopback address of the same kind; one that is loopback already stays."""
    if ip_address(address).is_loopback:
        return address
    return "::1" if ":" in address else "127.0.0.1"


def bind(host: str, port: int, option: str) -> socket.socket:
    """Return a socket bound to the port; port 0 picks a free one. `option` is how the user names the port."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(BACKLOG)  # here already: on some systems only listening tells that a port is taken
    except (OSError, OverflowError) as error:
        sock.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise FenzuError(
            Words(f"cannot listen on {host}:{port}: {reason}", f"无法监听 {host}:{port}：{reason}"),
            Words(
                f"give another port with {option}, or 0 for any free one",
                f"用 {option} 换一个端口，0 表示任意空闲端口",
            ),
        ) from error
    return sock


def is_unspecified(host: str) -> bool:
    """Tell whether it stands for every address of this machine."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def is_exposed(sock: socket.socket) -> bool:
    """Tell whether other machines can reach the socket."""
    return not ip_address(sock.getsockname()[0]).is_loopback


def url_of(sock: socket.socket, scheme: str = "http") -> str:
    """Return the address of a bound socket as a URL without a path: one that this machine itself can ask."""
    host = sock.getsockname()[0]
    return f"{scheme}://{place_of(sock, loopback_like(host) if is_unspecified(host) else host)}"


def place_of(sock: socket.socket, host: str | None = None) -> str:
    """Return address and port of a bound socket as a URL has them; `host` stands in for the address."""
    address, port = sock.getsockname()[:2]
    address = host or address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def allow_many_connections() -> None:
    """Raise the limit of open files as far as one may; macOS gives a process 256 to begin with."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY_FILES if hard == resource.RLIM_INFINITY else min(hard, MANY_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Complaints:
    """What the event loop could not do, told once for each reason: asyncio would show a trace at every try."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Take a complaint of the loop."""
        error = context.get("exception")
        # An invalid file descriptor: asyncio goes on trying to accept on a closed socket.
        if not isinstance(error, OSError) and not str(error).startswith("Invalid file descriptor"):
            loop.default_exception_handler(context)
            return
        what = context["message"].partition("(")[0]
        reason = f"fenzu sandbox: {what}: {getattr(error, 'strerror', None) or error}"
        if reason not in self._told:
            self._told.add(reason)
            say(reason)


class Listener:
    """One application on one bound socket."""

    protocol: ClassVar[type[LimitedProtocol]] = LimitedProtocol

    def __init__(
        self,
        sock: socket.socket,
        app: ASGI3Application,
        limits: Limits,
        takes_body: Callable[[HTTPScope], bool] = any_body,
        *,
        hosts: Hosts | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.sock = sock
        self.tls = tls
        self.limits = limits
        self.hosts = hosts
        self.takes_body = takes_body
        self.state = ServerState()
        self.config = configure(app)
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Accept connections from now on."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self.make_protocol,
            sock=self.sock,
            backlog=BACKLOG,
            ssl=self.tls,
            ssl_handshake_timeout=self.limits.request_seconds if self.tls else None,
            ssl_shutdown_timeout=self.limits.linger_seconds if self.tls else None,
        )
        self._sweeper = loop.create_task(self._sweep())

    def make_protocol(self) -> LimitedProtocol:
        """Return what serves one more connection."""
        return self.protocol(
            self.config, self.state, {}, limits=self.limits, takes_body=self.takes_body, hosts=self.hosts
        )

    async def stop(self) -> None:
        """Accept nothing more, let requests under way end, then close everything."""
        if self._server is None or self._sweeper is None:
            self.sock.close()
            return
        self._server.close()
        for connection in list(self.state.connections):
            connection.shutdown()
        if self.state.tasks:
            await asyncio.wait(list(self.state.tasks), timeout=GRACE_SECONDS)
        for connection in list(self.state.connections):
            connection.transport.close()
        self._sweeper.cancel()

    async def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self.limits.sweep_seconds)
            now = loop.time()
            for connection in list(self.state.connections):
                if isinstance(connection, LimitedProtocol):
                    connection.check(now)


def configure(app: ASGI3Application) -> Config:
    """Return the server's settings: quiet, plain, without what nobody asked for."""
    # It warns of every malformed request; telling the client is enough.
    quiet = logging.getLogger("uvicorn.error")
    quiet.setLevel(logging.ERROR)
    config = Config(
        app,
        http=LimitedProtocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        workers=1,
    )
    config.load()
    return config
