"""Starting, telling and ending: what a user or a script sees of `fenzu console`."""

import signal
from pathlib import Path

import pytest

from fenzu.control import Fault
from fenzu.testing import SandboxAccount, SandboxProcess
from tests.process.consoles import console, environ_of


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_line_and_a_clean_end(account: SandboxAccount, tmp_path: Path, number: signal.Signals) -> None:
    """A script reads one line of JSON with the link, and nothing else ever comes; a signal ends it with exit code 0."""
    with console(environ=environ_of(account, tmp_path)) as running:
        assert running.line == f'{{"ready":true,"url":"{running.link}"}}\n'.encode()
        assert running.url.startswith("http://127.0.0.1:")
        running.enter()
        assert account.appid in running.page("/")
        code, out, err = running.end(number)
    assert (code, out) == (0, "")
    assert "Ctrl-C: end." in err
    assert "Traceback" not in err


def test_nothing_that_is_secret_is_told(account: SandboxAccount, tmp_path: Path) -> None:
    """Neither the account's secret nor the browser's cookie nor a used link is on stderr or in a page."""
    with console(environ=environ_of(account, tmp_path)) as running:
        running.enter()
        page = running.page("/")
        _, _, err = running.end(signal.SIGTERM)
    for secret in (account.secret, running.key, running.cookie.partition("=")[2]):
        assert secret not in err
        assert secret not in page


def test_it_ends_while_a_page_watches(account: SandboxAccount, tmp_path: Path) -> None:
    """Whoever watches a job when the console ends gets the end of the stream, and holds nothing up."""
    account.add_followers(300)
    account.faults(Fault.delay("user/info/batchget", 20_000))
    with console(environ=environ_of(account, tmp_path)) as running:
        running.enter()
        watched = running.get(running.job() + "/events")
        assert watched.headers["content-type"].startswith("text/event-stream")
        assert b'"state":"running"' in watched.readline()
        running.process.send_signal(signal.SIGTERM)
        rest = watched.read()
        assert running.process.wait(20) == 0
        assert running.process.stderr is not None
        err = running.process.stderr.read().decode()
    assert b"Traceback" not in rest
    assert "Traceback" not in err


def test_a_console_for_reading_only(account: SandboxAccount, tmp_path: Path) -> None:
    """With --read-only no action of any account is taken, and the pages say so."""
    with console("--read-only", environ=environ_of(account, tmp_path)) as running:
        running.enter()
        assert "read-only" in running.page("/")


def test_the_browser_is_opened(account: SandboxAccount, tmp_path: Path) -> None:
    """With --open the person's browser is started on the link, which still works once."""
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {seen}.part && mv {seen}.part {seen}\n')
    browser.chmod(0o700)
    with console("--open", environ=environ_of(account, tmp_path, BROWSER=f"{browser} %s")) as running:
        while not seen.exists():
            signal.sigtimedwait([], 0.05)
        assert seen.read_text() == running.link
        running.enter()


def test_a_mirror_of_ones_own(account: SandboxAccount, tmp_path: Path) -> None:
    """With --mirror the followers are kept in that file."""
    account.add_followers(3)
    place = tmp_path / "mine.db"
    with console("--mirror", str(place), environ=environ_of(account, tmp_path)) as running:
        running.enter()
        running.page("/")
    assert place.exists()


def test_the_demo_leaves_nothing_behind(tmp_path: Path) -> None:
    """--demo says what it waits for, brings a sandbox with its followers, and takes it and its files along."""
    with console("--demo", environ=environ_of(None, tmp_path)) as running:
        running.enter()
        assert list(tmp_path.glob("fenzu-console-*/sandbox.db"))
        assert "华东媒" in running.page("/")
        assert running.get("/a/demo/jobs/x/events").status == 404
        code, out, err = running.end(signal.SIGINT)
    assert (code, out) == (0, "")
    assert err.startswith("Starting a sandbox with 72,645 followers …\n")
    assert "Traceback" not in err
    assert not list(tmp_path.glob("fenzu-console-*"))


def test_the_control_port_of_the_environment(
    account: SandboxAccount, sandbox: SandboxProcess, tmp_path: Path
) -> None:
    """The control port that FENZU_CONTROL_URL names is that of the account which was named with it."""
    environ = environ_of(account, tmp_path, FENZU_CONTROL_URL=sandbox.ready.control_url)
    with console(environ=environ) as running:
        running.enter()
        here = f"/a/{account.appid}"
        assert f'href="{here}/sandbox"' in running.page("/")
    with console(environ=environ_of(account, tmp_path)) as running:
        running.enter()
        assert f'href="{here}/sandbox"' not in running.page("/")
