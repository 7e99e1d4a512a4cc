"""Running the console: a port on loopback, the one-time link, and a clean end. Knows no page."""

import asyncio
import os
import socket
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

import uvicorn

from fenzu.console.account.accounts import Accounts
from fenzu.console.app import make_app
from fenzu.console.malformed import Protocol
from fenzu.console.web.sessions import Sessions
from fenzu.errors import FenzuError
from fenzu.wire.words import Words

HOST = "127.0.0.1"
HTTP_PORT = 80
GRACE_SECONDS = 3
"""Seconds that answers under way are given at the end; watched pages are told to come back."""


class Server(uvicorn.Server):
    """uvicorn's server, ended by its owner instead of by signals of its own."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        self.is_up.set()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to the owner."""
        yield


async def serve(
    accounts: Accounts,
    port: int,
    stop: asyncio.Event,
    ready: Callable[[str], None],
    again: Callable[[str], None] | None = None,
) -> None:
    """Serve until `stop` is set. `ready` gets the link once pages are answered.

    With `again`, each line on the terminal makes another link. Port 0 picks a free one. Raises `FenzuError` where
    the port is taken.
    """
    with bound(port) as listening:
        port = int(listening.getsockname()[1])
        sessions = Sessions(port)
        app = make_app(accounts, sessions, hosts_of(port))
        server = Server(
            uvicorn.Config(
                app,
                http=Protocol,
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
                server_header=False,
                proxy_headers=False,  # nobody stands before it
                ws="none",
            )
        )
        serving = asyncio.create_task(server.serve([listening]))
        await asyncio.wait(
            [serving, asyncio.create_task(server.is_up.wait())], return_when=asyncio.FIRST_COMPLETED
        )

        def link() -> str:
            return f"http://{HOST}:{port}/login?key={sessions.new_link()}"

        if not serving.done():
            ready(link())
        with lines(None if again is None else lambda: again(link())):
            await asyncio.wait(
                [serving, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED
            )
        app.state.is_ending.set()
        server.should_exit = True
        await serving


def hosts_of(port: int) -> set[str]:
    """Return the Host headers that name this console and no other; a browser leaves the port of http out."""
    names = (HOST, "localhost")
    return {f"{name}:{port}" for name in names} | (set(names) if port == HTTP_PORT else set())


@contextmanager
def bound(port: int) -> Generator[socket.socket, None, None]:
    """Bind the port on loopback."""
    # asyncio turns Nagle's algorithm off only where the socket says that it speaks TCP; else a page may wait 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()
    except (OSError, OverflowError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise FenzuError(
            Words(f"cannot listen on {HOST}:{port}: {reason}", f"无法监听 {HOST}:{port}：{reason}"),
            Words(
                "give another port with --port, or 0 for any free one",
                "用 --port 换一个端口，0 表示任意空闲端口",
            ),
        ) from None
    with listening:
        yield listening


@contextmanager
def lines(heard: Callable[[], None] | None) -> Generator[None, None, None]:
    """Call `heard` for each line that a person enters on the terminal, while the block runs.

    In the background nothing is heard any more: lines belong to somebody else, and reading one would stop the process.
    """
    if heard is None:
        yield
        return

    def read() -> None:
        typed = typed_on(terminal)
        if typed is None:
            return
        for _ in range(typed.count(b"\n")):
            heard()
        if not typed:
            loop.remove_reader(terminal)

    loop, terminal = asyncio.get_running_loop(), sys.stdin.fileno()
    loop.add_reader(terminal, read)
    try:
        yield
    finally:
        loop.remove_reader(terminal)


def typed_on(terminal: int) -> bytes | None:
    """Return what was typed, empty at its end or in the background, and None where there is nothing any more.

    Ctrl-C throws away what was typed before it: a read that waits would then wait for good.
    """
    os.set_blocking(terminal, False)  # whoever shares the terminal has that too: only for this one read
    try:
        return os.read(terminal, 4096) if os.tcgetpgrp(terminal) == os.getpgrp() else b""
    except BlockingIOError:
        return None
    except OSError:  # hung up
        return b""
    finally:
        os.set_blocking(terminal, True)
