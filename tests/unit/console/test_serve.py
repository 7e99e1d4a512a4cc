"""Serving the console, up to where the network begins: what is heard from the terminal."""

import asyncio
import os
import pty
import socket
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from fenzu import AsyncClient
from fenzu.client._events import Listener
from fenzu.console.account.accounts import Account
from fenzu.console.serve import Server, hosts_of, serve, typed_on
from fenzu.control import Control
from fenzu.errors import FenzuError


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    """A terminal of our own: the end where keys are pressed, and the end of the program."""
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


def test_what_was_thrown_away_is_not_waited_for(
    ends: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Ctrl-C has thrown the typed line away, nobody waits for one; the terminal stays as it was for others."""
    _, theirs = ends
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp())
    assert typed_on(theirs) is None
    assert os.get_blocking(theirs)


def test_lines_and_the_end(ends: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is heard as it was typed, and Ctrl-D is the end."""
    ours, theirs = ends
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp())
    os.write(ours, b"\n")
    assert typed_on(theirs) == b"\n"
    os.write(ours, b"\x04")
    assert typed_on(theirs) == b""


def test_lines_of_somebody_else(ends: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """In the background nothing is read: the line is another program's."""
    ours, theirs = ends
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp() + 1)
    os.write(ours, b"ls\n")
    assert typed_on(theirs) == b""
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp())
    assert typed_on(theirs) == b"ls\n"


def test_a_terminal_that_is_gone() -> None:
    """A terminal that was closed is an end, not an error."""
    ours, theirs = pty.openpty()
    os.close(ours)
    assert typed_on(theirs) == b""
    os.close(theirs)


class NoAccounts:
    """A console in front of nothing."""

    def list(self) -> list[Account]:
        return []

    def open_client(self, account: Account, on_event: Listener) -> AsyncClient:
        raise AssertionError

    def open_control(self, account: Account) -> Control | None:
        raise AssertionError


async def test_a_line_makes_another_link(ends: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """The console tells its link once it answers, another one for each line that is typed, and ends when it is told."""
    ours, theirs = ends
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp())
    monkeypatch.setattr(sys, "stdin", os.fdopen(os.dup(theirs)))
    stop, links = asyncio.Event(), asyncio.Queue[str]()
    running = asyncio.create_task(serve(NoAccounts(), 0, stop, links.put_nowait, links.put_nowait))
    first = await links.get()
    thrown_away, is_over = [None], asyncio.Event()  # the first line, as Ctrl-C leaves it

    def hear(terminal: int) -> bytes | None:
        typed = thrown_away.pop() if thrown_away else typed_on(terminal)
        if typed == b"":
            is_over.set()
        return typed

    monkeypatch.setattr("fenzu.console.serve.typed_on", hear)
    os.write(ours, b"\n")
    second = await links.get()
    assert first.startswith("http://127.0.0.1:")
    assert first.partition("?key=")[0] == second.partition("?key=")[0]
    assert first != second
    os.write(ours, b"\x04")
    await is_over.wait()
    stop.set()
    await running
    sys.stdin.close()


async def test_what_is_no_http_is_refused_in_both_languages() -> None:
    """Whoever sends something else than HTTP gets words of ours, English first, and the connection ends."""
    stop, links = asyncio.Event(), asyncio.Queue[str]()
    running = asyncio.create_task(serve(NoAccounts(), 0, stop, links.put_nowait))
    port = urlsplit(await links.get()).port
    reading, writing = await asyncio.open_connection("127.0.0.1", port)
    writing.write(b"garbage\r\n\r\n")
    head, _, words = (await reading.read()).decode().partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 400 Bad Request\r\n")
    assert f"content-length: {len(words.encode())}\r\n" in head
    assert [line.isascii() for line in words.splitlines()] == [True, False]
    writing.close()
    stop.set()
    await running


async def test_a_port_that_is_taken_is_told() -> None:
    """Who asks for a port that somebody has gets the reason, and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(FenzuError, match="cannot listen on") as met:
            await serve(NoAccounts(), taken.getsockname()[1], asyncio.Event(), print)
    assert "--port" in met.value.say("zh")


def test_the_port_of_http_is_left_out_by_browsers() -> None:
    """On port 80 a Host header without a port names the console, too; on others it does not."""
    assert "localhost" in hosts_of(80)
    assert hosts_of(8062) == {"127.0.0.1:8062", "localhost:8062"}


def test_a_terminal_that_hung_up_is_at_its_end(
    ends: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the terminal is gone, nobody waits for a line of it."""

    def gone(_: int) -> int:
        raise OSError

    monkeypatch.setattr(os, "tcgetpgrp", gone)
    assert typed_on(ends[1]) == b""


async def test_a_server_that_does_not_come_up_tells_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the server ends before it answers, no link is told, and nobody waits."""

    async def give_up(server: Server, sockets: list[socket.socket] | None = None) -> None:
        server.should_exit = True

    monkeypatch.setattr(Server, "startup", give_up)
    links: list[str] = []
    await serve(NoAccounts(), 0, asyncio.Event(), links.append)
    assert links == []
