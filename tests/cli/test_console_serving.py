"""`fenzu console` from the command line to its end, in this process; a visitor stands in for the browser."""

import json
import os
import signal
import webbrowser
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

import pytest

from tests.cli.conftest import Outcome, Shell

SECONDS = 50


class Visitor:
    """Comes in by the link that is opened, reads the first page, and presses Ctrl-C."""

    def __init__(self) -> None:
        self.link = self.page = ""

    def open(self, link: str) -> bool:
        """Stand in for `webbrowser.open`."""
        try:
            self.link = link
            browser = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
            for address in (link, link.partition("/login")[0]):
                with browser.open(address, timeout=SECONDS) as answer:
                    self.page = answer.read().decode()
        finally:
            os.kill(os.getpid(), signal.SIGINT)
        return True


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Visitor:
    """The browser of this machine, and a folder for what the console keeps."""
    came = Visitor()
    monkeypatch.setattr(webbrowser, "open", came.open)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return came


def link_in(outcome: Outcome) -> str:
    """Return the link that was told, in the one line on stdout."""
    told = json.loads(outcome.out)
    assert told["ready"]
    return str(told["url"])


def test_the_demo_is_opened_in_the_browser(shell: Shell, visitor: Visitor) -> None:
    """--demo --open starts a sandbox, tells one link and opens it; Ctrl-C ends both with exit code 0."""
    outcome = shell.run("console", "--demo", "--open", "--port", "0")
    assert (outcome.code, link_in(outcome)) == (0, visitor.link)
    assert "od8XIjsmk6QdVTETa9jLtGWA6KBc" not in outcome.err
    assert "华东媒" in visitor.page
    assert outcome.err.splitlines() == [
        "Starting a sandbox with 72,645 followers …",
        "Open the link in a browser; it works once. Enter: another link. Ctrl-C: end.",
    ]


def test_an_account_is_served_in_the_readers_language(shell: Shell, visitor: Visitor) -> None:
    """The account of the environment is served until Ctrl-C; what is said follows the language, the line does not."""
    shell.setenv(FENZU_LANG="zh", FENZU_CONTROL_URL="http://127.0.0.1:9")
    outcome = shell.run("console", "--read-only", "--open", "--port", "0")
    assert (outcome.code, link_in(outcome)) == (0, visitor.link)
    assert outcome.err == "请在浏览器中打开链接（只能用一次）。回车：新的链接。Ctrl-C：结束。\n"


def test_a_key_of_the_control_port_is_read(shell: Shell, visitor: Visitor, tmp_path: Path) -> None:
    """A key file that only its owner can read is taken, and its key is told nowhere."""
    path = tmp_path / "key"
    path.touch(0o600)
    path.write_text("k" * 32)
    outcome = shell.run(
        "console",
        "--open",
        "--port",
        "0",
        "--control-url",
        "http://127.0.0.1:9",
        "--control-key-file",
        str(path),
    )
    assert outcome.code == 0
    assert "k" * 32 not in outcome.out + outcome.err + visitor.page
