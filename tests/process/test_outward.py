"""A sandbox connects to nobody and looks no name up, whatever it is asked for."""

import os
from pathlib import Path

from fenzu import Client
from fenzu.control import Control
from fenzu.testing import SandboxProcess
from tests.process.sockets import ask

WATCH = """
import os, sys

OUTWARD = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto"}
OUTWARD |= {"subprocess.Popen", "os.system", "os.posix_spawn", "urllib.Request"}


def note(event, arguments):
    if event in OUTWARD:
        descriptor = os.open(os.environ["NOTES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, f"{event} {arguments!r}\\n".encode())
        os.close(descriptor)


sys.addaudithook(note)
if os.environ.get("TRY"):
    import socket

    socket.socket().connect_ex(("127.0.0.1", 9))
"""
NO_UVLOOP = "raise ImportError('its connections would pass the audit hook by')"


def watched(folder: Path, **more: str) -> dict[str, str]:
    """Return an environment in which a Python notes in `folder` whom it reaches out to."""
    (folder / "sitecustomize.py").write_text(WATCH)
    (folder / "uvloop.py").write_text(NO_UVLOOP)
    return {**os.environ, "PYTHONPATH": str(folder), "NOTES": str(folder / "notes"), **more}


def test_nothing_is_fetched(tmp_path: Path) -> None:
    """From the start to the end with TLS, proxy and control, no connection is made and no name is looked up."""
    with SandboxProcess("--demo", "--tls", "--proxy-port", "0", environment=watched(tmp_path)) as process:
        ready = process.ready
        assert ready.proxy_url
        with Client(ready.appid, ready.secret, proxy=ready.proxy_url, ca_file=ready.ca_file) as account:
            account.groups.move(account.followers.get("oDF3iYx0ro3_7jD4HFRDfrjdCM58").openid, to=104)
            account.domain.ips()
        for target in (b"CONNECT example.com:443", b"GET http://example.com/"):
            answer = ask(ready.proxy_url, target + b" HTTP/1.1\r\nHost: example.com\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 403")
        with Control(ready.control_url) as control:
            made = control.accounts.create(followers=100, whitelist=["10.0.0.0/8"])
            control.reset(made.appid)
            control.accounts.delete(made.appid)
            assert control.health().ready
    assert not (tmp_path / "notes").exists(), (tmp_path / "notes").read_text()


def test_the_watch_would_see_it(tmp_path: Path) -> None:
    """The test above fails if a sandbox does connect."""
    with SandboxProcess(environment=watched(tmp_path, TRY="1")):
        pass
    assert "socket.connect" in (tmp_path / "notes").read_text()
