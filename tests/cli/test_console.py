"""`fenzu console`, up to where pages begin: what it needs, and what it refuses."""

import json
import shlex
import socket
import sys
from pathlib import Path

import pytest

from fenzu.testing import SandboxAccount
from tests.cli.conftest import Shell
from tests.cli.terminal import Terminal
from tests.process.consoles import COMMAND, environ_of

ON_FREE_PORT = list(COMMAND)


@pytest.fixture
def environ(account: SandboxAccount, tmp_path: Path) -> dict[str, str]:
    """The environment of a person with the test's account, at a terminal."""
    return environ_of(account, tmp_path, TERM="xterm")


def test_no_account(shell: Shell) -> None:
    """Without an account nothing is served: exit code 4, and how to name one, or to try the console without."""
    shell.without_account()
    outcome = shell.run("console", "--port", "0")
    assert (outcome.code, outcome.out) == (4, "")
    assert "fenzu: no account is named." in outcome.err
    assert "fenzu account add" in outcome.err
    assert "to try it without one: fenzu console --demo" in outcome.err


def test_an_account_that_is_not_kept(shell: Shell) -> None:
    """An account's name that nobody knows is refused in words."""
    outcome = shell.run("console", "--account", "shop", "--port", "0")
    assert (outcome.code, outcome.out) == (2, "")
    assert "shop" in outcome.err


def test_a_port_that_is_taken(shell: Shell) -> None:
    """Where another program has the port, that is told, and what to do; nothing is on stdout."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        outcome = shell.run("console", "--port", str(port))
        assert (outcome.code, outcome.out) == (1, "")
        assert f"fenzu: cannot listen on 127.0.0.1:{port}" in outcome.err
        assert "Next: give another port with --port" in outcome.err
        shell.setenv(FENZU_LANG="zh")
        assert f"无法监听 127.0.0.1:{port}" in shell.run("console", "--port", str(port)).err


def test_a_port_that_is_taken_is_told_before_a_sandbox_starts(shell: Shell) -> None:
    """With --demo nobody waits for a sandbox only to hear that the port is taken."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        outcome = shell.run("console", "--demo", "--port", str(other.getsockname()[1]))
    assert (outcome.code, outcome.out) == (1, "")
    assert "cannot listen on" in outcome.err
    assert "starting a sandbox" not in outcome.err.lower()


@pytest.mark.parametrize("port", ["-1", "65536", "x"])
def test_no_port(shell: Shell, port: str) -> None:
    """What is no port is refused before anything is started."""
    assert shell.run("console", "--port", port).code == 2


def test_the_demo_has_an_account_of_its_own(shell: Shell) -> None:
    """--demo beside an option about another account is a contradiction, and told as one."""
    for option in ("--account", "--mirror", "--control-url"):
        outcome = shell.run("console", "--demo", option, "shop")
        assert (outcome.code, outcome.out) == (2, "")
        assert "leave out --account, --mirror" in outcome.err


@pytest.mark.parametrize("library", ["jinja2", "polars", "sse_starlette", "starlette"])
def test_without_the_extra(shell: Shell, monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    """Where the console's libraries are missing, that is told with the line that installs them."""
    monkeypatch.setitem(sys.modules, library, None)
    outcome = shell.run("console", "--demo")
    assert (outcome.code, outcome.out) == (2, "")
    assert "the console's libraries are not installed" in outcome.err
    assert "pip install '.[console]'" in outcome.err


def test_enter_gives_another_link(tmp_path: Path, environ: dict[str, str]) -> None:
    """On a terminal each Enter prints another link, and Ctrl-C ends it with exit code 0."""
    with Terminal(ON_FREE_PORT, environ, tmp_path) as terminal:
        terminal.wait_for("Ctrl-C: end.")
        [first] = [line for line in terminal.shown.splitlines() if line.startswith("{")]
        links = {json.loads(first)["url"]}
        assert [line for line in terminal.shown.splitlines() if line in links] == [*links]
        for number in (3, 4):
            terminal.type("\n")
            while terminal.shown.count("/login?key=") < number:
                assert terminal._read()
        links |= {word for word in terminal.shown.split() if word.startswith("http")}
        assert len(links) == 3
        terminal.type("\x03")
        assert terminal.end() == 0
    assert "Traceback" not in terminal.shown


def test_the_end_of_the_input_is_no_end(tmp_path: Path, environ: dict[str, str]) -> None:
    """Ctrl-D ends the giving of links, not the console."""
    with Terminal(ON_FREE_PORT, environ, tmp_path) as terminal:
        terminal.wait_for("Ctrl-C: end.")
        terminal.type("\x04")
        terminal.wait_until_read()
        assert terminal.process.poll() is None
        terminal.type("\x03")
        assert terminal.end() == 0


@pytest.mark.needs("bash")
def test_in_the_background(tmp_path: Path, environ: dict[str, str]) -> None:
    """A console in the background of a shell leaves the lines there to the shell, and is not stopped by them."""
    bash = ["bash", "--norc", "--noprofile", "-i"]
    with Terminal(bash, {**environ, "PS1": "> "}, tmp_path) as terminal:
        terminal.type(shlex.join(ON_FREE_PORT) + " &\n")
        terminal.wait_for("Ctrl-C: end.")
        for said in ("one", "two", "three"):
            terminal.type(f"printf %s-%s {said} heard\n")
            terminal.wait_for(f"{said}-heard")
        assert terminal.shown.count("/login?key=") == 2
        terminal.type("jobs\n")
        terminal.wait_for("Running")
        terminal.type("kill -INT %1; wait %1; echo ended with $?\n")
        terminal.wait_for("ended with 0")
        terminal.type("exit\n")
        assert terminal.end() == 0
